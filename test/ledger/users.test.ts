import { findUser, isAtLeast, seedUsers } from '../../src/ledger/users'
import { testDatabase } from '../support/database'

const given = [
  { name: 'ada', role: 'admin', password: 'one' },
  { name: 'vic', role: 'viewer', password: 'two' },
] as const
const hash = async (password: string) => `hash of ${password}`

describe('seedUsers', () => {
  test('fills the users while there are none, also from several replicas at once', async () => {
    await using database = await testDatabase()
    const added = await Promise.all([1, 2, 3].map(async () => seedUsers(database, given, hash)))
    expect(added.reduce((sum, count) => sum + count)).toBe(2)
    expect(await findUser(database, 'ada')).toMatchObject({ role: 'admin', passwordHash: 'hash of one' })
    expect(await findUser(database, 'Ada')).toBeUndefined()
  })

  test('leaves users alone once there are any', async () => {
    await using database = await testDatabase()
    await seedUsers(database, given.slice(0, 1), hash)
    expect(await seedUsers(database, given, hash)).toBe(0)
    expect(await findUser(database, 'vic')).toBeUndefined()
  })
})

test('a role includes the ones below it', () => {
  expect(isAtLeast('admin', 'operator')).toBe(true)
  expect(isAtLeast('operator', 'operator')).toBe(true)
  expect(isAtLeast('viewer', 'operator')).toBe(false)
})
