import { readFile } from 'node:fs/promises'
import { minutes } from '../../src/lib/durations'
import { Fleet } from '../support/fleet'
import type { Spawned } from '../support/spawned'

jest.setTimeout(minutes(15))

/** With `LARGE_ACCOUNT_CALLS=500000` it takes five times as long, and sees what grows five times as slowly. */
const calls = Number(process.env['LARGE_ACCOUNT_CALLS'] ?? 100_000)
const few = 10_000
const mebibyte = 1024 * 1024

/** Only Linux tells the largest resident size of a living process. */
const onLinux = process.platform === 'linux' ? test : test.skip

describe(`an account of ${calls.toLocaleString('en')} calls`, () => {
  onLinux(
    'syncs whole in a worker that stays under 200 MB, and needs hardly more than for a small one',
    async () => {
      const accounts = [few, calls].map((history, index) => ({
        id: index + 1,
        timezone: 'America/Denver',
        history,
        every: 0,
      }))
      await using fleet = await Fleet.open(accounts, {
        CTM_CRON: '0 0 1 1 *',
        VENDOR_BUCKET_SCALE: '1000',
        CTM_DEADLINE_SECONDS: '3600',
      })
      const worker = await fleet.start('worker')
      /** The largest size the worker has had once it has read this account besides. */
      const sizeWith = async (id: number): Promise<number> => {
        await fleet.database.query('update accounts set enabled = external_id = $1', [String(id)])
        await fleet.run()
        await worker.logged(
          'sync settled',
          ({ accountId, state }) => Number(accountId) === id && state === 'ok',
        )
        return largestSize(worker)
      }
      const small = await sizeWith(1)
      const large = await sizeWith(2)
      expect(large).toBeLessThan(200 * mebibyte)
      // What is collected late makes some difference; all the calls of the large one would come to more than 100 MB.
      expect(large - small).toBeLessThan(50 * mebibyte)
      const { rows } = await fleet.database.query('select count(*)::int as calls from ctm_calls')
      expect(rows).toEqual([{ calls: few + calls }])
    },
  )
})

async function largestSize({ pid }: Spawned): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
