import { dealertrendCase } from '../support/conformance/cases/dealertrend'
import { conforms } from './conforms'

conforms(dealertrendCase)
