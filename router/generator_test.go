package router

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator writes random statements over the tables of testdata/small.sql.
type generator struct {
	rand  *rand.Rand
	alias int
}

// source of a generated FROM clause.
type item struct {
	alias   string
	columns []string
	key     string // sharding key column; empty when the table has none
}

func (g *generator) pick(list ...string) string { return list[g.rand.IntN(len(list))] }

func (g *generator) chance(percent int) bool { return g.rand.IntN(100) < percent }

// word is a text that may be a tenant's name, or NULL.
func (g *generator) word() string {
	return g.pick("'t0'", "'t1'", "'t1'", "'T2'", "'a'", "'b'", "'x'", "NULL")
}

func (g *generator) age() string { return g.pick("1", "2", "3", "NULL") }

// tenant is a constant for a key, most often the same one.
func (g *generator) tenant() string {
	return g.pick("'t1'", "'t1'", "'t1'", "'t1'", "'T1'", "'t2'", "'a'", "'zzz'", "NULL")
}

var generated = []struct {
	name    string
	columns string
	key     string
}{
	{"users", "id tenant_id username email", "tenant_id"},
	{"users", "id tenant_id username email", "tenant_id"},
	{"roles", "id tenant_id code", "tenant_id"},
	{"user_roles", "id tenant_id user_id role_id", "tenant_id"},
	{"tenants", "id code name", "id"},
	{"attempts", "tenant_id username", "tenant_id"},
	{"orders", "id tenant_id user_id", "tenant_id"},
	{"items", "id tenant_id order_id product_id", "tenant_id"},
	{"permissions", "id code", ""},
	{"settings", "name value", ""},
	{"v_users", "tenant_id user_id username code", "tenant_id"},
	{"v_orders_per_tenant", "tenant", "tenant"},
}

func (g *generator) statement() string {
	g.alias = 0
	switch n := g.rand.IntN(100); {
	case n < 4:
		return g.anti()
	case n < 72:
		return g.query(2)
	case n < 80:
		return g.query(1) + " UNION " + g.pick("", "ALL ") + g.query(1)
	case n < 88:
		return g.update()
	case n < 94:
		return g.delete()
	default:
		return g.insert()
	}
}

// anti returns an anti-join: rows of one tenant without a partner, whose key is NULL.
func (g *generator) anti() string {
	right := g.pick("roles", "attempts", "users")
	column := map[string]string{"roles": "code", "attempts": "username", "users": "email"}[right]
	return "SELECT s1.id FROM users s1 LEFT JOIN " + right + " s2 ON s2." + column + " = s1." + g.pick("email", "username", "tenant_id") +
		" WHERE s1.tenant_id = " + g.pick("'t1'", "'t3'", "'a'") + " AND s2.tenant_id " + g.pick("IS NULL", "<=> NULL", "IS NULL OR s2.tenant_id = 't1'")
}

// query returns a SELECT of one column, or of none of the columns but a count.
func (g *generator) query(depth int) string {
	from, items := g.from(depth)
	column := g.column(items)
	where := g.where(items, nil, depth)
	switch g.rand.IntN(10) {
	case 0:
		return "SELECT COUNT(*) FROM " + from + where
	case 1:
		return "SELECT DISTINCT " + column + " FROM " + from + where
	case 2:
		return "SELECT " + column + " FROM " + from + where + " GROUP BY " + column
	case 3:
		return "SELECT MAX(" + column + ") FROM " + from + where
	default:
		return "SELECT " + column + " FROM " + from + where
	}
}

func (g *generator) name() string {
	g.alias++
	return fmt.Sprintf("s%d", g.alias)
}

// from returns a FROM clause.
func (g *generator) from(depth int) (string, []item) {
	text, it := g.item(depth)
	items, since := []item{it}, 0 // since: where the joins after the last comma begin
	for g.chance(45) && len(items) < 4 {
		more, it := g.item(depth)
		join := g.pick("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", ",")
		if join == "," {
			since = len(items)
			text, items = text+", "+more, append(items, it)
			continue
		}
		text += " " + join + " " + more + " ON " + g.on(items[since:], it, depth)
		items = append(items, it)
	}
	return text, items
}

// on returns a join condition.
func (g *generator) on(left []item, right item, depth int) string {
	l := left[g.rand.IntN(len(left))]
	var parts []string
	if g.chance(75) && l.key != "" && right.key != "" {
		parts = append(parts, right.alias+"."+right.key+" = "+l.alias+"."+l.key)
	} else {
		parts = append(parts, right.alias+"."+g.pick(right.columns...)+" = "+l.alias+"."+g.pick(l.columns...))
	}
	all := append(append([]item{}, left...), right)
	if g.chance(30) {
		parts = append(parts, g.predicate(all, nil, depth))
	}
	return strings.Join(parts, " AND ")
}

func (g *generator) item(depth int) (string, item) {
	if depth > 0 && g.chance(18) {
		return g.derived(depth - 1)
	}
	t := generated[g.rand.IntN(len(generated))]
	it := item{alias: g.name(), columns: strings.Fields(t.columns), key: t.key}
	return t.name + " " + it.alias, it
}

// derived returns a derived table.
func (g *generator) derived(depth int) (string, item) {
	from, items := g.from(depth)
	src := items[g.rand.IntN(len(items))]
	key := src.key
	if key == "" {
		key = src.columns[0]
	}
	other := g.pick(src.columns...)
	where := g.where(items, nil, depth)
	body := "SELECT " + src.alias + "." + key + " AS k, " + src.alias + "." + other + " AS v FROM " + from + where
	switch g.rand.IntN(6) {
	case 0:
		body = "SELECT " + src.alias + "." + key + " AS k, COUNT(*) AS v FROM " + from + where + " GROUP BY " + src.alias + "." + key
	case 1:
		body = "SELECT DISTINCT " + src.alias + "." + key + " AS k, " + src.alias + "." + other + " AS v FROM " + from + where
	case 2:
		body += " UNION ALL SELECT tenant_id, username FROM users" + g.pick("", " WHERE tenant_id = 't1'")
	case 3:
		body = "SELECT " + src.alias + "." + key + " AS k, ROW_NUMBER() OVER (ORDER BY " + src.alias + "." + key + ", " + src.alias + "." + other + ") AS v FROM " + from + where
	}
	it := item{alias: g.name(), columns: []string{"k", "v"}, key: "k"}
	return "(" + body + ") " + it.alias, it
}

func (g *generator) column(items []item) string {
	it := items[g.rand.IntN(len(items))]
	return it.alias + "." + g.pick(it.columns...)
}

// where returns a WHERE clause, most often one that names a tenant.
func (g *generator) where(items, outer []item, depth int) string {
	var parts []string
	for _, it := range items {
		if it.key != "" && g.chance(55) {
			parts = append(parts, it.alias+"."+it.key+" = "+g.tenant())
		}
	}
	for g.chance(40) {
		parts = append(parts, g.predicate(items, outer, depth))
	}
	if len(parts) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(parts, " AND ")
}

// predicate returns a condition.
func (g *generator) predicate(items, outer []item, depth int) string {
	it := items[g.rand.IntN(len(items))]
	col := it.alias + "." + g.pick(it.columns...)
	if it.key != "" && g.chance(60) {
		col = it.alias + "." + it.key
	}
	all := append(append([]item{}, items...), outer...)
	switch g.rand.IntN(16) {
	case 0:
		return col + " IN (" + g.tenant() + ", " + g.tenant() + ")"
	case 1:
		return col + " IS " + g.pick("", "NOT ") + "NULL"
	case 2:
		return col + " <=> " + g.tenant()
	case 3:
		return "(" + g.predicate(items, outer, depth) + " OR " + g.predicate(items, outer, depth) + ")"
	case 4:
		return "NOT (" + g.predicate(items, outer, depth) + ")"
	case 5:
		return col + " BETWEEN " + g.tenant() + " AND " + g.tenant()
	case 6, 7:
		return col + " = " + g.column(all)
	case 8:
		return "(" + col + ", " + g.column(items) + ") IN ((" + g.tenant() + ", " + g.word() + "), (" + g.tenant() + ", " + g.word() + "))"
	case 9:
		return g.pick(col+" NOT IN ('t2', 'a')", col+" <> 't1'", "1 = 0", "1 = 1", "("+g.predicate(items, outer, depth)+" AND "+g.predicate(items, outer, depth)+")")
	case 10, 11:
		if depth > 0 {
			return g.exists(items, depth-1)
		}
	case 12, 13:
		if depth > 0 {
			return col + g.pick(" IN ", " IN ", " NOT IN ", " = ANY ") + "(" + g.column1(items, depth-1) + ")"
		}
	case 14:
		if it.columns[0] == "id" {
			return it.alias + ".id = '" + g.pick("u1", "r2", "u3", "x7", "o9", "t1", "u33") + "'"
		}
	}
	return col + " = " + g.tenant()
}

// exists returns EXISTS over a correlated subquery.
func (g *generator) exists(outer []item, depth int) string {
	from, items := g.from(depth)
	where := g.where(items, outer, depth)
	if o := outer[g.rand.IntN(len(outer))]; o.key != "" && items[0].key != "" && g.chance(70) {
		link := items[0].alias + "." + items[0].key + " = " + o.alias + "." + o.key
		if where == "" {
			where = " WHERE " + link
		} else {
			where += " AND " + link
		}
	}
	what := g.pick("1", "1", "1", "COUNT(*)")
	return g.pick("", "", "NOT ") + "EXISTS (SELECT " + what + " FROM " + from + where + ")"
}

// column1 returns a subquery with one column.
func (g *generator) column1(outer []item, depth int) string {
	from, items := g.from(depth)
	it := items[g.rand.IntN(len(items))]
	col := it.alias + "." + g.pick(it.columns...)
	if it.key != "" && g.chance(70) {
		col = it.alias + "." + it.key
	}
	return "SELECT " + g.pick(col, col, col, "MAX("+col+")") + " FROM " + from + g.where(items, outer, depth)
}

func (g *generator) update() string {
	if g.chance(30) {
		return "UPDATE users s1 " + g.pick("JOIN", "LEFT JOIN") + " user_roles s2 ON " + g.pick("s2.tenant_id = s1.tenant_id", "s2.user_id = s1.id") +
			" SET s1.email = " + g.pick("'z'", "s2.role_id") + g.where([]item{{alias: "s1", columns: []string{"id", "email"}, key: "tenant_id"}, {alias: "s2", columns: []string{"id"}, key: "tenant_id"}}, nil, 1)
	}
	set := g.pick("email = 'z'", "age = age + 1", "tenant_id = "+g.tenant(), "tenant_id = tenant_id", "tenant_id = 't1', email = 'q'")
	users := item{alias: "users", columns: []string{"id", "username", "email"}, key: "tenant_id"}
	return "UPDATE users SET " + set + g.where([]item{users}, nil, 1)
}

func (g *generator) delete() string {
	items := []item{{alias: "attempts", columns: []string{"username"}, key: "tenant_id"}}
	if g.chance(40) {
		return "DELETE s1 FROM attempts s1 JOIN users s2 ON " + g.pick("s2.tenant_id = s1.tenant_id", "s2.username = s1.username") +
			g.where([]item{{alias: "s1", columns: []string{"username"}, key: "tenant_id"}, {alias: "s2", columns: []string{"id", "email"}, key: "tenant_id"}}, nil, 1)
	}
	return "DELETE FROM attempts" + g.where(items, nil, 1)
}

func (g *generator) insert() string {
	switch g.rand.IntN(5) {
	case 0:
		return "INSERT INTO attempts (id, tenant_id, username) VALUES (9001, " + g.tenant() + ", 'a'), (9002, " + g.tenant() + ", 'b')"
	case 1:
		return "INSERT INTO attempts (id, username) VALUES (9001, 'a')"
	case 2:
		return "INSERT INTO roles (id, code) VALUES ('new', 'a')"
	case 3:
		return "INSERT INTO roles (id, tenant_id, code) VALUES ('r26', " + g.pick("'t1'", "'T1'") + ", 'a') ON DUPLICATE KEY UPDATE tenant_id = VALUES(tenant_id), code = 'dup'"
	default:
		from, items := g.from(1)
		it := items[g.rand.IntN(len(items))]
		key := "'t1'"
		if it.key != "" {
			key = it.alias + "." + it.key
		}
		return "INSERT INTO attempts (tenant_id, username) SELECT DISTINCT " + key + ", 'sel' FROM " + from + g.where(items, nil, 1)
	}
}
