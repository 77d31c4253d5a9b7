import { EventEmitter, once } from 'node:events'
import type { Exit } from '../../../src/processes/local/owned-process'
import { Supervised, type Running } from '../../../src/processes/local/supervised'

/** A part that ends when it is told to. */
class Part implements Running {
  readonly pid = 1
  readonly exited: Promise<Exit>
  end: (exit: Exit) => void = () => undefined
  disposals = 0

  constructor() {
    this.exited = new Promise((resolve) => (this.end = resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1
    this.end({ code: 0, signal: null })
  }
}

describe('Supervised', () => {
  const { signal } = new AbortController()

  test('starts it again, tells so, and ends the one that runs', async () => {
    const parts: Part[] = []
    const lines: string[] = []
    const told = new EventEmitter()
    const again = once(told, 'part runs again')
    const supervised = new Supervised({
      name: 'part',
      tell: (line) => {
        lines.push(line)
        told.emit(line)
      },
      launch: async () => {
        const part = new Part()
        parts.push(part)
        return part
      },
    })
    const first = await supervised.start(signal)
    first.end({ code: 7, signal: null })
    await again
    await supervised[Symbol.asyncDispose]()
    await supervised[Symbol.asyncDispose]()
    expect(lines).toEqual(['part ended (exit code 7); starting it again in 1 s', 'part runs again'])
    expect(parts.map(({ disposals }) => disposals > 0)).toEqual([false, true])
  })

  test('fails where it does not come up at first', async () => {
    const supervised = new Supervised<Part>({
      name: 'part',
      tell: () => undefined,
      launch: async () => {
        throw new Error('no such thing')
      },
    })
    await expect(supervised.start(signal)).rejects.toThrow('no such thing')
    await supervised[Symbol.asyncDispose]()
  })

  test('cuts a start short when it is disposed of', async () => {
    const supervised = new Supervised<Part>({
      name: 'part',
      tell: () => undefined,
      launch: (stop) =>
        new Promise((_, reject) => {
          stop.addEventListener('abort', () => reject(stop.reason as Error))
        }),
    })
    const start = supervised.start(signal)
    await supervised[Symbol.asyncDispose]()
    await expect(start).rejects.toThrow('part is being stopped')
  })
})
