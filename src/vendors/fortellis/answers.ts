import { z } from 'zod'

export const TokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.coerce.number().positive(),
})

/** An extract under way. Its links are not read: where its state and result are follows from its id. */
export const OperationAnswer = z.looseObject({
  // It becomes part of a path.
  operationId: z.string().regex(/^[\w-]{1,100}$/),
  status: z
    .string()
    .transform((status) => status.toLowerCase())
    .pipe(z.enum(['received', 'complete', 'error'])),
  checkStatusAfterSeconds: z.number().min(0).nullish(),
})

/** Small extracts may come at once. */
export const DirectAnswer = z.looseObject({ data: z.array(z.unknown()) })
