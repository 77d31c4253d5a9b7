import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { endOrphan, isRunning, recordOf, sendSignal, type ProcessRecord } from './process-identity'
import { SetupError } from './setup-error'

export interface OwnedProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Default: everything ignored. */
  readonly stdio?: StdioOptions
  /** Another user to run as; only root may. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  /** Where the running process is recorded, so that the next start finds one that was left behind. */
  readonly recordFile: string
  /** What asks it to stop. Default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals
  /** What ends it at once. Default SIGKILL. */
  readonly killSignal?: NodeJS.Signals
  /** Milliseconds it may take to stop before it is killed. */
  readonly grace: number
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * One child process with one owner.
 * It has a session of its own, so Ctrl-C in the terminal reaches the owner alone, who stops its children in order.
 * It does not outlive its owner: a guardian at its side asks it to stop when the owner is gone, however that happened.
 */
export class OwnedProcess implements AsyncDisposable {
  readonly child: ChildProcess
  /** Resolves when it has ended, for whatever reason. */
  readonly exited: Promise<Exit>
  readonly #options: OwnedProcessOptions
  readonly #guardian: ChildProcess
  #ended = false
  #stopped: Promise<void> | undefined

  private constructor(options: OwnedProcessOptions, child: ChildProcess, guardian: ChildProcess) {
    this.#options = options
    this.child = child
    this.#guardian = guardian
    this.exited = this.#outcome()
    alive.add(this)
  }

  /** Starts the process. Rejects where its program cannot be started at all. */
  static async start(options: OwnedProcessOptions): Promise<OwnedProcess> {
    const { command, args, env, cwd, stdio = 'ignore', user } = options
    const child = spawn(command, args, { env, cwd, stdio, detached: true, ...user })
    if (child.pid === undefined) {
      const [cause] = (await once(child, 'error')) as [Error]
      throw new SetupError(`${command} cannot be started: ${cause.message}`, { cause })
    }
    killAtExit()
    const guardian = guard(child.pid, options.stopSignal ?? 'SIGTERM')
    const owned = new OwnedProcess(options, child, guardian)
    const record = await recordOf(child.pid)
    if (record && !owned.hasEnded) writeFileSync(options.recordFile, JSON.stringify(record), { mode: 0o600 })
    return owned
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** Asks it to stop, waits for its grace, then kills it. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#stopped ??= this.#stop())
  }

  /** Ends it at once. */
  kill(): void {
    if (!this.#ended) sendSignal(this.pid, this.#options.killSignal ?? 'SIGKILL')
  }

  async #stop(): Promise<void> {
    if (!this.#ended) sendSignal(this.pid, this.#options.stopSignal ?? 'SIGTERM')
    const impatience = setTimeout(() => this.kill(), this.#options.grace)
    await this.exited
    clearTimeout(impatience)
  }

  async #outcome(): Promise<Exit> {
    const [code, signal] = (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null]
    this.#ended = true
    alive.delete(this)
    this.#guardian.kill('SIGKILL')
    await rm(this.#options.recordFile, { force: true })
    return { code, signal }
  }
}

/** Ends what an owner that was killed has left behind under this record. */
export async function endLeftBehind(
  recordFile: string,
  signal: NodeJS.Signals,
  grace: number,
): Promise<boolean> {
  const record = readRecord(recordFile)
  if (!record) return false
  const found = await isRunning(record)
  await endOrphan(record, signal, grace)
  await rm(recordFile, { force: true })
  return found
}

/** The process recorded in a file; undefined where there is none or the file was cut off. */
export function readRecord(recordFile: string): ProcessRecord | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(recordFile, 'utf8')) as Partial<ProcessRecord>
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : undefined
  } catch {
    return undefined
  }
}

const alive = new Set<OwnedProcess>()
let isHooked = false

/** An owner that is made to end, by a second Ctrl-C for one, takes its processes with it; one that stopped has none left. */
function killAtExit(): void {
  if (isHooked) return
  isHooked = true
  process.once('exit', () => {
    for (const owned of alive) owned.kill()
  })
}

/** Its input ends when the owner does, even by kill -9; it ignores what a terminal sends to everybody. */
function guard(pid: number, signal: NodeJS.Signals): ChildProcess {
  const script = 'trap "" INT TERM HUP; read -r never; kill -"$1" "$0"'
  const guardian = spawn('/bin/sh', ['-c', script, String(pid), signal.replace('SIG', '')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  // Neither it nor its pipe keeps the owner running.
  guardian.unref()
  guardian.on('error', () => undefined)
  return guardian
}
