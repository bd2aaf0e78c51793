#!/usr/bin/env bash
# Unpacks a real MySQL (server and client) from Debian's unstable suite into a cache
# folder, beside the system and without installing anything. Idempotent: it does
# nothing when a working server is there. Prints the folder.
set -euo pipefail

cache=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
root=$cache/mysql
mkdir -p "$cache"
exec 9>"$cache/.mysql.lock"
flock 9

if "$root/bin/mysqld" --version >/dev/null 2>&1; then
  echo "$root"
  exit 0
fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "fetch.sh: $*"; say "Install MySQL 8.0 or later yourself and put mysqld on PATH, or set SLUICE_MYSQLD to it."; exit 1; }
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "this is no Debian: there is no apt-get"

tmp=$(mktemp -d "$cache/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"/{lists/partial,cache/archives/partial,parts,R,bin}

# The machine's own Debian sources, with the suite changed.
if ls /etc/apt/sources.list.d/debian.sources >/dev/null 2>&1; then
  awk 'NF == 0 { exit } { print }' /etc/apt/sources.list.d/debian.sources |
    sed -E 's/^Suites:.*/Suites: sid/; s/^Components:.*/Components: main/' >"$tmp/parts/sid.sources"
else
  uri=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^(https?|file):/) { print $i; exit } }' /etc/apt/sources.list 2>/dev/null || true)
  [ -n "$uri" ] || fail "no Debian sources found under /etc/apt"
  printf 'Types: deb\nURIs: %s\nSuites: sid\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' "$uri" >"$tmp/parts/sid.sources"
fi

apt=(apt-get -qq
  -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$tmp/parts"
  -o Dir::State::Lists="$tmp/lists" -o Dir::Cache="$tmp/cache" -o Dir::State::status=/dev/null
  -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=0 -o Acquire::Languages=none)

say "unpacking MySQL into $root (about 70 MB to download, once)"
"${apt[@]}" update >&2
packages=$("${apt[@]}" install --no-install-recommends --print-uris -y mysql-server-core mysql-client-core |
  sed -nE "s/^'[^']*' ([^_ ]+)_.*/\1/p")
[ -n "$packages" ] || fail "apt offers no mysql-server-core"
# shellcheck disable=SC2086
(cd "$tmp/cache" && "${apt[@]}" download $packages >&2)
for deb in "$tmp"/cache/*.deb; do
  dpkg -x "$deb" "$tmp/R"
done

# Programs run through the unpacked loader: their C library is newer than the system's.
arch=$(basename "$(dirname "$(find "$tmp/R/usr/lib" -name 'ld-linux*.so.*' | head -n 1)")")
loader=$(basename "$(find "$tmp/R/usr/lib/$arch" -name 'ld-linux*.so.*' | head -n 1)")
for program in mysqld mysql mysqldump mysqladmin mysqlbinlog mysqlslap; do
  path=$(cd "$tmp/R" && find usr/sbin usr/bin -name "$program" | head -n 1)
  [ -n "$path" ] || continue
  cat >"$tmp/bin/$program" <<WRAP
#!/bin/sh
here=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
lib=\$here/R/usr/lib/$arch
exec "\$lib/$loader" --library-path "\$lib:\$lib/mysql/private:\$here/R/usr/lib/mysql/private" --argv0 $program "\$here/R/$path" "\$@"
WRAP
  chmod +x "$tmp/bin/$program"
done
"$tmp/bin/mysqld" --version >&2 || fail "the unpacked mysqld does not run"
rm -rf "$root"
mkdir "$tmp/done"
mv "$tmp/R" "$tmp/bin" "$tmp/done/"
mv "$tmp/done" "$root"
echo "$root"
