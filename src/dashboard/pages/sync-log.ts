import type { SyncView } from '../../ledger/views/sync-view'
import { syncBullId } from '../../queue/bull-jobs'
import { jobLog } from '../../queue/job-log'
import type { Context } from '../context'
import { html, type Html } from '../html'

const listed = 100

/** What the attempts of a sync have told, as Bull Board has it. */
export async function syncLog({ queues }: Context, { id, job }: Pick<SyncView, 'id' | 'job'>): Promise<Html> {
  const queue = queues.find(({ name }) => name === job)
  const lines = queue && (await jobLog(queue, syncBullId(id), listed))
  return html`<section id="sync-log" data-live>
    <h2>Log</h2>
    ${lines === undefined && html`<p>Redis, which has it, does not answer now.</p>`}
    ${lines?.length === 0 && html`<p>It has told nothing, or its job is gone from its queue by now.</p>`}
    ${
      lines !== undefined &&
      lines.length > 0 &&
      html`<ol class="log">
        ${lines.map((line) => html`<li>${line}</li>`)}
      </ol>`
    }
  </section>`
}
