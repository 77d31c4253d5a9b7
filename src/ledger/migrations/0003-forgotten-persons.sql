-- Persons whom a vendor asked to forget: their personal columns stay empty whatever is written later.

create table forgotten_persons (
  job        text not null,
  account_id bigint not null references accounts,
  -- SHA-256 of the account's id and the vendor's id of the person: enough to know the person again, and no more.
  subject    bytea not null,
  at         timestamptz not null default now(),
  primary key (account_id, job, subject)
);
