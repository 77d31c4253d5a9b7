import { hours } from '../../../src/lib/durations'
import { consoleOver, ctmWorld } from '../../support/ctm-world'

const setup = async () => {
  // Four calls a day over fifty days, up to 30 October.
  const world = await ctmWorld({ calls: 200, every: hours(6) })
  const [first, second] = world.accounts
  if (!first || !second) throw new Error('no accounts')
  await world.catchUp(first)
  await world.catchUp(second)
  const { database } = world.engine
  return {
    world,
    database,
    compare: async (...options: string[]) => {
      const from = ['--from', '2026-10-01', '--to', '2026-10-10']
      return consoleOver(world).type(['compare', 'ctm', ...from, '--accounts', '71,72', ...options])
    },
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  }
}

describe('compare', () => {
  test('finds a copy that is whole equal, and writes nothing', async () => {
    await using ground = await setup()
    const all = async () =>
      (await ground.database.query('select *, xmin::text from ctm_calls order by call_id')).rows
    const states = async () => (await ground.database.query('select * from stream_states')).rows
    const before = [await all(), await states()]
    expect(await ground.compare()).toEqual({
      code: 0,
      printed: [
        'client-1/ctm/71 calls: equal (vendor 40, held 40, missing 0, surplus 0)',
        'client-2/ctm/72 calls: equal (vendor 40, held 40, missing 0, surplus 0)',
      ].join('\n'),
      complaint: '',
    })
    expect([await all(), await states()]).toEqual(before)
  })

  test('names keys that are missing and keys that should not be there', async () => {
    await using ground = await setup()
    const { database, world } = ground
    const { rows } = await database.query<{ call_id: string }>(
      `select call_id from ctm_calls where account_id = $1 and call_day between '2026-10-03' and '2026-10-04'
       order by call_id limit 2`,
      [world.account.id],
    )
    const [gone, moved] = rows.map(({ call_id: id }) => id)
    await database.query('delete from ctm_calls where call_id = $1', [gone])
    await database.query('update ctm_calls set call_id = 77 where call_id = $1', [moved])
    // Outside the window, so nobody's business.
    await database.query(`delete from ctm_calls where call_day = '2026-10-11'`)
    const { code, printed, complaint } = await ground.compare()
    expect({ code, complaint }).toEqual({ code: 1, complaint: '1 of 2 accounts differ' })
    expect(printed.split('\n')).toEqual([
      'client-1/ctm/71 calls: differs (vendor 40, held 39, missing 2, surplus 1)',
      expect.stringMatching(/^ {2}missing \["\d+"\]$/),
      expect.stringMatching(/^ {2}missing \["\d+"\]$/),
      '  surplus ["77"]',
      'client-2/ctm/72 calls: equal (vendor 40, held 40, missing 0, surplus 0)',
    ])
    expect(printed).toContain(`["${gone}"]`)
    const told = JSON.parse((await ground.compare('--json', '--streams', 'calls')).printed) as unknown
    expect(told).toMatchObject([
      { client: 'client-1', streams: [{ stream: 'calls', table: 'ctm_calls', missing: 2, surplus: 1 }] },
      { client: 'client-2', streams: [{ missing: 0, surplus: 0 }] },
    ])
  })

  test('shows the first twenty keys of many', async () => {
    await using ground = await setup()
    await ground.database.query('update ctm_calls set call_id = call_id + 100000')
    const { printed } = await ground.compare('--accounts', '71')
    const lines = printed.split('\n')
    expect(lines).toHaveLength(1 + 21 + 21)
    expect(lines[21]).toBe('  missing and 20 more')
    expect(lines[42]).toBe('  surplus and 20 more')
  })

  test('leaves rows alone that are marked gone, and records that no table can hold', async () => {
    await using ground = await setup()
    const { sandbox } = ground.world.world
    const at = new Date('2026-10-05T15:00:00Z').getTime() / 1000
    sandbox.vendors.ctm.addCall(71, at, { duration: 'long' })
    const { code, printed } = await ground.compare('--accounts', '71')
    expect({ code, printed }).toEqual({
      code: 0,
      printed: 'client-1/ctm/71 calls: equal (vendor 40, held 40, missing 0, surplus 0, rejected 1)',
    })
    await ground.database.query(
      `update ctm_calls set gone_at = now() where account_id = $1 and call_day = '2026-10-05'`,
      [ground.world.account.id],
    )
    expect((await ground.compare('--accounts', '71')).printed).toMatch(/held 36, missing 4, surplus 0/)
  })

  test('goes on where the vendor is in trouble, and past an account that it does not show', async () => {
    await using ground = await setup()
    const { world } = ground
    world.world.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 0.1, times: 2 })
    const { code, printed } = await ground.compare('--accounts', '71,73')
    expect(code).toBe(1)
    expect(printed.split('\n')).toEqual([
      expect.stringMatching(/^client-1\/ctm\/71 calls: equal/),
      expect.stringMatching(/^client-3\/ctm\/73: could not be read \(vendor_config: /),
    ])
  })

  test('refuses what makes no sense', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    const refused = async (...line: string[]) => (await type(['compare', ...line])).complaint
    expect(await refused('ctm')).toBe('ctm: give both --from and --to')
    expect(await refused('ctm', '--from', '2026-10-02', '--to', '2026-10-01')).toMatch(/is after/)
    expect(await refused('ctm', '--from', '2026-02-30', '--to', '2026-03-01')).toMatch(/calendar day/)
    expect(await refused('ctm', '--from', '2026-10-02', '--to', '2026-10-03', '--streams', 'cals')).toMatch(
      /no stream "cals"; did you mean calls/,
    )
    expect(await refused('ctn', '--from', '2026-10-02', '--to', '2026-10-03')).toMatch(/did you mean ctm/)
  })
})
