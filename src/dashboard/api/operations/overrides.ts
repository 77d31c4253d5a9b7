import { z } from 'zod'
import { listOverrides, overrideSettings } from '../../../ledger/control/overrides'
import { reschedule, revertOverride, setConcurrency, setRate } from '../../../runs/control/override'
import { Id, Instant, JobId, Reason, Until } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { givenOf, knownJob } from '../things'

export const Schedule = z
  .object({
    cron: z.string().meta({ examples: ['*/20 * * * *'] }),
    timezone: z.string().meta({ examples: ['America/Chicago'] }),
  })
  .meta({ id: 'Schedule', description: 'A cron pattern of five fields, read in a time zone.' })

const Value = z
  .union([Schedule, z.object({ concurrency: z.int() }), z.object({ percent: z.int() })])
  .meta({ description: 'A schedule, a concurrency or a rate, as the setting says.' })

export const Override = z
  .object({
    id: Id,
    job: JobId,
    setting: z.enum(overrideSettings),
    value: Value,
    declared: Value.meta({ description: 'What the configuration said when it was made.' }),
    reason: z.string(),
    madeBy: z.string(),
    madeAt: Instant,
    until: Instant.nullable().meta({
      description: 'When it ends by itself; null where a person must end it.',
    }),
    endedAt: Instant.nullable(),
    endedBy: z.string().nullable(),
    endReason: z.string().nullable(),
  })
  .meta({ id: 'Override', description: 'A setting of a job that a person set instead of the configuration.' })

const OfJob = z.strictObject({ job: JobId })
const order = { reason: Reason, until: Until }

export const overrides: OperationGroup = {
  title: 'Overrides',
  summary:
    'What people set instead of the configuration. It survives deploys, until it expires or is reverted.',
  operations: [
    operation({
      id: 'listOverrides',
      method: 'get',
      path: '/overrides',
      role: 'viewer',
      summary: 'Overrides that are and were, latest first.',
      query: z.strictObject({ ...paging, job: JobId.optional() }),
      answer: pageOf(Override),
      handle: async ({ database }, { query: { limit, after, job } }) =>
        cutPage(
          await listOverrides(database, { limit: limit + 1, ...givenOf({ before: after, job }) }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'rescheduleJob',
      method: 'put',
      path: '/jobs/{job}/overrides/schedule',
      role: 'admin',
      summary: 'Run a job by another schedule.',
      params: OfJob,
      body: z.strictObject({
        cron: z.string().max(200),
        timezone: z.string().max(100).optional().meta({ description: 'Default: the zone that it has now.' }),
        ...order,
      }),
      answer: Override,
      handle: async (ctx, { params, body: { cron, timezone, reason, until } }, { by }) =>
        reschedule(
          ctx.tools,
          knownJob(ctx, params.job),
          { cron, ...givenOf({ timezone }) },
          { by, reason, ...givenOf({ until }) },
        ),
    }),
    operation({
      id: 'setConcurrency',
      method: 'put',
      path: '/jobs/{job}/overrides/concurrency',
      role: 'admin',
      summary: 'Set how many syncs of a job each worker performs at once.',
      params: OfJob,
      body: z.strictObject({ concurrency: z.int().min(1).max(100), ...order }),
      answer: Override,
      handle: async (ctx, { params, body: { concurrency, reason, until } }, { by }) =>
        setConcurrency(ctx.tools, knownJob(ctx, params.job), concurrency, {
          by,
          reason,
          ...givenOf({ until }),
        }),
    }),
    operation({
      id: 'setRate',
      method: 'put',
      path: '/jobs/{job}/overrides/rate',
      role: 'admin',
      summary: 'Set what share of its vendor’s limits the calls of a job may use.',
      params: OfJob,
      body: z.strictObject({ percent: z.int().min(1).max(100), ...order }),
      answer: Override,
      handle: async (ctx, { params, body: { percent, reason, until } }, { by }) =>
        setRate(ctx.tools, knownJob(ctx, params.job), percent, { by, reason, ...givenOf({ until }) }),
    }),
    operation({
      id: 'revertOverride',
      method: 'post',
      path: '/jobs/{job}/overrides/{setting}/revert',
      role: 'admin',
      summary: 'Go by the configuration again.',
      params: z.strictObject({ job: JobId, setting: z.enum(overrideSettings) }),
      body: z.strictObject({ reason: Reason.optional() }),
      answer: Override,
      handle: async (ctx, { params: { job, setting }, body: { reason } }, { by }) =>
        revertOverride(ctx.tools, knownJob(ctx, job), setting, { by, ...givenOf({ reason }) }),
    }),
  ],
}
