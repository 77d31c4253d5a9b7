import { z } from 'zod'
import { syncView } from '../../../ledger/views/sync-view'
import { cancelSync } from '../../../runs/cancel/cancel'
import { cancelToolsOf } from '../../../runs/cancel/cancel-tools'
import { retrySync } from '../../../runs/dead-letters/retry'
import { placeFor } from '../../stream-places'
import { Id, Instant, JobId, Place, Reason } from '../fields'
import { operation, type OperationGroup } from '../operation'
import type { Context } from '../../context'
import { found, givenOf } from '../things'
import { Cancelled } from './cancelled'
import { Retried, retriedForPrograms, RetryOrder, retryOrderOf } from './retried'
import { RunKind, RunMode, syncFields, SyncState } from './runs'

const Attempt = z
  .object({
    number: z.int(),
    outcome: z.string(),
    worker: z.string(),
    build: z.string(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    startedAt: Instant,
    endedAt: Instant.nullable(),
    calls: z.int().meta({ description: 'Requests that it sent to the vendor.' }),
    limitWaitMs: z.number().meta({ description: 'How long it waited for the vendor’s limits.' }),
    waitsFor: z.string().nullable().meta({ description: 'For what its sync went on waiting.' }),
    againAt: Instant.nullable().meta({ description: 'Until when at least.' }),
  })
  .meta({ id: 'Attempt', description: 'One try at a sync.' })

const Sync = z
  .object({
    ...syncFields,
    runId: Id,
    job: JobId,
    kind: RunKind,
    mode: RunMode,
    dueAt: Instant.nullable(),
    accountId: Id,
    clientName: z.string(),
    timezone: z.string(),
    createdAt: Instant,
    startsAt: Instant.nullable().meta({
      description: 'Its place in its run’s spread, or in a row of retries.',
    }),
    reopenedAt: Instant.nullable().meta({ description: 'When it was last retried as a dead letter.' }),
    signature: z.string().nullable().meta({ description: 'Of its error.' }),
    discardedBy: z.string().nullable(),
    discardReason: z.string().nullable(),
    lane: z.enum(['live', 'backfill']),
    failures: z.int(),
    waits: z.int(),
    interruptions: z.int(),
    crashes: z.int(),
    crashesInARow: z.int(),
    cancellingBy: z.string().nullable().meta({ description: 'Who wants it to end, while it has not ended.' }),
    cursors: z
      .record(z.string(), z.object({ from: Place, to: Place }))
      .meta({ description: 'By stream: how it has moved the cursor.' }),
    streams: z
      .array(z.object({ stream: z.string(), cursor: Place, hasPosition: z.boolean() }))
      .meta({ description: 'Where the streams stand now.' }),
    met: z
      .array(z.object({ kind: z.string(), reason: z.string(), beganAt: Instant, lastAt: Instant }))
      .meta({ description: 'What kept it from starting, from the first.' }),
    history: z.array(Attempt).meta({ description: 'Its attempts, from the first.' }),
  })
  .meta({ id: 'Sync', description: 'One account within one run, with its attempts.' })

const OfSync = z.strictObject({ sync: Id })

const syncOf = async ({ database }: Context, id: string) => found(await syncView(database, id), `sync ${id}`)

export const syncs: OperationGroup = {
  title: 'Syncs',
  summary: 'One account within one run.',
  operations: [
    operation({
      id: 'showSync',
      method: 'get',
      path: '/syncs/{sync}',
      role: 'viewer',
      summary: 'One sync: how it stands, what it has done, and its attempts.',
      params: OfSync,
      answer: Sync,
      handle: async (ctx, { params }, { role }) => {
        const { history, cursors, streams, ...sync } = await syncOf(ctx, params.sync)
        return {
          ...sync,
          cursors: Object.fromEntries(
            Object.entries(cursors).map(([stream, { from, to }]) => [
              stream,
              { from: placeFor(role, from), to: placeFor(role, to) },
            ]),
          ),
          streams: streams.map((state) => ({ ...state, cursor: placeFor(role, state.cursor) })),
          history: history.map(({ limitWait, ...attempt }) => ({ ...attempt, limitWaitMs: limitWait })),
        }
      },
    }),
    operation({
      id: 'cancelSync',
      method: 'post',
      path: '/syncs/{sync}/cancel',
      role: 'operator',
      summary: 'End one sync where it is; the others of its run go on.',
      params: OfSync,
      body: z.strictObject({ reason: Reason.optional() }),
      answer: Cancelled.extend({ state: SyncState }),
      handle: async (ctx, { params, body: { reason } }, { by }) => {
        const { id } = await syncOf(ctx, params.sync)
        return cancelSync(ctx.database, id, { ...by, ...givenOf({ reason }) }, cancelToolsOf(ctx.tools))
      },
    }),
    operation({
      id: 'retrySync',
      method: 'post',
      path: '/syncs/{sync}/retry',
      role: 'operator',
      summary: 'Retry one failed sync. It keeps its id, its history and its position.',
      params: OfSync,
      body: RetryOrder.omit({ intervalMs: true }),
      answer: Retried,
      handle: async ({ tools }, { params, body }, call) =>
        retriedForPrograms(await retrySync(tools, params.sync, retryOrderOf(body, call))),
    }),
  ],
}
