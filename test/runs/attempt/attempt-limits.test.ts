import { AttemptInterruptedError, DeadlineError, PageDeadlineError } from '../../../src/job/errors'
import { minutes } from '../../../src/lib/durations'
import { AttemptLimits } from '../../../src/runs/attempt/attempt-limits'

const setup = () => {
  const cancelled = new AbortController()
  const other = new AbortController()
  const limits = new AttemptLimits(
    { deadline: minutes(10), pageDeadline: minutes(2) },
    { cancelled: cancelled.signal, others: [other.signal] },
  )
  return { cancelled, other, limits }
}

describe('AttemptLimits', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  test('ends an attempt of which no page comes, counted from the last one', () => {
    const { limits } = setup()
    jest.advanceTimersByTime(minutes(1.5))
    limits.pageWritten()
    jest.advanceTimersByTime(minutes(1.5))
    expect(limits.signal.aborted).toBe(false)
    jest.advanceTimersByTime(minutes(0.5))
    expect(limits.signal.reason).toEqual(new PageDeadlineError('no page was written for 2 min'))
    expect(limits.cut.aborted).toBe(true)
  })

  test('ends an attempt at its deadline, however many pages come', () => {
    const { limits } = setup()
    for (let minute = 1; minute <= 10; minute += 1) {
      expect(limits.signal.aborted).toBe(false)
      jest.advanceTimersByTime(minutes(1))
      limits.pageWritten()
    }
    expect(limits.signal.reason).toEqual(
      new DeadlineError('the attempt took longer than its deadline of 10 min'),
    )
  })

  test('lets a page be finished when the worker stops, and not when the sync is cancelled', () => {
    const stopping = setup()
    stopping.other.abort(new AttemptInterruptedError('stopping'))
    expect([stopping.limits.signal.aborted, stopping.limits.cut.aborted]).toEqual([true, false])
    const cancelled = setup()
    cancelled.cancelled.abort(new AttemptInterruptedError('cancelled'))
    expect([cancelled.limits.signal.aborted, cancelled.limits.cut.aborted]).toEqual([true, true])
  })

  test('leaves no timer behind', () => {
    setup().limits[Symbol.dispose]()
    expect(jest.getTimerCount()).toBe(0)
  })
})
