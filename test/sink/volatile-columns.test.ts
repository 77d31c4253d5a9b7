import * as column from '../../src/job/columns'
import { upsertStream } from '../../src/job/streams'
import { northwind, type Northwind } from './northwind'

const calls = upsertStream({
  table: 'northwind_calls',
  key: ['call_id'],
  overlap: 0,
  columns: {
    call_id: column.text(),
    recording: column.nullable(column.volatile(column.text())),
    duration: column.integer(),
    links: column.volatile(column.nullable(column.texts())),
  },
})
const call = (more: object = {}) => ({
  call_id: 'a',
  recording: 'x?sig=1',
  duration: 5,
  links: ['l'],
  ...more,
})
const none = { inserted: 0, updated: 0, unchanged: 0, removed: 0 }

describe('volatile columns', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind([calls])
    await world.write(calls, [call(), call({ call_id: 'b' })])
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  test('are kept up to date without counting as a change', async () => {
    const [before] = await world.rows(calls)

    const signedAnew = { recording: 'x?sig=2', links: ['m', 'n'] }
    expect(await world.write(calls, [call(signedAnew)])).toEqual({ ...none, unchanged: 1 })
    const [after] = await world.rows(calls)
    expect(after).toMatchObject({
      ...signedAnew,
      last_changed_at: before?.['last_changed_at'],
      first_synced_at: before?.['first_synced_at'],
    })
    expect(await world.write(calls, [call({ recording: null, links: null })])).toEqual({
      ...none,
      unchanged: 1,
    })
    expect(await world.rows(calls)).toMatchObject([{ recording: null, links: null }, { call_id: 'b' }])
  })

  test('write no row version where they are the same', async () => {
    const before = await world.rows(calls)

    expect(await world.write(calls, [call(), call({ call_id: 'b' })])).toEqual({ ...none, unchanged: 2 })
    expect(await world.rows(calls)).toEqual(before)
  })

  test('come along when another column changes', async () => {
    const [before] = await world.rows(calls)

    const changed = { recording: 'x?sig=2', duration: 6 }
    expect(await world.write(calls, [call(changed)])).toEqual({ ...none, updated: 1 })
    const [after] = await world.rows(calls)
    expect(after).toMatchObject(changed)
    expect(after?.['last_changed_at']).not.toEqual(before?.['last_changed_at'])
  })

  test('neither bring back a row that is gone nor mark it gone anew', async () => {
    const writeGone = (more: object) => world.write(calls, [call(more)], world.owner, { gone: true })
    await writeGone({})
    const [before] = await world.rows(calls)

    expect(await writeGone({ recording: 'x?sig=2' })).toEqual({ ...none, unchanged: 1 })
    const [after] = await world.rows(calls)
    expect(after).toMatchObject({
      recording: 'x?sig=2',
      gone_at: before?.['gone_at'],
      last_changed_at: before?.['last_changed_at'],
    })
  })
})
