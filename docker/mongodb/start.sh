#!/usr/bin/env bash
# start.sh: make the replica set's key file once, then start as the image always does.
set -euo pipefail

key=/data/configdb/svp.key
if [ ! -s "$key" ]; then
  (umask 077 && head --bytes=96 /dev/urandom | base64 --wrap=0 >"$key")
  chmod 400 "$key"
  chown mongodb:mongodb "$key"
fi
exec docker-entrypoint.sh "$@"
