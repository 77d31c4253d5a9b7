import type { adsCreatives } from '../../../../jobs/ads-creatives/definition'
import { hours } from '../../../../src/lib/durations'
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
} from '../case'
import { common, emptied, empty, open } from './ads-creatives-world'

const metaError = (name: string, expected: Expected, times = 1): ConformanceFault => ({
  name: `error ${name}`,
  faults: [{ kind: 'quirk', name: `error ${name}`, path: '/adcreatives', times }],
  expected,
})

/** How AdsCreatives is tested where the first account is Meta’s. */
export const adsCreativesAtMeta: ConformanceCase<typeof adsCreatives> = {
  ...common,
  without: {
    expireTokens: 'a system user’s token is made by a person and does not expire',
    isExtractStart: 'there are no extracts',
  },
  open: async (options) =>
    open('meta', options, ({ meta }, now) => {
      const accountOf = (externalId: string) => meta.account(externalId.replace('meta:', ''))
      return {
        malformed: (externalId) => {
          const account = accountOf(externalId)
          const account_id = String(account.spec.id)
          account.addOddity('ads', { id: '5', account_id: '1', name: 'Of another account' })
          account.addOddity('ads', { account_id, name: 'Without an id' })
          account.addOddity('ads', { id: '6', account_id, created_time: 'some day' })
          account.addOddity('adcreatives', { id: '7', account_id, asset_feed_spec: { titles: 'none' } })
          return 4
        },
        duplicates: (externalId) => {
          accountOf(externalId).repeats = true
        },
        emptyPage: (externalId) => {
          accountOf(externalId).emptyPages = 3
        },
        changeWhileRead: (externalId, page) => {
          const account = accountOf(externalId)
          const [ad] = account.ads(now().getTime()).slice(page)
          if (page % 2 === 0) account.addAd(now().getTime() - hours(2))
          if (ad) account.edit(ad.id, { name: `Renamed ${page}` })
          if (ad && page === 5) account.edit(ad.id, { effective_status: 'ARCHIVED' })
        },
        foreignHost: (_, url) => {
          meta.linkHost = url
          return gotOver
        },
      }
    }),
  faults: [
    ...ordinaryFaults('/adcreatives'),
    metaError('4', gotOverAfter('rate_limited')),
    metaError('17', gotOverAfter('rate_limited')),
    metaError('613', gotOverAfter('rate_limited')),
    metaError('80004 12min', gotOverAfter('rate_limited')),
    metaError('80004 45min', { settles: 'deferred', code: 'rate_limited' }),
    metaError('1 status500', gotOver),
    metaError('2', gotOverAfter('vendor_unavailable'), 3),
    metaError('100 transient', gotOver),
    metaError('190/463', parksCredential),
    metaError('102', parksCredential),
    metaError('10', parksAccount),
    metaError('200', parksAccount),
    metaError('100/33', parksAccount),
    metaError('100', deadLetter('vendor_request')),
    {
      name: 'a limit in the middle of the creatives, after which it goes on with the next page',
      faults: [{ kind: 'quirk', name: 'error 80004 12min', path: 'adcreatives?', skip: 7 }],
      expected: gotOverAfter('rate_limited'),
    },
    {
      name: 'a listing of ads that breaks off for good',
      faults: [{ kind: 'quirk', name: 'error 100', path: '/ads?', skip: 5 }],
      during: 'later',
      expected: deadLetter('vendor_request'),
    },
    {
      name: 'a listing of ads that breaks off for a long time',
      faults: [{ kind: 'quirk', name: 'error 80004 45min', path: '/ads?', skip: 5 }],
      during: 'later',
      expected: { settles: 'deferred', code: 'rate_limited' },
    },
    {
      name: 'a cursor that expires',
      faults: [{ kind: 'quirk', name: 'error 2642', path: 'after=', skip: 1 }],
      expected: gotOver,
    },
    {
      name: 'a cursor that was given moments ago, again and again',
      faults: [{ kind: 'quirk', name: 'error 2642', path: 'after=', times: 2 }],
      expected: gotOver,
    },
    {
      name: 'a page that leads back',
      faults: [{ kind: 'quirk', name: 'loop', path: 'after=' }],
      expected: deadLetter('paging_loop'),
    },
    {
      name: 'a creative that no page can hold',
      inject: ({ sandbox }, { externalId }) => {
        const account = sandbox.vendors.meta.account(externalId.replace('meta:', ''))
        const link = [...sandbox.vendors.meta.truth(externalId)['ads_creatives_creatives']!].find(
          (row) => row['text_place'] === 'link_data',
        )
        account.edit(String(link?.['creative_id']), { heavy: true })
      },
      expected: gotOver,
    },
    empty(emptied('meta', ({ path }) => path.endsWith('/ads'), { data: [] })),
    {
      name: 'a limit that is nearly reached',
      faults: [{ kind: 'quirk', name: 'usage 100', path: '/adcreatives', skip: 5 }],
      expected: gotOverAfter('rate_limited'),
    },
  ],
}
