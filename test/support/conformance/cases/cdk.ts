import { check } from '../../../../jobs/cdk/check'
import { cdk } from '../../../../jobs/cdk/definition'
import { sync } from '../../../../jobs/cdk/sync'
import { startSandbox } from '../../../../sandbox'
import { uuidOf } from '../../../../sandbox/fortellis/operations'
import { hours } from '../../../../src/lib/durations'
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

const app = { api_key: 'conforming-app-key', api_secret: 'conforming-app-secret' } as const
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const

/** One of the sandbox's quirks, by default where the first extracts of sales are asked for. */
const quirk = (
  name: string,
  expected: Expected,
  { times = 1, path = '/cdk/drive/fisales' } = {},
): ConformanceFault => ({
  name: `${name}${times > 1 ? `, ${times} times` : ''}${path === '/cdk/drive/fisales' ? '' : ` at ${path}`}`,
  faults: [{ kind: 'quirk', name, times, path }],
  expected,
})

/** How CDK is tested: its small world, and what can go wrong in it. */
export const cdkCase: ConformanceCase<typeof cdk> = {
  job: cdk,
  sync,
  check,
  canaries: [Buffer.from(`${app.api_key}:${app.api_secret}`).toString('base64')],
  without: { emptyPage: 'a result is one body without pages, and many of them are empty anyway' },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const departments = { finance: ['FI-1'], service: ['SV-1'] }
    const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => ({
      externalId: uuidOf(`conformance ${index}`),
      credential: 'app',
      timezone,
      settings: { departments },
    }))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      fortellis: {
        accounts: held.map(({ externalId }) => ({
          subscription_id: externalId,
          name: 'Conforming Motors',
          departments,
          history: 24,
          every: hours(5),
          step: hours(2),
          prepareMs: 500,
          checkAfterSeconds: 1,
        })),
        apps: [app],
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
      },
    })
    const vendor = sandbox.vendors.fortellis
    return {
      sandbox,
      credentials: [{ id: 'app', secrets: app }],
      accounts: held,
      truth: (externalId) => vendor.truth(externalId),
      revoke: () => vendor.tokens.revoke(app.api_key),
      restore: () => vendor.tokens.restore(app.api_key),
      expireTokens: () => vendor.tokens.expireAll(vendor.now),
      malformed: (externalId) => vendor.addMalformed(externalId),
      duplicates: (externalId) => void (vendor.account(externalId).isDoubled = true),
      changeWhileRead: (externalId, page) => {
        const account = vendor.account(externalId)
        const index = account.add('sales', 'FI-1', vendor.now, 1 + (page % 3))
        account.change('sales', 'FI-1', index, { backGross: 100 * page }, vendor.now)
        account.add('repair_orders', 'SV-1', vendor.now, 1 + (page % 3))
        account.add('appointments', 'SV-1', vendor.now)
        const customer = account.add('customers', 'SV-1', vendor.now)
        if (page % 2 === 0) account.happen('customers', 'SV-1', customer, 2, vendor.now)
        account.happen('customers', 'FI-1', page % 20, 2, vendor.now)
      },
      foreignHost: (_, url) => {
        vendor.nameForeignHost(url)
        return gotOver
      },
      isExtractStart: ({ path }) => path.startsWith('/api/cdk/') && !path.includes('/long-operations/'),
    }
  },
  faults: [
    ...ordinaryFaults('/api/cdk'),
    quirk('no-token', parksCredential, { path: '/identity/token' }),
    quirk('TOKEN-EXPIRED', gotOver),
    ...[
      'TOKEN-EXPIRED',
      'INVALID-TOKEN',
      'MISSING-AUTHORIZATION',
      'TOKEN-ISSUER-MISMATCH',
      'TOKEN-AUDIENCE-MISMATCH',
    ].map((code) => quirk(code, parksCredential, { times: 2 })),
    ...['UNAUTHORIZED-API-ACCESS', 'API-DOES-NOT-EXIST'].map((code) => quirk(code, parksCredential)),
    ...[
      'MISSING-SUBSCRIPTION-ID',
      'SUBSCRIPTION-MISMATCH',
      'API-SUBSCRIPTION-INACTIVE',
      'SUBSCRIBER-CONFIGURATION-PENDING',
    ].map((code) => quirk(code, parksAccount)),
    quirk('API-CONFIGURATION-ERROR', { settles: 'deferred', code: 'not_ready' }),
    quirk('QUOTA-EXCEEDED', partialUntilReset),
    ...['ROUTING-ERROR', 'PROCESSING-ERROR', 'TARGET-SYSTEM-UNREACHABLE', 'TARGET-SYSTEM-TIMED-OUT'].flatMap(
      (code) => [quirk(code, gotOver), quirk(code, gotOverAfter('vendor_unavailable'), { times: 3 })],
    ),
    quirk('TARGET-RESPONSE', deadLetter('vendor_request')),
    quirk('PAYLOAD-TOO-BIG', gotOver, { path: '/fisalessetup' }),
    {
      name: 'a plain refusal of the request',
      faults: [
        { kind: 'status', status: 400, body: { message: 'bad department' }, path: '/serviceappointment' },
      ],
      expected: deadLetter('vendor_request'),
    },
    quirk('lost', gotOver, { path: '/status' }),
    quirk('lost', gotOver, { path: '/result' }),
    quirk('operation-error', gotOver),
    quirk('operation-error', gotOver, { times: 2 }),
    quirk('operation-error', deadLetter('vendor_response'), {
      times: 2,
      path: '/serviceappointment/v1/bulk',
    }),
    quirk('never-ready', gotOver, { path: '/fisalessetup' }),
    quirk('at-once', gotOver),
  ],
}
