import { isTickPending } from '../queue/job-schedulers'
import type { TickState } from '../runs/slots/why'
import type { Context } from './context'

/** Where a due slot's tick is. The ledger can be asked without Redis, so not getting through is no failure. */
export async function tickOf({ tools }: Context, jobId: string, dueAt: Date): Promise<TickState> {
  try {
    const { queues } = await tools.queues()
    return (await isTickPending(queues, jobId, dueAt)) ? 'pending' : 'none'
  } catch {
    return undefined
  }
}
