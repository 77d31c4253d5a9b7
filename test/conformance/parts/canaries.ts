import type { FaultInput } from '../../../sandbox'
import { contractCanaries, everyPlace, secretTexts, sightings } from '../../support/conformance/canaries'
import type { Part } from './part'

/** What nobody may see is nowhere, whatever went wrong. */
export const keepsItsCanaries: Part = (of, worlds) => {
  test('no canary and no secret is in a table, in Redis, in the log or in an error', async () => {
    await using world = await worlds.open()
    const { sandbox, malformed, credentials } = world.world
    malformed?.(world.account.externalId)
    await world.catchUpAll()
    const secrets = credentials.flatMap((credential) => secretTexts(credential.secrets))
    // An answer that says more than it should, to any request.
    const echo = { error: `CANARY ${secrets.join(' ')}`, message: 'canary.1@mail.example +13125550142' }
    const told: readonly FaultInput[] = [
      { kind: 'status', status: 500, body: echo, times: 3 },
      { kind: 'status', status: 400, body: echo },
      { kind: 'status', status: 200, body: echo, times: 3 },
      { kind: 'status', status: 401, body: echo, times: 2 },
    ]
    for (const fault of told) {
      sandbox.faults.add(fault)
      await world.once()
      sandbox.faults.clear()
      await world.engine.unpark(world.account)
    }
    const canaries = [...contractCanaries, ...(of.canaries ?? []), ...secrets]
    expect(sightings(await everyPlace(world.engine), canaries)).toEqual([])
    // They were there to be seen.
    expect(
      world.answers.some((answer) =>
        contractCanaries.concat(patterns(of.canaries)).some((canary) => canary.test(answer)),
      ),
    ).toBe(true)
  })
}

const patterns = (canaries: readonly (string | RegExp)[] = []): RegExp[] =>
  canaries.map((canary) =>
    typeof canary === 'string' ? new RegExp(canary.replaceAll(/\W/g, String.raw`\$&`)) : canary,
  )
