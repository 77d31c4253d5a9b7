import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { exportAudit, type AuditRow } from '../../ledger/audit-search'
import { auditCsvHead, auditCsvLine, auditJsonLine } from '../../ledger/audit-words'
import { postgresTime } from '../../ledger/postgres/time'
import type { Route } from '../context'
import { askedAudit } from './audit-query'

interface Form {
  readonly extension: string
  readonly type: string
  readonly head: string
  readonly line: (row: AuditRow) => string
}

const exportAs =
  ({ extension, type, head, line }: Form): Route =>
  (ctx) =>
  async (req, res) => {
    const now = await postgresTime(ctx.database)
    const { query } = askedAudit(req.query, now)
    const rows = exportAudit(ctx.database, query)
    // Before the head is sent: what is wrong by now is still an answer of its own.
    const first = await rows.next()
    const name = `audit-${now.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.${extension}`
    res.attachment(name).set('Content-Type', type)
    const lines = async function* () {
      yield head
      if (!first.done) yield line(first.value)
      for await (const row of rows) yield line(row)
    }
    try {
      await pipeline(Readable.from(lines()), res)
    } catch (error) {
      // Whoever goes away before the end wants no more of it.
      if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
    }
  }

/** All rows that fit, for a spreadsheet. */
export const auditCsv: Route = exportAs({
  extension: 'csv',
  type: 'text/csv; charset=utf-8',
  head: auditCsvHead(),
  line: auditCsvLine,
})

/** All rows that fit, a JSON object each. */
export const auditJsonLines: Route = exportAs({
  extension: 'jsonl',
  type: 'application/jsonl; charset=utf-8',
  head: '',
  line: auditJsonLine,
})
