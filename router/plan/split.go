package plan

import (
	"strings"

	"github.com/sluicedb/sluice/rules"
)

// Split runs a write on several shards: the statement on each of them, or each row of
// an INSERT on its own. Its parts change everything or nothing. It is immutable and
// safe for concurrent use.
type Split struct {
	Relay *Relay // the plan it stands in for
	Table *rules.Table
	Site  int // of Relay.Route: the table written
	Rows  []SplitRow
	// Copies: each shard has a copy of the table, and counts are those of one.
	Copies bool
	Params int   // parameters of the statement
	File   *File // of LOAD DATA LOCAL; nil: the statement is another
}

// SplitRow is one row of an INSERT, by the tokens it begins and ends with.
type SplitRow struct {
	First, Last int
	Key         *Set // one value
	Params      [2]int
}

// Part is what runs on one shard.
type Part struct {
	Target
	Rows   []int // numbers of its rows, counted from 0; nil: all
	Params []int // numbers of its parameters; nil: all
}

// Bind finds the parts for the values of one execution, in the order of the shards;
// with each row by itself, in the order of the rows.
func (p *Split) Bind(sql []byte, a Args, o GatherOptions, each bool) ([]Part, error) {
	b := &binding{rules: p.Relay.Route.Rules, route: &p.Relay.Route, args: a}
	if err := b.confined(); err != nil {
		return nil, err
	}
	if p.Rows != nil {
		return p.rows(sql, a, b, each)
	}
	site := &p.Relay.Route.Sites[p.Site]
	set := b.site(site)
	policy := o.Scatter
	if policy == nil {
		policy = &p.Table.Scatter
	}
	db := p.Table.Database
	if !p.Copies && *policy == rules.Deny && set.count() == len(db.Shards) {
		return nil, b.spread(site)
	}
	var parts []Part
	var err error
	set.each(func(i int) {
		var t Target
		if t, err = p.on(sql, a, db.Shards[i], nil); err == nil {
			parts = append(parts, Part{Target: t})
		}
	})
	return parts, err
}

// rows puts each row into the part of its shard.
func (p *Split) rows(sql []byte, a Args, b *binding, each bool) ([]Part, error) {
	db := p.Table.Database
	byShard := make([][]int, len(db.Shards))
	var order []int
	for i := range p.Rows {
		set := b.shards(p.Rows[i].Key, p.Table)
		if set.count() != 1 {
			return nil, b.spread(&p.Relay.Route.Sites[p.Site])
		}
		s := set.first()
		if each || byShard[s] == nil {
			order = append(order, s)
		}
		byShard[s] = append(byShard[s], i)
	}
	var parts []Part
	if each {
		for i, s := range order {
			t, err := p.on(sql, a, db.Shards[s], []int{i})
			if err != nil {
				return nil, err
			}
			parts = append(parts, Part{Target: t, Rows: []int{i}, Params: p.params([]int{i})})
		}
		return parts, nil
	}
	for s, rows := range byShard {
		if rows == nil {
			continue
		}
		t, err := p.on(sql, a, db.Shards[s], rows)
		if err != nil {
			return nil, err
		}
		parts = append(parts, Part{Target: t, Rows: rows, Params: p.params(rows)})
	}
	return parts, nil
}

// on makes the target on one shard; rows are those to keep, nil all.
func (p *Split) on(sql []byte, a Args, s *rules.Shard, rows []int) (Target, error) {
	edits := p.Relay.Edits
	if rows != nil {
		edits = p.without(rows)
	}
	t, err := p.Relay.onShard(sql, a, p.Site, s, edits)
	t.Why.Step, t.Why.Rule = StepSplit, p.Table.Pos
	return t, err
}

// without returns the edits that leave only some rows.
func (p *Split) without(rows []int) []Edit {
	keep := make([]bool, len(p.Rows))
	for _, i := range rows {
		keep[i] = true
	}
	last := rows[len(rows)-1]
	var out []Edit
	at := 0
	edits := p.Relay.Edits
	before := func(token int) {
		for at < len(edits) && edits[at].First < token {
			out = append(out, edits[at])
			at++
		}
	}
	for i, r := range p.Rows {
		before(r.First)
		switch {
		case !keep[i]:
			end := r.Last
			if i+1 < len(p.Rows) {
				end++ // the comma
			}
			out = append(out, Edit{First: r.First, Last: end})
			for at < len(edits) && edits[at].First <= end {
				at++
			}
		case i == last && i+1 < len(p.Rows):
			before(r.Last + 1)
			out = append(out, Edit{First: r.Last + 1, Last: r.Last + 1})
		}
	}
	return append(out, edits[at:]...)
}

// params lists the parameters of the statement with only some rows; nil: there are none.
func (p *Split) params(rows []int) []int {
	if p.Params == 0 {
		return nil
	}
	out := []int{}
	n := p.Rows[0].Params[0]
	for i := range n {
		out = append(out, i)
	}
	for _, r := range rows {
		for i := p.Rows[r].Params[0]; i < p.Rows[r].Params[1]; i++ {
			out = append(out, i)
		}
	}
	for i := p.Rows[len(p.Rows)-1].Params[1]; i < p.Params; i++ {
		out = append(out, i)
	}
	return out
}

// Explain writes where the parts run, with symbolic values.
func (p *Split) Explain(w *Printer) {
	how := "the statement on each shard of"
	switch {
	case p.Rows != nil:
		how = "each row on its shard of"
	case p.File != nil && p.Copies:
		how = "each record on every copy of"
	case p.File != nil:
		how = "each record on its shard of"
	case p.Copies:
		how = "the statement on every copy of"
	}
	w.Line("split %s%s: %s %s", p.Relay.Class, p.Relay.traits(), how, p.Table.Name)
	w.Nest(func() {
		p.Relay.Route.Sites[p.Site].explain(w, &p.Relay.Route)
		var keys []string
		for i := range p.Rows {
			keys = append(keys, p.Rows[i].Key.String())
		}
		if p.File != nil && !p.Copies {
			p.File.explain(w, p.Table)
		}
		if keys != nil {
			w.Line("rows by %s: %s", p.Table.Key, strings.Join(keys, "; "))
		}
	})
}
