import type { JobDefinition } from '../../job/define-job'
import { type Pause, pauseInWords, pausesOver } from '../../ledger/control/pauses'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'

/**
 * Throws an `ActRefusedError` with the words of the pause where the job or everything is paused, or one of the accounts that are
 * named, or its client. Without accounts those that are paused are left out of the run, and it goes on for the others.
 */
export async function refusePaused(
  sql: Sql,
  job: Pick<JobDefinition, 'id'>,
  accountIds: readonly string[] = [],
): Promise<void> {
  const [pause] = await pausesOver(sql, job.id, accountIds)
  if (pause)
    throw new ActRefusedError(
      'conflict',
      `${job.id} cannot be run: ${pauseInWords(pause)}. Resume it first: \`syncfleet ${resumeCommand(pause)}\``,
    )
}

/** What to type to end a pause. */
export const resumeCommand = ({ scope, subject }: Pick<Pause, 'scope' | 'subject'>): string =>
  scope === 'everything' ? 'resume' : `${scope}s resume ${subject}`
