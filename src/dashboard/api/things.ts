import type { Job } from '../../job/define-job'
import { findAccount, type AccountRow } from '../../ledger/accounts/accounts'
import { findClient, type Client } from '../../ledger/accounts/clients'
import { nearest } from '../../lib/nearest'
import { liveJobs, type LiveJob } from '../../runs/control/live-jobs'
import type { Context } from '../context'
import { RefusedError } from '../errors'

/** The job of that id as the configuration has it; 404 with the near one where there is none. */
export function knownJob({ jobs }: Pick<Context, 'jobs'>, id: string): Job {
  const job = jobs.find((candidate) => candidate.id === id)
  if (job) return job
  const ids = jobs.map((candidate) => candidate.id)
  const near = nearest(id, ids)
  throw new RefusedError(
    404,
    `There is no job "${id}"${near === undefined ? '; expected' : `; did you mean ${near}? Expected`} one of ${ids.join(', ')}.`,
  )
}

/** The same under the settings that it runs by now, overrides included. */
export async function liveJobOf(ctx: Context, id: string): Promise<LiveJob> {
  const [job] = await liveJobs(ctx.database, [knownJob(ctx, id)])
  return found(job, `job ${id}`)
}

export const accountOf = async (ctx: Context, id: string): Promise<AccountRow> =>
  found(await findAccount(ctx.database, id), `account ${id}`)

export const clientOf = async (ctx: Context, id: string): Promise<Client> =>
  found(await findClient(ctx.database, id), `client ${id}`)

/** What was looked for; 404 where it is not there. */
export function found<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing === undefined) throw new RefusedError(404, `There is no ${what}.`)
  return thing
}

/** Only what was given, for functions whose options may be absent and not undefined. */
export function givenOf<Options extends object>(
  options: Options,
): { [Key in keyof Options]?: Exclude<Options[Key], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as { [Key in keyof Options]?: Exclude<Options[Key], undefined> }
}
