import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/**
 * Names this process in the ledger and in Postgres' list of connections, which cuts names off at 63 characters:
 * process id, a random part because process ids are used again, and the host.
 */
export const processIdentity = (): string => `${process.pid}-${randomBytes(3).toString('hex')}@${hostname()}`
