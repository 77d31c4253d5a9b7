import { hours } from '../../../src/lib/durations'
import { consoleOver, ctmWorld } from '../../support/ctm-world'

describe('parity', () => {
  test('says where the shadow and live agree and where they do not, and fails where they do not', async () => {
    await using world = await ctmWorld({ calls: 8, every: hours(6) })
    await world.catchUp()
    const { database } = world.engine
    const shadow = `${database.schema}_shadow`
    const parity = async (...options: string[]) => consoleOver(world).type(['parity', 'ctm', ...options])
    await database.query(`create schema if not exists "${shadow}"`)
    await database.query(`drop table if exists "${shadow}".ctm_calls`)
    await database.query(`create table "${shadow}".ctm_calls as select * from ctm_calls`)
    const { code, printed, complaint } = await parity()
    expect(complaint).toBe('')
    expect([code, printed.split('\n')[1]]).toEqual([
      0,
      expect.stringMatching(
        /^calls: equal \(here (\d+), there \1, same \1, different 0, only here 0, only there 0\)$/,
      ),
    ])
    await database.query(`update "${shadow}".ctm_calls set direction = 'sideways'`)
    const differing = await parity('--json')
    expect([differing.code, differing.complaint]).toEqual([1, '1 of 1 streams differ'])
    expect(differing.printed).toContain('"name": "direction"')
    expect(await parity('--from', '2026-03-01')).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('give both --from and --to') as string,
    })
    expect(await parity('--against', 'nowhere')).toMatchObject({
      code: 1,
      complaint: 'there is no nowhere.ctm_calls to compare with',
    })
  })
})
