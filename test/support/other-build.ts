import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { temporaryFolder } from './folders'

const root = resolve(__dirname, '..', '..')

export interface OtherBuild extends AsyncDisposable {
  /** The command line's script of that build. */
  readonly entry: string
}

/** The build under test as it would be a day later, with a newer definition of CTM. */
export async function newerBuild(): Promise<OtherBuild> {
  return copyOf(async (dist) => {
    await change(join(dist, 'build.json'), (text) => {
      const build = JSON.parse(text) as { builtAt: string }
      const builtAt = new Date(Date.parse(build.builtAt) + 86_400_000).toISOString()
      return JSON.stringify({ ...build, version: '99.0.0', builtAt })
    })
    await change(join(dist, 'jobs/ctm/definition.js'), (text) =>
      text.replace(/version: \d+,/, 'version: 99,'),
    )
  })
}

/** The build under test, but that its process dies whenever it reads this account of CTM. */
export async function deadlyBuild(externalId: number): Promise<OtherBuild> {
  return copyOf(async (dist) =>
    change(join(dist, 'jobs/ctm/sync.js'), (text) =>
      text.replace(
        /(const sync = async function\* \(context\) \{)/,
        `$1\n    if (context.account.externalId === '${externalId}') process.kill(process.pid, 'SIGKILL')`,
      ),
    ),
  )
}

async function copyOf(alter: (dist: string) => Promise<void>): Promise<OtherBuild> {
  const folder = await temporaryFolder()
  const dist = join(folder.path, 'dist')
  await cp(join(root, 'dist'), dist, { recursive: true })
  await cp(join(root, 'package.json'), join(folder.path, 'package.json'))
  await symlink(join(root, 'node_modules'), join(folder.path, 'node_modules'))
  await alter(dist)
  return {
    entry: join(dist, 'src/bin/syncfleet.js'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const before = await readFile(file, 'utf8')
  const after = edit(before)
  if (after === before) throw new Error(`${file}: nothing to change`)
  await writeFile(file, after)
}
