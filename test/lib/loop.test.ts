import { Loop } from '../../src/lib/loop'

/** Steps that end when they are told to, and can be waited for. */
const setup = (interval = 60_000) => {
  const signals: AbortSignal[] = []
  const ends: ((error?: Error) => void)[] = []
  const failures: unknown[] = []
  const waiting: (() => void)[] = []
  const loop = new Loop({
    interval,
    step: (signal) =>
      new Promise<void>((resolve, reject) => {
        signals.push(signal)
        ends.push((error) => (error ? reject(error) : resolve()))
        for (const tell of waiting.splice(0)) tell()
      }),
    failed: (error) => failures.push(error),
  })
  const step = async (number: number): Promise<void> => {
    while (ends.length < number) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return { loop, signals, ends, failures, step }
}

describe('Loop', () => {
  test('takes the first step at once and the next when the last one has ended and the pause is over', async () => {
    const { loop, ends, step } = setup(1)
    loop.start()
    loop.start()
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await step(2)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await step(3)
    ends[2]?.()
    await loop[Symbol.asyncDispose]()
  })

  test('takes the next step at once when it is woken in its pause', async () => {
    const { loop, ends, step } = setup()
    loop.start()
    ends[0]?.()
    // The pause begins a few turns after the step's end.
    await new Promise((resolve) => setImmediate(resolve))
    loop.wake()
    await step(2)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await loop[Symbol.asyncDispose]()
  })

  test('takes another step at once when it is woken during one', async () => {
    const { loop, ends, step } = setup()
    loop.start()
    loop.wake()
    ends[0]?.()
    await step(2)
    expect(ends).toHaveLength(2)
    ends[1]?.()
    await loop[Symbol.asyncDispose]()
  })

  test('goes on after a step that failed', async () => {
    const { loop, ends, failures, step } = setup(1)
    loop.start()
    ends[0]?.(new Error('no answer'))
    await step(2)
    expect(failures).toEqual([new Error('no answer')])
    ends[1]?.()
    await loop[Symbol.asyncDispose]()
  })

  test('aborts the step under way, waits for it, and takes what that throws for no failure', async () => {
    const { loop, ends, signals, failures } = setup()
    loop.start()
    let isStopped = false
    const stopped = loop[Symbol.asyncDispose]().then(() => (isStopped = true))
    expect(signals[0]?.aborted).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isStopped).toBe(false)
    ends[0]?.(new Error('aborted'))
    await stopped
    expect(failures).toEqual([])
    expect(ends).toHaveLength(1)
  })

  test('can be stopped in its pause, twice, and before it has started', async () => {
    const { loop, ends } = setup()
    loop.start()
    ends[0]?.()
    await loop[Symbol.asyncDispose]()
    await loop[Symbol.asyncDispose]()
    const other = setup()
    await other.loop[Symbol.asyncDispose]()
    other.loop.start()
    expect(other.ends).toEqual([])
  })
})
