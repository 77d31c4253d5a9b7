import { hearing } from '../../support/conformance/cut'
import { CanaryServer } from '../../support/conformance/canary-server'
import { offered, type Part, testUnless } from './part'

/** Lists that are not as one would wish them. */
export const takesOddLists: Part = (of, worlds) => {
  testUnless(of, 'malformed', 'malformed records are set aside, and the rest is written', async () => {
    await using world = await worlds.open()
    const malformed = offered(world.world.malformed, 'malformed')(world.account.externalId)
    expect(malformed).toBeGreaterThan(0)
    await world.catchUp()
    expect(await world.differences()).toEqual([])
    expect(await world.rejectedRecords()).toBe(malformed)
    await world.catchUp()
    expect(await world.rejectedRecords()).toBe(malformed)
  })

  testUnless(of, 'duplicates', 'records that are listed twice are written once', async () => {
    await using world = await worlds.open()
    offered(world.world.duplicates, 'duplicates')(world.account.externalId)
    await world.catchUp()
    expect(await world.differences()).toEqual([])
  })

  testUnless(of, 'emptyPage', 'an empty page loses nothing', async () => {
    await using world = await worlds.open()
    offered(world.world.emptyPage, 'emptyPage')(world.account.externalId)
    await world.catchUp()
    expect(await world.differences()).toEqual([])
  })

  testUnless(
    of,
    'changeWhileRead',
    'a list that changes while it is read is right after the next sync',
    async () => {
      await using world = await worlds.open()
      const change = offered(world.world.changeWhileRead, 'changeWhileRead')
      await world.once(() => ({ through: hearing((page) => change(world.account.externalId, page)) }))
      await world.catchUp()
      expect(await world.differences()).toEqual([])
    },
  )

  testUnless(of, 'foreignHost', 'an answer that names a foreign host sends nothing there', async () => {
    await using world = await worlds.open()
    await using canary = await CanaryServer.start()
    const expected = offered(world.world.foreignHost, 'foreignHost')(world.account.externalId, canary.url)
    const settled = await world.once()
    expect(canary.requests).toEqual([])
    expect(world.answers.join('\n')).toContain(canary.url)
    expect(settled.state).toBe(expected.settles)
    if (expected.code !== undefined) expect(settled.error_code).toBe(expected.code)
    expect(await world.engine.parked(world.account)).toBe(expected.parks)
    if (expected.settles === 'ok') expect(await world.differences()).toEqual([])
  })
}
