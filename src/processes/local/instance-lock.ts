import { link, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRecord } from './owned-process'
import { isRunning, recordOf, type ProcessRecord } from './process-identity'

/** Another `npm start` runs in this clone. */
export class AlreadyRunningError extends Error {
  override name = 'AlreadyRunningError'
  readonly code = 'already_running'
  readonly owner: ProcessRecord

  constructor(owner: ProcessRecord, address: string | undefined) {
    super(
      `This clone's fleet runs already, as process ${owner.pid}${address ? ` at ${address}` : ''}. ` +
        `Press Ctrl-C where it was started, or stop it with: kill ${owner.pid}`,
    )
    this.owner = owner
  }
}

/** Held by the one process that runs a clone's fleet. A lock whose owner is gone is taken over. */
export class InstanceLock implements AsyncDisposable {
  readonly #file: string
  readonly owner: ProcessRecord

  private constructor(file: string, owner: ProcessRecord) {
    this.#file = file
    this.owner = owner
  }

  /** Throws `AlreadyRunningError` where another process holds it; `addressOf` may tell where that one is reached. */
  static async take(folder: string, addressOf: () => Promise<string | undefined>): Promise<InstanceLock> {
    const file = join(folder, 'fleet.lock')
    const owner = await recordOf(process.pid)
    if (!owner) throw new Error('this process cannot tell when it was started')
    const mine = `${file}.${process.pid}`
    await writeFile(mine, JSON.stringify(owner), { mode: 0o600 })
    try {
      while (!(await linked(mine, file))) {
        const holder = readRecord(file)
        if (holder && (await isRunning(holder))) throw new AlreadyRunningError(holder, await addressOf())
        await removeStale(file, holder)
      }
    } finally {
      await rm(mine, { force: true })
    }
    return new InstanceLock(file, owner)
  }

  /** Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    const holder = readRecord(this.#file)
    if (isSame(holder, this.owner)) await rm(this.#file, { force: true })
  }
}

/** A link to a complete file: nobody ever reads half a lock. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves it aside before removing it: two starts at once must not remove the lock that the other has just taken. */
async function removeStale(file: string, stale: ProcessRecord | undefined): Promise<void> {
  const aside = `${file}.stale.${process.pid}`
  await rename(file, aside).catch(() => undefined)
  const moved = readRecord(aside)
  if (moved && !isSame(moved, stale)) await linked(aside, file)
  await rm(aside, { force: true })
}

const isSame = (a: ProcessRecord | undefined, b: ProcessRecord | undefined): boolean =>
  a?.pid === b?.pid && a?.identity === b?.identity
