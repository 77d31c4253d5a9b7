import { halvesOf } from './plan'
import type { Extract } from './progress'

/**
 * Why an extract brought nothing.
 * - `lost`: the vendor knows nothing of the operation any more
 * - `error`: it ended in an error
 * - `slow`: it was not ready for too long
 * - `too-big`: the window holds more than the vendor hands over
 */
export type Mishap = 'lost' | 'error' | 'slow' | 'too-big'

/** What to extract instead; undefined where nothing is left to try. */
export function remedyFor(extract: Extract, mishap: Mishap): readonly Extract[] | undefined {
  const again = { ...extract, failures: extract.failures + 1 }
  switch (mishap) {
    case 'lost':
      return again.failures <= 2 ? [again] : undefined
    case 'error':
      return again.failures === 1 ? [again] : halvedOnce(again)
    case 'slow':
      return halvedOnce(again)
    case 'too-big':
      return halvesOf(extract)
  }
}

const halvedOnce = (extract: Extract): readonly Extract[] | undefined =>
  extract.halved === 0 ? halvesOf(extract) : undefined
