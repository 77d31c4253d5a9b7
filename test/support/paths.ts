import { mkdir, readdir, symlink } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** A PATH with every program of this process' own, but for some: made of links in `folder`. */
export async function pathWithout(folder: string, ...missing: string[]): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const origin of (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const names = await readdir(origin).catch(() => [])
    for (const name of names.filter((candidate) => !missing.includes(candidate))) {
      // The first folder on PATH that has a program wins, as in the original.
      await symlink(join(origin, name), join(folder, name)).catch(() => undefined)
    }
  }
  return folder
}
