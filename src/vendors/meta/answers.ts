import { z } from 'zod'

/** An ad account, as far as a check goes. */
export const MetaAdAccount = z.looseObject({
  account_id: z.string().min(1),
  name: z.string().optional(),
  currency: z.string().optional(),
  timezone_name: z.string().optional(),
  /** 1 is active. */
  account_status: z.int().optional(),
})
export type MetaAdAccount = z.output<typeof MetaAdAccount>

/** What is odd about the standing of an ad account, as notes for a person. */
export const oddStanding = ({ account_status: status }: MetaAdAccount): string[] =>
  status === undefined || status === 1 ? [] : [`the vendor gives the ad account the status ${status}`]

/** A page of any edge. */
export const pageOf = <T>(item: z.ZodType<T>) =>
  z.looseObject({
    data: z.array(item),
    paging: z
      .looseObject({
        cursors: z.looseObject({ after: z.string().optional() }).optional(),
        /** Present while there is more. It holds the access token, so it is never kept or shown. */
        next: z.string().optional(),
      })
      .optional(),
  })

export const ReportStarted = z.looseObject({ report_run_id: z.union([z.string().min(1), z.int()]) })

export const ReportState = z.looseObject({
  async_status: z.string(),
  async_percent_completion: z.coerce.number().catch(0),
  error_code: z.int().optional(),
  error_subcode: z.int().optional(),
})
