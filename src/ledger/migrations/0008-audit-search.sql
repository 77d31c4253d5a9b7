-- What the audit log is found by. A migration of its own: a long log takes a while, during which syncs go on.

-- Where an act came from: a network address, or the host of a command line.
alter table audit_log add column origin text;
create index audit_log_actor on audit_log (actor, id desc);
create index audit_log_action on audit_log (action, id desc);
-- Few are not done.
create index audit_log_outcome on audit_log (outcome, id desc) where outcome <> 'done';

-- What an act is found by: the words of all of it. Signs separate them, and a very long act has those of its beginning.
create function audit_words(action text, subject text, reason text, before jsonb, after jsonb)
  returns tsvector language sql immutable parallel safe as $$
    select strip(to_tsvector('simple'::regconfig, regexp_replace(
      left(lower(concat_ws(' ', action, subject, reason, before::text, after::text)), 100000), '[^[:alnum:]]+', ' ', 'g')))
  $$;
alter table audit_log add column words tsvector generated always as (audit_words(action, subject, reason, before, after)) stored;
create index audit_log_words on audit_log using gin (words);
