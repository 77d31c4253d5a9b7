import { AsyncLocalStorage } from 'node:async_hooks'
import { createLogger as createWinston, format, transports } from 'winston'

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Facts of an event: ids, counts, durations in milliseconds. Never a secret, a record or personal data. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Logger {
  error(message: string, facts?: Facts): void
  warn(message: string, facts?: Facts): void
  info(message: string, facts?: Facts): void
  debug(message: string, facts?: Facts): void
}

const correlation = new AsyncLocalStorage<Facts>()

/** Runs `work` with facts that every log line inside it carries. Inner facts add to outer ones. */
export const withFacts = <T>(facts: Facts, work: () => T): T =>
  correlation.run({ ...correlation.getStore(), ...facts }, work)

/** Runs `work` with none of them: for what concerns the process, whoever came upon it. */
export const withoutFacts = <T>(work: () => T): T => correlation.exit(work)

/** One JSON object a line on standard output; `processName` tells scheduler, worker and dashboard apart. */
export function createLogger(options: { level: LogLevel; processName: string }): Logger {
  const winston = createWinston({
    level: options.level,
    defaultMeta: { process: options.processName },
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Console({ stderrLevels: [] })],
  })
  const write =
    (level: LogLevel) =>
    (message: string, facts: Facts = {}): void => {
      winston.log(level, message, { ...correlation.getStore(), ...facts })
    }
  return { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') }
}

/** For what tells its troubles by other means. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
}

/** The facts of an error that may be logged: its class, stable code and message. */
export function errorFacts(error: unknown): Facts {
  if (!(error instanceof Error)) return { error: String(error) }
  const { code } = error as { code?: unknown }
  return {
    error: error.name,
    errorCode: typeof code === 'string' ? code : undefined,
    errorMessage: error.message,
  }
}
