import { adsCreativesAtGoogle } from '../support/conformance/cases/ads-creatives-at-google'
import { adsCreativesAtMeta } from '../support/conformance/cases/ads-creatives-at-meta'
import { conforms } from './conforms'

describe('at Meta', () => {
  conforms(adsCreativesAtMeta)
})

describe('at Google', () => {
  conforms(adsCreativesAtGoogle)
})
