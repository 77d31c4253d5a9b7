import { z } from 'zod'

/** What became of a cancellation, but for the state that follows. */
export const Cancelled = z.object({
  ended: z.int().meta({ description: 'Syncs that it ended.' }),
  overBefore: z.int(),
  endedThemselves: z.int().meta({ description: 'Those that came to an end of their own first.' }),
  left: z.int().meta({ description: 'Those that are not over yet; the scheduler goes on ending them.' }),
  isBackfill: z.boolean().meta({
    description: 'It belongs to a backfill, which reads the same days again unless that is cancelled, too.',
  }),
})
