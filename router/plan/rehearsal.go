package plan

import (
	"strings"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Rehearsal runs a write on one server, the host, on copies of the rows that it reads
// and changes. What it has done to the copies is then done to the rows themselves, on
// their shards: rows that an INSERT has made are inserted, and rows that an UPDATE or
// DELETE has met are changed by their primary key. So conditions, order, limits, new
// values and conversions are MySQL's own. It is immutable and safe for concurrent use.
type Rehearsal struct {
	Gather  *Gather // what is copied, and the text that the host runs; Gather.Relay is the plan it stands in for
	Changes []Change
	Rows    *RowsOf // of an INSERT; nil: an UPDATE or DELETE
	Ignore  bool    // UPDATE IGNORE, DELETE IGNORE
	// Reads: it reads a table that it changes, which a server refuses in some places.
	Reads bool
	// GivesID: it calls LAST_INSERT_ID(expr). Which row it calls it for last is certain if it is
	// OfAnyRow, or if there is but one row.
	GivesID, OfAnyRow bool
}

// Change is one table that the statement writes.
type Change struct {
	Table   int      // of Gather.Tables
	Columns []string // lower-case, those that an UPDATE assigns
	Named   []string // lower-case, those that the statement names
	Alone   bool     // the statement changes the rows of this one table, and joins it with none
	Deletes bool
}

// RowsOf says where the rows of an INSERT stand in its text, so that others can take
// their place.
type RowsOf struct {
	First, Last int      // tokens
	Text        string   // what stands before the rows instead: "VALUES "
	Columns     []string // of the rows; nil: all that are visible
	Query       bool     // INSERT .. SELECT: it always tells how many rows there were
	Ignore      bool     // IGNORE, without ON DUPLICATE KEY UPDATE
	Updates     bool     // ON DUPLICATE KEY UPDATE
	Table       *rules.Table
	Database    *rules.Database
	Home        *rules.Shard // of a temporary table of the session
	Params      []int        // tokens of the statement's parameters
	Carried     []Carried    // what rows take along for ON DUPLICATE KEY UPDATE
}

// Bind finds out what must be copied for the values of one execution: with the
// conditions that shards can tell, and whole.
func (p *Rehearsal) Bind(sql []byte, a Args, o GatherOptions) (some, whole *Gathering, err error) {
	o.CopyAll = true
	if some, err = p.Gather.Bind(sql, a, o); err != nil {
		return nil, nil, err
	}
	o.Whole = true
	whole, err = p.Gather.Bind(sql, a, o)
	return some, whole, err
}

// Target is where the row of an INSERT goes that has a key as the table stores it; false
// if that cannot be told.
func (p *RowsOf) Target(r *rules.Rules, key value.Value) (*rules.Shard, bool) {
	switch {
	case p.Home != nil:
		return p.Home, true
	case p.Table == nil:
		return p.Database.Shards[0], len(p.Database.Shards) == 1
	case p.Table.Kind == rules.Reference:
		return p.Database.Shards[0], true // and its copies
	case p.Table.Kind == rules.Sharded && key.Kind == value.Null && len(p.Database.Shards) > 1:
		return p.Table.NullHome, p.Table.NullHome != nil
	}
	l, ok := r.Locate(p.Table, key)
	return l.Shard, ok
}

// Around writes the text of an INSERT before and behind its rows of so many values, for a
// shard. False: a parameter in it has no constant of its type.
func (p *Rehearsal) Around(sql []byte, a Args, shard *rules.Shard, values int) (head, tail []byte, ok bool) {
	relay, rows := p.Gather.Relay, p.Rows
	shardOf := func(db *rules.Database) *rules.Shard {
		if db == shard.Database {
			return shard
		}
		return db.Shards[0] // only what the rows were made of is there
	}
	var before, behind []Edit
	for _, e := range relay.Edits {
		switch {
		case e.First < rows.First:
			before = append(before, e)
		case e.First > rows.Last:
			behind = append(behind, e)
		}
	}
	for i, token := range rows.Params {
		if token <= rows.Last {
			continue
		}
		text, ok := paramText(i, a, relay.Route.Charset)
		if !ok {
			return nil, nil, false
		}
		behind = insertEdit(behind, Edit{First: token, Last: token, Text: text})
	}
	behind = rows.named(behind)
	from, _ := a.Token(rows.First)
	_, to := a.Token(rows.Last)
	if len(rows.Carried) > 0 {
		head, tail = rows.selects(values)
		head = append(applyIn(sql, 0, from, before, a, shardOf), head...)
		return head, append(tail, applyIn(sql, to, len(sql), behind, a, shardOf)...), true
	}
	head = append(applyIn(sql, 0, from, before, a, shardOf), rows.Text...)
	return head, applyIn(sql, to, len(sql), behind, a, shardOf), true
}

// insertEdit keeps edits in the order of the text.
func insertEdit(list []Edit, e Edit) []Edit {
	i := len(list)
	for i > 0 && list[i-1].First > e.First {
		i--
	}
	list = append(list, Edit{})
	copy(list[i+1:], list[i:])
	list[i] = e
	return list
}

// Explain writes what is copied and what becomes of it, with symbolic values.
func (p *Rehearsal) Explain(w *Printer) {
	var names []string
	for i := range p.Changes {
		names = append(names, p.Gather.Tables[p.Changes[i].Table].Name)
	}
	what := "rows of " + strings.Join(names, ", ") + " changed by primary key"
	if p.Rows != nil {
		what = "the rows it makes inserted into " + strings.Join(names, ", ")
	}
	w.Line("rehearse %s%s on one server, then %s", p.Gather.Relay.Class, p.Gather.Relay.traits(), what)
	w.Nest(func() {
		for i := range p.Gather.Tables {
			if t := &p.Gather.Tables[i]; !t.Empty {
				t.explain(w, &p.Gather.Relay.Route)
			}
		}
	})
}
