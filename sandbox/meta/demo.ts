import { createHash } from 'node:crypto'
import { seconds } from '../../src/lib/durations'
import { dealers } from '../dealers'
import type { DemoPart } from '../part'
import type { MetaAccountSpec, MetaTokenSpec } from './account-spec'

/** The ad account of a dealer. */
export const demoMetaAccountId = (dealer: number): number => 300_400_500 + dealer

/** One of them is so large, in the vendor's eyes, that its figures come as reports only. */
const largeDealer = 4

/** The ad accounts of the demo clients: some figures change with every minute. */
export const demoMetaAccounts: readonly (typeof MetaAccountSpec)['_input'][] = dealers.map(
  ({ number, name, timezone }) => ({
    id: demoMetaAccountId(number),
    name,
    timezone,
    currency: timezone === 'America/Toronto' ? 'CAD' : 'USD',
    campaigns: 2 + (number % 2),
    ads: 3 + (number % 3),
    ...(number === largeDealer ? { longestCall: 0, reportTakes: seconds(5) } : {}),
  }),
)

/** The agency's token serves every ad account. */
export const demoMetaTokens = (seed: string): MetaTokenSpec[] => [
  { ...demoMetaSecrets(seed), wants_proof: true, accounts: 'all' },
]

/** What a credential for any job at Meta holds. */
export function demoMetaSecrets(seed: string): {
  readonly access_token: string
  readonly app_secret: string
  readonly app_id: string
} {
  const digest = (part: string): string => createHash('sha256').update(`${seed} meta ${part}`).digest('hex')
  return {
    access_token: `EAAB${digest('token')}`,
    app_secret: digest('secret').slice(0, 32),
    app_id: '881500200300',
  }
}

/** The jobs that read from Meta, and how an account of each is named. */
const jobs: readonly { job: string; externalId: (account: number) => string; settings: object }[] = [
  { job: 'meta-ads', externalId: String, settings: { first_load_months: 2 } },
  { job: 'campaign', externalId: (account) => `meta:${account}`, settings: {} },
  { job: 'ads-creatives', externalId: (account) => `meta:${account}`, settings: {} },
]

export const demoOf = (seed: string): DemoPart => ({
  credentials: jobs.map(({ job }) => ({ id: credentialOf(job), job, secrets: demoMetaSecrets(seed) })),
  accounts: jobs.flatMap(({ job, externalId, settings }) =>
    dealers.map(({ id, number, timezone }) => ({
      client: id,
      job,
      external_id: externalId(demoMetaAccountId(number)),
      credential: credentialOf(job),
      timezone,
      settings: { ...settings },
    })),
  ),
})

const credentialOf = (job: string): string => (job === 'meta-ads' ? 'meta-ads-agency' : `${job}-meta-agency`)
