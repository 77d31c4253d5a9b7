import { createHash } from 'node:crypto'

/** How many places there are in a spread: few enough for their product with a day's milliseconds to be exact. */
const places = 2 ** 24

/**
 * The milliseconds, from none to almost `spread`, that an account starts after its run: by a hash of its id, so they are the same
 * in every run, and the accounts are evenly spread whatever their ids. With another spread it keeps its place in proportion.
 */
export function spreadOffset(accountId: string, spread: number): number {
  const hash = createHash('md5').update(accountId).digest().readUIntBE(0, 3)
  return Math.floor((hash * spread) / places)
}

/** The same in Postgres, of an expression that is an account's id as text and one that is a spread in milliseconds. */
export const spreadOffsetSql = (accountId: string, spread: string): string =>
  `floor(('x' || left(md5(${accountId}), 6))::bit(24)::int * ${spread}::float8 / ${places})`
