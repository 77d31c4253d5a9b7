import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { wait } from '../../lib/wait'
import { SetupError } from './setup-error'

const run = promisify(execFile)

/** A process that can be recognised later, when its number may long belong to another. */
export interface ProcessRecord {
  readonly pid: number
  /** Differs between two processes that had the same number. */
  readonly identity: string
}

/** The record of a running process; undefined where there is none of that number, or only its remains. */
export async function recordOf(pid: number): Promise<ProcessRecord | undefined> {
  const identity = process.platform === 'linux' ? await linuxIdentity(pid) : await portableIdentity(pid)
  return identity === undefined ? undefined : { pid, identity }
}

/** True while the very process that was recorded still runs. */
export async function isRunning(record: ProcessRecord): Promise<boolean> {
  return (await recordOf(record.pid))?.identity === record.identity
}

/** Resolves once the recorded process is gone: true; or after `milliseconds`: false. */
export async function isGoneWithin(record: ProcessRecord, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds
  while (await isRunning(record)) {
    if (Date.now() >= end) return false
    await wait(20, new AbortController().signal)
  }
  return true
}

/** Ends a process that an earlier owner left behind: asks with `signal`, insists after `grace` milliseconds. */
export async function endOrphan(record: ProcessRecord, signal: NodeJS.Signals, grace: number): Promise<void> {
  for (const [step, patience] of [
    [signal, grace],
    ['SIGKILL', 5000],
  ] as const) {
    if (!(await isRunning(record))) return
    sendSignal(record.pid, step)
    if (await isGoneWithin(record, patience)) return
  }
  throw new SetupError(`process ${record.pid} of an earlier start does not end; stop it, then start again`)
}

/** Signals a process that may be gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Boot and start time: exact, and no other program is needed to read them. */
async function linuxIdentity(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[19]]
    // A zombie waits for a parent that may never collect it.
    if (state === 'Z' || state === 'X' || startedAt === undefined) return undefined
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()}/${startedAt}`
  } catch {
    return undefined
  }
}

async function portableIdentity(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    })
    const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(stdout) ?? []
    return state === undefined || state.startsWith('Z') ? undefined : startedAt
  } catch {
    return undefined
  }
}
