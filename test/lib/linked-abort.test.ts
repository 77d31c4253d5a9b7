import { getEventListeners, once } from 'node:events'
import { LinkedAbort } from '../../src/lib/linked-abort'

describe('LinkedAbort', () => {
  test('aborts with the first of its sources, and keeps that reason', () => {
    const [stop, lease] = [new AbortController(), new AbortController()]
    using linked = new LinkedAbort(stop.signal, lease.signal)
    expect(linked.signal.aborted).toBe(false)
    lease.abort('lease lost')
    stop.abort('stopping')
    expect(linked.signal.reason).toBe('lease lost')
  })

  test('is aborted from the start where a source is', () => {
    using linked = new LinkedAbort(new AbortController().signal, AbortSignal.abort('stopping'))
    expect(linked.signal.reason).toBe('stopping')
  })

  test('aborts after its time with the reason that is made then', async () => {
    using linked = new LinkedAbort().after(1, () => new Error('too late'))
    await once(linked.signal, 'abort')
    expect(linked.signal.reason).toEqual(new Error('too late'))
  })

  test('leaves nothing behind once it is disposed of', () => {
    const source = new AbortController()
    const timers = runningTimers()
    const linked = new LinkedAbort(source.signal).after(60_000, () => new Error('never'))
    expect(getEventListeners(source.signal, 'abort')).toHaveLength(1)
    expect(runningTimers()).toBe(timers + 1)
    linked[Symbol.dispose]()
    linked[Symbol.dispose]()
    expect(getEventListeners(source.signal, 'abort')).toEqual([])
    expect(runningTimers()).toBe(timers)
    source.abort('later')
    expect(linked.signal.aborted).toBe(false)
  })
})

const runningTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
