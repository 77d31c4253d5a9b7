import type { Columns, RecordOf } from '../../src/job/columns'
import type { Page, UpsertHandle } from '../../src/job/streams'
import type { Resource } from '../../src/vendors/fortellis/apis'
import type { CdkCursor, CdkPosition } from './progress'

/** One stream of the job: what the vendor calls it, where it is kept, and how its records are read. */
export interface StreamPart<C extends Columns> {
  readonly resource: Resource
  readonly departments: readonly string[]
  readonly handle: UpsertHandle<C, CdkCursor, CdkPosition>
  readonly toRecord: (raw: unknown, department: string) => RecordOf<C>
  /** The person that a record asks to forget, by the vendor's id. */
  readonly forgets?: (raw: unknown) => string | undefined
}

/** Where a stream stands when nothing more can be done for it in this attempt. */
export type Standing =
  /** Up to date. The page says so; until then the plan stays, so that an attempt that waits for other streams knows. */
  | { readonly kind: 'done'; readonly end: Page | undefined }
  /** The vendor prepares an extract: look again after so many milliseconds. */
  | { readonly kind: 'waiting'; readonly after: number }
  /** Departments were left out; what else there is, is written. The page lets the next sync decide anew. */
  | { readonly kind: 'failed'; readonly failed: NonNullable<CdkPosition['failed']>; readonly end: Page }
