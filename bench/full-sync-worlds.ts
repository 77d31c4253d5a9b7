import { uuidOf } from '../sandbox/fortellis/operations'
import type { Vendors, VendorsOptions } from '../sandbox/vendors'
import type { VendorHost } from '../src/job/http'
import { days } from '../src/lib/durations'
import type { ConformanceAccount } from '../test/support/conformance/case'

/** One account that a bench loads from nothing. */
export interface FullSyncWorld {
  /** The job, and where it has two vendors, which of them. */
  readonly name: string
  readonly job: string
  readonly vendor: keyof Vendors
  readonly secrets: (baseUrls: Readonly<Record<VendorHost, string>>) => Readonly<Record<string, unknown>>
  readonly account: Omit<ConformanceAccount, 'credential' | 'timezone'>
}

export const timezone = 'America/Chicago'

const unlimited = { perSecond: 100_000, inFlight: 1000 }
const ctm = { access_key: 'bench-access-key', secret_key: 'bench-secret-key', key_scope: 'agency' } as const
const salesforce = {
  flow: 'client_credentials',
  client_id: 'bench-app',
  client_secret: 'bench-app-secret',
} as const
const program = { program_id: 'DVV10001', subscription_key: 'bench-key', user_email: 'feeds@agency.example' }
const fortellis = { api_key: 'bench-app-key', api_secret: 'bench-app-secret' }
const subscription = uuidOf('bench')
const departments = { finance: ['FI-1'], service: ['SV-1'] }
const google = {
  flow: 'refresh_token',
  client_id: 'bench.apps.example',
  client_secret: 'bench-client-secret',
  refresh_token: '1//bench-refresh-token',
  developer_token: 'bench-developer-token',
} as const
const meta = { access_token: 'EAAB-bench-token', app_secret: 'bench-app-secret', app_id: '88150' }

/** For nine jobs, as large as a big dealer's; nothing happens once history has ended, and what takes its time takes little. */
export const sandboxOf: VendorsOptions = {
  ctm: {
    accounts: [{ id: 771, name: 'Bench', timezone, history: 6000 }],
    keys: [ctm],
    limits: unlimited,
  },
  dealertrend: {
    companies: [{ id: 46, name: 'Bench', vehicles: { New: 1200, Used: 800 } }],
    limits: unlimited,
  },
  dealervault: {
    program,
    rooftops: [
      { id: 'DVD40001', timezone, sales: 1500, serviceOrders: 2500, appointments: 1000, vehicles: 300 },
    ],
    makingTime: 1,
    deliveriesAtOnce: 1000,
    limits: unlimited,
  },
  fortellis: {
    accounts: [
      {
        subscription_id: subscription,
        name: 'Bench',
        departments,
        history: 1000,
        prepareMs: 1,
        checkAfterSeconds: 1,
      },
    ],
    apps: [fortellis],
    limits: unlimited,
  },
  google: {
    customers: [
      { id: '9990002001', name: 'Days', timezone, history: 390, campaigns: 3 },
      { id: '9990002002', name: 'Campaigns', timezone, campaigns: 2000 },
      { id: '9990002003', name: 'Ads', timezone, campaigns: 60, adsEach: 5, contentLasts: days(1000) },
    ],
    credentials: [google],
    limits: unlimited,
  },
  meta: {
    accounts: [
      {
        id: 300_400_501,
        name: 'Days',
        timezone,
        ads: 16,
        newAdEvery: 0,
        history: days(390),
        changesEvery: days(1),
        reportTakes: 1,
      },
      { id: 300_400_502, name: 'Campaigns', timezone, ads: 1, newAdEvery: 0, campaigns: 1000 },
      {
        id: 300_400_503,
        name: 'Ads',
        timezone,
        ads: 1500,
        newAdEvery: 0,
        statesLast: days(1000),
        creativesLast: days(1000),
      },
    ],
    tokens: [{ ...meta, wants_proof: true }],
    limits: unlimited,
  },
  salesforce: {
    orgs: [
      {
        place: '5fBe',
        name: 'Bench',
        timezone,
        apps: [salesforce],
        books: [
          {
            externalId: 'D-1',
            dealerId: 'dealer 1',
            history: { Account: 800, Campaign: 100, Lead: 2500, Opportunity: 1500, CampaignMember: 2000 },
          },
        ],
      },
    ],
    limits: unlimited,
  },
}

/** Every job that is written, at each of its vendors. */
export const worlds: readonly FullSyncWorld[] = [
  {
    name: 'salesforce',
    job: 'salesforce',
    vendor: 'salesforce',
    secrets: ({ salesforceLogin }) => ({ ...salesforce, instance_url: salesforceLogin }),
    account: {
      externalId: 'D-1',
      settings: { client_field: 'Dealer_Id__c', client_value: 'dealer 1' },
    },
  },
  {
    name: 'authenticom',
    job: 'authenticom',
    vendor: 'dealervault',
    secrets: () => program,
    account: { externalId: 'DVD40001' },
  },
  {
    name: 'dealertrend',
    job: 'dealertrend',
    vendor: 'dealertrend',
    secrets: () => ({}),
    account: { externalId: '46' },
  },
  {
    name: 'campaign at Google',
    job: 'campaign',
    vendor: 'google',
    secrets: () => google,
    account: { externalId: 'google:9990002002' },
  },
  {
    name: 'campaign at Meta',
    job: 'campaign',
    vendor: 'meta',
    secrets: () => meta,
    account: { externalId: 'meta:300400502' },
  },
  { name: 'ctm', job: 'ctm', vendor: 'ctm', secrets: () => ctm, account: { externalId: '771' } },
  {
    name: 'google-ads',
    job: 'google-ads',
    vendor: 'google',
    secrets: () => google,
    account: { externalId: '9990002001', settings: { currency: 'USD' } },
  },
  {
    name: 'cdk',
    job: 'cdk',
    vendor: 'fortellis',
    secrets: () => fortellis,
    account: { externalId: subscription, settings: { departments } },
  },
  {
    name: 'meta-ads',
    job: 'meta-ads',
    vendor: 'meta',
    secrets: () => meta,
    account: { externalId: '300400501' },
  },
  {
    name: 'ads-creatives at Google',
    job: 'ads-creatives',
    vendor: 'google',
    secrets: () => google,
    account: { externalId: 'google:9990002003' },
  },
  {
    name: 'ads-creatives at Meta',
    job: 'ads-creatives',
    vendor: 'meta',
    secrets: () => meta,
    account: { externalId: 'meta:300400503' },
  },
]
