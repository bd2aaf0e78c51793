package router

import (
	"errors"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// statement plans the statement by its kind.
func (a *analysis) statement() (plan.Node, error) {
	a.current, a.main = a.env.Database, a.stmt
	if a.stmt.Tree == nil {
		if r, lists := relax(a.stmt); r != nil {
			a.main, a.lists = r, lists
		}
	}
	a.text = a.main
	if a.main.Tree != nil {
		a.readLocking()
	}
	node, err := a.dispatch()
	if sys, ok := errors.AsType[*system](err); ok {
		return a.systemRead(sys)
	}
	return node, err
}

func (a *analysis) dispatch() (plan.Node, error) {
	if a.main.Tree == nil {
		return a.untreed()
	}
	switch n := a.main.Tree.(type) {
	case *ast.SelectStmt:
		return a.read(n, n.SelectIntoOpt)
	case *ast.SetOprStmt:
		return a.read(n, nil)
	case *ast.InsertStmt:
		return a.insert(n)
	case *ast.UpdateStmt:
		return a.update(n)
	case *ast.DeleteStmt:
		return a.delete(n)
	case *ast.DoStmt:
		a.expressions(nil, expressionsOf(n.Exprs)...)
		p, err := a.relay(plan.Read)
		if err == nil {
			p.Found = plan.FoundOne
		}
		return a.node(p, err)
	case *ast.CallStmt:
		a.expressions(nil, expressionsOf(n.Procedure.Args)...)
		return a.callByTokens()
	case *ast.LoadDataStmt:
		return a.load(n)
	case *ast.ExplainStmt:
		return a.explain(n)
	case *ast.ShowStmt:
		return a.show(n)
	default:
		return a.definition(n)
	}
}

// node turns a plan and an error into what Plan returns: never a nil *Relay.
func (a *analysis) node(p *plan.Relay, err error) (plan.Node, error) {
	if err != nil {
		return nil, err
	}
	return p, nil
}

func expressionsOf(list []ast.ExprNode) []ast.Node {
	out := make([]ast.Node, len(list))
	for i, e := range list {
		out[i] = e
	}
	return out
}

// read plans SELECT, TABLE and VALUES.
func (a *analysis) read(n ast.Node, into *ast.SelectIntoOption) (plan.Node, error) {
	if _, err := a.query(n, nil); err != nil {
		return nil, err
	}
	p, err := a.relay(plan.Read)
	if err != nil {
		return nil, err
	}
	a.skips(n, p)
	p.Effects = p.Effects || locks(n) || into != nil && into.Tp != ast.SelectIntoVars
	p.Primary = p.Primary || locks(n) || into != nil
	p.Replica = a.onReplica(p)
	p.Redo = p.Redo && into == nil
	p.Reply.Unstable = a.unstable(p)
	p.Reply.Stable = p.Reply.Unstable == ""
	if into != nil && into.Tp != ast.SelectIntoVars && len(a.leaves) > 0 && !a.oneShard() {
		return nil, plan.Unsupported("INTO OUTFILE writes a file on one server only", conf.Pos{}, "fetch the rows and write the file at the client")
	}
	return p, nil
}

// skips notes the rows that the outermost LIMIT skips: FOUND_ROWS() counts them.
func (a *analysis) skips(n ast.Node, p *plan.Relay) {
	var limit *ast.Limit
	switch n := n.(type) {
	case *ast.SelectStmt:
		limit = n.Limit
	case *ast.SetOprStmt:
		limit = n.Limit
	}
	if limit == nil || limit.Offset == nil {
		return
	}
	if i := a.offsetLiteral(); i >= 0 && a.main == a.stmt {
		p.Offset = i + 1
	} else {
		p.Needs |= plan.SetsFoundRows
	}
}

// locks reports whether a query locks rows.
func locks(n ast.Node) bool {
	found := false
	visitAll(n, func(n ast.Node) {
		if s, ok := n.(*ast.SelectStmt); ok && s.LockInfo != nil && s.LockInfo.LockType != ast.SelectLockNone {
			found = true
		}
	})
	return found
}

// visitAll calls f for every node, inside subqueries too.
func visitAll(n ast.Node, f func(ast.Node)) {
	visit(n, func(n ast.Node) bool { f(n); return false })
}

// oneShard reports whether all databases of the statement have one shard.
func (a *analysis) oneShard() bool {
	for _, l := range a.leaves {
		if len(l.database.Shards) > 1 {
			return false
		}
	}
	return true
}

// explain plans EXPLAIN and DESCRIBE: where the statement would run.
func (a *analysis) explain(n *ast.ExplainStmt) (plan.Node, error) {
	if s, ok := n.Stmt.(*ast.ShowStmt); ok {
		return a.show(s)
	}
	if a.explainsInto() {
		return nil, plan.Unsupported("EXPLAIN .. INTO a variable would put the names of a shard into it", conf.Pos{}, "leave INTO out and keep the row that is returned")
	}
	inner := *a
	if err := inner.inSchema(); err != nil {
		return nil, err
	}
	text := *a.main
	text.Tree = n.Stmt
	if a.main == a.stmt {
		inner.stmt = &text
	}
	inner.main, inner.text, inner.explains = &text, &text, !n.Analyze
	node, err := inner.dispatch()
	a.infos, a.catalogued = inner.infos, inner.catalogued
	p, ok := node.(*plan.Relay)
	if err != nil || !ok {
		return nil, err
	}
	if p.Unique != nil {
		return nil, unenforced(p.Unique.Table, "EXPLAIN ANALYZE of such a write", "use EXPLAIN")
	}
	if !n.Analyze && p.Class != plan.Read {
		p.Class, p.Primary = plan.Read, true
	}
	p.Pins, p.Replica = 0, false
	p.Explains = plan.ExplainPlan
	if n.Analyze {
		p.Explains = plan.ExplainAnalyze
	}
	return p, nil
}

// inSchema reads EXPLAIN .. FOR SCHEMA, which takes names without a database as those of the
// one that it names. It leaves that out of the text: what runs on a shard is in its schema.
func (a *analysis) inSchema() error {
	const since = 80300 // the first MySQL that reads it
	for i := range a.stmt.Tokens {
		if !forSchema(a.stmt, i) {
			continue
		}
		name := a.nameAt(i + 2)
		if a.env.Dialect.MariaDB || a.env.Dialect.Version < since || name == "" {
			return nil // the server says 1064 itself
		}
		if isSystem(name) {
			return plan.Unsupported("EXPLAIN FOR SCHEMA "+name, conf.Pos{}, "write "+name+" before the names of tables")
		}
		if _, _, err := a.asked(name); err != nil {
			return err
		}
		there := *a.env
		there.Database = name
		a.env, a.current, a.leftOut = &there, name, append(a.leftOut, plan.Edit{First: i, Last: i + 2})
		return nil
	}
	return nil
}

// forSchema reports whether FOR SCHEMA and a name are at token i of an EXPLAIN, before the
// statement.
func forSchema(s *parser.Statement, i int) bool {
	const most = 5 // EXPLAIN ANALYZE FORMAT = TREE
	return (s.Verb == parser.Explain || s.Verb == parser.Describe) && i > 0 && i <= most && i+2 < len(s.Tokens) &&
		s.Is(i, "for") && (s.Is(i+1, "schema") || s.Is(i+1, "database"))
}

// explainsInto reports whether an EXPLAIN gives its answer to a user variable.
func (a *analysis) explainsInto() bool {
	for i := 1; i+1 < len(a.stmt.Tokens) && i < 8; i++ {
		if a.stmt.Is(i, "select") || a.stmt.Is(i, "with") {
			return false
		}
		if a.stmt.Is(i, "into") && a.stmt.Tokens[i+1].Kind == parser.UserVar {
			return true
		}
	}
	return false
}

// definition plans DDL and maintenance.
func (a *analysis) definition(n ast.StmtNode) (plan.Node, error) {
	switch n := n.(type) {
	case *ast.CreateTableStmt:
		return a.createTable(n)
	case *ast.AlterTableStmt:
		return a.alterTable(n)
	case *ast.DropTableStmt:
		return a.dropTables(n)
	case *ast.TruncateTableStmt:
		node, err := a.onTables(plan.DDL, n.Table)
		if unknownDatabase(err) { // it has no message for that
			err = plan.UnknownTable(n.Table.Schema.O, n.Table.Name.O)
		}
		return node, err
	case *ast.CreateIndexStmt:
		return a.createIndex(n)
	case *ast.DropIndexStmt:
		return a.onTables(plan.DDL, n.Table)
	case *ast.RenameTableStmt:
		return a.renameTables(n)
	case *ast.CreateViewStmt:
		return a.createView(n)
	case *ast.AnalyzeTableStmt:
		return a.onTables(plan.Other, n.TableNames...)
	case *ast.OptimizeTableStmt:
		return a.onTables(plan.Other, n.Tables...)
	case *ast.RepairTableStmt:
		return a.untreed()
	case *ast.LockTablesStmt:
		return a.lockTables(n)
	case *ast.CreateDatabaseStmt:
		return a.createDatabase(n)
	case *ast.DropDatabaseStmt:
		return a.dropDatabase(n)
	case *ast.AlterDatabaseStmt:
		if !n.AlterDefaultDatabase && a.unknown(n.Name.O) {
			return nil, &plan.Refusal{Number: 3503, State: "42Y07", Message: "Database '" + n.Name.O + "' doesn't exist"}
		}
		return nil, byRules()
	default:
		return a.untreed()
	}
}

// byRules refuses statements that make, change or drop databases.
func byRules() error {
	return plan.Unsupported("databases are made by the rules, not by statements", conf.Pos{}, "change the configuration, and then the schemas of the shards on their servers")
}

// unknown reports whether clients see no database of a name.
func (a *analysis) unknown(name string) bool {
	_, _, err := a.asked(name)
	return unknownDatabase(err) && !isSystem(name)
}

// dropDatabase plans DROP DATABASE of one that there is not.
func (a *analysis) dropDatabase(n *ast.DropDatabaseStmt) (plan.Node, error) {
	const number = 1008 // ER_DB_DROP_EXISTS
	message := "Can't drop database '" + n.Name.O + "'; database doesn't exist"
	switch {
	case !a.unknown(n.Name.O):
		return nil, byRules()
	case n.IfExists:
		return &plan.Values{Notes: []plan.Note{{Number: number, Message: message}}}, nil
	}
	return nil, &plan.Refusal{Number: number, State: "HY000", Message: message}
}

// createDatabase plans CREATE DATABASE of one that there is: its server says so.
func (a *analysis) createDatabase(n *ast.CreateDatabaseStmt) (plan.Node, error) {
	_, dbs, err := a.asked(n.Name.O)
	if err != nil || isSystem(n.Name.O) {
		return nil, byRules()
	}
	a.leaves = append(a.leaves, &leaf{
		database: dbs[0], name: &ast.TableName{Schema: n.Name}, alias: dbs[0].Name, routine: true, metadata: true, from: n.Name.O,
	})
	p, err := a.relay(plan.DDL)
	return a.node(p, err)
}

// wholeTable refuses a leaf that is not whole on one shard.
func wholeTable(l *leaf) error {
	if l.temporary || len(l.database.Shards) == 1 || l.table != nil && l.table.Kind == rules.Single {
		return nil
	}
	return plan.Unsupported("the statement concerns "+l.title()+" on all of its "+count(len(l.database.Shards))+" shards", l.pos(),
		"run it on every shard")
}

// pos is where the rules speak of a leaf.
func (l *leaf) pos() conf.Pos {
	if l.table != nil {
		return l.table.Pos
	}
	return l.database.Pos
}

// createTemporary plans CREATE TEMPORARY TABLE: with a SELECT on the shard of its
// tables, otherwise on any.
func (a *analysis) createTemporary(n *ast.CreateTableStmt) (plan.Node, error) {
	if n.Table.Schema.O != "" {
		return nil, plan.Unsupported("a temporary table with a database's name before it", conf.Pos{}, "leave the database out")
	}
	if n.ReferTable != nil {
		l, err := a.leaf(n.ReferTable, n.ReferTable.Name.O)
		if err != nil {
			return nil, err
		}
		l.extra = plan.None()
	}
	if n.Select != nil {
		if _, err := a.query(n.Select, nil); err != nil {
			return nil, err
		}
	}
	p, err := a.relay(plan.Write)
	if err != nil {
		return nil, err
	}
	p.Pins |= plan.PinTempTable
	return p, nil
}
