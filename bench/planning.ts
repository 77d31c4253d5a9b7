import type { Bench } from './bench'
import { alternate } from './measure'
import { Spine } from './spine'

const accounts = 10_000

/** What it takes to plan a run of many accounts, from nothing to every sync in the queue, against the queue alone. */
export const planning: Bench = {
  name: 'planning',
  title: `Planning a run of ${accounts} accounts`,
  rounds: 7,
  async run({ redisUrl, databaseUrl, rounds, signal }) {
    await using spine = await Spine.open({ redisUrl, databaseUrl }, accounts)
    /** As settled runs of former days leave it. */
    const settle = async () => {
      await spine.database.query(`update syncs set state = 'ok', settled_at = now() where settled_at is null`)
      for (const queue of spine.queues.all) await queue.obliterate({ force: true })
      await spine.database.query('vacuum (analyze) syncs')
      await spine.database.query('checkpoint')
    }
    const found = await alternate(
      'syncs/s',
      [
        {
          name: 'bare addBulk',
          prepare: settle,
          perform: async () => {
            await spine.addBare(accounts)
            return accounts
          },
        },
        {
          name: 'plan a run',
          prepare: settle,
          perform: async () => {
            const { syncs } = await spine.plan()
            return syncs.length
          },
        },
      ],
      { rounds, signal },
    )
    return [found.figure('bare addBulk'), found.ratio('plan a run', 'bare addBulk', { atLeast: 0.5 })]
  },
}
