import { type ActTools, toldQueues } from '../control/act-tools'
import type { CancelTools } from './cancel'

/** What a canceller works with, of what acts work with. */
export const cancelToolsOf = (tools: ActTools): CancelTools => ({
  signal: tools.signal,
  unqueue: async (syncs) => {
    await toldQueues(tools, async ({ syncJobs }) => syncJobs.remove(syncs))
  },
})
