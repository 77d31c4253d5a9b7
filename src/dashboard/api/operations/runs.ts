import { z } from 'zod'
import { listRuns } from '../../../ledger/work/runs'
import { pageOfSyncs } from '../../../ledger/work/run-syncs'
import { cancelRun } from '../../../runs/cancel/cancel'
import type { Context } from '../../context'
import { Count, Id, Instant, JobId, Reason } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { found, givenOf, knownJob } from '../things'
import { Cancelled } from './cancelled'
import { cancelToolsOf } from '../../../runs/cancel/cancel-tools'

export const RunKind = z.enum(['slot', 'catch-up', 'manual', 'follow-up', 'backfill'])
export const RunState = z.enum(['running', 'ok', 'partial', 'failed', 'cancelled'])
export const RunMode = z.enum(['live', 'shadow'])
export const SyncState = z.enum([
  'waiting',
  'running',
  'ok',
  'partial',
  'deferred',
  'skipped',
  'failed',
  'cancelled',
  'superseded',
])

const Names = z.array(z.string()).nullable()

export const Run = z
  .object({
    id: Id,
    job: JobId,
    kind: RunKind,
    mode: RunMode,
    state: RunState,
    dueAt: Instant.nullable().meta({
      description: 'The instant it stands for; null where it was asked for.',
    }),
    definitionVersion: z.int(),
    streams: Names.meta({ description: 'Only these streams; null means all.' }),
    accounts: Names.meta({ description: 'Only these accounts, by id; null means all.' }),
    requestedBy: z.string().nullable(),
    reason: z.string().nullable(),
    cancelledBy: z.string().nullable(),
    cancelReason: z.string().nullable(),
    startedAt: Instant,
    settledAt: Instant.nullable(),
    syncs: z.int().meta({ description: 'All of its syncs; the counts below are of those in each state.' }),
    open: z.int(),
    ok: z.int(),
    partial: z.int(),
    failed: z.int(),
    skipped: z.int(),
    deferred: z.int(),
    cancelled: z.int(),
    superseded: z.int(),
    rows: Count.meta({ description: 'Rows inserted, updated or removed.' }),
    rejected: Count,
  })
  .meta({ id: 'Run', description: 'One occurrence of a job, with the sums over its syncs.' })

/** What lists and single views of syncs have in common. */
export const syncFields = {
  id: Id,
  client: z.string(),
  account: z.string().meta({ description: 'The vendor’s id of the account.' }),
  state: SyncState,
  reason: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  attempts: z.int(),
  pages: z.int(),
  read: Count,
  inserted: Count,
  updated: Count,
  unchanged: Count,
  removed: Count,
  rejected: Count,
  waitUntil: Instant.nullable(),
  startedAt: Instant.nullable(),
  settledAt: Instant.nullable(),
}

const RunSync = z.object(syncFields).meta({ id: 'RunSync', description: 'One account within a run.' })

const OfRun = z.strictObject({ run: Id })

const runOf = async ({ database }: Context, id: string) =>
  found((await listRuns(database, { id, limit: 1 }))[0], `run ${id}`)

export const runs: OperationGroup = {
  title: 'Runs',
  summary: 'What ran, when, and with what outcome.',
  operations: [
    operation({
      id: 'listRuns',
      method: 'get',
      path: '/runs',
      role: 'viewer',
      summary: 'Runs, latest first.',
      query: z.strictObject({ ...paging, job: JobId.optional() }),
      answer: pageOf(Run),
      handle: async (ctx, { query: { limit, after, job } }) =>
        cutPage(
          await listRuns(ctx.database, {
            limit: limit + 1,
            ...givenOf({ before: after, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'showRun',
      method: 'get',
      path: '/runs/{run}',
      role: 'viewer',
      summary: 'One run.',
      params: OfRun,
      answer: Run,
      handle: async (ctx, { params }) => runOf(ctx, params.run),
    }),
    operation({
      id: 'listSyncsOfRun',
      method: 'get',
      path: '/runs/{run}/syncs',
      role: 'viewer',
      summary: 'The syncs of a run in the order in which they were planned: all, or those in one state.',
      params: OfRun,
      query: z.strictObject({ ...paging, state: SyncState.optional() }),
      answer: pageOf(RunSync),
      handle: async (ctx, { params, query: { limit, after, state } }) => {
        const { id: runId } = await runOf(ctx, params.run)
        return cutPage(
          await pageOfSyncs(ctx.database, runId, { limit: limit + 1, ...givenOf({ after, state }) }),
          limit,
          ({ id }) => id,
        )
      },
    }),
    operation({
      id: 'cancelRun',
      method: 'post',
      path: '/runs/{run}/cancel',
      role: 'operator',
      summary: 'End a run: its syncs stop where they are, within seconds. What they have written stays.',
      params: OfRun,
      body: z.strictObject({ reason: Reason.optional() }),
      answer: Cancelled.extend({ state: RunState }),
      handle: async (ctx, { params, body: { reason } }, { by }) => {
        const { id } = await runOf(ctx, params.run)
        return cancelRun(ctx.database, id, { ...by, ...givenOf({ reason }) }, cancelToolsOf(ctx.tools))
      },
    }),
  ],
}
