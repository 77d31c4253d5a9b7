import { cronInWords } from '../../lib/cron-in-words'
import { instantsBetween } from '../../lib/cron'
import { days } from '../../lib/durations'
import type { Schedule } from '../../lib/cron'
import { clockMark } from '../../lib/cron'
import { timeOfReading } from '../../lib/read-instant'
import { isAtLeast, type Role } from '../../ledger/users'
import type { LiveJob } from '../../runs/control/live-jobs'
import { scheduleFault } from '../../runs/control/schedule-fault'
import { actForm } from '../act-form'
import type { Context } from '../context'
import { html, type Html } from '../html'
import { jobPage } from '../links'
import { distance, wallClock } from '../times'

/** A schedule that somebody thinks of, and what it would come to. */
export interface ForeseenSchedule extends Schedule {
  /** Why the job cannot run by it; absent where it can. */
  readonly problem?: string
  /** When it would be due next, oldest first. */
  readonly next: readonly Date[]
  readonly now: Date
}

/** So many of them are shown before it is confirmed. */
const shown = 5

/** Looks ahead at a schedule that was typed, and changes nothing. Undefined where none was. */
export function foreseeSchedule(
  { tools }: Context,
  job: LiveJob,
  typed: { readonly cron?: string | undefined; readonly timezone?: string | undefined },
  now: Date,
): ForeseenSchedule | undefined {
  if (typed.cron === undefined) return undefined
  const timezone = typed.timezone?.trim() || job.effective.timezone
  const schedule = { cron: typed.cron.trim(), timezone }
  const problem = scheduleFault(job, schedule, { fields: tools.allowsSeconds ? 'five or six' : 'five', now })
  if (problem !== undefined) return { ...schedule, problem, next: [], now }
  const next = instantsBetween(schedule, now, new Date(now.getTime() + days(366)), shown)
  return { ...schedule, next, now }
}

/** Where an administrator types a schedule, sees its next slots, and confirms it. Nobody else sees it. */
export function jobReschedule(
  role: Role,
  job: LiveJob,
  foreseen: ForeseenSchedule | undefined,
): Html | false {
  if (!isAtLeast(role, 'admin')) return false
  const { cron, timezone } = foreseen ?? job.effective
  return html`<section id="job-reschedule">
    <h2>Reschedule</h2>
    <form class="filters" method="get" action="${jobPage(job.id)}#job-reschedule">
      <label
        >Cron pattern
        <input name="cron" value="${cron}" required maxlength="100" autocomplete="off" spellcheck="false"
      /></label>
      <label
        >Time zone
        <input
          name="timezone"
          value="${timezone}"
          required
          maxlength="60"
          autocomplete="off"
          spellcheck="false"
      /></label>
      <button class="quiet">Show its next slots</button>
    </form>
    ${foreseen?.problem !== undefined && html`<p class="notice" role="alert">${foreseen.problem}</p>`}
    ${foreseen && foreseen.problem === undefined && confirmation(job, foreseen)}
  </section>`
}

function confirmation(job: LiveJob, { cron, timezone, next, now }: ForeseenSchedule): Html {
  return html`<p>${cronInWords(cron)}, in ${timezone}. Its next slots would be:</p>
    <ol>
      ${next.map((instant) => html`<li>${wallClock(instant, timezone)}, ${distance(instant, now)}${noteOn({ cron, timezone }, instant)}</li>`)}
    </ol>
    ${actForm({
      action: `${jobPage(job.id)}/reschedule`,
      button: 'Reschedule',
      explanation:
        'It holds instead of what the configuration says, also after a deploy, until then or until somebody reverts it.',
      fields: html`<input type="hidden" name="cron" value="${cron}" />
        <input type="hidden" name="zone" value="${timezone}" />`,
      reason: 'required',
      until: { timezone: job.effective.timezone },
    })}`
}

function noteOn(schedule: Schedule, instant: Date): string | false {
  const mark = clockMark(schedule, instant)
  if (!mark) return false
  return mark.kind === 'moved'
    ? `, where the clocks leave out ${timeOfReading(mark.reading)}`
    : `, the ${mark.kind} of two such times`
}
