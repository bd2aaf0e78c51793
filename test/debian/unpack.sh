#!/usr/bin/env bash
# unpack.sh PACKAGE PROGRAM: unpacks a package of the machine's own Debian suite, and what
# it needs, into a cache folder beside the system, without installing anything. Idempotent.
# Prints the folder: bin/ has a wrapper for PROGRAM, R/ the packages' files.
set -euo pipefail

package=$1 program=$2
cache=${SLUICE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sluice}
root=$cache/$package
mkdir -p "$cache"
exec 9>"$cache/.$package.lock"
flock 9

if "$root/bin/$program" --version >/dev/null 2>&1; then
  echo "$root"
  exit 0
fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "unpack.sh: $*"; exit 1; }
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "this is no Debian: there is no apt-get"

tmp=$(mktemp -d "$cache/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"/{debs,R,bin}
list() { apt-get install --no-install-recommends -s "$package" 2>/dev/null | awk '/^Inst/ { print $2 }'; }
packages=$(list)
[ -n "$packages" ] || { apt-get -qq update >&2 || true; packages=$(list); }
[ -n "$packages" ] || fail "apt offers no $package, or it is installed without $program on PATH"
say "unpacking $package into $root"
# shellcheck disable=SC2086
(cd "$tmp/debs" && apt-get -qq -o APT::Sandbox::User=root download $packages >&2)
for deb in "$tmp"/debs/*.deb; do
  dpkg -x "$deb" "$tmp/R"
done
path=$(cd "$tmp/R" && { find usr/sbin usr/bin -name "$program" 2>/dev/null || true; } | head -n 1)
[ -n "$path" ] || fail "$package has no program $program"
cat >"$tmp/bin/$program" <<WRAP
#!/bin/sh
here=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
LD_LIBRARY_PATH=\$(echo "\$here"/R/usr/lib/*-linux-gnu*)
export LD_LIBRARY_PATH
exec "\$here/R/$path" "\$@"
WRAP
chmod +x "$tmp/bin/$program"
"$tmp/bin/$program" --version >&2 || fail "the unpacked $program does not run"
rm -rf "$root"
mkdir "$tmp/done"
mv "$tmp/R" "$tmp/bin" "$tmp/done/"
mv "$tmp/done" "$root"
echo "$root"
