import { z } from 'zod'

/** A row as it came. Nothing about it is sure, so the mapper reads every field with care. */
export type SalesforceRow = unknown

export const QueryAnswer = z.looseObject({
  done: z.boolean(),
  records: z.array(z.unknown()),
  nextRecordsUrl: z.string().nullish(),
})
export type QueryAnswer = z.output<typeof QueryAnswer>

/** The API versions that the org serves. */
export const Versions = z.array(z.looseObject({ version: z.string() }))

export const Organization = z.looseObject({
  Name: z.string().nullish(),
  TimeZoneSidKey: z.string().nullish(),
})
export type Organization = z.output<typeof Organization>
