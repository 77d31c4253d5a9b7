import { Passwords } from '../../../src/dashboard/passwords'
import { findUser } from '../../../src/ledger/users'
import type { Database } from '../../../src/ledger/postgres/database'
import { testDatabase } from '../../support/database'
import { consoleOf } from './console'

const canLogIn = async (database: Database, name: string, password: string) =>
  new Passwords().verify(password, (await findUser(database, name))?.passwordHash)

describe('users', () => {
  test('are added with a password from standard input or a generated one, changed and removed', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    expect(await type(['users', 'add', 'eve', '--role', 'admin'], 'a long password\n')).toMatchObject({
      code: 0,
    })
    expect(await canLogIn(database, 'eve', 'a long password')).toBe(true)
    const added = await type(['users', 'add', 'bob', '--generate'])
    const [, password = ''] = /^password: (\S{24})$/m.exec(added.printed) ?? []
    expect(await canLogIn(database, 'bob', password)).toBe(true)

    expect((await type(['users', 'role', 'eve', 'viewer'])).complaint).toContain('eve is the only admin')
    expect(await type(['users', 'role', 'bob', 'operator'])).toMatchObject({ code: 0 })
    expect(await type(['users', 'password', 'bob'], 'short')).toMatchObject({ code: 2 })
    expect(await type(['users', 'password', 'bob'], '')).toMatchObject({ code: 2 })
    expect(await type(['users', 'role', 'bob', 'boss'])).toMatchObject({ code: 2 })
    expect((await type(['users', 'list'])).printed).toMatch(/^bob +operator /m)
    expect(await type(['users', 'remove', 'bob'])).toMatchObject({
      code: 0,
      printed: 'bob is no user any more',
    })
    expect(await type(['users', 'remove', 'bob'])).toMatchObject({
      code: 1,
      complaint: 'There is no user bob.',
    })
  })
})

describe('tokens', () => {
  test('are printed once when they are created, listed without their text, and revoked', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    const { printed } = await type(['tokens', 'create', 'bi', '--role', 'viewer', '--days', '30'])
    expect(printed).toMatch(/^sft_[\w-]{43}$/)
    expect((await type(['tokens', 'list'])).printed).toMatch(/^bi +viewer +\S+Z +ada +\S+Z +- +valid$/m)
    expect((await type(['tokens', 'list', '--json'])).printed).not.toContain('hash')
    expect(await type(['tokens', 'create', 'two', '--role', 'viewer', '--days', '500'])).toMatchObject({
      code: 2,
    })
    expect(await type(['tokens', 'create', 'two', '--role', 'viewer'])).toMatchObject({ code: 2 })
    expect(await type(['tokens', 'revoke', 'bi'])).toMatchObject({ code: 0 })
    expect((await type(['tokens', 'list'])).printed).toBe('none')
    expect((await type(['tokens', 'list', '--all'])).printed).toContain('revoked by ada')
  })
})

describe('audit', () => {
  test('tells who did what, as a table, as CSV and as JSON', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    await type(['users', 'add', 'eve', '--role', 'admin'], 'a long password')
    await type(['users', 'add', 'bob'], 'a long password')
    await type(['users', 'role', 'bob', 'operator'])
    const [head = '', ...lines] = (await type(['audit', '--text', 'bob op'])).printed.split('\n')
    expect(head).toMatch(/^WHEN +WHO +VIA +WHAT +DONE TO +OUTCOME +WHY +CHANGED$/)
    expect(lines).toEqual([
      expect.stringMatching(/ada +cli +change role +user bob +done +- +role: viewer → operator$/),
    ])
    const csv = (await type(['audit', '--csv', '--actor', 'ada', '--subject', 'user bob'])).printed.split(
      '\n',
    )
    expect(csv).toHaveLength(3)
    expect(csv[1]).toContain(',ada,cli,,change role,user bob,done,,"{""role"":""viewer""}"')
    const rows = (await type(['audit', '--jsonl', '--action', 'add user'])).printed.split('\n')
    expect(rows.map((row) => (JSON.parse(row) as { subject: string }).subject)).toEqual([
      'user bob',
      'user eve',
    ])
    expect(JSON.parse((await type(['audit', '--limit', '1', '--json'])).printed)).toHaveLength(1)
    expect((await type(['audit', '--from', 'tomorrow 00:00'])).printed).toBe('none')
    expect(await type(['audit', '--from', 'whenever'])).toMatchObject({ code: 2 })
    expect(await type(['audit', '--outcome', 'fine'])).toMatchObject({ code: 2 })
    expect(await type(['audit', '--csv', '--json'])).toMatchObject({ code: 2 })
  })
})
