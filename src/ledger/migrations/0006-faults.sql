-- When what is parked is tried again by itself, how often it was, and by which sync just now.
alter table credentials
  add column probe_at timestamptz,
  add column probes integer not null default 0,
  add column probing_sync bigint;
alter table accounts
  add column probe_at timestamptz,
  add column probes integer not null default 0,
  add column probing_sync bigint;
create index credentials_probe on credentials (probe_at) where parked_at is not null;
create index accounts_probe on accounts (probe_at) where parked_at is not null;
create index accounts_resting on accounts (not_before) where not_before is not null;

-- Failures in a row, of those accounts and credentials only that have any.
create table breakers (
  scope         text not null check (scope in ('account', 'credential')),
  -- The account's id, or the credential's.
  subject       text not null,
  failures      integer not null check (failures > 0),
  -- Whose failures they are; a credential's breaker opens only for several accounts.
  accounts      bigint[] not null,
  -- Null while it is closed.
  opened_at     timestamptz,
  -- When one sync is let through.
  probe_at      timestamptz,
  -- How often it opened without having been closed.
  openings      integer not null default 0,
  -- The one that was let through; null unless it is half-open.
  probing_sync  bigint,
  error_code    text not null,
  error_message text not null,
  updated_at    timestamptz not null default clock_timestamp(),
  primary key (scope, subject),
  check ((opened_at is null) = (probe_at is null)),
  check (probing_sync is null or opened_at is not null)
);
create index breakers_open on breakers (probe_at) where opened_at is not null;

-- What is worth telling a person: told once when it begins, and once when it is over.
create table incidents (
  id        bigint generated always as identity primary key,
  kind      text not null,
  -- What it is about, as in the audit log: `credential ctm-7`, `account 12`, `run 8`, `job ctm`.
  subject   text not null,
  job       text,
  message   text not null,
  details   jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  -- How often it was met while it lasted.
  times     integer not null default 1,
  opened_at timestamptz not null default clock_timestamp(),
  last_at   timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  -- How it ended.
  closing   text,
  -- How many accounts it kept out, which are synced again now; null until the leader has looked.
  held_up   integer,
  check ((closed_at is null) = (closing is null))
);
create unique index incidents_open on incidents (kind, subject) where closed_at is null;
create index incidents_opened on incidents (opened_at desc);
-- What was parked before there were incidents.
insert into incidents (kind, subject, job, message, opened_at, last_at)
select 'credential-parked', 'credential ' || id, job, parked_reason, parked_at, parked_at from credentials where parked_at is not null
union all
select 'account-parked', 'account ' || id, job, parked_reason, parked_at, parked_at from accounts where parked_at is not null;
create index incidents_to_make_good on incidents (id)
  where closed_at is not null and held_up is null and kind in ('credential-parked', 'account-parked', 'breaker-open');

-- Syncs that somebody wants to end, until they have ended. Apart from the syncs: a page being written holds their rows.
create table cancellations (
  sync_id      bigint primary key references syncs,
  requested_by text not null,
  reason       text not null,
  -- Where it is no person's decision but a deadline that has passed.
  error_class  text,
  error_code   text,
  requested_at timestamptz not null default clock_timestamp(),
  check ((error_class is null) = (error_code is null))
);
alter table runs
  -- A dead letter of it was retried: what it took before is no measure any more.
  add column reopened_at timestamptz,
  -- A run that was cancelled settles as such.
  add column cancelled_by text,
  add column cancel_reason text,
  add check ((cancelled_by is null) = (cancel_reason is null));
-- What a job's runs of a kind take as a rule.
create index runs_usual on runs (job, kind, id desc) where state in ('ok', 'partial') and reopened_at is null;

alter table syncs
  -- Skipped although it was its turn: what is parked, broken or resting kept it out. False where another sync does its work.
  add column kept_out boolean not null default false,
  -- Crashes since a page was last written: what brings its worker down does so without getting on.
  add column crashes_in_a_row integer not null default 0,
  -- Dead letters of the same kind share it.
  add column error_signature text,
  -- A person has seen the dead letter and wants it neither retried nor shown.
  add column discarded_at timestamptz,
  add column discarded_by text,
  add column discard_reason text,
  add check ((discarded_at is null) = (discarded_by is null));
-- What a gate that has opened may have held up.
create index syncs_unread on syncs (account_id, settled_at) where lane = 'live' and state in ('skipped', 'failed');
create index syncs_dead on syncs (error_signature, id desc) where state = 'failed' and discarded_at is null;

-- By which schedule a job's due instants were counted: after `since`, and up to the next one's.
create table schedule_history (
  job      text not null,
  since    timestamptz not null,
  cron     text not null,
  timezone text not null,
  primary key (job, since)
);
insert into schedule_history (job, since, cron, timezone) select job, changed_at, cron, timezone from schedules;
-- Kept by the database: a build that knows nothing of it may lead for a while yet.
create function keep_schedule() returns trigger language plpgsql set search_path from current as $$
begin
  insert into schedule_history (job, since, cron, timezone)
  values (new.job, new.checked_until, new.cron, new.timezone)
  on conflict (job, since) do update set cron = excluded.cron, timezone = excluded.timezone;
  return null;
end $$;
create trigger keep_first_schedule after insert on schedules for each row execute function keep_schedule();
create trigger keep_changed_schedule after update on schedules for each row
  when ((old.cron, old.timezone) is distinct from (new.cron, new.timezone)) execute function keep_schedule();
