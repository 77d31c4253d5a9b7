/** A request that is answered with a refusal. The message is for the person who sent it. */
export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly status: number

  constructor(status: 400 | 401 | 403 | 404 | 415 | 429, message: string) {
    super(message)
    this.status = status
  }
}
