import { auditNames, searchAudit, type AuditRow } from '../../ledger/audit-search'
import { changesInWords } from '../../ledger/audit-words'
import { postgresTime } from '../../ledger/postgres/time'
import type { Route } from '../context'
import { html, type Html } from '../html'
import { sendPage } from '../layout'
import { accountPage, clientPage, jobPage, runPage, syncPage, withQuery } from '../links'
import { when } from '../times'
import { auditForm } from './audit-form'
import { askedAudit } from './audit-query'
import { table } from './table'

const atOnce = 50

/** More changes than these are folded away. */
const linesShown = 4

/** The audit log: who did or wanted to do what, from where, why, and what it changed. */
export const auditPage: Route = (ctx) => async (req, res) => {
  const { database } = ctx
  const now = await postgresTime(database)
  const { query, before, typed } = askedAudit(req.query, now)
  const [found, names] = await Promise.all([
    searchAudit(database, { ...query, ...(before !== undefined && { before }), limit: atOnce + 1 }),
    auditNames(database),
  ])
  const rows = found.slice(0, atOnce)
  const last = rows.at(-1)
  const main = html`<main>
    <h1>Audit</h1>
    ${auditForm(typed, names)} ${rows.length === 0 ? html`<p>No act fits.</p>` : actTable(rows, now)}
    <nav class="pager" aria-label="Pages">
      ${before !== undefined && html`<a href="${withQuery('/audit', typed)}">Latest</a>`}
      ${found.length > atOnce && last && html`<a href="${withQuery('/audit', { ...typed, before: last.id })}">Earlier</a>`}
    </nav>
  </main>`
  await sendPage(ctx, req, res, { title: 'Audit', main })
}

const actTable = (rows: readonly AuditRow[], now: Date): Html =>
  table(
    ['When', 'Who', 'What', 'Outcome', 'Why', 'Changed'],
    rows.map((act) => row(act, now)),
    'audit',
  )

const row = (act: AuditRow, now: Date): Html =>
  html`<tr>
    <td data-label="When">${when(act.at, now, 'UTC')}<small>${utc(act.at)}</small></td>
    <td data-label="Who">
      ${act.actor}<small
        >${act.via === 'system' ? 'by itself' : `by ${act.via}`}${act.origin !== null && ` from ${act.origin}`}</small
      >
    </td>
    <td data-label="What">${act.action}<small>${subjectOf(act.subject)}</small></td>
    <td data-label="Outcome"><span class="state state-${act.outcome}">${act.outcome}</span></td>
    <td data-label="Why">${act.reason ?? '–'}</td>
    <td data-label="Changed">${changes(act)}</td>
  </tr>`

const utc = (instant: Date): string => `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`

const pages: Readonly<Record<string, (id: string) => string>> = {
  job: jobPage,
  run: runPage,
  sync: syncPage,
  account: accountPage,
  client: clientPage,
}

/** What it was done to, with a link where there is a page about it. */
function subjectOf(subject: string): Html {
  const [, kind, id] = /^(\w+) (\S+)$/.exec(subject) ?? []
  const page = kind === undefined || id === undefined ? undefined : pages[kind]?.(id)
  return page === undefined ? html`${subject}` : html`<a href="${page}">${subject}</a>`
}

function changes(act: AuditRow): Html {
  const lines = changesInWords(act)
  if (lines.length === 0) return html`–`
  const list = html`<ul class="changes">
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`
  if (lines.length <= linesShown) return list
  return html`<details id="act-${act.id}">
    <summary>${lines.length} changes</summary>
    ${list}
  </details>`
}
