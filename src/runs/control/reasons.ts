import { ActRefusedError } from './act-refused'

const longest = 500

/** Why somebody acts, without the spaces around it. Throws an `ActRefusedError` where nothing is said, or far too much. */
export function expectReason(given: string): string {
  const reason = givenReason(given)
  if (reason === undefined) throw new ActRefusedError('invalid', 'say why: this needs a reason')
  return reason
}

/** The same where none need be given: undefined where none was. */
export function givenReason(given: string | undefined): string | undefined {
  const reason = given?.trim() ?? ''
  if (reason.length > longest)
    throw new ActRefusedError(
      'invalid',
      `the reason has ${reason.length} characters; ${longest} are the most`,
    )
  return reason === '' ? undefined : reason
}
