import { CommanderError, type Command } from 'commander'
import { ActRefusedError } from '../../runs/control/act-refused'

/** The command did not do what it was asked. The message is all there is to tell; the exit code is 1. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly code = 'command'
}

/** The command was asked wrongly. The exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError'
  readonly code = 'usage'
}

/** Makes a program and all its commands throw instead of ending the process. Call it when all of them are added. */
export function throwInsteadOfExit(program: Command): void {
  program.exitOverride()
  for (const command of program.commands) throwInsteadOfExit(command)
}

/** 0 done, 1 failed, 2 wrong usage, by what a command threw. */
export function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof UsageError) return 2
  if (error instanceof ActRefusedError) return error.refusal === 'invalid' ? 2 : 1
  if (!(error instanceof CommanderError)) return 1
  // Asking for help or for the version is no mistake.
  return error.exitCode === 0 ? 0 : 2
}

/** What to print on standard error; undefined where it was printed already. */
export function complaintOf(error: unknown): string | undefined {
  if (error instanceof CommanderError) return undefined
  if (!(error instanceof Error)) return String(error)
  // Errors with a code say what to do; for the others the stack is what helps.
  return 'code' in error ? error.message || String(error.code) : (error.stack ?? error.message)
}
