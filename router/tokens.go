package router

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// untreed plans a statement of which only the tokens are known: it may run where
// everything that its words could name lives on one shard.
func (a *analysis) untreed() (plan.Node, error) {
	if number := a.tooLarge(); number != "" {
		return nil, &plan.Refusal{Number: 1367, State: "22007", Message: fmt.Sprintf("Illegal double '%.192s' value found during parsing", number)}
	}
	class, err := a.classOf()
	if err != nil {
		return nil, err
	}
	if class == plan.Call {
		return a.callByTokens()
	}
	if a.partitionsLookedAfter() {
		class = plan.Other
	}
	if names := a.stmt.Names(); a.stmt.Verb == parser.Describe && len(names) == 1 {
		return a.describe(names[0])
	}
	if node, done, err := a.showProgram(); done {
		return node, err
	}
	if node, done, err := a.untreedEverywhere(class); done {
		return node, err
	}
	temporary := a.isTemporary()
	if temporary {
		if class = plan.Write; a.qualified() {
			return nil, plan.Unsupported("a temporary table with a database's name before it", conf.Pos{}, "leave the database out")
		}
	}
	a.leaves = a.qualifiedProgram()
	for i, t := range a.stmt.Tokens {
		if t.Kind == parser.Ident || t.Kind == parser.QuotedIdent {
			a.word(i, parser.Unquote(a.stmt.SQL, t, a.stmt.Dialect), class)
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	if err := a.unlisted(class); err != nil {
		return nil, err
	}
	p, err := a.relay(class)
	if err != nil {
		return nil, err
	}
	switch {
	case temporary:
		p.Pins |= plan.PinTempTable
	case a.stmt.Verb == parser.Handler:
		p.Pins |= plan.PinHandler
	case a.stmt.Verb == parser.Lock:
		p.Pins |= plan.PinTableLocks
	}
	return p, nil
}

// partitionsLookedAfter reports whether the statement is one of ALTER TABLE that answers with
// rows (see answers).
func (a *analysis) partitionsLookedAfter() bool {
	if !a.stmt.Is(0, "alter") || !a.stmt.Is(1, "table") {
		return false
	}
	i := 3
	if a.isOp(i, ".") {
		i += 2
	}
	looksAfter := a.stmt.Is(i, "analyze") || a.stmt.Is(i, "check") || a.stmt.Is(i, "optimize") || a.stmt.Is(i, "repair")
	return looksAfter && a.stmt.Is(i+1, "partition")
}

// isTemporary reports whether the statement is CREATE TEMPORARY TABLE.
func (a *analysis) isTemporary() bool {
	return a.stmt.Is(0, "create") && a.stmt.Is(1, "temporary") && a.stmt.Is(2, "table")
}

// qualified reports whether the name of the table of CREATE TEMPORARY TABLE has a
// database before it.
func (a *analysis) qualified() bool {
	i := 3
	if a.stmt.Is(i, "if") && a.stmt.Is(i+1, "not") && a.stmt.Is(i+2, "exists") {
		i += 3
	}
	return a.isOp(i+1, ".")
}

// describe plans DESCRIBE t 'pattern', which the tree does not know.
func (a *analysis) describe(n parser.Name) (plan.Node, error) {
	name := &ast.TableName{Schema: ast.NewCIStr(a.stmt.DatabaseOf(n)), Name: ast.NewCIStr(a.stmt.TableOf(n))}
	l, err := a.leaf(name, name.Name.O)
	if err != nil {
		return nil, err
	}
	l.metadata = true
	return a.onAny(0)
}

// classOf tells what a statement does by its first word.
func (a *analysis) classOf() (plan.Class, error) {
	switch a.stmt.Main() {
	case parser.Select, parser.With, parser.Values, parser.Table, parser.Do, parser.Show, parser.Describe, parser.Explain, parser.Help, parser.Get, parser.Signal, parser.Resignal:
		return plan.Read, nil
	case parser.Insert, parser.Replace, parser.Update, parser.Delete, parser.Load:
		return plan.Write, nil
	case parser.Call:
		return plan.Call, nil
	case parser.Lock, parser.Unlock, parser.Handler:
		return plan.Lock, nil
	case parser.Alter:
		if a.looksAfterPartitions() {
			return plan.Other, nil
		}
		return plan.DDL, nil
	case parser.Create, parser.Drop, parser.Truncate, parser.Rename:
		return plan.DDL, nil
	case parser.Analyze, parser.Optimize, parser.Check, parser.Checksum, parser.Repair:
		return plan.Other, nil
	case parser.Other, parser.None:
		return plan.Read, nil // the server says 1064 itself
	}
	return 0, unsupportedf("%s is not a statement that Sluice passes on", strings.ToUpper(firstWord(a.stmt)))
}

// looksAfterPartitions reports whether an ALTER TABLE answers with rows.
func (a *analysis) looksAfterPartitions() bool {
	for i := 3; i < min(len(a.stmt.Tokens), 8); i++ {
		if a.stmt.Is(i, "partition") && (a.stmt.Is(i-1, "check") || a.stmt.Is(i-1, "optimize") || a.stmt.Is(i-1, "repair")) {
			return true
		}
	}
	return false
}

func firstWord(s *parser.Statement) string {
	for _, t := range s.Tokens {
		if t.Kind == parser.Ident {
			return string(t.Text(s.SQL))
		}
	}
	return "this"
}

// word adds what a word of the text may name.
func (a *analysis) word(i int, name string, class plan.Class) {
	l := &leaf{name: &ast.TableName{Name: ast.NewCIStr(name)}, alias: name}
	if a.isOp(i-1, ".") && i > 1 && a.r.knows(parser.Unquote(a.stmt.SQL, a.stmt.Tokens[i-2], a.stmt.Dialect)) {
		l.name.Schema = ast.NewCIStr(parser.Unquote(a.stmt.SQL, a.stmt.Tokens[i-2], a.stmt.Dialect))
	}
	found, err := a.lookup(l.name.Schema.O, name)
	if err != nil || found.table == nil && found.view == nil && !found.temporary {
		return
	}
	l.table, l.view, l.database, l.temporary = found.table, found.view, found.database, found.temporary
	l.write = class != plan.Read
	for _, o := range a.leaves {
		if o.name.Name.O == name && o.name.Schema.O == l.name.Schema.O {
			return
		}
	}
	if err := a.decided(l); err != nil && a.err == nil {
		a.err = err
	}
	a.leaves = append(a.leaves, l)
}

// tooLarge is the first number of the text that is too large for a DOUBLE, which MySQL
// refuses when it reads it; empty if there is none.
func (a *analysis) tooLarge() string {
	if a.stmt.TreeErr == nil || !strings.Contains(a.stmt.TreeErr.Error(), "[types:1367]") { // something else is wrong before it
		return ""
	}
	for _, t := range a.stmt.Literals {
		if t.Kind != parser.Float {
			continue
		}
		text := string(t.Text(a.stmt.SQL))
		if f, err := strconv.ParseFloat(text, 64); err != nil && math.IsInf(f, 0) {
			return text
		}
	}
	return ""
}

// decided refuses a leaf whose shard the tokens cannot tell.
func (a *analysis) decided(l *leaf) error {
	switch {
	case l.temporary || len(l.database.Shards) == 1 || l.table != nil && l.table.Kind == rules.Single:
		return nil
	case l.table != nil && l.table.Kind == rules.Reference && !l.write:
		return nil
	}
	pos := l.database.Pos
	if l.table != nil {
		pos = l.table.Pos
	}
	why := "it names " + l.title() + " on several shards"
	if a.stmt.TreeErr != nil {
		why = a.stmt.TreeErr.Error() + ", and " + why
	}
	r := plan.Unsupported("the statement could not be analysed: "+why, pos, "write it differently")
	if a.writesFile() {
		r = plan.Unsupported("INTO OUTFILE writes a file on one server only", pos, "fetch the rows and write the file at the client")
	}
	r.On = l.database.Shards[0]
	return r
}

// writesFile reports whether the tokens have INTO OUTFILE or INTO DUMPFILE.
func (a *analysis) writesFile() bool {
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, "into") && (a.stmt.Is(i+1, "outfile") || a.stmt.Is(i+1, "dumpfile")) {
			return true
		}
	}
	return false
}

// unlisted adds a leaf for tables that the rules do not list: in a database of one
// shard there may be some.
func (a *analysis) unlisted(class plan.Class) error {
	if len(a.leaves) > 0 {
		return nil
	}
	db, ok := a.r.database(a.current)
	switch {
	case ok && len(db.Shards) == 1:
		a.leaves = append(a.leaves, &leaf{database: db, name: &ast.TableName{}, alias: db.Name, routine: true})
	case class == plan.Read || class == plan.Write || class == plan.Lock:
		return nil // no table of ours: the server answers, most often that there is no such table
	default:
		return plan.Unsupported("the statement could not be analysed, and would have to run on every shard", conf.Pos{}, "run it on each server")
	}
	return nil
}
