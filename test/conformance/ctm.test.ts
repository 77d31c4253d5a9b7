import { ctmCase } from '../support/conformance/cases/ctm'
import { conforms } from './conforms'

conforms(ctmCase)
