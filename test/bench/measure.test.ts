import { alternate, figureOf, isMet, median, randomOf, Rounds } from '../../bench/measure'

describe('measuring side by side', () => {
  test('gives every contender its turn in every round, the order turned round each time', async () => {
    const turns: string[] = []
    const contender = (name: string) => ({
      name,
      prepare: async () => void turns.push(`for ${name}`),
      perform: async () => turns.push(name),
    })
    const rounds = await alternate('things/s', [contender('a'), contender('b')], {
      rounds: 2,
      warmUps: 1,
      signal: new AbortController().signal,
    })

    expect(turns.filter((turn) => !turn.startsWith('for'))).toEqual(['b', 'a', 'a', 'b', 'b', 'a'])
    expect(turns.slice(0, 4)).toEqual(['for b', 'b', 'for a', 'a'])
    expect(rounds.figure('a').samples).toHaveLength(2)
  })

  test('compares round by round, so that a slow round hurts no ratio', () => {
    const rounds = new Rounds(
      'rows/s',
      new Map([
        ['ours', [30, 3, 30]],
        ['yardstick', [60, 6, 50]],
      ]),
    )

    expect(rounds.ratio('ours', 'yardstick', { atLeast: 0.5 })).toMatchObject({
      median: 30,
      against: { yardstick: 'yardstick', ratio: 0.5, ratios: [0.5, 0.5, 0.6] },
      target: { atLeast: 0.5 },
    })
    expect(() => rounds.figure('nobody')).toThrow('nobody measured nobody')
  })

  test('judges a ratio where there is one, else the median', () => {
    expect(isMet(figureOf('memory', 'MB', [90, 100, 110], { atMost: 100 }))).toBe(true)
    expect(isMet(figureOf('memory', 'MB', [101], { atMost: 100 }))).toBe(false)
    expect(isMet(figureOf('memory', 'MB', [1]))).toBeUndefined()
    const ratio = { yardstick: 'COPY', ratio: 0.29, ratios: [0.29] }
    expect(isMet({ ...figureOf('insert', 'rows/s', [50_000], { atLeast: 0.3 }), against: ratio })).toBe(false)
  })

  test('takes the middle, and the mean of two middles', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  test('repeats itself for a seed', () => {
    const [one, two] = [randomOf(7), randomOf(7)]
    const numbers = [one(), one(), one()]

    expect([two(), two(), two()]).toEqual(numbers)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
  })
})
