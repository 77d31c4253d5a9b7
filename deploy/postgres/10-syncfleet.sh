#!/bin/sh
# Run once, by the Postgres image, over an empty data folder: the database and its owner, who is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set password `sed -n 's|^postgres://syncfleet:\([^@]*\)@.*|\1|p' /run/secrets/database_url`
create role syncfleet login password :'password';
create database syncfleet owner syncfleet;
SQL
