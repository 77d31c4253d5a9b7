import { InvalidArgumentError } from 'commander'

/** A whole number from 1 on, for an option. */
export function positive(given: string): number {
  const number = Number(given)
  if (/^\d+$/.test(given) && Number.isSafeInteger(number) && number > 0) return number
  throw new InvalidArgumentError('expected a whole number from 1 on')
}

/** An id of the ledger, for an argument: digits only. */
export function ledgerId(given: string): string {
  if (/^\d{1,18}$/.test(given)) return given
  throw new InvalidArgumentError('expected an id: digits, as the lists show it')
}

/** A port, for an option; 0 takes a free one. */
export function port(given: string): number {
  const number = Number(given)
  if (/^\d{1,5}$/.test(given) && number <= 65_535) return number
  throw new InvalidArgumentError('expected a port from 0 to 65535')
}
