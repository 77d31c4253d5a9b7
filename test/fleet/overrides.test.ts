import { configuredJobs } from '../../config/configured-jobs'
import { loadConfig } from '../../config/load'
import type { ActTools } from '../../src/runs/control/act-tools'
import { revertOverride, setConcurrency, setRate } from '../../src/runs/control/override'
import { Disposables } from '../../src/lib/disposables'
import { Fleet } from '../support/fleet'
import { localVendor, silence } from '../support/local-vendor'
import { TestQueues } from '../support/queues'
import { until } from '../support/until'

describe('a worker', () => {
  test('takes up other limits while its syncs go on, and its own ones again', async () => {
    await using owned = new Disposables()
    const vendor = owned.use(await localVendor(silence))
    const accounts = [5, 6, 7, 8].map((id) => ({ id, timezone: 'America/Denver', history: 1, every: 0 }))
    const settings = { CTM_CRON: '0 0 1 1 *', CTM_CONCURRENCY: '1', CTM_API_URL: vendor.url }
    const fleet = owned.use(await Fleet.open(accounts, settings))
    const ctm = configuredJobs(loadConfig(fleet.env)).find(({ id }) => id === 'ctm')
    if (!ctm) throw new Error('no job ctm')
    const { database } = fleet
    const queues = () => Promise.reject(new Error('no override needs Redis'))
    const tools: ActTools = { database, queues, signal: new AbortController().signal }
    const order = { by: { actor: 'ana', via: 'cli' }, reason: 'the vendor is slow' } as const
    const underWay = async (count: number) =>
      until(`${count} syncs are under way`, async () => {
        const { rows } = await database.query(`select 1 from syncs where state = 'running'`)
        return rows.length === count
      })
    /** Requests that are held to the job's own share of a limit. */
    const { prefix, redis } = owned.use(
      await TestQueues.open({ url: fleet.env['REDIS_URL'] ?? '', prefix: fleet.env['QUEUE_PREFIX'] ?? '' }),
    )
    const shares = async () => redis.keys(`${prefix}:rate:ctm-*-of-ctm:in-flight`)

    const worker = await fleet.start('worker')
    await fleet.run()
    await underWay(1)
    expect(await shares()).toEqual([])

    await setRate(tools, ctm, 50, order)
    await worker.logged('limits changed', ({ ratePercent }) => ratePercent === 50)
    await setConcurrency(tools, ctm, 3, order)
    await underWay(3)
    await until('the two new ones keep to their share', async () => (await shares()).length === 2)

    await revertOverride(tools, ctm, 'concurrency', order)
    await worker.logged(
      'limits changed',
      ({ concurrency, ratePercent }) => concurrency === 1 && ratePercent === 50,
    )
  })
})
