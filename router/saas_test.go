package router

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// saasSpread compiles conf/saas.yaml with every database cut into two shards on two
// groups.
func saasSpread(t *testing.T) (*Router, *rules.Schema) {
	t.Helper()
	files, err := filepath.Glob("../conf/schema/*.sql")
	require.NoError(t, err)
	schema := readScripts(t, files...)
	text, err := os.ReadFile("../conf/saas.yaml")
	require.NoError(t, err)
	one := regexp.MustCompile(`(?m)^      - \{name: (\w+)-0, group: g0, schema: (\w+), slots: \[0-4095\]\}$`)
	require.Len(t, one.FindAll(text, -1), 6)
	text = one.ReplaceAll(text, []byte("      - {name: $1-0, group: g0, schema: ${2}_0, slots: [0-2047]}\n      - {name: $1-1, group: g1, schema: ${2}_1, slots: [2048-4095]}"))
	text = regexp.MustCompile(`(?m)^  g0: .*$`).ReplaceAll(text, []byte("  g0: {primary: \"127.0.0.1:3307\", user: sluice, password: \"\"}\n  g1: {primary: \"127.0.0.1:3308\", user: sluice, password: \"\"}"))
	c, problems := conf.Parse("saas.yaml", text)
	requireNoErrors(t, problems)
	r, problems := rules.Compile(c, schema)
	requireNoErrors(t, problems)
	return New(r, schema), schema
}

// TestReadSchemaOfTheCustomer: every table, view and procedure of the six databases
// is read.
func TestReadSchemaOfTheCustomer(t *testing.T) {
	r, schema := saasSpread(t)
	require.Len(t, schema.Tables, 98)
	require.Len(t, schema.Views, 15)
	require.GreaterOrEqual(t, len(schema.Procedures), 21)
	views := 0
	for _, db := range r.Rules().Databases {
		views += len(r.views[db])
	}
	require.Equal(t, 15, views, "every view has a database")
	users, ok := r.Rules().Table("saas_users")
	require.True(t, ok)
	tenant, ok := users.Column("tenant_id")
	require.True(t, ok)
	require.Equal(t, rules.Column{Name: "tenant_id", Type: "varchar(36)", Collation: "utf8mb4_unicode_ci"}, *tenant)
	status, _ := users.Column("status")
	require.Equal(t, "active", *status.Default)
	queue, ok := r.Rules().Table("message_queue")
	require.True(t, ok)
	id, _ := queue.Column("id")
	require.True(t, id.Expression)
	require.Equal(t, "PRIMARY", users.Uniques[0].Name)
	require.NotEmpty(t, users.Foreign)
}

// TestStatementsOfTheCustomer plans what the applications send, by the counts of
// their workload: with a tenant, by primary key, over several databases.
func TestStatementsOfTheCustomer(t *testing.T) {
	r, schema := saasSpread(t)
	for _, tt := range []struct{ sql, how string }{
		{"SELECT * FROM saas_users WHERE tenant_id = 'a' AND username = 'x' AND deleted_at IS NULL", "shard"},
		{"SELECT * FROM saas_users WHERE id = 'u'", "locate"},
		{"UPDATE saas_users SET tenant_id = 'a', username = 'x', email = NULL WHERE id = 'u'", "locate"},
		{"DELETE FROM saas_user_roles WHERE id IN ('a', 'b')", "locate"},
		{"SELECT * FROM saas_api_keys WHERE access_key = 'k'", "locate"},
		{"SELECT * FROM saas_tenants WHERE tenant_code = 'k'", "locate"},
		{"SELECT * FROM wework_contacts WHERE account_id = 'k'", "locate"},
		{"SELECT * FROM ai_messages WHERE conversation_id = 'k' ORDER BY created_at LIMIT 20", "locate"},
		{"SELECT c.*, o.id FROM customers c JOIN service_orders o ON o.customer_id = c.id AND o.tenant_id = c.tenant_id WHERE c.tenant_id = 'a'", "shard"},
		{"SELECT q.*, s.id FROM saas_tenant_quotas q LEFT JOIN saas_usage_statistics s ON s.tenant_id = q.tenant_id WHERE q.tenant_id = 'a'", "shard"},
		{"SELECT p.* FROM saas_permissions p JOIN saas_role_permissions rp ON rp.permission_id = p.id WHERE rp.tenant_id = 'a'", "shard"},
		{"INSERT INTO message_queue (event_type, payload) VALUES ('x', '{}')", "shard"},
		{"SELECT * FROM saas_login_attempts WHERE tenant_id IS NULL", "shard"},
		{"CALL sp_check_tenant_quota('a', 'users', 1, @x, @y, @z)", "shard"},
		{"SELECT COUNT(*) FROM saas_users", "refuse"},
		{"UPDATE wework_accounts SET status = 'x' WHERE status = 'y'", "refuse"},
		{"SELECT * FROM v_tenant_overview WHERE id = 'a'", "shard"},
		{"SELECT * FROM v_user_permissions WHERE tenant_id = 'a'", "shard"},
		{"SELECT * FROM v_conversation_stats WHERE tenant_id = 'a'", "shard"},
		{"SELECT * FROM v_wework_account_overview WHERE tenant_id = 'a'", "shard"},
		{"SELECT * FROM v_agent_overview", "refuse"},
	} {
		require.Equal(t, tt.how, outcomeOf(t, r, tt.sql), tt.sql)
	}
	for _, v := range schema.Views {
		require.NotEmpty(t, outcomeOf(t, r, "SELECT * FROM "+v.Name))
	}
}

// outcomeOf plans and binds a statement: "shard", "locate" or "refuse".
func outcomeOf(t *testing.T, r *Router, text string) string {
	t.Helper()
	stmt, err := parser.Parse([]byte(text), dialect97())
	require.NoError(t, err)
	n, err := r.Plan(stmt, Env{Database: "saas", Dialect: dialect97()})
	if err == nil {
		var target plan.Target
		if target, err = n.(*plan.Relay).Bind(stmt.SQL, textArgs{stmt}); err == nil {
			if target.Locate != nil {
				return "locate"
			}
			return "shard"
		}
	}
	requireRefusal(t, err, text)
	t.Logf("%.60s: %s", text, err)
	return "refuse"
}

// TestReadWhatTidbDoesNot: definitions that are MySQL's own.
func TestReadWhatTidbDoesNot(t *testing.T) {
	schema, err := ReadSchema([]Script{{Name: "d.sql", Text: []byte("USE d; CREATE TABLE t (id INT PRIMARY KEY, until TIMESTAMP, hidden INT INVISIBLE DEFAULT 5, " +
		"at POINT NOT NULL SRID 4326 COMMENT 'where', shape GEOMETRY, made INT DEFAULT (id + 1), SPATIAL INDEX near (at))")}})
	require.NoError(t, err)
	def, ok := schema.Table("d", "t")
	require.True(t, ok)
	five := "5"
	require.Equal(t, []rules.Column{
		{Name: "id", Type: "int"}, {Name: "until", Type: "timestamp", Nullable: true}, {Name: "hidden", Type: "int", Nullable: true, Invisible: true, Default: &five},
		{Name: "at", Type: "point"}, {Name: "shape", Type: "geometry", Nullable: true}, {Name: "made", Type: "int", Nullable: true, Expression: true},
	}, def.Columns)
	require.Equal(t, rules.IndexDef{Name: "near", Kind: "spatial", Parts: []rules.IndexPart{{Column: "at"}}}, def.Indexes[1])
}

// TestReadCharsetsTidbDoesNotKnow: of a column's character set only the collation is asked.
func TestReadCharsetsTidbDoesNotKnow(t *testing.T) {
	schema, err := ReadSchema([]Script{{Name: "d.sql", Text: []byte("USE d; CREATE TABLE t (a VARCHAR(10) CHARACTER SET utf16 NOT NULL COMMENT 'one', " +
		"b TEXT CHARSET sjis COLLATE sjis_bin, c CHAR(3) character set utf32 collate utf32_spanish_ci DEFAULT 'x', d ENUM('a', 'b') CHARACTER SET latin7, e VARCHAR(9), f INT, g TEXT CHARACTER SET latin1, " +
		"KEY (a)) ENGINE=InnoDB DEFAULT CHARSET=koi8r COMMENT='of letters'; " +
		"CREATE TABLE u (a VARCHAR(10)) CHARACTER SET = big5 COLLATE = big5_bin; " +
		"CREATE TABLE v (id BIGINT PRIMARY KEY, charset VARCHAR(20), g INT INVISIBLE) COLLATE=cp1251_bin CHARSET=cp1251")}})
	require.NoError(t, err)
	def, ok := schema.Table("d", "t")
	require.True(t, ok)
	collations := map[string]string{}
	for _, c := range def.Columns {
		collations[c.Name] = c.Collation
	}
	require.Equal(t, map[string]string{"a": "utf16_general_ci", "b": "sjis_bin", "c": "utf32_spanish_ci", "d": "latin7_general_ci", "e": "koi8r_general_ci", "f": "", "g": "latin1_swedish_ci"}, collations)
	require.Equal(t, "varchar(10)", def.Columns[0].Type)
	require.False(t, def.Columns[0].Nullable)
	require.Equal(t, "x", *def.Columns[2].Default)
	def, ok = schema.Table("d", "u")
	require.True(t, ok)
	require.Equal(t, "big5_bin", def.Columns[0].Collation)
	def, ok = schema.Table("d", "v")
	require.True(t, ok)
	require.Equal(t, "charset", def.Columns[1].Name)
	require.Equal(t, "cp1251_bin", def.Columns[1].Collation)
}
