package router

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// untreedEverywhere plans a statement about definitions of which only the tokens are
// known, where it concerns all shards of a database. done is false for other statements.
func (a *analysis) untreedEverywhere(class plan.Class) (node plan.Node, done bool, err error) {
	if class != plan.DDL && class != plan.Other {
		return nil, false, nil
	}
	head := a.head()
	switch head.kind {
	case "":
		return nil, false, nil
	case plan.TableObject:
		err = a.untreedTables(&head, class)
	default:
		err = a.program(&head)
	}
	if err == nil && class == plan.Other && a.wide == nil {
		err = a.oneGroup()
	}
	if err == nil && a.wide == nil && len(a.leaves) == 1 && a.leaves[0].routine && a.stmt.Is(0, "drop") {
		node, err = a.defined(class) // of the database that has it, whatever the current one
		return node, true, err
	}
	if err == nil && a.wide == nil && (class != plan.Other || a.home() == nil && !a.ours()) {
		a.leaves, a.narrow = a.qualifiedProgram(), nil
		return nil, false, nil
	}
	if node = a.nothingToDrop(&head, err); node != nil {
		return node, true, nil
	}
	if err != nil {
		return nil, true, err
	}
	node, err = a.defined(class, head.objects...)
	return node, true, err
}

// qualifiedProgram is the leaf of a stored program with its database before its name, which
// stands for a schema of the server.
func (a *analysis) qualifiedProgram() []*leaf {
	for _, l := range a.leaves {
		if l.routine && !l.virtual && l.name.Schema.O != "" {
			return []*leaf{l}
		}
	}
	return nil
}

// ours reports whether all tables of a statement are of our databases, and of one that is
// not confined to a tenant.
func (a *analysis) ours() bool {
	return len(a.leaves) > 0 && !a.env.TenantOnly && !slices.ContainsFunc(a.leaves, func(l *leaf) bool { return l.temporary })
}

// head is what the first words of a statement say.
type head struct {
	kind    plan.ObjectKind // empty: none of ours
	at      int             // where the name begins
	objects []plan.Object
	view    bool
}

// head reads what a statement defines or looks after.
func (a *analysis) head() head {
	if a.stmt.Is(1, "temporary") {
		return head{}
	}
	for i := 1; i < len(a.stmt.Tokens); i++ {
		h := head{at: i + 1}
		switch {
		case a.stmt.Is(i, "definer"): // = user, which may be any name
			i += 2
			continue
		case a.stmt.Is(i, "table"), a.stmt.Is(i, "tables"):
			h.kind = plan.TableObject
		case a.stmt.Is(i, "view"):
			h.kind, h.view = plan.TableObject, true
		case a.stmt.Is(i, "index"):
			for h.at < len(a.stmt.Tokens) && !a.stmt.Is(h.at, "on") {
				h.at++
			}
			h.at++
			h.kind = plan.TableObject
			return h
		case a.stmt.Is(i, "procedure"):
			h.kind = plan.ProcedureObject
		case a.stmt.Is(i, "function"):
			h.kind = plan.FunctionObject
		case a.stmt.Is(i, "trigger"):
			h.kind = plan.TriggerObject
		case a.stmt.Is(i, "event"):
			h.kind = plan.EventObject
		case a.stmt.Is(0, "truncate"):
			return head{kind: plan.TableObject, at: i}
		case a.stmt.Is(i, "database"), a.stmt.Is(i, "schema"), a.stmt.Is(i, "user"), a.stmt.Is(i, "role"), a.stmt.Is(i, "server"),
			a.stmt.Is(i, "tablespace"), a.stmt.Is(i, "undo"), a.stmt.Is(i, "logfile"), a.stmt.Is(i, "instance"), a.stmt.Is(i, "resource"):
			return head{}
		default:
			continue
		}
		if a.stmt.Is(h.at, "if") {
			h.at++
			if a.stmt.Is(h.at, "not") {
				h.at++
			}
			h.at++ // EXISTS
		}
		return h
	}
	return head{}
}

// nameAt is the identifier that token i is; empty if it is none.
func (a *analysis) nameAt(i int) string {
	if i >= len(a.stmt.Tokens) {
		return ""
	}
	if t := a.stmt.Tokens[i]; t.Kind == parser.Ident || t.Kind == parser.QuotedIdent {
		return parser.Unquote(a.stmt.SQL, t, a.stmt.Dialect)
	}
	return ""
}

// untreedTables reads the tables of a statement. Of CREATE TABLE and ALTER TABLE only as
// much is read as is needed to know that every shard can do it by itself.
func (a *analysis) untreedTables(h *head, class plan.Class) error {
	list := class == plan.Other || a.stmt.Is(0, "drop") && !a.stmt.Is(1, "index")
	for i := h.at; ; i++ {
		schema, name, next := a.routineName(i)
		if name == "" {
			return nil // the server says 1064 itself
		}
		t := &ast.TableName{Schema: ast.NewCIStr(schema), Name: ast.NewCIStr(name)}
		err := a.untreedTable(t, h)
		if class == plan.Other {
			err = a.lookedAfter(t, err)
		}
		if err != nil {
			return err
		}
		h.objects = append(h.objects, tableObject(name))
		if i = next; !list || !a.isOp(i, ",") {
			return nil
		}
	}
}

// untreedLeaf adds the leaf of a name that the statement may be making.
func (a *analysis) untreedLeaf(n *ast.TableName, h *head) (*leaf, error) {
	switch {
	case h.view:
		return a.createdView(n, nil)
	case a.stmt.Is(0, "create") && a.stmt.Is(1, "table"):
		return a.created(n)
	}
	return a.leaf(n, n.Name.O)
}

func (a *analysis) untreedTable(n *ast.TableName, h *head) error {
	l, err := a.untreedLeaf(n, h)
	if err != nil {
		return err
	}
	l.write = true
	if err := a.concerns(l); err != nil {
		return err
	}
	if a.wide == nil {
		return nil
	}
	if h.view {
		return a.readsOwn()
	}
	return a.untreedDefinition(l)
}

// untreedDefinition looks for what the tokens of CREATE TABLE and ALTER TABLE must not, or
// must, contain.
func (a *analysis) untreedDefinition(l *leaf) error {
	if a.stmt.Is(0, "alter") {
		if err := errors.Join(a.keepsKey(l), a.fillsAlike(l)); err != nil {
			return err
		}
	}
	keyed := false
	for i := range a.stmt.Tokens {
		keyed = keyed || l.table != nil && strings.EqualFold(a.nameAt(i), l.table.Key)
		switch {
		case a.stmt.Is(0, "alter") && a.stmt.Is(i, "rename") && !a.stmt.Is(i+1, "column") && !a.stmt.Is(i+1, "index") && !a.stmt.Is(i+1, "key"),
			a.stmt.Is(0, "alter") && (a.stmt.Is(i, "exchange") || a.stmt.Is(i, "unique") || a.stmt.Is(i, "primary") && !a.stmt.Is(i-1, "drop")):
			return unsupportedf("%s, and the statement says more than what is changed on each shard by itself", a.stmt.TreeErr)
		case a.stmt.Is(0, "create") && a.stmt.Is(1, "table") && a.stmt.Is(i, "select"):
			return plan.Unsupported("CREATE TABLE .. SELECT of "+l.title()+" on all of its "+count(len(l.database.Shards))+" shards", l.database.Pos, "create the table first, and then INSERT .. SELECT")
		}
	}
	if a.stmt.Is(0, "create") && a.stmt.Is(1, "table") && l.table != nil && l.table.Kind == rules.Sharded && !keyed {
		return noKey(l.table)
	}
	return nil
}

// program plans CREATE, ALTER and DROP of a stored program.
func (a *analysis) program(h *head) error {
	schema, name, next := a.routineName(h.at)
	if name != "" && h.kind == plan.TriggerObject && a.stmt.Is(0, "create") {
		if err := a.triggersTable(schema, next); err != nil {
			return err
		}
	}
	if name == "" {
		return nil
	}
	if h.kind == plan.TriggerObject && a.onSingle(schema, next) {
		return a.ofNoSession(name, next)
	}
	h.objects = []plan.Object{{Kind: h.kind, Name: name}}
	db, err := a.programHome(h, schema, name, next)
	if unknownDatabase(err) && !a.stmt.Is(0, "create") {
		return noProgram(h.kind, schema, name, err)
	}
	if err != nil {
		return err
	}
	l := &leaf{database: db, name: &ast.TableName{Schema: ast.NewCIStr(schema), Name: ast.NewCIStr(name)}, alias: name, routine: true, write: true}
	a.leaves = append(a.leaves, l)
	if len(db.Shards) > 1 {
		if err := a.concerns(l); err != nil {
			return err
		}
		defer func(current string) { a.current = current }(a.current)
		a.current = cmp.Or(schema, a.current) // whose tables are meant by names in the program
		if err := a.readsOwn(); err != nil {
			return err
		}
	}
	if h.kind != plan.TriggerObject || !a.stmt.Is(0, "create") {
		return nil
	}
	if len(db.Shards) > 1 {
		if err := a.triggersOnce(next); err != nil {
			return err
		}
		if err := a.staysOnShard(schema, name, next); err != nil {
			return err
		}
	}
	return a.ofNoSession(name, next)
}

// noProgram is MySQL's error for a stored program to be changed or dropped whose database
// does not exist, as err says. Only triggers are told so.
func noProgram(kind plan.ObjectKind, schema, name string, err error) error {
	switch kind {
	case plan.ProcedureObject, plan.FunctionObject:
		return &plan.Refusal{Number: errNoProgram, State: "42000", Message: strings.ToUpper(string(kind)) + " " + schema + "." + name + " does not exist"}
	case plan.EventObject:
		return &plan.Refusal{Number: errNoEvent, State: "HY000", Message: "Unknown event '" + name + "'"}
	}
	return err
}

// errNoProgram and errNoEvent are the numbers of MySQL's errors for stored programs that do
// not exist (ER_SP_DOES_NOT_EXIST, ER_EVENT_DOES_NOT_EXIST).
const (
	errNoProgram = 1305
	errNoEvent   = 1539
)

// nothingToDrop is the plan of a DROP .. IF EXISTS of a stored program that does not exist,
// as err says; nil for everything else.
func (a *analysis) nothingToDrop(h *head, err error) plan.Node {
	r, ok := errors.AsType[*plan.Refusal](err)
	if !ok || !a.stmt.Is(0, "drop") || !a.stmt.Is(2, "if") {
		return nil
	}
	note := plan.Note{Number: errNoProgram, Message: r.Message}
	switch r.Number {
	case errNoProgram:
	case errNoEvent:
		_, name, _ := a.routineName(h.at)
		note.Message = "Event " + name + " does not exist"
	default:
		return nil
	}
	return &plan.Values{Notes: []plan.Note{note}}
}

// triggersTable returns MySQL's error for a trigger of a database, or on a table, that does
// not exist; the trigger's name ends before token i. No server may look for it: in a schema
// of its own it may have such a table.
func (a *analysis) triggersTable(schema string, i int) error {
	on := a.find("on", i)
	if on < 0 {
		return nil // unreadable: the server says so
	}
	of, name, _ := a.routineName(on + 1)
	if of = cmp.Or(of, schema); name == "" {
		return nil
	}
	if _, ok := a.r.database(schema); schema != "" && !ok && schema != a.r.rules.Logical && !isSystem(schema) {
		return plan.UnknownDatabase(schema)
	}
	if _, err := a.lookup(of, name); unknownTable(err) || unknownDatabase(err) {
		return err
	}
	return nil
}

// triggersOnce refuses a trigger that changes other tables and is on a table of which each
// shard has a copy: every copy would run it.
func (a *analysis) triggersOnce(next int) error {
	on := a.find("on", next)
	if on < 0 {
		return nil
	}
	schema, name, at := a.routineName(on + 1)
	found, err := a.lookup(schema, name)
	if err != nil || found.table == nil || found.table.Kind != rules.Reference {
		return nil //nolint:nilerr // the server says what is wrong with it
	}
	for i := range a.stmt.Tokens[at:] {
		for _, w := range [...]string{"insert", "update", "delete", "replace", "call"} {
			if a.stmt.Is(at+i, w) {
				return plan.Unsupported("each shard has a copy of "+name+" and would run the trigger", found.table.Pos, "")
			}
		}
	}
	return a.callsAlike(true)
}

// changes reports whether the table named at token i is one that a statement changes.
func (a *analysis) changes(i int) bool {
	for _, w := range [...]string{"into", "insert", "replace", "update", "ignore"} {
		if a.stmt.Is(i-1, w) {
			return true
		}
	}
	return a.stmt.Is(i-1, "from") && (a.stmt.Is(i-2, "delete") || a.stmt.Is(i-2, "quick"))
}

// programHome finds the database of a stored program: its qualifier, the current one,
// that of the trigger's table, or the one that has it.
func (a *analysis) programHome(h *head, schema, name string, next int) (*rules.Database, error) {
	from := schema
	if from == "" {
		from = a.current
	}
	if from == "" {
		return nil, plan.NoDatabase()
	}
	if db, ok := a.r.database(from); ok {
		return db, nil
	}
	if from != a.r.rules.Logical {
		return nil, plan.UnknownDatabase(from)
	}
	if len(a.r.rules.Databases) == 1 {
		return a.r.rules.Databases[0], nil
	}
	for _, db := range a.r.rules.Databases {
		if p, ok := a.r.rules.Procedure(db, name); h.kind == plan.ProcedureObject && ok && p.Pos != db.Pos {
			return db, nil
		}
	}
	for _, db := range a.r.rules.Databases {
		if a.r.schema.Programs[rules.ProgramKey(string(h.kind), db.Name, name)] && !a.stmt.Is(0, "create") {
			return db, nil
		}
	}
	if db := a.namedDatabase(next); db != nil && a.stmt.Is(0, "create") {
		return db, nil
	}
	if a.stmt.Is(0, "drop") && a.r.schema.KnowsPrograms(a.r.rules.Databases) {
		return a.r.rules.Databases[0], nil // no database has it: so says its server
	}
	refused := plan.Unsupported("nothing says in which database "+strings.ToLower(string(h.kind))+" "+name+" is", conf.Pos{}, "USE that database, or put its name before it")
	refused.Programs = a.stmt.Is(0, "drop")
	return nil, refused
}

// namedDatabase is the one database of the tables named from token i on; nil if they are
// of several, or none is known.
func (a *analysis) namedDatabase(i int) *rules.Database {
	var db *rules.Database
	for _, n := range a.stmt.Names() {
		if n.Role != parser.TableName || n.First() < i {
			continue
		}
		found, err := a.lookup(a.stmt.DatabaseOf(n), a.stmt.TableOf(n))
		if err != nil || found.temporary || found.table == nil && found.view == nil {
			continue
		}
		if db != nil && found.database != db {
			return nil
		}
		db = found.database
	}
	return db
}

// onSingle reports whether a trigger of a database, whose name ends before token i, is made
// for a table that is whole on one of several shards.
func (a *analysis) onSingle(database string, i int) bool {
	if i = a.find("on", i); i < 0 || !a.stmt.Is(0, "create") {
		return false
	}
	schema, name, _ := a.routineName(i + 1)
	found, err := a.lookup(cmp.Or(schema, database), name)
	return err == nil && found.table != nil && found.table.Kind == rules.Single
}

// find returns the first token from i on that is a word; -1 if there is none.
func (a *analysis) find(word string, i int) int { return findWord(a.stmt, word, i) }

// findWord is find for any statement.
func findWord(stmt *parser.Statement, word string, i int) int {
	for ; i < len(stmt.Tokens); i++ {
		if stmt.Is(i, word) {
			return i
		}
	}
	return -1
}

// readsOwn makes sure that each shard finds all tables that a program or view names:
// those of other databases only under their name, and none that is on one shard.
func (a *analysis) readsOwn() error {
	for _, n := range a.stmt.Names() {
		if n.Role == parser.SchemaName || n.Role == parser.RoutineName || n.Table < 0 {
			continue
		}
		schema, name := a.stmt.DatabaseOf(n), a.stmt.TableOf(n)
		if n.Role != parser.TableName && schema == "" {
			continue
		}
		found, err := a.lookup(schema, name)
		if err != nil || found.temporary || found.table == nil && found.view == nil {
			continue // a variable, an alias, or for the server to miss
		}
		switch {
		case found.table != nil && found.table.Kind == rules.Single && len(found.database.Shards) > 1:
			return plan.Unsupported("it would be on every shard of "+a.wide.Name+", and table "+name+" is on one", found.table.Pos, "")
		case found.table != nil && found.table.Kind == rules.Reference && a.changes(n.First()):
			return plan.Unsupported("it would change one copy of reference table "+name+" and not the others", found.table.Pos, "change it by a statement of its own")
		case found.database != a.wide && schema == "":
			return plan.Unsupported("it would be on every shard of "+a.wide.Name+", and table "+name+" is one of database "+found.database.Name, found.database.Pos, "put the database's name before the table")
		}
		found.name, found.alias = &ast.TableName{Schema: ast.NewCIStr(schema), Name: ast.NewCIStr(name)}, name
		found.extra = plan.None()
		a.leaves = append(a.leaves, found)
	}
	return nil
}
