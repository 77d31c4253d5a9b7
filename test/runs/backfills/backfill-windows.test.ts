import { ctm } from '../../../jobs/ctm/definition'
import { estimateBackfill, NoBackfillError, windowsOf } from '../../../src/runs/backfills/backfill-windows'
import { madeUp } from '../../support/made-up-job'

describe('windowsOf', () => {
  test.each([
    ['one day', '2026-03-08', '2026-03-08', 31, [['2026-03-08', '2026-03-08']]],
    ['as many days as are read at once', '2026-03-01', '2026-03-07', 7, [['2026-03-01', '2026-03-07']]],
    [
      'more of them, latest first',
      '2026-02-27',
      '2026-03-10',
      5,
      [
        ['2026-03-06', '2026-03-10'],
        ['2026-03-01', '2026-03-05'],
        ['2026-02-27', '2026-02-28'],
      ],
    ],
  ])('cuts %s', (_, from, to, chunkDays, expected) => {
    expect(windowsOf({ from, to }, chunkDays).map((window) => [window.from, window.to])).toEqual(expected)
  })
})

describe('estimateBackfill', () => {
  test('counts the calls of all windows of all accounts', () => {
    const { windows, calls } = estimateBackfill(ctm, { from: '2026-01-01', to: '2026-03-31' }, 12)
    expect(windows).toHaveLength(3)
    expect(calls).toBe(12 * 3 * 5)
  })

  test('refuses a job without days', () => {
    expect(() => estimateBackfill(madeUp, { from: '2026-01-01', to: '2026-01-02' }, 1)).toThrow(
      NoBackfillError,
    )
  })
})
