import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/config'
import { loadConfig } from '../../config/load'
import { sandboxSettings } from '../../sandbox'
import { claimDemoSchema } from '../ledger/demo-schema'
import { Database } from '../ledger/postgres/database'
import { FinishedRuns } from '../ledger/work/finished-runs'
import { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { Loop } from '../lib/loop'
import { dataFolderOf, publishFleet, runningFleet } from './local/fleet-file'
import { logFolder, recordFolder, startFleetProcess, type FleetProcess } from './local/fleet-process'
import { fleetProcesses, sandboxProcess } from './local/fleet-processes'
import { InstanceLock } from './local/instance-lock'
import { generatedSettings, givenSettings, isGiven } from './local/local-settings'
import { localState, type LocalState } from './local/local-state'
import { trimLogs } from './local/logs'
import { endLeftBehind } from './local/owned-process'
import { chooseDashboardPort, freePort, keptPort } from './local/ports'
import { Servers } from './local/servers'
import { runLine, startScreen } from './local/start-screen'
import { Supervised } from './local/supervised'

/** What the fleet's parts know how to do and `npm start` only orders. */
export interface LocalSteps {
  /** Brings the ledger and the destination tables up to date. */
  readonly migrate: (database: Database) => Promise<void>
  /** Brings in what is missing of the demo clients, and points them at the simulated vendors. Called at every start. */
  readonly seedDemo: (database: Database, config: Config) => Promise<void>
  /** Asks for one run, now, of every job that is not off. */
  readonly runEveryJob: (database: Database, config: Config, signal: AbortSignal) => Promise<void>
}

export interface LocalOptions {
  /** The clone's folder. Everything is kept in `.syncfleet/` inside it. */
  readonly clone: string
  /** The script whose commands are the fleet's processes. */
  readonly entry: string
  readonly env: NodeJS.ProcessEnv
  readonly steps: LocalSteps
  /** Hears what a person should read, line by line. */
  readonly tell: (line: string) => void
}

const workers = 2

/** `npm start`: a whole fleet on one machine, with servers and simulated vendors of its own. */
export class Local implements AsyncDisposable {
  readonly #options: LocalOptions
  readonly #owned = new Disposables()
  readonly #startedAt = Date.now()
  #isRunning = false

  private constructor(options: LocalOptions) {
    this.#options = options
  }

  /** Starts nothing yet. */
  static create(options: LocalOptions): Local {
    return new Local(options)
  }

  /**
   * Resolves once everything runs, and tells how to reach it. Fails with what to do where a setting is wrong, a port is
   * taken, another copy runs in this clone, or a part does not come up. A part that ends later is started again.
   */
  async start(signal: AbortSignal): Promise<void> {
    const { clone, env, steps, tell } = this.#options
    const folder = dataFolderOf(clone)
    await mkdir(folder, { recursive: true })
    const lock = await InstanceLock.take(folder, async () => (await runningFleet(folder))?.address)
    this.#owned.use(lock)
    await endProcessesLeftBehind(folder)
    const state = await localState(folder)
    const generated = generatedSettings(state, env)
    // Every mistake in what was given is told before anything starts.
    const given = loadConfig({ ...env, ...generated })
    const port = await chooseDashboardPort(given.dashboard.port, isGiven(env, 'PORT'))

    const servers = this.#owned.use(
      await Servers.start({ dataFolder: folder, state, env, config: given, tell }, signal),
    )
    const database = this.#openDatabase({ url: servers.databaseUrl, schema: given.database.schema })
    const isDemo = (await claimDemoSchema(database)) === 'demo'
    await steps.migrate(database)
    const sandbox = isDemo ? await this.#startSandbox(folder, state, signal) : undefined
    const settings = {
      ...generated,
      ...servers.settings,
      ...(sandbox === undefined ? {} : sandboxSettings(sandbox)),
      PORT: String(port),
    }
    const config = loadConfig({ ...env, ...settings })
    if (isDemo) await steps.seedDemo(database, config)
    await this.#startFleet(folder, config, settings, signal)

    const address = `http://localhost:${port}`
    const environment = { ...givenSettings(env), ...settings }
    this.#owned.use(await publishFleet(folder, { owner: lock.owner, address, environment }))
    const runs = new FinishedRuns(database)
    await runs.next()
    await steps.runEveryJob(database, config, signal)
    tell(
      startScreen({
        seconds: (Date.now() - this.#startedAt) / 1000,
        dashboard: address,
        password: isDemo ? state.adminPassword : undefined,
        workers,
        postgres: { origin: servers.postgres?.origin ?? 'yours', url: servers.databaseUrl },
        redis: servers.redis,
        sandbox,
        schema: config.database.schema,
        dataFolder: folder,
      }),
    )
    this.#tellRuns(folder, runs)
    this.#isRunning = true
  }

  /** Stops the fleet's processes first, then what they work with, and its servers last. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    const wasRunning = this.#isRunning
    this.#isRunning = false
    if (wasRunning) this.#options.tell('Stopping: active syncs finish their page and are handed back …')
    await this.#owned[Symbol.asyncDispose]()
    if (wasRunning) this.#options.tell('Stopped. The next npm start goes on from here.')
  }

  #openDatabase(options: { readonly url: string; readonly schema: string }): Database {
    return this.#owned.use(
      new Database({
        ...options,
        applicationName: 'syncfleet local',
        connections: 2,
        // A server that ended is told of where it is started again.
      }),
    )
  }

  /** Resolves with its address. */
  async #startSandbox(folder: string, state: LocalState, signal: AbortSignal): Promise<string> {
    const { entry, env } = this.#options
    const port = await keptPort(join(folder, 'sandbox.port'))
    await this.#supervise([sandboxProcess(entry, { port, epoch: state.sandboxEpoch }, env)], folder, signal)
    return `http://127.0.0.1:${port}`
  }

  async #startFleet(
    folder: string,
    config: Config,
    settings: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<void> {
    const { entry, env } = this.#options
    const ports = {
      dashboard: config.dashboard.port,
      scheduler: await freePort(),
      workers: await Promise.all(Array.from({ length: workers }, () => freePort())),
    }
    const { shutdownGrace } = config
    await this.#supervise(
      fleetProcesses({ entry, env: { ...env, ...settings }, ports, shutdownGrace }),
      folder,
      signal,
    )
  }

  /** Starts processes side by side, and has them stopped side by side. */
  async #supervise(processes: readonly FleetProcess[], folder: string, signal: AbortSignal): Promise<void> {
    const supervised = processes.map(
      (part) =>
        new Supervised({
          name: part.name,
          tell: this.#options.tell,
          launch: (stop) => startFleetProcess(part, folder, stop),
        }),
    )
    this.#owned.defer(() => Promise.all(supervised.map((part) => part[Symbol.asyncDispose]())))
    await Promise.all(supervised.map((part) => part.start(signal)))
  }

  #tellRuns(folder: string, runs: FinishedRuns): void {
    const { tell } = this.#options
    const loop = new Loop({
      interval: seconds(1),
      step: async () => {
        for (const run of await runs.next()) tell(runLine(run))
        await trimLogs(logFolder(folder))
      },
      // Postgres is away: its supervision tells.
      failed: () => undefined,
    })
    this.#owned.use(loop).start()
  }
}

/** Ends what a killed start has left: normally nothing, since no process outlives its owner. */
async function endProcessesLeftBehind(folder: string): Promise<void> {
  const records = await readdir(recordFolder(folder)).catch(() => [])
  await Promise.all(
    records.map((name) => endLeftBehind(join(recordFolder(folder), name), 'SIGTERM', seconds(30))),
  )
}
