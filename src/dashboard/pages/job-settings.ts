import { declaredSettings, type JobSettings } from '../../job/define-job'
import type { Override, OverrideSetting } from '../../ledger/control/overrides'
import { cronInWords } from '../../lib/cron-in-words'
import { inWords } from '../../lib/durations'
import type { LiveJob } from '../../runs/control/live-jobs'
import { html, type Html } from '../html'
import { wallClock } from '../times'
import { table } from './table'

/** A setting for people, and the override by which it may differ. */
interface Setting {
  readonly name: string
  readonly of: (settings: JobSettings) => string
  readonly setting?: OverrideSetting
}

const settings: readonly Setting[] = [
  {
    name: 'Schedule',
    of: ({ cron, timezone }) => `${cronInWords(cron)} (${cron} in ${timezone})`,
    setting: 'schedule',
  },
  { name: 'Missed slots', of: ({ missed }) => missed },
  { name: 'Mode', of: ({ mode }) => mode },
  {
    name: 'Concurrency',
    of: ({ concurrency }) => `${concurrency} syncs at once in each worker`,
    setting: 'concurrency',
  },
  { name: 'Attempts', of: ({ attempts }) => String(attempts) },
  { name: 'Backoff', of: ({ backoff, backoffCap }) => `${inWords(backoff)}, up to ${inWords(backoffCap)}` },
  { name: 'Retries within', of: ({ retryWithin }) => inWords(retryWithin) },
  { name: 'Deadline of an attempt', of: ({ deadline }) => inWords(deadline) },
  { name: 'Deadline of a page', of: ({ pageDeadline }) => inWords(pageDeadline) },
  { name: 'Deadline of a run', of: ({ runDeadline }) => inWords(runDeadline) },
  { name: 'Starts spread over', of: ({ spread }) => (spread > 0 ? inWords(spread) : 'nothing, all at once') },
  {
    name: 'Nothing starts in',
    of: ({ excluded }) => excluded.map(({ text }) => text).join(', ') || 'no time',
  },
]

/** Every setting of a job: what its definition says, what the configuration makes of it, and what holds now. */
export function jobSettings(job: LiveJob): Html {
  const defined = declaredSettings(job)
  const overrideOf = (setting?: OverrideSetting) => job.overrides.find((each) => each.setting === setting)
  const rows = settings.map(({ name, of, setting }) => ({
    name,
    defined: of(defined),
    declared: of(job.declared),
    effective: of(job.effective),
    override: overrideOf(setting),
  }))
  const rate = {
    name: 'Share of the vendor’s limits',
    defined: '100 %',
    declared: '100 %',
    effective: `${job.ratePercent} %`,
    override: overrideOf('rate'),
  }
  return html`<section id="job-settings" data-live>
    <h2>Settings</h2>
    ${table(
      ['Setting', 'Definition', 'Configuration', 'Now'],
      [...rows, rate].map((row) => settingRow(row, job.effective.timezone)),
    )}
    <p>
      Version ${job.version} of the definition; an account is fresh for ${inWords(job.freshness)}; a slot may
      start ${inWords(job.startWithin)} late.
    </p>
  </section>`
}

interface SettingRow {
  readonly name: string
  readonly defined: string
  readonly declared: string
  readonly effective: string
  readonly override: Override | undefined
}

function settingRow({ name, defined, declared, effective, override }: SettingRow, timezone: string): Html {
  return html`<tr data-key="${name}" ${override && html`class="drift"`}>
    <th scope="row">${name}</th>
    <td data-label="Definition">${defined}</td>
    <td data-label="Configuration">${declared === defined ? 'the same' : declared}</td>
    <td data-label="Now">
      ${effective === declared ? 'the same' : html`<strong>${effective}</strong>`}
      ${
        override &&
        html`<small
          >by ${override.madeBy}
          ${override.until ? `until ${wallClock(override.until, timezone)}` : 'until it is reverted'}:
          ${override.reason}</small
        >`
      }
    </td>
  </tr>`
}
