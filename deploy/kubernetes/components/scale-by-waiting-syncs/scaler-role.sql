-- The user that KEDA counts syncs as: it sees nothing else. Run once, after the first migration, as the ledger's owner.
create role syncfleet_scaler login connection limit 10;
alter role syncfleet_scaler set statement_timeout = '5s';
grant usage on schema integration to syncfleet_scaler;
grant select (id, state, wait_until, created_at) on integration.syncs to syncfleet_scaler;
grant select (sync_id, ended_at) on integration.attempts to syncfleet_scaler;
