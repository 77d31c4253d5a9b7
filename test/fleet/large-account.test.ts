import { readFile } from 'node:fs/promises'
import { minutes } from '../../src/lib/durations'
import { Fleet } from '../support/fleet'
import type { Spawned } from '../support/spawned'

jest.setTimeout(minutes(15))

const calls = 500_000
const mebibyte = 1024 * 1024

/** Only Linux tells the largest resident size of a living process. */
const onLinux = process.platform === 'linux' ? test : test.skip

describe('an account of half a million calls', () => {
  onLinux('syncs whole in a worker that stays under 200 MB', async () => {
    await using fleet = await Fleet.open([{ id: 9, timezone: 'America/Denver', history: calls, every: 0 }], {
      CTM_CRON: '0 0 1 1 *',
      VENDOR_BUCKET_SCALE: '1000',
      CTM_DEADLINE_SECONDS: '3600',
    })
    const worker = await fleet.start('worker')
    await fleet.run()
    await worker.logged('sync settled', ({ state }) => state === 'ok')

    expect(await largestSize(worker)).toBeLessThan(200 * mebibyte)
    const { rows } = await fleet.database.query('select count(*)::int as calls from ctm_calls')
    expect(rows).toEqual([{ calls }])
  })
})

async function largestSize({ pid }: Spawned): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
