package router

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// TestInformationSchema asks what drivers, ORMs and dump programs ask, of one server
// that holds all tables in one schema and through a plan.
func TestInformationSchema(t *testing.T) {
	o := newOracle(t)
	for _, text := range []string{
		"SELECT TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'saas'",
		"select table_name from information_schema.tables where table_schema = 'saas' and table_type = 'BASE TABLE' order by table_name limit 3",
		"SELECT t.TABLE_SCHEMA, t.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.COLUMN_KEY FROM INFORMATION_SCHEMA.TABLES t JOIN INFORMATION_SCHEMA.COLUMNS AS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME WHERE t.TABLE_SCHEMA = 'saas'",
		"SELECT COLUMNS.COLUMN_NAME, information_schema.COLUMNS.DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'saas' AND TABLE_NAME = 'users'",
		"SELECT COLUMN_NAME, COLUMN_DEFAULT, IS_NULLABLE, COLLATION_NAME FROM `information_schema`.`COLUMNS` WHERE `TABLE_SCHEMA` = 'saas' AND `TABLE_NAME` = 'roles'",
		"SELECT INDEX_NAME, COLUMN_NAME, NON_UNIQUE, INDEX_SCHEMA FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'saas' AND TABLE_NAME = 'users'",
		"SELECT CONSTRAINT_NAME, TABLE_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE CONSTRAINT_SCHEMA = 'saas'",
		"SELECT CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, TABLE_NAME, REFERENCED_TABLE_NAME, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'saas'",
		"SELECT CONSTRAINT_NAME, TABLE_NAME, CONSTRAINT_TYPE FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = 'saas'",
		"SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'saas'",
		"SELECT TABLE_NAME, VIEW_DEFINITION, IS_UPDATABLE FROM information_schema.VIEWS WHERE TABLE_SCHEMA = 'saas' AND TABLE_NAME = 'v_orders_per_tenant'",
		"SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'saas'",
		"SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'saas'",
		"SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = 'saas'",
		"SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'saas'",
		"SELECT PARAMETER_NAME FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = 'saas'",
		"SELECT CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'saas'",
		"SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'mysql'",
		"SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS",
		"SELECT ENGINE FROM information_schema.ENGINES WHERE SUPPORT = 'DEFAULT'",
		"SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'saas' AND TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'saas' AND COLUMN_NAME = 'tenant_id')",
		"SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'core_1'",
	} {
		got := o.asked(t, text)
		want := o.run(t, "whole", strings.ReplaceAll(text, "'saas'", "'whole'"))
		if strings.Contains(text, "core_1") {
			want = strings.ReplaceAll(want, "12", "0")
			want = want[:strings.IndexByte(want, '\n')] + "\n[{0 true}]\n"
		}
		require.Equal(t, strings.ReplaceAll(want, "whole", "saas"), got, text)
	}
	for _, text := range []string{"SHOW TABLE STATUS FROM saas LIKE 'no%'", "SHOW TRIGGERS FROM saas", "SHOW EVENTS FROM saas", "SHOW FULL TABLES FROM saas WHERE Table_type = 'VIEW'",
		"SHOW TABLE STATUS FROM saas WHERE Name = 'nothing'", "SHOW PROCEDURE STATUS WHERE Db = 'saas'", "SHOW FUNCTION STATUS LIKE 'nothing'"} {
		want := o.run(t, "whole", strings.ReplaceAll(strings.ReplaceAll(text, "saas", "whole"), "'saas'", "'whole'"))
		require.Equal(t, strings.ReplaceAll(want, "whole", "saas"), o.asked(t, text), text)
	}
	require.Contains(t, o.asked(t, "SHOW TABLE STATUS FROM saas LIKE 'order%'"), "orders")
	require.Contains(t, o.asked(t, "SELECT DISTINCT TABLE_SCHEMA FROM information_schema.TABLES"), "core")
	require.Equal(t, 4, strings.Count(o.asked(t, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'shop' AND TABLE_TYPE = 'BASE TABLE'"), "true"))
	require.NotContains(t, o.asked(t, "SELECT TABLE_SCHEMA FROM information_schema.TABLES"), "_1")
	require.NotContains(t, o.asked(t, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA"), "whole")
}

// asked plans and runs a statement.
func (o *oracle) asked(t *testing.T, text string) string {
	t.Helper()
	stmt, err := parser.Parse([]byte(text), dialect97())
	require.NoError(t, err)
	n, err := o.r.Plan(stmt, Env{Database: "saas", Dialect: dialect97()})
	require.NoError(t, err, text)
	p := n.(*plan.Relay)
	p.Collects = false // all shards are on one server here
	target, err := p.Bind(stmt.SQL, textArgs{stmt})
	require.NoError(t, err, text)
	sent := target.SQL
	if sent == nil {
		sent = stmt.SQL
	}
	return o.run(t, target.Shard.Schema, string(sent))
}

// TestInformationSchemaColumns holds the lists of columns against the server: none is
// unknown to it, and only newer ones are missing.
func TestInformationSchemaColumns(t *testing.T) {
	o := newOracle(t)
	newer := map[string][]string{"PARTITIONS": {"SECONDARY_LOAD"}}
	for _, name := range []string{
		"SCHEMATA", "TABLES", "COLUMNS", "STATISTICS", "KEY_COLUMN_USAGE", "REFERENTIAL_CONSTRAINTS", "TABLE_CONSTRAINTS",
		"CHECK_CONSTRAINTS", "VIEWS", "VIEW_TABLE_USAGE", "ROUTINES", "PARAMETERS", "TRIGGERS", "EVENTS", "PARTITIONS",
		"COLUMN_STATISTICS", "TABLES_EXTENSIONS", "COLUMNS_EXTENSIONS", "ST_GEOMETRY_COLUMNS",
	} {
		info, ok := infoTableOf(name)
		require.True(t, ok)
		head, _, _ := strings.Cut(o.run(t, "whole", "SELECT * FROM information_schema."+name+" LIMIT 0"), "\n")
		real := slices.DeleteFunc(strings.Fields(head), func(c string) bool { return slices.Contains(newer[name], c) })
		require.Equal(t, real, strings.Fields(info.columns), name)
		require.Equal(t, strings.Join(real, " "), strings.TrimSpace(o.asked(t, "SELECT * FROM information_schema."+name+" LIMIT 0")), name)
	}
}
