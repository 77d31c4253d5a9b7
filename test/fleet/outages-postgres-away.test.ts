import { minutes } from '../../src/lib/durations'
import { damage, type Outage, unharmed } from '../support/outages'
import { PostgresOutages } from '../support/postgres-outages'

jest.setTimeout(minutes(4))

/** A look takes two seconds where nobody answers; a connection that is being made then is given up after ten. */
const patientLooks = 7

describe('a fleet whose Postgres', () => {
  let world: PostgresOutages
  beforeAll(async () => (world = await PostgresOutages.open()))
  afterAll(async () => world[Symbol.asyncDispose]())

  const outages: readonly (readonly [string, () => Outage])[] = [
    [
      'is shut down and started again',
      () => ({ begin: () => world.postgres.stop('fast'), end: () => world.postgres.restart() }),
    ],
    [
      'crashes and recovers',
      () => ({ begin: () => world.postgres.stop('immediate'), end: () => world.postgres.restart() }),
    ],
    [
      'refuses connections',
      () => ({
        begin: async () => world.relay.refuse(),
        end: async () => world.relay.admit(),
        tries: () => world.relay.refused,
      }),
    ],
    [
      'swallows what it is sent, and comes back as another machine',
      () => ({
        begin: async () => world.relay.hold(),
        end: async () => {
          await world.relay.stop()
          world.relay.release()
          await world.relay.start()
        },
        looks: patientLooks,
      }),
    ],
    [
      'answers after a partition',
      () => ({
        begin: async () => world.relay.hold(),
        end: async () => world.relay.release(),
        looks: patientLooks,
      }),
    ],
  ]

  test.each(outages)('%s waits, says so once, and goes on', async (_what, outage) => {
    expect(await world.toldWrongly(outage())).toEqual([])
  })

  test('does all of this has lost nothing, doubled nothing, and blamed nobody', async () => {
    expect(await damage(world.fleet)).toEqual(unharmed)
    expect(world.dead).toEqual([])
  })
})
