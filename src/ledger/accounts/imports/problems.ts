import type { z } from 'zod'
import { type FieldProblem, fieldProblems } from '../../../lib/field-problems'

/** What is wrong with a row, field by field. What stands under `secrets` is never quoted. */
export const problemsOf = (error: z.ZodError, schema: z.ZodType, given: unknown): string =>
  fieldProblems(error, schema, given).map(inWords).join('; ')

const inWords = ({ field, expected, given }: FieldProblem): string =>
  `${field && `${field}: `}${expected}${given === undefined ? '' : `, got ${given}`}`
