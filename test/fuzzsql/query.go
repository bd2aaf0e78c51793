package fuzzsql

import (
	"fmt"
	"slices"
	"strings"
)

func (g *gen) name() string {
	g.alias++
	return fmt.Sprintf("a%d", g.alias)
}

// table is a table or a view under a new alias, and how it is named.
func (g *gen) table() (item, string) {
	t := oneOf(g, g.tables)
	name := t.database + "." + t.name
	return item{alias: g.name(), columns: t.columns, unique: "id", database: t.database}, name
}

// statement is a whole query.
func (g *gen) statement() *query {
	g.alias = 0
	switch n := g.IntN(100); {
	case n < 12:
		return g.setOperation()
	case n < 24:
		return g.withCTE()
	case n < 29:
		return g.recursion()
	case n < 46:
		return g.added()
	}
	return g.query(nil, 2)
}

// added is a query of one table whose aggregates can be made of those of its shards, or
// whose rows are sorted by expressions, perhaps with a limit where the order is total.
func (g *gen) added() *query {
	it, name := g.table()
	from := []item{it}
	x := &block{from: []source{{text: name, alias: it.alias}}, where: g.conditions(from, nil, 0, 45)}
	q := &query{blocks: []*block{x}}
	if g.chance(20) {
		x.items = []string{it.alias + ".id", g.expression(from).sql}
		q.order, q.ties = []string{g.sortable(from) + g.pick("", " DESC"), g.sortable(from), it.alias + ".id"}, 1
		q.limit = g.pick("", "3", "2 OFFSET 3")
		return q
	}
	for range g.IntN(3) {
		e := g.expression(from)
		if e.class == document || e.class == bits {
			continue
		}
		x.group = append(x.group, e.sql)
		if e.class != text && e.class != float {
			x.items = append(x.items, e.sql)
		}
	}
	var numbers []string
	for range 1 + g.IntN(4) {
		n := g.exact(from, integer, decimal).sql
		f := strings.Replace(g.pick("SUM(@)", "AVG(@)", "COUNT(@)", "MIN(@)", "MAX(@)", "COUNT(*)", "MAX(DISTINCT @)"), "@", n, 1)
		numbers = append(numbers, f)
		x.items = append(x.items, f+g.pick("", "", fmt.Sprintf(" AS n%d", len(x.items))))
		if g.chance(40) {
			e := g.exact(from, digest, date, clock, integer, binary)
			x.items = append(x.items, g.pick("MIN(", "MAX(")+e.sql+")")
		}
	}
	if g.chance(25) {
		x.having = []string{oneOf(g, numbers) + g.pick(" > 0", " <> 1", " <= 2", " >= 1.5")}
	}
	if len(x.group) > 0 && g.chance(70) {
		if g.chance(60) {
			q.order = []string{oneOf(g, numbers) + g.pick("", " DESC")}
		}
		for _, e := range x.group {
			q.order = append(q.order, e+g.pick("", " DESC"))
		}
		q.ties, q.limit = len(x.group), g.pick("", "1", "3", "2 OFFSET 1")
	}
	return q
}

// query is a SELECT with an order and a limit where its order is total.
func (g *gen) query(named []source, depth int) *query {
	x, from, all := g.block(named, depth)
	q := &query{blocks: []*block{x}}
	switch n := g.IntN(100); {
	case n < 35:
		g.group(x, from, all)
		g.orderGroups(q)
		return q
	case n < 47:
		g.distinct(q, from)
		return q
	case n < 55:
		for range 1 + g.IntN(3) {
			x.items = append(x.items, g.aggregate(from, all).sql)
		}
		return q
	}
	g.list(q, from, all, depth)
	return q
}

// list selects expressions of rows, perhaps in an order.
func (g *gen) list(q *query, from []item, all []string, depth int) {
	x := q.blocks[0]
	if g.chance(12) {
		x.items = append(x.items, g.pick("*", oneOf(g, from).alias+".*"))
	}
	for range 1 + g.IntN(4) {
		switch {
		case len(all) > 0 && g.chance(18):
			x.items = append(x.items, g.window(x, from, all).sql)
		case depth > 0 && g.chance(12):
			x.items = append(x.items, g.scalar(from, oneOf(g, []class{integer, decimal, date}))+g.pick("", " AS sub"))
		default:
			x.items = append(x.items, g.expression(from).sql+g.pick("", "", " AS `x y`", " AS x"))
		}
	}
	if len(all) == 0 || g.chance(40) {
		return
	}
	for range g.IntN(3) {
		q.order = append(q.order, g.sortable(from)+g.pick("", " DESC"))
	}
	q.order, q.ties = append(q.order, all...), len(all)
	if g.chance(50) {
		q.limit = g.pick("1", "3", "5", "2 OFFSET 3", "10 OFFSET 1", "0", "4, 100")
	}
}

// group groups a block.
func (g *gen) group(x *block, from []item, all []string) {
	for range 1 + g.IntN(2) {
		e := g.expression(from)
		if e.class == document || e.class == bits {
			continue
		}
		x.group = append(x.group, e.sql)
		if e.class != text && e.class != float {
			x.items = append(x.items, e.sql)
		}
	}
	for range 1 + g.IntN(3) {
		x.items = append(x.items, g.aggregate(from, all).sql+g.pick("", "", fmt.Sprintf(" AS n%d", len(x.items))))
	}
	if x.rollup = len(x.group) > 0 && g.chance(12); x.rollup {
		// Of no rows MySQL totals c IS NULL as 1 or as NULL, depending on its plan.
		x.having = append(x.having, "COUNT(*) > 0")
	}
	if g.chance(4) {
		it, name := g.table()
		few := "(SELECT COUNT(*) % 4 FROM " + name + " AS " + it.alias + clause(g.conditions([]item{it}, nil, 0, 50)) + ")"
		x.having = append(x.having, "COUNT(*)"+g.pick(" >= ", " <> ", " < ")+few)
	}
	if g.chance(20) {
		x.having = append(x.having, g.pick("COUNT(*) > 1", "COUNT(*) < 3", "MAX("+g.exact(from, integer).sql+") > 1", "SUM("+g.exact(from, integer).sql+") IS NOT NULL"))
	}
}

// orderGroups orders groups, which are compared as a set all the same.
func (g *gen) orderGroups(q *query) {
	if g.chance(40) {
		q.order = []string{fmt.Sprint(1 + g.IntN(len(q.blocks[0].items)))}
	}
}

func (g *gen) distinct(q *query, from []item) {
	x := q.blocks[0]
	x.distinct = true
	for range 1 + g.IntN(3) {
		e := g.exact(from)
		if e.class == float {
			e.sql += " > 0"
		}
		x.items = append(x.items, e.sql)
	}
	g.orderGroups(q)
}

// block is FROM and WHERE; all are the columns that make an order of its rows total,
// nil where there are none.
func (g *gen) block(named []source, depth int) (*block, []item, []string) {
	x := &block{}
	var from []item
	add := func(s source, it item) {
		x.from, from = append(x.from, s), append(from, it)
	}
	s, it := g.source(named, depth)
	add(s, it)
	for g.chance(45) && len(from) < 3 {
		s, it := g.joined(named, from, depth)
		add(s, it)
	}
	x.where = g.conditions(from, nil, depth-1, 45)
	var all []string
	for _, it := range from {
		if it.unique == "" {
			return x, from, nil
		}
		all = append(all, it.alias+"."+it.unique)
	}
	return x, from, all
}

// source is a table, a view, a named or a derived one.
func (g *gen) source(named []source, depth int) (source, item) {
	if len(named) > 0 && g.chance(50) {
		s := oneOf(g, named)
		it := item{alias: g.name(), columns: columnsOf(s.sub)}
		return source{text: s.text, alias: it.alias}, it
	}
	if depth > 0 && g.chance(15) {
		sub := g.derived(depth - 1)
		it := item{alias: g.name(), columns: columnsOf(sub)}
		return source{sub: sub, alias: it.alias}, it
	}
	if g.chance(4) {
		return g.values()
	}
	it, name := g.table()
	if g.chance(3) {
		it.database = ""
		return source{text: "(TABLE " + name + ")", alias: it.alias}, it
	}
	return source{text: name, alias: it.alias}, it
}

// values is a list of rows in the place of a table.
func (g *gen) values() (source, item) {
	it := item{alias: g.name(), columns: []column{{name: "v1", class: integer}, {name: "v2", class: digest}}, unique: "v1"}
	var rows []string
	for i := range 1 + g.IntN(5) {
		rows = append(rows, fmt.Sprintf("ROW(%d, %s)", i+1, g.pick("'small'", "'more'", "'a'", "'2026-01'", "''")))
	}
	return source{text: "(VALUES " + strings.Join(rows, ", ") + ")", alias: it.alias, names: " (v1, v2)"}, it
}

// joined is a source with its join to those before it.
func (g *gen) joined(named []source, before []item, depth int) (source, item) {
	switch n := g.IntN(100); {
	case n < 8:
		if s, it, ok := g.jsonTable(before); ok {
			return s, it
		}
	case n < 16:
		return g.lateral(before)
	}
	s, it := g.source(named, depth)
	s.join = g.pick("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "STRAIGHT_JOIN")
	s.on = []string{g.joinOn(before, it)}
	if len(before) == 1 && before[0].database != "" && it.database != "" && s.join != "STRAIGHT_JOIN" && g.chance(12) {
		s.using = g.pick("tenant_id", "id", "ref", "tenant_id, ref")
		return s, it
	}
	if g.chance(25) {
		s.on = append(s.on, g.condition([]item{it}, before, 0))
	}
	if s.join == "RIGHT JOIN" && len(before) > 1 {
		s.join = "LEFT JOIN" // sources before it may be LATERAL
	}
	return s, it
}

func (g *gen) joinOn(before []item, it item) string {
	if it.unique != "" {
		return g.link(before, it)
	}
	c := g.column(before)
	if l, ok := g.like(c, it); ok && slices.Contains(comparable, c.class) {
		return l.sql + " = " + c.sql
	}
	return it.alias + "." + it.columns[0].name + g.pick(" IS NOT NULL", " IS NULL")
}

// lateral is a derived table of one row for each row before it.
func (g *gen) lateral(before []item) (source, item) {
	from, inner, where := g.linked(before, 0)
	it := item{alias: g.name(), columns: []column{{name: "y1", class: integer}, {name: "y2", class: integer}}}
	it.unique = "y1" // one row: adds nothing to an order
	what := "COUNT(*) AS y1, MAX(" + g.exact([]item{inner}, integer).sql + ") AS y2"
	return source{join: g.pick("JOIN", "LEFT JOIN"), text: "LATERAL (SELECT " + what + " FROM " + from + clause(where) + ")", alias: it.alias, on: []string{"TRUE"}}, it
}

// jsonTable takes a JSON column of a source apart.
func (g *gen) jsonTable(before []item) (source, item, bool) {
	for range 10 {
		c := g.column(before)
		if c.class != document || c.kind == nil {
			continue
		}
		it := item{alias: g.name(), columns: []column{{name: "o", class: integer}, {name: "v", class: digest}}, unique: "o"}
		return source{join: g.pick("JOIN", "LEFT JOIN"), text: "JSON_TABLE(" + c.sql + ", '$[*]' COLUMNS (o FOR ORDINALITY, v VARCHAR(10) PATH '$'))", alias: it.alias, on: []string{"TRUE"}}, it, true
	}
	return source{}, item{}, false
}

// derived is a query whose columns have names: x1, x2 and so on.
func (g *gen) derived(depth int) *query {
	x, from, all := g.block(nil, depth)
	q := &query{blocks: []*block{x}}
	var refs []ref
	switch g.IntN(3) {
	case 0:
		e := g.exact(from, integer, decimal, date, digest)
		x.group, refs = []string{e.sql}, []ref{e, {column{class: integer}, "COUNT(*)"}, {column{class: integer}, "MAX(" + g.exact(from, integer).sql + ")"}}
	default:
		for range 2 + g.IntN(3) {
			refs = append(refs, g.expression(from))
		}
		if len(all) > 0 && g.chance(30) {
			q.order, q.ties, q.limit = append([]string{g.sortable(from)}, all...), len(all), g.pick("3", "5", "2 OFFSET 2")
		}
	}
	for i, r := range refs {
		x.items = append(x.items, fmt.Sprintf("%s AS x%d", r.sql, i+1))
	}
	q.yields(refs)
	return q
}

// yields notes what the columns of a query are.
func (q *query) yields(refs []ref) {
	for i, r := range refs {
		q.columns = append(q.columns, column{name: fmt.Sprintf("x%d", i+1), class: r.class, coll: r.coll})
	}
}

func columnsOf(q *query) []column { return q.columns }

// withCTE is a query over one or two common table expressions.
func (g *gen) withCTE() *query {
	var ctes []cte
	var named []source
	for i := range 1 + g.IntN(2) {
		c := cte{fmt.Sprintf("w%d", i+1), g.derived(1)}
		ctes, named = append(ctes, c), append(named, source{text: c.name, sub: c.query})
	}
	q := g.query(named, 1)
	q.with = ctes
	return q
}

// recursion follows ref to id.
func (g *gen) recursion() *query {
	first, name := g.table()
	next, nextName := g.table()
	seed := &block{items: []string{first.alias + ".id AS x1", "0 AS x2"}, from: []source{{text: name, alias: first.alias}}, where: g.conditions([]item{first}, nil, 0, 60)}
	step := &block{
		items: []string{next.alias + ".id", "r.x2 + 1"},
		from:  []source{{text: nextName, alias: next.alias}, {join: "JOIN", text: "r", alias: "r", on: []string{next.alias + ".ref = r.x1"}}},
		where: []string{"r.x2 < 2"},
	}
	body := &query{blocks: []*block{seed, step}, ops: []string{g.pick("UNION ALL", "UNION")}}
	body.columns = []column{{name: "x1", class: integer}, {name: "x2", class: integer}}
	q := g.query([]source{{text: "r", sub: body}}, 0)
	q.recursive, q.with = true, []cte{{"r", body}}
	return q
}

// setOperation joins two or three blocks with columns of the same classes.
func (g *gen) setOperation() *query {
	var classes []class
	for range 1 + g.IntN(3) {
		classes = append(classes, oneOf(g, []class{integer, integer, decimal, date, digest}))
	}
	q := &query{}
	for i := range 2 + g.IntN(2) {
		x, from, all := g.block(nil, 1)
		if len(all) > 0 && g.chance(20) {
			x.order, x.limit = all, g.pick("1", "3", "4 OFFSET 1")
		}
		for j, c := range classes {
			e := g.exact(from, c).sql
			if c == digest {
				e = "CONVERT(" + e + " USING utf8mb4) COLLATE utf8mb4_bin"
			}
			if i == 0 {
				e += fmt.Sprintf(" AS u%d", j+1)
			}
			x.items = append(x.items, e)
		}
		if i > 0 {
			q.ops = append(q.ops, g.pick("UNION", "UNION ALL", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"))
		}
		q.blocks = append(q.blocks, x)
	}
	if g.chance(50) {
		q.order = []string{"u1" + g.pick("", " DESC")}
	}
	return q
}

// wrong turns a query into one that MySQL refuses.
func (g *gen) wrong(q *query) {
	x := q.blocks[0]
	switch g.IntN(4) {
	case 0:
		x.items = append(x.items, "nothing")
	case 1:
		x.where = append(x.where, x.from[0].alias+".nothing = 1")
	case 2:
		x.where = append(x.where, "1 = (SELECT 1 UNION ALL SELECT 2)")
	default:
		q.order = append([]string{"nothing"}, q.order...)
	}
}
