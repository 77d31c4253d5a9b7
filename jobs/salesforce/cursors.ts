import type { RowsCursor } from './definition'

/** When a sync began, by the vendor's clock: the second that it fell into, and the end of that second. */
export interface SyncStart {
  readonly present: Date
  readonly end: Date
}

/** The cursor once everything that changed before `to` is written. It never goes back. */
export function cursorAfterChanges(
  cursor: RowsCursor | undefined,
  to: Date,
  { present, end }: SyncStart,
): RowsCursor {
  const { through = '', swept = null, sweeping = null } = cursor ?? {}
  return {
    // A slice may end in what was read again.
    through: to.toISOString() > through ? to.toISOString() : through,
    // What has just been loaded needs no sweep.
    swept: swept ?? (to >= end ? present.toISOString() : null),
    sweeping,
  }
}

/** The cursor once a sweep has read everything up to `to` again. */
export function cursorAfterSweep(
  cursor: RowsCursor | undefined,
  to: Date,
  { present, end }: SyncStart,
): RowsCursor {
  const { through = to.toISOString(), swept = null } = cursor ?? {}
  return to >= end
    ? { through, swept: present.toISOString(), sweeping: null }
    : { through, swept, sweeping: to.toISOString() }
}
