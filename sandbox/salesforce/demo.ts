import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { minutes } from '../../src/lib/durations'
import { dealers, type Dealer } from '../dealers'
import type { DemoAccount, DemoCredential, DemoPart, SandboxPart } from '../part'
import { idOf } from './ids'
import { rsaOfSeed } from './rsa-of-seed'
import type { AppSpec, BookSpec, OrgSpec } from './specs'

interface DemoOrg {
  /** Names the org's credential. */
  readonly id: string
  readonly name: string
  readonly place: string
  readonly flow: AppSpec['flow']
  readonly dealers: readonly Dealer[]
}

/** Half of the dealers share the agency's org, the others have one each. */
const demo: readonly DemoOrg[] = [
  { id: 'agency', name: 'Agency', place: '5fAg', flow: 'jwt', dealers: dealers.slice(0, 6) },
  ...dealers.slice(6).map((dealer): DemoOrg => ({
    id: dealer.id,
    name: dealer.name,
    place: `5f${String(dealer.number).padStart(2, '0')}`,
    flow: dealer.number % 2 === 0 ? 'jwt' : 'client_credentials',
    dealers: [dealer],
  })),
]

const dealerIdOf = ({ number }: Dealer): string => `D-${100 + number}`

/** Its own org's id; in the agency's org, the value that tells the dealer's rows. */
function externalIdOf(org: DemoOrg, dealer: Dealer): string {
  return org.id === 'agency' ? dealerIdOf(dealer) : idOf('Organization', org.place, demo.indexOf(org) + 1)
}

/** The orgs of the demo clients: a new row every minute or so, and changes of older ones between them. */
export function demoOrgs(seed: string): z.input<typeof OrgSpec>[] {
  return demo.map((org) => ({
    place: org.place,
    name: org.name,
    timezone: org.dealers[0]?.timezone ?? 'UTC',
    apps: [appOf(seed, org)],
    books: org.dealers.map((dealer) => bookOf(org, dealer)),
    // Enough for accelerated schedules.
    pool: 5_000_000,
  }))
}

function bookOf(org: DemoOrg, dealer: Dealer): z.input<typeof BookSpec> {
  const size = 1 + (dealer.number % 3)
  return {
    externalId: externalIdOf(org, dealer),
    dealerId: dealerIdOf(dealer),
    history: {
      Account: 15 * size,
      Campaign: 4,
      Lead: 45 * size,
      Opportunity: 30 * size,
      CampaignMember: 40 * size,
    },
    every: {
      Account: minutes(20),
      Campaign: minutes(60),
      Lead: minutes(3),
      Opportunity: minutes(7),
      CampaignMember: minutes(8),
    },
  }
}

/** The demo clients' credentials and accounts. */
export const demoOf: SandboxPart<unknown, never>['demo'] = (seed, baseUrls): DemoPart => ({
  credentials: demo.map((org) => credentialOf(seed, org, baseUrls.salesforceLogin)),
  accounts: demo.flatMap((org) =>
    org.dealers.map((dealer): DemoAccount => ({
      client: dealer.id,
      job: 'salesforce',
      external_id: externalIdOf(org, dealer),
      credential: `salesforce-${org.id}`,
      timezone: dealer.timezone,
      settings: {
        ...(org.id === 'agency' ? { client_field: 'Dealer_Id__c', client_value: dealerIdOf(dealer) } : {}),
        custom_fields: { Lead: ['Vehicle_Interest__c'], Opportunity: ['Trade_In_Value__c'] },
      },
    })),
  ),
})

function credentialOf(seed: string, org: DemoOrg, instance_url: string): DemoCredential {
  const app = appOf(seed, org)
  const secrets =
    app.flow === 'jwt'
      ? { private_key: rsaOfSeed(`${seed} salesforce`).privateKey, username: app.username }
      : { client_secret: app.client_secret }
  return {
    id: `salesforce-${org.id}`,
    job: 'salesforce',
    secrets: { flow: app.flow, client_id: app.client_id, instance_url, ...secrets },
  }
}

function appOf(seed: string, org: DemoOrg): AppSpec {
  const digest = (part: string): string =>
    createHash('sha256').update(`${seed} salesforce ${org.id} ${part}`).digest('hex')
  const client_id = `3MVG9${digest('client').slice(0, 40)}`
  return org.flow === 'jwt'
    ? {
        flow: 'jwt',
        client_id,
        username: `integration@${org.id}.example`,
        public_key: rsaOfSeed(`${seed} salesforce`).publicKey,
      }
    : { flow: 'client_credentials', client_id, client_secret: digest('secret').toUpperCase() }
}
