import { deadLetterGroups, type DeadLetterChoice } from '../../ledger/work/dead-letters'
import type { Database } from '../../ledger/postgres/database'
import { findSyncs } from '../../ledger/work/syncs'
import { nearest } from '../../lib/nearest'
import type { CommandContext, OpenLedger } from './context'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'

/** How a person names dead letters. */
export interface NamedDeadLetters {
  readonly job?: string
  readonly all?: boolean
  readonly syncs?: string
}

/** What a person named, as the ledger knows it. What names nothing, or more than one thing, is wrong usage. */
export async function deadLettersNamed(
  context: CommandContext,
  { database }: OpenLedger,
  signature: string | undefined,
  { job, all = false, syncs }: NamedDeadLetters,
): Promise<DeadLetterChoice> {
  const named = signature !== undefined || job !== undefined
  if (!named && !all && syncs === undefined)
    throw new UsageError(
      'say which: a signature, --job, --syncs or --all (see `syncfleet dead-letters list`)',
    )
  if (Number(named) + Number(all) + Number(syncs !== undefined) > 1)
    throw new UsageError('--all and --syncs stand alone: give a signature or a job, or one of these')
  if (syncs !== undefined) return { syncIds: await failedSyncs(database, syncs) }
  const choice = {
    ...(signature === undefined ? {} : { signature }),
    ...(job === undefined ? {} : { job: knownJob(context.config(), job).id }),
  }
  if (signature !== undefined) await expectKnown(database, { ...choice, signature })
  return choice
}

/** Fails where there is no dead letter of that signature, with the nearest that there is. */
export async function expectKnown(
  database: Database,
  { signature, ...query }: DeadLetterChoice & { readonly signature: string; readonly discarded?: boolean },
): Promise<void> {
  if ((await deadLetterGroups(database, { ...query, signature })).length > 0) return
  const others = { ...query, signature, discarded: query.discarded !== true }
  if ((await deadLetterGroups(database, others)).length > 0)
    throw new CommandError(
      query.discarded
        ? `the dead letters of ${signature} are not discarded; see \`syncfleet dead-letters show ${signature}\``
        : `the dead letters of ${signature} are discarded; \`syncfleet dead-letters show ${signature} --discarded\` names their syncs, for \`retry --syncs\``,
    )
  const known = (await deadLetterGroups(database, query)).map((group) => group.signature)
  const near = nearest(signature, known)
  const kind = query.discarded ? 'discarded dead letter' : 'dead letter'
  const what = `${kind}${query.job === undefined ? '' : ` of ${query.job}`} with the signature ${signature}`
  const list = `\`syncfleet dead-letters list${query.discarded ? ' --discarded' : ''}\``
  throw new CommandError(
    `there is no ${what}; ${near === undefined ? `see ${list}` : `did you mean ${near}? See ${list}`}`,
  )
}

async function failedSyncs(database: Database, given: string): Promise<string[]> {
  const ids = [...new Set(given.split(',').map((id) => id.trim()))].filter((id) => id !== '')
  if (ids.length === 0 || !ids.every((id) => /^\d{1,18}$/.test(id)))
    throw new UsageError(`--syncs: expected ids of syncs with commas between, got "${given}"`)
  const found = new Map((await findSyncs(database, ids)).map(({ id, state }) => [id, state]))
  const others = ids.filter((id) => found.get(id) !== 'failed')
  if (others.length === 0) return ids
  const told = others.map((id) => `${id} (${found.get(id) ?? 'unknown'})`).join(', ')
  throw new CommandError(`--syncs: only failed syncs are dead letters, not ${told}; nothing was done`)
}
