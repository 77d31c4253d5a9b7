import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this test's own, with spaces in its path, open to every user, removed on dispose. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const outer = await mkdtemp(join(tmpdir(), 'syncfleet test '))
  await chmod(outer, 0o777)
  return {
    path: outer,
    [Symbol.asyncDispose]: () => rm(outer, { recursive: true, force: true }),
  }
}
