import { salesforce } from '../../jobs/salesforce/definition'
import { demoData } from '../../sandbox'
import { rsaOfSeed } from '../../sandbox/salesforce/rsa-of-seed'
import type { VendorHost } from '../../src/job/http'
import { days, hours, minutes } from '../../src/lib/durations'
import { epoch, none, salesforceWorld, type SalesforceWorldOptions } from '../support/salesforce-world'

const setup = async (options: SalesforceWorldOptions = {}) => {
  const world = await salesforceWorld(options)
  const form = (fields: Record<string, string>) =>
    fetch(`${world.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(fields) })
  const good = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'app-secret' }
  const tokenAnswer = (await (await form(good)).json()) as { access_token: string; instance_url: string }
  const get = (path: string, token = tokenAnswer.access_token) =>
    fetch(`${world.url}/services/data${path}`, { headers: { authorization: `Bearer ${token}` } })
  const query = async (soql: string, kind = 'queryAll') => {
    const answer = await get(`/v67.0/${kind}?${new URLSearchParams({ q: soql }).toString()}`)
    return { status: answer.status, body: (await answer.json()) as never, headers: answer.headers }
  }
  return {
    ...world,
    form,
    good,
    tokenAnswer,
    get,
    query,
    rows: async (soql: string, kind?: string) =>
      ((await query(soql, kind)).body as { records: Record<string, unknown>[] }).records,
    [Symbol.asyncDispose]: world[Symbol.asyncDispose],
  }
}

describe('the Salesforce of the sandbox', () => {
  test('gives a token with its own address, and none for wrong secrets', async () => {
    await using world = await setup()
    expect(world.tokenAnswer).toMatchObject({ instance_url: world.url, token_type: 'Bearer' })
    expect(world.tokenAnswer).not.toHaveProperty('expires_in')
    const refused = await world.form({ ...world.good, client_secret: 'wrong-secret' })
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'authentication failure - invalid client credentials' },
    ])
    expect((await world.form({ ...world.good, client_id: 'nobody' })).status).toBe(400)
    expect((await world.form({ grant_type: 'password' })).status).toBe(400)
    expect(
      (await fetch(`${world.url}/services/oauth2/token?${new URLSearchParams(world.good).toString()}`))
        .status,
    ).toBe(400)
  })

  test.each([
    ['signed by another key', { private_key: undefined }, /invalid_grant/],
    ['for another user', { username: 'x@org.example' }, /not pre-authorised/],
    ['of an unknown app', { client_id: 'nobody' }, /invalid_client_id/],
  ])('gives no token for an assertion %s', async (_, secrets, message) => {
    const other = rsaOfSeed('other').privateKey
    const given = 'private_key' in secrets ? { private_key: other } : secrets
    await using world = await salesforceWorld({ flow: 'jwt', secrets: given })
    await expect(world.driver.run()).rejects.toThrow(message)
  })

  test('answers data for a token only, and only what there is', async () => {
    await using world = await setup()
    expect((await world.get('/v67.0/queryAll?q=x', 'nonsense')).status).toBe(401)
    expect((await world.get('/v30.0/queryAll?q=x')).status).toBe(404)
    expect((await world.get('/v67.0/sobjects/Lead')).status).toBe(404)
    expect((await world.get('/')).status).toBe(200)
  })

  test.each([
    ['SELECT Id FROM Vehicle', 'INVALID_TYPE'],
    ['SELECT Id, Nope FROM Lead', 'INVALID_FIELD'],
    ['SELECT Id FROM Lead WHERE Nope__c = 1', 'INVALID_FIELD'],
    ["SELECT Id FROM Lead WHERE SystemModstamp > '2026-03-01T00:00:00Z'", 'INVALID_FIELD'],
    ['SELECT Id FROM Lead WHERE Status = 7', 'INVALID_FIELD'],
    ['SELECT Id FROM Lead WHERE SystemModstamp > 2026-03-01', 'INVALID_FIELD'],
    ['SELECT Id, id FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT * FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead WHERE', 'MALFORMED_QUERY'],
    [
      'SELECT Id FROM Lead WHERE IsDeleted = true AND IsConverted = true OR IsConverted = false',
      'MALFORMED_QUERY',
    ],
    ['SELECT Id FROM Lead WHERE (IsDeleted = true', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Lead WHERE Status = 'it's'", 'MALFORMED_QUERY'],
    [String.raw`SELECT Id FROM Lead WHERE Status = 'a\q'`, 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead ORDER Id', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead LIMIT 1.5', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead OFFSET 10', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead; DROP', 'MALFORMED_QUERY'],
    ['', 'MALFORMED_QUERY'],
  ])('refuses %p with %s', async (soql, code) => {
    await using world = await setup()
    const { status, body } = await world.query(soql)
    expect([status, body]).toEqual([400, [{ errorCode: code, message: expect.any(String) }]])
  })

  test('picks and orders rows as it is asked', async () => {
    await using world = await setup({ history: none })
    const at = (minute: number) => Date.parse('2026-03-01T10:00:00Z') + minutes(minute)
    const ids = [3, 1, 2, 2].map((minute) =>
      world.vendor.addRow('one', 'Lead', { Status: `at ${minute}` }, at(minute)),
    )
    const where = "WHERE SystemModstamp >= 2026-03-01T10:01:00Z AND Dealer_Id__c = 'dealer one'"
    const ordered = await world.rows(`SELECT id, STATUS FROM lead ${where} ORDER BY SystemModstamp, Id DESC`)
    expect(ordered.map(({ Id }) => Id)).toEqual([ids[1], ids[3], ids[2], ids[0]])
    expect(Object.keys(ordered[0] ?? {})).toEqual(['attributes', 'Id', 'Status'])
    const behind = `(SystemModstamp > 2026-03-01T10:02:00.000Z OR (SystemModstamp = 2026-03-01T10:02:00+00:00 AND Id > '${ids[2]}'))`
    const rest = await world.rows(
      `SELECT Id FROM Lead ${where} AND ${behind} ORDER BY SystemModstamp ASC LIMIT 2`,
    )
    expect(rest.map(({ Id }) => Id)).toEqual([ids[3], ids[0]])
  })

  test('shows deleted rows to queryAll only, until the recycle bin is emptied', async () => {
    await using world = await setup({ history: none })
    const id = world.vendor.addRow('one', 'Lead')
    world.vendor.deleteRow('one', id)
    const soql = "SELECT Id, IsDeleted FROM Lead WHERE Dealer_Id__c = 'dealer one'"
    expect(await world.rows(soql)).toMatchObject([{ Id: id, IsDeleted: true }])
    expect(await world.rows(soql, 'query')).toEqual([])
    world.vendor.emptyRecycleBin('one')
    expect(await world.rows(soql)).toEqual([])
    expect([...(world.vendor.truth('one')['salesforce_leads'] ?? [])]).toMatchObject([
      { lead_id: id, gone: true },
    ])
  })

  test('names the rest of a result, knows it for two days, and takes no altered name', async () => {
    await using world = await setup({ org: { pageSize: 20 } })
    const { body } = await world.query('SELECT Id FROM Lead ORDER BY Id')
    const first = body as { nextRecordsUrl: string; totalSize: number; records: unknown[]; done: boolean }
    expect(first).toMatchObject({ totalSize: 80, done: false })
    const path = first.nextRecordsUrl.replace('/services/data', '')
    expect((await world.get(path)).status).toBe(200)
    expect((await world.get(path.replace('-20', '-999'))).status).toBe(400)
    expect((await world.get(path.replace('0r8', '0r9'))).status).toBe(400)
    world.pass(days(2))
    expect(await (await world.get(path)).json()).toMatchObject([{ errorCode: 'INVALID_QUERY_LOCATOR' }])
  })

  test('counts requests for data against the org’s pool, for a day', async () => {
    await using world = await setup({ org: { pool: 100, used: 98 } })
    const soql = 'SELECT Id FROM Lead LIMIT 1'
    expect((await world.query(soql)).headers.get('sforce-limit-info')).toMatch(/^api-usage=99\/100;/)
    expect((await world.get('/')).status).toBe(200)
    expect((await world.query(soql)).status).toBe(200)
    expect(await world.query(soql)).toMatchObject({
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    })
    world.pass(days(1) + hours(1))
    expect((await world.query(soql)).status).toBe(200)
  })

  test('is the same world for the same seed and epoch', async () => {
    const options = { every: { Lead: minutes(1) } }
    await using world = await setup(options)
    await using again = await setup(options)
    for (const one of [world, again]) one.pass(hours(3))
    const soql = 'SELECT Id, Company, Status, SystemModstamp, IsDeleted FROM Lead ORDER BY Id'
    expect(await world.rows(soql)).toEqual(await again.rows(soql))
  })

  test('lives: rows come in, some late, change, and are deleted', async () => {
    await using world = await setup({ history: none, every: { Lead: minutes(1) } })
    const seen = new Map<unknown, Set<string>>()
    let newest = 0
    let late = 0
    for (let step = 0; step < 80; step += 1) {
      world.pass(30_000)
      const rows = await world.rows(
        "SELECT Id, Status, IsDeleted, SystemModstamp FROM Lead WHERE Dealer_Id__c = 'dealer one'",
      )
      for (const { Id, attributes: _, ...rest } of rows) {
        const stamp = Date.parse(String(rest['SystemModstamp']).replace('+0000', 'Z'))
        if (!seen.has(Id) && stamp < newest) late += 1
        seen.set(Id, (seen.get(Id) ?? new Set()).add(JSON.stringify(rest)))
      }
      newest = Math.max(
        newest,
        ...rows.map((row) => Date.parse(String(row['SystemModstamp']).replace('+0000', 'Z'))),
      )
    }
    expect(seen.size).toBeGreaterThan(30)
    expect(late).toBeGreaterThan(0)
    const versions = [...seen.values()].map((of) => [...of])
    expect(versions.some((of) => of.length > 1)).toBe(true)
    expect(versions.flat().some((one) => one.includes('"IsDeleted":true'))).toBe(true)
  })

  test('tells the time by its own clock', async () => {
    await using world = await setup()
    world.pass(days(3))
    expect((await world.get('/')).headers.get('date')).toBe(new Date(epoch.getTime() + days(3)).toUTCString())
  })

  test('offers demo clients whose credentials and accounts the job takes', () => {
    const baseUrls = { salesforceLogin: 'http://127.0.0.1:9/salesforce' } as Record<VendorHost, string>
    const { credentials, accounts } = demoData('seed', baseUrls)
    const ours = credentials.filter(({ job }) => job === 'salesforce')
    expect(ours).toHaveLength(7)
    for (const { secrets } of ours)
      expect(salesforce.secrets.parse(secrets)).toMatchObject({ instance_url: baseUrls.salesforceLogin })
    const own = accounts.filter(({ job }) => job === 'salesforce')
    expect(new Set(own.map(({ external_id: id }) => id)).size).toBe(12)
    for (const { settings } of own) expect(salesforce.settings.safeParse(settings).success).toBe(true)
  })
})
