-- Of an operation that takes one of a few places which the accounts of a vendor share: whose places they are, and until when.
alter table operations
  add column place       text,
  add column place_until timestamptz,
  add check ((place is null) = (place_until is null));
create index operations_place on operations (place, place_until) where place is not null;
