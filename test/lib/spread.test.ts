import fc from 'fast-check'
import { days, minutes } from '../../src/lib/durations'
import { spreadOffset } from '../../src/lib/spread'

const accountId = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)
const spread = fc.integer({ min: 1, max: days(1) })

describe('the place of an account in a spread', () => {
  test('is a whole millisecond within it, the same every time', () => {
    fc.assert(
      fc.property(accountId, spread, (id, length) => {
        const offset = spreadOffset(id, length)
        expect(Number.isInteger(offset)).toBe(true)
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset).toBeLessThan(length)
        expect(spreadOffset(id, length)).toBe(offset)
        expect(spreadOffset(id, 0)).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })

  test('stays where it is in proportion, so that a longer spread keeps the accounts in their order', () => {
    fc.assert(
      fc.property(accountId, accountId, spread, spread, (one, other, length, longer) => {
        fc.pre(longer > length)
        const [first, last] =
          spreadOffset(one, length) < spreadOffset(other, length) ? [one, other] : [other, one]
        expect(spreadOffset(first, longer)).toBeLessThanOrEqual(spreadOffset(last, longer) + longer / length)
        const part = spreadOffset(one, longer) / longer
        expect(Math.abs(spreadOffset(one, length) / length - part)).toBeLessThanOrEqual(1 / length)
      }),
      { numRuns: 1000 },
    )
  })

  test('leaves no part of it crowded, whatever ids the accounts happen to have', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 40n }), fc.constantFrom(1n, 2n, 10n), (first, step) => {
        const [count, parts, length] = [600, 6, minutes(10)]
        const held = Array.from({ length: parts }, () => 0)
        for (let index = 0; index < count; index += 1) {
          const offset = spreadOffset(String(first + BigInt(index) * step), length)
          const part = Math.floor((offset / length) * parts)
          held[part] = (held[part] ?? 0) + 1
        }
        // A hundred each on average; with places drawn by lot, twice that many would not come in a lifetime.
        expect(Math.max(...held)).toBeLessThan((2 * count) / parts)
        expect(Math.min(...held)).toBeGreaterThan(count / parts / 4)
      }),
    )
  })
})
