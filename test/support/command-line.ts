import { execFile } from 'node:child_process'
import { join } from 'node:path'

const builtEntry = join(__dirname, '..', '..', 'dist', 'src', 'bin', 'syncfleet.js')

export interface Answer {
  readonly code: number
  readonly printed: string
  readonly complaint: string
}

/** What the built command line says to these words, in a process of its own. */
export async function commandLine(
  env: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], USER: 'ada', ...env } }
    execFile(process.execPath, [builtEntry, ...words], options, (error, printed, complaint) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? -1 : 0,
        printed: printed.trim(),
        complaint: complaint.trim(),
      })
    })
  })
}
