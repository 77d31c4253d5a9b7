import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What this process runs. Tells older workers and schedulers from newer ones. */
export interface Build {
  /** `0.1.0+1a2b3c4` */
  readonly name: string
  readonly builtAt: Date
}

/** Reads `build.json`, which the build writes beside the compiled source; in uncompiled source there is none. */
export function currentBuild(): Build {
  try {
    const { version, commit, builtAt } = JSON.parse(
      readFileSync(join(__dirname, '..', '..', 'build.json'), 'utf8'),
    ) as { version: string; commit?: string; builtAt: string }
    return { name: commit ? `${version}+${commit}` : version, builtAt: new Date(builtAt) }
  } catch {
    return { name: 'source', builtAt: new Date(0) }
  }
}
