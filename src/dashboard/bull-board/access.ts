import type { Role } from '../../ledger/users'

/**
 * What may be asked of Bull Board's API, by method and route template as Bull Board names them.
 * - a role: whoever has it, or one that includes it
 * - a text: nobody, and this is why
 *
 * A route that is not listed is refused to everybody: an update of Bull Board can add no way in.
 */
const access: Readonly<Record<string, { readonly atLeast: Role } | { readonly refused: string }>> = {
  'get /api/redis/stats': { atLeast: 'viewer' },
  'get /api/queues': { atLeast: 'viewer' },
  'get /api/job-schedulers': { atLeast: 'viewer' },
  'get /api/queues/:queueName/metrics': { atLeast: 'viewer' },
  'get /api/queues/:queueName/default-job-options': { atLeast: 'viewer' },
  'get /api/queues/:queueName/workers': { atLeast: 'viewer' },
  'get /api/queues/:queueName/rate-limit': { atLeast: 'viewer' },
  'get /api/queues/:queueName/job-data-schema': { atLeast: 'viewer' },
  'get /api/queues/:queueName/:jobId/logs': { atLeast: 'viewer' },
  'get /api/queues/:queueName/:jobId/flow': { atLeast: 'viewer' },
  'get /api/queues/:queueName/:jobId': { atLeast: 'viewer' },
  'get /api/metrics/history': { atLeast: 'viewer' },
  'get /api/metrics/latency': { atLeast: 'viewer' },

  'put /api/queues/:queueName/:jobId/retry': { atLeast: 'operator' },
  'put /api/queues/:queueName/retry/:queueStatus': { atLeast: 'operator' },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': { atLeast: 'operator' },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove': { atLeast: 'operator' },
  'patch /api/queues/:queueName/job-schedulers/:schedulerId': { atLeast: 'admin' },
  'put /api/queues/pause': { atLeast: 'operator' },
  'put /api/queues/resume': { atLeast: 'operator' },
  'put /api/queues/:queueName/pause': { atLeast: 'operator' },
  'put /api/queues/:queueName/resume': { atLeast: 'operator' },
  'put /api/queues/:queueName/empty': { atLeast: 'operator' },
  'put /api/queues/:queueName/clean/:queueStatus': { atLeast: 'operator' },
  'put /api/queues/:queueName/:jobId/clean': { atLeast: 'operator' },
  'put /api/queues/:queueName/:jobId/promote': { atLeast: 'operator' },
  'put /api/queues/:queueName/:jobId/remove-unprocessed-children': { atLeast: 'operator' },

  'post /api/queues/:queueName/add': {
    refused: 'Runs and syncs are planned by the fleet, not added by hand.',
  },
  'put /api/queues/:queueName/promote': { refused: 'Waits are set by the fleet and by vendors.' },
  'patch /api/queues/:queueName/:jobId/delay': { refused: 'Waits are set by the fleet and by vendors.' },
  'patch /api/queues/:queueName/:jobId/priority': { refused: 'Priorities are not used.' },
  'patch /api/queues/:queueName/:jobId/update-data': {
    refused: 'The data of a run or sync comes from the ledger.',
  },
  'put /api/queues/:queueName/obliterate': { refused: 'Queues are not removed here.' },
  'put /api/queues/:queueName/concurrency': { refused: 'Concurrency is set on the page of the job.' },
  'put /api/queues/:queueName/rate-limit': { refused: 'Rates are set on the page of the job.' },
  'put /api/queues/:queueName/rate-limit/release': { refused: 'Rates are set on the page of the job.' },
}

/** The least role that may use a route, or why nobody may. */
export function accessTo(
  method: string,
  route: string,
): { readonly atLeast: Role } | { readonly refused: string } {
  return access[`${method} ${route}`] ?? { refused: 'This is not offered here.' }
}

/** Every `method template` that somebody decided on. */
export const decidedRoutes: readonly string[] = Object.keys(access)
