import { once } from 'node:events'
import { minutes, seconds } from '../lib/durations'
import { complaintOf, exitCodeOf } from './commands/outcome'

/** A process that was told to stop and has not ended by then is ended, with a non-zero code. More than any grace may be set to. */
const stopAtMost = minutes(11)

/** One press of Ctrl-C comes twice to what npm runs: from the terminal, and passed on by npm. */
const onePress = seconds(1)

/**
 * Runs a process: `main` gets a signal that aborts with the first SIGINT or SIGTERM, or when whoever read its output has left.
 * The process ends by itself when nothing is left to do; a second signal ends it at once.
 * An error is told on standard error: the exit code is 2 for wrong usage, else 1.
 */
export async function runProcess(main: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  let toldAt = 0
  const onSignal = (): void => {
    if (stop.signal.aborted && Date.now() - toldAt < onePress) return
    // Nothing else ends the process by force.
    if (stop.signal.aborted) process.exit(1)
    toldAt = Date.now()
    stop.abort(new StoppedError())
    setTimeout(() => process.exit(1), stopAtMost).unref()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  // `| head` has read enough. Unheard, it would end the process in the middle of what it does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    stop.abort(new StoppedError())
  })
  try {
    await main(stop.signal)
  } catch (error) {
    if (error instanceof StoppedError) return
    process.exitCode = exitCodeOf(error)
    const complaint = complaintOf(error)
    if (complaint !== undefined) process.stderr.write(`${complaint}\n`)
  }
}

/** Resolves when the process is told to stop. What was started, a server for one, keeps it alive until then. */
export async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Why start-up was cut short: somebody told the process to stop. That is no failure. */
class StoppedError extends Error {
  override name = 'StoppedError'
}
