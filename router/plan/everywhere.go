package plan

import (
	"fmt"

	"github.com/sluicedb/sluice/rules"
)

// Everywhere runs a statement about definitions on every shard of a database. It is
// immutable and safe for concurrent use.
type Everywhere struct {
	Relay    *Relay // the plan it stands in for
	Database *rules.Database
	Shards   []*rules.Shard // on which it runs: all of the database, or one for Answers about a table there
	Objects  []Object       // what it defines, changes or looks after
	// Answers: it changes no definition and answers with rows (ANALYZE, CHECK, ..).
	Answers bool
	// Calls: it calls a procedure, on all shards in one transaction.
	Calls bool
	// Copies: each shard has a copy of the rows, and counts are those of one.
	Copies bool
	// Turns: it looks after tables of several databases, one database after the other.
	Turns []Turn
	// Converges: whatever a shard had before, afterwards all are alike, as after DROP
	// .. IF EXISTS.
	Converges bool
	// New refuses to make an object that no shard has: where all have it, they say so
	// themselves.
	New error
}

// Turn is the part of a statement that looks after the tables of one database.
type Turn struct {
	Text []byte
	Plan *Everywhere
}

// Parts are the Turns of a statement; without any, the statement itself.
func (p *Everywhere) Parts(sql []byte) []Turn {
	if len(p.Turns) > 0 {
		return p.Turns
	}
	return []Turn{{sql, p}}
}

// Object is a table, a view or a stored program.
type Object struct {
	Kind ObjectKind `json:"kind"`
	Name string     `json:"name"`
	Copy bool       `json:"-"` // each shard has all rows of it
}

// ObjectKind is the word that SHOW CREATE has for it. A view is a table.
type ObjectKind string

// The kinds of objects.
const (
	TableObject     ObjectKind = "TABLE"
	ProcedureObject ObjectKind = "PROCEDURE"
	FunctionObject  ObjectKind = "FUNCTION"
	TriggerObject   ObjectKind = "TRIGGER"
	EventObject     ObjectKind = "EVENT"
)

// Bind returns what runs on each shard, in their order. Other databases that the
// statement names must have their shard beside, with the same tenants. Turns are bound one
// by one. The error is a *Refusal.
func (p *Everywhere) Bind(sql []byte, a Args) ([]Target, error) {
	var out []Target
	for _, s := range p.Shards {
		t := Target{Shard: s, Why: Decision{Step: StepEverywhere, Slot: -1, Shard: s.Name, Rule: p.Database.Pos}}
		for _, db := range p.Relay.Route.Databases {
			if beside(s, db) == nil {
				return nil, Unsupported("the statement names database "+db.Name+", whose shard for the tenants of "+s.Name+" is not on group "+s.Group, db.Pos,
					"keep it to one database")
			}
		}
		if len(p.Relay.Edits) > 0 {
			t.SQL = apply(sql, p.Relay.Edits, a, func(db *rules.Database) *rules.Shard { return beside(s, db) })
		}
		out = append(out, t)
	}
	return out, nil
}

// beside returns the shard of a database that has the tenants of another shard, on its
// group; nil if there is none.
func beside(s *rules.Shard, db *rules.Database) *rules.Shard {
	if s.Database == db {
		return s
	}
	var found *rules.Shard
	for slot, owner := range s.Database.Slots {
		if int(owner) != s.Index {
			continue
		}
		other := db.Shards[db.Slots[slot]]
		if found != nil && other != found || other.Group != s.Group {
			return nil
		}
		found = other
	}
	return found
}

// Explain writes what runs where.
func (p *Everywhere) Explain(w *Printer) {
	if len(p.Turns) > 0 {
		w.Line("one database after the other")
		w.Nest(func() {
			for _, t := range p.Turns {
				t.Plan.Explain(w)
			}
		})
		return
	}
	where := fmt.Sprintf("each of %d shards of %s", len(p.Shards), p.Database.Name)
	if len(p.Shards) == 1 {
		where = "shard " + p.Shards[0].Name
	}
	w.Line("everywhere %s%s: the statement on %s", p.Relay.Class, p.Relay.traits(), where)
	w.Nest(func() {
		for _, o := range p.Objects {
			w.Line("%s %s", o.Kind, o.Name)
		}
		switch {
		case p.Calls:
			w.Line("in one transaction")
		case p.New != nil:
			w.Line("only if it is there already")
		case p.Answers:
			w.Line("answers of all shards are put together")
		case p.Converges:
			w.Line("shards may differ before")
		default:
			w.Line("checked first: all shards have the same definition")
		}
	})
}
