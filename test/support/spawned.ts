import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { heapLimit } from '../../src/processes/heap-limit'

const builtEntry = join(__dirname, '..', '..', 'dist', 'src', 'bin', 'syncfleet.js')

/** One line of a process' log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message: string }

/** A real process of the fleet: started, watched by its log, signalled, and ended with the test. */
export class Spawned implements AsyncDisposable {
  readonly command: string
  readonly lines: LogLine[] = []
  /** What it wrote that is no log line. */
  readonly other: string[] = []
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>
  readonly #listeners = new Set<() => void>()

  /** `entry` is the command line's script, of the build under test unless another one is told. */
  constructor(command: string, env: Readonly<Record<string, string>>, entry: string = builtEntry) {
    this.command = command
    this.#child = spawn(process.execPath, [...heapLimit, entry, command], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#exit = once(this.#child, 'close').then(() => this.#tell())
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#take(line))
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get exitCode(): number | null {
    return this.#child.exitCode
  }

  /** Resolves with the first log line that has this message, also one that is there already. */
  async logged(message: string, fits: (line: LogLine) => boolean = () => true): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find((line) => line.message === message && fits(line))
      if (found) return found
      if (this.#isOver())
        throw new Error(`${this.command} ended without saying "${message}":\n${this.#tail()}`)
      await new Promise<void>((resolve) => {
        this.#listeners.add(resolve)
      })
    }
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGUSR2'): void {
    this.#child.kill(name)
  }

  /** Signals and waits for the end; resolves with the exit code, or null where the signal ended it. */
  async end(name: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.signal(name)
    return this.ended()
  }

  /** Waits for the end; resolves with the exit code, or null where a signal ended it. */
  async ended(): Promise<number | null> {
    await this.#exit
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver()) return
    this.signal('SIGCONT')
    await this.end('SIGKILL')
  }

  #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #take(line: string): void {
    try {
      this.lines.push(JSON.parse(line) as LogLine)
    } catch {
      this.other.push(line)
    }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }

  #tail(): string {
    return [...this.other, ...this.lines.map((line) => JSON.stringify(line))].slice(-20).join('\n')
  }
}
