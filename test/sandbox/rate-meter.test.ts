import { RateMeter } from '../../sandbox/rate-meter'

const setup = () => {
  let now = 0
  const meter = new RateMeter(() => now)
  const limits = { perSecond: 2, inFlight: 2 }
  const enter = (at: number) => {
    now = at
    return meter.enter('k', limits)
  }
  return { meter, enter }
}

describe('RateMeter', () => {
  test('lets in what a second may hold, wherever the second begins', () => {
    const { meter, enter } = setup()
    enter(0)?.leave()
    enter(900)?.leave()
    expect(enter(999)).toBeUndefined()
    expect(enter(1950)).toBeDefined()
    expect(meter.figures()).toEqual({ k: { requests: 4, refused: 1, mostPerSecond: 3, mostInFlight: 1 } })
  })

  test('lets in no more than may be in flight', () => {
    const { enter } = setup()
    const first = enter(0)
    enter(1000)
    expect(enter(2000)).toBeUndefined()
    first?.leave()
    expect(enter(3000)).toBeDefined()
  })
})
