package router

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// edit fills the changes of the text: names of databases become names of schemas,
// names of tables in other databases than the first get one, functions of the session
// get its answers, directives to Sluice go.
func (a *analysis) edit(p *plan.Relay) error {
	if err := a.lockOwned(); err != nil {
		return err
	}
	edits := a.calls(p)
	names, err := a.qualify(p.Route.Databases)
	if err != nil {
		return err
	}
	systems := a.systemEdits()
	names = append(names, systems...)
	edits = append(edits, names...)
	if p.Class == plan.Read {
		edits = append(edits, a.retitle(names, edits)...)
	}
	edits = append(edits, a.directives()...)
	edits = append(edits, a.leftOut...)
	slices.SortStableFunc(edits, func(x, y plan.Edit) int { return x.First - y.First })
	p.Edits = edits
	return a.verify(p, len(names) > 0)
}

// retitle returns aliases for items of the SELECT list whose text the edits of names
// change, and that are called by their text.
func (a *analysis) retitle(names, have []plan.Edit) []plan.Edit {
	var out []plan.Edit
	for _, e := range a.aliases(names) {
		if !a.isColumn(e.Item) && !slices.Contains(have, e) {
			out = append(out, e)
		}
	}
	return out
}

// isColumn reports whether an item of a SELECT list is the name of a column, perhaps in
// parentheses, or a star.
func (a *analysis) isColumn(item [2]int) bool {
	for item[0] < item[1] && a.isOp(item[0], "(") && a.isOp(item[1], ")") {
		item[0], item[1] = item[0]+1, item[1]-1
	}
	for i := item[0]; i <= item[1]; i++ {
		dot := (i-item[0])%2 == 1
		switch a.stmt.Tokens[i].Kind {
		case parser.Ident, parser.QuotedIdent:
			if dot {
				return false
			}
		default:
			if !(dot && a.isOp(i, ".")) && !a.isOp(i, "*") {
				return false
			}
		}
	}
	return true
}

// directives removes Sluice's own hints from optimizer hints: a server would warn.
func (a *analysis) directives() []plan.Edit {
	gone := a.stmt.HintSplices()
	var edits []plan.Edit
	for i, t := range a.stmt.Tokens {
		var inside []parser.Splice
		for _, s := range gone {
			if s.Start >= t.Start && s.End <= t.End {
				inside = append(inside, parser.Splice{Start: s.Start - t.Start, End: s.End - t.Start})
			}
		}
		if inside == nil {
			continue
		}
		text := string(parser.Apply(t.Text(a.stmt.SQL), inside))
		if strings.Trim(text, "/*+ \t\r\n") == "" {
			text = ""
		}
		edits = append(edits, plan.Edit{First: i, Last: i, Text: text})
	}
	return edits
}

// place is a table as the text may name it.
type place struct{ schema, table string }

// named maps what stands in the text to the database it means.
func (a *analysis) places() map[place]*rules.Database {
	m := map[place]*rules.Database{}
	for _, l := range a.leaves {
		switch {
		case l.virtual:
		case l.temporary:
			m[place{table: l.name.Name.O}] = l.database
		default:
			m[place{l.name.Schema.O, l.name.Name.O}] = l.database
			m[place{schema: l.from}] = l.database
			if l.name.Name.O != "" { // columns may name the database of a table that does not
				m[place{l.database.Name, l.name.Name.O}] = l.database
				m[place{a.r.rules.Logical, l.name.Name.O}] = l.database
			}
		}
	}
	delete(m, place{})
	return m
}

// qualify returns the edits of names.
func (a *analysis) qualify(dbs []*rules.Database) ([]plan.Edit, error) {
	if !a.needsNames(dbs) {
		return nil, nil
	}
	at := a.places()
	var edits []plan.Edit
	ctes := a.stmt.CTEs()
	for _, n := range a.stmt.Names() {
		schema, table := a.stmt.DatabaseOf(n), a.stmt.TableOf(n)
		db := at[place{schema, table}]
		if l := a.byAlias(n); l != nil {
			db = l.database
		}
		switch {
		case db == nil, a.stmt.CTEOf(ctes, n) != nil:
		case n.Database >= 0:
			edits = append(edits, plan.Edit{First: n.Database, Last: n.Database, Database: db})
		case n.Role == parser.ColumnQualifier || n.Role == parser.RoutineName || db == dbs[0]:
		case n.Role == parser.TargetName && a.isAlias(table):
		default:
			edits = append(edits, plan.Edit{First: n.Table, Last: n.Table - 1, Database: db, Text: "."})
		}
	}
	return edits, nil
}

// byAlias returns the table whose alias a column is qualified with, and its database before
// it: db.alias.column. It is nil where the name is that of a table.
func (a *analysis) byAlias(n parser.Name) *leaf {
	if n.Role != parser.ColumnQualifier || n.Database < 0 {
		return nil
	}
	schema, alias := a.stmt.DatabaseOf(n), a.stmt.TableOf(n)
	for _, l := range a.leaves {
		from := l.name.Schema.O
		if from == "" {
			from = a.env.Database
		}
		if !l.virtual && l.database != nil && l.alias == alias && l.name.Name.O != alias && from == schema {
			return l
		}
	}
	return nil
}

// needsNames reports whether the text as it is would not find its tables.
func (a *analysis) needsNames(dbs []*rules.Database) bool {
	if len(dbs) > 1 {
		return true
	}
	for _, l := range a.leaves {
		if !l.virtual && l.name.Schema.O != "" {
			return true
		}
	}
	return len(a.leaves) > 0 && slices.ContainsFunc(a.stmt.Names(), func(n parser.Name) bool {
		return (n.Role == parser.ColumnQualifier || n.Role == parser.TargetName) && n.Database >= 0
	})
}

// isAlias reports whether a table of the statement has another name as its alias.
func (a *analysis) isAlias(name string) bool {
	return slices.ContainsFunc(a.leaves, func(l *leaf) bool { return !l.virtual && l.alias == name && l.name.Name.O != name })
}

// withoutPrograms takes the tables out of those of an edited text by which programs are told
// once.
func (a *analysis) withoutPrograms(want, got []parser.TableRef) []parser.TableRef {
	var out []parser.TableRef
	for _, w := range want {
		if len(got) == 0 {
			break
		}
		out, got = append(out, got[0]), got[1:]
		if l := a.systemNamed(w.Schema, w.Table); l != nil && l.mapped() && a.tellsOnce(strings.ToUpper(w.Table)) && len(got) > 0 {
			got = got[1:]
		}
	}
	return append(out, got...)
}

// kept leaves the names out that the server is not sent.
func (a *analysis) kept(names []parser.TableRef) []parser.TableRef {
	at, kept := a.places(), names[:0]
	for _, n := range names {
		if at[place{n.Schema, n.Table}] != nil {
			kept = append(kept, n)
		}
	}
	return kept
}

// verify reads the edited text again and compares the tables it names with those that
// were meant.
func (a *analysis) verify(p *plan.Relay, named bool) error {
	if !named || a.main.Tree == nil {
		return nil
	}
	shardOf := func(db *rules.Database) *rules.Shard { return db.Shards[0] }
	text := p.Rewrite(a.stmt.SQL, textArgs{a.stmt}, shardOf)
	again, err := parser.Parse(text, a.stmt.Dialect)
	if err == nil && again.Tree == nil {
		again, _ = relax(again)
	}
	if err != nil || again == nil {
		return unsupportedf("the names of tables in the statement could not be rewritten")
	}
	want, got := parser.TableNames(a.main.Tree), parser.TableNames(again.Tree)
	if len(a.notes.Absent) > 0 {
		want = a.kept(want)
	}
	if got = a.withoutPrograms(want, got); len(want) != len(got) {
		return unsupportedf("the names of tables in the statement could not be rewritten")
	}
	at, ctes := a.places(), a.stmt.CTEs()
	for i, w := range want {
		db := at[place{w.Schema, w.Table}]
		if a.gathers && strings.HasPrefix(got[i].Table, infoTemp) {
			continue
		}
		if l := a.systemNamed(w.Schema, w.Table); l != nil {
			if !strings.EqualFold(got[i].Schema, l.system) || !strings.EqualFold(got[i].Table, w.Table) {
				return unsupportedf("the name of table %s in the statement could not be rewritten", w.Table)
			}
			continue
		}
		switch {
		case db == nil || w.Schema == "" && db == p.Route.Databases[0] || w.Schema == "" && got[i].Schema == "" && a.isAlias(w.Table):
		default:
			w.Schema = db.Shards[0].Schema
		}
		if got[i] != w && (got[i].Schema != "" || !isCTE(ctes, got[i].Table)) {
			return unsupportedf("the name of table %s in the statement could not be rewritten", w.Table)
		}
	}
	return nil
}
