import type { z } from 'zod'
import type { Columns } from './columns'
import type {
  DayWindow,
  HandleOf,
  Json,
  Page,
  SnapshotHandle,
  Stream,
  StreamHandle,
  UpsertHandle,
  WindowHandle,
} from './streams'

/** Where the ledger says a stream stands; null or undefined where it says nothing. */
export interface StoredProgress {
  readonly cursor: unknown
  readonly position: unknown
}

/**
 * A stream as its sync sees it. Pure: the pages that it makes say what is to happen, and the engine does it.
 * A stored cursor or position that does not pass the stream's schema counts as absent, so a stream whose schema
 * changed starts over.
 */
export function handleOf<S extends Stream>(name: string, stream: S, stored: StoredProgress): HandleOf<S> {
  // The kind decides the type, which TypeScript cannot follow through a conditional type.
  return handleOfKind(name, stream, stored) as HandleOf<S>
}

type AnyHandle =
  | UpsertHandle<Columns, unknown, unknown>
  | WindowHandle<Columns, unknown, unknown>
  | SnapshotHandle<Columns, unknown, unknown>

function handleOfKind(name: string, stream: Stream, stored: StoredProgress): AnyHandle {
  const handle: StreamHandle<Columns, unknown, unknown> = {
    cursor: passing(stream.cursor, stored.cursor),
    position: passing(stream.position, stored.position),
    page: (records, progress = {}) => ({ stream: name, records, ...moved(progress) }),
    restart: () => ({ stream: name, records: [], position: null, restarts: true }),
    forget: (subjects) => ({ stream: name, records: [], forgets: subjects }),
  }
  const ended = (completes: DayWindow | 'listing' | 'slice', cursor?: unknown): Page => ({
    stream: name,
    records: [],
    ...moved({ cursor }),
    position: null,
    completes,
  })
  if (stream.kind === 'window') return { ...handle, complete: ended }
  const gone: UpsertHandle<Columns, unknown, unknown>['gone'] = (records, progress) => ({
    ...handle.page(records, progress),
    gone: true,
  })
  if (stream.kind === 'upsert')
    return {
      ...handle,
      overlap: stream.overlap,
      gone,
      complete: (cursor: unknown) => ended('slice', cursor),
    }
  return { ...handle, gone, complete: (cursor: unknown) => ended('listing', cursor) }
}

/** Only what is given: absent, the ledger leaves it as it is. */
function moved({
  cursor,
  position,
}: {
  cursor?: unknown
  position?: unknown
}): Pick<Page, 'cursor' | 'position'> {
  return {
    ...(cursor === undefined ? {} : { cursor: cursor as Json }),
    ...(position === undefined ? {} : { position: position as Json }),
  }
}

function passing(schema: z.ZodType | undefined, stored: unknown): unknown {
  if (stored === null || stored === undefined) return undefined
  return schema ? schema.safeParse(stored).data : stored
}
