#!/usr/bin/env bash
# Runs the own test suite of a driver against plain MySQL and against Sluice and shows
# the tests whose outcome differs. There should be none but those listed below.
#
#   test/clients/upstream.sh go-sql-driver PLAIN SLUICE
#   test/clients/upstream.sh pymysql       PLAIN SLUICE SOURCE
#   test/clients/upstream.sh mysql2        PLAIN SLUICE SOURCE
#
# PLAIN and SLUICE are addresses, e.g. 127.0.0.1:3307 and 127.0.0.1:3306, of two servers
# that share no schema. SOURCE is a folder with the driver's own sources, tests included;
# go-sql-driver's come with our modules. Nothing in it is changed. PyMySQL's tests need
# pytest (python3-pytest), mysql2's need npm and a minute a hundred tests.
#
# Both need the user root without a password, from 127.0.0.1, and the databases gotest
# (go-sql-driver), test1 and test2 (pymysql) or test (mysql2); through Sluice each has one
# shard and no listed tables, and its address offers TLS. For mysql2 both also need the
# users changeuser1, changeuser2 and pooluser1, with the passwords changeuser1pass and so
# on. MySQL runs with --skip-name-resolve --local-infile=ON, and with max_connections by
# default or at most the group's pool.max: go-sql-driver's TestConcurrent has that many
# transactions open at once, and what is more than pool.max waits, at most pool.wait.
# Exit status: 0 if nothing differs.
#
# What differs by design is left out, on both ways, or done beforehand:
#   go-sql-driver  TestConnectorReturnsTimeout asks no server, but wants the internet.
#   pymysql        Both connections are root's: KILL and the process list end at one's own.
#   mysql2         SET GLOBAL, GRANT, FLUSH, CREATE USER and DROP USER become DO 0.
set -euo pipefail

if [ $# -lt 3 ]; then
	sed -n '2,29s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
driver=$1 plain=$2 sluice=$3 source=${4:-}
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
case $driver in
go-sql-driver) source=$(go list -m -f '{{.Dir}}' github.com/go-sql-driver/mysql) ;;
pymysql | mysql2) [ -d "$source" ] || { echo "no folder with the sources of $driver: $source" >&2; exit 2; } ;;
*) echo "unknown driver $driver" >&2; exit 2 ;;
esac
cp -r "$source" "$work/driver" # it may be read-only, and tests may write
chmod -R u+w "$work/driver"

# Each of these runs the suite against $host and $port, writes what it says to $log, and
# prints lines of a test's name and its outcome.
go-sql-driver() {
	export MYSQL_TEST_USER=root MYSQL_TEST_PASS='' MYSQL_TEST_PROT=tcp MYSQL_TEST_DBNAME=gotest MYSQL_TEST_CONCURRENT=1
	MYSQL_TEST_ADDR=$host:$port go test -v -count=1 -skip '^TestConnectorReturnsTimeout$' . >"$log" 2>&1 || true
	sed -nE 's/^ *--- (PASS|FAIL|SKIP): ([^ ]+).*/\2 \1/p' "$log"
}

pymysql() {
	local python=/usr/bin/python3 # Debian's own, which has Debian's modules
	[ -x $python ] || python=python3
	printf '[{"host": "%s", "port": %d, "user": "root", "password": "", "database": "test1", "use_unicode": true, "local_infile": true},
		{"host": "%s", "port": %d, "user": "root", "password": "", "database": "test2"}]' "$host" "$port" "$host" "$port" >pymysql/tests/databases.json
	$python -m pytest -p no:cacheprovider -q -rA --tb=short pymysql >"$log" 2>&1 || true
	sed -nE 's/^(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\[[0-9]+\] )?([^ ]+).*/\3 \1/p' "$log"
}

mysql2() {
	if [ ! -d "$work/packages" ]; then
		find test -name '*.mts' -exec sed -i -E \
			's/(["`'"'"'])(SET GLOBAL |GRANT |FLUSH |CREATE USER |DROP USER )/\1DO 0 -- \2/' {} +
		npm install --silent --no-fund --no-audit --ignore-scripts --prefix "$work/packages" \
			mysql2@3 poku@4 tsx@4 assert-diff@3 error-stack-parser@2 portfinder@1 >/dev/null
		rm -rf node_modules
		ln -s "$work/packages/node_modules" node_modules
	fi
	local test outcome
	while read -r test; do
		echo "=== RUN $test"
		outcome=PASS
		MYSQL_HOST=$host MYSQL_PORT=$port MYSQL_USER=root MYSQL_DATABASE=test CI=1 \
			timeout 180 node --import tsx "$test" </dev/null 2>&1 || outcome=FAIL
		echo "--- $outcome: $test"
	done < <(find test/integration test/global -name '*.test.mts' | sort) >"$log"
	sed -nE 's/^--- ([A-Z]+): (.*)/\2 \1/p' "$log"
}

suite() { # way, address
	host=${2%:*} port=${2##*:} log=$work/$1.log
	(cd "$work/driver" && $driver) | sort >"$work/$1.txt"
	if ! grep -q PASS "$work/$1.txt"; then # alike both ways, but nothing ran
		tail -20 "$log" >&2
		exit 2
	fi
	grep -A 20 '^panic: ' "$log" >&2 || true
	echo "$1 ($2): $(sed 's/.* //' "$work/$1.txt" | sort | uniq -c | tr -s ' \n' ' ')"
}
suite plain "$plain"
suite sluice "$sluice"
if diff "$work/plain.txt" "$work/sluice.txt"; then
	echo "no test differs"
	exit 0
fi
echo "what the tests that fail only through Sluice say:"
comm -13 <(grep -v PASS "$work/plain.txt") <(grep -v PASS "$work/sluice.txt") | sed 's/ [A-Z]*$//' | while read -r test; do
	grep -F -A 30 -e "=== RUN   $test" -e "=== RUN $test" -e "_ ${test##*::} _" "$work/sluice.log" | head -40 || true
done
exit 1
