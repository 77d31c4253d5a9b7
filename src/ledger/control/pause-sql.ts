import { inUtc } from '../postgres/in-utc'

/** SQL: true while the pause `p` lasts. Its time is over to the millisecond, whenever the leader gets round to ending it. */
export const pauseLasts = 'p.ended_at is null and (p.until is null or p.until > clock_timestamp())'

/**
 * SQL: the pause `p` keeps a due instant of a job from running: one of the job or of everything that lasted or will last then, or,
 * of an instant that is past, one that lasts now.
 */
export const keepsFromRunning = (job: string, instant: string): string =>
  `(p.scope = 'everything' or p.scope = 'job' and p.subject = ${job})
    and (p.paused_at <= ${instant} and ${instant} < coalesce(p.ended_at, p.until, 'infinity')
      or ${instant} <= clock_timestamp() and ${pauseLasts})`

/** SQL: true where a row of accounts is paused, be it with its client, its job or everything. Each scope is found by its key. */
export const isPaused = (account: string): string =>
  `exists (select from (values ('everything', ''), ('job', ${account}.job), ('client', ${account}.client_id),
      ('account', ${account}.id::text)) of (scope, subject)
    join pauses p on p.scope = of.scope and p.subject = of.subject where ${pauseLasts})`

/** SQL: true where an open sync is performed, or will be without anybody ending a pause first. */
export const isOnItsWay = (sync: string, account: string): string =>
  `(${sync}.state = 'running' or ${sync}.state = 'waiting' and not ${isPaused(account)})`

/** SQL: until when a job, or everything, was paused last: now where it is; null where it never was. */
export const jobPausedUntil = (job: string): string =>
  `(select max(least(p.ended_at, p.until, clock_timestamp())) from pauses p
    where p.scope = 'everything' or p.scope = 'job' and p.subject = ${job})`

/** SQL for people, from a row of pauses named `p`. */
export const pauseTold = `case p.scope when 'everything' then 'everything' else p.scope || ' ' || p.subject end || ' paused by ' || p.paused_by
  || coalesce(' until ' || ${inUtc('p.until')}, '') || ': ' || p.reason`

/** SQL for people: which pause of its own or of its client a row of accounts is under; null where there is none. */
export const accountPauseInWords = (account: string): string =>
  `(select ${pauseTold} from pauses p
    where (p.scope = 'client' and p.subject = ${account}.client_id or p.scope = 'account' and p.subject = ${account}.id::text)
      and ${pauseLasts} order by p.until desc nulls first limit 1)`

/** SQL for people: which pause keeps a row of slots from running; null where none does. */
export const slotPauseInWords = `(select ${pauseTold} from pauses p where ${keepsFromRunning('slots.job', 'slots.due_at')}
  order by p.ended_at desc nulls first, p.id limit 1)`
