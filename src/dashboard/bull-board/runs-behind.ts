import { slotsBetween } from '../../ledger/slots/slots'
import { findRun } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import { instantOf, jobOfTick, runIdOf } from '../../queue/bull-jobs'

/** The runs under way that BullMQ jobs of the queue of runs stand for. A tick that is still to come stands for none. */
export async function runsBehind(sql: Sql, bullIds: readonly string[]): Promise<string[]> {
  const runIds: string[] = []
  for (const bullId of bullIds) {
    const id = runIdOf(bullId) ?? (await runOfTick(sql, bullId))
    if (id !== undefined && (await findRun(sql, id))?.state === 'running') runIds.push(id)
  }
  return runIds
}

async function runOfTick(sql: Sql, bullId: string): Promise<string | undefined> {
  const jobId = jobOfTick(bullId)
  const dueAt = instantOf(bullId)
  if (jobId === undefined || !dueAt) return undefined
  const [slot] = await slotsBetween(sql, jobId, dueAt, dueAt)
  return slot?.runId ?? undefined
}
