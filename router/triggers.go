package router

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Astray warns of triggers that CREATE TRIGGER would be refused for: they may need rows of
// other shards, or make other rows of each copy of a table.
func (r *Router) Astray(triggers map[string]*rules.TriggerDef) conf.Problems {
	var out conf.Problems
	for _, t := range triggers {
		stmt, err := parser.Parse([]byte(t.Text), dialect())
		if err != nil {
			continue // the server it is for says so
		}
		_, err = r.Plan(stmt, Env{Database: cmp.Or(t.Database, r.rules.Logical), Dialect: dialect()})
		if refused, ok := errors.AsType[*plan.Refusal](err); ok && refused.Number == 1235 {
			out = append(out, conf.Problem{Pos: t.Pos, Path: cmp.Or(t.Database, r.rules.Logical) + "." + t.Name, Severity: conf.Warning, Text: refused.Message, Remedy: refused.Remedy})
		}
	}
	out.Sort()
	return out
}

// ofNoSession refuses a trigger, whose name ends before token next, that asks for what belongs
// to the client's session: the server that runs it has a session of its own, with other
// variables and by another account.
func (a *analysis) ofNoSession(name string, next int) error {
	on := a.find("on", next)
	if on < 0 || !a.stmt.Is(0, "create") {
		return nil
	}
	for i := on + 1; i < len(a.stmt.Tokens); i++ {
		if isOp(a.stmt, i+1, ".") && (a.stmt.Is(i, "old") && a.stmt.Is(on-1, "insert") || a.stmt.Is(i, "new") && a.stmt.Is(on-1, "delete")) {
			return nil // MySQL says 1363
		}
	}
	what := ofSession(a.stmt, on+1)
	if what == "" {
		return nil
	}
	return plan.Unsupported("trigger "+name+" asks for "+what+", which the client's session has, and not the server's that runs the trigger", conf.Pos{}, "DECLARE a variable of the trigger's own, or give the value as a column")
}

// ofSession is what a statement asks for, behind a token, that belongs to the client's session;
// empty if nothing.
func ofSession(stmt *parser.Statement, from int) string {
	for i := from; i < len(stmt.Tokens); i++ {
		t := stmt.Tokens[i]
		f, _ := SessionCall(stmt, i)
		switch {
		case t.Kind == parser.UserVar:
			return "user variable " + string(t.Text(stmt.SQL))
		case t.Kind == parser.Ident && (f == plan.CurrentDB || f == plan.User || f == plan.CurrentUser || f == plan.ConnectionID),
			stmt.Is(i, "last_insert_id") && isOp(stmt, i+1, "(") && isOp(stmt, i+2, ")"):
			return strings.ToUpper(string(t.Text(stmt.SQL))) + "()"
		}
	}
	return ""
}

// staysOnShard refuses a trigger of a database, whose name ends before token next, if it may
// need other rows than the server has that runs it: for a sharded table, rows of other shards
// than that of the row which fires it; for one that is copied, rows that not all shards have.
func (a *analysis) staysOnShard(database, name string, next int) error {
	on := a.find("on", next)
	if on < 0 {
		return nil // unreadable: the server says so
	}
	schema, of, at := a.routineName(on + 1)
	schema = cmp.Or(schema, database, a.env.Database)
	found, err := a.lookup(schema, of)
	if err != nil || found.table == nil || found.table.Kind == rules.Single || found.database != a.wide {
		return nil //nolint:nilerr // the server says what is wrong with it
	}
	if err := a.uniqueProgram(); err != nil {
		return err // more than one shard is concerned there
	}
	f := firing{a: a, stmt: a.stmt, what: "trigger " + name + " of " + of, table: found.table, row: "NEW", current: schema, read: map[string]bool{}, locals: map[string]bool{}}
	if before := a.find("on", next) - 1; a.stmt.Is(before, "delete") {
		f.row = "OLD"
	}
	if at = a.find("row", at) + 1; at == 0 {
		return nil
	}
	if a.stmt.Is(at, "follows") || a.stmt.Is(at, "precedes") {
		_, _, at = a.routineName(at + 1)
	}
	return f.body(at)
}

// firing is the reading of what a trigger, or a procedure that one calls, does for a row of a
// sharded table.
type firing struct {
	a       *analysis
	stmt    *parser.Statement // whose tokens are read
	what    string            // for messages
	table   *rules.Table      // whose row it is
	row     string            // NEW, or OLD where there is no other
	current string            // database of names without one
	called  []string          // procedures, of which this is the last
	read    map[string]bool   // procedures that have been read: they have no row, and do the same for all who call them
	locals  map[string]bool   // lower-case names of variables and parameters
}

// body reads the statements from a token on.
func (f *firing) body(from int) error {
	for i := from; i < len(f.stmt.Tokens); i++ {
		if !f.stmt.Is(i, "declare") || f.stmt.Is(i+2, "handler") || f.stmt.Is(i+2, "cursor") || f.stmt.Is(i+2, "condition") {
			continue
		}
		f.locals[strings.ToLower(f.name(i+1))] = true
		for i++; isOp(f.stmt, i+1, ","); i += 2 {
			f.locals[strings.ToLower(f.name(i+2))] = true
		}
	}
	for i := from; i < len(f.stmt.Tokens); {
		next, err := f.statement(i)
		if err != nil {
			return err
		}
		i = max(next, i+1)
	}
	return nil
}

// name is the identifier that a token is; empty if it is none.
func (f *firing) name(i int) string {
	if i < 0 || i >= len(f.stmt.Tokens) {
		return ""
	}
	if t := f.stmt.Tokens[i]; t.Kind == parser.Ident || t.Kind == parser.QuotedIdent {
		return parser.Unquote(f.stmt.SQL, t, f.stmt.Dialect)
	}
	return ""
}

// statement reads the statement that begins at a token, or the head of one that contains
// others, and returns the token behind it.
func (f *firing) statement(i int) (next int, err error) {
	t := f.stmt.Tokens[i]
	if t.Kind == parser.Semicolon {
		return i + 1, nil
	}
	if isOp(f.stmt, i+1, ":") {
		return i + 2, nil // a label
	}
	word := ""
	if t.Kind == parser.Ident {
		word = strings.ToLower(string(t.Text(f.stmt.SQL)))
	}
	switch word {
	case "begin", "loop", "repeat", "else":
		return i + 1, nil
	case "if", "elseif", "when":
		return f.condition(i+1, "then")
	case "while":
		return f.condition(i+1, "do")
	case "case":
		next = f.until(i+1, "when")
		return next, f.expressions(i+1, next)
	case "until":
		next = f.until(i+1, "end")
		return next, f.expressions(i+1, next)
	case "declare":
		return f.declaration(i + 1)
	}
	next = f.until(i)
	switch word {
	case "end":
		if slices.ContainsFunc(f.stmt.Tokens[i:next], func(t parser.Token) bool { return t.Kind == parser.Op && string(t.Text(f.stmt.SQL)) == "(" }) {
			return next, f.refused(i, next, "has a variable called END, behind which nobody can tell what is read", "give it another name")
		}
		return next, nil
	case "leave", "iterate", "open", "fetch", "close", "signal", "resignal", "get":
		return next, nil
	case "set":
		return next, f.assignments(i+1, next)
	case "call":
		return next, f.call(i, next)
	case "create", "drop":
		if !f.stmt.Is(i+1, "temporary") {
			return next, nil
		}
	case "commit", "rollback", "start", "savepoint", "release", "lock", "unlock", "alter", "rename", "truncate", "prepare", "execute", "deallocate",
		"load", "show", "explain", "describe", "desc", "use", "grant", "revoke", "analyze", "check", "checksum", "optimize", "repair", "flush", "return":
		return next, nil // MySQL has none of them in a trigger
	case "select", "with", "table", "values", "insert", "replace", "update", "delete", "do":
		return next, f.query(i, next)
	}
	if t.Kind == parser.Op {
		return next, f.query(i, next) // ( SELECT ..
	}
	return next, f.refused(i, next, "has a statement that may need more than the shard of its row", "")
}

// condition reads the expression before a word, and returns the token behind that.
func (f *firing) condition(from int, word string) (next int, err error) {
	next = f.until(from, word)
	return next + 1, f.expressions(from, next)
}

// until returns the first token from i on that ends a statement, or is one of some words
// outside of parentheses and of CASE .. END.
func (f *firing) until(i int, words ...string) int {
	depth, cases := 0, 0
	for ; i < len(f.stmt.Tokens); i++ {
		switch {
		case f.stmt.Tokens[i].Kind == parser.Semicolon:
			return i
		case isOp(f.stmt, i, "("):
			depth++
		case isOp(f.stmt, i, ")"):
			depth--
		case depth > 0 || isOp(f.stmt, i-1, "."):
		case cases == 0 && slices.ContainsFunc(words, func(w string) bool { return f.stmt.Is(i, w) }):
			return i
		case f.stmt.Is(i, "case"):
			cases++
		case f.stmt.Is(i, "end") && cases > 0:
			cases--
		}
	}
	return i
}

// declaration reads what stands behind DECLARE.
func (f *firing) declaration(i int) (next int, err error) {
	next = f.until(i)
	switch {
	case f.stmt.Is(i+1, "handler"):
		for i += 3; ; i++ { // CONTINUE HANDLER FOR
			switch {
			case f.stmt.Is(i, "not"):
				i++
			case f.stmt.Is(i, "sqlstate") && f.stmt.Is(i+1, "value"):
				i += 2
			case f.stmt.Is(i, "sqlstate"):
				i++
			}
			if i++; !isOp(f.stmt, i, ",") {
				return i, nil
			}
		}
	case f.stmt.Is(i+1, "cursor"):
		return next, f.query(i+3, next)
	case f.stmt.Is(i+1, "condition"):
		return next, nil
	}
	if at := f.until(i, "default"); at < next {
		return next, f.expressions(at+1, next)
	}
	return next, nil
}

// assignments reads the list of a SET.
func (f *firing) assignments(from, to int) error {
	for i := from; i < to; i++ {
		end, depth := i, 0
		for ; end < to && (depth > 0 || !isOp(f.stmt, end, ",")); end++ {
			if isOp(f.stmt, end, "(") {
				depth++
			} else if isOp(f.stmt, end, ")") {
				depth--
			}
		}
		column, value := f.ofRow(i), i+1
		if column != "" {
			value = i + 3
		}
		switch {
		case column != "" && strings.EqualFold(column, f.table.Key):
			return f.refused(from-1, to, "would change sharding key "+f.table.Name+"."+f.table.Key+" of a row that is on its shard by then", "leave the key as it is")
		case f.stmt.Tokens[i].Kind != parser.UserVar && column == "" && !f.locals[strings.ToLower(f.name(i))],
			!isOp(f.stmt, value, "=") && !isOp(f.stmt, value, ":="):
			return f.refused(from-1, to, "would change settings of a session that is not the client's", "")
		}
		if err := f.expressions(value+1, end); err != nil {
			return err
		}
		i = end
	}
	return nil
}

// ofRow is the column of the row, NEW.c or OLD.c, that begins at a token; empty if none does.
func (f *firing) ofRow(i int) string {
	if row := f.name(i); len(f.called) > 0 || !strings.EqualFold(row, "new") && !strings.EqualFold(row, "old") || isOp(f.stmt, i-1, ".") || !isOp(f.stmt, i+1, ".") {
		return ""
	}
	return f.name(i + 2)
}

// call reads a procedure that is called, and the arguments.
func (f *firing) call(i, to int) error {
	at := i + 2
	name, schema := f.name(i+1), ""
	if isOp(f.stmt, at, ".") {
		schema, name, at = name, f.name(i+3), i+4
	}
	def, ok := f.a.r.schema.Procedure(f.a.wide.Name, name)
	if schema != "" && schema != f.a.wide.Name || !ok || slices.Contains(f.called, def.Name) {
		return f.refused(i, to, "calls procedure "+name+", and what that reads and changes is not known", "write what it does into the trigger")
	}
	if err := f.expressions(at, to); err != nil {
		return err
	}
	inner := *f
	inner.current = f.a.wide.Name
	inner.called, inner.locals = append(slices.Clone(f.called), def.Name), map[string]bool{}
	inner.what += " calls procedure " + def.Name + ", which"
	for n, p := range def.Parameters {
		inner.locals[strings.ToLower(p.Name)] = true
		if arg := f.argument(at, n); !strings.EqualFold(p.Mode, "IN") && strings.EqualFold(f.ofRow(arg), f.table.Key) {
			return f.refused(i, to, "would change sharding key "+f.table.Name+"."+f.table.Key+" of a row that is on its shard by then", "leave the key as it is")
		}
	}
	stmt, err := parser.Parse([]byte("CREATE PROCEDURE p() "+def.Body), f.stmt.Dialect)
	if err != nil {
		return f.refused(i, to, "calls procedure "+name+", which cannot be read", "")
	}
	inner.stmt = stmt
	if what := ofSession(stmt, 0); what != "" {
		return f.refused(i, to, "calls procedure "+name+", which asks for "+what+" of the client's session", "write what it does into the trigger, with the trigger's own variables")
	}
	if f.read[def.Name] {
		return nil
	}
	f.read[def.Name] = true
	return inner.body(5) // behind CREATE PROCEDURE p ( )
}

// argument is the first token of argument n of a list in parentheses.
func (f *firing) argument(i, n int) int {
	for depth := 0; n > 0 && i < len(f.stmt.Tokens); i++ {
		switch {
		case isOp(f.stmt, i, "("):
			depth++
		case isOp(f.stmt, i, ")"):
			depth--
		case depth == 1 && isOp(f.stmt, i, ","):
			n--
		}
	}
	if isOp(f.stmt, i, "(") {
		i++
	}
	return i
}

// expressions reads expressions between two tokens, which may contain queries.
func (f *firing) expressions(from, to int) error {
	if from >= to {
		return nil
	}
	return f.confined("SELECT ", from, to)
}

// query reads a statement between two tokens that reads or changes rows.
func (f *firing) query(from, to int) error {
	if from >= to {
		return nil // unfinished: the server says so
	}
	return f.confined("", from, to)
}

// text writes what is between two tokens as a statement outside of a stored program, in which
// the values of the row are parameters, and variables are names that no column has. It
// returns which parameters are the row's sharding key, and whether there are variables.
func (f *firing) text(from, to int) (text string, key []bool, variables bool) {
	tables := map[int]bool{}
	for _, n := range f.stmt.Names() {
		if n.Role == parser.TableName {
			tables[n.Table] = true
		}
	}
	var out strings.Builder
	at := f.stmt.Tokens[from].Start
	put := func(first, last int, s string) {
		out.Write(f.stmt.SQL[at:f.stmt.Tokens[first].Start])
		out.WriteString(s)
		at = f.stmt.Tokens[last].End
	}
	into := f.into(from, to)
	for i := from; i < to; i++ {
		switch column := f.ofRow(i); {
		case i == into[0]:
			put(i, into[1], "")
			i = into[1]
		case column != "":
			put(i, i+2, "?")
			key = append(key, strings.EqualFold(column, f.table.Key))
			i += 2
		case f.locals[strings.ToLower(f.name(i))] && !tables[i] && !isOp(f.stmt, i-1, ".") && !isOp(f.stmt, i+1, ".") && !isOp(f.stmt, i+1, "("):
			variables = true
			put(i, i, "`"+variable+strings.ReplaceAll(f.name(i), "`", "``")+"`")
		}
	}
	out.Write(f.stmt.SQL[at:f.stmt.Tokens[to-1].End])
	return out.String(), key, variables
}

// variable begins the name that stands for a variable of a stored program.
const variable = "sluice variable "

// into finds the tokens of the INTO of a query, which the statement from a token on may be,
// and of the last variable behind it; -1 if it has none.
func (f *firing) into(from, to int) [2]int {
	none := [2]int{-1, -1}
	if f.stmt.Is(from, "insert") || f.stmt.Is(from, "replace") {
		return none
	}
	depth := 0
	for i := from; i < to; i++ {
		switch {
		case isOp(f.stmt, i, "("):
			depth++
		case isOp(f.stmt, i, ")"):
			depth--
		case depth == 0 && f.stmt.Is(i, "into") && !f.stmt.Is(i+1, "outfile") && !f.stmt.Is(i+1, "dumpfile"):
			last := i + 1
			for isOp(f.stmt, last+1, ",") {
				last += 2
			}
			if last >= to {
				return none
			}
			return [2]int{i, last}
		}
	}
	return none
}

// confined refuses what is between two tokens of the program, a statement with lead before it,
// if it may need rows that are not on the shard of the row.
func (f *firing) confined(lead string, from, to int) error {
	text, key, variables := f.text(from, to)
	stmt, err := parser.Parse([]byte(lead+text), f.stmt.Dialect)
	if err != nil {
		return f.refused(from, to, "has a statement that cannot be read by itself", "write it without a comment that is code")
	}
	if main, into := stmt.Main(), findWord(f.stmt, "into", from); len(f.called) == 0 && !f.stmt.Is(from-1, "for") && f.startsQuery(from) && (into < 0 || into >= to) &&
		(main == parser.Select || main == parser.Table || main == parser.Values) {
		return nil // MySQL says 1415
	}
	env := Env{Database: f.current, Dialect: f.a.env.Dialect, Charset: f.a.env.Charset, Collation: f.a.env.Collation}
	in := &analysis{r: f.a.r, env: &env, stmt: stmt, subqueries: map[any]*query{}}
	node, err := in.statement()
	if r, ok := errors.AsType[*plan.Refusal](in.refused(err)); ok && r.Number != 1235 && !variables { // else what is unknown may be a name that was taken for a variable
		return nil // so MySQL says when it fires
	} else if ok {
		refused := f.refused(from, to, "has a statement that may need more than the shard of its row: "+r.Message, r.Remedy)
		if x, ok := errors.AsType[*plan.Refusal](refused); ok {
			x.Functions = r.Functions
		}
		return refused
	}
	p, ok := node.(*plan.Relay)
	if err != nil || !ok || len(in.infos) > 0 || len(in.systems) > 0 {
		return f.refused(from, to, "has a statement that may need more than the shard of its row", "")
	}
	if p.Unique != nil {
		return f.refused(from, to, "would change values of "+p.Unique.Table.Name+" that must be unique over all shards, and nobody would know", "change them by a statement of its own")
	}
	for i := range p.Route.Checks {
		if c := &p.Route.Checks[i]; c.Computed || !isKey(&c.Source, key) {
			return f.refused(from, to, "would change sharding key "+c.Table.Name+"."+c.Table.Key, "leave the key as it is")
		}
	}
	for _, l := range in.leaves {
		if err := f.leaf(in, l, key, from, to); err != nil {
			return err
		}
	}
	return nil
}

// startsQuery reports whether a statement begins at a token, and no expression.
func (f *firing) startsQuery(i int) bool {
	return f.stmt.Is(i, "select") || f.stmt.Is(i, "with") || f.stmt.Is(i, "table") || f.stmt.Is(i, "values")
}

// leaf refuses a table of a statement of which there may be rows elsewhere.
func (f *firing) leaf(in *analysis, l *leaf, key []bool, from, to int) error {
	name := l.name.Name.O
	switch {
	case l.extra.IsNone():
		return nil
	case l.routine:
		return f.refused(from, to, "calls "+l.alias+", which is not of the shard of its row", "")
	case l.database != f.a.wide && !(len(l.database.Shards) == 1 && f.beside(l.database)) && !(l.table != nil && l.table.Kind == rules.Reference && !l.write):
		return f.refused(from, to, "needs table "+name+" of database "+l.database.Name+", which is not on the shard of its row", "do it by a statement of its own")
	case l.view != nil || l.database != f.a.wide:
		return nil // what the view reads is among the leaves
	case l.table == nil:
		return nil // for the server to miss
	}
	switch l.table.Kind {
	case rules.Reference:
		if l.write {
			return f.refused(from, to, "would change one copy of reference table "+name+" and not the others", "change it by a statement of its own")
		}
		return nil
	case rules.Single:
		return f.refused(from, to, "needs table "+name+", which is on shard "+l.table.Home.Name+" and may not be on that of its row", "do it by a statement of its own")
	}
	if f.table.Kind == rules.Reference {
		return f.refused(from, to, "would read rows of "+name+" for each copy of "+f.table.Name+", of its own shard", "compute the value first")
	}
	for local := range f.locals {
		if f.a.r.keys[local] {
			return f.refused(from, to, "has a variable "+local+", which stands for the sharding key's column in it", "give the variable another name")
		}
	}
	if c, ok := f.table.Column(f.table.Key); l.table.NullHome != f.table.NullHome && (!ok || c.Nullable) {
		return f.refused(from, to, "needs rows of "+name+", which has rows without a key on another shard than "+f.table.Name, "")
	}
	if in.keySet(l).Within(func(s *plan.Source) bool { return isKey(s, key) }) {
		return nil
	}
	value := f.row + "." + f.table.Key
	remedy := "add AND " + l.table.Key + " = " + value + " to its conditions"
	switch {
	case len(f.called) > 0:
		remedy = "write what the procedure does into the trigger"
	case f.stmt.Is(from, "insert") && l == in.leaves[0], f.stmt.Is(from, "replace") && l == in.leaves[0]:
		remedy = "give " + l.table.Key + " the value " + value
	case l.virtual:
		remedy = "compare the column of the view that is " + l.table.Key + " with " + value
	case len(in.leaves) > 1:
		remedy = "add AND " + l.alias + "." + l.table.Key + " = " + value + " to its conditions"
	}
	return f.refused(from, to, "may need rows of "+name+" that are on other shards than the row of "+f.table.Name+" it is for", remedy)
}

// beside reports whether a database of one shard is on the group of every shard of the table.
func (f *firing) beside(db *rules.Database) bool {
	return !slices.ContainsFunc(f.a.wide.Shards, func(s *rules.Shard) bool { return s.Group != db.Shards[0].Group })
}

// isKey reports whether a value is the row's sharding key.
func isKey(s *plan.Source, key []bool) bool {
	return s.Kind == plan.FromParam && !s.Negate && s.Index < len(key) && key[s.Index]
}

// refused refuses the trigger for what is between two tokens.
func (f *firing) refused(from, to int, why, remedy string) error {
	const most = 120
	text := ""
	if from < to {
		text = strings.Join(strings.Fields(string(f.stmt.SQL[f.stmt.Tokens[from].Start:f.stmt.Tokens[to-1].End])), " ")
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	pos := conf.Pos{}
	if f.table != nil {
		pos = f.table.Pos
	}
	return plan.Unsupported(f.what+" "+why+": "+text, pos, remedy)
}
