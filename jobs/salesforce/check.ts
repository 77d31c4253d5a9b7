import type { Check } from '../../src/job/sync'
import { fieldsAsked, objects, streamNames } from './objects'
import type { salesforce } from './definition'
import { salesforceClient } from './salesforce-client'

/**
 * The org's name and zone, then a single row of each object with all its fields: what the integration user may not see is
 * refused here as it would be in a sync.
 */
export const check: Check<typeof salesforce> = async (context) => {
  const { account, signal } = context
  const { client_field, client_value, custom_fields } = account.settings
  const client = salesforceClient(context, true)
  await client.present(signal)
  const { Name: name, TimeZoneSidKey: timezone } = await client.organization(signal)
  const filter =
    client_field === undefined || client_value === undefined
      ? undefined
      : { field: client_field, value: client_value }
  for (const stream of streamNames) {
    const { object } = objects[stream]
    await client.probe({ object, fields: fieldsAsked(stream, custom_fields[object] ?? []), filter }, signal)
  }
  const { last } = client.usage
  return {
    name: name ?? undefined,
    // Of an org that several dealerships share, the zone is not this one's.
    timezone: filter ? undefined : (timezone ?? undefined),
    notes: last ? [`${last.used} of ${last.pool} requests of the org’s daily pool are used`] : [],
  }
}
