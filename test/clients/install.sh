#!/usr/bin/env bash
# Installs the client programs that the tests of this folder run, where they are
# missing: Debian's packages, as root, and the driver of Node.js into the cache folder.
# Elsewhere, or without root, it says what is missing and leaves the rest to the tests,
# each of which names what it needs.
set -euo pipefail

# need PACKAGE... -- COMMAND...: the packages are wanted if the command fails.
wanted=()
need() {
  local packages=()
  while [ "$1" != -- ]; do
    packages+=("$1")
    shift
  done
  shift
  "$@" >/dev/null 2>&1 || wanted+=("${packages[@]}")
}

need make -- make --version
need mariadb-client -- mariadb --version
need bsdutils -- script --version
need python3 python3-pymysql python3-cryptography -- /usr/bin/python3 -c 'import pymysql, cryptography'
need perl libdbd-mysql-perl libdbd-mariadb-perl -- /usr/bin/perl -MDBD::mysql -MDBD::MariaDB -e 1
need php-cli php-mysql -- php -r 'exit(extension_loaded("pdo_mysql") && extension_loaded("mysqli") ? 0 : 1);'
need nodejs npm -- npm --version

if [ "${#wanted[@]}" -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "missing for the tests of real clients; on Debian: apt-get install ${wanted[*]}" >&2
    exit 0
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends "${wanted[@]}" >/dev/null
fi

# The driver of Node.js, where the tests look for it.
modules=${XDG_CACHE_HOME:-$HOME/.cache}/sluice/node
if [ -z "${NODE_PATH:-}" ] && [ ! -d "$modules/node_modules/mysql2" ]; then
  mkdir -p "$modules"
  npm install --silent --no-fund --no-audit --prefix "$modules" mysql2@3 >/dev/null
fi
