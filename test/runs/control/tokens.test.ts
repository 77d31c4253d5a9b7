import { createHash } from 'node:crypto'
import { findToken, listTokens } from '../../../src/ledger/api-tokens'
import { days } from '../../../src/lib/durations'
import { createToken, revokeToken } from '../../../src/runs/control/tokens'
import { changeRole, removeUser } from '../../../src/runs/control/users'
import { by, ledgerWithUsers, order } from '../../support/admins'

const inDays = (count: number) => new Date(Date.now() + days(count))
const hashOf = (token: string) => createHash('sha256').update(token).digest()

describe('tokens', () => {
  test('let in until they are revoked or have expired, and are kept as a hash only', async () => {
    await using world = await ledgerWithUsers()
    const { tools, database } = world
    const { token } = await createToken(tools, { name: 'bi', role: 'viewer', until: inDays(400) }, by)
    expect(token).toMatch(/^sft_[\w-]{43}$/)
    const { rows } = await database.query<{ kept: string }>(
      `select t::text || (select string_agg(a::text, '') from audit_log a) as kept from api_tokens t`,
    )
    expect(rows[0]!.kept).not.toContain(token.slice(4))
    expect(await findToken(database, hashOf(token))).toMatchObject({ name: 'bi', role: 'viewer' })
    await expect(createToken(tools, { name: 'bi', role: 'viewer', until: inDays(1) }, by)).rejects.toThrow(
      'already',
    )

    await revokeToken(tools, 'bi', by)
    expect(await findToken(database, hashOf(token))).toBeUndefined()
    await expect(revokeToken(tools, 'bi', by)).rejects.toMatchObject({ refusal: 'not-found' })
    const { token: next } = await createToken(tools, { name: 'bi', role: 'viewer', until: inDays(1) }, by)
    await database.query(
      `update api_tokens set created_at = now() - interval '2 days', expires_at = now() - interval '1 day' where revoked_at is null`,
    )
    expect(await findToken(database, hashOf(next))).toBeUndefined()
    expect(await listTokens(database)).toEqual([])
    expect((await listTokens(database, { all: true })).map(({ state }) => state)).toEqual([
      'expired',
      'revoked',
    ])
  })

  test('are refused beyond their creator’s role, without an end, and with one too far away', async () => {
    await using world = await ledgerWithUsers()
    const refused = async (change: object) =>
      createToken(world.tools, { name: 'bi', role: 'operator', until: inDays(1), ...change }, by).then(
        () => 'created',
        ({ refusal }: { refusal: string }) => refusal,
      )
    expect(await refused({ creatorRole: 'viewer' })).toBe('invalid')
    expect(await refused({ until: inDays(-1) })).toBe('invalid')
    expect(await refused({ until: inDays(402) })).toBe('invalid')
    expect(await refused({ until: new Date(Number.NaN) })).toBe('invalid')
    expect(await refused({ name: 'b i' })).toBe('invalid')
    expect(await refused({})).toBe('created')
  })

  test('are written to once a minute at most, however often they are used', async () => {
    await using world = await ledgerWithUsers()
    const { tools, database } = world
    const { token } = await createToken(tools, { name: 'bi', role: 'viewer', until: inDays(1) }, by)
    const versions = async () =>
      (
        await database.query<{ version: string; used: Date | null }>(
          'select xmin::text as version, last_used_at as used from api_tokens',
        )
      ).rows[0]!
    await findToken(database, hashOf(token))
    // In a minute that cannot end before the test does.
    await database.query(
      `update api_tokens set last_used_at = date_trunc('minute', clock_timestamp()) + interval '1 hour'`,
    )
    const noted = await versions()
    await findToken(database, hashOf(token))
    expect(await versions()).toEqual(noted)
    await database.query(`update api_tokens set last_used_at = now() - interval '1 minute'`)
    await findToken(database, hashOf(token))
    const { used } = await versions()
    expect(used!.getTime() % 60_000).toBe(0)
    expect(Date.now() - used!.getTime()).toBeLessThan(120_000)
  })

  test('end with whoever created them, and where they can do more than their creator still may', async () => {
    await using world = await ledgerWithUsers({ ada: 'admin', eve: 'admin' })
    const { tools, database, audited } = world
    const byEve = { ...by, actor: 'eve' }
    await createToken(tools, { name: 'big', role: 'admin', until: inDays(1) }, byEve)
    await createToken(tools, { name: 'small', role: 'viewer', until: inDays(1) }, byEve)
    await createToken(tools, { name: 'other', role: 'admin', until: inDays(1) }, by)
    const names = async () => (await listTokens(database)).map(({ name }) => name)
    await changeRole(tools, 'eve', 'operator', order)
    expect(await names()).toEqual(['other', 'small'])
    expect((await audited()).at(-1)).toMatchObject({ after: { role: 'operator', revokedTokens: ['big'] } })
    await removeUser(tools, 'eve', order)
    expect(await names()).toEqual(['other'])
  })

  test('end with the token that they were created with, and with whoever created that', async () => {
    await using world = await ledgerWithUsers({ ada: 'admin', eve: 'admin' })
    const { tools, database, audited } = world
    const make = async (name: string, actor: string) =>
      createToken(tools, { name, role: 'admin', until: inDays(1) }, { ...by, actor })
    const names = async () => (await listTokens(database)).map(({ name }) => name)
    await make('first', 'eve')
    await make('second', 'token:first')
    await make('third', 'token:second')
    await make('other', 'ada')
    await revokeToken(tools, 'second', by)
    expect(await names()).toEqual(['other', 'first'])
    expect((await audited()).at(-1)).toMatchObject({ after: { revokedTokens: ['third'] } })
    await make('fourth', 'token:first')
    await revokeToken(tools, 'first', by)
    // Another one of that name is another token.
    await make('first', 'ada')
    await make('fifth', 'token:first')
    await removeUser(tools, 'eve', order)
    expect(await names()).toEqual(['fifth', 'first', 'other'])
  })
})
