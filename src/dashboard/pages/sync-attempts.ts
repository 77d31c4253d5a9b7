import type { AttemptRow, SyncView } from '../../ledger/views/sync-view'
import { inWords } from '../../lib/durations'
import { html, type Html } from '../html'
import { toTheSecond, wallClock } from '../times'
import { counted } from './facts'
import { table } from './table'

/** What is listed at most: the latest. */
const listed = 100

/** The attempts of a sync: who made each, what it cost, and what it came to. */
export function syncAttempts({ history, now, timezone }: SyncView): Html {
  return html`<section id="sync-attempts" data-live>
    <h2>Attempts</h2>
    ${history.length === 0 && html`<p>None yet.</p>`}
    ${history.length > listed && html`<p>The latest ${listed} of ${history.length}:</p>`}
    ${
      history.length > 0 &&
      table(
        [
          { number: 'Attempt' },
          'Outcome',
          'Began',
          'Took',
          { number: 'Calls' },
          'For limits',
          'Worker',
          'Build',
        ],
        history.slice(-listed).map((attempt) => row(attempt, now, timezone)),
      )
    }
  </section>`
}

function row(attempt: AttemptRow, now: Date, timezone: string): Html {
  const { number, outcome, startedAt, endedAt, errorCode, errorMessage, limitWait } = attempt
  const took = toTheSecond((endedAt ?? now).getTime() - startedAt.getTime())
  // Its worker kept the count, and is gone or not done.
  const isUnknown = outcome === 'running' || outcome === 'crashed'
  return html`<tr data-key="attempt-${number}">
    <td data-label="Attempt" class="number">${number}</td>
    <td data-label="Outcome">
      <span class="state state-${outcome}">${outcome}</span>
      ${errorCode !== null && html`<small>${errorCode}: ${errorMessage}</small>`}
    </td>
    <td data-label="Began">
      <time datetime="${startedAt.toISOString()}">${wallClock(startedAt, timezone)}</time>
    </td>
    <td data-label="Took">${endedAt ? took : `${took} so far`}</td>
    <td data-label="Calls" class="number">${isUnknown ? 'not known' : counted(attempt.calls)}</td>
    <td data-label="For limits">${isUnknown ? 'not known' : limitWait > 0 ? inWords(limitWait) : 'none'}</td>
    <td data-label="Worker">${attempt.worker}</td>
    <td data-label="Build">${attempt.build}</td>
  </tr>`
}
