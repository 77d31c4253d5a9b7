import type { CancelTools } from '../runs/cancel/cancel'
import { toldQueues } from '../runs/control/act-tools'
import type { Context } from './context'

/** What a canceller works with here. */
export const cancelToolsOf = ({ tools }: Context): CancelTools => ({
  signal: tools.signal,
  unqueue: async (syncs) => {
    await toldQueues(tools, async ({ syncJobs }) => syncJobs.remove(syncs))
  },
})
