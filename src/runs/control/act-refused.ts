/** What an act came to that was not done: there is no such thing, its state is against it, or what was asked makes no sense. */
export type ActRefusal = 'not-found' | 'conflict' | 'invalid'

/** Somebody asked for what cannot be done. The message says why and what to do instead. */
export class ActRefusedError extends Error {
  override name = 'ActRefusedError'
  readonly code: string = 'act_refused'
  readonly refusal: ActRefusal

  constructor(refusal: ActRefusal, message: string, options?: ErrorOptions) {
    super(message, options)
    this.refusal = refusal
  }
}
