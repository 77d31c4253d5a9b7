import { googleAdsCase } from '../support/conformance/cases/google-ads'
import { conforms } from './conforms'

conforms(googleAdsCase)
