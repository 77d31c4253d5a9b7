import { consoleOver, ctmWorld } from '../../support/ctm-world'
import { parkByHand } from '../../support/ledger'

describe('accounts check', () => {
  test('says of each account what its vendor says', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    const { code, printed, complaint } = await type(['accounts', 'check'])
    expect(printed.split('\n')).toEqual([
      'client-1/ctm/71 (Dealer 71): ok',
      'client-2/ctm/72 (Dealer 72): ok',
      expect.stringMatching(
        /^client-3\/ctm\/73: no permission, or no such account \(vendor_config: .*status 403\)/,
      ),
    ])
    expect({ code, complaint }).toEqual({ code: 1, complaint: '1 of 3 accounts need a look' })
    const { rows } = await world.engine.database.query(
      `select via, subject, after ->> 'ok' as ok, outcome from audit_log where action = 'check account' order by id`,
    )
    expect(rows).toEqual(
      [true, true, false].map((ok, index) => ({
        via: 'cli',
        subject: `account ${index + 1}`,
        ok: String(ok),
        outcome: 'done',
      })),
    )
  })

  test('checks those that are named, or those of a job', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    expect(await type(['accounts', 'check', 'client-2/ctm/72', world.account.id])).toMatchObject({
      code: 0,
      printed: 'client-1/ctm/71 (Dealer 71): ok\nclient-2/ctm/72 (Dealer 72): ok',
    })
    expect((await type(['accounts', 'check', '--job', 'ctm'])).printed.split('\n')).toHaveLength(3)
    expect(await type(['accounts', 'check', '--job', 'cdk'])).toMatchObject({ code: 0, printed: 'none' })
    expect(await type(['accounts', 'check', '--job', 'ctn'])).toMatchObject({ code: 2 })
    expect(await type(['accounts', 'check', '71', '--job', 'ctm'])).toMatchObject({ code: 2 })
    expect(await type(['accounts', 'check', 'acme/ctm/1'])).toMatchObject({ code: 1 })
  })

  test('tells a refused credential from a parked one, and parks and un-parks neither', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    await parkByHand(world.engine.database, 'credentials', 'good', 'status 401')
    const parked = await type(['accounts', 'check', 'client-1/ctm/71', '--json'])
    expect(parked.code).toBe(1)
    expect(JSON.parse(parked.printed)).toEqual([
      expect.objectContaining({
        ok: false,
        findings: [expect.stringMatching(/^credential parked since .*: status 401; the vendor takes it now/)],
      }),
    ])
    expect(await world.engine.parked(world.account)).toBe('credential')

    await world.engine.unpark(world.account)
    world.world.revoke('good')
    const { printed } = await type(['accounts', 'check', 'client-1/ctm/71'])
    expect(printed).toMatch(/^client-1\/ctm\/71: credential refused \(vendor_auth: /)
    expect(await world.engine.parked(world.account)).toBeUndefined()
  })

  test('goes on past an account whose vendor is away', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    world.world.sandbox.faults.add({ kind: 'status', status: 503, path: '/71', times: 3 })
    const { printed } = await type(['accounts', 'check', '--job', 'ctm'])
    expect(printed.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^client-1\/ctm\/71: the vendor cannot be reached \(vendor_unavailable: /),
      'client-2/ctm/72 (Dealer 72): ok',
    ])
  })
})
