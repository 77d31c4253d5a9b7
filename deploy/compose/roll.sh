#!/bin/sh
# Deploys without a gap: migrates, then replaces every worker, scheduler and dashboard by one of the image that
# docker-compose.yml names now, one at a time. The new one is healthy before the old one is told to stop. Where a new
# one does not become healthy it is taken away again, and everything else stays as it is.
#
#   docker compose build && sh deploy/compose/roll.sh
#   sh deploy/compose/roll.sh worker             only these; no migration
#
# COMPOSE_PROJECT_NAME, COMPOSE_FILE and SYNCFLEET_… count as with docker compose. ROLL_PATIENCE is how many seconds a
# new container may take to become healthy. COMPOSE and DOCKER name other programs than `docker compose` and `docker`.
set -eu
cd "$(dirname "$0")/../.."
COMPOSE=${COMPOSE:-docker compose}
DOCKER=${DOCKER:-docker}
ROLL_PATIENCE=${ROLL_PATIENCE:-120}

say() { echo "roll: $*"; }

# Tells what a command had to say only where it fails.
quietly() {
  told=$("$@" 2>&1) || { echo "$told" >&2; exit 1; }
}

# Ids of a service's containers, one a line.
containers() { $COMPOSE ps -q "$1"; }

until_healthy() {
  waited=0
  while [ "$($DOCKER inspect -f '{{.State.Health.Status}}' "$1" 2> /dev/null)" != healthy ]; do
    [ "$waited" -lt "$ROLL_PATIENCE" ] || return 1
    waited=$((waited + 1))
    sleep 1
  done
}

# By its grace: what it works on is handed to the others first.
take_away() {
  quietly $DOCKER stop -t 40 "$1"
  quietly $DOCKER rm "$1"
}

# One more than there are, then the oldest of those that were there away, until none of them is left.
roll_beside() {
  before=$(containers "$1")
  count=$(echo "$before" | wc -l)
  for old in $before; do
    known=$(containers "$1")
    quietly $COMPOSE up -d --no-deps --no-recreate --scale "$1=$((count + 1))" "$1"
    new=$(containers "$1" | grep -vxF "$known")
    if ! until_healthy "$new"; then
      say "the new $1 is not healthy after $ROLL_PATIENCE s; its log ends like this:"
      $DOCKER logs --tail 20 "$new" || true
      take_away "$new"
      exit 1
    fi
    take_away "$old"
    say "$1 $(echo "$old" | cut -c 1-12) is now $(echo "$new" | cut -c 1-12)"
  done
}

# What holds a published port cannot stand beside its successor: for some seconds nobody answers there.
roll_in_place() {
  quietly $COMPOSE up -d --no-deps --force-recreate "$1"
  new=$(containers "$1")
  until_healthy "$new" || { say "$1 is not healthy after $ROLL_PATIENCE s"; exit 1; }
  say "$1 is now $(echo "$new" | cut -c 1-12)"
}

if [ $# -eq 0 ]; then
  # The previous build goes on with the new schema. Workers come first, for a newer scheduler's jobs wait for newer ones.
  $COMPOSE run --rm -T --no-deps migrate
  set -- worker scheduler dashboard
fi

for service in "$@"; do
  [ -n "$(containers "$service")" ] || { say "no $service is running"; continue; }
  case $service in
    dashboard) roll_in_place "$service" ;;
    *) roll_beside "$service" ;;
  esac
done
