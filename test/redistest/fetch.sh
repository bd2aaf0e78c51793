#!/usr/bin/env bash
# Unpacks a real Redis from the machine's own Debian suite into a cache folder, beside the
# system and without installing anything. Idempotent. Prints the folder.
set -euo pipefail

cache=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
root=$cache/redis
mkdir -p "$cache"
exec 9>"$cache/.redis.lock"
flock 9

if "$root/bin/redis-server" --version >/dev/null 2>&1; then
  echo "$root"
  exit 0
fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "fetch.sh: $*"; say "Install Redis yourself (apt-get install redis-server) and put redis-server on PATH, or set SLUICE_REDIS to it."; exit 1; }
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "this is no Debian: there is no apt-get"

tmp=$(mktemp -d "$cache/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"/{debs,R,bin}
packages=$(apt-get install --no-install-recommends -s redis-server 2>/dev/null | awk '/^Inst/ { print $2 }')
[ -n "$packages" ] || fail "apt offers no redis-server"
say "unpacking Redis into $root"
# shellcheck disable=SC2086
(cd "$tmp/debs" && apt-get -qq -o APT::Sandbox::User=root download $packages >&2)
for deb in "$tmp"/debs/*.deb; do
  dpkg -x "$deb" "$tmp/R"
done
cat >"$tmp/bin/redis-server" <<'WRAP'
#!/bin/sh
here=$(dirname "$(dirname "$(readlink -f "$0")")")
LD_LIBRARY_PATH=$(echo "$here"/R/usr/lib/*-linux-gnu*)
export LD_LIBRARY_PATH
exec "$here/R/usr/bin/redis-server" "$@"
WRAP
chmod +x "$tmp/bin/redis-server"
"$tmp/bin/redis-server" --version >&2 || fail "the unpacked redis-server does not run"
rm -rf "$root"
mkdir "$tmp/done"
mv "$tmp/R" "$tmp/bin" "$tmp/done/"
mv "$tmp/done" "$root"
echo "$root"
