import type { FleetAccount } from '../../test/support/fleet'

const timezones = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'Pacific/Honolulu',
  'UTC',
]

/** Accounts whose first load takes some twenty seconds, and that live on meanwhile. */
export const accounts: readonly FleetAccount[] = Array.from({ length: 8 }, (_, index) => ({
  id: index + 1,
  timezone: timezones[index % timezones.length] ?? 'UTC',
  history: 2400 + 200 * index,
  every: 700 + 150 * index,
}))
