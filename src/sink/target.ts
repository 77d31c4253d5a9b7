import type { Stream } from '../job/streams'

/** Where records go. */
export interface Target {
  /** The schema of the destination table: the ledger's own, or its `_shadow`. */
  readonly schema: string
  readonly stream: Stream
  /** The stream's name in its job: what was seen and what is missing is filed under it. */
  readonly streamName: string
}

/** On whose behalf records are written. Ids of the ledger are text. */
export interface Owner {
  readonly clientId: string
  readonly accountId: string
  readonly syncId: string
  readonly mode: 'live' | 'shadow'
}

/** A record that passed `checkRecords`: every column of its stream, in canonical form. */
export type Row = Readonly<Record<string, unknown>>
