import type { Format } from './formats'

/** One thing an operator may set, described once: the loader, the references and the messages all read it here. */
export interface Setting<T = unknown> {
  readonly doc: string
  readonly format: Format<T>
  /** As it would be given. Null: there is none, so it must be set unless it is `optional`. */
  readonly default: string | number | null
  readonly env: string
  readonly optional?: true
  /**
   * `masked`: never printed. `secret`: never printed, and in staging and production neither taken from a file of the
   * repository nor allowed to be a value that development and tests run with.
   */
  readonly protect?: 'masked' | 'secret'
}

/** Settings in the groups in which a JSON file holds them. */
export interface SettingGroup {
  readonly [name: string]: Setting | SettingGroup
}

/** A setting and the dotted path to it inside a JSON file. */
export interface NamedSetting {
  readonly path: string
  readonly setting: Setting
}

export const isSetting = (node: Setting | SettingGroup): node is Setting =>
  'format' in node && 'parse' in node.format

/** Every setting of a group and of those inside it, in the order in which they are written. */
export function settingsIn(group: SettingGroup, parents: readonly string[] = []): NamedSetting[] {
  return Object.entries(group).flatMap(([name, node]) => {
    const path = [...parents, name]
    return isSetting(node) ? [{ path: path.join('.'), setting: node }] : settingsIn(node, path)
  })
}
