package fuzzsql

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/test/spread"
)

// class is what a value can be used for.
type class int

const (
	integer class = iota
	decimal
	float
	text   // equal texts need not be the same bytes
	digest // text in which equal means the same bytes
	binary
	date
	clock
	member // ENUM and SET
	bits
	document
)

// column is a column of a table, or of what a query yields.
type column struct {
	name  string
	class class
	kind  *kind  // nil for what a query yields
	coll  string // of text, where it is known
}

// table is a table or a view, whose column id is unique.
type table struct {
	database, name string
	columns        []column // the first are tenant_id, id and ref
}

// world is a schema with its rows.
type world struct {
	spread.Schema
	tables  []table
	tenants []string // as literals
}

// gen makes random choices.
type gen struct {
	*rand.Rand
	*world
	alias int
}

func (g *gen) chance(percent int) bool { return g.IntN(100) < percent }

func (g *gen) pick(list ...string) string { return list[g.IntN(len(list))] }

func oneOf[T any](g *gen, list []T) T { return list[g.IntN(len(list))] }

var databases = []string{"alpha", "beta"}

// newWorld makes a schema of three to six tables.
func newWorld(g *gen) {
	g.world = &world{}
	tenant := g.tenantColumn()
	n := 3 + g.IntN(4)
	byDatabase := map[string][]string{}
	for i := range n {
		t := table{database: databases[i%2], name: fmt.Sprintf("t%d", i+1)}
		kind := "sharded"
		if i >= 2 {
			kind = g.pick("sharded", "sharded", "single", "reference")
		}
		place := spread.Table{Database: t.database, Name: t.name, Kind: kind}
		if kind == "sharded" {
			place.Key = "tenant_id"
		}
		g.Tables = append(g.Tables, place)
		byDatabase[t.database] = append(byDatabase[t.database], g.create(&t, tenant), g.rows(&t))
		g.tables = append(g.tables, t)
		if g.chance(30) {
			byDatabase[t.database] = append(byDatabase[t.database], g.view(&t))
		}
	}
	for _, d := range databases {
		g.Setup = append(g.Setup, "USE "+d)
		for _, q := range byDatabase[d] {
			if q != "" {
				g.Setup = append(g.Setup, q)
			}
		}
	}
}

// tenantColumn chooses the tenants and the type of the column that names them.
func (g *gen) tenantColumn() string {
	if g.chance(25) {
		g.tenants = []string{"1", "2", "3", "70000", "-5", "0", "12", "2147483647"}
		return g.pick("INT", "BIGINT")
	}
	g.tenants = []string{"'acme'", "'Birch'", "'中文'", "'d'", "''", "'elm-1'", "'12'", "'fir'", "'ж'"}
	return "VARCHAR(20) COLLATE " + g.pick("utf8mb4_unicode_ci", "utf8mb4_0900_ai_ci", "utf8mb4_bin")
}

// create writes CREATE TABLE and fills in the table's columns.
func (g *gen) create(t *table, tenant string) string {
	of := text
	if !strings.HasPrefix(tenant, "VARCHAR") {
		of = integer
	}
	t.columns = []column{{name: "tenant_id", class: of, coll: collation(tenant)}, {name: "id", class: integer}, {name: "ref", class: integer}}
	null := g.pick(" NOT NULL", " NOT NULL", " NOT NULL", " NULL")
	keys := g.pick("PRIMARY KEY (id)", "PRIMARY KEY (id), KEY (tenant_id, ref)", "UNIQUE KEY (id)", "PRIMARY KEY (id), KEY (ref)")
	if null == " NOT NULL" && g.chance(50) {
		keys = "PRIMARY KEY (tenant_id, id)"
	}
	defs := []string{"tenant_id " + tenant + null, "id INT NOT NULL", "ref INT"}
	for i := range 2 + g.IntN(5) {
		k := &kinds[g.IntN(len(kinds))]
		c := column{name: fmt.Sprintf("c%d", i+1), class: k.class, kind: k, coll: collation(k.sql)}
		t.columns = append(t.columns, c)
		defs = append(defs, c.name+" "+k.sql+" NULL")
	}
	return "CREATE TABLE " + t.name + " (" + strings.Join(append(defs, keys), ", ") + ")" +
		g.pick("", " COLLATE utf8mb4_unicode_ci", " COLLATE utf8mb4_0900_ai_ci")
}

func collation(definition string) string {
	_, c, _ := strings.Cut(definition, "COLLATE ")
	c, _, _ = strings.Cut(c, " ")
	return c
}

// rows writes an INSERT; empty for a table without rows.
func (g *gen) rows(t *table) string {
	var rows []string
	for id := range g.IntN(26) {
		ref := "NULL"
		if g.chance(80) {
			ref = fmt.Sprint(g.IntN(20))
		}
		values := []string{oneOf(g, g.tenants), fmt.Sprint(id + 1), ref}
		for _, c := range t.columns[3:] {
			v := "NULL"
			if g.chance(85) {
				v = g.pick(c.kind.values...)
			}
			values = append(values, v)
		}
		rows = append(rows, "("+strings.Join(values, ", ")+")")
	}
	if len(rows) == 0 {
		return ""
	}
	return "INSERT INTO " + t.name + " VALUES " + strings.Join(rows, ", ")
}

// view writes a view of a table in which id is still unique, and adds it to the tables.
func (g *gen) view(t *table) string {
	v := table{database: t.database, name: "v_" + t.name, columns: slices.Clone(t.columns[:3])}
	columns := "tenant_id, id, ref"
	for _, c := range t.columns[3:] {
		if g.chance(60) {
			v.columns = append(v.columns, c)
			columns += ", " + c.name
		}
	}
	v.columns = append(v.columns, column{name: "extra", class: integer})
	g.tables = append(g.tables, v)
	return "CREATE VIEW " + v.name + " AS SELECT " + columns + ", id % 3 AS extra FROM " + t.name + g.pick("", " WHERE COALESCE(ref, 9) > 3")
}

// kind is a type of a column and values that are not plain.
type kind struct {
	sql    string
	class  class
	values []string
}

var (
	words = []string{"'a'", "'A'", "'ä'", "'a '", "' a'", "''", "'ab'", "'aB'", "'ß'", "'ss'", "'中文'", "'😀'", "'é'", "'Z'", "'_'", "'%'", "'10'", "'9'", "'1e1'", "'\\\\'", "''''", "'null'"}
	docs  = []string{"'{\"a\": 1, \"b\": \"x\"}'", "'{\"a\": null}'", "'[1, 2, 3]'", "'[]'", "'\"text\"'", "'7'", "'true'", "'null'", "'{\"b\": [1, {\"a\": 2}], \"a\": \"中\"}'", "CAST(1.5 AS JSON)", "JSON_ARRAY(1, 'x', NULL)", "JSON_OBJECT('a', 1.50, 'b', DATE '2026-01-01')"}
)

var kinds = []kind{
	{"TINYINT", integer, []string{"-128", "127", "0", "1", "5"}},
	{"TINYINT(1)", integer, []string{"0", "1", "2"}},
	{"SMALLINT UNSIGNED", integer, []string{"0", "65535", "1", "7"}},
	{"MEDIUMINT", integer, []string{"-8388608", "8388607", "0", "3"}},
	{"INT UNSIGNED", integer, []string{"0", "4294967295", "1", "9"}},
	{"INT(6) UNSIGNED ZEROFILL", integer, []string{"0", "42", "1234567"}},
	{"BIGINT", integer, []string{"-9223372036854775808", "9223372036854775807", "0", "2", "-2"}},
	{"BIGINT UNSIGNED", integer, []string{"18446744073709551615", "9223372036854775808", "0", "2"}},
	{"YEAR", integer, []string{"1901", "2155", "0", "2026"}},
	{"DECIMAL(10,3)", decimal, []string{"0", "-0.001", "1234567.891", "1.500", "-9999999.999", "2"}},
	{"DECIMAL(30,10)", decimal, []string{"0.0000000001", "-12345678901234567890.1234567891", "3.14", "0"}},
	{"DECIMAL(5,0) UNSIGNED", decimal, []string{"0", "99999", "10", "9"}},
	{"FLOAT", float, []string{"0", "1.5", "-2.25", "0.1", "16777217", "3.4e38"}},
	{"DOUBLE", float, []string{"0", "1.5", "-2.25", "0.1", "1e300", "2.2250738585072014e-308", "123456789.123456789"}},
	{"VARCHAR(20) COLLATE utf8mb4_unicode_ci", text, words},
	{"VARCHAR(20) COLLATE utf8mb4_0900_ai_ci", text, words},
	{"VARCHAR(20) COLLATE utf8mb4_0900_as_cs", text, words},
	{"VARCHAR(20) COLLATE utf8mb4_general_ci", text, words},
	{"VARCHAR(20) COLLATE utf8mb4_bin", text, words},
	{"VARCHAR(20) COLLATE utf8mb4_0900_bin", text, words},
	{"CHAR(6) COLLATE utf8mb4_unicode_ci", text, words},
	{"VARCHAR(10) CHARACTER SET latin1 COLLATE latin1_swedish_ci", text, []string{"'a'", "'A'", "'é'", "''", "'ß'", "'a '"}},
	{"TEXT COLLATE utf8mb4_zh_0900_as_cs", text, words},
	{"BINARY(4)", binary, []string{"'a'", "x'00'", "x'ffffffff'", "'A'", "''"}},
	{"VARBINARY(8)", binary, []string{"'a'", "x'00'", "x'ff00'", "'A'", "''", "'a '"}},
	{"BLOB", binary, []string{"'a'", "x'00ff'", "''", "'中'", "x'80'"}},
	{"DATE", date, []string{"'2026-01-01'", "'2024-02-29'", "'1000-01-01'", "'9999-12-31'", "'2026-01-31'"}},
	{"DATETIME", date, []string{"'2026-01-01 00:00:00'", "'2024-02-29 23:59:59'", "'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"}},
	{"DATETIME(3)", date, []string{"'2026-01-01 00:00:00.001'", "'2026-01-01 00:00:00'", "'2024-02-29 23:59:59.999'"}},
	{"TIMESTAMP(6)", date, []string{"'2026-01-01 00:00:00.000001'", "'2026-01-01 00:00:00'", "'1970-01-01 12:00:01'", "'2037-12-31 00:00:00'"}},
	{"TIME", clock, []string{"'00:00:00'", "'-838:59:59'", "'838:59:59'", "'-00:00:01'", "'10:00:00'"}},
	{"TIME(3)", clock, []string{"'00:00:00.001'", "'-01:00:00.5'", "'9:59:59.999'"}},
	{"ENUM('small', 'medium', 'large', '10', '9')", member, []string{"'small'", "'medium'", "'large'", "'10'", "'9'"}},
	{"SET('read', 'write', 'admin', 'z')", member, []string{"''", "'read'", "'write,read'", "'admin'", "'z,read'"}},
	{"BIT(12)", bits, []string{"b'0'", "b'1'", "b'111111111111'", "b'1010'"}},
	{"JSON", document, docs},
}
