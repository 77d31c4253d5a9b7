import type { Database } from '../../src/ledger/postgres/database'
import type { ActTools } from '../../src/runs/control/act-tools'
import type { TestQueues } from './queues'

export const ana = { actor: 'ana', via: 'dashboard', origin: '10.0.0.7' } as const

/** What an act works with: the queues of a test, or a Redis that is away. */
export const toolsOf = (database: Database, world?: TestQueues): ActTools => ({
  database,
  queues: async () => {
    if (!world) throw new Error('Redis is away')
    const { queues, syncJobs } = world
    return {
      queues,
      syncJobs,
      breakLease: async () => {
        throw new Error('nobody asked for it')
      },
    }
  },
  signal: new AbortController().signal,
})

/** As if all pauses had been made, and had been meant to end, so many milliseconds earlier. */
export async function moveBack(database: Database, duration: number): Promise<void> {
  await database.query(
    `update pauses set paused_at = paused_at - $1 * interval '1 ms', until = until - $1 * interval '1 ms',
       ended_at = ended_at - $1 * interval '1 ms'`,
    [duration],
  )
}
