package router

import (
	"reflect"

	"github.com/pingcap/tidb/pkg/parser/ast"
)

// visitor calls f for every node below one, subqueries included but not entered.
type visitor struct {
	f func(ast.Node) (skip bool)
}

func (v visitor) Enter(n ast.Node) (ast.Node, bool) { return n, v.f(n) }
func (v visitor) Leave(n ast.Node) (ast.Node, bool) { return n, true }

func visit(n ast.Node, f func(ast.Node) (skip bool)) {
	if n == nil || reflect.ValueOf(n).IsNil() {
		return
	}
	n.Accept(visitor{f})
}

// expressions reads the subqueries in parts of a block that filter nothing.
func (a *analysis) expressions(sc *scope, parts ...ast.Node) {
	for _, p := range parts {
		visit(p, func(n ast.Node) bool {
			sub, ok := n.(*ast.SubqueryExpr)
			if ok {
				a.subquery(sub, sc, frame{})
			}
			return ok
		})
	}
}

// aggregates reports whether a block has an aggregate function.
func aggregates(n *ast.SelectStmt) bool {
	return collects(n) || computes(n, func(n ast.Node) bool { _, ok := n.(*ast.AggregateFuncExpr); return ok })
}

// collects reports whether a block computes the one aggregate that the parser does not
// know.
func collects(n *ast.SelectStmt) bool {
	return computes(n, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncCallExpr)
		return ok && f.FnName.L == "st_collect"
	})
}

// computes reports whether what a block computes of groups contains a node, outside of
// subqueries.
func computes(n *ast.SelectStmt, is func(ast.Node) bool) bool {
	found := false
	look := func(n ast.Node) bool {
		found = found || is(n)
		_, sub := n.(*ast.SubqueryExpr)
		return sub || found
	}
	visit(n.Fields, look)
	visit(n.Having, look)
	visit(n.OrderBy, look)
	return found
}

// hasWindow reports whether a block computes window functions or assigns variables.
func hasWindow(n *ast.SelectStmt) bool {
	found := false
	look := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.WindowFuncExpr:
			found = true
		case *ast.VariableExpr:
			found = found || !n.IsSystem
		case *ast.SubqueryExpr:
			return true
		}
		return found
	}
	visit(n.Fields, look)
	visit(n.OrderBy, look)
	return found
}
