import type { z } from 'zod'
import type { Columns, RecordOf } from './columns'

/** Anything that survives a trip through JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

interface StreamBase<C extends Columns, Cursor, Position> {
  /** Destination table, `<job>_<stream>` with underscores. */
  readonly table: string
  /** The natural key within one account. */
  readonly key: readonly (keyof C & string)[]
  readonly columns: C
  /** How far the stream is completely written. A stored cursor that does not pass is dropped, and the stream starts over. */
  readonly cursor?: z.ZodType<Cursor>
  /** Where inside the current window a resumed attempt goes on. One that does not pass is dropped. */
  readonly position?: z.ZodType<Position>
  /** Where rows tell of persons who may ask to be forgotten: whose they are, and what must then be null. */
  readonly personal?: {
    /** The column with the vendor's id of the person. */
    readonly subject: keyof C & string
    /** Nullable columns that are emptied for good. */
    readonly columns: readonly (keyof C & string)[]
  }
}

/** Written by natural key, from a cursor with an overlap behind it. */
export interface UpsertStream<
  C extends Columns = Columns,
  Cursor = unknown,
  Position = unknown,
> extends StreamBase<C, Cursor, Position> {
  readonly kind: 'upsert'
  /** How far a sync reads back behind its cursor, in milliseconds. */
  readonly overlap: number
  /**
   * The `date` or `timestamptz` column by which a window of days selects rows, in a backfill and in a comparison: what the
   * vendor's own filter goes by. An instant counts for the account's local day. Absent where the vendor has no such filter.
   */
  readonly dated?: keyof C & string
}

/** The vendor restates history: a whole window of days is replaced once it is complete. */
export interface WindowStream<
  C extends Columns = Columns,
  Cursor = unknown,
  Position = unknown,
> extends StreamBase<C, Cursor, Position> {
  readonly kind: 'window'
  /** The `date` column that says which day of the window a row belongs to. */
  readonly day: keyof C & string
}

/** The vendor lists everything: what a complete listing lacks is marked gone. */
export interface SnapshotStream<
  C extends Columns = Columns,
  Cursor = unknown,
  Position = unknown,
> extends StreamBase<C, Cursor, Position> {
  readonly kind: 'snapshot'
  /** Complete listings in a row that must lack a row before it is marked gone. Default 1. */
  readonly confirmations: number
  /** The largest share (0 to 1) of an account's rows that one listing may mark gone. Default 0.3. */
  readonly maxShrink: number
}

export type Stream = UpsertStream | WindowStream | SnapshotStream
export type Streams = Readonly<Record<string, Stream>>

type Given<S extends { kind: string }, Optional extends keyof S = never> = Omit<S, 'kind' | Optional> &
  Partial<Pick<S, Optional>>

export const upsertStream = <C extends Columns, Cursor = Json, Position = Json>(
  given: Given<UpsertStream<C, Cursor, Position>>,
): UpsertStream<C, Cursor, Position> => ({ kind: 'upsert', ...given })

export const windowStream = <C extends Columns, Cursor = Json, Position = Json>(
  given: Given<WindowStream<C, Cursor, Position>>,
): WindowStream<C, Cursor, Position> => ({ kind: 'window', ...given })

export const snapshotStream = <C extends Columns, Cursor = Json, Position = Json>(
  given: Given<SnapshotStream<C, Cursor, Position>, 'confirmations' | 'maxShrink'>,
): SnapshotStream<C, Cursor, Position> => ({ kind: 'snapshot', confirmations: 1, maxShrink: 0.3, ...given })

/** The days of a window stream that a completed page replaces, both included. */
export interface DayWindow {
  readonly from: string
  readonly to: string
}

/** What a sync yields: records of one stream and what they say about cursor and position. The engine writes it whole or not at all. */
export interface Page {
  readonly stream: string
  readonly records: readonly unknown[]
  /** The new cursor; absent, it stays. */
  readonly cursor?: Json
  /** The new position; null drops it, absent it stays. */
  readonly position?: Json | null
  /** Present where the window or the listing ends with this page. */
  readonly completes?: DayWindow | 'listing' | 'slice'
  /** The window or listing starts over: what was seen so far is forgotten. */
  readonly restarts?: true
  /** The vendor says that these records are deleted: they are written, and marked gone. */
  readonly gone?: true
  /** Persons who are to be forgotten, by the vendor's id, in every stream of the job that names `personal` columns. */
  readonly forgets?: readonly string[]
}

interface Progress<Cursor, Position> {
  readonly cursor?: Cursor
  readonly position?: Position
}

/** One stream as a sync sees it: where it stands, and how to say what comes next. */
export interface StreamHandle<C extends Columns, Cursor, Position> {
  /** How far the stream is completely written; undefined before the first load. */
  readonly cursor: Cursor | undefined
  /** Where an attempt that was cut short left off; undefined at the start of a window. */
  readonly position: Position | undefined
  /** Records as the vendor handed them over. `position` is where to go on after them. */
  page(records: readonly RecordOf<C>[], progress?: Progress<Cursor, Position>): Page
  /** Drops the position and what was seen, to start the window over. */
  restart(): Page
  /**
   * Persons, by the vendor's id, who asked to be forgotten: their personal columns are emptied in all rows of all streams
   * of the job for this account, and stay empty whatever is written later.
   */
  forget(subjects: readonly string[]): Page
}

export interface UpsertHandle<C extends Columns, Cursor, Position> extends StreamHandle<C, Cursor, Position> {
  /** How far to read back behind the cursor, in milliseconds. */
  readonly overlap: number
  /** Records that the vendor says are deleted, as what is left of them: written like others, and marked gone. */
  gone(records: readonly RecordOf<C>[], progress?: Progress<Cursor, Position>): Page
  /** Everything up to this cursor is written; the position is dropped. */
  complete(cursor: Cursor): Page
}

export interface WindowHandle<C extends Columns, Cursor, Position> extends StreamHandle<C, Cursor, Position> {
  /** The vendor named every row of these days: rows of theirs that were not seen are removed. */
  complete(window: DayWindow, cursor?: Cursor): Page
}

export interface SnapshotHandle<C extends Columns, Cursor, Position> extends StreamHandle<
  C,
  Cursor,
  Position
> {
  /** Records that the vendor lists, and says are deleted: written like others, and marked gone. */
  gone(records: readonly RecordOf<C>[], progress?: Progress<Cursor, Position>): Page
  /** The vendor named every row there is: the others are marked gone. */
  complete(cursor?: Cursor): Page
}

export type HandleOf<S> =
  S extends UpsertStream<infer C, infer Cursor, infer Position>
    ? UpsertHandle<C, Cursor, Position>
    : S extends WindowStream<infer C, infer Cursor, infer Position>
      ? WindowHandle<C, Cursor, Position>
      : S extends SnapshotStream<infer C, infer Cursor, infer Position>
        ? SnapshotHandle<C, Cursor, Position>
        : never
