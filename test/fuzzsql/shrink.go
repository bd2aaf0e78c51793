package fuzzsql

import (
	"slices"
	"strings"
)

// shrink leaves clauses out of a query as long as the difference stays.
func shrink(q *query, differs func(*query) bool) *query {
	for budget := 300; budget > 0; {
		smaller := slices.IndexFunc(q.smaller(), func(c *query) bool {
			budget--
			return budget > 0 && differs(c)
		})
		if smaller < 0 {
			return q
		}
		q = q.smaller()[smaller]
	}
	return q
}

// smaller lists the queries that have one clause less. Many of them are errors; those
// are the same on both servers and so no difference.
func (q *query) smaller() []*query {
	var out []*query
	try := func(change func(*query)) {
		c := q.clone()
		change(c)
		out = append(out, c)
	}
	for i := range q.blocks {
		if len(q.blocks) > 1 {
			try(func(c *query) { c.blocks, c.ops, c.order, c.limit, c.ties = c.blocks[i:i+1], nil, nil, "", 0 })
		}
	}
	if len(q.order) > 0 || q.limit != "" {
		try(func(c *query) { c.order, c.limit, c.ties = nil, "", 0 })
	}
	if q.limit != "" {
		try(func(c *query) { c.limit = "" })
	}
	for i := range len(q.order) - q.ties {
		try(func(c *query) { c.order = slices.Delete(c.order, i, i+1) })
	}
	for i := range q.with {
		try(func(c *query) { c.with = slices.Delete(c.with, i, i+1) })
		for _, s := range q.with[i].smaller() {
			try(func(c *query) { c.with[i].query = s })
		}
	}
	for i := range q.blocks[0].items {
		if len(q.blocks[0].items) > 1 {
			try(func(c *query) {
				for _, x := range c.blocks {
					x.items = slices.Delete(x.items, i, i+1)
				}
			})
		}
	}
	for i := range q.blocks {
		out = append(out, q.smallerBlock(i)...)
	}
	return out
}

// smallerBlock leaves something out of one block.
func (q *query) smallerBlock(n int) []*query {
	var out []*query
	try := func(change func(*query, *block)) {
		c := q.clone()
		change(c, c.blocks[n])
		out = append(out, c)
	}
	x := q.blocks[n]
	for i := range x.from {
		if len(x.from) > 1 {
			try(func(c *query, y *block) { c.forget(y, i) })
		}
		for _, s := range x.from[i].sub.smallerOrNone() {
			try(func(_ *query, y *block) { y.from[i].sub = s })
		}
		for j := range x.from[i].on {
			if len(x.from[i].on) > 1 {
				try(func(_ *query, y *block) { y.from[i].on = slices.Delete(y.from[i].on, j, j+1) })
			}
		}
	}
	for i := range x.where {
		try(func(_ *query, y *block) { y.where = slices.Delete(y.where, i, i+1) })
	}
	for i := range x.group {
		try(func(_ *query, y *block) { y.group = slices.Delete(y.group, i, i+1) })
	}
	for i := range x.having {
		try(func(_ *query, y *block) { y.having = slices.Delete(y.having, i, i+1) })
	}
	for i := range x.windows {
		try(func(_ *query, y *block) { y.windows = slices.Delete(y.windows, i, i+1) })
	}
	if x.limit != "" {
		try(func(_ *query, y *block) { y.order, y.limit = nil, "" })
	}
	if x.rollup {
		try(func(_ *query, y *block) { y.rollup = false })
	}
	if x.distinct {
		try(func(_ *query, y *block) { y.distinct = false })
	}
	return out
}

func (q *query) smallerOrNone() []*query {
	if q == nil {
		return nil
	}
	return q.smaller()
}

// forget leaves out a source and all that names it.
func (q *query) forget(x *block, n int) {
	named := func(s string) bool { return strings.Contains(s, x.from[n].alias+".") }
	without := func(list []string) []string { return slices.DeleteFunc(list, named) }
	for _, s := range q.order[len(q.order)-q.ties:] {
		if named(s) {
			q.ties--
		}
	}
	q.order, x.items, x.where, x.group, x.having = without(q.order), without(x.items), without(x.where), without(x.group), without(x.having)
	x.windows, x.order = without(x.windows), without(x.order)
	for i := range x.from {
		x.from[i].on = without(x.from[i].on)
	}
	if len(x.items) == 0 {
		x.items = []string{"1"}
	}
	if x.from = slices.Delete(x.from, n, n+1); n == 0 {
		x.from[0].join, x.from[0].on, x.from[0].using = "", nil, ""
	}
}
