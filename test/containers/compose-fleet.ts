import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { truthHash, type TruthRow } from '../../sandbox'
import { minutes } from '../../src/lib/durations'
import { freePort } from '../../src/processes/local/ports'
import { until } from '../support/until'
import type { Engine } from './engine'

const run = promisify(execFile)
const clone = resolve(__dirname, '../..')
const version = '0.0.0-containers-test'

/** The services that one image is for, and whose containers must end with 0. */
export const processes = ['scheduler', 'worker', 'dashboard'] as const

/** The fleet of docker-compose.yml with its demo, under a project name of its own. */
export class ComposeFleet implements AsyncDisposable {
  readonly port: number
  readonly #engine: Engine
  readonly #env: NodeJS.ProcessEnv

  private constructor(engine: Engine, port: number) {
    this.#engine = engine
    this.port = port
    this.#env = {
      ...engine.env,
      COMPOSE_PROJECT_NAME: 'syncfleet-containers-test',
      SYNCFLEET_TAG: 'containers-test',
      SYNCFLEET_PORT: String(port),
      DEPLOYED_BY: 'the containers test',
      COMPOSE: engine.compose.join(' '),
      DOCKER: engine.docker.join(' '),
    }
  }

  /** Secrets made, an image built, and nothing left of an earlier run; no container runs yet. */
  static async prepare(engine: Engine): Promise<ComposeFleet> {
    const fleet = new ComposeFleet(engine, await freePort())
    await fleet.#run('sh', ['deploy/compose/secrets.sh'])
    await fleet.#compose('down', '--volumes')
    await fleet.build('1'.repeat(40))
    return fleet
  }

  /** Builds the image from the sources as they are, as if of this commit. */
  async build(revision: string): Promise<void> {
    const args = { VERSION: version, REVISION: revision, CREATED: new Date().toISOString() }
    const buildArgs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`])
    await this.docker('build', ...this.#engine.buildOptions, ...buildArgs, '--tag', this.image, '.')
  }

  readonly image = 'syncfleet:containers-test'

  /** What a person types to bring the fleet up, and to scale it. */
  async up(workers: number): Promise<void> {
    await this.#compose('up', '--detach', '--scale', `worker=${workers}`)
  }

  /** Deploys the image as it is now. */
  async roll(): Promise<string> {
    return this.#run('sh', ['deploy/compose/roll.sh'])
  }

  /** Ids of a service's containers. */
  async containers(service: string): Promise<string[]> {
    return (await this.#compose('ps', '--quiet', service)).split('\n').filter(Boolean)
  }

  /** Resolves once a service has so many containers and all of them are healthy. */
  async healthy(service: string, count: number): Promise<void> {
    const look = async (): Promise<boolean> => {
      const ids = await this.containers(service)
      if (ids.length !== count) return false
      const states = await Promise.all(ids.map(async (id) => this.inspect(id, '{{.State.Health.Status}}')))
      return states.every((state) => state === 'healthy')
    }
    await until(`${count} healthy containers of ${service}`, look, minutes(2))
  }

  /** One fact about a container. */
  async inspect(id: string, template: string): Promise<string> {
    return (await this.docker('inspect', '--format', template, id)).trim()
  }

  async docker(...args: readonly string[]): Promise<string> {
    const [program, ...first] = this.#engine.docker
    return this.#run(program, [...first, ...args])
  }

  /** Rows of a query in the ledger, as JSON has them. */
  async query<Row>(sql: string): Promise<Row[]> {
    const asJson = `set search_path = integration; select coalesce(json_agg(r), '[]') from (${sql}) r`
    const psql = ['psql', '--quiet', '--tuples-only', '--no-align', '-U', 'postgres', '-d', 'syncfleet']
    return JSON.parse(await this.exec('postgres', ...psql, '-c', asJson)) as Row[]
  }

  /** Runs a command in a service's container and returns what it prints. */
  async exec(service: string, ...command: readonly string[]): Promise<string> {
    return this.#compose('exec', '-T', service, ...command)
  }

  /** Asks the sandbox, or commands it, which no network outside reaches. */
  async sandbox(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<string> {
    const options = { method, ...(body ? { body: JSON.stringify(body) } : {}) }
    const script = `fetch('http://127.0.0.1:8090' + process.argv[1], JSON.parse(process.argv[2]))
      .then((answer) => answer.text()).then((text) => process.stdout.write(text))`
    return this.exec('sandbox', 'node', '-e', script, path, JSON.stringify(options))
  }

  /** Calls of an account of the demo that the copy and the vendor do not both have alike. */
  async differences(externalId: string): Promise<string[]> {
    const copied = await this.query<TruthRow>(
      `select c.* from ctm_calls c join accounts a on a.id = c.account_id where a.external_id = '${externalId}'`,
    )
    const copy = new Map(copied.map((row) => [String(row.call_id), truthHash(row)]))
    const differences: string[] = []
    const listing = await this.sandbox('GET', `/control/ctm/accounts/${externalId}/truth`)
    for (const line of listing.split('\n').filter(Boolean)) {
      const { call_id, hash } = JSON.parse(line) as TruthRow & { readonly hash: string }
      const id = String(call_id)
      if (copy.get(id) !== hash) differences.push(`${copy.has(id) ? 'differs' : 'missing'} ${id}`)
      copy.delete(id)
    }
    return [...differences, ...[...copy.keys()].map((id) => `surplus ${id}`)]
  }

  /** Stops everything; the exit code of every container by its name. */
  async stop(): Promise<Record<string, number>> {
    const ids = (await this.#compose('ps', '--quiet')).split('\n').filter(Boolean)
    await this.#compose('stop')
    const codes = new Map<string, number>()
    for (const id of ids) {
      codes.set(await this.inspect(id, '{{.Name}}'), Number(await this.inspect(id, '{{.State.ExitCode}}')))
    }
    return Object.fromEntries(codes)
  }

  /** Removes the containers with their data, and the image. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#compose('down', '--volumes')
    await this.docker('rmi', '--force', this.image)
    // The build before it lost its name to it.
    await this.docker(
      'image',
      'prune',
      '--force',
      '--filter',
      `label=org.opencontainers.image.version=${version}`,
    )
    await this.#engine[Symbol.asyncDispose]()
  }

  async #compose(...args: readonly string[]): Promise<string> {
    const [program, ...first] = this.#engine.compose
    return this.#run(program, [...first, '--profile', 'demo', ...args])
  }

  async #run(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: clone, env: this.#env, maxBuffer: 2 ** 28 })
    return stdout
  }
}
