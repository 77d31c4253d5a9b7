import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** An empty folder, removed after the tests of the file that asked for it. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'syncfleet-'))
  made.push(folder)
  return folder
}

/** A file of that name in a folder of its own; returns its path. */
export function fileNamed(name: string, content: string): string {
  const path = join(emptyFolder(), name)
  writeFileSync(path, content)
  return path
}
