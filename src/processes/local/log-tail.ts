import { closeSync, openSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'

/** Opens a fresh log for a server that starts now; the one before it is kept beside it as `<file>.previous`. */
export async function openLog(file: string): Promise<{ fd: number } & Disposable> {
  await rename(file, `${file}.previous`).catch(() => undefined)
  const fd = openSync(file, 'a', 0o600)
  return { fd, [Symbol.dispose]: () => closeSync(fd) }
}

/** The last lines of a log, indented, for a message to a person. */
export async function logTail(file: string, lines = 12): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.trim() === '') return '  (it is empty)'
  return text
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `  ${line}`)
    .join('\n')
}
