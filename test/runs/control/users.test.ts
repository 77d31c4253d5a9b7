import { findUser, listUsers } from '../../../src/ledger/users'
import { addUser, changeRole, removeUser, setPassword } from '../../../src/runs/control/users'
import { ledgerWithUsers, order, password } from '../../support/admins'

describe('users', () => {
  test('are added, changed and removed, each time with a row that says who and what', async () => {
    await using world = await ledgerWithUsers()
    const { tools, database, audited } = world
    const before = await findUser(database, 'bob')
    await changeRole(tools, 'bob', 'viewer', order)
    await setPassword(tools, 'bob', 'another long sentence', order)
    const after = await findUser(database, 'bob')
    expect(after).toMatchObject({ role: 'viewer', passwordHash: 'hash of 21' })
    expect(after!.updatedAt.getTime()).toBeGreaterThan(before!.updatedAt.getTime())
    await removeUser(tools, 'bob', order)
    expect((await listUsers(database)).map(({ name }) => name)).toEqual(['ada'])
    expect(await audited()).toEqual([
      {
        actor: 'ada',
        origin: '198.51.100.7',
        action: 'change role',
        subject: 'user bob',
        outcome: 'done',
        before: { role: 'operator' },
        after: { role: 'viewer' },
      },
      expect.objectContaining({ action: 'set password', subject: 'user bob', before: null, after: null }),
      expect.objectContaining({ action: 'remove user', before: { role: 'viewer' } }),
    ])
  })

  test.each([
    ['a name that the ledger would refuse', '<b>', password, 'A name begins'],
    ['a name that differs by case', 'Bob', password, 'There is a user Bob already'],
    ['a short password', 'eve', 'elevenchars', 'expected 12 characters or more'],
    ['the name for a password', 'eve.adams.1984', 'eve.adams.1984', 'not widely known'],
    ['a password that is tried first', 'eve', 'Password1234!', 'not widely known'],
  ])('are not added with %s', async (_what, name, given, message) => {
    await using world = await ledgerWithUsers()
    await expect(addUser(world.tools, { name, role: 'viewer', password: given }, order)).rejects.toThrow(
      message,
    )
    expect(await world.audited()).toEqual([])
  })

  test('always keep an admin, also when two take each other’s role at once', async () => {
    await using world = await ledgerWithUsers({ ada: 'admin', eve: 'admin' })
    const { tools, database } = world
    const both = await Promise.allSettled([
      changeRole(tools, 'ada', 'viewer', order),
      removeUser(tools, 'eve', order),
    ])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const admins = (await listUsers(database)).filter(({ role }) => role === 'admin')
    expect(admins).toHaveLength(1)
    const { name } = admins[0]!
    await expect(removeUser(tools, name, order)).rejects.toMatchObject({ refusal: 'conflict' })
    await expect(changeRole(tools, name, 'operator', order)).rejects.toMatchObject({ refusal: 'conflict' })
    await expect(removeUser(tools, 'nobody', order)).rejects.toMatchObject({ refusal: 'not-found' })
  })
})
