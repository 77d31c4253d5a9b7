#!/bin/sh
# Starts Redis with redis.conf and users.acl of this folder. The passwords come from files: redis_url_<user> holds the
# URL that this user's processes are given, redis_admin_password the administrator's. Only their hashes are kept.
#
#   start.sh [more of redis-server's arguments]
#
# SECRETS says where those files are, RUN where the completed users.acl may be written (redis.conf names it, too).
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
SECRETS=${SECRETS:-/run/secrets}
RUN=${RUN:-/run/redis}

fail() {
  echo "start.sh: $1" >&2
  exit 1
}

# The SHA-256 of the password of a user.
hash_of() {
  if [ "$1" = admin ]; then
    file=$SECRETS/redis_admin_password
    [ -r "$file" ] || fail "$file cannot be read"
    password=$(cat "$file")
  else
    file=$SECRETS/redis_url_$1
    [ -r "$file" ] || fail "$file cannot be read"
    password=$(sed -n "s|^rediss\{0,1\}://$1:\([^@]*\)@.*|\1|p" "$file")
  fi
  [ -n "$password" ] || fail "$file holds no password of $1"
  printf %s "$password" | sha256sum | cut -d ' ' -f 1
}

# One line per user: Redis takes neither comments nor lines that go on.
sed -e '/^#/d' -e '/^$/d' "$here/users.acl" | awk '
  /^user / { if (line) print line; line = $0; next }
  { sub(/^ +/, ""); line = line " " $0 }
  END { print line }
' > "$RUN/rules"

while read -r word name rules; do
  case $name in
    default) echo "$word $name $rules" ;;
    health) echo "$word $name on $rules" ;;
    *) hash=$(hash_of "$name") && echo "$word $name on #$hash $rules" ;;
  esac
done < "$RUN/rules" > "$RUN/users.acl"
rm "$RUN/rules"

exec redis-server "$here/redis.conf" "$@"
