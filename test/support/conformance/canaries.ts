import { everythingInPostgres, everythingInRedis } from '../everything'
import { testRedis } from '../redis'
import type { JobEngine } from './job-engine'

/** What every simulated vendor puts into the fields that a sync must drop, and into those that it must hash. */
export const contractCanaries: readonly RegExp[] = [
  /CANARY/i,
  /canary\.\w+@mail\.example/i,
  /312\D{0,3}555\D?01\d\d/,
]

/** Everything that has been kept or told of what vendors answered, by place. */
export async function everyPlace(engine: JobEngine): Promise<Map<string, string>> {
  const places = await everythingInPostgres(engine.database)
  const { url } = testRedis()
  for (const [key, content] of await everythingInRedis(url, engine.queues.prefix)) places.set(key, content)
  places.set('the log', engine.log.lines.join('\n'))
  return places
}

/** Where canaries are, with the words about the first one of each place. */
export function sightings(
  places: ReadonlyMap<string, string>,
  canaries: readonly (string | RegExp)[],
): string[] {
  const seen: string[] = []
  for (const [place, content] of places) {
    for (const canary of canaries) {
      const at = typeof canary === 'string' ? content.indexOf(canary) : content.search(canary)
      if (at >= 0)
        seen.push(`${place}: ${String(canary)} in …${content.slice(Math.max(0, at - 60), at + 60)}…`)
    }
  }
  return seen
}

/** The texts in a credential's secrets that are long enough to be secret. */
export function secretTexts(secrets: unknown): string[] {
  if (typeof secrets === 'string') return secrets.length >= 8 ? [secrets] : []
  if (typeof secrets !== 'object' || secrets === null) return []
  return Object.entries(secrets).flatMap(([name, value]) =>
    // Names of hosts, logins and ids may well be told.
    /url|host|login|scope|flow|type|kind|user|_id$|^id$/i.test(name) ? [] : secretTexts(value),
  )
}
