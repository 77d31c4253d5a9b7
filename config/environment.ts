import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute } from 'node:path'
import { jobs } from '../jobs'
import { editDistance } from '../src/lib/nearest'
import type { Mistake } from './config-error'
import { envPrefix } from './job-settings'
import type { Setting } from './setting'

/** Names under a job's prefix that belong to somebody else: Amazon's CDK sets these for all that it runs. */
const foreign = new Set(['CDK_DEFAULT_ACCOUNT', 'CDK_DEFAULT_REGION', 'CDK_HOME'])
const prefixes = jobs.map(({ id }) => envPrefix(id))
/** Shorter names are near to too many others. */
const shortestGuessable = 8

/**
 * Names in the environment that mean us and are not ours: those under a job's prefix, and near misses of a known name.
 * The environment is shared with everything else on a machine, so other unknown names are none of our business.
 */
export function unknownNames(env: NodeJS.ProcessEnv, settings: readonly Setting[]): Mistake[] {
  const known = new Set(settings.flatMap((setting) => [setting.env, fileNameOf(setting)]))
  return Object.keys(env)
    .filter((name) => !known.has(name) && !foreign.has(name))
    .flatMap((name) => {
      const near = nearName(name, known)
      if (!near && !prefixes.some((prefix) => name.startsWith(prefix))) return []
      return [{ setting: name, problem: `no such setting${near ? `; did you mean ${near}?` : ''}` }]
    })
}

function nearName(name: string, known: Iterable<string>): string | undefined {
  const prefix = prefixes.find((start) => name.startsWith(start)) ?? ''
  const limit = prefix ? 4 : 2
  return (
    [...known]
      .filter((candidate) => candidate.startsWith(prefix) && candidate.length >= shortestGuessable)
      // The distance is at least the difference in length, and costs far more to find.
      .filter((candidate) => Math.abs(candidate.length - name.length) <= limit)
      .map((candidate) => ({ candidate, distance: editDistance(name.toUpperCase(), candidate) }))
      .filter(({ distance }) => distance <= limit)
      .toSorted((a, b) => a.distance - b.distance)[0]?.candidate
  )
}

const fileNameOf = (setting: Setting): string => `${setting.env}_FILE`

export interface ExpandedEnvironment {
  readonly env: NodeJS.ProcessEnv
  readonly mistakes: readonly Mistake[]
  /** Settings that must not be complained about again. */
  readonly unreadable: ReadonlySet<Setting>
}

/** Puts what the file named by `NAME_FILE` holds in place of `NAME`, without the line break at its end. */
export function expandFiles(env: NodeJS.ProcessEnv, settings: readonly Setting[]): ExpandedEnvironment {
  const expanded = { ...env }
  const mistakes: Mistake[] = []
  const unreadable = new Set<Setting>()
  for (const setting of settings) {
    const name = fileNameOf(setting)
    const file = env[name]
    if (file === undefined) continue
    if (env[setting.env] !== undefined) {
      mistakes.push({ setting: name, problem: `expected either ${setting.env} or ${name}, not both` })
      continue
    }
    try {
      expanded[setting.env] = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      const given = shownPath(file, setting)
      mistakes.push({ setting: name, given, problem: `expected a file that can be read: ${code}` })
      unreadable.add(setting)
    }
  }
  return { env: expanded, mistakes, unreadable }
}

/** A secret given where its file's path belongs must not be printed: only what looks like a real path is. */
function shownPath(file: string, { protect }: Setting): string {
  const folder = dirname(file)
  const isPath = isAbsolute(file) && folder !== '/' && statSync(folder, { throwIfNoEntry: false })
  return !protect || isPath ? JSON.stringify(file) : 'a hidden value that is no path in a folder that exists'
}
