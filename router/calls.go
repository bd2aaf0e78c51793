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

// sessionFuncs are the functions that must be answered for the client's session.
func sessionFunc(name string) plan.Func {
	switch name {
	case "database", "schema":
		return plan.CurrentDB
	case "user", "session_user", "system_user":
		return plan.User
	case "current_user":
		return plan.CurrentUser
	case "connection_id":
		return plan.ConnectionID
	case "found_rows":
		return plan.FoundRows
	case "row_count":
		return plan.RowCount
	}
	return plan.NoFunc
}

// SessionCall tells which of what only the session knows is asked for at token i of a
// statement, by its looks, and the token that the question ends with.
func SessionCall(stmt *parser.Statement, i int) (f plan.Func, last int) {
	t := stmt.Tokens[i]
	if isOp(stmt, i-1, ".") || isOp(stmt, i+1, ".") {
		return plan.NoFunc, i
	}
	switch name := strings.ToLower(string(t.Text(stmt.SQL))); t.Kind {
	case parser.SysVar:
		return sessionCount(name), i
	case parser.Ident:
		f = sessionFunc(name)
		if isOp(stmt, i+1, "(") && isOp(stmt, i+2, ")") {
			return f, i + 2
		}
		if f == plan.CurrentUser {
			return f, i
		}
	}
	return plan.NoFunc, i
}

// sessionCount tells which of the variables that only the session knows a name is.
func sessionCount(name string) plan.Func {
	switch name {
	case "@@warning_count", "@@session.warning_count":
		return plan.WarningCount
	case "@@error_count", "@@session.error_count":
		return plan.ErrorCount
	case "@@pseudo_thread_id", "@@session.pseudo_thread_id":
		return plan.PseudoThreadID
	}
	return plan.NoFunc
}

// isLockFunc reports whether a function concerns user locks.
func isLockFunc(name string) bool {
	switch name {
	case "get_lock", "release_lock", "release_all_locks", "is_free_lock", "is_used_lock":
		return true
	}
	return false
}

// hasSideEffect reports whether a call of the function is no plain read.
func hasSideEffect(name string) bool {
	switch name {
	case "sleep", "load_file", "master_pos_wait", "source_pos_wait", "wait_for_executed_gtid_set":
		return true
	}
	return isLockFunc(name) || strings.HasPrefix(name, "asynchronous_connection_failover_") || strings.HasPrefix(name, "group_replication_")
}

// userLocks sends user locks to one server: two sessions that lock one name must
// meet, whatever their tenants are.
func (a *analysis) userLocks() {
	for _, f := range a.stmt.Functions {
		if !isLockFunc(f) {
			continue
		}
		home := a.r.rules.Locks
		a.leaves = append(a.leaves, &leaf{
			database: home.Database, name: &ast.TableName{}, alias: f, routine: true, home: home, virtual: true,
		})
		return
	}
}

// sessionState notes what the statement takes from the session and leaves in it.
func (a *analysis) sessionState(p *plan.Relay) {
	p.UserVars, p.WritesUserVars = a.stmt.UserVars, a.stmt.WritesUserVars
	if len(p.UserVars) > 0 {
		p.Needs |= plan.NeedUserVars
	}
	if p.WritesUserVars {
		p.Pins |= plan.PinUserVars
		p.Primary = true
	}
	for _, f := range a.stmt.Functions {
		p.Effects = p.Effects || hasSideEffect(f)
		if f == "get_lock" {
			p.Pins |= plan.PinUserLock
		}
	}
	for _, v := range a.stmt.SysVars {
		switch v[strings.LastIndexByte(v, '.')+1:] {
		case "last_insert_id", "identity":
			p.Needs |= plan.NeedInsertID
		}
	}
	a.insertIDs(p)
	for _, l := range a.leaves {
		if l.temporary {
			p.Needs |= plan.NeedTempTables
			p.Effects = true
		}
		p.Acts = p.Acts || l.routine && !l.metadata && !l.virtual
		p.Effects = p.Effects || l.routine && !l.metadata
	}
	p.Acts = p.Acts || a.effects
	p.Effects = p.Effects || a.effects
	p.Primary = p.Primary || p.Effects
	for i := range a.stmt.Tokens {
		if a.stmt.Is(i, "sql_calc_found_rows") {
			p.Needs |= plan.SetsFoundRows
		}
	}
}

// insertIDs tells LAST_INSERT_ID() and LAST_INSERT_ID(expr) apart.
func (a *analysis) insertIDs(p *plan.Relay) {
	for i := range a.stmt.Tokens {
		if !a.stmt.Is(i, "last_insert_id") || !a.isOp(i+1, "(") {
			continue
		}
		if a.isOp(i+2, ")") {
			p.Needs |= plan.NeedInsertID
		} else {
			p.Needs |= plan.SetsInsertID
			p.Primary = true
		}
	}
}

// isOp reports whether token i is an operator.
func (a *analysis) isOp(i int, op string) bool { return isOp(a.stmt, i, op) }

func isOp(s *parser.Statement, i int, op string) bool {
	return i >= 0 && i < len(s.Tokens) && s.Tokens[i].Kind == parser.Op && string(s.Tokens[i].Text(s.SQL)) == op
}

// calls returns the edits that put the session's answers in the place of its
// functions, and aliases that keep the names of result columns.
func (a *analysis) calls(p *plan.Relay) []plan.Edit {
	switch p.Class {
	case plan.Read, plan.Write, plan.Call:
	default:
		return nil // a definition keeps its functions
	}
	var edits []plan.Edit
	for _, first := range a.callTokens() {
		kind := sessionFunc(strings.ToLower(string(a.stmt.Tokens[first].Text(a.stmt.SQL))))
		last := first
		if a.isOp(first+1, "(") && a.isOp(first+2, ")") {
			last = first + 2
		} else if kind != plan.CurrentUser {
			continue
		}
		p.AsksFound = p.AsksFound || kind == plan.FoundRows
		edits = append(edits, plan.Edit{First: first, Last: last, Func: kind})
	}
	edits = append(edits, a.counts()...)
	edits = append(edits, a.lockOwners()...)
	if len(edits) == 0 {
		return nil
	}
	p.Needs |= plan.NeedSession
	return append(edits, a.aliases(edits)...)
}

// counts returns the edits for the variables that count the diagnostics of the session's
// last statement, and for the one that is its id.
func (a *analysis) counts() []plan.Edit {
	var edits []plan.Edit
	for i, t := range a.stmt.Tokens {
		if t.Kind != parser.SysVar || a.isOp(i+1, ".") {
			continue
		}
		if f := sessionCount(strings.ToLower(string(t.Text(a.stmt.SQL)))); f != plan.NoFunc {
			edits = append(edits, plan.Edit{First: i, Last: i, Func: f})
		}
	}
	return edits
}

// lockOwners returns the edits that make IS_USED_LOCK() tell the id of the session that
// holds a lock, and not of its connection to the server. Sluice keeps both in a table.
func (a *analysis) lockOwners() []plan.Edit {
	const (
		head = "(SELECT COALESCE((SELECT session FROM sluice.lock_owners WHERE thread = used.id), used.id) FROM (SELECT "
		tail = " AS id) AS used)"
	)
	var edits []plan.Edit
	for i := range a.stmt.Tokens {
		if !a.stmt.Is(i, "is_used_lock") || !a.isOp(i+1, "(") {
			continue
		}
		depth, last := 1, i+2
		for ; last < len(a.stmt.Tokens); last++ {
			if a.isOp(last, "(") {
				depth++
			} else if a.isOp(last, ")") {
				depth--
			}
			if depth == 0 {
				break
			}
		}
		edits = append(edits, plan.Edit{First: i, Last: i - 1, Text: head}, plan.Edit{First: last + 1, Last: last, Behind: true, Text: tail})
	}
	return edits
}

// lockOwned refuses IS_USED_LOCK() beside functions that take or free locks: who owns one
// that the statement itself takes is in Sluice's table only after it.
func (a *analysis) lockOwned() error {
	if !slices.Contains(a.stmt.Functions, "is_used_lock") {
		return nil
	}
	for _, f := range [...]string{"get_lock", "release_lock", "release_all_locks"} {
		if slices.Contains(a.stmt.Functions, f) {
			return plan.Unsupported("IS_USED_LOCK() in a statement that calls "+strings.ToUpper(f)+"()", conf.Pos{}, "ask in a statement of its own")
		}
	}
	return nil
}

// callTokens returns the tokens at which functions of the session may be called: from
// the tree, or, where there is none, by their looks.
func (a *analysis) callTokens() []int {
	var out []int
	if a.main.Tree == nil {
		for i, t := range a.stmt.Tokens {
			if t.Kind == parser.Ident && !a.isOp(i-1, ".") && sessionFunc(strings.ToLower(string(t.Text(a.stmt.SQL)))) != plan.NoFunc {
				out = append(out, i)
			}
		}
		return out
	}
	visitAll(a.main.Tree, func(n ast.Node) {
		f, ok := n.(*ast.FuncCallExpr)
		if !ok || f.Schema.O != "" || len(f.Args) > 0 || sessionFunc(f.FnName.L) == plan.NoFunc {
			return
		}
		if i := a.tokenAt(a.main.TokenAt(f)); i >= 0 {
			out = append(out, i)
		}
	})
	return out
}

// storedFunctions refuses functions that are not the server's own where rows are on
// several shards: what they read is not known.
func (a *analysis) storedFunctions() error {
	var err error
	visitAll(a.main.Tree, func(n ast.Node) {
		f, ok := n.(*ast.FuncCallExpr)
		if ok && err == nil && a.isStored(f) {
			err = a.storedFunction(f, a.env.Database)
		}
	})
	return err
}

// viewsFunctions is storedFunctions for the text of a view of a database.
func (a *analysis) viewsFunctions(text *parser.Statement, db *rules.Database) error {
	var err error
	visitAll(text.Tree, func(n ast.Node) {
		if f, ok := n.(*ast.FuncCallExpr); ok && err == nil && storedName(f, a.env.Dialect) {
			err = a.storedFunction(f, db.Name)
		}
	})
	return err
}

// storedFunction accepts a function where its database has one shard, which the
// statement then needs. current is the database of a name without one.
func (a *analysis) storedFunction(f *ast.FuncCallExpr, current string) error {
	from := cmp.Or(f.Schema.O, current)
	db, ok := a.r.database(from)
	if !ok && from == a.r.rules.Logical && len(a.leaves) > 0 {
		db, ok = a.leaves[0].database, true
	}
	if !ok || len(db.Shards) > 1 {
		return plan.Unsupported("function "+f.FnName.O+" is not one of the server, and what a stored function reads is not known", conf.Pos{}, "write its query into the statement")
	}
	a.leaves = append(a.leaves, &leaf{
		database: db, name: &ast.TableName{Schema: f.Schema, Name: f.FnName}, alias: f.FnName.O, routine: true, home: db.Shards[0],
	})
	return nil
}

// refused tells in a refusal which functions the statement calls that may not exist.
func (a *analysis) refused(err error) error {
	r, ok := errors.AsType[*plan.Refusal](err)
	if !ok || r.Number != 1235 || a.main == nil || a.main.Tree == nil {
		return err
	}
	visitAll(a.main.Tree, func(n ast.Node) {
		if f, ok := n.(*ast.FuncCallExpr); ok && a.isStored(f) {
			r.Functions = append(r.Functions, a.function(f))
		}
	})
	return r
}

// isStored reports whether a function is none of the server.
func (a *analysis) isStored(f *ast.FuncCallExpr) bool {
	if !storedName(f, a.env.Dialect) {
		return false
	}
	call, ok := a.main.Tree.(*ast.CallStmt)
	return !ok || call.Procedure != f
}

// typed is how the tree begins the name of the function that it makes of DATE '..' and
// its like.
const typed = "'tidb`.("

// function tells which function is called, and where it may be.
func (a *analysis) function(f *ast.FuncCallExpr) plan.Function {
	out := plan.Function{Schema: f.Schema.O, Name: f.FnName.O, Qualified: f.Schema.O != ""}
	if !out.Qualified {
		out.Schema = a.env.Database
	}
	for _, db := range a.r.rules.Databases {
		if out.Schema == db.Name || out.Schema == a.r.rules.Logical || out.Schema == "" {
			out.Shards = append(out.Shards, db.Shards[0])
		}
	}
	out.Nowhere = out.Qualified && !a.r.knows(out.Schema) && !isSystem(out.Schema)
	return out
}

// aliases returns edits that give the items of the first SELECT list that the others
// change an alias: their text.
func (a *analysis) aliases(changed []plan.Edit) []plan.Edit {
	var out []plan.Edit
	items, fields := a.items(), firstFields(a.main.Tree)
	for i, item := range items {
		touched := slices.ContainsFunc(changed, func(e plan.Edit) bool { return e.First >= item[0] && e.First <= item[1] })
		if !touched || a.stmt.Is(item[1]-1, "as") {
			continue
		}
		if len(fields) != len(items) && a.aliased(item) || len(fields) == len(items) && fields[i].AsName.O != "" {
			continue
		}
		out = append(out, plan.Edit{First: item[1] + 1, Last: item[1], Behind: true, Alias: true, Item: item, Wide: a.env.Charset == ""})
	}
	return out
}

// firstFields returns the items of the first SELECT list of a query; nil if it has none.
func firstFields(tree ast.Node) []*ast.SelectField {
	switch n := tree.(type) {
	case *ast.SelectStmt:
		if n.Fields != nil {
			return n.Fields.Fields
		}
	case *ast.SetOprStmt:
		return firstFields(n.SelectList)
	case *ast.SetOprSelectList:
		if n != nil && len(n.Selects) > 0 {
			return firstFields(n.Selects[0])
		}
	}
	return nil
}

// items returns the token ranges of the first SELECT list of the statement.
func (a *analysis) items() [][2]int {
	tree, ok := a.main.Tree.(ast.Node)
	if !ok {
		return nil
	}
	switch tree.(type) {
	case *ast.SelectStmt, *ast.SetOprStmt:
	default:
		return nil
	}
	i := a.mainSelect()
	if i < 0 {
		return nil
	}
	for i++; a.isOption(i); i++ {
	}
	var out [][2]int
	depth, start := 0, i
	for ; i < len(a.stmt.Tokens); i++ {
		switch {
		case a.isOp(i, "("):
			depth++
		case a.isOp(i, ")"):
			depth--
		}
		if depth < 0 || depth == 0 && a.endsList(i) {
			break
		}
		if depth == 0 && a.isOp(i, ",") {
			out = append(out, [2]int{start, i - 1})
			start = i + 1
		}
	}
	return append(out, [2]int{start, i - 1})
}

// mainSelect finds the first SELECT that is in no WITH clause.
func (a *analysis) mainSelect() int {
	ctes := a.stmt.CTEs()
	for i := range a.stmt.Tokens {
		inside := func(c parser.CTE) bool { return i > c.Open && i < c.Close }
		if a.stmt.Is(i, "select") && !slices.ContainsFunc(ctes, inside) {
			return i
		}
	}
	return -1
}

func (a *analysis) isOption(i int) bool {
	if i < len(a.stmt.Tokens) && a.stmt.Tokens[i].Kind == parser.Hint {
		return true
	}
	for _, w := range []string{"all", "distinct", "distinctrow", "high_priority", "straight_join", "sql_small_result", "sql_big_result", "sql_buffer_result", "sql_no_cache", "sql_calc_found_rows"} {
		if a.stmt.Is(i, w) {
			return true
		}
	}
	return false
}

func (a *analysis) endsList(i int) bool {
	nth := a.stmt.Is(i, "from") && (a.stmt.Is(i+1, "first") || a.stmt.Is(i+1, "last")) && (a.stmt.Is(i+2, "over") || a.stmt.Is(i+2, "respect") || a.stmt.Is(i+2, "ignore"))
	if nth || a.isOp(i-1, ".") { // NTH_VALUE(..) FROM FIRST OVER ..; a name
		return false
	}
	for _, w := range []string{"from", "into", "where", "group", "having", "order", "limit", "union", "except", "intersect", "for", "lock", "window", "procedure"} {
		if a.stmt.Is(i, w) {
			return true
		}
	}
	return false
}

// aliased reports whether a select item has an alias: two words in a row. It guesses; the
// tree knows, where it has the item.
func (a *analysis) aliased(item [2]int) bool {
	if item[1] <= item[0] {
		return false
	}
	last, before := a.stmt.Tokens[item[1]], a.stmt.Tokens[item[1]-1]
	name := last.Kind == parser.Ident || last.Kind == parser.QuotedIdent || last.Kind == parser.String
	if !name || a.stmt.Is(item[1], "end") || a.stmt.Is(item[1], "null") {
		return false
	}
	return before.Kind != parser.Op && before.Kind != parser.Introducer && !a.isOperator(item[1]-1) || a.isOp(item[1]-1, ")")
}

// isOperator reports whether a token is a word after which an operand stands.
func (a *analysis) isOperator(i int) bool {
	return a.stmt.Tokens[i].Kind == parser.Ident && slices.ContainsFunc([]string{
		"like", "regexp", "rlike", "and", "or", "xor", "not", "div", "mod", "in", "is", "between", "escape", "collate", "binary", "interval",
	}, func(word string) bool { return a.stmt.Is(i, word) })
}
