import { z } from 'zod'
import { PositionRefusedError, VendorAuthError, VendorConfigError } from '../../../src/job/errors'
import { hours } from '../../../src/lib/durations'
import { HeavyQueryError } from '../../../src/vendors/google/errors'
import { googleCustomer, googleSecrets, googleWorld, type GoogleWorld } from '../../support/google-world'

const { signal } = new AbortController()
const days = (from: string, to: string): string =>
  `SELECT campaign.id, segments.date, metrics.clicks, metrics.cost_micros FROM campaign
   WHERE segments.date BETWEEN '${from}' AND '${to}' ORDER BY segments.date`
const week = days('2026-03-01', '2026-03-07')
const Row = z.looseObject({ campaign: z.looseObject({ id: z.string() }) })

async function streamed(world: GoogleWorld, query = week) {
  const batches: number[] = []
  const rows: unknown[] = []
  for await (const batch of world.clientOf().stream(googleCustomer.id, query, Row, signal)) {
    batches.push(batch.length)
    rows.push(...batch)
  }
  return { batches, rows }
}

async function searched(world: GoogleWorld, from?: string) {
  const pages: { rows: readonly unknown[]; next: string | undefined }[] = []
  const options = from === undefined ? {} : { pageToken: from }
  for await (const page of world.clientOf().search(googleCustomer.id, week, Row, signal, options))
    pages.push(page)
  return pages
}

describe('GoogleAdsClient', () => {
  test('streams batches of rows, each with int64 as text', async () => {
    await using world = await googleWorld({ google: { pageRows: 5 } })
    const { batches, rows } = await streamed(world)
    expect(rows.length).toBeGreaterThan(10)
    expect(batches.slice(0, -1).every((size) => size === 5)).toBe(true)
    expect(rows[0]).toMatchObject({
      campaign: { id: expect.stringMatching(/^\d+$/), resourceName: expect.any(String) },
      metrics: { costMicros: expect.stringMatching(/^\d+$/) },
      segments: { date: '2026-03-01' },
    })
    expect(world.queries()).toBe(1)
  })

  test.each(['no-results', 'empty-list'])('takes %s for no rows', async (name) => {
    await using world = await googleWorld()
    world.sandbox.faults.add({ kind: 'quirk', name, path: 'search' })
    expect(await streamed(world, days('2027-01-01', '2027-01-02'))).toEqual({ batches: [], rows: [] })
  })

  test('pages through the same rows, and goes on from a saved token', async () => {
    await using world = await googleWorld({ google: { pageRows: 5 } })
    const { rows } = await streamed(world)
    const pages = await searched(world)
    expect(pages.flatMap((page) => page.rows)).toEqual(rows)
    expect(pages.at(-1)?.next).toBeUndefined()
    const rest = await searched(world, pages[1]?.next)
    expect(rest.flatMap((page) => page.rows)).toEqual(rows.slice(10))
  })

  test('says that its position was refused where a page token is too old', async () => {
    await using world = await googleWorld({ google: { pageRows: 5 } })
    const [first] = await searched(world)
    world.pass(hours(3))
    await expect(searched(world, first?.next)).rejects.toThrow(PositionRefusedError)
  })

  test('never takes a stream that breaks off for a whole one', async () => {
    await using world = await googleWorld({ google: { pageRows: 5 } })
    world.sandbox.faults.add({ kind: 'cut', path: 'searchStream' })
    await expect(streamed(world)).rejects.toThrow(HeavyQueryError)
    world.sandbox.faults.add({ kind: 'quirk', name: 'error-in-stream', path: 'searchStream' })
    await expect(streamed(world)).rejects.toThrow(/internalError INTERNAL_ERROR/)
  })

  test('asks for one token, and for another when the first is refused or old', async () => {
    await using world = await googleWorld()
    const tokens = () => world.calls.filter(({ host }) => host === 'googleOauth').length
    await streamed(world)
    await streamed(world)
    expect(tokens()).toBe(1)
    world.vendor.tokens.expire()
    await streamed(world)
    expect(tokens()).toBe(2)
    world.pass(hours(1))
    const refusedBefore = world.calls.filter(({ status }) => status === 401).length
    await streamed(world)
    expect(tokens()).toBe(3)
    expect(world.calls.filter(({ status }) => status === 401)).toHaveLength(refusedBefore)
  })

  test('gives up where the sign-in was revoked, and goes on when it is restored', async () => {
    await using world = await googleWorld()
    await streamed(world)
    world.vendor.revoke(googleSecrets.refresh_token)
    await expect(streamed(world)).rejects.toThrow(VendorAuthError)
    world.vendor.restore(googleSecrets.refresh_token)
    expect((await streamed(world)).rows.length).toBeGreaterThan(0)
  })

  test('reaches a client through its manager only', async () => {
    await using world = await googleWorld()
    const { login_customer_id: _, ...direct } = googleSecrets
    const asked = world.clientOf(direct).stream(googleCustomer.id, week, Row, signal)
    await expect(asked.next()).rejects.toThrow(VendorConfigError)
  })
})
