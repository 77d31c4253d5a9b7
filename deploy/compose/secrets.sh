#!/bin/sh
# Makes the secrets that docker-compose.yml mounts into its containers, each a file in deploy/compose/secrets/.
# Safe to repeat: what is there is kept. To change a secret, see docs/containers.md.
#
# Only their owner can enter the folder. The files can be read by all, for they are mounted one by one into containers
# whose users have other numbers.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
folder=$here/secrets
mkdir -p "$folder"
chmod 700 "$folder"

hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
base64_key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }

# keep <name> <value>: writes the value unless the file holds something.
keep() {
  if [ ! -s "$folder/$1" ]; then
    printf '%s\n' "$2" > "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "made $1"
  fi
  chmod 444 "$folder/$1"
}

# Hexadecimal where a secret becomes part of a URL.
keep postgres_password "$(hex 24)"
keep database_url "postgres://syncfleet:$(hex 24)@postgres:5432/syncfleet"
keep redis_admin_password "$(hex 24)"
for user in scheduler worker dashboard; do
  keep "redis_url_$user" "redis://$user:$(hex 24)@redis:6379"
done
keep session_secret "$(hex 32)"
keep metrics_token "$(hex 24)"
keep encryption_keys "k1:$(base64_key)"
keep pii_pepper "$(hex 32)"
keep dashboard_users "admin:admin:$(hex 9)"

# Mounted into containers, too, whatever the umask was when they were checked out.
chmod -R a+rX "$here/../redis" "$here/../postgres"

echo "The dashboard's login is in $folder/dashboard_users (name:role:password)."
