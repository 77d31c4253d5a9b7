import { copyFile, readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

const largest = 20 * 1024 * 1024

/** Keeps logs that grow while a process writes them within bounds: what is over goes to `<file>.previous`. */
export async function trimLogs(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.log'))) {
    const file = join(folder, name)
    if ((await stat(file)).size <= largest) continue
    await copyFile(file, `${file}.previous`)
    // Its writer appends, so it goes on at the new end.
    await truncate(file)
  }
}
