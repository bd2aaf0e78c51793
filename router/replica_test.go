package router

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// TestMayRunOnReplica: only what is known to read and do nothing else.
func TestMayRunOnReplica(t *testing.T) {
	r := small(t)
	for text, want := range map[string]bool{
		"SELECT id FROM users WHERE tenant_id = 'a'":  true,
		"SELECT COUNT(*) FROM users":                  true,
		"SELECT * FROM v_users WHERE tenant_id = 'a'": true,
		"SELECT NOW(), CAST('2026-01-01' AS DATETIME(3)), DATE '2026-01-01', id FROM users WHERE tenant_id = 'a'": true,
		"SELECT JSON_OBJECT('a', id), ROW_NUMBER() OVER () FROM users WHERE tenant_id = 'a'":                      true,
		"WITH x (n) AS (SELECT id FROM users WHERE tenant_id = 'a') SELECT n FROM x":                              true,
		"SELECT id FROM users WHERE tenant_id = @t":                                                               true,
		"SELECT 1": false,
		"SELECT id FROM users WHERE tenant_id = 'a' FOR UPDATE":                                                             false,
		"SELECT id FROM users WHERE tenant_id = 'a' AND id IN (SELECT user_id FROM orders WHERE tenant_id = 'a' FOR SHARE)": false,
		"SELECT id INTO @a FROM users WHERE tenant_id = 'a'":                                                                false,
		"SELECT @a := id FROM users WHERE tenant_id = 'a'":                                                                  false,
		"SELECT id, LAST_INSERT_ID() FROM users WHERE tenant_id = 'a'":                                                      false,
		"SELECT SQL_CALC_FOUND_ROWS id FROM users WHERE tenant_id = 'a'":                                                    false,
		"SELECT id, @@hostname FROM users WHERE tenant_id = 'a'":                                                            false,
		"SELECT id, sleep ( 1 ) FROM users WHERE tenant_id = 'a'":                                                           false,
		"SELECT id, `get_lock`('a', 1) FROM users WHERE tenant_id = 'a'":                                                    false,
		"SELECT sys.format_bytes(id) FROM users WHERE tenant_id = 'a'":                                                      false,
		"SELECT f(id) FROM accounts":                                                                                        false,
		"EXPLAIN SELECT id FROM users WHERE tenant_id = 'a'":                                                                false,
		"SHOW TABLES": false,
		"INSERT INTO users (tenant_id, id) SELECT tenant_id, id + 1 FROM users WHERE tenant_id = 'a'": false,
		"DELETE FROM users WHERE tenant_id = 'a'":                                                     false,
	} {
		stmt, err := parser.Parse([]byte(text), parser.Dialect{Version: 90700})
		require.NoError(t, err, text)
		database := "saas"
		if text == "SELECT f(id) FROM accounts" {
			database = "ledger"
		}
		n, err := r.Plan(stmt, Env{Database: database, Dialect: parser.Dialect{Version: 90700}})
		if err != nil {
			require.False(t, want, "%s: %v", text, err)
			t.Logf("%s: %v", text, err)
			continue
		}
		p, ok := n.(*plan.Relay)
		require.Equal(t, want, ok && p.Replica, text)
	}
}
