package fuzzsql

import (
	"fmt"
	"slices"
	"strings"
)

// item is a source of a FROM clause and what it has.
type item struct {
	alias    string
	columns  []column
	unique   string // a column in which each row has another value; empty if none is known
	database string // of a table; empty for other sources
}

// ref is a column of a source.
type ref struct {
	column
	sql string
}

func (g *gen) column(from []item) ref {
	it := from[g.IntN(len(from))]
	c := oneOf(g, it.columns)
	if it.database != "" && g.chance(3) {
		return ref{c, it.database + "." + it.alias + "." + c.name}
	}
	return ref{c, it.alias + "." + c.name}
}

// like finds a column of one source that compares with one of another.
func (g *gen) like(c ref, in item) (ref, bool) {
	for range 8 {
		o := oneOf(g, in.columns)
		if o.class == c.class && o.coll == c.coll {
			return ref{o, in.alias + "." + o.name}, true
		}
	}
	return ref{}, false
}

// shapes are expressions over a column of a class; %s is the column.
var shapes = map[class][]shape{
	integer:  {{"%s", integer}, {"%s %% 5", integer}, {"%s DIV 2", integer}, {"%s IS NULL", integer}, {"IFNULL(%s, 0)", integer}, {"CAST(%s AS CHAR)", digest}, {"-(%s %% 100)", integer}, {"%s > 2", integer}, {"CASE WHEN %[1]s > 1 THEN 'more' WHEN %[1]s IS NULL THEN NULL ELSE 'less' END", digest}, {"%s / 3", decimal}},
	decimal:  {{"%s", decimal}, {"ROUND(%s, 1)", decimal}, {"%s + 1.5", decimal}, {"TRUNCATE(%s, 0)", decimal}, {"%s < 0", integer}, {"FORMAT(%s, 2)", digest}, {"CAST(%s AS CHAR)", digest}, {"COALESCE(%s, -1)", decimal}},
	float:    {{"%s", float}, {"%s > 0", integer}, {"SIGN(%s)", integer}, {"%s + 0", float}},
	text:     {{"%s", text}, {"UPPER(%s)", text}, {"LENGTH(%s)", integer}, {"CHAR_LENGTH(TRIM(%s))", integer}, {"CONCAT('<', %s, '>')", text}, {"LEFT(%s, 2)", text}, {"HEX(%s)", digest}, {"HEX(WEIGHT_STRING(%s))", digest}, {"%s = 'a'", integer}, {"%s LIKE 'a%%'", integer}, {"COALESCE(%s, '-')", text}, {"REVERSE(%s)", text}, {"SHA2(%s, 224)", digest}, {"CRC32(%s)", integer}, {"NULLIF(%s, 'A')", text}},
	digest:   {{"%s", digest}, {"LENGTH(%s)", integer}, {"CONCAT(%s, '.')", digest}},
	binary:   {{"%s", binary}, {"HEX(%s)", digest}, {"LENGTH(%s)", integer}, {"%s > 'a'", integer}},
	date:     {{"%s", date}, {"YEAR(%s)", integer}, {"DATE_FORMAT(%s, '%%Y-%%m')", digest}, {"DATEDIFF(%s, '2026-01-01')", integer}, {"LAST_DAY(%s)", date}, {"%s < '2026-01-01'", integer}, {"DATE(%s)", date}, {"DAYOFWEEK(%s)", integer}},
	clock:    {{"%s", clock}, {"HOUR(%s)", integer}, {"TIME_TO_SEC(%s)", decimal}, {"%s < '00:00:00'", integer}},
	member:   {{"%s", member}, {"%s + 0", float}, {"CONCAT(%s)", text}, {"%s IS NULL", integer}},
	bits:     {{"%s", bits}, {"%s + 0", integer}, {"HEX(%s)", digest}},
	document: {{"%s", document}, {"%s->'$.a'", document}, {"JSON_TYPE(%s)", digest}, {"JSON_LENGTH(%s)", integer}, {"JSON_VALID(%s)", integer}, {"%s->>'$.b'", text}, {"JSON_DEPTH(%s)", integer}},
}

type shape struct {
	format string
	class  class
}

// expression is a value of a row.
func (g *gen) expression(from []item) ref {
	c := g.column(from)
	s := shapes[c.class][0]
	if g.chance(55) {
		s = oneOf(g, shapes[c.class])
	}
	out := ref{column{class: s.class}, fmt.Sprintf(s.format, c.sql)}
	if s.class == text {
		out.coll = c.coll
	}
	return out
}

// exact is an expression in which equal means the same bytes.
func (g *gen) exact(from []item, classes ...class) ref {
	for range 30 {
		e := g.expression(from)
		if e.class != text && e.class != document && e.class != bits && (len(classes) == 0 || slices.Contains(classes, e.class)) {
			return e
		}
	}
	return ref{column{class: integer}, "LENGTH(" + g.column(from).sql + ")"}
}

// literal is a constant to compare a column with.
func (g *gen) literal(c *column) string {
	switch {
	case g.chance(3): // of another type
		return g.pick("0", "'1'", "1.5", "2e0", "'2026-01-01'", "20260101", "TRUE", "NULL", "'1abc'", "-1", "18446744073709551615", "'10:00:00'")
	case c.name == "tenant_id":
		return oneOf(g, g.tenants)
	case c.kind != nil && c.class != document && g.chance(80), strings.HasPrefix(c.coll, "latin1") && c.kind != nil:
		return g.pick(c.kind.values...)
	case c.class == text, c.class == digest, c.class == member:
		return g.pick("'a'", "'A'", "'b'", "''", "'中'", "'small'", "'1'")
	case c.class == date:
		return g.pick("'2026-01-01'", "'2024-02-29'", "NOW()", "CURDATE()")
	case c.class == clock:
		return g.pick("'00:00:00'", "'10:00:00'")
	case c.class == binary:
		return g.pick("'a'", "x'00'")
	case c.class == decimal:
		return g.pick("0", "1.5", "-1")
	}
	return g.pick("0", "1", "2", "3", "7", "12")
}

var comparable = []class{integer, decimal, text, digest, binary, date, clock, bits}

// condition is a predicate over the sources; outer ones may be named too.
func (g *gen) condition(from, outer []item, depth int) string {
	c := g.column(from)
	if g.chance(15) && from[0].columns[0].name == "tenant_id" {
		c = ref{from[0].columns[0], from[0].alias + ".tenant_id"}
	}
	if !slices.Contains(comparable, c.class) {
		return c.sql + g.pick(" IS NULL", " IS NOT NULL")
	}
	switch n := g.IntN(16); {
	case n == 14:
		return g.rowCondition(from, depth)
	case n == 15 && depth > 0:
		return g.quantified(c, depth-1)
	case n == 0:
		return c.sql + g.pick(" IS NULL", " IS NOT NULL", " IS NOT NULL")
	case n <= 2:
		return c.sql + g.pick(" IN (", " IN (", " NOT IN (") + g.literal(&c.column) + ", " + g.literal(&c.column) + ", " + g.literal(&c.column) + ")"
	case n == 3:
		return c.sql + " BETWEEN " + g.literal(&c.column) + " AND " + g.literal(&c.column)
	case n == 4:
		return "(" + g.condition(from, outer, depth) + " OR " + g.condition(from, outer, depth) + ")"
	case n == 5:
		return "NOT (" + g.condition(from, outer, depth) + ")"
	case n == 6:
		if o, ok := g.like(c, oneOf(g, append(slices.Clone(from), outer...))); ok {
			return c.sql + g.pick(" = ", " <> ", " <= ", " <=> ") + o.sql
		}
	case n <= 8 && depth > 0:
		return g.exists(from, depth-1)
	case n == 9 && depth > 0:
		return g.in(c, depth-1)
	case n == 10 && depth > 0 && c.class == integer:
		return c.sql + g.pick(" > ", " < ", " = ", " <> ") + g.scalar(from, integer)
	}
	return c.sql + g.pick(" = ", " <> ", " > ", " < ", " >= ", " <=> ") + g.literal(&c.column)
}

func (g *gen) conditions(from, outer []item, depth, percent int) []string {
	var out []string
	for g.chance(percent) && len(out) < 3 {
		out = append(out, g.condition(from, outer, depth))
	}
	return out
}

// linked is a table of its own with conditions that name the outer sources.
func (g *gen) linked(outer []item, depth int) (from string, it item, where []string) {
	it, name := g.table()
	from = name + " AS " + it.alias
	if g.chance(80) {
		where = append(where, g.link(outer, it))
	}
	return from, it, append(where, g.conditions([]item{it}, outer, depth, 30)...)
}

// link is an equality between a new source and one of those before it.
func (g *gen) link(before []item, it item) string {
	o := oneOf(g, before)
	switch g.IntN(5) {
	case 0, 1:
		if l, ok := g.like(ref{o.columns[0], o.alias + "." + o.columns[0].name}, item{alias: it.alias, columns: it.columns[:1]}); ok {
			return l.sql + " = " + o.alias + "." + o.columns[0].name
		}
	case 2:
		if c := g.column([]item{o}); slices.Contains(comparable, c.class) {
			if l, ok := g.like(c, it); ok {
				return l.sql + " = " + c.sql
			}
		}
	}
	return it.alias + "." + g.pick("ref", "id") + " = " + o.alias + "." + g.number(o)
}

// number is the name of an integer column.
func (g *gen) number(it item) string {
	for range 20 {
		if c := oneOf(g, it.columns); c.class == integer && c.name != "tenant_id" {
			return c.name
		}
	}
	return it.columns[0].name
}

func (g *gen) exists(outer []item, depth int) string {
	from, _, where := g.linked(outer, depth)
	return g.pick("", "NOT ") + "EXISTS (SELECT 1 FROM " + from + clause(where) + ")"
}

// in is a comparison with the rows of a subquery of one column.
func (g *gen) in(c ref, depth int) string {
	it, name := g.table()
	l, ok := g.like(c, it)
	if !ok {
		return c.sql + " IS NOT NULL"
	}
	return c.sql + g.pick(" IN ", " IN ", " NOT IN ", " = ANY ", " <> ALL ") + "(SELECT " + l.sql + " FROM " + name + " AS " + it.alias +
		clause(g.conditions([]item{it}, nil, depth, 40)) + ")"
}

// quantified compares with some or all values of a subquery.
func (g *gen) quantified(c ref, depth int) string {
	it, name := g.table()
	l, ok := g.like(c, it)
	if !ok {
		return c.sql + " IS NOT NULL"
	}
	return c.sql + g.pick(" > ", " >= ", " < ", " <= ", " = ", " <> ") + g.pick("ANY", "ALL", "SOME") + " (SELECT " + l.sql + " FROM " + name + " AS " + it.alias +
		clause(g.conditions([]item{it}, nil, depth, 60)) + ")"
}

// rowCondition compares rows of two values.
func (g *gen) rowCondition(from []item, depth int) string {
	a, b := g.column(from), g.column(from)
	if !slices.Contains(comparable, a.class) || !slices.Contains(comparable, b.class) {
		return a.sql + " IS NULL"
	}
	row := func() string { return "(" + g.literal(&a.column) + ", " + g.literal(&b.column) + ")" }
	left := "(" + a.sql + ", " + b.sql + ")"
	if depth > 0 && g.chance(30) {
		it, name := g.table()
		c, ok := g.like(a, it)
		d, same := g.like(b, it)
		if ok && same {
			return left + g.pick(" IN ", " NOT IN ") + "(SELECT " + c.sql + ", " + d.sql + " FROM " + name + " AS " + it.alias + clause(g.conditions([]item{it}, nil, 0, 40)) + ")"
		}
	}
	if g.chance(50) {
		return left + g.pick(" IN (", " NOT IN (") + row() + ", " + row() + ")"
	}
	return left + g.pick(" = ", " <> ", " < ", " >= ", " <=> ") + row()
}

// scalar is a subquery of one row.
func (g *gen) scalar(outer []item, of class) string {
	from, it, where := g.linked(outer, 0)
	what := "COUNT(*)"
	if of != integer || g.chance(50) {
		what = g.pick("MAX(", "MIN(") + g.exact([]item{it}, of).sql + ")"
	}
	return "(SELECT " + what + " FROM " + from + clause(where) + ")"
}

func clause(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(where, " AND ")
}

// aggregate is a function over the rows of a group. all are the columns that make the
// order of rows total; without them nothing is written that depends on the order.
func (g *gen) aggregate(from []item, all []string) ref {
	e := g.expression(from)
	list := []string{"COUNT(*)", "COUNT(%s)", "COUNT(DISTINCT %s)"}
	switch e.class {
	case integer:
		list = append(list, "SUM(%s)", "AVG(%s)", "MIN(%s)", "MAX(%s)", "SUM(DISTINCT %s)", "BIT_OR(%s)", "BIT_XOR(%s)", "BIT_AND(%s)", "AVG(DISTINCT %s)", "GROUP_CONCAT(DISTINCT %[1]s ORDER BY %[1]s DESC)")
	case decimal:
		list = append(list, "SUM(%s)", "AVG(%s)", "MIN(%s)", "MAX(%s)", "SUM(DISTINCT %s)", "GROUP_CONCAT(DISTINCT %[1]s ORDER BY %[1]s SEPARATOR '; ')")
	case digest:
		list = append(list, "MIN(%s)", "MAX(%s)", "GROUP_CONCAT(%[1]s ORDER BY %[1]s)")
	case text:
		list = append(list, "HEX(WEIGHT_STRING(RTRIM(MIN(%s))))", "HEX(WEIGHT_STRING(RTRIM(MAX(%s))))", "GROUP_CONCAT(HEX(%[1]s) ORDER BY HEX(%[1]s) SEPARATOR '')")
	case document:
		list = append(list, "JSON_LENGTH(JSON_ARRAYAGG(%s))")
	case member:
		list = []string{"COUNT(*)", "COUNT(DISTINCT %s)", "MAX(%s + 0)"}
	case bits: // some plans of MySQL say that the result is a number
		list = []string{"COUNT(%s)", "COUNT(DISTINCT %s)", "MAX(%s + 0)", "BIT_OR(%s)"}
	case float: // some plans of MySQL say that of a view's FLOAT it is a DOUBLE
		list = append(list, "MIN(%s + 0)", "MAX(%s + 0)")
	default:
		list = append(list, "MIN(%s)", "MAX(%s)")
	}
	if len(all) > 0 && e.class != binary {
		list = append(list, "GROUP_CONCAT(%s ORDER BY "+strings.Join(all, ", ")+")")
	}
	f := g.pick(list...)
	if strings.Contains(f, "%") {
		f = fmt.Sprintf(f, e.sql)
	}
	if g.chance(6) {
		f = "COUNT(DISTINCT " + g.exact(from).sql + ", " + g.exact(from).sql + ")"
	}
	return ref{column{class: digest}, f}
}

// window is a window function. With total orders every function has one answer. Its window
// may be one that the block names.
func (g *gen) window(x *block, from []item, all []string) ref {
	over := []string{}
	if g.chance(50) {
		over = append(over, "PARTITION BY "+g.exact(from).sql)
	}
	total := strings.Join(append([]string{g.sortable(from) + g.pick("", " DESC")}, all...), ", ")
	f := ""
	switch g.IntN(7) {
	case 6:
		f = g.pick("SUM(", "COUNT(", "MIN(") + g.exact(from, integer).sql + ")"
		over = append(over, "ORDER BY "+g.exact(from, integer, decimal).sql+g.pick("", " DESC"), g.pick("RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING", "RANGE UNBOUNDED PRECEDING", "RANGE BETWEEN CURRENT ROW AND 5 FOLLOWING"))
	case 0:
		f, over = g.pick("ROW_NUMBER()", "NTILE(3)", "CUME_DIST()", "PERCENT_RANK()"), append(over, "ORDER BY "+total)
	case 1:
		f, over = g.pick("RANK()", "DENSE_RANK()"), append(over, "ORDER BY "+g.sortable(from))
	case 2:
		f = g.pick("LAG", "LEAD") + "(" + g.expression(from).sql + g.pick(")", ", 2)")
		over = append(over, "ORDER BY "+total)
	case 3:
		f = g.pick("SUM(", "AVG(", "COUNT(", "MAX(") + g.exact(from, integer, decimal).sql + ")"
		over = append(over, "ORDER BY "+total, g.pick("ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "ROWS UNBOUNDED PRECEDING", "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING"))
	case 4:
		f = g.pick("FIRST_VALUE(", "LAST_VALUE(") + g.expression(from).sql + ")"
		over = append(over, "ORDER BY "+total)
	default:
		f = g.pick("SUM(", "COUNT(", "MIN(", "MAX(") + g.exact(from, integer, decimal).sql + ")"
	}
	if g.chance(25) {
		name := fmt.Sprintf("w%d", len(x.windows)+1)
		x.windows = append(x.windows, name+" AS ("+strings.Join(over, " ")+")")
		return ref{column{class: digest}, f + " OVER " + name}
	}
	return ref{column{class: digest}, f + " OVER (" + strings.Join(over, " ") + ")"}
}

// sortable is an expression to order by.
func (g *gen) sortable(from []item) string {
	if g.chance(5) {
		return g.scalar(from, integer)
	}
	return g.expression(from).sql
}
