-- What people steer by, without a deploy.

-- Nothing of it starts while one lasts: everything, a job, a client, or an account.
create table pauses (
  id         bigint generated always as identity primary key,
  scope      text not null check (scope in ('everything', 'job', 'client', 'account')),
  -- The job's, client's or account's id; empty for everything.
  subject    text not null,
  reason     text not null check (reason <> ''),
  paused_by  text not null,
  paused_at  timestamptz not null default clock_timestamp(),
  -- When it ends by itself; null where a person must end it.
  until      timestamptz,
  ended_at   timestamptz,
  ended_by   text,
  end_reason text,
  check ((scope = 'everything') = (subject = '')),
  check ((ended_at is null) = (ended_by is null)),
  check (until is null or until > paused_at)
);
-- One lasts at a time; pausing again changes it.
create unique index pauses_open on pauses (scope, subject) where ended_at is null;
create index pauses_paused_at on pauses (paused_at desc);

-- What people set instead of the configuration, until it expires or is reverted; deploys leave it alone.
create table overrides (
  id         bigint generated always as identity primary key,
  job        text not null,
  -- `schedule`: {cron, timezone}; `concurrency`: {concurrency}; `rate`: {percent}.
  setting    text not null check (setting in ('schedule', 'concurrency', 'rate')),
  value      jsonb not null check (jsonb_typeof(value) = 'object'),
  -- What the configuration said when it was made.
  declared   jsonb not null check (jsonb_typeof(declared) = 'object'),
  reason     text not null check (reason <> ''),
  made_by    text not null,
  made_at    timestamptz not null default clock_timestamp(),
  until      timestamptz,
  ended_at   timestamptz,
  ended_by   text,
  end_reason text,
  check ((ended_at is null) = (ended_by is null)),
  check (until is null or until > made_at)
);
create unique index overrides_open on overrides (job, setting) where ended_at is null;
create index overrides_made_at on overrides (made_at desc);

-- For programs. Only a hash of each is kept.
create table api_tokens (
  id           bigint generated always as identity primary key,
  name         text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$'),
  role         text not null check (role in ('viewer', 'operator', 'admin')),
  -- SHA-256 of the token: it is long and random, so that no slow hash is needed.
  hash         bytea not null unique,
  created_by   text not null,
  created_at   timestamptz not null default clock_timestamp(),
  expires_at   timestamptz not null check (expires_at > created_at),
  -- To the minute.
  last_used_at timestamptz,
  revoked_at   timestamptz,
  revoked_by   text,
  check ((revoked_at is null) = (revoked_by is null))
);
create unique index api_tokens_name on api_tokens (name) where revoked_at is null;

-- In the order in which the previous build's transactions lock them, lest they and this one wait for each other.
lock table backfills, runs, rejected_records, syncs, attempts, incidents in access exclusive mode;

-- Only these streams are read; null means all of the job's.
alter table runs add column streams text[];
-- Only these accounts were asked for; null means all that were enabled.
alter table runs add column accounts bigint[];
alter table backfills add column accounts bigint[];
-- Reads only some of its job's streams: its account is none the fresher for it.
alter table syncs add column narrow boolean not null default false;
-- Asking twice with the same key is the same as asking once.
alter table backfills add column request_key text unique;

-- What was set aside, job by job.
create index rejected_records_job on rejected_records (job, id desc);

-- What an attempt spent its time on, and what it cost its vendor.
alter table attempts
  add column calls integer not null default 0,
  -- Milliseconds of it that it waited for the vendor's limits.
  add column limit_wait integer not null default 0,
  -- For what its sync went on waiting, and until when at least; null where it did not, or for a worker only.
  add column waits_for text check (waits_for in ('backoff', 'vendor', 'stores', 'live work', 'isolation')),
  add column again_at timestamptz;

alter table syncs
  -- Its place in its run's spread, or in a row of retries; null where it could start at once.
  add column starts_at timestamptz,
  -- When a dead letter was last retried.
  add column reopened_at timestamptz,
  -- By stream: {"from", "to"} of the cursors that its pages have moved.
  add column cursors jsonb;

-- What kept a sync from starting, where that was neither its queue nor its own last attempt.
create table sync_waits (
  sync_id  bigint not null references syncs,
  -- Counted from 1.
  number   integer not null,
  kind     text not null check (kind in ('lease', 'isolation', 'breaker', 'pause')),
  reason   text not null,
  began_at timestamptz not null default clock_timestamp(),
  -- When it was met last: waits of a kind that follow upon each other are one.
  last_at  timestamptz not null default clock_timestamp(),
  primary key (sync_id, number)
);

-- What was ever wrong with one thing.
create index incidents_subject on incidents (subject, opened_at desc);

-- Processes of the fleet, by their last sign of life; one that stops in order takes its row with it.
create table fleet_processes (
  -- As leases, attempts and the lead name it.
  id         text primary key,
  kind       text not null check (kind in ('scheduler', 'worker', 'dashboard')),
  build      text not null,
  started_at timestamptz not null,
  seen_at    timestamptz not null default clock_timestamp(),
  -- Bytes of memory.
  rss        bigint not null,
  -- By queue: how many of its jobs it has in hand.
  active     jsonb not null default '{}' check (jsonb_typeof(active) = 'object')
);

-- For the search, which looks back over a bounded time.
create index syncs_failed_at on syncs (settled_at desc) where state = 'failed';
create index runs_started on runs (job, started_at);
-- When syncs and runs ended, for charts. Rows lie about in the order in which they end, so this small kind is enough.
create index syncs_settled on syncs using brin (settled_at) with (pages_per_range = 32);
create index runs_settled on runs (settled_at);
