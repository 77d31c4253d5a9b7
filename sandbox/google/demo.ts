import { createHash } from 'node:crypto'
import { dealers, type Dealer } from '../dealers'
import type { DemoPart } from '../part'
import type { GoogleCredentialInput, GoogleCustomerInput } from './specs'

const manager = '1112223333'

/** The jobs that read from Google Ads, and how an account of each is named. */
const jobs: readonly { job: string; externalId: (customer: string) => string; settings: object }[] = [
  // Figures go no further back than the customers' history.
  { job: 'google-ads', externalId: (customer) => customer, settings: { first_load_months: 3 } },
  { job: 'campaign', externalId: (customer) => `google:${customer}`, settings: {} },
  { job: 'ads-creatives', externalId: (customer) => `google:${customer}`, settings: {} },
]

const customerOf = ({ number }: Dealer): string => String(9_990_001_100 + number)

/** Most dealers are clients of the agency's manager; the last two let their own users in. */
const isAgencys = ({ number }: Dealer): boolean => number <= 10

/** The customers of the demo clients, and the agency's manager. */
export const demoCustomers: readonly GoogleCustomerInput[] = [
  { id: manager, name: 'The agency', isManager: true },
  ...dealers.map((dealer) => ({
    id: customerOf(dealer),
    name: dealer.name,
    timezone: dealer.timezone,
    currency: dealer.timezone === 'America/Toronto' ? 'CAD' : 'USD',
    manager: isAgencys(dealer) ? manager : null,
    history: 80,
    campaigns: 3,
  })),
]

/** Who gets in: the agency's user everywhere, the last dealers' own users to their own. */
export function demoCredentials(seed: string): GoogleCredentialInput[] {
  const own = dealers.filter((dealer) => !isAgencys(dealer))
  return [
    { ...secretsOf(seed, 'agency') },
    ...own.map((dealer) => ({ ...secretsOf(seed, dealer.id), customers: [customerOf(dealer)] })),
  ]
}

/** The demo clients' accounts, for every job that reads from Google Ads. */
export function demoOf(seed: string): DemoPart {
  const own = dealers.filter((dealer) => !isAgencys(dealer))
  return {
    credentials: jobs.flatMap(({ job }) => [
      {
        id: `${job}-google`,
        job,
        secrets: { ...secretsOf(seed, 'agency'), login_customer_id: manager },
      },
      ...own.map((dealer) => ({
        id: `${job}-google-${dealer.id}`,
        job,
        secrets: secretsOf(seed, dealer.id),
      })),
    ]),
    accounts: jobs.flatMap(({ job, externalId, settings }) =>
      dealers.map((dealer) => ({
        client: dealer.id,
        job,
        external_id: externalId(customerOf(dealer)),
        credential: isAgencys(dealer) ? `${job}-google` : `${job}-google-${dealer.id}`,
        timezone: dealer.timezone,
        settings: { ...settings },
      })),
    ),
  }
}

function secretsOf(seed: string, owner: string) {
  const digest = (part: string): string =>
    createHash('sha256').update(`${seed} google ${owner} ${part}`).digest('hex')
  return {
    flow: 'refresh_token' as const,
    client_id: `${digest('client').slice(0, 12)}.apps.example`,
    client_secret: digest('secret').slice(0, 24),
    refresh_token: `1//${digest('refresh').slice(0, 40)}`,
    // The agency's, whoever signs in.
    developer_token: createHash('sha256').update(`${seed} google developer`).digest('hex').slice(0, 22),
  }
}
