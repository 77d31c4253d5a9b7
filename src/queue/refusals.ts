import { StorageUnavailableError } from '../job/errors'

/** What a server answers that is there and takes no writes: a replica, a full memory or disk, one that still loads its data. */
const refusals = /(^|-)(READONLY|OOM command|MISCONF|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN)\b/

/** True for the answer of a server that takes no writes now. Nothing of the command or script took effect. */
export const isRefusal = ({ message }: Error): boolean => refusals.test(message)

/** In ioredis' words: refused at once, given up, cut off; in Redis' own for a blocking read as it becomes a replica. */
const away =
  /^(UNBLOCKED|Stream isn't writeable|Cluster isn't ready|Command timed out|Connection is closed|Socket timeout|All sentinels are unreachable|Failed to refresh slots cache|None of startup nodes)/

/**
 * True for what a command says that found no connection, no answer, or a server that takes no writes, and for nothing else:
 * the connection logs the outage itself.
 */
export const isAway = (error: Error): boolean => away.test(error.message) || isRefusal(error)

/** True for what an outage of Postgres or Redis explains: its connection logs that once, and nobody needs to repeat it. */
export const isToldElsewhere = (error: unknown): boolean =>
  error instanceof StorageUnavailableError ? error.isOutage : error instanceof Error && isAway(error)
