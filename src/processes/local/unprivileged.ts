import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { SetupError } from './setup-error'

const run = promisify(execFile)

/** A user of this machine that a server may run as. */
export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Whom Postgres runs as, since it refuses root: an existing user without rights.
 * Undefined where this process is not root, and so runs it as itself.
 */
export async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      // Numbers above 2^31 stand for negative ones where `nobody` is -2.
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout) | 0),
      )
      if (uid !== undefined && gid !== undefined) return { name, uid, gid }
    } catch {
      continue
    }
  }
  throw new SetupError(
    'Postgres refuses to run as root, and this machine has neither a user postgres nor nobody',
  )
}

/** True where this user may enter a folder, or start a program. Asked of the system: only it knows every rule. */
export async function isReachableBy(user: SystemUser | undefined, path: string): Promise<boolean> {
  if (!user) return true
  try {
    await run('/bin/sh', ['-c', 'test -x "$0"', path], { uid: user.uid, gid: user.gid, cwd: '/' })
    return true
  } catch {
    return false
  }
}
