-- Days that people asked to be read again.
create table backfills (
  id             bigint generated always as identity primary key,
  job            text not null,
  mode           text not null check (mode in ('live', 'shadow')),
  from_day       date not null,
  to_day         date not null check (to_day >= from_day),
  -- Null means all of the job's.
  streams        text[],
  -- Calls of vendors that it was expected to take.
  estimated_calls bigint not null,
  state          text not null default 'running' check (state in ('running', 'paused', 'done', 'cancelled')),
  requested_by   text not null,
  reason         text,
  created_at     timestamptz not null default clock_timestamp(),
  settled_at     timestamptz,
  check ((state in ('done', 'cancelled')) = (settled_at is not null))
);
create index backfills_running on backfills (id) where state = 'running';

-- One account's days that are read at once, both included. How it stands is how its sync stands.
create table backfill_windows (
  id          bigint generated always as identity primary key,
  backfill_id bigint not null references backfills,
  account_id  bigint not null references accounts,
  -- From 1, in the order in which an account's windows are read.
  number      integer not null check (number > 0),
  from_day    date not null,
  to_day      date not null check (to_day >= from_day),
  -- The latest sync that took it on; null before the first.
  sync_id     bigint references syncs,
  -- The vendor asked for a long wait.
  not_before  timestamptz,
  unique (backfill_id, account_id, number)
);
create index backfill_windows_sync on backfill_windows (sync_id) where sync_id is not null;
create index backfill_windows_account on backfill_windows (account_id);

-- Where inside a window a resumed attempt goes on. The live positions are in stream_states.
create table backfill_positions (
  window_id bigint not null references backfill_windows,
  stream    text not null,
  position  jsonb,
  -- The stream was read to its end once: what an attempt that starts over reads of it again makes way for nobody.
  is_read   boolean not null default false,
  primary key (window_id, stream)
);
