import type { ActRefusal } from '../runs/control/act-refused'

/** A request that is answered with a refusal. The message is for the person who sent it. */
export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly status: number
  /** What the audit log says of it, where that is more than the person is told. */
  readonly details: string | undefined

  constructor(
    status: 400 | 401 | 403 | 404 | 405 | 409 | 415 | 422 | 429,
    message: string,
    details?: string,
  ) {
    super(message)
    this.status = status
    this.details = details
  }
}

/** The status of an act that was refused. */
export const refusalStatuses: Readonly<Record<ActRefusal, 404 | 409 | 422>> = {
  'not-found': 404,
  conflict: 409,
  invalid: 422,
}
