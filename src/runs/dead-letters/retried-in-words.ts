import { inWords } from '../../lib/durations'
import type { Retried } from './dead-letters'

/** `3 reopened, the last one to start in 20 s; 1 superseded: …; 1 left: its account is parked: …`; empty where there was none. */
export function retriedInWords({ reopened, superseded, left }: Retried): string {
  const last = reopened.at(-1)?.delay ?? 0
  const whys = new Map<string, number>()
  for (const { why } of left) whys.set(why, (whys.get(why) ?? 0) + 1)
  return [
    reopened.length > 0 &&
      `${reopened.length} reopened${last > 0 ? `, the last one to start in ${inWords(last)}` : ''}`,
    superseded.length > 0 &&
      `${superseded.length} superseded: other syncs have fetched what they lacked, or are about to`,
    ...[...whys].map(([why, count]) => `${count} left as ${count > 1 ? 'they are' : 'it is'}: ${why}`),
  ]
    .filter(Boolean)
    .join('; ')
}
