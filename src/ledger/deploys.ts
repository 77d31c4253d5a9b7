import type { Sql } from '../lib/sql'
import { recordAct } from './audit'

/** What a deployment runs: its build, and what it declares of every job. */
export interface Deployed {
  readonly build: string
  readonly jobs: Readonly<Record<string, unknown>>
}

const action = 'deploy'

/**
 * Leaves an audit row where this deployment differs from the last one recorded: before, after, and who deployed it.
 * Returns whether it did. Only the leader calls it, so the same deployment is recorded once.
 */
export async function recordDeploy(sql: Sql, deployed: Deployed, deployedBy: string): Promise<boolean> {
  const { rows } = await sql.query<{ before: Deployed | null; isSame: boolean }>(
    `select after as before, after = $2::jsonb as "isSame" from audit_log
     where action = $1 and subject = 'fleet' order by id desc limit 1`,
    [action, JSON.stringify(deployed)],
  )
  const [last] = rows
  if (last?.isSame) return false
  await recordAct(sql, {
    actor: deployedBy,
    via: 'system',
    action,
    subject: 'fleet',
    ...(last ? { before: last.before } : {}),
    after: deployed,
    outcome: 'done',
  })
  return true
}
