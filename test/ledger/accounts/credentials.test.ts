import { listAccounts } from '../../../src/ledger/accounts/accounts'
import { findCredential, listCredentials, rotateCredentials } from '../../../src/ledger/accounts/credentials'
import { SecretBox } from '../../../src/ledger/accounts/secret-box'
import type { Database } from '../../../src/ledger/postgres/database'
import { only } from '../../../src/lib/sql'
import { testDatabase } from '../../support/database'
import { parkByHand } from '../../support/ledger'
import { ctmCredential, sealingKey, seeded, worldOf } from '../world'

const sealedOf = async (database: Database, id: string): Promise<string> =>
  only(await database.query<{ secrets: string }>('select secrets from credentials where id = $1', [id]))
    .secrets
const never = new AbortController().signal

describe('credentials', () => {
  test('are sealed in the ledger and absent from lists', async () => {
    await using database = await testDatabase()
    const { box } = await seeded(database)
    const sealed = await sealedOf(database, 'acme-ctm')

    expect(sealed).not.toContain('first')
    expect(JSON.parse(box.open(sealed, 'acme-ctm'))).toEqual({ access_key: 'key', secret_key: 'first' })
    expect(await listCredentials(database)).toEqual([
      expect.objectContaining({ id: 'acme-ctm', job: 'ctm', keyId: 'k1', accounts: 1, parkedAt: null }),
    ])
    expect(JSON.stringify(await listCredentials(database, { job: 'ctm' }))).not.toMatch(/first|secrets/)
  })

  test.each(['first', 'second'])(
    'un-park themselves and their accounts when they are set to %s',
    async (secret) => {
      await using database = await testDatabase()
      const world = await seeded(database)
      const [account] = await listAccounts(database)
      await parkByHand(database, 'credentials', 'acme-ctm', 'refused by the vendor')
      await parkByHand(database, 'accounts', account?.id ?? '', 'no access')
      expect((await listAccounts(database))[0]?.parkedReason).toBe('refused by the vendor')

      expect(await world.credentials(ctmCredential('acme-ctm', secret))).toMatchObject({ updated: 1 })
      expect((await listAccounts(database))[0]?.parkedReason).toBeNull()
      expect((await findCredential(database, 'acme-ctm'))?.parkedAt).toBeNull()
      expect(await world.credentials(ctmCredential('acme-ctm', secret))).toMatchObject({ unchanged: 1 })
    },
  )

  test('are sealed anew by the first key, in batches, without any change that others see', async () => {
    await using database = await testDatabase()
    const [old, current] = [sealingKey('old'), sealingKey('new')]
    const world = await seeded(database, new SecretBox([old]))
    for (const id of ['a', 'b', 'c']) await world.credentials(ctmCredential(id, `secret of ${id}`))
    const before = await listCredentials(database)
    const box = new SecretBox([current, old])

    expect(await rotateCredentials(database, box, never, 2)).toEqual({ rotated: 4, failed: [] })
    expect(await rotateCredentials(database, box, never, 2)).toEqual({ rotated: 0, failed: [] })
    expect(await listCredentials(database)).toEqual(before.map((row) => ({ ...row, keyId: 'new' })))
    expect(new SecretBox([current]).open(await sealedOf(database, 'b'), 'b')).toContain('secret of b')
  })

  test('that cannot be opened are named by a rotation, and can be set anew', async () => {
    await using database = await testDatabase()
    await seeded(database)
    const box = new SecretBox([sealingKey('k2')])

    expect(await rotateCredentials(database, box, never)).toEqual({
      rotated: 0,
      failed: [{ id: 'acme-ctm', problem: expect.stringContaining('sealed with key "k1"') }],
    })
    expect(await worldOf(database, box).credentials(ctmCredential('acme-ctm', 'first'))).toMatchObject({
      updated: 1,
    })
    expect(await rotateCredentials(database, box, never)).toEqual({ rotated: 0, failed: [] })
  })

  test('leave acts in the audit log that hold no secret', async () => {
    await using database = await testDatabase()
    const world = await seeded(database)
    await world.credentials(ctmCredential('acme-ctm', 'second'))
    const { rows } = await database.query<Record<string, unknown>>('select * from audit_log order by id')

    expect(rows.filter((row) => row['subject'] === 'credential acme-ctm')).toMatchObject([
      { actor: 'ada', via: 'cli', action: 'add', outcome: 'done', before: null },
      { actor: 'ada', via: 'cli', action: 'change', outcome: 'done', before: { job: 'ctm', parked: null } },
    ])
    expect(JSON.stringify(rows)).not.toMatch(/first|second/)
  })
})
