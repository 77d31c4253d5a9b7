import { isDeepStrictEqual } from 'node:util'
import type { Override, OverrideSetting, OverrideValues } from '../../ledger/control/overrides'
import { cronInWords } from '../../lib/cron-in-words'
import { localTime } from '../../lib/read-instant'
import { declaredValues, type LiveJob } from './live-jobs'

/** True where two values of a setting mean the same. */
export const isSameValue = (one: Override['value'], other: Override['value']): boolean =>
  isDeepStrictEqual(one, other)

/** A value of a setting for people: `every 20 minutes (*\/20 * * * * in UTC)`, `2 syncs at once in each worker`. */
export function valueInWords<Setting extends OverrideSetting>(
  setting: Setting,
  value: OverrideValues[Setting],
): string {
  return inWords[setting](value)
}

const inWords: { readonly [Setting in OverrideSetting]: (value: OverrideValues[Setting]) => string } = {
  schedule: ({ cron, timezone }) => `${lowered(cronInWords(cron))} (${cron} in ${timezone})`,
  concurrency: ({ concurrency }) =>
    `${concurrency} ${concurrency === 1 ? 'sync' : 'syncs'} at once in each worker`,
  rate: ({ percent }) => `${percent} % of the vendor's limits`,
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`

/** How an override stands beside the configuration. */
export interface Drift {
  readonly override: Override
  /** What the configuration says now. */
  readonly configured: Override['value']
  /** False where the configuration has come to say the same. */
  readonly differs: boolean
  /** What the configuration says is not what it said when the override was made. */
  readonly movedOn: boolean
  /** All of it for people, in one line. */
  readonly inWords: string
}

/** What is not as configured about a job, one entry per override in force. */
export const driftOf = (job: LiveJob): Drift[] => job.overrides.map((override) => driftBy(override, job))

function driftBy(override: Override, { declared: settings, effective }: LiveJob): Drift {
  const configured = declaredValues(settings)[override.setting]
  const differs = !isSameValue(override.value, configured)
  const movedOn = !isSameValue(override.declared, configured)
  const { setting, value, until, madeBy, reason, declared } = override
  const end = until ? `until ${localTime(until, effective.timezone)} ${effective.timezone}` : 'until reverted'
  const before = movedOn ? `, and ${valueInWords(setting, declared)} when it was made` : ''
  return {
    override,
    configured,
    differs,
    movedOn,
    inWords:
      `${valueInWords(setting, value)} ${end}, by ${madeBy}: ${reason}; ` +
      `configured: ${differs ? valueInWords(setting, configured) : 'the same by now'}${before}`,
  }
}
