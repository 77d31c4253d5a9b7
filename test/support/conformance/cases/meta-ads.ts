import { check } from '../../../../jobs/meta-ads/check'
import { metaAds } from '../../../../jobs/meta-ads/definition'
import { sync } from '../../../../jobs/meta-ads/sync'
import { startSandbox } from '../../../../sandbox'
import { days, hours, minutes } from '../../../../src/lib/durations'
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
} from '../case'

const secrets = { access_token: 'EAAB-the-systems-token', app_secret: 'the-apps-own-secret', app_id: '88150' }
const zones = ['America/New_York', 'America/Los_Angeles', 'America/Chicago', 'America/Phoenix'] as const
/** A slice of the first load is too large for calls altogether, so many of these come before its report is asked for. */
const refusedCalls = 8

const error = (name: string, expected: Expected, times = 1): ConformanceFault => ({
  name: `error ${name}`,
  faults: [{ kind: 'quirk', name: `error ${name}`, path: '/insights', times }],
  expected,
})

const report = (name: string): ConformanceFault => ({
  name: `a ${name}`,
  faults: [{ kind: 'quirk', name, path: '/insights?', skip: refusedCalls }],
  expected: gotOver,
})

const deferred: Expected = { settles: 'deferred', code: 'rate_limited' }
const refused = deadLetter('vendor_request')

/** How MetaAds is tested: its small world, and what can go wrong in it. */
export const metaAdsCase: ConformanceCase<typeof metaAds> = {
  job: metaAds,
  sync,
  check,
  // The vendor's links hold the token.
  canaries: [/access_token=/],
  without: { expireTokens: 'a system user’s token is made by a person and does not expire' },
  open: async ({ now, epoch, accounts, limits }): Promise<ConformanceWorld> => {
    const held = zones.slice(0, Math.max(2, accounts)).map((timezone, index) => ({
      externalId: String(300_400_501 + index),
      credential: 'agency',
      timezone,
      settings: { first_load_months: 2 },
    }))
    const sandbox = await startSandbox({
      port: 0,
      now,
      epoch,
      meta: {
        accounts: held.map(({ externalId, timezone }, index) => ({
          id: Number(externalId),
          name: `Account ${externalId}`,
          timezone,
          ads: 3,
          history: days(50),
          newAdEvery: hours(30),
          // Waiting for a report moves the clock, and must not change the figures that were read before.
          changesEvery: hours(1),
          largestPage: index === 0 ? 20 : 1000,
          longestCall: index === 0 ? 0 : 20,
        })),
        tokens: [{ ...secrets, wants_proof: true }],
        ...(limits === 'none' ? { limits: { perSecond: 100_000, inFlight: 1000 } } : {}),
      },
    })
    const vendor = sandbox.vendors.meta
    const dayBefore = (externalId: string, count: number): string =>
      vendor.account(externalId).dayOf(now().getTime() - days(count))
    const anAdOf = (externalId: string, day: string): string => {
      const [row] = vendor.account(externalId).adDays({ from: day, to: day }, now().getTime())
      return String(row?.['ad_id'])
    }

    return {
      sandbox,
      credentials: [{ id: 'agency', secrets }],
      accounts: held,
      truth: (externalId) =>
        Object.fromEntries(
          Object.entries(vendor.truth(externalId)).filter(([table]) => table.startsWith('meta_ads_')),
        ),
      revoke: () => vendor.revoke(secrets.access_token),
      restore: () => vendor.restore(secrets.access_token),
      malformed: (externalId) => {
        const day = dayBefore(externalId, 2)
        const good = { account_id: externalId, ad_id: '1', date_start: day, date_stop: day, spend: '1.00' }
        const rows = [
          { ...good, spend: 'a lot' },
          { ...good, ad_id: undefined },
          { ...good, account_id: '1' },
        ]
        for (const row of rows) vendor.account(externalId).addMalformed(row)
        return rows.length
      },
      duplicates: (externalId) => {
        vendor.account(externalId).repeats = true
      },
      emptyPage: (externalId) => {
        vendor.account(externalId).emptyPages = 2
      },
      changeWhileRead: (externalId, page) => {
        const account = vendor.account(externalId)
        account.addAd(now().getTime() - hours(2))
        const [changed, taken] = [dayBefore(externalId, 3 + page), dayBefore(externalId, 5)]
        account.restate(anAdOf(externalId, changed), changed, { spend: `${page}.25` })
        account.restate(anAdOf(externalId, taken), taken, null)
      },
      foreignHost: (_, url) => {
        vendor.linkHost = url
        return gotOver
      },
      isExtractStart: ({ method, path }) => method === 'POST' && path.endsWith('/insights'),
    }
  },
  faults: [
    ...ordinaryFaults('/insights'),
    error('4', gotOverAfter('rate_limited')),
    error('4/1504022', gotOverAfter('rate_limited')),
    error('17', gotOverAfter('rate_limited')),
    error('613/1487742', gotOverAfter('rate_limited')),
    error('80000 12min', gotOverAfter('rate_limited')),
    error('80000 45min', deferred),
    error('80004 transient', gotOverAfter('rate_limited')),
    error('1/99', gotOver),
    error('1/99 status500', gotOver),
    error('2', gotOverAfter('vendor_unavailable'), 3),
    error('-2/2490547', gotOver),
    error('341', gotOver),
    error('100 transient', gotOver),
    error('100/1487534', gotOver),
    error('2/1504038', gotOver),
    error('190', parksCredential),
    error('190/463', parksCredential),
    error('190/460', parksCredential),
    error('102', parksCredential),
    error('10', parksAccount),
    error('200', parksAccount),
    error('100/33', parksAccount),
    error('368', parksAccount),
    error('2635', parksAccount),
    error('100', refused),
    error('2500', refused),
    error('2/1504041', refused),
    error('3001', refused),
    error('3018', refused),
    {
      name: 'a cursor that expires while a report is read',
      faults: [{ kind: 'quirk', name: 'error 2642', path: 'after=' }],
      expected: gotOver,
    },
    {
      name: 'a page that leads back',
      // The first days fill two pages, and the second of them is the last.
      faults: [{ kind: 'quirk', name: 'loop', path: 'after=', skip: 1 }],
      expected: deadLetter('paging_loop'),
    },
    {
      name: 'a limit that is nearly reached',
      faults: [{ kind: 'quirk', name: 'usage 96', path: '/insights', times: 3 }],
      expected: gotOverAfter('rate_limited'),
    },
    {
      name: 'a limit that is nearly reached while days are read again',
      faults: [{ kind: 'quirk', name: 'usage 100', path: 'after=' }],
      during: 'later',
      expected: gotOverAfter('rate_limited'),
    },
    {
      name: 'a version that is ageing',
      faults: [{ kind: 'quirk', name: 'ageing', path: '/insights' }],
      expected: gotOver,
    },
    report('report failed'),
    report('report skipped'),
    report('report stuck'),
    report('report late'),
    {
      name: 'a report that fails, and fails again',
      faults: [{ kind: 'quirk', name: 'report failed', path: '/insights?', skip: refusedCalls, times: 2 }],
      expected: gotOver,
    },
    {
      name: 'an empty page in the middle of a report',
      faults: [{ kind: 'quirk', name: 'empty-page', path: 'after=' }],
      expected: gotOver,
    },
  ],
  steps: [minutes(80), hours(9), days(1), days(1), hours(20), days(1)],
}
