/** Durations are plain milliseconds everywhere; these build them. */
export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => seconds(count * 60)
export const hours = (count: number): number => minutes(count * 60)
export const days = (count: number): number => hours(count * 24)

/** A duration for people, in its two largest units: `4 h 10 min`, `12 s`, `340 ms`. */
export function inWords(milliseconds: number): string {
  if (milliseconds < seconds(1)) return `${Math.round(milliseconds)} ms`
  const units = [
    ['d', days(1)],
    ['h', hours(1)],
    ['min', minutes(1)],
    ['s', seconds(1)],
  ] as const
  let rest = milliseconds
  const parts: string[] = []
  for (const [name, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count} ${name}`)
  }
  return parts.slice(0, 2).join(' ')
}
