import type { Column } from '../../../src/job/columns'
import type { Stream } from '../../../src/job/streams'
import type { TruthTables } from './case'
import type { HeldAccount, JobEngine } from './job-engine'

type Row = Readonly<Record<string, unknown>>

/** Differences that one message shows of each table. */
const shownAtMost = 5

/**
 * How the tables differ from what the vendor says a faithful copy holds, a line each; none where they are equal. Values are
 * compared in the canonical form of their columns. A row that the truth calls gone may be missing: a copy need not have seen it.
 */
export async function differences(
  engine: JobEngine,
  account: HeldAccount,
  truth: TruthTables,
  most = shownAtMost,
): Promise<string[]> {
  const streams = Object.values(engine.job.streams)
  const lines = Object.keys(truth)
    .filter((table) => !streams.some((stream) => stream.table === table))
    .map((table) => `the truth names ${table}, which the job does not have`)
  for (const stream of streams) {
    const rows = truth[stream.table]
    if (!rows) lines.push(`the truth says nothing of ${stream.table}`)
    else lines.push(...(await differencesOf(engine, account, stream, [...rows], most)))
  }
  return lines
}

async function differencesOf(
  engine: JobEngine,
  account: HeldAccount,
  stream: Stream,
  truth: readonly Row[],
  most: number,
): Promise<string[]> {
  const held = await heldRows(engine, account, stream)
  const lines: string[] = []
  const known = new Set<string>()
  for (const row of truth) {
    const key = keyOf(stream, row)
    if (known.has(key)) lines.push(`the truth has ${key} twice`)
    known.add(key)
    const found = held.get(key)
    if (found) lines.push(...differing(stream, row, found).map((what) => `${key} ${what}`))
    else if (row['gone'] !== true) lines.push(`${key} is missing`)
  }
  for (const key of held.keys()) if (!known.has(key)) lines.push(`${key} is there and should not be`)
  const shown = lines.slice(0, most).map((line) => `${stream.table}: ${line}`)
  const more = lines.length - shown.length
  const counts = `(${truth.length} in the truth, ${held.size} held)`
  return more > 0 ? [...shown, `${stream.table}: and ${more} more ${counts}`] : shown
}

/** The account's rows by key. */
async function heldRows(engine: JobEngine, account: HeldAccount, stream: Stream): Promise<Map<string, Row>> {
  const { rows } = await engine.database.query<Row>(
    `select *, gone_at is not null as gone from "${stream.table}" where account_id = $1`,
    [account.id],
  )
  return new Map(rows.map((row) => [keyOf(stream, row), row]))
}

function differing(stream: Stream, expected: Row, held: Row): string[] {
  const wrong = Object.keys(expected)
    .filter((name) => name !== 'gone')
    .map((name) => ({
      name,
      expected: canonical(stream, name, expected),
      held: canonical(stream, name, held),
    }))
    .filter((value) => value.expected !== value.held)
    .map((value) => `${value.name}: expected ${value.expected}, held ${value.held}`)
  const gone = { expected: expected['gone'] === true, held: held['gone'] === true }
  return gone.expected === gone.held
    ? wrong
    : [...wrong, `expected ${gone.expected ? 'gone' : 'present'}, held ${gone.held ? 'gone' : 'present'}`]
}

const keyOf = (stream: Stream, row: Row): string =>
  stream.key.map((name) => canonical(stream, name, row)).join(' ')

/** A value as text that is equal where the values are. Lists are compared in order. */
function canonical(stream: Stream, name: string, row: Row): string {
  const column: Column | undefined = stream.columns[name]
  if (!column) throw new Error(`the truth names ${stream.table}.${name}, and there is no such column`)
  const value = column.canonical(row[name])
  return value === undefined ? `${JSON.stringify(row[name])} (no ${column.sqlType})` : JSON.stringify(value)
}
