import type { Job } from '../../job/define-job'
import type { Database } from '../../ledger/postgres/database'
import { CommandError, UsageError } from './outcome'

/** Account ids for what a person typed. A name that fits no account, or an account that is disabled, is an error. */
export async function accountsNamed(database: Database, job: Job, names: string): Promise<string[]> {
  const wanted = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (wanted.length === 0) throw new UsageError('--accounts: expected at least one name')
  const { rows } = await database.query<{ id: string; name: string; enabled: boolean }>(
    `select a.id, wanted.name, a.enabled from unnest($2::text[]) wanted (name)
     join accounts a on a.job = $1 and wanted.name in (a.client_id, a.external_id, a.id::text)`,
    [job.id, wanted],
  )
  const unknown = wanted.filter((name) => !rows.some((row) => row.name === name))
  if (unknown.length > 0) {
    throw new CommandError(
      `--accounts: no account of ${job.id} is named ${unknown.join(', ')}; see \`accounts list --job ${job.id}\``,
    )
  }
  const disabled = rows.filter(({ enabled }) => !enabled).map(({ name }) => name)
  if (disabled.length > 0) throw new CommandError(`--accounts: disabled: ${disabled.join(', ')}`)
  return [...new Set(rows.map(({ id }) => id))]
}
