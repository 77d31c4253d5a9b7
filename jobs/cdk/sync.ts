import { NotReadyError, SyncError, VendorRequestError, VendorResponseError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { FortellisClient } from '../../src/vendors/fortellis/client'
import { accessOf } from './access-of'
import type { cdk } from './definition'
import type { CdkPosition } from './progress'
import type { Standing } from './stream-part'
import { StreamRun } from './stream-run'
import { toAppointment } from './to-appointment'
import { forgottenCustomer, toCustomer } from './to-customer'
import { toRepairOrder } from './to-repair-order'
import { toSale } from './to-sale'

/**
 * Four streams side by side, department after department: changes since the last time where the vendor still tells them,
 * else lists of what is recent, and of history before that. While the vendor prepares extracts the sync waits, and holds
 * nothing.
 */
export const sync: Sync<typeof cdk> = async function* (context) {
  const { account, http, signal, pseudonym, wants } = context
  const { sales, repair_orders, appointments, customers } = context.streams
  const { finance, service } = account.settings.departments
  const client = new FortellisClient(http, accessOf(context))
  const mapper = { externalId: account.externalId, pseudonym }
  const on = { ...context, client }
  const runs = [
    new StreamRun(
      {
        resource: 'sales',
        departments: finance,
        handle: sales,
        toRecord: (raw, department) => toSale(raw, { ...mapper, department }),
      },
      on,
    ),
    new StreamRun(
      {
        resource: 'repair_orders',
        departments: service,
        handle: repair_orders,
        toRecord: (raw, department) => toRepairOrder(raw, { ...mapper, department }),
      },
      on,
    ),
    new StreamRun(
      {
        resource: 'appointments',
        departments: service,
        handle: appointments,
        toRecord: (raw, department) => toAppointment(raw, { ...mapper, department }),
      },
      on,
    ),
    new StreamRun(
      {
        resource: 'customers',
        departments: [...new Set([...finance, ...service])],
        handle: customers,
        toRecord: (raw, department) => toCustomer(raw, { ...mapper, department }),
        forgets: forgottenCustomer,
      },
      on,
    ),
  ].filter(({ resource }) => wants(resource))

  const standings: Standing[] = []
  let trouble: SyncError | undefined
  // All end together, in order: while the last one is done and kept, one without a plan has ended in an earlier attempt.
  const isEnding = runs.at(-1)?.isDone === true
  for (const run of runs) {
    if (isEnding && !run.isBegun) continue
    try {
      standings.push(yield* run.advance())
    } catch (error) {
      signal.throwIfAborted()
      if (!isPassing(error)) throw error
      // One API that is down must not keep the others from their turn.
      trouble ??= error
    }
  }
  if (trouble) throw trouble

  const waits: number[] = []
  const ends: Page[] = []
  const failures: SyncError[] = []
  for (const standing of standings) {
    if (standing.kind === 'waiting') waits.push(standing.after)
    else if (standing.end) ends.push(standing.end)
    if (standing.kind === 'failed') failures.push(errorOf(standing.failed))
  }
  // Streams end together: one that is done would otherwise begin anew while the others wait.
  if (waits.length > 0) {
    throw new NotReadyError(`CDK prepares extracts for ${waits.length} streams`, Math.min(...waits))
  }
  yield* ends
  for (const failure of failures) throw failure
}

const isPassing = (error: unknown): error is SyncError =>
  error instanceof SyncError && ['vendor-down', 'transient', 'storage'].includes(error.errorClass)

const errorOf = ({ code, message }: NonNullable<CdkPosition['failed']>): SyncError =>
  code === 'vendor_request' ? new VendorRequestError(message) : new VendorResponseError(message)
