import type { z } from 'zod'
import type { JobDefinition } from './define-job'
import type { HttpDoor } from './http'
import type { HandleOf, Page } from './streams'

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
  /** Aborts when the attempt must stop. Hand it to every wait. */
  readonly signal: AbortSignal
  /** The start of the attempt, by Postgres' clock. */
  readonly now: Date
  /** A keyed hash of a phone number or an e-mail address: the only form in which either may be stored. */
  readonly pseudonym: (value: string) => string
  /** A line for the log and for Bull Board. Counts, ids and statuses only. */
  readonly note: (message: string) => void
}

/**
 * The story of one account's sync. It yields pages; the engine writes them, moves the cursor, counts, fences and stops.
 * It returns when the account is up to date, and throws what it could not do.
 */
export type Sync<J extends JobDefinition> = (context: SyncContext<J>) => AsyncGenerator<Page, void, undefined>

/** A sync whose job is known at run time only: the engine hands it the context that its definition describes. */
export type AnySync = (context: never) => AsyncGenerator<Page, void, undefined>

/** One sync for every job that is written, none for the others: what `jobs/syncs.ts` must satisfy. */
export type SyncsFor<J extends JobDefinition> = {
  readonly [D in J as D['sync'] extends 'written' ? D['id'] : never]: Sync<D>
}
