import { check } from '../../jobs/salesforce/check'
import { salesforce } from '../../jobs/salesforce/definition'
import {
  PagingLoopError,
  QuotaError,
  VendorAuthError,
  VendorConfigError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { epoch, none, salesforceWorld } from '../support/salesforce-world'

const streams = ['accounts', 'campaigns', 'leads', 'opportunities', 'campaign_members'] as const
const later = (milliseconds: number): Date => new Date(epoch.getTime() + milliseconds)
/** A page of leads and no other object. */
const leadsOnly = { history: { ...none, Lead: 60 } }
const ofLeads = { path: 'FROM+Lead' }

describe('salesforce', () => {
  describe('first load', () => {
    test.each(['client_credentials', 'jwt'] as const)('copies the dealership’s rows, by %s', async (flow) => {
      await using world = await salesforceWorld({
        flow,
        every: { Lead: seconds(60) },
        start: later(hours(1)),
      })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.rejected).toEqual([])
      expect(world.driver.stream('leads').rows.size).toBeGreaterThan(90)
      for (const name of streams) {
        expect(world.driver.stream(name)).toMatchObject({
          cursor: { through: '2026-03-10T17:00:01.000Z', swept: '2026-03-10T17:00:00.000Z', sweeping: null },
          position: null,
        })
      }
    })

    test('copies the whole org where no field tells whose rows are whose', async () => {
      await using world = await salesforceWorld({
        settings: { client_field: undefined, client_value: undefined },
      })
      await world.run()
      const { rows } = world.driver.stream('leads')
      const expected = ['one', 'two'].flatMap((id) => [...(world.vendor.truth(id)['salesforce_leads'] ?? [])])
      expect([...rows.keys()].toSorted()).toEqual(expected.map((row) => String(row['lead_id'])).toSorted())
    })

    test('goes by slices of thirty days, oldest first, and crosses a long quiet in one step', async () => {
      await using world = await salesforceWorld({ history: none })
      world.vendor.addRow('one', 'Lead', {}, Date.parse('2019-05-01T10:00:00Z'))
      world.vendor.addRow('one', 'Lead', {}, Date.parse('2026-03-01T10:00:00Z'))
      await world.run()
      const moved = world.driver.pages.flatMap(({ stream, cursor }) =>
        stream === 'leads' && cursor ? [(cursor as { through: string }).through.slice(0, 10)] : [],
      )
      // An empty slice is what shows the quiet.
      expect(moved).toEqual(['2019-05-31', '2019-06-30', '2026-03-10'])
      expect(world.differences()).toEqual([])
    })

    test('goes on where it is cut off, however often', async () => {
      await using world = await salesforceWorld({ org: { pageSize: 3 } })
      const isLoaded = (name: (typeof streams)[number]) =>
        (world.driver.stream(name).cursor as { swept: string | null } | null)?.swept != null
      let attempts = 0
      for (; !streams.every(isLoaded) && attempts < 200; attempts += 1) await world.driver.run({ pages: 3 })
      expect(world.differences()).toEqual([])
      expect(attempts).toBeGreaterThan(15)
      expect(attempts).toBeLessThan(100)
    })

    test('moves no cursor before the last page of a slice', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, org: { pageSize: 5 } })
      world.sandbox.faults.add({ kind: 'cut', path: '/query/', skip: 1, times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
      const { cursor, position } = world.driver.stream('leads')
      expect(cursor).toBeNull()
      expect(position).toMatchObject({
        from: expect.any(String),
        after: { id: expect.stringMatching(/^00Q/) },
      })
    })

    test('reads nothing where there is nothing, and is up to date', async () => {
      await using world = await salesforceWorld({ history: none })
      expect(await world.run()).toBe(7)
      world.pass(hours(1))
      expect(await world.run()).toBe(6)
      expect(world.driver.stream('leads').cursor).toMatchObject({ through: '2026-03-10T17:00:01.000Z' })
    })
  })

  describe('afterwards', () => {
    test('costs one request an object and one that is free, and changes nothing while nothing happens', async () => {
      await using world = await salesforceWorld()
      await world.run()
      const before = JSON.stringify([...world.driver.stream('leads').rows])
      world.vendor.setUsedByOthers('one', 0)
      world.pass(hours(1))
      expect(await world.run()).toBe(6)
      expect(JSON.stringify([...world.driver.stream('leads').rows])).toBe(before)
      expect(world.differences()).toEqual([])
    })

    test('keeps up with new, late, changed, deleted and merged rows', async () => {
      const every = {
        Account: minutes(2),
        Campaign: minutes(9),
        Lead: seconds(20),
        Opportunity: seconds(50),
        CampaignMember: minutes(1),
      }
      await using world = await salesforceWorld({ every, org: { pageSize: 7 } })
      await world.run()
      for (let round = 0; round < 12; round += 1) {
        world.pass(round % 3 === 0 ? seconds(61) : minutes(17))
        await world.run()
        expect(world.differences()).toEqual([])
      }
      const leads = [...world.driver.stream('leads').rows.values()]
      expect(leads.filter(({ gone }) => gone === true).length).toBeGreaterThan(5)
      expect(leads.some(({ gone, master_record_id: into }) => gone === true && into !== null)).toBe(true)
    })

    test('finds a row that was committed late, with a stamp from before the last sync', async () => {
      await using world = await salesforceWorld(leadsOnly)
      await world.run()
      const id = world.vendor.addRow('one', 'Lead', {}, epoch.getTime() - minutes(9))
      world.pass(seconds(30))
      await world.run()
      expect(world.driver.stream('leads').rows.has(id)).toBe(true)
    })

    test('finds what was committed late while a slice was left half read', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, org: { pageSize: 20 } })
      await world.run()
      for (let at = 0; at < 40; at += 1) world.vendor.addRow('one', 'Lead', {}, epoch.getTime() + seconds(at))
      world.pass(minutes(1))
      await world.driver.run({ pages: 3 })
      expect(world.driver.stream('leads').position).not.toBeNull()
      const id = world.vendor.addRow('one', 'Lead', {}, epoch.getTime() + seconds(2))
      world.pass(hours(1))
      await world.run()
      expect(world.driver.stream('leads').rows.has(id)).toBe(true)
      expect(world.differences()).toEqual([])
    })

    test('marks deleted rows gone without their hashes, and takes an undeleted one back', async () => {
      await using world = await salesforceWorld(leadsOnly)
      const id = world.vendor.addRow(
        'one',
        'Lead',
        { Email: 'canary.1@mail.example' },
        epoch.getTime() - hours(1),
      )
      await world.run()
      const lead = () => world.driver.stream('leads').rows.get(id)
      expect(lead()).toMatchObject({ email_hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
      world.vendor.deleteRow('one', id)
      world.pass(minutes(5))
      await world.run()
      expect(lead()).toMatchObject({
        gone: true,
        email_hash: null,
        phone_hash: null,
        company: expect.any(String),
      })
      world.vendor.undeleteRow('one', id)
      world.pass(minutes(5))
      await world.run()
      expect(lead()).toMatchObject({ email_hash: expect.any(String) })
      expect(lead()).not.toHaveProperty('gone')
    })

    test('marks the loser of a merge gone and says what it went into', async () => {
      await using world = await salesforceWorld(leadsOnly)
      const [loser, winner] = [0, 1].map(() =>
        world.vendor.addRow('one', 'Account', {}, epoch.getTime() - hours(1)),
      )
      await world.run()
      world.vendor.deleteRow('one', String(loser), winner)
      world.pass(minutes(5))
      await world.run()
      expect(world.driver.stream('accounts').rows.get(String(loser))).toMatchObject({
        gone: true,
        master_record_id: winner,
      })
    })

    test('reads everything again once a week, for what changes without a stamp', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, org: { pageSize: 7 } })
      const id = world.vendor.addRow('one', 'Campaign', { NumberOfLeads: 1 }, epoch.getTime() - days(80))
      await world.run()
      world.vendor.recalculate('one', id, { NumberOfLeads: 9 })
      world.pass(days(6))
      await world.run()
      const campaign = () => world.driver.stream('campaigns').rows.get(id)
      expect(campaign()).toMatchObject({ number_of_leads: 1 })
      world.pass(days(1) + hours(1))
      // Cut off inside the sweep of the leads, again and again, it goes on where it was.
      const sweeping = () => (world.driver.stream('leads').cursor as { sweeping: string | null }).sweeping
      for (let attempt = 0; attempt < 20 && sweeping() === null; attempt += 1)
        await world.driver.run({ pages: 9 })
      expect(sweeping()).not.toBeNull()
      expect(campaign()).toMatchObject({ number_of_leads: 9 })
      const before = world.driver.pages.length
      await world.run()
      const rest = world.driver.pages
        .slice(before)
        .filter(({ stream, records }) => stream === 'leads' && records.length > 0)
      expect(rest.length).toBeLessThan(9)
      expect(world.driver.stream('leads').cursor).toMatchObject({
        swept: '2026-03-17T17:00:00.000Z',
        sweeping: null,
      })
      world.pass(hours(1))
      expect(await world.run()).toBe(6)
      expect(world.differences()).toEqual([])
    })

    test('reads the object first that is furthest behind', async () => {
      await using world = await salesforceWorld()
      await world.run()
      world.pass(hours(1))
      await world.driver.run({ pages: 1 })
      await world.driver.run({ pages: 1 })
      const order = world.driver.pages.slice(-2).map(({ stream }) => stream)
      expect(order).toEqual(['accounts', 'campaigns'])
    })
  })

  describe('paging', () => {
    test('neither loses nor repeats rows of one instant at the border of pages', async () => {
      await using world = await salesforceWorld({ history: none, org: { pageSize: 10 } })
      for (let row = 0; row < 35; row += 1) world.vendor.addRow('one', 'Lead', {}, epoch.getTime() - hours(1))
      // Within one result, by the vendor's own paging.
      await world.driver.run()
      expect(world.driver.stream('leads').rows.size).toBe(35)
      expect(
        world.driver.pages.filter(({ stream, records }) => stream === 'leads' && records.length > 0),
      ).toHaveLength(4)
      // Cut off inside the instant, by the place of the last row.
      world.driver.stream('leads').cursor = null
      world.driver.stream('leads').rows.clear()
      await world.driver.run({ pages: 2 })
      expect(world.driver.stream('leads').rows.size).toBe(20)
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })

    test('asks again behind the last row where the vendor has forgotten the result', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, span: days(20), org: { pageSize: 20 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'invalid-locator', path: '/query/', skip: 1 })
      await world.run()
      expect(world.differences()).toEqual([])
      const pages = world.driver.pages.filter(
        ({ stream, records }) => stream === 'leads' && records.length > 0,
      )
      const ids = pages.flatMap(({ records }) =>
        records.map((record) => (record as { lead_id: string }).lead_id),
      )
      expect(new Set(ids).size).toBe(ids.length)
    })

    test('loses no row that changes while it is read', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, span: days(20), org: { pageSize: 10 } })
      const touched = [...(world.vendor.truth('one')['salesforce_leads'] ?? [])].filter(
        ({ gone }) => gone !== true,
      )
      // Every row has a stamp of the future by the time its page is read, and the vendor then forgets the result.
      world.pass(minutes(1))
      await world.driver.run({ pages: 5 })
      for (const { lead_id: id } of touched) world.vendor.editRow('one', String(id), { Status: 'Nurturing' })
      world.sandbox.faults.add({ kind: 'quirk', name: 'invalid-locator', path: '/query/', skip: 2 })
      await world.driver.run()
      world.pass(minutes(20))
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })

    test('reads rows named twice, and empty pages', async () => {
      await using world = await salesforceWorld({ org: { pageSize: 9 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'duplicates', times: 3, ...ofLeads })
      world.sandbox.faults.add({ kind: 'quirk', name: 'empty-page', path: 'FROM+Opportunity', skip: 1 })
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('follows a link to another host on its own', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, span: days(20), org: { pageSize: 20 } })
      world.sandbox.faults.add({
        kind: 'quirk',
        name: 'foreign-host http://203.0.113.9',
        path: 'query',
        times: 50,
      })
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('stops at a link that leads back', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, span: days(20), org: { pageSize: 20 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'loop', path: '/query/' })
      await expect(world.driver.run()).rejects.toThrow(PagingLoopError)
    })
  })

  describe('a query that takes the vendor too long', () => {
    test('is asked for half the time, and half of that', async () => {
      await using world = await salesforceWorld({ ...leadsOnly, org: { pageSize: 20 } })
      world.vendor.timeOutBeyond('one', days(8))
      await world.run()
      expect(world.differences()).toEqual([])
      expect(
        world.driver.notes.some((note) => note.startsWith('Lead: the query took the vendor too long')),
      ).toBe(true)
      // Nobody asks the vendor the same hopeless thing twice.
      expect(world.waits).toEqual([])
    })

    test('is given up for this attempt where even a narrow one does', async () => {
      await using world = await salesforceWorld(leadsOnly)
      world.vendor.timeOutBeyond('one', seconds(1))
      await expect(world.driver.run()).rejects.toThrow(VendorTimeoutError)
      world.vendor.timeOutBeyond('one', days(365))
      await world.run()
      expect(world.differences()).toEqual([])
    })
  })

  describe('the org’s daily pool', () => {
    const pool = { org: { pool: 1000, used: 0 } }

    test('is left alone where scheduled syncs have used their part of it', async () => {
      await using world = await salesforceWorld(pool)
      await world.run()
      world.vendor.setUsedByOthers('one', 460)
      world.pass(hours(1))
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(QuotaError)
      expect(failure).toMatchObject({
        retryAfter: hours(1),
        message: expect.stringMatching(/^\d+ of the 1000 requests .* scheduled syncs stop at 450$/),
      })
      // What the one request brought is not thrown away.
      expect(world.driver.stream('accounts').cursor).toMatchObject({ through: '2026-03-10T17:00:01.000Z' })
    })

    test('has a reserve for syncs that a person asks for', async () => {
      await using world = await salesforceWorld(pool)
      world.vendor.setUsedByOthers('one', 495)
      world.driver.mayUseReserve = true
      await expect(world.driver.run()).rejects.toThrow(/ we stop at 500$/)
      expect(world.driver.stream('accounts').rows.size).toBeGreaterThan(5)
      world.vendor.setUsedByOthers('one', 300)
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })

    test('may be used as far as the account’s settings say', async () => {
      await using world = await salesforceWorld({ ...pool, settings: { api_budget_share: 1 } })
      world.vendor.setUsedByOthers('one', 800)
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('gives each object its turn where it allows one request an hour', async () => {
      await using world = await salesforceWorld(pool)
      await world.run()
      world.vendor.setUsedByOthers('one', 470)
      world.pass(hours(1))
      for (let hour = 0; hour < 5; hour += 1) await expect(world.driver.run()).rejects.toThrow(QuotaError)
      for (const name of streams)
        expect(world.driver.stream(name).cursor).toMatchObject({ through: '2026-03-10T17:00:01.000Z' })
    })

    test('ends the sync until it frees, where it is spent', async () => {
      await using world = await salesforceWorld({
        org: { pool: 1000, used: 1000 },
        settings: { api_budget_share: 1 },
      })
      await expect(world.driver.run()).rejects.toThrow(QuotaError)
      world.vendor.setUsedByOthers('one', 0)
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })
  })

  describe('only some days', () => {
    test('are read by the account’s local days, whatever the cursor says', async () => {
      await using world = await salesforceWorld({ history: none })
      const at = (instant: string) => world.vendor.addRow('one', 'Lead', {}, Date.parse(instant))
      // Denver is seven hours behind UTC, six from the 8th on, which has 23 hours.
      const inside = ['2026-03-07T07:00:00Z', '2026-03-08T09:30:00Z', '2026-03-09T05:59:59Z'].map(at)
      for (const instant of ['2026-03-07T06:59:59Z', '2026-03-09T06:00:00Z']) at(instant)
      world.driver.days = { from: '2026-03-07', to: '2026-03-08' }
      expect(await world.run()).toBe(7)
      expect([...world.driver.stream('leads').rows.keys()].toSorted()).toEqual(inside.toSorted())
      expect(world.driver.stream('leads').cursor).toBeNull()
      expect(world.driver.stream('leads').position).toBeNull()
    })

    test('go on where they were cut off', async () => {
      await using world = await salesforceWorld({ org: { pageSize: 4 } })
      world.driver.days = { from: '2025-11-01', to: '2026-03-10' }
      for (let attempt = 0; attempt < 30; attempt += 1) await world.driver.run({ pages: 3 })
      expect(world.driver.pages.length).toBeGreaterThan(60)
      await world.driver.run()
      expect(world.differences()).toEqual([])
    })
  })

  describe('refusals', () => {
    test.each([
      [
        'a custom field that is hidden',
        { custom_fields: { Lead: ['Vehicle_Interest__c'] } },
        'Lead',
        'Vehicle_Interest__c',
        /the field Vehicle_Interest__c of Lead/,
      ],
      ['a field of every org that is hidden', {}, 'Lead', 'Status', /the field Status of Lead/],
      [
        'an object that is hidden',
        {},
        'CampaignMember',
        undefined,
        /CampaignMember does not exist or is hidden/,
      ],
    ] as const)('%s parks the account and is named', async (_, settings, object, field, message) => {
      await using world = await salesforceWorld({ settings })
      world.vendor.hide('one', object, field)
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(VendorConfigError)
      expect((failure as Error).message).toMatch(message)
      world.vendor.show('one', object, field)
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('a filter on a field that does not exist parks the account', async () => {
      await using world = await salesforceWorld({
        settings: { client_field: 'Rooftop__c', client_value: "O'Hare" },
      })
      await expect(world.driver.run()).rejects.toThrow(/the field Rooftop__c of Account does not exist/)
    })

    test('a value with quotes filters as it stands', async () => {
      const dealerId = String.raw`O'Hare \ "North"`
      await using world = await salesforceWorld({
        org: {
          books: [
            { externalId: 'one', dealerId, history: { ...none, Lead: 9 } },
            { externalId: 'two', dealerId: "O'Hare" },
          ],
        },
        settings: { client_value: dealerId },
      })
      world.vendor.addRow('two', 'Lead')
      await world.run()
      expect(world.driver.stream('leads').rows.size).toBeGreaterThan(7)
      expect(world.differences()).toEqual([])
    })

    test('an expired session is renewed once', async () => {
      await using world = await salesforceWorld()
      await world.driver.run({ pages: 3 })
      world.vendor.expireTokens()
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.calls.filter(({ status }) => status === 401)).toHaveLength(1)
    })

    test('a session that expires again at once is the credential’s fault', async () => {
      await using world = await salesforceWorld()
      world.sandbox.faults.add({ kind: 'quirk', name: 'session-expired', path: 'queryAll', times: 2 })
      await expect(world.driver.run()).rejects.toThrow(VendorAuthError)
    })

    test('a revoked app parks the credential until it is restored', async () => {
      await using world = await salesforceWorld()
      await world.driver.run({ pages: 1 })
      world.vendor.revoke('app')
      await expect(world.driver.run()).rejects.toThrow(VendorAuthError)
      world.vendor.restore('app')
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test.each([
      ['a server error', { kind: 'status', status: 500 }],
      ['an unavailable server', { kind: 'quirk', name: 'server-unavailable' }],
      ['a reset connection', { kind: 'reset' }],
      ['a cut connection', { kind: 'cut' }],
      ['half an answer', { kind: 'truncated' }],
      ['a page for browsers with status 200', { kind: 'html' }],
      ['an answer without records', { kind: 'quirk', name: 'without-records' }],
      ['too many requests at once', { kind: 'quirk', name: 'too-many-at-once' }],
    ] as const)('%s is got over', async (_, fault) => {
      await using world = await salesforceWorld()
      world.sandbox.faults.add({ ...fault, ...ofLeads })
      await world.run()
      expect(world.waits).toHaveLength(1)
      expect(world.differences()).toEqual([])
    })

    test('rows that no table can hold are handed on one by one, and the good ones stay', async () => {
      await using world = await salesforceWorld()
      world.vendor.addMalformedRow('one', 'Lead', { ConvertedDate: 'soon' })
      world.vendor.addMalformedRow('one', 'Lead', { Id: 'no id' })
      world.vendor.addMalformedRow('one', 'Opportunity', { Amount: 'a lot', SystemModstamp: 'lately' })
      await world.run()
      expect(world.driver.rejected).toHaveLength(3)
      expect(world.differences()).toEqual([])
    })
  })

  test('is checked by the org’s name and zone and a row of each object', async () => {
    await using world = await salesforceWorld({
      settings: { client_field: undefined, client_value: undefined },
    })
    const context = {
      account: {
        id: '1',
        clientId: 'c',
        externalId: 'one',
        timezone: 'UTC',
        settings: salesforce.settings.parse({}),
      },
      secrets: salesforce.secrets.parse(world.secrets),
      http: world.door,
      signal: new AbortController().signal,
      now: world.now(),
    }
    expect(await check(context)).toEqual({
      name: 'Org',
      timezone: 'America/Denver',
      notes: ['126 of 100000 requests of the org’s daily pool are used'],
    })
    world.vendor.hide('one', 'CampaignMember', 'Status')
    await expect(check(context)).rejects.toThrow(/the field Status of CampaignMember/)
  })

  test('yields nothing of a person but keyed hashes and a rough place', async () => {
    await using world = await salesforceWorld({
      settings: { custom_fields: { Lead: ['Vehicle_Interest__c'] } },
    })
    await world.run()
    const all = JSON.stringify([world.driver.pages, world.driver.notes])
    for (const canary of ['CANARY', 'canary', '@', '555-01', '555 01', 'app-secret'])
      expect(all).not.toContain(canary)
    const [lead] = [...world.driver.stream('leads').rows.values()].filter(({ gone }) => gone !== true)
    expect(lead).toMatchObject({
      email_hash: expect.any(String),
      phone_hash: expect.any(String),
      custom: { Vehicle_Interest__c: expect.anything() },
    })
  })
})
