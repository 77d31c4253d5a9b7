import type { Job } from '../../job/define-job'
import { instantForms, noteOnClocks, readInstant } from '../../lib/read-instant'
import { askWhy, type InstantAnswer } from '../../runs/slots/ask-why'
import type { Context } from '../context'
import { html, type Html } from '../html'
import { jobPage, runPage } from '../links'
import { tickOf } from '../tick-of'

/** What somebody asked about an instant, and the answer. */
export interface WhyAsked {
  readonly asked: string
  /** Why the instant could not be read; absent where it could. */
  readonly problem?: string
  /** What is to be said of a time that clocks do not show once. */
  readonly note?: string
  /** Two for a time that comes twice. */
  readonly answers: readonly InstantAnswer[]
}

/** Answers what became of an instant, or what will. Undefined where nobody asked. */
export async function whyAsked(
  ctx: Context,
  job: Job,
  asked: string | undefined,
  now: Date,
): Promise<WhyAsked | undefined> {
  if (asked === undefined) return undefined
  const { timezone } = job.effective
  const read = readInstant(asked.trim(), timezone, now)
  if (!read)
    return {
      asked,
      problem: `“${asked}” is no instant: expected ${instantForms} (zone: ${timezone})`,
      answers: [],
    }
  const instants = read.kind === 'fold' ? read.instants : [read.instant]
  const answers: InstantAnswer[] = []
  for (const instant of instants)
    answers.push(await askWhy(ctx.database, job, instant, async (dueAt) => tickOf(ctx, job.id, dueAt)))
  const note = noteOnClocks(asked.trim(), read, timezone)
  return { asked, answers, ...(note === undefined ? {} : { note }) }
}

/** A box for any instant, and the answer to the one that was asked about. */
export const jobWhy = (job: Job, why: WhyAsked | undefined): Html =>
  html`<section id="job-why">
    <h2>Why did it run, or not?</h2>
    <form class="filters" method="get" action="${jobPage(job.id)}#job-why">
      <label>
        An instant, in ${job.effective.timezone}
        <input
          name="why"
          value="${why?.asked}"
          placeholder="yesterday 06:00"
          required
          maxlength="60"
          autocomplete="off"
        />
      </label>
      <button>Ask</button>
    </form>
    ${why?.problem !== undefined && html`<p class="notice" role="alert">${why.problem}</p>`}
    ${why?.note !== undefined && html`<p>${why.note}</p>`} ${why?.answers.map(answer)}
  </section>`

const answer = ({ outcome, reason, others, run }: InstantAnswer): Html =>
  html`<p>
    <span class="state state-${outcome}">${outcome.replace('-', ' ')}</span> ${reason}
    ${others > 0 && `${others} more ${others === 1 ? 'is' : 'are'} due in the same minute.`}
    ${run && html`<a href="${runPage(run.id)}">Run ${run.id}</a>`}
  </p>`
