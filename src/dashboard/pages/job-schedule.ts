import { hasJustChanged } from '../../ledger/control/overrides'
import { pausesOfInstants } from '../../ledger/control/pauses'
import type { Counting } from '../../ledger/slots/slot-history'
import { cronInWords } from '../../lib/cron-in-words'
import { seconds } from '../../lib/durations'
import { findJobScheduler, type FoundScheduler } from '../../queue/job-schedulers'
import type { LiveJob } from '../../runs/control/live-jobs'
import { dueAhead } from '../../runs/slots/due-ahead'
import { clocksInWords } from '../../runs/slots/slot-clocks'
import { excludedBy } from '../../runs/slots/slot-policy'
import type { Context } from '../context'
import { html, type Html } from '../html'
import { wallClock, when } from '../times'
import { table } from './table'

/** So many of the instants to come are shown. */
const toCome = 10

/** When a job is due: its pattern in words, what Redis holds of it, and the next slots with what is known to keep them from running. */
export async function jobSchedule(ctx: Context, job: LiveJob, counting: Counting): Promise<Html> {
  const { cron, timezone } = job.effective
  const { now } = counting
  const instants = dueAhead(job, now, toCome)
  const [pauses, held] = await Promise.all([
    pausesOfInstants(ctx.database, job.id, instants),
    heldInRedis(ctx, job),
  ])
  const outlook = (dueAt: Date): string | undefined => {
    if (job.effective.mode === 'off') return 'off'
    const pause = pauses.get(dueAt.getTime())
    return pause ? `paused: ${pause.reason}` : excludedBy(job, dueAt)
  }
  return html`<section id="job-schedule" data-live>
    <h2>Schedule</h2>
    <p>${cronInWords(cron)}: <code>${cron}</code> in ${timezone}. ${redisLine(job, held, now)}</p>
    <h3>The next ${toCome} slots</h3>
    ${table(
      ['Due', 'Outlook'],
      instants.map((dueAt) => {
        const kept = outlook(dueAt)
        return html`<tr data-key="${dueAt.toISOString()}">
          <td data-label="Due">
            ${wallClock(dueAt, timezone)}
            <small>${when(dueAt, now, timezone)} ${clocksInWords(job, counting, dueAt)}</small>
          </td>
          <td data-label="Outlook">
            ${kept === undefined ? 'runs' : html`<span class="state state-paused">does not run</span> ${kept}`}
          </td>
        </tr>`
      }),
    )}
  </section>`
}

/** By then a leading scheduler has brought Redis in line with what somebody set, also where it has just taken the lead. */
const applied = seconds(15)

/** What Redis holds of a schedule; `changing` where it holds another one, as it may just after somebody changed it. */
type Held = FoundScheduler | 'changing' | 'none' | undefined

/** Undefined where Redis did not say. */
async function heldInRedis({ tools, database }: Context, job: LiveJob): Promise<Held> {
  const held = await foundInRedis(tools, job.id)
  if (held === undefined || held === 'none' || isSame(held, job)) return held
  // Asked last: it may have been changed since the job was read.
  return (await hasJustChanged(database, job.id, 'schedule', applied)) ? 'changing' : held
}

async function foundInRedis(
  tools: Context['tools'],
  jobId: string,
): Promise<FoundScheduler | 'none' | undefined> {
  try {
    const { queues } = await tools.queues()
    return (await findJobScheduler(queues, jobId)) ?? 'none'
  } catch {
    return undefined
  }
}

const isSame = ({ cron, timezone }: FoundScheduler, { effective }: LiveJob): boolean =>
  cron === effective.cron && timezone === effective.timezone

function redisLine(job: LiveJob, held: Held, now: Date): Html {
  if (held === undefined) return html`Redis does not say what it holds of it.`
  if (held === 'changing') return html`It was changed just now, and is in Redis within seconds.`
  if (held === 'none')
    return html`<strong>Redis holds no job scheduler for it</strong>; the leading scheduler puts it back
      within a minute.`
  const next = held.next
    ? html`its next tick comes ${when(held.next, now, job.effective.timezone)}`
    : html`<strong>it has lost its next tick</strong>`
  return isSame(held, job)
    ? html`Redis holds the same, and ${next}.`
    : html`<strong>Redis holds <code>${held.cron}</code> in ${held.timezone}</strong>, and ${next}; the
        leading scheduler brings it in line.`
}
