import fc from 'fast-check'
import { rowHash, steadyBytes } from '../../src/sink/row-hash'
import { fieldOf } from '../../src/sink/row-lines'

/** Texts that look like what separates fields, ends lines or stands for null. */
const nasty = fc
  .array(fc.constantFrom('\t', '\n', '\r', '\\', '\\N', 'N', 'a', ''), { maxLength: 4 })
  .map((parts) => parts.join(''))
const value = fc.oneof(fc.constant(null), nasty, fc.string({ unit: 'binary', maxLength: 6 }))
const row = fc.array(value, { maxLength: 5 })

const fieldsOf = (values: readonly (string | null)[]): string[] => values.map((of) => fieldOf('text', of))
const hashOf = (values: readonly (string | null)[]): string =>
  rowHash({ steady: values.map((_, place) => place), volatile: [] }, fieldsOf(values))

/** What two rows must have in common to be one: nulls at the end do not count. */
function kept(values: readonly (string | null)[]): readonly (string | null)[] {
  let { length } = values
  // A row's first field is part of its key and never goes.
  while (length > 1 && values[length - 1] === null) length -= 1
  return values.slice(0, length)
}

describe('rowHash', () => {
  test('is the same for equal rows and for no others, whatever they hold', () => {
    fc.assert(
      fc.property(row, row, (one, other) => {
        fc.pre(one.length > 0 && other.length > 0)
        const isSame = JSON.stringify(kept(one)) === JSON.stringify(kept(other))
        expect(hashOf(one) === hashOf(other)).toBe(isSame)
      }),
      { numRuns: 2000 },
    )
  })

  test('does not change where a column is added for which the row has no value', () => {
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 3 }), (values, more) => {
        fc.pre(values.length > 0)
        const wider = [...values, ...Array.from({ length: more }, () => null)]
        expect(hashOf(wider)).toBe(hashOf(values))
      }),
    )
  })

  test('tells a change of a volatile column apart from a change of the others', () => {
    fc.assert(
      fc.property(row, row, nasty, nasty, (steady, more, before, after) => {
        fc.pre(steady.length > 0)
        const columns = { steady: steady.map((_, place) => place), volatile: [steady.length] }
        const hash = (of: readonly (string | null)[], last: string) =>
          rowHash(columns, fieldsOf([...of, last]))
        const [one, other] = [hash(steady, before), hash(steady, after)]
        expect(one.slice(0, 2 * steadyBytes)).toBe(other.slice(0, 2 * steadyBytes))
        expect(one === other).toBe(before === after)
        expect(one.length).toBe(other.length)
        const changed = [...more, ...steady].slice(0, steady.length)
        const isSame = JSON.stringify(kept(changed)) === JSON.stringify(kept(steady))
        const begin = hash(changed, before).slice(0, 2 * steadyBytes)
        expect(begin === one.slice(0, 2 * steadyBytes)).toBe(isSame)
      }),
      { numRuns: 1000 },
    )
  })
})
