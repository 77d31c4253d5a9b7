import type { Sync, SyncContext } from '../../src/job/sync'
import { seconds } from '../../src/lib/durations'
import { addDays, startOfDay } from '../../src/lib/local-days'
import { ObjectReader } from './object-reader'
import { fieldsAsked, objects, streamNames, type StreamName } from './objects'
import { salesforceClient } from './salesforce-client'
import { toRecord } from './to-record'
import type { salesforce } from './definition'

type Context = SyncContext<typeof salesforce>

/**
 * The rows of five objects that have changed since the last sync, deleted ones included, up to the start of this one by the
 * vendor's clock. The first load goes by slices of thirty days, oldest first. Once a week everything is read again.
 */
export const sync: Sync<typeof salesforce> = async function* (context) {
  const { days, account } = context
  const client = salesforceClient(context, context.mayUseReserve)
  const present = await client.present(context.signal)
  const readers = inOrderOfNeed(context).map((name) => readerOf(name, context, { client, present }))
  if (days) {
    const from = startOfDay(days.from, account.timezone)
    const to = startOfDay(addDays(days.to, 1), account.timezone)
    for (const reader of readers) yield* reader.span({ from, to })
    return
  }
  for (const reader of readers) yield* reader.changes()
  for (const reader of readers) yield* reader.sweep()
}

/** Those that are wanted; the one that is furthest behind comes first: where the pool allows little, each gets its turn. */
function inOrderOfNeed({ streams, wants }: Context): readonly StreamName[] {
  const through = (name: StreamName): string => streams[name].cursor?.through ?? ''
  return streamNames.filter(wants).toSorted((a, b) => through(a).localeCompare(through(b)))
}

function readerOf(
  name: StreamName,
  { account, streams, signal, note, pseudonym }: Context,
  { client, present }: Pick<ConstructorParameters<typeof ObjectReader>[0], 'client' | 'present'>,
): ObjectReader {
  const { object } = objects[name]
  const { client_field, client_value, custom_fields, lookback_seconds } = account.settings
  const custom = custom_fields[object] ?? []
  return new ObjectReader({
    client,
    // The streams differ in their columns only, which the mapper answers for.
    stream: streams[name],
    object,
    fields: fieldsAsked(name, custom),
    filter:
      client_field === undefined || client_value === undefined
        ? undefined
        : { field: client_field, value: client_value },
    toRecord: (row) => toRecord(name, row, { pseudonym, timezone: account.timezone, custom }),
    present,
    lookback: seconds(lookback_seconds),
    signal,
    note,
  })
}
