import type { Role } from '../ledger/users'

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

  'put /api/queues/:queueName/:jobId/retry': { atLeast: 'operator' },
  'put /api/queues/:queueName/retry/:queueStatus': { atLeast: 'operator' },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': { atLeast: 'operator' },

  'put /api/queues/pause': { refused: 'Queues are not paused here.' },
  'put /api/queues/resume': { refused: 'Queues are not resumed here.' },
  'put /api/queues/:queueName/pause': { refused: 'Queues are not paused here.' },
  'put /api/queues/:queueName/resume': { refused: 'Queues are not resumed here.' },
  'post /api/queues/:queueName/add': {
    refused: 'Runs and syncs are planned by the fleet, not added by hand.',
  },
  'put /api/queues/:queueName/promote': { refused: 'Waits are set by the fleet and by vendors.' },
  'put /api/queues/:queueName/:jobId/promote': { refused: 'Waits are set by the fleet and by vendors.' },
  'patch /api/queues/:queueName/:jobId/delay': { refused: 'Waits are set by the fleet and by vendors.' },
  'patch /api/queues/:queueName/:jobId/priority': { refused: 'Priorities are not used.' },
  'patch /api/queues/:queueName/:jobId/update-data': {
    refused: 'The data of a run or sync comes from the ledger.',
  },
  'put /api/queues/:queueName/clean/:queueStatus': { refused: 'Jobs are removed by age, not by hand.' },
  'put /api/queues/:queueName/:jobId/clean': { refused: 'Jobs are removed by age, not by hand.' },
  'put /api/queues/:queueName/empty': { refused: 'Queues are not emptied here.' },
  'put /api/queues/:queueName/obliterate': { refused: 'Queues are not removed here.' },
  'put /api/queues/:queueName/:jobId/remove-unprocessed-children': {
    refused: 'The syncs of a run are not removed here.',
  },
  'put /api/queues/:queueName/concurrency': { refused: 'Concurrency is a setting of the workers.' },
  'put /api/queues/:queueName/rate-limit': { refused: 'Rates are kept per credential, not per queue.' },
  'put /api/queues/:queueName/rate-limit/release': {
    refused: 'Rates are kept per credential, not per queue.',
  },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove': {
    refused: 'Schedules come from the settings.',
  },
  'patch /api/queues/:queueName/job-schedulers/:schedulerId': {
    refused: 'Schedules come from the settings.',
  },
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
