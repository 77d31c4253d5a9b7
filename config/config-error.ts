/** One wrong setting. Texts never hold a secret. */
export interface Mistake {
  /** The environment variable, or the file and the path inside it. */
  readonly setting: string
  /** What was given, fit to be shown; undefined where nothing was. */
  readonly given?: string
  /** What is expected instead, and the way out. */
  readonly problem: string
}

/** Every mistake in the configuration. Nothing has been connected to when this is thrown. */
export class ConfigError extends Error {
  override name = 'ConfigError'
  readonly code = 'config'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    const count = mistakes.length === 1 ? 'one mistake' : `${mistakes.length} mistakes`
    super(`${count} in the configuration\n${mistakes.map((mistake) => `  ${inWords(mistake)}`).join('\n')}`)
    this.mistakes = mistakes
  }
}

const inWords = ({ setting, given, problem }: Mistake): string =>
  `${setting}: ${problem}${given === undefined ? '' : ` (got ${given})`}`
