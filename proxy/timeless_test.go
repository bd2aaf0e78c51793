package proxy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestPartitions: a statement's partitions are those that MySQL's own EXPLAIN names, on one
// shard and over several; one without a time is counted, and denied where the rules say so.
func TestPartitions(t *testing.T) {
	const logs = "CREATE TABLE t (id VARCHAR(36) NOT NULL, tenant_id VARCHAR(36) NOT NULL, at TIMESTAMP NOT NULL, PRIMARY KEY (id, at)) COLLATE utf8mb4_unicode_ci PARTITION BY RANGE (UNIX_TIMESTAMP(at)) (" +
		"PARTITION p202601 VALUES LESS THAN (1769904000), PARTITION p202602 VALUES LESS THAN (1772323200), PARTITION p202603 VALUES LESS THAN (1775001600), PARTITION p_future VALUES LESS THAN MAXVALUE);\n"
	server := mysqltest.Start(t, mysqltest.Options{})
	require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE app_0", "USE app_0; "+logs, "CREATE DATABASE app_1", "USE app_1; "+logs))
	p := &pair{T: t}
	dir := t.TempDir()
	p.file = filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(logs), 0o600))
	text := strings.Replace(config(server.Addr(), "127.0.0.1:0", "max: 20", ""), "t: {kind: sharded, key: tenant_id}",
		"t: {kind: sharded, key: tenant_id, calendar: {column: at, catch_all: p_future}}", 1)
	require.NoError(t, os.WriteFile(p.file, []byte(text), 0o600))
	b := p.start(nil)
	route := func(sql string) *proxy.Explanation {
		e, err := proxy.Operator{Server: b.srv}.Route(admin.Question{SQL: sql})
		require.NoError(t, err)
		return e.(*proxy.Explanation)
	}
	for where, want := range map[string]string{
		"at >= '2026-02-10' AND at < '2026-03-10'":          "p202602,p202603",
		"at BETWEEN '2026-01-01' AND '2026-02-28 23:59:59'": "p202601,p202602",
		"at = '2026-03-31 23:59:59'":                        "p202603",
		"at IN ('2026-01-05', '2026-06-01')":                "p202601,p_future",
		"id = 'x'":                                          "p202601,p202602,p202603,p_future",
	} {
		require.Equal(t, "t: "+want, route("SELECT id FROM t WHERE tenant_id = 'a' AND "+where).Partition, where)
		require.Equal(t, "t: "+want, route("SELECT COUNT(*) FROM t WHERE "+where).Partition, where)
		require.Equal(t, "t: "+want, route("SELECT id FROM t WHERE "+where+" ORDER BY id").Partition, where)
	}
	require.Equal(t, []string{"t"}, route("SELECT id FROM t WHERE id = 'x'").Timeless)
	require.Empty(t, route("SELECT id FROM t WHERE at > '2026-01-01'").Timeless)

	c := b.connect()
	b.do(c, "SELECT id FROM t WHERE id = 'x'", "SELECT id FROM t WHERE at > '2026-01-01'", "DELETE FROM t WHERE tenant_id = 'a'")
	require.Equal(t, []string{"table=t 2"}, b.metrics("sluice_timeless_statements_total"))

	require.NoError(t, os.WriteFile(p.file, []byte(strings.Replace(text, "catch_all: p_future", "catch_all: p_future, unbounded: deny", 1)), 0o600))
	b = p.start(nil)
	c = b.connect()
	_, err := c.Query("SELECT id FROM t WHERE tenant_id = 'a'")
	require.ErrorContains(t, err, "1235")
	require.ErrorContains(t, err, "at >= '...'")
	_, err = c.Query("DELETE FROM t")
	require.ErrorContains(t, err, "1235")
	b.do(c, "SELECT id FROM t WHERE at > '2026-01-01'", "EXPLAIN SELECT id FROM t", "SHOW COLUMNS FROM t")
}
