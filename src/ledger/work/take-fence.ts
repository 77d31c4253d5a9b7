import { seconds } from '../../lib/durations'
import { only, type Sql } from '../../lib/sql'
import { wait } from '../../lib/wait'
import type { Database } from '../postgres/database'
import { takeFencesOf } from './fences'

/** A page takes this long where its worker is well; one that holds its account for longer belongs to a frozen one. */
const longestPage = seconds(0.4)

/**
 * Takes the fence of a sync's account from the attempt that holds it, if one does, so that this attempt writes nothing more.
 * The account stays locked until the transaction ends. A page that its worker keeps open is ended at the server, because
 * the account would be locked for as long as the worker is frozen, or waits for another lock.
 */
export async function takeFence(
  database: Database,
  sql: Sql,
  { syncId, accountId }: { readonly syncId: string; readonly accountId: string },
): Promise<void> {
  const { pid } = only(await sql.query<{ pid: number }>('select pg_backend_pid() as pid'))
  const locked = new AbortController()
  const clearing = clearTheWay(database, pid, syncId, locked.signal)
  try {
    await sql.query('select 1 from accounts where id = $1 for no key update', [accountId])
  } finally {
    locked.abort()
    await clearing
  }
  await takeFencesOf(sql, [syncId])
}

/**
 * Ends the sync's worker's connections that keep `pid` waiting, until `signal` aborts. Connections bear their worker's name.
 * It asks on a connection of its own: those of the pool may all be waiting for such a lock.
 */
async function clearTheWay(
  database: Database,
  pid: number,
  syncId: string,
  signal: AbortSignal,
): Promise<void> {
  const isOver = async (): Promise<boolean> => {
    await wait(longestPage, signal).catch(() => undefined)
    return signal.aborted
  }
  if (await isOver()) return
  await database
    .session(async (sql) => {
      do
        await sql.query(
          `select pg_terminate_backend(a.pid)
           from unnest(pg_blocking_pids($1)) blocking (pid) join pg_stat_activity a using (pid)
           where a.application_name in (
             select left('syncfleet worker ' || worker, 63) from attempts where sync_id = $2 and outcome = 'running')`,
          [pid, syncId],
        )
      while (!(await isOver()))
    })
    // A role that may not end another one's connections waits until they end by themselves.
    .catch(() => undefined)
}
