import { UsageError } from './outcome'

/** What a person typed with commas between. Nothing at all is wrong usage, told by the option's name. */
export function namesIn(option: string, typed: string): string[] {
  const names = typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) throw new UsageError(`${option}: expected at least one name`)
  return [...new Set(names)]
}
