import { nearest } from '../src/lib/nearest'
import type { Environment } from './config'
import type { Mistake } from './config-error'
import development from './development.json'
import production from './production.json'
import { isSetting, settingsIn, type SettingGroup } from './setting'
import staging from './staging.json'
import test from './test.json'

/** What each environment's JSON file holds. */
export type ConfigFiles = Readonly<Record<Environment, unknown>>

/** One file per environment; what none of them says is the schema's default. */
export const configFiles: ConfigFiles = { development, test, staging, production }

export const fileOf = (environment: Environment): string => `config/${environment}.json`

export interface CheckedFile {
  /** The known settings of the file by their path. */
  readonly values: ReadonlyMap<string, unknown>
  readonly mistakes: readonly Mistake[]
}

/** Sorts what a file says into known settings and mistakes: unknown names, a group where a value belongs, and the reverse. */
export function checkFile(environment: Environment, content: unknown, schema: SettingGroup): CheckedFile {
  const values = new Map<string, unknown>()
  const mistakes: Mistake[] = []
  const paths = settingsIn(schema).map(({ path }) => path)
  const complain = (path: string, problem: string): void => {
    mistakes.push({ setting: `${fileOf(environment)}: ${path}`, problem })
  }
  const visit = (node: unknown, group: SettingGroup, parents: readonly string[]): void => {
    if (!isGroup(node)) return complain(parents.join('.'), 'expected an object')
    for (const [name, value] of Object.entries(node)) {
      const path = [...parents, name].join('.')
      const known = Object.hasOwn(group, name) ? group[name] : undefined
      if (!known) {
        const near =
          nearest(path, paths) ??
          nearest(
            path,
            Object.keys(group).map((sibling) => [...parents, sibling].join('.')),
          )
        complain(path, `no such setting${near ? `; did you mean ${near}?` : ''}`)
      } else if (!isSetting(known)) visit(value, known, [...parents, name])
      else if (typeof value === 'object' && value !== null)
        complain(path, `expected ${known.format.expected}`)
      else values.set(path, value)
    }
  }
  visit(content, schema, [])
  return { values, mistakes }
}

const isGroup = (node: unknown): node is Readonly<Record<string, unknown>> =>
  typeof node === 'object' && node !== null && !Array.isArray(node)
