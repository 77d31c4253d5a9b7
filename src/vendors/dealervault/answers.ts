import { z } from 'zod'

/** The feeds that we read: sales, closed repair orders, appointments, vehicle inventory. */
export type FileType = 'SL' | 'SV' | 'SV_APPT' | 'INV'

/** A row of a feed as it came. Nothing about it is sure, so the mapper reads every field with care. */
export type DealerVaultRow = unknown

export const TokenAnswer = z.looseObject({ token: z.string().min(1) })

/** Which rooftops of the program have new data. Without a body, none. */
export const UpdatedFeeds = z
  .array(
    z.looseObject({
      dvdId: z.string().min(1),
      fileTypeCode: z.string(),
      /** Without an offset. It is only ever compared with an earlier answer, so its zone does not matter. */
      lastPollDate: z.string().min(1),
    }),
  )
  .nullish()

export const deliveryStatuses = ['Queued', 'InProgress', 'Ready', 'Error', 'Purged'] as const

export const DeliveryState = z.looseObject({
  requestId: z.string().min(1),
  status: z.enum(deliveryStatuses),
})
export type DeliveryState = z.output<typeof DeliveryState>

const count = z.int().min(0)

/** A page of a delivery. Without a body, an empty one. */
export const DeliveryPage = z
  .looseObject({
    totalRecords: count,
    totalRecordsInPage: count,
    continuationToken: z.string().nullish(),
    records: z.array(z.unknown()),
  })
  .nullish()
export type DeliveryPage = z.output<typeof DeliveryPage>
