import type { Check } from '../../src/job/sync'
import { minutes } from '../../src/lib/durations'
import { FortellisClient, type ExtractRequest } from '../../src/vendors/fortellis/client'
import { accessOf } from './access-of'
import type { cdk } from './definition'
import { instantText } from './plan'

/**
 * Asks each department for the changes of the last minute: a department of the wrong kind is refused here as it would be
 * in a sync. The extracts are not fetched, and the vendor forgets them within a day.
 */
export const check: Check<typeof cdk> = async (context) => {
  const { account, http, signal, now } = context
  const { finance, service } = account.settings.departments
  const client = new FortellisClient(http, accessOf(context))
  const window = { from: instantText(new Date(now.getTime() - minutes(1))), to: instantText(now) }
  const requests: ExtractRequest[] = [
    ...finance.map(
      (department) => ({ resource: 'sales', list: 'open/delta', department, ...window }) as const,
    ),
    ...service.map(
      (department) => ({ resource: 'appointments', list: 'delta', department, ...window }) as const,
    ),
  ]
  for (const request of requests) await client.start(request, signal)
  return { notes: [`departments that answer: ${finance.length} of finance, ${service.length} of service`] }
}
