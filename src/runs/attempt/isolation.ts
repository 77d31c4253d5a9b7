import type { NewIncident } from '../../ledger/gates/incidents'
import type { SyncRow } from '../../ledger/work/syncs'
import { inWords, seconds } from '../../lib/durations'

/** One crash may be anybody's. From this many without a page in between on, the sync is performed alone. */
const suspectFrom = 2

/** A sync that lost its worker so often without getting on becomes a dead letter. */
export const crashesAtMost = 5

type Suspect = Pick<SyncRow, 'id' | 'job' | 'accountId' | 'crashesInARow'>

/** True for a sync that may bring its worker down: only one such sync is performed in the whole fleet at a time. */
export const isSuspect = ({ crashesInARow }: Pick<SyncRow, 'crashesInARow'>): boolean =>
  crashesInARow >= suspectFrom

/** Milliseconds until a suspect is tried again: workers that it brings down must come up in between. */
export const isolationDelay = ({ crashesInARow }: Pick<SyncRow, 'crashesInARow'>): number =>
  seconds(5) * 4 ** (crashesInARow - suspectFrom)

/** What a person is told of a suspect. */
export const isolationIncident = (sync: Suspect): NewIncident => ({
  kind: 'sync-isolated',
  subject: `sync ${sync.id}`,
  job: sync.job,
  message:
    `sync ${sync.id} of account ${sync.accountId} lost its worker ${sync.crashesInARow} times without writing a page; ` +
    `it is tried alone, again in ${inWords(isolationDelay(sync))}, and becomes a dead letter after ${crashesAtMost} times`,
  details: { syncId: sync.id, crashesInARow: sync.crashesInARow, accountId: sync.accountId },
})
