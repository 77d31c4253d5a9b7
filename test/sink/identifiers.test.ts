import fc from 'fast-check'
import { listed, qualified, quoted } from '../../src/sink/identifiers'

/** The names in a list of quoted identifiers, as SQL reads them. */
const namesIn = (sql: string): string[] =>
  [...sql.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name = '']) => name.replaceAll('""', '"'))

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.array(fc.constantFrom('"', '.', ',', ' ', ';', '\\', 'x'), { minLength: 1 }).map((of) => of.join('')),
)

describe('an identifier', () => {
  test('is one name for SQL, whatever it contains', () => {
    fc.assert(
      fc.property(name, name, fc.array(name, { minLength: 1 }), (schema, table, columns) => {
        expect(namesIn(quoted(table))).toEqual([table])
        expect(namesIn(qualified(schema, table))).toEqual([schema, table])
        expect(namesIn(listed(columns, 't.'))).toEqual(columns)
      }),
    )
  })
})
