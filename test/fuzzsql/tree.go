package fuzzsql

import (
	"slices"
	"strings"
)

// query is a SELECT, or several with set operations between them.
type query struct {
	recursive bool
	with      []cte
	blocks    []*block
	ops       []string // between blocks
	order     []string
	ties      int // so many at the end of order make it total; 0: it is not
	limit     string
	columns   []column // what it yields, of a derived table
}

type cte struct {
	name string
	*query
}

// block is one SELECT without its order.
type block struct {
	distinct bool
	items    []string
	from     []source
	where    []string
	group    []string
	rollup   bool
	having   []string
	windows  []string // of the WINDOW clause
	order    []string // of a part of a set operation, in parentheses
	limit    string
}

// source is a part of FROM: a name, or a query in parentheses.
type source struct {
	join  string // before it; empty for the first
	text  string
	sub   *query
	alias string
	names string // of its columns, in parentheses
	on    []string
	using string // the column of USING, in the place of ON
}

func (q *query) String() string {
	var b strings.Builder
	for i := range q.with {
		switch {
		case i > 0:
			b.WriteString(", ")
		case q.recursive:
			b.WriteString("WITH RECURSIVE ")
		default:
			b.WriteString("WITH ")
		}
		b.WriteString(q.with[i].name + " AS (" + q.with[i].query.String() + ")")
	}
	if len(q.with) > 0 {
		b.WriteByte(' ')
	}
	for i, x := range q.blocks {
		if i > 0 {
			b.WriteString(" " + q.ops[i-1] + " ")
		}
		x.write(&b)
	}
	list(&b, " ORDER BY ", q.order, ", ")
	if q.limit != "" {
		b.WriteString(" LIMIT " + q.limit)
	}
	return b.String()
}

func (x *block) write(b *strings.Builder) {
	if x.limit != "" {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	b.WriteString("SELECT ")
	if x.distinct {
		b.WriteString("DISTINCT ")
	}
	b.WriteString(strings.Join(x.items, ", "))
	for i := range x.from {
		x.from[i].write(b)
	}
	list(b, " WHERE ", x.where, " AND ")
	list(b, " GROUP BY ", x.group, ", ")
	if x.rollup && len(x.group) > 0 {
		b.WriteString(" WITH ROLLUP")
	}
	list(b, " HAVING ", x.having, " AND ")
	list(b, " WINDOW ", x.windows, ", ")
	list(b, " ORDER BY ", x.order, ", ")
	if x.limit != "" {
		b.WriteString(" LIMIT " + x.limit)
	}
}

func (s *source) write(b *strings.Builder) {
	if s.join == "" {
		b.WriteString(" FROM ")
	} else {
		b.WriteString(" " + s.join + " ")
	}
	b.WriteString(s.text)
	if s.sub != nil {
		b.WriteString("(" + s.sub.String() + ")")
	}
	b.WriteString(" AS " + s.alias + s.names)
	if s.using != "" {
		b.WriteString(" USING (" + s.using + ")")
		return
	}
	list(b, " ON ", s.on, " AND ")
}

func list(b *strings.Builder, before string, parts []string, between string) {
	if len(parts) > 0 {
		b.WriteString(before + strings.Join(parts, between))
	}
}

// clone copies a query deeply.
func (q *query) clone() *query {
	if q == nil {
		return nil
	}
	c := *q
	c.with, c.ops, c.order = slices.Clone(q.with), slices.Clone(q.ops), slices.Clone(q.order)
	for i := range c.with {
		c.with[i].query = c.with[i].query.clone()
	}
	c.blocks = nil
	for _, x := range q.blocks {
		y := *x
		y.items, y.from, y.where, y.group, y.having = slices.Clone(x.items), slices.Clone(x.from), slices.Clone(x.where), slices.Clone(x.group), slices.Clone(x.having)
		y.windows, y.order = slices.Clone(x.windows), slices.Clone(x.order)
		for i := range y.from {
			y.from[i].sub, y.from[i].on = y.from[i].sub.clone(), slices.Clone(y.from[i].on)
		}
		c.blocks = append(c.blocks, &y)
	}
	return &c
}
