package plan

import "github.com/sluicedb/sluice/rules"

// Occurrence is one occurrence of a table or view in the text of a statement.
type Occurrence struct {
	Database *rules.Database
	Table    string
	Alias    string // the name it has in the statement
	Write    bool
}

// TableLocks is LOCK TABLES for reading, of tables that may be on several shards. It is
// immutable and safe for concurrent use.
type TableLocks struct {
	Relay  *Relay
	Tables []LockedTable
}

// LockedTable is a table or a view that is locked for reading on all shards that have it.
type LockedTable struct {
	Occurrence
	Local  bool // READ LOCAL
	View   bool // what it reads is locked, too
	Shards []*rules.Shard
}

// Explain writes the tables and where they are.
func (p *TableLocks) Explain(w *Printer) {
	w.Line("lock tables on connections of their own, until UNLOCK TABLES")
	w.Nest(func() {
		for _, t := range p.Tables {
			kind := "read"
			if t.Local {
				kind = "read local"
			}
			w.Line("%s %s: %s", t.Table, kind, shardNames(t.Shards))
		}
	})
}

func shardNames(list []*rules.Shard) string {
	names := ""
	for i, s := range list {
		if i > 0 {
			names += ", "
		}
		names += s.Name
	}
	return names
}

// NotUnique is MySQL's own answer for a table that is named twice where it can be once.
func NotUnique(alias string) *Refusal {
	return &Refusal{Number: 1066, State: "42000", Message: "Not unique table/alias: '" + alias + "'"}
}
