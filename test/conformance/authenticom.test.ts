import { authenticomCase } from '../support/conformance/cases/authenticom'
import { conforms } from './conforms'

conforms(authenticomCase)
