import { hours } from '../../../src/lib/durations'
import type { ConformanceFault } from '../../support/conformance/case'
import { parksCredential } from '../../support/conformance/case'
import type { TestWorld } from '../../support/conformance/test-world'
import { offered, type Part, testUnless } from './part'

/** Each fault comes to what the sheet says, and once it is over the copy is whole. */
export const getsOverFaults: Part = (of, worlds) => {
  describe.each(of.faults.map((fault) => [fault.name, fault] as const))('%s', (_, fault) => {
    const { settles, code } = fault.expected
    const end = settles === 'ok' ? 'is got over' : `ends the sync ${settles}`
    test(code === undefined ? end : `${end} (${code})`, async () => {
      await using world = await worlds.open()
      await meet(world, fault)
    })
  })

  test('a revoked credential is parked, and everything is made good once it is restored', async () => {
    await using world = await worlds.open()
    const { revoke, restore } = world.world
    await meet(world, {
      name: 'a revoked credential',
      during: 'later',
      inject: (_, { credential }) => revoke(credential),
      mend: (_, { credential }) => restore(credential),
      expected: parksCredential,
    })
    expect(await world.engine.plan(world.account)).toBeDefined()
  })

  testUnless(of, 'expireTokens', 'an expired token is replaced without an attempt spent', async () => {
    await using world = await worlds.open()
    const expire = offered(world.world.expireTokens, 'expireTokens')
    await world.catchUp()
    await world.engine.clock.advance(hours(6))
    expire()
    const settled = await world.catchUp()
    expect(settled).toMatchObject({ state: 'ok', failures: 0 })
    expect(await world.differences()).toEqual([])
  })
}

async function meet(world: TestWorld, fault: ConformanceFault): Promise<void> {
  const { engine, account } = world
  const { sandbox } = world.world
  if (fault.during === 'later') {
    await world.catchUp()
    await engine.clock.advance(hours(6))
  }
  for (const input of fault.faults ?? []) sandbox.faults.add(input)
  fault.inject?.(world.world, account)

  const settled = await world.once()
  const { settles, code, parks } = fault.expected
  expect({ state: settled.state, says: `${settled.error_code}: ${settled.error_message}` }).toEqual({
    state: settles,
    says: settles === 'ok' || code === undefined ? expect.anything() : expect.stringContaining(`${code}: `),
  })
  if (settles === 'ok' && code !== undefined) expect(await codesOf(world, settled.id)).toContain(code)
  expect(await engine.parked(account)).toBe(parks)
  if (settles === 'ok') expect(await world.differences()).toEqual([])
  expect(sandbox.faults.pending).toBe(0)

  // A whole copy that nothing is left of but cursors is where any other sync would have brought it.
  if (settles === 'ok' && !fault.mend && !(await isAnythingLeft(world))) return
  sandbox.faults.clear()
  fault.mend?.(world.world, account)
  await engine.unpark(account)
  await world.catchUp()
  expect(await world.differences()).toEqual([])
}

/** Whether the account's next sync finds more of this one than how far it came: then it must come to a good end, too. */
async function isAnythingLeft({ engine, account }: TestWorld): Promise<boolean> {
  const { rowCount } = await engine.database.query(
    `select from stream_states where account_id = $1 and position is not null
     union all select from operations where account_id = $1
     union all select from missing_records where account_id = $1
     union all select from seen_records where sync_id in (select id from syncs where account_id = $1)`,
    [account.id],
  )
  return rowCount > 0
}

/** The codes of the errors that a sync's attempts ended with. */
async function codesOf(world: TestWorld, syncId: string): Promise<(string | null)[]> {
  const { rows } = await world.engine.database.query<{ code: string | null }>(
    'select error_code as code from attempts where sync_id = $1 order by number',
    [syncId],
  )
  return rows.map(({ code }) => code)
}
