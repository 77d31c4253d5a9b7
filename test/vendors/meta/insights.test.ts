import { VendorUnavailableError } from '../../../src/job/errors'
import { MetaClient } from '../../../src/vendors/meta/client'
import { MetaInsights } from '../../../src/vendors/meta/insights'
import { testDoor } from '../../support/door'
import { json, localVendor } from '../../support/local-vendor'

const secrets = { access_token: 'EAAB', app_id: '88150' }
const { signal } = new AbortController()
const days = { from: '2026-03-01', to: '2026-03-07' }
const missing = json({ error: { code: 100, error_subcode: 33, message: 'x' } }, 400)

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  const { door } = testDoor(vendor.url)
  return {
    vendor,
    insights: new MetaInsights(new MetaClient(door, { secrets, accountId: '7', product: 'insights' })),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

const drained = async (pages: AsyncIterable<{ readonly items: readonly unknown[] }>) => {
  const items: unknown[] = []
  for await (const page of pages) items.push(...page.items)
  return items
}

describe('MetaInsights', () => {
  test('asks for whole days per ad, with the attribution named', async () => {
    await using world = await setup(json({ data: [{ odd: true }, null] }))
    expect(await drained(world.insights.daily(days, signal))).toEqual([{ odd: true }, null])
    const url = new URL(world.vendor.seen[0]?.url ?? '', 'http://x')
    expect(url.pathname).toBe('/v26.0/act_7/insights')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      level: 'ad',
      time_increment: '1',
      time_range: '{"since":"2026-03-01","until":"2026-03-07"}',
      fields: expect.stringMatching(/^account_id,account_name,account_currency,.*,conversions$/),
      action_attribution_windows: '["1d_view","7d_click","28d_click"]',
      limit: '500',
    })
  })

  test('starts a report with the same parameters as a form', async () => {
    await using world = await setup(json({ report_run_id: 6012345 }))
    expect(await world.insights.startReport(days, signal)).toBe('6012345')
    expect(world.vendor.seen[0]).toMatchObject({ method: 'POST', url: '/v26.0/act_7/insights' })
    expect(new URLSearchParams(world.vendor.seen[0]?.body).get('time_range')).toBe(
      '{"since":"2026-03-01","until":"2026-03-07"}',
    )
  })

  test.each([
    ['Job Not Started', 0, { kind: 'running', percent: 0 }],
    ['Job Started', 5, { kind: 'running', percent: 5 }],
    ['Job Running', 40, { kind: 'running', percent: 40 }],
    ['Job Completed', 99, { kind: 'running', percent: 99 }],
    ['Job Completed', 100, { kind: 'ready' }],
    ['Job Failed', 60, { kind: 'failed', why: 'Job Failed' }],
    ['Job Skipped', 0, { kind: 'failed', why: 'Job Skipped' }],
    ['Job Of A New Kind', 10, { kind: 'running', percent: 10 }],
  ])('reads the state %s at %i %%', async (async_status, async_percent_completion, expected) => {
    await using world = await setup(json({ id: '1', async_status, async_percent_completion }))
    expect(await world.insights.report('1', signal)).toEqual(expected)
    expect(world.vendor.seen[0]?.url).toBe('/v26.0/1')
  })

  test('tells with which code a report failed, and not in whose words', async () => {
    await using world = await setup(
      json({ async_status: 'Job Failed', error_code: 2, error_subcode: 1504018, error_message: 'CANARY' }),
    )
    expect(await world.insights.report('1', signal)).toEqual({
      kind: 'failed',
      why: 'Job Failed, error 2/1504018',
    })
  })

  test('takes a report that the vendor does not know for unknown, and its rows for lost', async () => {
    await using world = await setup(missing)
    expect(await world.insights.report('1', signal)).toEqual({ kind: 'unknown' })
    await expect(drained(world.insights.reportRows('1', signal))).rejects.toThrow(VendorUnavailableError)
  })
})
