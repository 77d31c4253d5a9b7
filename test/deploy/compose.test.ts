import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { loadConfig } from '../../config/load'
import { schemaOf } from '../../config/schema'
import { sandboxSettings } from '../../sandbox'
import { heapLimit } from '../../src/processes/heap-limit'
import { temporaryFolder } from '../support/folders'

const run = promisify(execFile)
const clone = resolve(__dirname, '../..')

interface Service {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly secrets?: readonly (string | { readonly source: string; readonly target: string })[]
  readonly stop_grace_period?: string
  readonly restart?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly logging?: { readonly options: Readonly<Record<string, string>> }
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } }
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const text = async (name: string): Promise<string> => readFile(join(clone, name), 'utf8')
const readCompose = async (): Promise<ComposeFile> =>
  parse(await text('docker-compose.yml'), { merge: true }) as ComposeFile
const ours = ({ image }: Service): boolean => image.startsWith('syncfleet:')

/** What a linter has to say; empty where it finds nothing. */
async function lint(program: string, ...args: readonly string[]): Promise<string> {
  try {
    await run(process.execPath, [program, ...args], { cwd: clone })
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    return stdout + stderr
  }
}
const lintCompose = async (file: string): Promise<string> =>
  lint('node_modules/dclint/bin/dclint.cjs', '-c', 'deploy/compose/dclint.json', '--max-warnings', '0', file)
const lintDockerfile = async (file: string): Promise<string> =>
  lint('node_modules/dockerfile-utils/bin/dockerfile-utils', 'lint', file)

const demoSettings = async (): Promise<NodeJS.ProcessEnv> => {
  const lines = (await text('deploy/compose/demo.env')).split('\n')
  return Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  )
}

describe('deploy/compose/demo.env', () => {
  test('points every vendor at the sandbox, as the sandbox says', async () => {
    const demo = await demoSettings()
    expect(demo).toMatchObject(sandboxSettings('http://sandbox:8090'))
    const { vendors } = loadConfig(demo)
    for (const [host, url] of Object.entries(vendors.baseUrls)) {
      expect([host, new URL(url).origin]).toEqual([host, 'http://sandbox:8090'])
    }
  })
})

describe('docker-compose.yml', () => {
  test('is what Compose understands, and a misspelt field is not', async () => {
    expect(await lintCompose('docker-compose.yml')).toBe('')
    await using folder = await temporaryFolder()
    const misspelt = join(folder.path, 'docker-compose.yml')
    await writeFile(misspelt, (await text('docker-compose.yml')).replace('stop_grace_period', 'stop_grace'))
    expect(await lintCompose(misspelt)).toContain('must NOT have additional properties')
  })

  test('publishes the port of the dashboard, on this machine only', async () => {
    const { services } = await readCompose()
    const published = Object.entries(services).filter(([, { ports }]) => ports)
    expect(published.map(([name, { ports }]) => [name, ports])).toEqual([
      ['dashboard', ['127.0.0.1:${SYNCFLEET_PORT:-3000}:3000']],
    ])
  })

  test('hardens, limits and restarts every service, and rotates its log', async () => {
    for (const [name, service] of Object.entries((await readCompose()).services)) {
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          restart: ['migrate', 'seed'].includes(name) ? 'no' : 'unless-stopped',
          logging: expect.objectContaining({ options: { 'max-size': '10m', 'max-file': '5' } }),
          deploy: expect.objectContaining({
            resources: { limits: { cpus: expect.any(String), memory: expect.any(String) } },
          }),
        }),
      ])
    }
  })

  test('waits for a process longer than the process waits for its work', async () => {
    for (const service of Object.values((await readCompose()).services).filter(ours)) {
      const grace = Number(service.stop_grace_period?.replace('s', ''))
      expect(grace - Number(service.environment?.['SHUTDOWN_GRACE_SECONDS'] ?? 0)).toBeGreaterThanOrEqual(10)
    }
  })

  test('mounts every secret that a process is told to read', async () => {
    const { services, secrets } = await readCompose()
    for (const [name, service] of Object.entries(services)) {
      const mounted = (service.secrets ?? []).map((secret) =>
        typeof secret === 'string' ? secret : secret.target,
      )
      const read = Object.entries(service.environment ?? {}).filter(([variable]) =>
        variable.endsWith('_FILE'),
      )
      for (const [, path] of read)
        expect([name, mounted]).toEqual([name, expect.arrayContaining([path.slice('/run/secrets/'.length)])])
      for (const secret of service.secrets ?? [])
        expect(secrets).toHaveProperty(typeof secret === 'string' ? secret : secret.source)
    }
  })
})

describe('deploy/compose/secrets.sh', () => {
  test('makes every secret once, readable for containers and for nobody else here', async () => {
    await using here = await copyOfDeploy()
    const first = await here.makeSecrets()
    expect(first.match(/^made /gm)).toHaveLength(here.wanted.length)
    expect((await readdir(here.folder)).toSorted()).toEqual(here.wanted.toSorted())
    expect((await stat(here.folder)).mode & 0o777).toBe(0o700)
    for (const name of here.wanted) expect((await stat(join(here.folder, name))).mode & 0o777).toBe(0o444)

    const before = await here.values()
    expect(await here.makeSecrets()).not.toContain('made')
    expect(await here.values()).toEqual(before)
    expect(new Set(Object.values(before)).size).toBe(here.wanted.length)
  })

  test('makes what production accepts', async () => {
    await using here = await copyOfDeploy()
    await here.makeSecrets()
    const { services } = await readCompose()
    for (const role of ['scheduler', 'worker', 'dashboard'] as const) {
      const files = Object.entries(services[role]?.environment ?? {})
        .filter(([name]) => name.endsWith('_FILE'))
        .map(([name, path]): [string, string] => [
          name,
          join(here.folder, path.slice('/run/secrets/'.length).replace('redis_url', `redis_url_${role}`)),
        ])
      const config = loadConfig({ NODE_ENV: 'production', ...Object.fromEntries(files) })
      expect(config.redis.url).toMatch(new RegExp(`^redis://${role}:[0-9a-f]{48}@redis:6379$`))
      expect(config.dashboard.users).toMatchObject([{ name: 'admin', role: 'admin' }])
    }
  })
})

describe('Dockerfile', () => {
  test('is what Docker understands, and a misspelt instruction is not', async () => {
    expect(await lintDockerfile('Dockerfile')).toBe('')
    await using folder = await temporaryFolder()
    const misspelt = join(folder.path, 'Dockerfile')
    await writeFile(misspelt, (await text('Dockerfile')).replace('STOPSIGNAL', 'STOPSIGN'))
    expect(await lintDockerfile(misspelt)).toContain('STOPSIGN')
  })

  test('starts the command line with the heap that every process of the fleet has', async () => {
    const [, entrypoint = ''] = /^ENTRYPOINT (.*)$/m.exec(await text('Dockerfile')) ?? []
    expect(JSON.parse(entrypoint)).toEqual(['node', ...heapLimit, '/app/dist/src/bin/syncfleet.js'])
  })

  test('exposes the ports that processes listen on unless told otherwise', async () => {
    const { dashboard, healthPort } = schemaOf('production')
    expect(await text('Dockerfile')).toContain(`EXPOSE ${dashboard.port.default} ${healthPort.default}\n`)
  })
})

/** The folder `deploy` of a clone in which no secret has been made. */
async function copyOfDeploy() {
  const outer = await temporaryFolder()
  for (const folder of ['compose', 'redis', 'postgres']) {
    await mkdir(join(outer.path, 'deploy', folder), { recursive: true })
  }
  const script = join(outer.path, 'deploy/compose/secrets.sh')
  const folder = join(outer.path, 'deploy/compose/secrets')
  await cp(join(clone, 'deploy/compose/secrets.sh'), script)
  const { secrets } = await readCompose()
  const wanted = Object.values(secrets).map(({ file }) => file.replace('./deploy/compose/secrets/', ''))
  return {
    folder,
    wanted,
    makeSecrets: async () => (await run('sh', [script])).stdout,
    values: async () =>
      Object.fromEntries(
        await Promise.all(
          wanted.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
        ),
      ),
    [Symbol.asyncDispose]: async () => outer[Symbol.asyncDispose](),
  }
}
