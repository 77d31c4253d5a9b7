import { cdkCase } from '../support/conformance/cases/cdk'
import { conforms } from './conforms'

conforms(cdkCase)
