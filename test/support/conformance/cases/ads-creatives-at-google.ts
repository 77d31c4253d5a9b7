import type { adsCreatives } from '../../../../jobs/ads-creatives/definition'
import type { GoogleVendor } from '../../../../sandbox/google/google-vendor'
import {
  type ConformanceCase,
  type ConformanceFault,
  deadLetter,
  type Expected,
  gotOver,
  gotOverAfter,
  ordinaryFaults,
  parksAccount,
  parksCredential,
  partialUntilReset,
} from '../case'
import { common, emptied, empty, open } from './ads-creatives-world'

const googleError = (name: string, quirk: string, expected: Expected, times = 1): ConformanceFault => ({
  name,
  faults: [{ kind: 'quirk', name: quirk, path: 'search', times }],
  expected,
})

/** How AdsCreatives is tested where the first account is Google’s. */
export const adsCreativesAtGoogle: ConformanceCase<typeof adsCreatives> = {
  ...common,
  without: {
    foreignHost: 'no answer of Google’s names an address',
    isExtractStart: 'there are no extracts',
  },
  open: async (options) =>
    open('google', options, ({ google }, _now) => {
      const customerOf = (externalId: string) => google.customer(externalId.replace('google:', ''))
      return {
        expireTokens: () => google.tokens.expire(),
        malformed: (externalId) => {
          const customer = customerOf(externalId)
          const own = { 'customer.id': customer.spec.id }
          customer.addOddity('ad_group_ad', { ...own, 'ad_group.id': '5', 'ad_group_ad.ad.name': 'No id' })
          customer.addOddity('asset', { 'customer.id': '1', 'asset.id': '6', 'asset.type': 'TEXT' })
          customer.addOddity('asset', {
            ...own,
            'asset.id': '7',
            'asset.type': 'IMAGE',
            'asset.image_asset.file_size': 'large',
          })
          customer.addOddity('ad_group_ad_asset_view', {
            ...own,
            'ad_group_ad_asset_view.ad_group_ad': `customers/${customer.spec.id}/adGroupAds/5~6`,
            'ad_group_ad_asset_view.asset': `customers/${customer.spec.id}/assets/7`,
            'ad_group_ad_asset_view.enabled': true,
          })
          return 4
        },
        duplicates: () => everywhere(google, 'duplicate-batches'),
        emptyPage: () => everywhere(google, 'empty-batches'),
        changeWhileRead: (externalId, page) => {
          const customer = customerOf(externalId)
          const groups = customer.campaigns.flatMap(({ adGroups }) => adGroups)
          const group = groups[page % groups.length]
          const id = `${group?.id}~${group?.ads[0]?.id}`
          customer.editFields('ad_group_ad', id, { 'ad_group_ad.ad.name': `Renamed ${page}` })
          if (page === 3) customer.editFields('ad_group_ad', id, { 'ad_group_ad.status': 'REMOVED' })
        },
      }

      function everywhere(vendor: GoogleVendor, name: string): void {
        const answer = vendor.answer.bind(vendor)
        vendor.answer = (request) => answer({ ...request, quirk: request.quirk ?? name })
      }
    }),
  faults: [
    ...ordinaryFaults('searchStream').map((fault) =>
      // What lasts for an attempt elsewhere makes us read page by page here.
      fault.name === 'a server error that lasts for an attempt' ? { ...fault, expected: gotOver } : fault,
    ),
    googleError('a token that is too old', 'token-expired', gotOver),
    googleError('tokens that stay refused', 'token-expired', parksCredential, 2),
    {
      name: 'a sign-in that is revoked',
      faults: [{ kind: 'quirk', name: 'invalid-grant', path: 'token' }],
      expected: parksCredential,
    },
    googleError('a customer that is closed', 'not-enabled', parksAccount),
    googleError('a customer that is not ours', 'permission-denied', parksAccount),
    googleError('a field that Google does not know', 'unrecognized-field', deadLetter('vendor_request')),
    googleError('the developer token’s quota', 'developer-quota', gotOverAfter('rate_limited')),
    googleError('the account’s quota', 'account-quota', gotOverAfter('rate_limited')),
    googleError('queries that are too expensive for today', 'long-term-cost', partialUntilReset),
    googleError('an internal error', 'internal-error', gotOver),
    googleError(
      'an internal error in every way of asking',
      'internal-error',
      gotOverAfter('vendor_unavailable'),
      6,
    ),
    googleError('a passing error', 'transient-error', gotOver, 2),
    googleError('an error inside a stream', 'error-in-stream', gotOver),
    empty(emptied('google', ({ body }) => body.includes('FROM ad_group_ad WHERE'), [])),
    {
      name: 'a page token that is too old',
      faults: [
        { kind: 'quirk', name: 'error-in-stream', path: 'searchStream' },
        { kind: 'quirk', name: 'expired-page-token', path: ':search', skip: 2 },
      ],
      expected: gotOver,
    },
    {
      name: 'a listing of ads that breaks off for good',
      faults: [{ kind: 'quirk', name: 'unrecognized-field', path: 'searchStream', skip: 2 }],
      during: 'later',
      expected: deadLetter('vendor_request'),
    },
  ],
}
