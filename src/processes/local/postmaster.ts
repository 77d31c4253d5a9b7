import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endOrphan, recordOf } from './process-identity'

const run = promisify(execFile)

/** Ends the server that runs on this data folder, if there is one, by a fast shutdown. */
export async function endPostmaster(data: string, grace: number): Promise<void> {
  const pid = await postmasterOf(data)
  if (pid === undefined || !(await isPostmasterOf(pid, data))) return
  const record = await recordOf(pid)
  if (record) await endOrphan(record, 'SIGINT', grace)
}

/**
 * The process number left in the data folder when it is not a server of this folder.
 * After a kill the number may belong to anybody by now, and Postgres would refuse to start beside it.
 */
export async function stalePostmaster(data: string): Promise<number | undefined> {
  const pid = await postmasterOf(data)
  return pid === undefined || (await isPostmasterOf(pid, data)) ? undefined : pid
}

async function postmasterOf(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** A postmaster keeps the arguments it was started with, its data folder among them. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  const command =
    process.platform === 'linux'
      ? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
      : await run('ps', ['-o', 'command=', '-p', String(pid)]).then(
          ({ stdout }) => stdout,
          () => '',
        )
  return command.includes(`postgres -D ${data} `)
}
