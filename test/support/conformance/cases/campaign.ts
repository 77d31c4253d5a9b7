import { check } from '../../../../jobs/campaign/check'
import { campaign } from '../../../../jobs/campaign/definition'
import { sync } from '../../../../jobs/campaign/sync'
import {
  type ConformanceCase,
  deadLetter,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
  partialUntilReset,
} from '../case'
import { idOf, open, quirk, unlisting } from './campaign-world'

/** How Campaign is tested where the first account is Google’s. */
export const campaignOnGoogle: ConformanceCase<typeof campaign> = {
  job: campaign,
  sync,
  check,
  // No personal data is in the lists; the access tokens are what must not stay anywhere.
  canaries: [/ya29\.[\w-]{20,}/],
  without: {
    foreignHost: 'no answer of Google’s names an address',
    isExtractStart: 'there are no extracts',
  },
  open: async (options) => {
    const world = await open('google', options)
    const { google: vendor } = world.sandbox.vendors
    const everywhere = (name: string): void =>
      world.sandbox.faults.add({ kind: 'quirk', name, path: 'searchStream', times: 1000 })
    return {
      ...world,
      expireTokens: () => vendor.tokens.expire(),
      malformed: (externalId) => {
        const customer = vendor.customer(idOf(externalId))
        const row = { 'customer.id': customer.spec.id, 'campaign.id': '5', 'campaign.status': 'ENABLED' }
        const rows = [
          { ...row, 'campaign_budget.amount_micros': 'much' },
          { ...row, 'campaign.id': '6', 'campaign.start_date_time': 'soon' },
          { ...row, 'campaign.id': undefined },
          { ...row, 'customer.id': '1' },
        ]
        for (const odd of rows) customer.addOddity('campaign', odd)
        return rows.length
      },
      duplicates: () => everywhere('duplicate-batches'),
      emptyPage: () => everywhere('empty-batches'),
      changeWhileRead: (externalId, page) => {
        const customer = vendor.customer(idOf(externalId))
        const [first, second, , third] = customer.campaigns.map(({ id }) => id)
        customer.editFields('campaign', first ?? '', { 'campaign.name': `Renamed on page ${page}` })
        if (page === 1) customer.editFields('campaign', second ?? '', { 'campaign.status': 'REMOVED' })
        if (page === 2) customer.unlisted.add(third ?? '')
      },
    }
  },
  faults: [
    ...ordinaryFaults('searchStream'),
    {
      name: 'a token endpoint that is down',
      faults: [{ kind: 'status', status: 503, path: 'token', times: 3 }],
      expected: gotOverAfter('vendor_unavailable'),
    },
    {
      name: 'a sign-in that is revoked',
      faults: [{ kind: 'quirk', name: 'invalid-grant', path: 'token' }],
      expected: parksCredential,
    },
    quirk('search', 'token-expired', gotOver),
    quirk('search', 'token-expired', parksCredential, { times: 2 }),
    quirk('search', 'developer-token-not-approved', parksCredential),
    quirk('search', 'customer-not-found', parksAccount, { times: 2 }),
    quirk('search', 'not-enabled', parksAccount),
    quirk('search', 'permission-denied', parksAccount),
    quirk('search', 'unrecognized-field', deadLetter('vendor_request')),
    quirk('search', 'unsupported-version', deadLetter('vendor_request')),
    quirk('search', 'developer-quota', gotOverAfter('rate_limited')),
    quirk('search', 'account-quota', gotOverAfter('rate_limited')),
    quirk('search', 'long-term-cost', partialUntilReset),
    quirk('search', 'internal-error', gotOver),
    quirk('search', 'deadline-exceeded', gotOverAfter('vendor_unavailable'), { times: 3 }),
    quirk('search', 'transient-error', gotOver, { times: 2 }),
    quirk('search', 'concurrent-modification', gotOver),
    quirk('search', 'error-in-stream', gotOverAfter('vendor_unavailable')),
    unlisting('google', 'an answer without the campaigns that there were', 1),
    unlisting('google', 'an answer without half of the campaigns', 0.5),
  ],
}

/** How Campaign is tested where the first account is Meta’s. */
export const campaignOnMeta: ConformanceCase<typeof campaign> = {
  job: campaign,
  sync,
  check,
  // The vendor's links hold the token.
  canaries: [/access_token=/],
  without: {
    expireTokens: 'a system user’s token is made by a person and does not expire',
    isExtractStart: 'there are no extracts',
  },
  open: async (options) => {
    const world = await open('meta', options)
    const { meta: vendor } = world.sandbox.vendors
    const accountOf = (externalId: string) => vendor.account(idOf(externalId))
    return {
      ...world,
      malformed: (externalId) => {
        const row = { account_id: idOf(externalId), id: '5', status: 'ACTIVE', effective_status: 'ACTIVE' }
        const rows = [
          { ...row, daily_budget: 'much' },
          { ...row, id: '6', daily_budget: '100', start_time: 'soon' },
          { ...row, id: undefined, daily_budget: '100' },
          { ...row, account_id: '1', daily_budget: '100' },
        ]
        for (const odd of rows) accountOf(externalId).addOddity('campaigns', odd)
        return rows.length
      },
      duplicates: (externalId) => {
        accountOf(externalId).repeats = true
      },
      emptyPage: (externalId) => {
        accountOf(externalId).emptyPages = 2
      },
      changeWhileRead: (externalId, page) => {
        const account = accountOf(externalId)
        const [first, second, , third] = account.campaigns().map(({ id }) => id)
        account.edit(first ?? '', { name: `Renamed on page ${page}` })
        if (page === 1) account.edit(second ?? '', { status: 'DELETED' })
        if (page === 2) account.unlisted.add(third ?? '')
      },
      foreignHost: (_, url) => {
        vendor.linkHost = url
        return gotOver
      },
    }
  },
  faults: [
    ...ordinaryFaults('/campaigns'),
    quirk('/campaigns', 'error 4', gotOverAfter('rate_limited')),
    quirk('/campaigns', 'error 17', gotOverAfter('rate_limited')),
    quirk('/campaigns', 'error 613/1487742', gotOverAfter('rate_limited')),
    quirk('/campaigns', 'error 80004 12min', gotOverAfter('rate_limited')),
    quirk('/campaigns', 'error 1/99', gotOver),
    quirk('/adsets', 'error 2', gotOverAfter('vendor_unavailable'), { times: 3 }),
    quirk('/campaigns', 'error 100 transient', gotOver),
    quirk('/campaigns', 'error 190', parksCredential),
    quirk('/campaigns', 'error 102', parksCredential),
    quirk('/campaigns', 'error 10', parksAccount),
    quirk('/adsets', 'error 200', parksAccount),
    quirk('/campaigns', 'error 100/33', parksAccount),
    quirk('/campaigns', 'error 368', parksAccount),
    quirk('/campaigns', 'error 2635', parksAccount),
    quirk('/campaigns', 'error 100', deadLetter('vendor_request')),
    quirk('/campaigns', 'error 2500', deadLetter('vendor_request')),
    quirk('/campaigns', 'error 3018', deadLetter('vendor_request')),
    quirk('after=', 'error 2642', gotOver),
    quirk('after=', 'error 2', gotOverAfter('vendor_unavailable'), { times: 3, skip: 1 }),
    quirk('campaigns?', 'loop', deadLetter('paging_loop'), { skip: 4 }),
    unlisting('meta', 'an answer without the campaigns that there were', 1),
    unlisting('meta', 'an answer without half of the campaigns', 0.5),
  ],
}
