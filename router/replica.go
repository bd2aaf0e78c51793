package router

import (
	"slices"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// onReplica reports whether a query may run on a replica: it reads rows of tables whose
// definition is known, and neither changes nor asks for anything else. A statement
// without tables asks the server itself, and is not worth it.
func (a *analysis) onReplica(p *plan.Relay) bool {
	const never = plan.NeedInsertID | plan.SetsInsertID | plan.SetsFoundRows | plan.NeedTempTables | plan.NeedWarnings
	switch {
	case p.Primary, p.Effects, p.WritesUserVars, p.Pins != 0, p.Needs&never != 0:
		return false
	case a.main.Tree == nil, len(a.stmt.SysVars) > 0, len(a.systems) > 0, a.acts(a.main):
		return false
	}
	// What is in no schema file may be a view, and that may do anything.
	return len(p.Tables) > 0 && !slices.ContainsFunc(a.leaves, func(l *leaf) bool {
		return l.view == nil && (l.table == nil || l.table.Def == nil)
	})
}

// acts reports whether a query, or the definition of a view, may do more than read: it
// locks rows, or calls a function that acts or is not known.
func (a *analysis) acts(text *parser.Statement) bool {
	if slices.ContainsFunc(text.Functions, hasSideEffect) || locks(text.Tree) {
		return true
	}
	found := false
	visitAll(text.Tree, func(n ast.Node) {
		f, ok := n.(*ast.FuncCallExpr)
		found = found || ok && (f.Schema.O != "" || a.isStored(f))
	})
	return found
}
