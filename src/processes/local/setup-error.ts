/** Something on this machine keeps the fleet from running. The message says what, and what a person can do. */
export class SetupError extends Error {
  override name = 'SetupError'
  readonly code = 'setup'
}
