import type { z } from 'zod'
import type { Job } from '../../job/define-job'
import { VendorConfigError, CredentialUnreadableError } from '../../job/errors'
import type { HttpDoor, VendorAccess } from '../../job/http'
import { handleOf } from '../../job/stream-handles'
import type { Page } from '../../job/streams'
import type { AnySync, SyncContext } from '../../job/sync'
import type { Database } from '../../ledger/postgres/database'
import type { StreamState } from '../../ledger/streams/stream-states'
import type { Claim } from './claim-sync'
import { fencedOperations } from './fenced-operations'

/** The doors that every sync is handed. */
export interface SyncDoors {
  readonly http: HttpDoor
  /** The door for one job's calls, where these keep to a share of the limits. Default `http`. */
  readonly httpOf?: (jobId: string) => HttpDoor
  /** Opens a credential's sealed secrets. */
  readonly unseal: (sealed: string, credentialId: string) => string
  readonly pseudonym: (value: string) => string
}

/** A job that this worker can perform. */
export interface PerformableJob {
  readonly job: Job
  readonly sync: AnySync
}

/** What a sync is handed of its attempt. */
interface AttemptTools {
  readonly signal: AbortSignal
  /** Ends even what is being written. */
  readonly cut: AbortSignal
  readonly now: Date
  readonly note: (message: string) => void
}

/** Starts the job's sync for a claimed account and returns its pages. Nothing is asked of the vendor before the first one. */
export function driveSync(
  { job, sync }: PerformableJob,
  claim: Claim,
  doors: SyncDoors,
  database: Database,
  { cut, ...attempt }: AttemptTools,
): AsyncGenerator<Page, void, undefined> {
  const { account, states, tally } = claim
  const http = doors.httpOf?.(job.id) ?? doors.http
  const { versions, baseUrls } = http
  const only = claim.backfill ? claim.backfill.streams : claim.sync.streams
  const wants = (stream: string): boolean => only?.includes(stream) !== false
  const context = {
    account: {
      id: account.id,
      clientId: account.clientId,
      externalId: account.externalId,
      timezone: account.timezone,
      settings: settingsOf(job, account),
    },
    secrets: secretsOf(job, account, doors.unseal),
    streams: streamsOf(job, states),
    http: { versions, baseUrls, for: (access: VendorAccess) => http.for(access, tally) },
    operations: fencedOperations(database, claim, { signal: cut }),
    days: claim.backfill?.days,
    wants,
    mayUseReserve: claim.sync.kind === 'manual',
    pseudonym: doors.pseudonym,
    ...attempt,
  } satisfies Record<keyof SyncContext<Job>, unknown>
  // The definition that the context was made from is the one the sync was written for.
  const pages = sync(context as never)
  return only ? pagesOf(pages, wants) : pages
}

/** Those that are wanted. The others move no cursor, so nothing is lost of what a sync read all the same. */
async function* pagesOf(
  pages: AsyncGenerator<Page, void, undefined>,
  wants: (stream: string) => boolean,
): AsyncGenerator<Page, void, undefined> {
  for await (const page of pages) if (wants(page.stream)) yield page
}

const streamsOf = (job: Job, states: readonly StreamState[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(job.streams).map(([name, stream]) => {
      const state = states.find((candidate) => candidate.stream === name)
      // Another sync saw what lies before its position, and that is forgotten: this listing would look complete and lack it.
      const isForeign = stream.kind === 'snapshot' && state?.hasSeen === false
      const position = isForeign ? undefined : state?.position
      return [name, handleOf(name, stream, { cursor: state?.cursor, position })]
    }),
  )

/** Throws a `VendorConfigError` where they are not what the job declares. */
export function settingsOf(job: Job, account: Pick<Claim['account'], 'id' | 'settings'>): unknown {
  const parsed = job.settings.safeParse(account.settings)
  if (parsed.success) return parsed.data
  throw new VendorConfigError(`settings of account ${account.id}: ${fieldsAtFault(parsed.error)}`)
}

/** Throws a `CredentialUnreadableError` where they cannot be opened, or are not what the job declares. */
export function secretsOf(
  job: Job,
  account: Pick<Claim['account'], 'credentialId' | 'secrets'>,
  unseal: SyncDoors['unseal'],
): unknown {
  let secrets: unknown
  try {
    secrets = JSON.parse(unseal(account.secrets, account.credentialId))
  } catch (cause) {
    throw new CredentialUnreadableError(
      `credential ${account.credentialId} cannot be decrypted with this worker's keys`,
      { cause },
    )
  }
  const parsed = job.secrets.safeParse(secrets)
  if (parsed.success) return parsed.data
  throw new CredentialUnreadableError(
    `secrets of credential ${account.credentialId}: ${fieldsAtFault(parsed.error)}`,
  )
}

/** Field names and expectations; never a value. */
const fieldsAtFault = (error: z.ZodError): string =>
  error.issues.map((issue) => `${issue.path.join('.') || 'value'}: ${issue.message}`).join('; ')
