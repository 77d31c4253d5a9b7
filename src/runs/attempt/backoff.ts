import type { JobSettings } from '../../job/define-job'

/**
 * Milliseconds until the next attempt: exponential from the job's backoff up to its cap, with full jitter,
 * so that accounts that failed together do not come back together. `random` is from 0 to 1.
 */
export function backoff(
  settings: Pick<JobSettings, 'backoff' | 'backoffCap'>,
  failures: number,
  random: number,
): number {
  const ceiling = Math.min(settings.backoffCap, settings.backoff * 2 ** Math.max(0, failures - 1))
  return Math.round(ceiling * random)
}
