import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { access, constants, mkdir, rename, rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { SetupError } from './setup-error'

const run = promisify(execFile)

/** How a Redis server can be started on this machine. */
export interface RedisProgram {
  readonly command: string
  /** In front of the server's own arguments. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where it came from, for people. */
  readonly origin: string
  /** True where the server sees other folders, ports and process numbers than we do. */
  readonly isContainer: boolean
}

export interface RedisProgramOptions {
  /** Unpacked packages are kept here; made when needed. */
  readonly packages: string
  readonly env: NodeJS.ProcessEnv
  /** Hears what takes a while. */
  readonly tell: (line: string) => void
}

const names = ['redis-server', 'valkey-server'] as const
/** The packages that hold them, on one distribution or another. */
const packageNames = [['redis-server', 'redis-tools'], ['valkey-server', 'valkey-tools'], ['valkey']]

/**
 * A server program: from PATH, else the system's package unpacked into a folder of ours (nothing is installed, no root),
 * else Docker. Throws with what to do where there is none.
 */
export async function findRedis(options: RedisProgramOptions, signal: AbortSignal): Promise<RedisProgram> {
  return (
    (await onPath(options.env)) ??
    (await unpacked(options)) ??
    (await unpackPackage(options, signal)) ??
    (await docker(options.env)) ??
    raise(
      'No Redis server found, and none could be unpacked. Install one, then start again:\n' +
        '  Debian, Ubuntu  sudo apt-get install redis-server\n' +
        '  Fedora          sudo dnf install valkey\n' +
        '  macOS           brew install redis\n' +
        'It only has to be on PATH, not running. Or set REDIS_URL and DATABASE_URL to servers of your own.',
    )
  )
}

async function onPath(env: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  for (const name of names) {
    for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
      const program = { command: join(folder, name), args: [], env, origin: name, isContainer: false }
      if (await works(program)) return program
    }
  }
  return undefined
}

/** What an earlier start has unpacked. */
async function unpacked({ packages, env }: RedisProgramOptions): Promise<RedisProgram | undefined> {
  const root = join(packages, 'redis')
  const libraries = ['lib', 'usr/lib'].flatMap((folder) => withSubfolders(join(root, folder)))
  for (const name of names) {
    const program = {
      command: join(root, 'usr/bin', name),
      args: [],
      env: { ...env, LD_LIBRARY_PATH: libraries.join(delimiter) },
      origin: `${name} from the system's package, unpacked`,
      isContainer: false,
    }
    if (await works(program)) return program
  }
  return undefined
}

/** Downloads the package and what it lacks with lists of our own: an ordinary user can do it, with the machine's lists empty. */
async function unpackPackage(
  options: RedisProgramOptions,
  signal: AbortSignal,
): Promise<RedisProgram | undefined> {
  const work = join(options.packages, 'download')
  const apt = aptIn(work, options.env, signal)
  try {
    for (const folder of ['state/lists/partial', 'cache/archives/partial', 'root']) {
      await mkdir(join(work, folder), { recursive: true })
    }
    options.tell(
      'No redis-server on PATH: unpacking the system package into the data folder (nothing is installed)',
    )
    await apt('update')
    const archives = join(work, 'cache/archives')
    for (const wanted of packageNames) {
      // Also what is installed already: the server may be a link to a program of the other package.
      await apt('install', '--reinstall', '--download-only', ...wanted).catch(() => undefined)
      // A package that cannot be downloaded is not always an error.
      if (archivesIn(archives).length > 0) break
    }
    for (const file of archivesIn(archives)) {
      await run('dpkg', ['-x', file, join(work, 'root')], { env: options.env, signal })
    }
    await rm(join(options.packages, 'redis'), { recursive: true, force: true })
    await rename(join(work, 'root'), join(options.packages, 'redis'))
    const program = await unpacked(options)
    if (!program) options.tell('The system package was unpacked, but its server does not start')
    return program
  } catch (error) {
    signal.throwIfAborted()
    options.tell(`The system package could not be unpacked: ${firstLine(error)}`)
    return undefined
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** apt-get with state, cache and lists inside `folder`; it reads the machine's sources and installed packages only. */
const aptIn = (folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal) => {
  const settings = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': join(folder, 'cache'),
    'Debug::NoLocking': '1',
    // As root apt would fetch as a user who may not enter our folder.
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'APT::Install-Recommends': '0',
    // Containers delete what was downloaded as soon as apt is done with it.
    'APT::Keep-Downloaded-Packages': '1',
    'DPkg::Post-Invoke': '',
    'APT::Update::Post-Invoke': '',
    'APT::Update::Post-Invoke-Success': '',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return (...args: string[]) =>
    run('apt-get', [...options, '-qq', '-y', ...args], { env: { ...env, LC_ALL: 'C' }, signal })
}

async function docker(env: NodeJS.ProcessEnv): Promise<RedisProgram | undefined> {
  try {
    await run('docker', ['version', '--format', '{{.Server.Version}}'], { env, timeout: 10_000 })
  } catch {
    return undefined
  }
  return { command: 'docker', args: [], env, origin: 'redis:7 in Docker', isContainer: true }
}

/** True where the program starts at all: present, for this machine, with its libraries. */
async function works(program: RedisProgram): Promise<boolean> {
  try {
    await access(program.command, constants.X_OK)
    await run(program.command, ['--version'], { env: program.env, timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

const archivesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(folder, name))

/** A folder and those directly inside it: libraries lie in one named after the machine. */
function withSubfolders(folder: string): string[] {
  try {
    const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    return [folder, ...inside.map((entry) => join(folder, entry.name))]
  } catch {
    return []
  }
}

const firstLine = (error: unknown): string => {
  const text =
    error instanceof Error ? ((error as { stderr?: string }).stderr ?? '') || error.message : String(error)
  return text.trim().split('\n')[0] ?? ''
}

const raise = (message: string): never => {
  throw new SetupError(message)
}
