import fc from 'fast-check'
import { windowsOf } from '../../../src/runs/backfills/backfill-windows'
import { daysIn, someWindow } from '../../support/some-days'

const chunk = fc.integer({ min: 1, max: 120 })

describe('the windows of a backfill', () => {
  test('cover every day of the range once, latest first', () => {
    fc.assert(
      fc.property(someWindow(400), chunk, (range, chunkDays) => {
        const windows = windowsOf(range, chunkDays)
        expect(windows.toReversed().flatMap(daysIn)).toEqual(daysIn(range))
      }),
    )
  })

  test('are as long as the job reads at once, but for the oldest, which may be shorter', () => {
    fc.assert(
      fc.property(someWindow(400), chunk, (range, chunkDays) => {
        const lengths = windowsOf(range, chunkDays).map((window) => daysIn(window).length)
        const oldest = lengths.pop() ?? 0
        expect(oldest).toBeGreaterThan(0)
        expect(oldest).toBeLessThanOrEqual(chunkDays)
        expect(lengths.every((length) => length === chunkDays)).toBe(true)
      }),
    )
  })
})
