import { Batcher } from '../../src/lib/batcher'
import { deferred, type Deferred } from '../support/deferred'

/** A batcher of numbers whose batches wait to be let go. */
const setup = (options: { most?: number; keyOf?: (item: number) => string } = {}) => {
  const batches: { readonly items: readonly number[]; readonly gate: Deferred<void> }[] = []
  const begun: Deferred<void>[] = []
  const batcher = new Batcher<number, string>({
    keyOf: options.keyOf ?? String,
    ...(options.most === undefined ? {} : { most: options.most }),
    perform: async (items) => {
      const gate = deferred()
      batches.push({ items, gate })
      begun.shift()?.resolve()
      await gate.promise
      if (items.includes(13)) throw new Error('unlucky')
      return items.map((item) => `done ${item}`)
    },
  })
  return {
    batcher,
    batches,
    /** Resolves when one more batch has begun. */
    next: async (): Promise<void> => {
      const beginning = deferred()
      begun.push(beginning)
      return beginning.promise
    },
  }
}

describe('Batcher', () => {
  test('does at once what is asked for in the same breath, and answers each', async () => {
    const { batcher, batches, next } = setup()
    const started = next()
    const answers = Promise.all([batcher.add(1), batcher.add(2), batcher.add(3)])
    await started
    batches[0]?.gate.resolve()
    expect(await answers).toEqual(['done 1', 'done 2', 'done 3'])
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3]])
  })

  test('gathers what arrives while a batch is under way', async () => {
    const { batcher, batches, next } = setup()
    const started = next()
    const first = batcher.add(1)
    await started
    const second = next()
    const later = Promise.all([batcher.add(2), batcher.add(3)])
    batches[0]?.gate.resolve()
    await first
    await second
    batches[1]?.gate.resolve()
    expect(await later).toEqual(['done 2', 'done 3'])
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]])
  })

  test('never puts two items of one key into a batch', async () => {
    const { batcher, batches, next } = setup({ keyOf: (item) => (item % 2 === 0 ? 'even' : 'odd') })
    const started = next()
    const answers = Promise.all([batcher.add(2), batcher.add(4), batcher.add(5)])
    await started
    const second = next()
    batches[0]?.gate.resolve()
    await second
    batches[1]?.gate.resolve()
    expect(await answers).toEqual(['done 2', 'done 4', 'done 5'])
    expect(batches.map(({ items }) => items)).toEqual([[2, 5], [4]])
  })

  test('takes no more at once than it may', async () => {
    const { batcher, batches, next } = setup({ most: 2 })
    const started = next()
    const answers = Promise.all([batcher.add(1), batcher.add(2), batcher.add(3)])
    await started
    const second = next()
    batches[0]?.gate.resolve()
    await second
    batches[1]?.gate.resolve()
    await answers
    expect(batches.map(({ items }) => items)).toEqual([[1, 2], [3]])
  })

  test('tries the items of a failed batch alone, so that only the one at fault fails', async () => {
    const outcomes: string[] = []
    const batcher = new Batcher<number, string>({
      keyOf: String,
      perform: async (items) => {
        outcomes.push(items.join(' '))
        if (items.includes(13)) throw new Error('unlucky')
        return items.map((item) => `done ${item}`)
      },
    })
    const answers = await Promise.allSettled([batcher.add(12), batcher.add(13), batcher.add(14)])
    expect(answers).toEqual([
      { status: 'fulfilled', value: 'done 12' },
      { status: 'rejected', reason: new Error('unlucky') },
      { status: 'fulfilled', value: 'done 14' },
    ])
    expect(outcomes).toEqual(['12 13 14', '12', '13', '14'])
    expect(await batcher.add(15)).toBe('done 15')
  })
})
