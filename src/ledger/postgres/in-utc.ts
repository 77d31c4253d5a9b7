/** SQL that writes an instant for people, to the second: `2026-11-22 03:40:05 UTC`. */
export const inUtc = (expression: string): string =>
  `to_char((${expression}) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')`
