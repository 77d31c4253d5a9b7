import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { baseUrlOf } from '../../src/lib/base-url'
import { hours, minutes, seconds } from '../../src/lib/durations'

/** The website provider's vehicle listing. An account is a company id on a host of the vendor's. */
export const dealertrend = defineJob({
  id: 'dealertrend',
  title: 'DealerTrend',
  summary: 'Vehicles listed on the dealership’s website',
  version: 1,
  sync: 'unwritten',
  // The vendor's own plugin caches its answers for two hours; every six is enough.
  schedule: { cron: '40 */6 * * *', timezone: 'America/Chicago', missed: 'run-once' },
  startWithin: hours(5),
  deadline: minutes(20),
  freshness: hours(14),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(5) },
  // One request at a time per host, and all clients share the host.
  concurrency: 2,
  externalId: z.string().regex(/^\d+$/, { error: 'expected the numeric company id' }),
  secrets: z.strictObject({
    /** Only some hosts ask for one. */
    api_token: z.string().min(1).optional(),
  }),
  settings: z
    .strictObject({
      /** The host this dealer was told; absent, the one from the environment. */
      base_url: z
        .string()
        .refine((text) => baseUrlOf(text) !== undefined, { error: 'expected an http(s):// URL' })
        .optional(),
      allow_insecure: z.boolean().default(false),
      sale_classes: z
        .array(z.enum(['New', 'Used']))
        .min(1)
        .default(['New', 'Used']),
    })
    .refine(({ base_url, allow_insecure }) => !base_url?.startsWith('http:') || allow_insecure, {
      path: ['base_url'],
      error: 'expected https://, or allow_insecure: true',
    }),
  streams: {},
})
