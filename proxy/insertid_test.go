package proxy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestInsertIDsAreTheSessions lets two sessions take turns on one backend connection: what
// one has been given by AUTO_INCREMENT is not what LAST_INSERT_ID() tells the other. Nor is
// what Sluice does on the connection for itself.
func TestInsertIDsAreTheSessions(t *testing.T) {
	const numbered = "CREATE TABLE t (tenant_id VARCHAR(36) NOT NULL, id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, v INT) COLLATE utf8mb4_unicode_ci;\n"
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, schema := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+schema, "USE "+schema+"; "+numbered))
	}
	b := startBed(t, server, numbered, config(server.Addr(), "127.0.0.1:0", "max: 1", "counters: {group: g0}\n"))
	one, two := b.connect(), b.connect()
	b.do(one, "INSERT INTO t (tenant_id, v) VALUES ('a', 1)")
	first := b.cell(one, "SELECT LAST_INSERT_ID()")
	require.NotEqual(t, "0", first)
	for _, sql := range []string{
		"INSERT IGNORE INTO t VALUES ('a', 100, 1)",
		"INSERT INTO t VALUES ('a', 100, 1) ON DUPLICATE KEY UPDATE v = 2",
		"REPLACE INTO t VALUES ('a', 100, 3)",
		"UPDATE t SET v = 4 WHERE tenant_id = 'a'",
		"DELETE FROM t WHERE tenant_id = 'a' AND id = 100",
	} {
		for _, counter := range []string{"SELECT 0", "SELECT sluice.counter_add('n', 7)"} { // which is kept by LAST_INSERT_ID() of its own
			b.do(two, counter, sql)
			require.Equal(t, "0", b.cell(two, "SELECT LAST_INSERT_ID()"), "after %s and %s", counter, sql)
		}
		require.Equal(t, first, b.cell(one, "SELECT LAST_INSERT_ID()"), "after %s", sql)
	}
}
