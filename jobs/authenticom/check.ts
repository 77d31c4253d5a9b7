import type { Check } from '../../src/job/sync'
import { addDays, dayOf } from '../../src/lib/local-days'
import { DealerVaultClient } from '../../src/vendors/dealervault/client'
import type { authenticom } from './definition'

const lookBack = 30

/** A token, and one look per feed: a rooftop that is granted to us and polled is listed. Nothing is delivered. */
export const check: Check<typeof authenticom> = async ({ account, secrets, http, signal, now }) => {
  const client = new DealerVaultClient(http, secrets)
  const { externalId: rooftopId, settings, timezone } = account
  const since = addDays(dayOf(now, timezone), -lookBack)
  const notes: string[] = []
  for (const fileType of settings.feeds) {
    const polled = await client.lastPoll({ rooftopId, fileType, since }, signal)
    notes.push(
      polled === undefined
        ? `${fileType}: not polled in the last ${lookBack} days, or not granted to us`
        : `${fileType}: last polled ${polled}`,
    )
  }
  return { notes }
}
