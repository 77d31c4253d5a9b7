import { listDeadLetters } from '../../../src/ledger/work/dead-letters'
import { minutes } from '../../../src/lib/durations'
import { deadLetterWorld, job, refusing, signatureId } from '../../support/dead-letter-world'

describe('deadLetterGroups', () => {
  test('puts together what failed in the same way, and tells when, where and since which build', async () => {
    await using world = await deadLetterWorld(3)
    const { syncIds } = await world.run(['page 1: status 400', 'page 7: status 400', 'page 7: status 404'])
    await world.database.query(
      `update attempts set build = 'older', ended_at = ended_at - interval '2 days' where sync_id = $1`,
      [syncIds[0]],
    )
    const [gone, refused, ...others] = await world.groups()
    expect(others).toEqual([])
    expect(gone).toMatchObject({ signature: signatureId('page 1: status 404'), syncs: 1, accounts: 1 })
    expect(refused).toMatchObject({
      signature: signatureId('page 99: status 400'),
      job,
      errorClass: 'bug',
      errorCode: 'vendor_request',
      message: 'page 7: status 400',
      syncs: 2,
      accounts: 2,
      overtaken: 0,
      firstBuild: 'older',
      lastBuild: 'test',
    })
    expect(refused && refused.lastSeen.getTime() - refused.firstSeen.getTime()).toBeGreaterThan(minutes(60))
    expect(await world.groups({ job: 'ctm' })).toEqual([])
  })

  test('remembers over a retry in vain since when it is known', async () => {
    await using world = await deadLetterWorld()
    const { syncIds } = await world.run(['status 400'])
    await world.database.query(`update attempts set build = 'older', ended_at = ended_at - interval '2 days'`)
    await world.retry()
    await world.engine.attempt(syncIds[0] ?? '', refusing('status 400'))
    expect(await world.groups()).toMatchObject([{ syncs: 1, firstBuild: 'older', lastBuild: 'test' }])
  })

  test('says of those whose account has synced since that they are overtaken', async () => {
    await using world = await deadLetterWorld(2)
    await world.run(['status 400', 'status 400'])
    await world.run([undefined, 'status 400'])
    expect(await world.groups()).toMatchObject([{ syncs: 3, accounts: 2, overtaken: 1 }])
    const letters = await listDeadLetters(world.database, { limit: 10 })
    expect(letters.map(({ syncId, client, overtaken }) => [syncId, client, overtaken])).toEqual([
      ['4', 'dealertrend-client-2', false],
      ['2', 'dealertrend-client-2', false],
      ['1', 'dealertrend-client-1', true],
    ])
  })

  test('groups by code what failed before there were signatures', async () => {
    await using world = await deadLetterWorld()
    await world.run(['status 400'])
    await world.database.query('update syncs set error_signature = null')
    expect(await world.groups()).toMatchObject([{ signature: 'vendor_request', syncs: 1 }])
    expect(await world.retry({ signature: 'vendor_request' })).toMatchObject({ reopened: [{ syncId: '1' }] })
  })
})
