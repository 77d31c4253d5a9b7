import { z } from 'zod'
import { slotHistory } from '../../../ledger/slots/slot-history'
import { postgresTime } from '../../../ledger/postgres/time'
import { clockMark, instantsBetween } from '../../../lib/cron'
import { days } from '../../../lib/durations'
import { instantForms, localTime, readInstant, timeOfReading } from '../../../lib/read-instant'
import type { LiveJob } from '../../../runs/control/live-jobs'
import { askWhy, type InstantAnswer } from '../../../runs/slots/ask-why'
import { tickOf } from '../../tick-of'
import { Id, Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, Limit, pageOf } from '../pages-of'
import { InvalidRequestError } from '../problems'
import { givenOf, liveJobOf } from '../things'
import { Schedule } from './overrides'
import { Run, RunKind, RunState } from './runs'

const Slot = z
  .object({
    id: Id,
    job: JobId,
    dueAt: Instant,
    state: z.enum(['due', 'ran', 'skipped', 'paused', 'off', 'expired', 'missed']),
    reason: z.string().nullable(),
    runId: Id.nullable(),
    settledAt: Instant.nullable(),
    run: z
      .object({ kind: RunKind, state: RunState, startedAt: Instant, syncs: z.int(), ok: z.int() })
      .nullable(),
  })
  .meta({ id: 'Slot', description: 'One due instant of a job’s schedule, and what became of it.' })

const NextSlot = z.object({
  dueAt: Instant,
  local: z.string().meta({ description: 'As clocks of the job’s time zone show it.' }),
  clocks: z
    .string()
    .nullable()
    .meta({ description: 'What a change of the clocks does to it; null where none does.' }),
})

const Answer = z
  .object({
    job: JobId,
    asked: Instant,
    outcome: z.string().meta({
      description: 'A slot’s state, or: not-due, to-come, not-to-come, unknown.',
    }),
    reason: z.string().meta({ description: 'One or two sentences for people.' }),
    dueAt: Instant.nullable(),
    others: z.int().meta({ description: 'How many others are due in the same minute.' }),
    settledAt: Instant.nullable(),
    run: Run.nullable(),
    schedule: Schedule.nullable(),
    previous: Instant.nullable(),
    next: Instant.nullable(),
  })
  .meta({ id: 'Why', description: 'What became of an instant, or what will, and why.' })

const OfJob = z.strictObject({ job: JobId })

/** Looked ahead for slots to come. */
const furthest = days(3660)

export const slots: OperationGroup = {
  title: 'Slots',
  summary: 'The due instants of a job: those to come, what became of those that were, and why.',
  operations: [
    operation({
      id: 'listSlots',
      method: 'get',
      path: '/jobs/{job}/slots',
      role: 'viewer',
      summary: 'What became of each due instant of a job, latest first.',
      params: OfJob,
      query: z.strictObject({
        limit: Limit,
        after: Instant.optional().meta({ description: '`next` of the page before.' }),
        from: Instant.optional(),
        to: Instant.optional(),
      }),
      answer: pageOf(Slot),
      handle: async (ctx, { params, query: { limit, after, from, to } }) => {
        const { id: job } = await liveJobOf(ctx, params.job)
        const upTo = after ? new Date(after.getTime() - 1) : to
        const rows = await slotHistory(ctx.database, {
          job,
          limit: limit + 1,
          ...givenOf({ from, to: upTo }),
        })
        return cutPage(rows, limit, ({ dueAt }) => dueAt.toISOString())
      },
    }),
    operation({
      id: 'listNextSlots',
      method: 'get',
      path: '/jobs/{job}/next-slots',
      role: 'viewer',
      summary: 'The slots to come, by the schedule as it is now.',
      params: OfJob,
      query: z.strictObject({ limit: Limit.default(10) }),
      answer: z.object({ items: z.array(NextSlot) }),
      handle: async (ctx, { params, query: { limit } }) => {
        const { effective } = await liveJobOf(ctx, params.job)
        const now = await postgresTime(ctx.database)
        const until = new Date(now.getTime() + furthest)
        const instants = effective.mode === 'off' ? [] : instantsBetween(effective, now, until, limit)
        return {
          items: instants.map((dueAt) => ({
            dueAt,
            local: localTime(dueAt, effective.timezone),
            clocks: clocksOf(effective, dueAt),
          })),
        }
      },
    }),
    operation({
      id: 'askWhy',
      method: 'get',
      path: '/jobs/{job}/why',
      role: 'viewer',
      summary: 'What became of an instant for a job, and why; also where nothing was due.',
      params: OfJob,
      query: z.strictObject({
        at: z
          .string()
          .max(60)
          .meta({ description: `${instantForms}.`, examples: ['yesterday 06:00'] }),
      }),
      answer: z.object({
        items: z.array(Answer).meta({ description: 'One, or two where clocks show the time twice.' }),
      }),
      handle: async (ctx, { params, query: { at } }) => {
        const job = await liveJobOf(ctx, params.job)
        const instants = instantsMeant(at, job, await postgresTime(ctx.database))
        const items: InstantAnswer[] = []
        for (const instant of instants)
          items.push(await askWhy(ctx.database, job, instant, async (dueAt) => tickOf(ctx, job.id, dueAt)))
        return { items }
      },
    }),
  ],
}

function clocksOf(schedule: LiveJob['effective'], dueAt: Date): string | null {
  const mark = clockMark(schedule, dueAt)
  if (!mark) return null
  return mark.kind === 'moved' ? `gap: for ${timeOfReading(mark.reading)}` : `fold: ${mark.kind} time`
}

function instantsMeant(at: string, { effective }: LiveJob, now: Date): readonly Date[] {
  const read = readInstant(at, effective.timezone, now)
  if (!read)
    throw new InvalidRequestError([
      { field: 'query.at', expected: `expected ${instantForms} (zone: ${effective.timezone})`, given: at },
    ])
  return read.kind === 'fold' ? read.instants : [read.instant]
}
