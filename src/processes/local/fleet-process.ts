import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { seconds } from '../../lib/durations'
import { wait } from '../../lib/wait'
import { logTail, openLog } from './log-tail'
import { OwnedProcess } from './owned-process'
import { SetupError } from './setup-error'

/** One process of the fleet, as Node runs it. */
export interface FleetProcess {
  /** Names its log and its record: `worker-1`. */
  readonly name: string
  /** The script and what follows it. */
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Answers 200 when the process is ready. */
  readonly readyUrl: string
  /** Milliseconds it may take to stop. */
  readonly grace: number
}

const patience = seconds(60)

/** Starts a process with its log and its record under `folder`, and waits until it is ready. */
export async function startFleetProcess(
  part: FleetProcess,
  folder: string,
  signal: AbortSignal,
): Promise<OwnedProcess> {
  const { name, args, env, grace } = part
  const [logs, records] = [logFolder(folder), recordFolder(folder)]
  for (const made of [logs, records]) await mkdir(made, { recursive: true })
  const log = join(logs, `${name}.log`)
  using opened = await openLog(log)
  const owned = await OwnedProcess.start({
    command: process.execPath,
    args,
    env,
    cwd: folder,
    stdio: ['ignore', opened.fd, opened.fd],
    recordFile: join(records, `${name}.pid.json`),
    grace,
  })
  try {
    await untilReady(part, owned, log, signal)
    return owned
  } catch (error) {
    await owned[Symbol.asyncDispose]()
    throw error
  }
}

/** Where processes log. */
export const logFolder = (folder: string): string => join(folder, 'logs')
/** Where running processes are recorded. */
export const recordFolder = (folder: string): string => join(folder, 'running')

async function untilReady(
  { name, readyUrl }: FleetProcess,
  owned: OwnedProcess,
  log: string,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + patience
  while (!(await answers(readyUrl))) {
    const problem = owned.hasEnded
      ? 'ended during its start'
      : Date.now() > end
        ? `was not ready within ${patience / 1000} s`
        : undefined
    if (problem) throw new SetupError(`${name} ${problem}. The end of ${log}:\n${await logTail(log)}`)
    await wait(50, signal)
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(seconds(2)), redirect: 'manual' })
    await answer.body?.cancel()
    return answer.status === 200
  } catch {
    return false
  }
}
