import { ActRefusedError } from './act-refused'

/** Somebody asks for one thing with the key that another one was asked for with. */
export function refuseKey(requestKey: string, used: string): never {
  throw new ActRefusedError(
    'conflict',
    `the key ${requestKey} stands for ${used}; give another request a key of its own`,
  )
}

/** Whether two requests name the same accounts or streams, in whatever order. Naming none means all. */
export function sameChoice(before: readonly string[] | null, now: readonly string[] | undefined): boolean {
  return textOf(before) === textOf(now)
}

const textOf = (names: readonly string[] | null | undefined): string | undefined =>
  names ? [...new Set(names)].toSorted((a, b) => a.localeCompare(b)).join('\n') : undefined
