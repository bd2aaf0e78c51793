package router

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestAgainstOneServer is the oracle of the planner. Random rows are put into one
// schema and, by the rules, into the schemas of the shards. Random statements are
// planned, and those that are not refused run in both places: a narrowing that is
// too narrow shows as a missing row, a wrong name as an error. SLUICE_ORACLE sets
// the number of statements, SLUICE_SEED the seed.
func TestAgainstOneServer(t *testing.T) {
	o := newOracle(t)
	n := number(t, "SLUICE_ORACLE", 2500)
	seed := uint64(number(t, "SLUICE_SEED", 1))
	g := &generator{rand: rand.New(rand.NewPCG(seed, 7))}
	ran, refused := 0, 0
	for range n {
		text := g.statement()
		switch o.compare(t, text) {
		case true:
			ran++
		default:
			refused++
		}
	}
	t.Logf("seed %d: %d statements ran in both places, %d were refused", seed, ran, refused)
	require.Greater(t, ran, n/4, "too much was refused for the test to mean anything")
}

func number(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// oracle has one server with the schema "whole" and those of the shards.
type oracle struct {
	r    *Router
	conn *sql.Conn
}

func newOracle(t *testing.T) *oracle {
	server := mysqltest.Start(t, mysqltest.Options{})
	db := server.Open(t, "")
	conn, err := db.Conn(context.Background())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	o := &oracle{r: small(t), conn: conn}
	o.exec(t, "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'")
	o.create(t)
	o.fill(t)
	return o
}

func (o *oracle) exec(t *testing.T, text string) {
	t.Helper()
	_, err := o.conn.ExecContext(context.Background(), text)
	require.NoError(t, err, text)
}

// create makes the tables and views of small.sql in all schemas.
func (o *oracle) create(t *testing.T) {
	text, err := os.ReadFile("testdata/small.sql")
	require.NoError(t, err)
	tables, programs, _ := strings.Cut(string(text), "DELIMITER //")
	statements := strings.Split(tables, ";\n")
	for _, p := range strings.Split(programs, "//") {
		if strings.Contains(p, "VIEW") {
			statements = append(statements, p)
		}
	}
	schemas := []string{"whole"}
	for _, db := range o.r.rules.Databases {
		for _, s := range db.Shards {
			schemas = append(schemas, s.Schema)
		}
	}
	for _, schema := range schemas {
		o.exec(t, "CREATE DATABASE "+schema+" COLLATE utf8mb4_unicode_ci")
		o.exec(t, "USE "+schema)
		for _, s := range statements {
			if strings.TrimSpace(s) != "" && (schema == "whole" || o.belongs(s, schema)) {
				o.exec(t, s)
			}
		}
	}
}

// belongs reports whether a definition is one of the schema's database.
func (o *oracle) belongs(definition, schema string) bool {
	stmt, err := parser.Parse([]byte(definition), dialect97())
	if err != nil || stmt.Tree == nil {
		return false
	}
	for _, ref := range parser.TableNames(stmt.Tree) {
		if t, ok := o.r.rules.Table(ref.Table); ok {
			return strings.HasPrefix(schema, t.Database.Name)
		}
	}
	return false
}

// fill puts the same rows into both places.
func (o *oracle) fill(t *testing.T) {
	g := &generator{rand: rand.New(rand.NewPCG(1, 1))}
	byShard := map[*rules.Shard][]string{} // users and orders, for foreign keys
	pick := func(kind string, s *rules.Shard) string {
		list := byShard[s]
		var of []string
		for _, id := range list {
			if strings.HasPrefix(id, kind) {
				of = append(of, id)
			}
		}
		if len(of) == 0 {
			return ""
		}
		return of[g.rand.IntN(len(of))]
	}
	put := func(table, tenant, row string) {
		o.insert(t, table, tenant, row)
	}
	for _, tenant := range tenants() {
		put("tenants", tenant, fmt.Sprintf("('%s', 'code-%s', %s)", tenant, tenant, g.word()))
	}
	n := 0
	id := func(kind string) string { n++; return kind + strconv.Itoa(n) }
	core, _ := o.r.rules.Table("users")
	shop, _ := o.r.rules.Table("orders")
	for _, tenant := range tenants() {
		home := o.home(core, tenant)
		for i := range 3 {
			u, r := id("u"), id("r")
			byShard[home] = append(byShard[home], u, r)
			put("users", tenant, fmt.Sprintf("('%s', '%s', 'n%d', %s, %s)", u, tenant, i, g.word(), g.age()))
			put("roles", tenant, fmt.Sprintf("('%s', '%s', %s)", r, tenant, g.word()))
		}
		for range 3 {
			put("user_roles", tenant, fmt.Sprintf("('%s', '%s', '%s', '%s')", id("x"), tenant, pick("u", home), pick("r", home)))
			put("attempts", tenant, fmt.Sprintf("(%d, '%s', %s)", 1000+n, tenant, g.word()))
			n++
		}
		at := o.home(shop, tenant)
		for range 3 {
			ord := id("o")
			byShard[at] = append(byShard[at], ord)
			put("orders", tenant, fmt.Sprintf("('%s', '%s', '%s', %s)", ord, tenant, pick("u", home), g.age()))
			put("items", tenant, fmt.Sprintf("('%s', '%s', '%s', 'd%d')", id("i"), tenant, pick("o", at), n%4))
			put("events", tenant, fmt.Sprintf("('%s', '%s', '2026-01-0%d')", id("e"), tenant, 1+n%9))
		}
		put("accounts", tenant, fmt.Sprintf("('%s', '%s')", id("a"), tenant))
	}
	for i := range 3 {
		put("attempts", "", fmt.Sprintf("(%d, NULL, %s)", i+1, g.word()))
		put("permissions", "", fmt.Sprintf("('p%d', 't%d')", i, i))
		put("products", "", fmt.Sprintf("('d%d', %s)", i, g.word()))
		put("settings", "", fmt.Sprintf("('s%d', %s)", i, g.word()))
		put("rates", "", fmt.Sprintf("('r%d', 1.5)", i))
	}
}

// tenants are the tenants of the test: four with a pin and some that hash decides.
func tenants() []string { return []string{"t0", "t1", "t2", "t3", "a", "b", "B2", "c"} }

func (o *oracle) home(t *rules.Table, tenant string) *rules.Shard {
	loc, _ := o.r.rules.Locate(t, value.Value{Kind: value.String, S: tenant})
	return loc.Shard
}

// insert puts a row into "whole" and where the rules want it.
func (o *oracle) insert(t *testing.T, table, tenant, row string) {
	t.Helper()
	o.exec(t, "INSERT INTO whole."+table+" VALUES "+row)
	def, ok := o.r.rules.Table(table)
	require.True(t, ok)
	for _, s := range o.homes(def, tenant) {
		o.exec(t, "INSERT INTO "+s.Schema+"."+table+" VALUES "+row)
	}
}

func (o *oracle) homes(t *rules.Table, tenant string) []*rules.Shard {
	switch {
	case t.Kind == rules.Reference:
		return t.Database.Shards
	case t.Kind == rules.Single:
		return []*rules.Shard{t.Home}
	case tenant == "":
		return []*rules.Shard{t.NullHome}
	default:
		return []*rules.Shard{o.home(t, tenant)}
	}
}

// compare plans a statement and runs it in both places; false: it was refused.
func (o *oracle) compare(t *testing.T, text string) bool {
	t.Helper()
	stmt, err := parser.Parse([]byte(text), dialect97())
	require.NoError(t, err, text)
	node, err := o.r.Plan(stmt, Env{Database: "saas", Dialect: dialect97()})
	if err != nil {
		requireRefusal(t, err, text)
		return false
	}
	p := node.(*plan.Relay)
	target, err := o.bind(t, p, stmt)
	if err != nil {
		requireRefusal(t, err, text)
		return false
	}
	sent := target.SQL
	if sent == nil {
		sent = stmt.SQL
	}
	o.exec(t, "START TRANSACTION")
	want := o.run(t, "whole", text)
	o.exec(t, "USE whole")
	want += o.state(t, p, func(*rules.Table) []string { return []string{"whole"} })
	o.exec(t, "ROLLBACK")
	o.exec(t, "START TRANSACTION")
	got := o.run(t, target.Shard.Schema, string(sent))
	got += o.state(t, p, schemasOf)
	o.exec(t, "ROLLBACK")
	require.Equal(t, want, got, "%s\n%s%s\nsent: %s", text, plan.Text(p), landed(target), sent)
	return true
}

func requireRefusal(t *testing.T, err error, text string) {
	t.Helper()
	_, ok := errors.AsType[*plan.Refusal](err)
	require.True(t, ok, "%s: %v", text, err)
}

// bind answers the plan's question where rows are, as the proxy would.
func (o *oracle) bind(t *testing.T, p *plan.Relay, stmt *parser.Statement) (plan.Target, error) {
	t.Helper()
	args := textArgs{stmt}
	target, err := p.Bind(stmt.SQL, args)
	if err != nil || target.Locate == nil {
		return target, err
	}
	var found []*rules.Shard
	for _, s := range target.Locate.Candidates {
		rows := strings.Count(o.run(t, s.Schema, string(target.Locate.Probe(s))), "\n")
		if rows > 1 { // the first line is the header
			found = append(found, s)
			if target.Locate.Proof > 0 && rows-1 >= target.Locate.Proof {
				break
			}
		}
	}
	switch len(found) {
	case 0:
		return p.BindNone(stmt.SQL, args, target.Locate)
	case 1:
		return p.BindTo(stmt.SQL, args, found[0])
	default:
		return plan.Target{}, target.Locate.Spread(found)
	}
}

// schemasOf lists where the rows of a table are.
func schemasOf(t *rules.Table) []string {
	switch t.Kind {
	case rules.Single:
		return []string{t.Home.Schema}
	case rules.Reference:
		return []string{t.Database.Shards[0].Schema}
	}
	var out []string
	for _, s := range t.Database.Shards {
		out = append(out, s.Schema)
	}
	return out
}

// state returns the rows of the tables that a write may have changed.
func (o *oracle) state(t *testing.T, p *plan.Relay, schemas func(*rules.Table) []string) string {
	t.Helper()
	if p.Class != plan.Write {
		return ""
	}
	var out strings.Builder
	for _, table := range p.Tables {
		var parts []string
		for _, s := range schemas(table) {
			columns := "*"
			if table.Name == "attempts" {
				columns = "tenant_id, username" // each shard counts its own ids
			}
			parts = append(parts, "SELECT "+columns+" FROM "+s+"."+table.Name)
		}
		out.WriteString(o.run(t, "whole", strings.Join(parts, " UNION ALL ")))
	}
	return out.String()
}

// run returns the rows of a statement, sorted, or its error's number.
func (o *oracle) run(t *testing.T, schema, text string) string {
	t.Helper()
	o.exec(t, "USE "+schema)
	rows, err := o.conn.QueryContext(context.Background(), text)
	if err != nil {
		return failure(t, err, text)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	var lines []string
	for rows.Next() {
		require.NoError(t, rows.Scan(into...))
		lines = append(lines, fmt.Sprint(cells))
	}
	if rows.Err() != nil {
		return failure(t, rows.Err(), text)
	}
	slices.Sort(lines)
	return strings.Join(append([]string{strings.Join(columns, " ")}, lines...), "\n") + "\n"
}

func failure(t *testing.T, err error, text string) string {
	t.Helper()
	e, ok := errors.AsType[*mysql.MySQLError](err)
	require.True(t, ok, "%s: %v", text, err)
	require.NotContains(t, []uint16{1064, 1054, 1052, 1146, 1049}, e.Number, "%s: %v", text, err)
	return fmt.Sprintf("error %d\n", e.Number)
}
