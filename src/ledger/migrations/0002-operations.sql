-- What a vendor is preparing for an account: kept before it is waited for, so that a restart asks for nothing twice.
create table operations (
  account_id bigint not null references accounts,
  mode       text not null check (mode in ('live', 'shadow')),
  lane       text not null check (lane in ('live', 'backfill')),
  -- What names it among those of the account, e.g. a stream and a window of days.
  purpose    text not null check (purpose <> ''),
  -- Ids and windows, to ask for its state again. No secrets.
  details    jsonb not null,
  sync_id    bigint not null references syncs,
  started_at timestamptz not null default clock_timestamp(),
  primary key (account_id, mode, lane, purpose)
);
