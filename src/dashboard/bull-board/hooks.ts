import type { BoardHooks, ControllerHandlerReturnType, HookContext } from '@bull-board/api/typings/app'
import { recordAct } from '../../ledger/audit'
import { isAtLeast, type Role } from '../../ledger/users'
import { accessTo } from './access'
import type { Context } from '../context'

/** Tells Bull Board's hooks who asks. They see headers only, so the dashboard sets it over whatever a client sent. */
export const visitorHeader = 'x-syncfleet-visitor'

/** Who asks, as the header carries it. */
export interface Visitor {
  readonly name: string
  readonly role: Role
  /** The address that the request came from. */
  readonly origin: string
}

/**
 * Decides on every request to Bull Board's API, and leaves a row in the audit log for each write: what was refused,
 * or what was asked and then what came of it. A write that cannot be recorded is not carried out.
 */
export const boardHooks = (ctx: Context): Required<BoardHooks> => ({
  async before(context) {
    const visitor = visitorOf(context)
    const refusal = refusalOf(context, visitor)
    if (isWrite(context)) {
      await record(
        ctx,
        context,
        refusal === undefined ? { outcome: 'asked' } : { outcome: 'refused', reason: refusal },
      )
    }
    return refusal === undefined ? { allow: true } : { allow: false, status: 403, message: refusal }
  },
  async after(context, result) {
    if (isWrite(context)) await record(ctx, context, outcomeOf(result))
    return result
  },
})

function refusalOf(context: HookContext, { name, role }: Visitor): string | undefined {
  const access = accessTo(context.method, context.route)
  if ('refused' in access) return access.refused
  if (!isAtLeast(role, access.atLeast)) return `This needs the role ${access.atLeast}; ${name} is ${role}.`
  const { queueStatus } = context.request.params as { queueStatus?: string }
  const isRetry = context.route === '/api/queues/:queueName/retry/:queueStatus'
  return isRetry && queueStatus !== 'failed' ? 'Only failed jobs are retried all at once.' : undefined
}

const isWrite = ({ method }: HookContext): boolean => method !== 'get'

const visitorOf = ({ request }: HookContext): Visitor =>
  JSON.parse(decodeURIComponent(request.headers[visitorHeader] ?? '')) as Visitor

interface Outcome {
  readonly outcome: 'asked' | 'done' | 'refused' | 'failed'
  readonly reason?: string
  readonly after?: object
}

function outcomeOf({ status = 200, body }: ControllerHandlerReturnType): Outcome {
  if (status >= 400) return { outcome: 'failed', reason: `status ${status}` }
  const { job, retried } = (typeof body === 'object' ? body : {}) as {
    job?: { id?: unknown }
    retried?: number
  }
  if (job) return { outcome: 'done', after: { bullJob: job.id } }
  return retried === undefined ? { outcome: 'done' } : { outcome: 'done', after: { retried } }
}

async function record(ctx: Context, context: HookContext, outcome: Outcome): Promise<void> {
  const { queueName, jobId, schedulerId } = context.request.params as Record<string, string | undefined>
  const { name, origin } = visitorOf(context)
  await recordAct(ctx.database, {
    actor: name,
    via: 'bull-board',
    origin,
    action: `${context.method} ${context.route}`,
    subject: [queueName ?? 'all queues', jobId ?? schedulerId].filter(Boolean).join('/'),
    ...outcome,
  })
}
