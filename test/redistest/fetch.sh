#!/usr/bin/env bash
# Unpacks a Redis from the machine's own Debian sources into a cache folder, beside the
# system and without installing anything. Idempotent. Prints the folder.
set -euo pipefail

cache=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
root=$cache/redis
mkdir -p "$cache"
exec 9>"$cache/.redis.lock"
flock 9
if [ -x "$root/usr/bin/redis-server" ]; then
  echo "$root"
  exit 0
fi
fail() { printf 'fetch.sh: %s\nPut redis-server 7 on PATH, or set SLUICE_REDIS to it.\n' "$*" >&2; exit 1; }
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "this is no Debian: there is no apt-get"
tmp=$(mktemp -d "$cache/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
(cd "$tmp" && apt-get -qq -o APT::Sandbox::User=root download redis-server redis-tools libjemalloc2 liblzf1 >&2) ||
  fail "apt-get could not download redis-server; is apt-get update needed?"
for deb in "$tmp"/*.deb; do
  dpkg -x "$deb" "$tmp/R"
done
rm -rf "$root"
mv "$tmp/R" "$root"
echo "$root"
