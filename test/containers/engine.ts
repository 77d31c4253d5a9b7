import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Disposables } from '../../src/lib/disposables'
import { wait } from '../../src/lib/wait'
import { until } from '../support/until'

const run = promisify(execFile)

/** What runs containers here. */
export interface Engine extends AsyncDisposable {
  /** The program that acts on containers, and the one that reads docker-compose.yml, each with its first arguments. */
  readonly docker: readonly [string, ...string[]]
  readonly compose: readonly [string, ...string[]]
  /** What its `build` needs to be told. */
  readonly buildOptions: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** The engine that jest.config.cjs has found. */
export async function startEngine(): Promise<Engine> {
  if (process.env['CONTAINER_ENGINE'] === 'podman') return podman()
  return {
    docker: ['docker'],
    compose: ['docker', 'compose'],
    buildOptions: [],
    env: process.env,
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  }
}

/** Podman behind a socket that docker-compose takes for Docker's. */
async function podman(): Promise<Engine> {
  const owned = new Disposables()
  const folder = await mkdtemp(join(tmpdir(), 'syncfleet-podman-'))
  owned.defer(async () => rm(folder, { recursive: true, force: true }))
  const socket = join(folder, 'podman.sock')
  const service = spawn('podman', ['system', 'service', '--time', '0', `unix://${socket}`], {
    stdio: 'ignore',
  })
  owned.defer(async () => ended(service))
  await until('the socket of podman', async () => existsSync(socket))
  if (!existsSync('/run/systemd/system')) owned.use(new HealthChecks())
  return {
    docker: ['podman'],
    compose: ['docker-compose'],
    // Health checks are no part of the format that Podman builds by default.
    buildOptions: ['--format', 'docker', '--network', 'host'],
    env: { ...process.env, DOCKER_HOST: `unix://${socket}` },
    [Symbol.asyncDispose]: async () => owned[Symbol.asyncDispose](),
  }
}

async function ended(service: ChildProcess): Promise<void> {
  service.kill()
  if (service.exitCode === null && service.signalCode === null) await once(service, 'exit')
}

/** Podman leaves the rhythm of health checks to systemd's timers; this is one for where there is no systemd. */
class HealthChecks implements AsyncDisposable {
  readonly #stop = new AbortController()
  readonly #checking = this.#check()

  async #check(): Promise<void> {
    for (;;) {
      await wait(1000, this.#stop.signal).catch(() => undefined)
      if (this.#stop.signal.aborted) return
      const { stdout } = await run('podman', ['ps', '-q'])
      for (const id of stdout.split('\n').filter(Boolean)) {
        // Its failure is a health state, and containers come and go.
        await run('podman', ['healthcheck', 'run', id]).catch(() => undefined)
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#checking
  }
}
