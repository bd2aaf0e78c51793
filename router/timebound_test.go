package router

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// TestTimeless: which statements on a table that is partitioned by month say nothing of
// the time of its rows.
func TestTimeless(t *testing.T) {
	r, _ := saasSpread(t)
	timeless := func(sql string) []*rules.Table {
		stmt, err := parser.Parse([]byte(sql), parser.Dialect{Version: 90700})
		require.NoError(t, err, sql)
		n, err := r.Plan(stmt, Env{Database: "saas"})
		require.NoError(t, err, sql)
		return n.(*plan.Relay).Timeless
	}
	for _, sql := range []string{
		"SELECT * FROM saas_unified_audit_logs WHERE created_at >= '2026-01-01'",
		"SELECT * FROM saas_unified_audit_logs WHERE tenant_id = 'a' AND created_at BETWEEN ? AND ?",
		"SELECT * FROM saas_unified_audit_logs WHERE created_at > NOW() - INTERVAL 7 DAY AND action = 'x'",
		"SELECT * FROM saas_unified_audit_logs l WHERE DATE(l.created_at) = CURDATE()",
		"SELECT * FROM saas_unified_audit_logs WHERE YEAR(created_at) IN (2025, 2026)",
		"SELECT * FROM saas_unified_audit_logs WHERE created_at = '2026-01-01' OR created_at > '2026-05-01' AND id = 'x'",
		"SELECT * FROM saas_users u LEFT JOIN saas_unified_audit_logs l ON l.user_id = u.id AND l.created_at > '2026-01-01'",
		"SELECT COUNT(*) FROM (SELECT id, created_at FROM saas_unified_audit_logs) d WHERE d.created_at < '2026-01-01'",
		"SELECT * FROM saas_unified_audit_logs WHERE created_at > (SELECT MAX(created_at) FROM saas_users)",
		"DELETE FROM saas_unified_audit_logs WHERE created_at < NOW() - INTERVAL 1 YEAR",
		"INSERT INTO saas_unified_audit_logs (id, tenant_id) VALUES ('x', 'a')",
		"EXPLAIN SELECT * FROM saas_unified_audit_logs",
		"SHOW COLUMNS FROM saas_unified_audit_logs",
		"SELECT * FROM saas_users",
	} {
		require.Empty(t, timeless(sql), sql)
	}
	for _, sql := range []string{
		"SELECT * FROM saas_unified_audit_logs",
		"SELECT * FROM saas_unified_audit_logs WHERE id = 'x'",
		"SELECT * FROM saas_unified_audit_logs WHERE tenant_id = 'a' AND created_at <> '2026-01-01'",
		"SELECT * FROM saas_unified_audit_logs WHERE created_at > '2026-01-01' OR id = 'x'",
		"SELECT * FROM saas_unified_audit_logs WHERE HOUR(created_at) = 3",
		"SELECT * FROM saas_unified_audit_logs WHERE created_at > updated_at",
		"SELECT * FROM saas_unified_audit_logs WHERE NOT created_at > '2026-01-01'",
		"SELECT * FROM saas_unified_audit_logs l LEFT JOIN saas_users u ON u.id = l.user_id AND l.created_at > '2026-01-01'",
		"SELECT l.id, (SELECT COUNT(*) FROM saas_users u WHERE l.created_at > '2026-01-01') FROM saas_unified_audit_logs l",
		"SELECT * FROM (SELECT id, created_at FROM saas_unified_audit_logs LIMIT 5) d WHERE d.created_at < '2026-01-01'",
		"UPDATE saas_unified_audit_logs SET action = 'x' WHERE tenant_id = 'a'",
	} {
		require.Len(t, timeless(sql), 1, sql)
	}
}

// TestTimelessDenied: the calendar of a table can deny them, before anything is sent.
func TestTimelessDenied(t *testing.T) {
	r, _ := saasSpread(t)
	logs, ok := r.Rules().Table("saas_unified_audit_logs")
	require.True(t, ok)
	logs.Calendar.Unbounded = rules.Deny
	bind := func(sql string) error {
		stmt, err := parser.Parse([]byte(sql), parser.Dialect{Version: 90700})
		require.NoError(t, err)
		n, err := r.Plan(stmt, Env{Database: "saas"})
		require.NoError(t, err)
		_, err = n.(*plan.Relay).Bind([]byte(sql), textArgs{stmt})
		return err
	}
	require.NoError(t, bind("SELECT * FROM saas_unified_audit_logs WHERE tenant_id = 'a' AND created_at > '2026-01-01'"))
	err := bind("SELECT * FROM saas_unified_audit_logs WHERE tenant_id = 'a'")
	var refusal *plan.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, 1235, int(refusal.Number))
	require.False(t, refusal.Wide)
	require.Contains(t, err.Error(), "created_at >= '...'")
}
