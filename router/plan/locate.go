package plan

import (
	"strings"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Probe is how a row's shard can be found by asking for it: equality on the
// columns of a primary or unique key.
type Probe struct {
	Table   *rules.Table
	Columns []string
	Values  [][]Source // for each column, the values it may have
	// Exclusive: the columns are a whole unique key, so a row found on one shard
	// cannot have an equal on another.
	Exclusive bool
	// Foreign names the foreign key that led from the statement's table to this
	// one; empty when the statement names the table itself.
	Foreign string
	// Also are further tables one of which may have the row; their primary keys have one
	// column, as Table's has.
	Also []*rules.Table
	// Caller is the procedure that runs where the row is, and nowhere if there is none; nil
	// for other statements, which find no row on any shard.
	Caller *rules.Procedure
}

// Locate asks the caller to find out where rows are before the statement can run.
//
// The caller asks the candidates with the text Probe returns, on the session's own
// transaction where that has a branch on the shard, and calls Relay.BindTo with
// the shard that answered. A guess (from the Locator) may be asked first: when it
// answers with Proof rows no other shard needs to be asked. Otherwise all
// candidates are asked: rows on one of them decide, rows on none mean that any
// candidate will do (Relay.BindNone), rows on several mean that the statement spans
// shards: the caller returns Spread.
type Locate struct {
	Table      *rules.Table
	Columns    []string
	Values     [][]value.Value // for each column
	Candidates []*rules.Shard
	Guess      *rules.Shard // where the rows probably are; nil when the statement gives no clue
	Proof      int          // rows that prove a guess; 0 when every candidate must be asked
	charset    string
	foreign    string
	also       []*rules.Table
	caller     *rules.Procedure
}

func (b *binding) locateWith(i int, candidates []*rules.Shard) *Locate {
	p := &b.route.Probes[i]
	l := &Locate{Table: p.Table, Columns: p.Columns, Candidates: candidates, charset: b.route.Charset, foreign: p.Foreign, also: p.Also, caller: p.Caller}
	n := 1
	for k, sources := range p.Values {
		var vs []value.Value
		for j := range sources {
			v := sources[j].Value(b.args)
			// A CALL's argument is compared in a question of Sluice's own: no statement of the
			// client would warn of it.
			if v.Kind == value.Other || (p.Caller == nil && readAsNumbers(p.Table, p.Columns[k], v)) {
				return nil
			}
			vs = append(vs, v)
		}
		n *= len(vs)
		l.Values = append(l.Values, vs)
	}
	if p.Exclusive && len(p.Also) == 0 && l.exact() {
		l.Proof = n
	}
	l.Guess = b.guess(p.Table)
	return l
}

// readAsNumbers reports whether a server reads the texts of a column as numbers, one after
// another, to compare them with the value: those of other shards, too, can give warnings
// and fail a write.
func readAsNumbers(t *rules.Table, column string, v value.Value) bool {
	switch v.Kind {
	case value.Int, value.Uint, value.Decimal, value.Float:
		c, ok := t.Column(column)
		return ok && c.Type != "" && textual(c.Type)
	}
	return false
}

// exact reports whether equality with the values is equality of keys: a text column
// compared with a number equals many texts.
func (l *Locate) exact() bool {
	for i, name := range l.Columns {
		c, ok := l.Table.Column(name)
		if !ok {
			return false
		}
		want := value.Int
		if textual(c.Type) {
			want = value.String
		}
		for _, v := range l.Values[i] {
			if v.Collation != "" || v.Kind != want && !(v.Kind == value.Uint && want == value.Int) {
				return false
			}
		}
	}
	return true
}

// guess returns the shard of a key that the statement assigns: an application that
// writes all columns of a row writes the row's own key.
func (b *binding) guess(t *rules.Table) *rules.Shard {
	for i := range b.route.Checks {
		c := &b.route.Checks[i]
		if c.Table != t || c.Computed {
			continue
		}
		if loc, found := b.locate(&c.Source, t); found == located {
			return loc.Shard
		}
	}
	return nil
}

// Probe returns the text that asks one shard: its rows are counted, not read.
func (l *Locate) Probe(s *rules.Shard) []byte {
	if len(l.also) == 0 {
		return l.probe(nil, s, l.Table, l.Columns)
	}
	out := append(l.probe([]byte("("), s, l.Table, l.Columns), ')')
	for _, t := range l.also {
		out = append(out, " UNION ALL ("...)
		out = append(l.probe(out, s, t, []string{t.ID()}), ')')
	}
	return out
}

// probe appends the question for the rows of one table.
func (l *Locate) probe(out []byte, s *rules.Shard, t *rules.Table, columns []string) []byte {
	out = append(out, "SELECT 1 FROM "...)
	out = appendName(out, s.Schema)
	out = append(out, '.')
	out = appendName(out, t.Name)
	for i, c := range columns {
		if i == 0 {
			out = append(out, " WHERE "...)
		} else {
			out = append(out, " AND "...)
		}
		out = appendName(out, c)
		out = append(out, " IN ("...)
		for j, v := range l.Values[i] {
			if j > 0 {
				out = append(out, ", "...)
			}
			out = appendValue(out, v, l.charset)
		}
		out = append(out, ')')
	}
	if l.Proof > 1 {
		return append(out, (" LIMIT " + itoa(l.Proof))...)
	}
	return append(out, " LIMIT 1"...)
}

// Single returns the value of a probe for one row by one column, which is what a
// Locator remembers.
func (l *Locate) Single() (value.Value, bool) {
	if len(l.Columns) != 1 || len(l.Values[0]) != 1 || l.Proof != 1 {
		return value.Value{}, false
	}
	return l.Values[0][0], true
}

// Spread is the refusal of a statement whose rows were found on several shards.
func (l *Locate) Spread(found []*rules.Shard) *Refusal {
	names := make([]string, len(found))
	for i, s := range found {
		names[i] = s.Name
	}
	return wide(Unsupported("the rows of "+l.Table.Name+" that the statement names are on several shards: "+strings.Join(names, ", "),
		l.Table.Pos, "name rows of one "+l.Table.Key+" in one statement"))
}

// Must reports whether a row has to be found.
func (l *Locate) Must() bool { return l.caller != nil }

// Absent is the refusal of a procedure that is called with the id of a row which is on no
// shard: whatever else has that id could be on any.
func (l *Locate) Absent() *Refusal {
	return l.uncalled("no shard has that row", "look for the row first")
}

// uncalled refuses to call a procedure whose row is not found.
func (l *Locate) uncalled(why, remedy string) *Refusal {
	tables := l.Table.Name
	for _, t := range l.also {
		tables += ", " + t.Name
	}
	return Unsupported("procedure "+l.caller.Name+" runs on the shard of the row of "+tables+" whose id it is given, and "+why, l.caller.Pos, remedy)
}

// appendValue writes a constant that means the same under every sql_mode.
func appendValue(out []byte, v value.Value, charset string) []byte {
	switch v.Kind {
	case value.String:
		if v.Charset != "" {
			charset = v.Charset
		}
		if plain(v.S) && v.Charset == "" {
			out = append(out, '\'')
			out = append(out, v.S...)
			out = append(out, '\'')
		} else {
			if charset == "" {
				charset = "utf8mb4"
			}
			out = append(out, '_')
			out = append(out, charset...)
			out = append(out, " x'"...)
			out = append(out, hexText(v.S)...)
			out = append(out, '\'')
		}
		if v.Collation != "" {
			out = append(out, " COLLATE "...)
			out = append(out, v.Collation...)
		}
		return out
	case value.Binary:
		out = append(out, "x'"...)
		out = append(out, hexText(v.S)...)
		return append(out, '\'')
	default:
		return append(out, Show(v)...)
	}
}

// plain reports whether a string can stand between quotes in every character set
// and under every sql_mode.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '\'' || c == '\\' {
			return false
		}
	}
	return true
}
