import { changesBetween } from '../lib/changes'
import { csvLine } from '../lib/csv'
import type { AuditRow } from './audit-search'

/** What an act changed, a line for each value: `role: viewer → admin`. Where there is no before, what it was done with. */
export const changesInWords = ({
  action,
  before,
  after,
}: Pick<AuditRow, 'action' | 'before' | 'after'>): string[] =>
  action === 'deploy' ? deployInWords(before, after) : linesOf(before, after)

interface Deployed {
  readonly build?: unknown
  readonly jobs?: Readonly<Record<string, unknown>>
}

/** A deployment: its build, then what each job declares otherwise than before. */
function deployInWords(before: unknown, after: unknown): string[] {
  const [was, is] = [(before ?? {}) as Deployed, (after ?? {}) as Deployed]
  const build = linesOf({ build: was.build ?? undefined }, { build: is.build })
  if (!was.jobs) return [...build, `${Object.keys(is.jobs ?? {}).length} jobs, declared for the first time`]
  const jobs = [...new Set([...Object.keys(was.jobs), ...Object.keys(is.jobs ?? {})])].toSorted()
  return [
    ...build,
    ...jobs.flatMap((job) => {
      const [old, now] = [was.jobs?.[job], is.jobs?.[job]]
      if (old === undefined) return [`${job}: new`]
      if (now === undefined) return [`${job}: gone`]
      const lines = linesOf(old, now)
      return lines.length > 0 ? [`${job}: ${lines.join('; ')}`] : []
    }),
  ]
}

const linesOf = (before: unknown, after: unknown): string[] =>
  changesBetween(before ?? undefined, after ?? undefined).map((change) => {
    const values = [change.before, change.after].filter((value) => value !== undefined).map(shown)
    const words = change.after === undefined ? `was ${values.join()}` : values.join(' → ')
    return change.path === '' ? words : `${change.path}: ${words}`
  })

const shown = (value: unknown): string => {
  if (value === null) return 'none'
  if (value === '') return '(empty)'
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.join(', ') || 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const columns = [
  'id',
  'at',
  'actor',
  'via',
  'origin',
  'action',
  'subject',
  'outcome',
  'reason',
  'before',
  'after',
] as const

/** The first line of an export as CSV. */
export const auditCsvHead = (): string => csvLine(columns)

/** A row of an export as CSV; before and after are JSON. */
export const auditCsvLine = (row: AuditRow): string => csvLine(columns.map((column) => cellOf(row[column])))

/** A row of an export as JSON lines. */
export const auditJsonLine = (row: AuditRow): string => `${JSON.stringify(row)}\n`

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : JSON.stringify(value)
}
