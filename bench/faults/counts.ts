/** How often, by what. */
export type Counts = Readonly<Record<string, number>>

/** Both, name by name. */
export function addUp(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one }
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

/** All of them. */
export const sumOf = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Those that are not none, for people: `3 rows missing, 1 dead letters`; `0` where there is nothing to tell. */
export function countsInWords(counts: Counts): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0)
  return told.length === 0 ? '0' : told.map(([name, count]) => `${count} ${name}`).join(', ')
}
