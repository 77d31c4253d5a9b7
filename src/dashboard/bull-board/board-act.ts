import type { ActedBy } from '../../ledger/audit'
import type { Context } from '../context'

/** What somebody did in Bull Board. */
export interface BoardOrder {
  readonly ctx: Context
  readonly by: ActedBy
  /** The reason that acts keep: Bull Board asks for none. */
  readonly reason: string
  readonly params: Readonly<Record<string, string>>
  readonly body: unknown
}

/** An answer as Bull Board's own handlers give it. */
export interface BoardAnswer {
  readonly status: 200 | 204
  readonly body?: object
}

/** Does in the ledger what somebody did in Bull Board. `board`: Bull Board itself may do it, for the ledger is not concerned. */
export type BoardAct = (order: BoardOrder) => Promise<BoardAnswer | 'board'>

/** Done, with nothing to tell. */
export const done: BoardAnswer = { status: 200, body: {} }
/** Done, as Bull Board's handlers for one job say it. */
export const doneQuietly: BoardAnswer = { status: 204 }
