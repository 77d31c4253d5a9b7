import convict from 'convict'
import { assemble } from './assemble'
import { crossChecks, isThrowaway, weakSecrets } from './checks'
import { environments, type Config, type Environment } from './config'
import { ConfigError, type Mistake } from './config-error'
import { expandFiles, unknownNames } from './environment'
import { checkFile, configFiles, fileOf, type ConfigFiles } from './files'
import { Refusal } from './formats'
import { environmentSetting, schemaOf } from './schema'
import { isSetting, settingsIn, type Setting, type SettingGroup } from './setting'

/**
 * The configuration of this process: defaults, then the JSON file of `NODE_ENV`, then the environment.
 * Opens no connection. Throws one `ConfigError` that names every mistake; secrets appear in none of them.
 */
export function loadConfig(env: NodeJS.ProcessEnv, files: ConfigFiles = configFiles): Config {
  const mistakes: Mistake[] = []
  const outer = expandFiles(env, [environmentSetting])
  const environment = environmentOf(outer.env, mistakes)
  const schema = schemaOf(environment)
  const named = settingsIn(schema)
  const settings = named.map(({ setting }) => setting)

  const expanded = expandFiles(outer.env, settings)
  const file = checkFile(environment, files[environment], schema)
  mistakes.push(
    ...unknownNames(env, [environmentSetting, ...settings]),
    ...outer.mistakes,
    ...expanded.mistakes,
    ...file.mistakes,
  )

  const layers = convict(layersOf(schema), { env: expanded.env, args: [] }).load(nested(file.values))
  const values = new Map<Setting, unknown>()
  for (const { path, setting } of named) {
    if (expanded.unreadable.has(setting)) continue
    const given: unknown = layers.get(path)
    const isFromFile = expanded.env[setting.env] === undefined && file.values.has(path)
    const problem =
      problemOf(setting, given, values) ??
      (isStrict(environment) ? careless(setting, given, isFromFile) : undefined)
    if (problem === undefined) continue
    mistakes.push({
      setting: isFromFile ? `${fileOf(environment)}: ${path}` : setting.env,
      problem,
      ...(given === null ? {} : { given: shown(setting, given) }),
    })
  }

  const read = <T>(setting: Setting<T>): T | undefined => values.get(setting) as T | undefined
  mistakes.push(...crossChecks(schema, read))
  if (isStrict(environment)) mistakes.push(...weakSecrets(schema, read))
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return assemble(environment, schema, read)
}

const isStrict = (environment: Environment): boolean =>
  environment === 'staging' || environment === 'production'

/** Where `NODE_ENV` is wrong, the rest is still checked, by the rules that are wrong everywhere. */
function environmentOf(env: NodeJS.ProcessEnv, mistakes: Mistake[]): Environment {
  const given = env[environmentSetting.env] ?? environmentSetting.default
  const known = environments.find((name) => name === given)
  if (known) return known
  mistakes.push({
    setting: environmentSetting.env,
    given: JSON.stringify(given),
    problem: `expected ${environmentSetting.format.expected}`,
  })
  return 'development'
}

/** Reads a value into `values`, or says what is wrong with it. */
function problemOf(setting: Setting, given: unknown, values: Map<Setting, unknown>): string | undefined {
  if (given === null) return setting.optional ? undefined : `not set: expected ${setting.format.expected}`
  try {
    values.set(setting, setting.format.parse(given))
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
}

/** What staging and production refuse about where a secret comes from. */
function careless({ protect, env }: Setting, given: unknown, isFromFile: boolean): string | undefined {
  if (protect !== 'secret') return undefined
  if (isFromFile) return `expected in ${env} or in the file that ${env}_FILE names, not in the repository`
  return isThrowaway(given)
    ? 'expected a secret of your own, not one that development or tests run with'
    : undefined
}

/** A value as a message may show it. */
function shown({ protect }: Setting, given: unknown): string {
  if (protect)
    return typeof given === 'string' ? `a hidden value of ${given.length} characters` : 'a hidden value'
  const text = JSON.stringify(given)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/**
 * The schema as convict layers it. Formats stay with us: convict would cut `12abc` to 12 before any format sees it
 * (so every default is text or null, of which it makes nothing else), and its report prints values.
 */
const layersOf = (group: SettingGroup): convict.Schema<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(group).map(([name, node]) => [
      name,
      isSetting(node)
        ? { ...node, format: '*', default: textOf(node.default), sensitive: node.protect !== undefined }
        : layersOf(node),
    ]),
  )

const textOf = (value: string | number | null): string | null => (value === null ? null : String(value))

/** Settings by path as the tree that convict loads. */
function nested(values: ReadonlyMap<string, unknown>): Record<string, unknown> {
  const tree: Record<string, unknown> = {}
  for (const [path, value] of values) {
    const names = path.split('.')
    const last = names.pop() ?? path
    let group = tree
    for (const name of names) group = (group[name] ??= {}) as Record<string, unknown>
    group[last] = value
  }
  return tree
}
