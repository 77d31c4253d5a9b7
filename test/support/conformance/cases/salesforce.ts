import { check } from '../../../../jobs/salesforce/check'
import { salesforce } from '../../../../jobs/salesforce/definition'
import { sync } from '../../../../jobs/salesforce/sync'
import { startSandbox } from '../../../../sandbox'
import { rsaOfSeed } from '../../../../sandbox/salesforce/rsa-of-seed'
import { days, hours } from '../../../../src/lib/durations'
import {
  type ConformanceCase,
  type ConformanceFault,
  type ConformanceWorld,
  deadLetter,
  type Expected,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
  partialUntilReset,
} from '../case'

const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
const size = {
  history: { Account: 8, Campaign: 4, Lead: 20, Opportunity: 8, CampaignMember: 8 },
  every: {
    Account: hours(9),
    Campaign: hours(20),
    Lead: hours(2),
    Opportunity: hours(5),
    CampaignMember: hours(4),
  },
  span: days(25),
  changedWithin: hours(10),
}
const apps = {
  shared: { flow: 'client_credentials', client_id: 'shared-app', client_secret: 'shared-app-secret' },
  own: { flow: 'jwt', client_id: 'own-app', username: 'we@own.example' },
} as const

/** What the vendor does wrong by the sandbox's name for it, on the way to what every sync asks for. */
const quirk = (
  name: string,
  expected: Expected,
  { times = 1, path = '/queryAll' } = {},
): ConformanceFault => ({
  name: name.replaceAll('-', ' '),
  faults: [{ kind: 'quirk', name, path, times }],
  expected,
})
const noToken = (name: string, expected = parksCredential): ConformanceFault =>
  quirk(name, expected, { path: '/services/oauth2/token' })

/** How Salesforce is tested: its small world, and what can go wrong in it. */
export const salesforceCase: ConformanceCase<typeof salesforce> = {
  job: salesforce,
  sync,
  check,
  without: { isExtractStart: 'there are no extracts' },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => ({
      externalId: `D-${index}`,
      credential: index === 1 ? 'own' : 'shared',
      timezone,
      settings: {
        ...(index === 1 ? {} : { client_field: 'Dealer_Id__c', client_value: `dealer ${index}` }),
        custom_fields: { Lead: ['Vehicle_Interest__c'] },
      },
    }))
    const keys = rsaOfSeed('conformance')
    const org = (credential: 'shared' | 'own', place: string) => ({
      place,
      name: credential,
      timezone: zones[credential === 'own' ? 1 : 0],
      apps: [credential === 'own' ? { ...apps.own, public_key: keys.publicKey } : apps.shared],
      books: held
        .filter((account) => account.credential === credential)
        .map(({ externalId }) => ({ externalId, dealerId: externalId.replace('D-', 'dealer '), ...size })),
      pageSize: 8,
    })
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      salesforce: {
        orgs: [org('shared', '5fSh'), org('own', '5fOw')],
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
      },
    })
    const vendor = sandbox.vendors.salesforce
    const instance_url = sandbox.baseUrl('salesforce')
    const appOf = (credential: string): string => (credential === 'own' ? apps.own : apps.shared).client_id
    const onPages = (name: string): void =>
      sandbox.faults.add({ kind: 'quirk', name, path: '/services/data/v67.0/', times: 1000 })
    return {
      sandbox,
      credentials: [
        { id: 'shared', secrets: { ...apps.shared, instance_url } },
        { id: 'own', secrets: { ...apps.own, private_key: keys.privateKey, instance_url } },
      ],
      accounts: held,
      truth: (externalId) => vendor.truth(externalId),
      revoke: (credential) => vendor.revoke(appOf(credential)),
      restore: (credential) => vendor.restore(appOf(credential)),
      expireTokens: () => vendor.expireTokens(),
      malformed: (externalId) => {
        vendor.addMalformedRow(externalId, 'Lead', { ConvertedDate: 'soon' })
        vendor.addMalformedRow(externalId, 'Account', { Id: 'no id' })
        vendor.addMalformedRow(externalId, 'Opportunity', { Amount: 'a lot' })
        return 3
      },
      duplicates: () => onPages('duplicates'),
      emptyPage: () => onPages('empty-page'),
      changeWhileRead: (externalId, page) => {
        const [kept = '', lost = ''] = [0, 1].map(() => vendor.addRow(externalId, 'Lead'))
        vendor.editRow(externalId, kept, { Status: `seen on page ${page}` })
        vendor.deleteRow(externalId, lost, kept)
        const [any] = vendor.truth(externalId)['salesforce_opportunities'] ?? []
        vendor.editRow(externalId, String(any?.['opportunity_id']), { StageName: `Negotiation ${page}` })
      },
      foreignHost: (_, url) => {
        onPages(`foreign-host ${url}`)
        return gotOver
      },
    }
  },
  faults: [
    ...ordinaryFaults('/queryAll'),
    quirk('session-expired', gotOver),
    quirk('session-expired', parksCredential, { times: 2 }),
    quirk('wrong-scope', parksCredential, { times: 2 }),
    quirk('pool-spent', partialUntilReset),
    quirk('too-many-at-once', gotOver),
    quirk('too-many-at-once', gotOverAfter('rate_limited'), { times: 2 }),
    quirk('api-disabled', parksAccount),
    quirk('insufficient-access', parksAccount),
    quirk('transaction-security', parksAccount),
    quirk('malformed-query', deadLetter('vendor_request')),
    quirk('not-found', parksAccount),
    quirk('version-retired', parksAccount),
    quirk('uri-too-long', parksAccount),
    quirk('headers-too-long', parksAccount),
    quirk('query-timeout', gotOver, { times: 3 }),
    quirk('invalid-locator', gotOver, { path: '/query/', times: 2 }),
    quirk('loop', deadLetter('paging_loop'), { path: '/query/' }),
    quirk('without-records', gotOver),
    quirk('without-records', deadLetter('vendor_response'), { times: 3 }),
    quirk('server-unavailable', gotOverAfter('vendor_unavailable'), { times: 3 }),
    {
      name: 'a page for browsers that lasts for an attempt',
      faults: [{ kind: 'html', path: '/queryAll', times: 3 }],
      expected: gotOverAfter('vendor_unavailable'),
    },
    ...[406, 420].map((status) => ({
      name: `status ${status}`,
      faults: [{ kind: 'status', status, path: '/queryAll' }] as const,
      expected: gotOver,
    })),
    noToken('user-not-approved'),
    noToken('audience-refused'),
    noToken('token-expired'),
    noToken('credentials-refused'),
    noToken('user-locked'),
    noToken('redirect-mismatch'),
    noToken('client-unknown'),
    noToken('secret-refused'),
    noToken('request-invalid'),
    noToken('user-inactive'),
    noToken('org-inactive'),
    noToken('too-many-logins', gotOverAfter('rate_limited')),
    noToken('changed-instance', parksAccount),
    {
      name: 'a login server that is down for an attempt',
      faults: [{ kind: 'status', status: 503, path: '/services/oauth2/token', times: 3 }],
      expected: gotOverAfter('vendor_unavailable'),
    },
    {
      name: 'a field that is hidden from the integration user',
      inject: ({ sandbox }, { externalId }) =>
        sandbox.vendors.salesforce.hide(externalId, 'Lead', 'Vehicle_Interest__c'),
      expected: parksAccount,
      mend: ({ sandbox }, { externalId }) =>
        sandbox.vendors.salesforce.show(externalId, 'Lead', 'Vehicle_Interest__c'),
    },
    {
      name: 'an object that is hidden from the integration user',
      inject: ({ sandbox }, { externalId }) => sandbox.vendors.salesforce.hide(externalId, 'CampaignMember'),
      expected: parksAccount,
      mend: ({ sandbox }, { externalId }) => sandbox.vendors.salesforce.show(externalId, 'CampaignMember'),
    },
    {
      name: 'a pool that others have nearly used up',
      inject: ({ sandbox }, { externalId }) => sandbox.vendors.salesforce.setUsedByOthers(externalId, 60_000),
      during: 'later',
      expected: partialUntilReset,
      mend: ({ sandbox }, { externalId }) => sandbox.vendors.salesforce.setUsedByOthers(externalId, 0),
    },
    {
      name: 'queries that time out beyond four days',
      inject: ({ sandbox }, { externalId }) => sandbox.vendors.salesforce.timeOutBeyond(externalId, days(4)),
      expected: gotOver,
    },
    {
      name: 'a row that was committed late, deleted and changed ones',
      during: 'later',
      inject: ({ sandbox: { vendors, clock } }, { externalId }) => {
        const vendor = vendors.salesforce
        const [late = '', merged = ''] = [1, 2].map((minute) =>
          vendor.addRow(externalId, 'Account', {}, clock.now().getTime() - hours(6) - minute * 60_000),
        )
        vendor.deleteRow(externalId, merged, late)
      },
      expected: gotOver,
    },
  ],
}
