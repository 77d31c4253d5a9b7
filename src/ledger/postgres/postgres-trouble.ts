import { types as kinds } from 'node:util'
import { DatabaseError } from 'pg'
import { StorageUnavailableError } from '../../job/errors'

/** Connection, authorization at connecting, no such database, lack of resources, operator intervention, system errors. */
const outageClasses = ['08', '28', '3D', '53', '57', '58']
/** A server that takes no writes: a standby, or one whose operator has closed it. */
const readOnly = '25006'

/** Rollback by the server, locks that others hold. */
const passingClasses = ['40', '55']
/** Transactions that were idle, or took too long; a statement that took too long or was cancelled; an idle session. */
const passingStates = ['25P03', '25P04', '57014', '57P05']

/** A migration changed what a prepared statement returns: a connection that knows it can never carry it out again. */
export const isStale = (error: unknown): boolean =>
  error instanceof DatabaseError && error.routine === 'RevalidateCachedQuery'

/** True where nothing was heard of the server: what the connection was doing is unknown, and it answers nothing else either. */
export const isUnanswered = (error: unknown): boolean =>
  error instanceof StorageUnavailableError && !(error.cause instanceof DatabaseError)

/** True where the server answers and may go on to answer others well: it lacks room, memory or connections, or is read-only. */
export const isShortage = ({ cause }: StorageUnavailableError): boolean => {
  const state = stateOf(cause)
  return state !== undefined && (state.startsWith('53') || state === readOnly)
}

/**
 * What `ask` throws, in our terms: a `StorageUnavailableError` where Postgres is away, full, restarting or read-only, and
 * where it gave up a transaction or statement for reasons of its own; others are left as they are.
 * `note` hears of every outage. While `isAway` is true whatever else the server gives up is part of that: one that did not
 * hear of us for a while ends our transactions, and says so afterwards.
 */
export async function inOurTerms<T>(
  ask: () => Promise<T>,
  note?: (error: StorageUnavailableError) => void,
  isAway = (): boolean => false,
): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    const trouble = troubleOf(thrown)
    if (trouble === undefined) throw thrown
    const error = new StorageUnavailableError(`Postgres: ${messageOf(thrown as Error)}`, {
      cause: thrown,
      isOutage: trouble === 'outage' || isAway(),
    })
    if (error.isOutage) note?.(error)
    throw error
  }
}

/** Whatever is not Postgres' answer to a statement means that there was none: `pg` has no code for most of these. */
function troubleOf(error: unknown): 'outage' | 'passing' | undefined {
  if (!kinds.isNativeError(error) || error instanceof TypeError) return undefined
  const state = stateOf(error)
  if (state === undefined) return 'outage'
  const stateClass = state.slice(0, 2)
  if (isStale(error) || passingClasses.includes(stateClass) || passingStates.includes(state)) return 'passing'
  return outageClasses.includes(stateClass) || state === readOnly ? 'outage' : undefined
}

const stateOf = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? (error.code ?? '') : undefined

/** A connection that was refused at several addresses has no message of its own. */
function messageOf(error: Error): string {
  const { errors = [] } = error as { errors?: readonly Error[] }
  return error.message || errors.map(({ message }) => message).join('; ') || error.name
}
