import { campaignOnGoogle, campaignOnMeta } from '../support/conformance/cases/campaign'
import { conforms } from './conforms'

describe('on Google', () => {
  conforms(campaignOnGoogle)
})

describe('on Meta', () => {
  conforms(campaignOnMeta)
})
