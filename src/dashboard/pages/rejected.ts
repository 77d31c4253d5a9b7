import type { Request } from 'express'
import { z } from 'zod'
import { postgresTime } from '../../ledger/postgres/time'
import {
  type RejectedGroup,
  type RejectedQuery,
  type RejectedRecord,
  rejectedGroups,
  rejectedRecords,
} from '../../ledger/views/rejected'
import type { Context, Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { rejectedPage, withQuery } from '../links'
import { jobFilter } from './job-filter'
import { rejectedGroupRow, rejectedRecordRow } from './rejected-rows'
import { table } from './table'

const groupsAtMost = 100
const recordsAtOnce = 50

/** Records that could not be written, by stream and reason; one by one where a job, an account or a reason is named. */
export const rejected: Route = (ctx) => async (req, res) => {
  const asked = askedFor(req)
  const query = queryOf(asked)
  const { database } = ctx
  const [now, groups, records] = await Promise.all([
    postgresTime(database),
    rejectedGroups(database, { ...query, limit: groupsAtMost }),
    // One more, to know whether there is another page.
    rejectedRecords(database, {
      ...query,
      ...(asked.before === undefined ? {} : { before: asked.before }),
      limit: recordsAtOnce + 1,
    }),
  ])
  const main = html`<main>
    <h1>Rejected records</h1>
    ${filters(ctx, asked)}
    <section id="rejected" data-live>
      ${groups.length === 0 ? html`<p>No record was set aside.</p>` : lists(asked, groups, records, now)}
    </section>
  </main>`
  await sendPage(ctx, req, res, { title: 'Rejected records', main })
}

function lists(
  asked: Asked,
  groups: readonly RejectedGroup[],
  records: readonly RejectedRecord[],
  now: Date,
): Html {
  const shown = records.slice(0, recordsAtOnce)
  const { before: _, ...rest } = asked
  const isMore = records.length > shown.length
  return html`<h2>By reason</h2>
    ${table(
      ['Reason', 'Stream', 'Records', 'First seen', 'Last seen'],
      groups.map((group) => rejectedGroupRow(group, now, rest)),
    )}
    <h2>Records</h2>
    ${table(
      ['Reason', 'Stream', 'Account', 'Times', 'First seen', 'Last seen'],
      shown.map((record) => rejectedRecordRow(record, now)),
    )}
    <p class="pager">
      ${asked.before !== undefined && html`<a href="${withQuery('/rejected', { ...rest })}">The latest</a>`}
      ${isMore && html`<a href="${withQuery('/rejected', { ...rest, before: shown.at(-1)?.id })}">Earlier ones</a>`}
    </p>`
}

const filters = (ctx: Context, { job, account, sync, stream, reason }: Asked): Html =>
  html`<form class="filters">
    ${jobFilter(ctx.jobs, job)}
    <label>
      Account <small>its number</small>
      <input name="account" value="${account}" inputmode="numeric" pattern="[0-9]{1,18}" size="8" />
    </label>
    <button class="quiet">Show</button>
    ${
      (sync ?? stream ?? reason) !== undefined &&
      html`<span
        >${[sync && `sync ${sync}`, stream, reason].filter(Boolean).join(' · ')}
        <a href="${rejectedPage()}">Show all</a></span
      >`
    }
  </form>`

const text = z
  .string()
  .max(2000)
  .optional()
  .catch(undefined)
  .transform((given) => given || undefined)
const number = text.transform((given) =>
  given !== undefined && /^\d{1,18}$/.test(given) ? given : undefined,
)
const Asked = z.object({
  job: text,
  stream: text,
  reason: text,
  account: number,
  sync: number,
  before: number,
})
type Asked = z.output<typeof Asked>

const askedFor = (req: Request): Asked => Asked.parse(req.query)

const queryOf = ({ job, stream, reason, account, sync }: Asked): RejectedQuery => ({
  ...(job === undefined ? {} : { job }),
  ...(stream === undefined ? {} : { stream }),
  ...(reason === undefined ? {} : { pattern: reason }),
  ...(account === undefined ? {} : { accountId: account }),
  ...(sync === undefined ? {} : { syncId: sync }),
})
