import fc from 'fast-check'
import * as column from '../../src/job/columns'
import { snapshotStream } from '../../src/job/streams'
import { canonicalJson } from '../../src/job/values'
import { checkRecords } from '../../src/sink/check-records'
import { completeListing } from '../../src/sink/complete-listing'
import { setAside } from '../../src/sink/rejected-records'
import type { Row } from '../../src/sink/target'
import { writePage } from '../../src/sink/write-page'
import { northwind } from './northwind'

const columns = {
  text_key: column.text(),
  bigint_key: column.bigint(),
  numeric_key: column.numeric(),
  date_key: column.date(),
  instant_key: column.instant(),
  boolean_key: column.boolean(),
  integer_key: column.integer(),
  required_texts: column.texts(),
  required_json: column.json(),
  text: column.nullable(column.text()),
  bigint: column.nullable(column.bigint()),
  integer: column.nullable(column.integer()),
  numeric: column.nullable(column.numeric()),
  boolean: column.nullable(column.boolean()),
  date: column.nullable(column.date()),
  instant: column.nullable(column.instant()),
  texts: column.nullable(column.texts()),
  json: column.nullable(column.json()),
}
const names = Object.keys(columns) as (keyof typeof columns)[]
const key = names.filter((name) => name.endsWith('_key'))
const everything = snapshotStream({ table: 'northwind_everything', key, columns })

const nastyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  // Halves of surrogate pairs, NUL, and all that a list or a literal could trip over.
  fc
    .array(
      fc.constantFrom(
        '\0',
        '\ud800',
        '\udc00',
        '"',
        '\\',
        '{',
        '}',
        ',',
        'NULL',
        '\n',
        '\x1e',
        "'",
        '$1',
        '',
      ),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('NaN', 'infinity', 'now', 'epoch', 'null', 'true', '-0', '1e5', '', ' '),
)
const whole = fc.oneof(
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
  fc.maxSafeInteger(),
  fc.constantFrom('007', '-0', -0),
)
const decimal = fc.oneof(
  fc.double(),
  fc.stringMatching(/^-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,4})?$/),
  fc.constantFrom('1.0', '1.00', '01', -0, '-0.0', 5e-324, Number.MAX_VALUE),
)
const day = fc.oneof(
  fc.date({ noInvalidDate: true }).map((instant) => instant.toISOString().slice(0, 10)),
  fc.stringMatching(/^\d{4}-[01]\d-[0-3]\d$/),
  fc.constantFrom('2024-02-29', '2026-02-29', '0000-01-01', '0001-01-01', '9999-12-31'),
)
const instant = fc.oneof(
  fc.date(),
  fc
    .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.stringMatching(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{1,9})?(Z|[+-][0-2]\d:[0-5]\d)$/),
  fc.constantFrom('2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z'),
)
const texts = fc.array(
  fc.oneof({ weight: 9, arbitrary: nastyText }, { weight: 1, arbitrary: fc.constant(null) }),
  { maxLength: 4 },
)
const json = fc.oneof(
  fc.jsonValue(),
  fc.object({ withNullPrototype: true }),
  fc.dictionary(nastyText, nastyText),
  fc.anything(),
)

const valid: { readonly [Name in keyof typeof columns]: fc.Arbitrary<unknown> } = {
  text_key: nastyText,
  bigint_key: whole,
  numeric_key: decimal,
  date_key: day,
  instant_key: instant,
  boolean_key: fc.boolean(),
  integer_key: fc.oneof(fc.integer(), fc.constant(-0)),
  required_texts: texts,
  required_json: json,
  text: nastyText,
  bigint: whole,
  integer: fc.integer(),
  numeric: decimal,
  boolean: fc.boolean(),
  date: day,
  instant,
  texts,
  json,
}
/** Mostly what passes, often what nearly does, now and then anything at all. */
const mixed = (of: column.Column, arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 60, arbitrary: arbitrary.filter((value) => of.value.safeParse(value).success) },
    { weight: 2, arbitrary },
    { weight: 1, arbitrary: fc.anything() },
    { weight: 1, arbitrary: fc.constant(null) },
  )
const record = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record(Object.fromEntries(names.map((name) => [name, mixed(columns[name], valid[name])]))),
  },
  { weight: 1, arbitrary: fc.anything() },
)

/** A row as Postgres gives it back, in the form in which `checkRecords` handed it over. */
const readBack = (row: Record<string, unknown>): Row =>
  Object.fromEntries(
    names.map((name) => {
      const value = row[name]
      if (value === null) return [name, null]
      if (name.includes('json')) return [name, canonicalJson(value)]
      return [name, name.includes('instant') ? new Date(Number(value)).toISOString() : value]
    }),
  )

describe('whatever a vendor sends', () => {
  test('is written without an error and read back equal, or set aside', async () => {
    const { database, owner, targetOf } = await northwind([everything])
    await using _ = database
    const target = targetOf(everything)
    const list = Object.entries(columns)
      .map(([name, { sqlType }]) =>
        sqlType === 'timestamptz' ? `(extract(epoch from ${name}) * 1000)::bigint as ${name}` : `"${name}"`,
      )
      .join(', ')
    let passed = 0

    const writes = async (records: readonly unknown[]) => {
      const { good, rejected, rejectedKeys } = checkRecords(everything, records)
      passed += good.length
      const expected = new Map(good.map((row) => [JSON.stringify(key.map((name) => row[name])), row]))
      await database.query('delete from northwind_everything')

      await database.transaction(async (sql) => {
        const written = await writePage(sql, target, owner, good, { rejectedKeys })
        expect(written.inserted).toBe(expected.size)
        expect(await setAside(sql, { ...owner, job: 'northwind', stream: 'everything' }, rejected)).toBe(
          records.length - good.length,
        )
        expect(await writePage(sql, target, owner, [...expected.values()])).toMatchObject({
          unchanged: expected.size,
        })
      })
      const { rows } = await database.query<Record<string, unknown>>(
        `select ${list} from northwind_everything`,
      )
      const held = new Map(
        rows.map(readBack).map((row) => [JSON.stringify(key.map((name) => row[name])), JSON.stringify(row)]),
      )
      for (const [id, row] of expected) expect(held.get(id)).toBe(JSON.stringify(row))
      // Keys in the ledger are equal to keys of the table: nothing that was seen is missing.
      await database.transaction((sql) => completeListing(sql, target, owner))
      const { rows: missing } = await database.query('select from missing_records')
      expect(missing).toEqual([])
    }

    await fc.assert(fc.asyncProperty(fc.array(record, { minLength: 10, maxLength: 40 }), writes), {
      numRuns: 100,
    })
    // A fuzz that refused everything would prove nothing.
    expect(passed).toBeGreaterThan(500)
  }, 120_000)
})
