import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this test's own, with spaces in its path, open to every user, removed on dispose. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const outer = await mkdtemp(join(tmpdir(), 'syncfleet test '))
  await chmod(outer, 0o777)
  return {
    path: outer,
    [Symbol.asyncDispose]: () => removeFolder(outer),
  }
}

/** Removes it although the child of a server that was killed may still be writing its last file there. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}
