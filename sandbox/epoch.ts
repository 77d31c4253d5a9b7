import { readFile, writeFile } from 'node:fs/promises'

/**
 * The epoch that a file keeps; now, written there, where there is no such file yet.
 * Throws where the file holds no instant, or cannot be read or written.
 */
export async function keptEpoch(file: string): Promise<Date> {
  const now = new Date()
  try {
    // Fails where the file is there.
    await writeFile(file, `${now.toISOString()}\n`, { flag: 'wx' })
    return now
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const kept = new Date((await readFile(file, 'utf8')).trim())
  if (Number.isNaN(kept.getTime()))
    throw new Error(`${file}: expected an instant such as ${now.toISOString()}`)
  return kept
}
