import { metaAdsCase } from '../support/conformance/cases/meta-ads'
import { conforms } from './conforms'

conforms(metaAdsCase)
