import { z } from 'zod'
import type { JobDefinition } from '../../job/define-job'
import type { Sql } from '../../lib/sql'
import { problemsOf } from './imports/problems'
import { SecretBoxError, type SecretBox } from './secret-box'

/** What is wrong with a credential, without its secrets. */
export interface CredentialProblem {
  readonly id: string
  readonly problem: string
}

/** Opens every credential and holds it against its job's declaration, without asking any vendor. */
export async function checkCredentials(
  sql: Sql,
  box: SecretBox,
  jobs: readonly JobDefinition[],
): Promise<{ readonly checked: number; readonly problems: readonly CredentialProblem[] }> {
  const { rows } = await sql.query<{ id: string; job: string; secrets: string }>(
    'select id, job, secrets from credentials order by id',
  )
  const problems = rows.flatMap(({ id, job, secrets }) => {
    const definition = jobs.find((candidate) => candidate.id === job)
    const problem = definition ? problemOf(box, definition, id, secrets) : `no job is called ${job}`
    return problem === undefined ? [] : [{ id, problem }]
  })
  return { checked: rows.length, problems }
}

function problemOf(
  box: SecretBox,
  definition: JobDefinition,
  id: string,
  sealed: string,
): string | undefined {
  try {
    const given = { secrets: JSON.parse(box.open(sealed, id)) as unknown }
    const schema = z.object({ secrets: definition.secrets })
    const parsed = schema.safeParse(given)
    return parsed.success ? undefined : problemsOf(parsed.error, schema, given)
  } catch (error) {
    if (error instanceof SecretBoxError) return error.message
    throw error
  }
}
