import type { Job } from '../../job/define-job'
import type { JobView } from '../../ledger/fleet-view'

/** `look`: a person should look at it; `fine`: all in order; `off`: it does not run. Most urgent first. */
export const standings = ['look', 'fine', 'off'] as const
export type Standing = (typeof standings)[number]

/** How a job stands: its last run and last slot went well, every account is fresh, and no incident lasts. A run under way does not count. */
export function standingOf(
  { effective }: Job,
  { lastSlot, lastRuns, freshness, incidents }: JobView,
): Standing {
  if (effective.mode === 'off') return 'off'
  const lastSettled = lastRuns.find(({ state }) => state !== 'running')
  const runWell = lastSettled === undefined || lastSettled.state === 'ok'
  const slotWell = lastSlot === undefined || lastSlot.state === 'due' || lastSlot.state === 'ran'
  const fresh = freshness.fresh === freshness.accounts
  return runWell && slotWell && fresh && incidents === undefined ? 'fine' : 'look'
}
