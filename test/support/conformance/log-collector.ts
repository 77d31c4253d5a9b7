import type { Facts, Logger } from '../../../src/telemetry/logger'

/** Keeps every line that a worker logs, whatever its level, as text. */
export class LogCollector implements Logger {
  readonly lines: string[] = []

  readonly error = (message: string, facts: Facts = {}): void => this.#keep('error', message, facts)
  readonly warn = (message: string, facts: Facts = {}): void => this.#keep('warn', message, facts)
  readonly info = (message: string, facts: Facts = {}): void => this.#keep('info', message, facts)
  readonly debug = (message: string, facts: Facts = {}): void => this.#keep('debug', message, facts)

  #keep(level: string, message: string, facts: Facts): void {
    this.lines.push(JSON.stringify({ level, message, ...facts }))
  }
}
