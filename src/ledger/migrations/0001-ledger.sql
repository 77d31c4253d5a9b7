-- Who is synced.

create table clients (
  id          text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  name        text not null check (name <> ''),
  timezone    text not null,
  owner_email text,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

create table credentials (
  id            text primary key check (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  job           text not null,
  -- `<key id>:<nonce>:<tag>:<ciphertext>`, see ledger/secret-box.ts
  secrets       text not null,
  parked_at     timestamptz,
  parked_reason text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  unique (id, job),
  check ((parked_at is null) = (parked_reason is null))
);

create table accounts (
  id            bigint generated always as identity primary key,
  client_id     text not null references clients,
  job           text not null,
  external_id   text not null check (external_id <> ''),
  credential_id text not null,
  timezone      text not null,
  enabled       boolean not null default true,
  settings      jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  -- Raised by every claim; a page is written only while the sync's number still matches.
  fence         bigint not null default 0,
  not_before    timestamptz,
  parked_at     timestamptz,
  parked_reason text,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  unique (client_id, job, external_id),
  foreign key (credential_id, job) references credentials (id, job),
  check ((parked_at is null) = (parked_reason is null))
);
create index accounts_job on accounts (job, id) where enabled;
create index accounts_credential on accounts (credential_id);

-- What was due, what ran, with what outcome.

create table schedules (
  job           text primary key,
  cron          text not null,
  timezone      text not null,
  -- Every due instant up to here has a row in slots.
  checked_until timestamptz not null,
  changed_at    timestamptz not null default now()
);

create table runs (
  id                 bigint generated always as identity primary key,
  job                text not null,
  kind               text not null check (kind in ('slot', 'catch-up', 'manual', 'follow-up', 'backfill')),
  mode               text not null check (mode in ('live', 'shadow')),
  -- The instant the run stands for; null where a person asked for it.
  due_at             timestamptz,
  state              text not null default 'running'
                     check (state in ('running', 'ok', 'partial', 'failed', 'cancelled')),
  definition_version integer not null,
  requested_by       text,
  reason             text,
  -- Makes asking twice the same as asking once.
  request_key        text unique,
  started_at         timestamptz not null default now(),
  settled_at         timestamptz,
  check ((state = 'running') = (settled_at is null)),
  check ((kind in ('slot', 'catch-up')) = (due_at is not null)),
  check (kind <> 'manual' or requested_by is not null)
);
create index runs_job on runs (job, id desc);
create index runs_running on runs (id) where state = 'running';
-- Which full run came first after an instant, and so covers a slot that nobody ran.
create index runs_full on runs (job, started_at) where kind in ('slot', 'catch-up');

create table slots (
  id         bigint generated always as identity primary key,
  job        text not null,
  due_at     timestamptz not null,
  state      text not null default 'due'
             check (state in ('due', 'ran', 'skipped', 'paused', 'off', 'expired', 'missed')),
  reason     text,
  run_id     bigint unique references runs,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (job, due_at),
  check ((state = 'due') = (settled_at is null)),
  check ((state = 'ran') = (run_id is not null)),
  check (state in ('due', 'ran') or reason is not null)
);
create index slots_due on slots (due_at) where state = 'due';

create table syncs (
  id            bigint generated always as identity primary key,
  run_id        bigint not null references runs,
  job           text not null,
  account_id    bigint not null references accounts,
  lane          text not null default 'live' check (lane in ('live', 'backfill')),
  state         text not null default 'waiting'
                check (state in ('waiting', 'running', 'ok', 'partial', 'deferred', 'skipped', 'failed',
                                 'cancelled', 'superseded')),
  -- Why it was skipped, waits, or ended otherwise than ok.
  reason        text,
  wait_until    timestamptz,
  attempts      integer not null default 0,
  failures      integer not null default 0,
  waits         integer not null default 0,
  interruptions integer not null default 0,
  crashes       integer not null default 0,
  -- How often its BullMQ job had stalled when the last attempt began: a dead letter that comes back with a higher
  -- count was not queued again by a person.
  stalls        integer not null default 0,
  pages         integer not null default 0,
  read          bigint not null default 0,
  inserted      bigint not null default 0,
  updated       bigint not null default 0,
  unchanged     bigint not null default 0,
  removed       bigint not null default 0,
  rejected      bigint not null default 0,
  error_class   text,
  error_code    text,
  error_message text,
  created_at    timestamptz not null default now(),
  started_at    timestamptz,
  settled_at    timestamptz,
  unique (run_id, account_id),
  check ((state in ('waiting', 'running')) = (settled_at is null)),
  check (state <> 'skipped' or reason is not null),
  check (state <> 'failed' or error_code is not null)
);
-- An account has at most one unfinished sync in each lane.
create unique index syncs_unfinished on syncs (account_id, lane) where state in ('waiting', 'running');
create index syncs_open on syncs (run_id) where state in ('waiting', 'running');
create index syncs_account on syncs (account_id, id desc);
create index syncs_failed on syncs (job, id desc) where state = 'failed';
-- How fresh an account is, also one that has not ended well for long.
create index syncs_good on syncs (account_id, id desc) where state = 'ok';

create table attempts (
  sync_id       bigint not null references syncs,
  number        integer not null check (number > 0),
  fence         bigint not null,
  worker        text not null,
  build         text not null,
  outcome       text not null default 'running'
                check (outcome in ('running', 'ok', 'partial', 'failed', 'waiting', 'deferred', 'interrupted',
                                   'lost', 'crashed', 'cancelled')),
  error_class   text,
  error_code    text,
  error_message text,
  started_at    timestamptz not null default now(),
  ended_at      timestamptz,
  primary key (sync_id, number),
  check ((outcome = 'running') = (ended_at is null))
);

-- How far the data is.

create table stream_states (
  account_id bigint not null references accounts,
  stream     text not null,
  mode       text not null check (mode in ('live', 'shadow')),
  cursor     jsonb,
  position   jsonb,
  updated_at timestamptz not null default now(),
  primary key (account_id, stream, mode)
);

-- What a sync has seen of a window or a listing that is not complete yet; gone when the sync is settled.
-- No foreign key: checking it would cost a third of the time that recording keys takes.
create table seen_records (
  sync_id bigint not null,
  stream  text not null,
  key     jsonb not null,
  primary key (sync_id, stream, key)
);

-- Rows that the last complete listings lacked, and how many listings in a row.
create table missing_records (
  account_id bigint not null references accounts,
  stream     text not null,
  mode       text not null check (mode in ('live', 'shadow')),
  key        jsonb not null,
  listings   integer not null default 1,
  primary key (account_id, stream, mode, key)
);

create table rejected_records (
  id            bigint generated always as identity primary key,
  account_id    bigint not null references accounts,
  job           text not null,
  stream        text not null,
  mode          text not null check (mode in ('live', 'shadow')),
  -- The same record rejected again raises `times` instead of adding a row.
  fingerprint   bytea not null,
  reason        text not null,
  -- Valid columns as they are; the others only described.
  record        jsonb not null,
  times         integer not null default 1,
  first_sync_id bigint not null references syncs,
  last_sync_id  bigint not null references syncs,
  first_seen_at timestamptz not null default now(),
  last_seen_at  timestamptz not null default now(),
  unique (account_id, stream, mode, fingerprint)
);

-- Who may, who did, who leads.

create table users (
  name          text primary key check (name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'),
  role          text not null check (role in ('viewer', 'operator', 'admin')),
  password_hash text not null,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now()
);

create table audit_log (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  actor   text not null,
  via     text not null check (via in ('cli', 'dashboard', 'bull-board', 'api', 'system')),
  action  text not null,
  subject text not null,
  before  jsonb,
  after   jsonb,
  reason  text,
  outcome text not null check (outcome in ('done', 'refused', 'failed', 'asked'))
);
create index audit_log_at on audit_log (at desc);
create index audit_log_subject on audit_log (subject, at desc);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log is append-only: % is refused', tg_op;
end $$;
create trigger audit_log_append_only before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();

-- One row: the scheduler that leads, until when by this server's clock.
create table leadership (
  only_row   boolean primary key default true check (only_row),
  holder     text not null,
  build      text not null,
  -- When the holder's build was made: an older build never leads over a newer one.
  built_at   timestamptz not null,
  term       bigint not null default 1,
  expires_at timestamptz not null
);
