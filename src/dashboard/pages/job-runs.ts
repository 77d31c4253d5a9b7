import type { JobOverview } from '../../ledger/views/job-view'
import type { RunTotals } from '../../ledger/work/runs'
import type { LiveJob } from '../../runs/control/live-jobs'
import { html, type Html } from '../html'
import { runPage } from '../links'
import { toTheSecond, wallClock, when } from '../times'
import { table } from './table'

/** The last runs of a job, as bars and as a list, and those under way. */
export function jobRuns(job: LiveJob, { runs, running, counting: { now }, backfills }: JobOverview): Html {
  const { timezone } = job.effective
  const took = runs.flatMap((run) => (run.settledAt ? [tookOf(run, now)] : [])).toSorted((a, b) => a - b)
  const rows = runs.reduce((sum, run) => sum + Number(run.rows), 0)
  return html`<section id="job-runs" data-live>
    <h2>Runs</h2>
    ${
      running.length > 0 &&
      html`<ul class="runs">
        ${running.map(
          (run) =>
            html`<li data-key="${run.id}">
              <a href="${runPage(run.id)}">run ${run.id}</a> <span class="state state-running">running</span>
              since ${when(run.startedAt, now, timezone)}
              <small>${run.kind} · ${run.open} of ${run.syncs} syncs open · ${counted(run.rows)} rows</small>
            </li>`,
        )}
      </ul>`
    }
    ${runs.length === 0 && html`<p>None yet.</p>`}
    ${
      runs.length > 0 &&
      html`<p>
          The last ${runs.length}:
          ${
            took.length > 0 &&
            html`<abbr title="half took no longer">p50</abbr> ${toTheSecond(percentile(took, 0.5))},
              <abbr title="95 % took no longer">p95</abbr> ${toTheSecond(percentile(took, 0.95))}; `
          }${counted(rows)}
          rows in all.
        </p>
        ${strip(runs, now, timezone)}
        <details id="job-runs-listed">
          <summary>As a list</summary>
          ${runTable(runs, now, timezone)}
        </details>`
    }
    ${
      backfills.length > 0 &&
      html`<h3>Backfills</h3>
        <ul class="runs">
          ${backfills.map(
            (backfill) =>
              html`<li data-key="backfill-${backfill.id}">
                <span class="state state-${backfill.state}">${backfill.state}</span> backfill ${backfill.id},
                ${backfill.days.from} to ${backfill.days.to}
                <small
                  >${backfill.done} of ${backfill.windows} windows
                  done${backfill.failed > 0 && `, ${backfill.failed} failed`}, ${backfill.accounts} accounts,
                  asked for by
                  ${backfill.requestedBy}${backfill.reason !== null && `: ${backfill.reason}`}</small
                >
              </li>`,
          )}
        </ul>`
    }
  </section>`
}

const tookOf = ({ startedAt, settledAt }: RunTotals, now: Date): number =>
  (settledAt ?? now).getTime() - startedAt.getTime()

/** The smallest that is no less than so large a share of them. They are sorted. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0

const counted = (count: number | string): string => Number(count).toLocaleString('en-US')

const pitch = 12
const height = 64

/** A bar per run, the latest to the right: as high as it took, coloured by its outcome. The list says the same. */
function strip(runs: readonly RunTotals[], now: Date, timezone: string): Html {
  const longest = Math.max(1, ...runs.map((run) => tookOf(run, now)))
  const bar = (run: RunTotals, place: number): Html => {
    const high = Math.max(3, Math.round((tookOf(run, now) / longest) * (height - 2)))
    return html`<a href="${runPage(run.id)}" tabindex="-1"
      ><rect
        class="bar-${run.state}"
        x="${place * pitch}"
        y="${height - high}"
        width="${pitch - 2}"
        height="${high}"
        rx="2"
      >
        <title>
          run ${run.id}: ${run.state}, ${run.kind}, ${wallClock(run.startedAt, timezone)}, took
          ${toTheSecond(tookOf(run, now))}, ${counted(run.rows)} rows
        </title>
      </rect></a
    >`
  }
  return html`<svg
    class="strip"
    viewBox="0 0 ${runs.length * pitch} ${height}"
    width="${runs.length * pitch}"
    height="${height}"
    aria-hidden="true"
  >
    ${runs.toReversed().map(bar)}
  </svg>`
}

const runTable = (runs: readonly RunTotals[], now: Date, timezone: string): Html =>
  table(
    ['Run', 'Started', 'Outcome', 'Took', 'Accounts', { number: 'Rows' }],
    runs.map(
      (run) =>
        html`<tr data-key="run-${run.id}">
          <td data-label="Run"><a href="${runPage(run.id)}">run ${run.id}</a> <small>${run.kind}</small></td>
          <td data-label="Started">${when(run.startedAt, now, timezone)}</td>
          <td data-label="Outcome"><span class="state state-${run.state}">${run.state}</span></td>
          <td data-label="Took">${run.settledAt ? toTheSecond(tookOf(run, now)) : 'not done yet'}</td>
          <td data-label="Accounts">
            ${run.ok} of ${run.syncs} ok${run.failed > 0 && `, ${run.failed} failed`}
          </td>
          <td data-label="Rows" class="number">${counted(run.rows)}</td>
        </tr>`,
    ),
  )
