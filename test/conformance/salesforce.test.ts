import { salesforceCase } from '../support/conformance/cases/salesforce'
import { conforms } from './conforms'

conforms(salesforceCase)
