import { createHash } from 'node:crypto'
import { minutes, seconds } from '../../src/lib/durations'
import { dealers } from '../dealers'
import type { DemoPart } from '../part'
import type { FileType, ProgramSpec, RooftopSpec } from './rooftop-spec'

/** By a third of the dealers each. Requests are few a second, and the first load should not take long. */
const feedsOf: readonly (readonly FileType[])[] = [['SL'], ['SL', 'SV', 'SV_APPT', 'INV'], ['SL', 'INV']]

/** The rooftop of each dealer, and the feeds that it lets us have. */
const demoDealers = dealers.map((dealer) => ({
  dealer,
  id: `DVD${40000 + dealer.number}`,
  feeds: feedsOf[dealer.number % 3] ?? [],
}))

/** The rooftops of the demo clients: small, with a new record of each feed every minute or two. */
export const demoRooftops: readonly (typeof RooftopSpec)['_input'][] = demoDealers.map(
  ({ dealer, id, feeds }) => ({
    id,
    timezone: dealer.timezone,
    sales: 60 + (dealer.number % 5) * 10,
    serviceOrders: 90 + (dealer.number % 4) * 15,
    appointments: 50,
    vehicles: 24 + (dealer.number % 6) * 4,
    every: seconds(60 + (dealer.number % 4) * 20),
    changedWithin: minutes(3),
    pollEvery: minutes(1),
    feeds: [...feeds],
    dms: dealer.number % 2 === 0 ? 'SAMPLE B' : 'SAMPLE A',
  }),
)

/** The agency's program, to which every rooftop belongs. */
export const demoProgram = (seed: string): ProgramSpec => ({
  program_id: 'DVV10001',
  subscription_key: createHash('sha256').update(`${seed} dealervault key`).digest('hex').slice(0, 32),
  user_email: 'feeds@agency.example',
})

/** The demo clients' accounts, all on the agency's credential. */
export const demoOf = (seed: string): DemoPart => ({
  credentials: [{ id: 'authenticom-agency', job: 'authenticom', secrets: { ...demoProgram(seed) } }],
  accounts: demoDealers.map(({ dealer, id, feeds }) => ({
    client: dealer.id,
    job: 'authenticom',
    external_id: id,
    credential: 'authenticom-agency',
    timezone: dealer.timezone,
    // The sandbox makes a delivery in a second.
    settings: { feeds: [...feeds], poll_seconds: 1 },
  })),
})
