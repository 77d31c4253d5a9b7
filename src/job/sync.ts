import type { z } from 'zod'
import type { JobDefinition } from './define-job'
import type { HttpDoor } from './http'
import type { DayWindow, HandleOf, Json, Page } from './streams'

/** What a sync is handed: one account of its job, and the doors it may use. */
export interface SyncContext<J extends JobDefinition> {
  readonly account: {
    readonly id: string
    readonly clientId: string
    /** The vendor's own id of the account. */
    readonly externalId: string
    /** The account's own zone: its days begin and end there. */
    readonly timezone: string
    readonly settings: z.output<J['settings']>
  }
  readonly secrets: z.output<J['secrets']>
  readonly streams: { readonly [Name in keyof J['streams']]: HandleOf<J['streams'][Name]> }
  readonly http: HttpDoor
  /** What the vendor is preparing for us: kept before it is waited for, so that a restart asks for nothing twice. */
  readonly operations: Operations
  /**
   * Only these days of the account, both included: a backfill, or a comparison with what is held. Streams then have no
   * cursor, a position of their own, and no cursor that a page names is kept. Undefined in a live sync.
   */
  readonly days: DayWindow | undefined
  /**
   * Whether somebody wants this stream: a run may have been asked for some only. What is yielded of the others is not written,
   * so a sync need not read them.
   */
  readonly wants: (stream: keyof J['streams'] & string) => boolean
  /** A person asked for this sync, so it may use what is kept in reserve of a vendor's quota. */
  readonly mayUseReserve: boolean
  /** Aborts when the attempt must stop. Hand it to every wait. */
  readonly signal: AbortSignal
  /** The start of the attempt, by Postgres' clock. */
  readonly now: Date
  /** A keyed hash of a phone number or an e-mail address: the only form in which either may be stored. */
  readonly pseudonym: (value: string) => string
  /** A line for the log and for Bull Board. Counts, ids and statuses only. */
  readonly note: (message: string) => void
}

/** An extract, a report run or the like that the vendor works on. */
export interface Operation {
  /** What names it among those of the account. */
  readonly purpose: string
  /** Whatever is needed to ask for its state again: ids, windows. No secrets. */
  readonly details: Json
  /** When it was kept with these details first, by Postgres' clock. */
  readonly startedAt: Date
}

/** One of a few places that operations of all accounts share, where a vendor works on so many at once only. */
export interface SharedPlace {
  /** Whose places they are, e.g. a hash of the credential. Never the secret itself. */
  readonly of: string
  readonly most: number
  /** Milliseconds after which a place that nobody gave back is free again. */
  readonly lifetime: number
  /** Milliseconds to wait for one. */
  readonly retryAfter: number
}

/** The operations of one account. They outlive attempts and syncs; those of a backfill are its own. */
export interface Operations {
  find(purpose: string): Promise<Operation | undefined>
  /**
   * Keeps it, in place of one of the same purpose. Resolves once it is written; rejects where the account is another
   * attempt's by now. With `place` it holds one of a few that all accounts share, and rejects with `NotReadyError` while
   * there is none; kept again without, it gives the place back.
   */
  keep(purpose: string, details: Json, place?: SharedPlace): Promise<void>
  /** Its result is written, or it came to nothing. */
  forget(purpose: string): Promise<void>
}

/** What is known of an account after a cheap look at the vendor. */
export interface Findings {
  /** As the vendor calls the account. */
  readonly name?: string | undefined
  /** The zone that the vendor reports for the account, where it does. */
  readonly timezone?: string | undefined
  /** Anything else worth a line; no secrets and no personal data. */
  readonly notes?: readonly string[]
}

/**
 * Whether credential and account work: permission, time zone, one or two cheap calls. It throws what a sync would throw.
 */
export type Check<J extends JobDefinition> = (
  context: Pick<SyncContext<J>, 'account' | 'secrets' | 'http' | 'signal' | 'now'>,
) => Promise<Findings>

/**
 * The story of one account's sync. It yields pages; the engine writes them, moves the cursor, counts, fences and stops.
 * It returns when the account is up to date, and throws what it could not do.
 */
export type Sync<J extends JobDefinition> = (context: SyncContext<J>) => AsyncGenerator<Page, void, undefined>

/** A sync whose job is known at run time only: the engine hands it the context that its definition describes. */
export type AnySync = (context: never) => AsyncGenerator<Page, void, undefined>

/** One sync for every job: what `jobs/syncs.ts` must satisfy. */
export type SyncsFor<J extends JobDefinition> = {
  readonly [D in J as D['id']]: Sync<D>
}

/** A check whose job is known at run time only. */
export type AnyCheck = (context: never) => Promise<Findings>

/** One check for every job: what `jobs/checks.ts` must satisfy. */
export type ChecksFor<J extends JobDefinition> = {
  readonly [D in J as D['id']]: Check<D>
}
