import { createHash } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import { dealers } from '../dealers'
import type { DemoPart } from '../part'
import type { FortellisAccountSpec, FortellisAppSpec } from './account-spec'
import { uuidOf } from './operations'

const subscriptionOf = (seed: string, dealerId: string): string => uuidOf(`${seed} fortellis ${dealerId}`)

/** Every third dealership has a second department of service. */
const departmentsOf = (number: number) => ({
  finance: [`FI-${100 + number}`],
  service: [`SV-${100 + number}`, ...(number % 3 === 0 ? [`SV-${200 + number}`] : [])],
})

/** The subscriptions of the demo clients: some dozens of each kind of record, and a new one every minute or so. */
export const demoAccounts = (seed: string): (typeof FortellisAccountSpec)['_input'][] =>
  dealers.map(({ id, name, number }) => ({
    subscription_id: subscriptionOf(seed, id),
    name,
    departments: departmentsOf(number),
    history: 20 + number * 3,
    every: seconds(60 + number * 10),
    step: seconds(90),
    prepareMs: 300,
    checkAfterSeconds: 1,
  }))

export const demoApp = (seed: string): FortellisAppSpec => {
  const digest = (part: string) => createHash('sha256').update(`${seed} fortellis ${part}`).digest('hex')
  return { api_key: digest('key').slice(0, 32), api_secret: digest('secret').slice(0, 40) }
}

/** One credential, as one app serves every dealership. */
export function demoOf(seed: string): DemoPart {
  return {
    credentials: [{ id: 'cdk-app', job: 'cdk', secrets: { ...demoApp(seed) } }],
    accounts: dealers.map(({ id, timezone, number }) => ({
      client: id,
      job: 'cdk',
      external_id: subscriptionOf(seed, id),
      credential: 'cdk-app',
      timezone,
      settings: { departments: departmentsOf(number) },
    })),
  }
}
