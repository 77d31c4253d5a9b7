import { startSandbox, type Sandbox } from '../../sandbox'
import { demoData } from '../../sandbox/demo'
import { demoMetaAccountId, demoMetaSecrets } from '../../sandbox/meta/demo'
import { adsCreatives } from '../../jobs/ads-creatives/definition'
import { vendorHosts, type VendorHost } from '../../src/job/http'
import { days, minutes } from '../../src/lib/durations'
import { proofOf } from '../../src/vendors/meta/access'

const epoch = new Date('2026-03-10T16:00:00Z')
const secrets = demoMetaSecrets('seed')

interface Answer {
  readonly status: number
  readonly data: readonly Readonly<Record<string, unknown>>[]
  readonly error?: { readonly code: number; readonly message: string }
}

const setup = async () => {
  let now = epoch
  const sandbox = await startSandbox({ port: 0, now: () => now, epoch, seed: 'seed' })
  return {
    sandbox,
    pass: (milliseconds: number) => void (now = new Date(now.getTime() + milliseconds)),
    list: async (edge: string, query: Record<string, string>): Promise<Answer> =>
      listed(sandbox, edge, query),
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

async function listed(sandbox: Sandbox, edge: string, query: Record<string, string>): Promise<Answer> {
  const parameters = new URLSearchParams({ limit: '50', ...query, ...proofOf(secrets) })
  const response = await fetch(
    `${sandbox.baseUrl('meta')}/v26.0/act_${demoMetaAccountId(3)}/${edge}?${parameters.toString()}`,
    { headers: { authorization: `Bearer ${secrets.access_token}` } },
  )
  return { ...((await response.json()) as Omit<Answer, 'status'>), status: response.status }
}

describe('the sandbox’s ads and creatives', () => {
  test('have no field and no state that the vendor does not know', async () => {
    await using world = await setup()
    const field = await world.list('adcreatives', { fields: 'id,instagram_actor_id' })
    expect(field).toMatchObject({ status: 400, error: { code: 100 } })
    const state = await world.list('ads', { fields: 'id', effective_status: '["RUNNING"]' })
    expect(state).toMatchObject({ status: 400, error: { code: 100 } })
    const filter = await world.list('adcreatives', { fields: 'id', updated_since: '0' })
    expect(filter).toMatchObject({ status: 400, error: { code: 100 } })
  })

  test('leave out deleted ads unless they are asked for', async () => {
    await using world = await setup()
    const usual = await world.list('ads', { fields: 'id,effective_status' })
    const deleted = await world.list('ads', { fields: 'id', effective_status: '["DELETED"]' })
    expect(usual.data.length).toBeGreaterThan(0)
    expect(usual.data.some((ad) => ad['effective_status'] === 'DELETED')).toBe(false)
    expect(deleted.data.length).toBeGreaterThan(0)
  })

  test('have other addresses of pictures with every minute, and the same content', async () => {
    await using world = await setup()
    const fields = 'id,body,image_hash,thumbnail_url'
    const one = await world.list('adcreatives', { fields })
    world.pass(minutes(1))
    const two = await world.list('adcreatives', { fields })
    const of = (answer: Answer, field: string) => answer.data.map((row) => row[field])
    expect(of(two, 'thumbnail_url')).not.toEqual(of(one, 'thumbnail_url'))
    for (const field of ['id', 'body', 'image_hash']) expect(of(two, field)).toEqual(of(one, field))
  })

  test('are the same for the same seed, and others days later', async () => {
    await using world = await setup()
    await using again = await setup()
    const truths = (of: typeof world) =>
      ['google:9990001103', `meta:${demoMetaAccountId(3)}`].map((id) => {
        const vendor = of.sandbox.vendors[id.startsWith('google') ? 'google' : 'meta']
        const tables = Object.entries(vendor.truth(id)).filter(([name]) => name.startsWith('ads_creatives'))
        return tables.map(([name, rows]) => [name, [...rows]] as const)
      })
    expect(truths(again)).toEqual(truths(world))
    const sizes = truths(world).flatMap((tables) => tables.map(([, rows]) => rows.length))
    expect(Math.max(...sizes)).toBeLessThan(300)
    world.pass(days(10))
    expect(truths(world)).not.toEqual(truths(again))
  })

  test('have demo accounts of both platforms that the job takes', () => {
    const baseUrls = Object.fromEntries(vendorHosts.map((host) => [host, 'http://127.0.0.1:1']))
    const demo = demoData('seed', baseUrls as Record<VendorHost, string>)
    const credentials = demo.credentials.filter(({ job }) => job === 'ads-creatives')
    const accounts = demo.accounts.filter(({ job }) => job === 'ads-creatives')
    expect(accounts).toHaveLength(24)
    for (const { external_id: id, settings, credential } of accounts) {
      expect(adsCreatives.externalId?.safeParse(id).success).toBe(true)
      expect(adsCreatives.settings.safeParse(settings).success).toBe(true)
      expect(credentials.map((one) => one.id)).toContain(credential)
    }
    for (const credential of credentials)
      expect(adsCreatives.secrets.safeParse(credential.secrets).success).toBe(true)
  })
})
