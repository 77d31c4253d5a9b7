import type { Sql } from '../../lib/sql'
import { pauseLasts, pauseTold } from '../control/pause-sql'
import { breakerInWords } from '../gates/breakers'
import { inUtc } from '../postgres/in-utc'
import { type AccountQuestion, type AccountStanding, standingSql } from './account-states'

/** One account in the matrix of the fleet. */
export interface MatrixCell {
  readonly id: string
  readonly client: string
  readonly job: string
  readonly externalId: string
  readonly standing: AccountStanding
  /** Why it is not fresh; null where there is nothing to say. */
  readonly reason: string | null
  /** When its last good sync in the job's mode ended. */
  readonly syncedAt: Date | null
}

export interface FleetMatrix {
  /** By name. */
  readonly clients: readonly { readonly id: string; readonly name: string }[]
  /** In no order. */
  readonly cells: readonly MatrixCell[]
}

/**
 * Every account of the fleet and how it stands, judged as `accountStates` does. What an account costs is two rows of its own,
 * however long its history is.
 */
export async function fleetMatrix(sql: Sql, questions: readonly AccountQuestion[]): Promise<FleetMatrix> {
  const [clients, cells] = await Promise.all([
    sql.query<{ id: string; name: string }>('select id, name from clients order by name, id'),
    cellsOf(sql, questions),
  ])
  return { clients: clients.rows, cells }
}

async function cellsOf(sql: Sql, questions: readonly AccountQuestion[]): Promise<MatrixCell[]> {
  const { rows } = await sql.query<MatrixCell>(
    `with broken as materialized (
       select scope, subject, ${breakerInWords} as told from breakers b where opened_at is not null
     ), paused as materialized (
       select scope, subject, ${pauseTold} as told from pauses p where ${pauseLasts}
     ), known as (
       select a.id, a.client_id as client, a.job, a.external_id as "externalId", asked.freshness,
         case when c.parked_at is not null then 'credential parked: ' || c.parked_reason
              when a.parked_at is not null then 'account parked: ' || a.parked_reason end as parked,
         coalesce(broken_credential.told, broken_account.told) as broken,
         coalesce(paused_client.told, paused_account.told) as paused,
         case when a.not_before > clock_timestamp() then a.not_before end as rests_until,
         case when latest.state = 'failed' then coalesce(latest.error_message, 'failed') end as failed,
         case when a.enabled then asked.mode = 'off' end as is_off,
         case when latest.is_good then latest.settled_at else good.settled_at end as "syncedAt"
       from unnest($1::text[], $2::text[], $3::float8[]) as asked (job, mode, freshness)
       join accounts a on a.job = asked.job
       join credentials c on c.id = a.credential_id
       left join broken broken_credential on broken_credential.scope = 'credential' and broken_credential.subject = c.id
       left join broken broken_account on broken_account.scope = 'account' and broken_account.subject = a.id::text
       left join paused paused_client on paused_client.scope = 'client' and paused_client.subject = a.client_id
       left join paused paused_account on paused_account.scope = 'account' and paused_account.subject = a.id::text
       left join lateral (
         select s.state, s.error_message, s.settled_at,
           s.state = 'ok' and not s.narrow and asked.mode = (select run.mode from runs run where run.id = s.run_id) as is_good
         from syncs s
         where a.enabled and asked.mode <> 'off' and s.account_id = a.id and s.lane = 'live' order by s.id desc limit 1
       ) latest on true
       left join lateral (
         select s.settled_at from syncs s join runs run on run.id = s.run_id and run.mode = asked.mode
         -- As a rule the latest sync is the latest good one.
         where a.enabled and asked.mode <> 'off' and latest.is_good is not true and s.account_id = a.id and s.lane = 'live' and s.state = 'ok' and not s.narrow
         order by s.id desc limit 1
       ) good on true
     )
     select id, client, job, "externalId", "syncedAt", coalesce(parked, broken, paused, failed,
         'the vendor asked to be left alone until ' || ${inUtc('rests_until')}) as reason,
       ${standingSql({
         disabled: 'is_off is null',
         off: 'is_off',
         parked: 'parked is not null',
         broken: 'broken is not null',
         paused: 'paused is not null',
         failed: 'failed is not null',
         fresh: `"syncedAt" > clock_timestamp() - freshness * interval '1 millisecond'`,
         resting: 'rests_until is not null',
       })} as standing
     from known`,
    [
      questions.map(({ id }) => id),
      questions.map(({ mode }) => mode),
      questions.map(({ freshness }) => freshness),
    ],
  )
  return rows
}
