import cronstrue from 'cronstrue'

/** A cron pattern for people, on a 24-hour clock: `At 05:15, Monday through Friday`. The pattern itself where it defies words. */
export function cronInWords(pattern: string): string {
  try {
    return cronstrue.toString(pattern, { use24HourTimeFormat: true, verbose: false })
  } catch {
    return pattern
  }
}
