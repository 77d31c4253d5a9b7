import { wait } from '../../src/lib/wait'

const every = 50

/** Looks again and again until `look` finds something, and returns it. Fails after `within` milliseconds with `what`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false | null>,
  within = 120_000,
): Promise<T> {
  const late = AbortSignal.timeout(within)
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false && found !== null) return found
    if (late.aborted) throw new Error(`waited ${within} ms in vain: ${what}`)
    await wait(every, new AbortController().signal)
  }
}
