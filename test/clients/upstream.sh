#!/usr/bin/env bash
# Runs the own test suite of go-sql-driver/mysql against plain MySQL and against Sluice
# and shows the tests whose outcome differs. There should be none.
#
#   test/clients/upstream.sh PLAIN SLUICE      e.g. 127.0.0.1:3307 127.0.0.1:3306
#
# Both need the database named by MYSQL_TEST_DBNAME (gotest) and the user MYSQL_TEST_USER
# (root) with MYSQL_TEST_PASS (empty); through Sluice the database has one shard, no listed
# tables, and a pool of 2000 connections. The two must not be the same schema. Exit status:
# 0 if nothing differs.
set -euo pipefail

if [ $# -ne 2 ]; then
	sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
cd "$(dirname "$0")"
module=$(go list -m -f '{{.Dir}}' github.com/go-sql-driver/mysql)
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
cp -r "$module" "$work/driver" # the module cache is read-only, and tests may write
chmod -R u+w "$work/driver"

export MYSQL_TEST_USER=${MYSQL_TEST_USER:-root} MYSQL_TEST_PASS=${MYSQL_TEST_PASS:-} MYSQL_TEST_PROT=tcp
export MYSQL_TEST_DBNAME=${MYSQL_TEST_DBNAME:-gotest} MYSQL_TEST_CONCURRENT=1
# TestConnectorReturnsTimeout wants a route to the internet and asks no server anything.
suite() { # address, name
	(cd "$work/driver" && MYSQL_TEST_ADDR=$1 go test -v -count=1 -skip '^TestConnectorReturnsTimeout$' . >"$work/$2.log" 2>&1) || true
	grep -E '^ *--- (PASS|FAIL|SKIP): ' "$work/$2.log" |
		sed -E 's/^ *--- ([A-Z]+): ([^ ]+).*/\2 \1/' | sort >"$work/$2.txt"
	if [ ! -s "$work/$2.txt" ]; then
		tail -20 "$work/$2.log" >&2
		exit 2
	fi
	if grep -q '^panic: ' "$work/$2.log"; then
		grep -A 20 '^panic: ' "$work/$2.log" >&2
	fi
	echo "$2 ($1): $(cut -d' ' -f2 "$work/$2.txt" | sort | uniq -c | tr -s ' \n' ' ')"
}
suite "$1" plain
suite "$2" sluice
if diff "$work/plain.txt" "$work/sluice.txt"; then
	echo "no test differs"
	exit 0
fi
echo "what the tests that fail only through Sluice say:"
comm -13 <(grep FAIL "$work/plain.txt") <(grep FAIL "$work/sluice.txt") | cut -d' ' -f1 | while read -r t; do
	grep -A 12 -E "^ *=== RUN +$t\$|^ *--- FAIL: $t " "$work/sluice.log" | head -40
done
exit 1
