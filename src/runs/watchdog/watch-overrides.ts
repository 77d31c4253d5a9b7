import type { Job } from '../../job/define-job'
import { recordAct } from '../../ledger/audit'
import { endExpiredOverrides } from '../../ledger/control/overrides'
import type { Database } from '../../ledger/postgres/database'
import { declaredValues, liveJob } from '../control/live-jobs'

/** Ends overrides whose time is over, in the name of the system: their jobs go by the configuration again. */
export async function watchOverrides(database: Database, jobs: readonly Job[]): Promise<void> {
  await database.transaction(async (sql) => {
    for (const { job: id, setting, value } of await endExpiredOverrides(sql)) {
      const job = jobs.find((candidate) => candidate.id === id)
      const after = job && { [setting]: declaredValues(liveJob(job, []).declared)[setting] }
      await recordAct(sql, {
        actor: 'system',
        via: 'system',
        action: 'revert',
        subject: `job ${id}`,
        before: { [setting]: value },
        ...(after ? { after } : {}),
        reason: 'expired',
        outcome: 'done',
      })
    }
  })
}
