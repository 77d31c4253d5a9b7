import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from './setup-error'
import { isReachableBy, unprivilegedUser } from './unprivileged'

/**
 * Where Redis and Postgres keep their data: inside the clone's data folder, unless root started us and the user that
 * Postgres then runs as cannot enter it. In that case a folder elsewhere, always the same for this clone.
 */
export async function serverFolder(dataFolder: string, id: string): Promise<string> {
  const user = await unprivilegedUser()
  const folder = (await isReachableBy(user, dataFolder))
    ? join(dataFolder, 'servers')
    : join(
        '/var/tmp',
        `syncfleet-${createHash('sha256').update(`${id} ${dataFolder}`).digest('hex').slice(0, 16)}`,
      )
  await mkdir(folder, { recursive: true })
  const found = await lstat(folder)
  // The folder elsewhere is in a place where anybody may put something.
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new SetupError(`${folder} belongs to somebody else; move it away, then start again`)
  }
  await chmod(folder, 0o755)
  return folder
}
