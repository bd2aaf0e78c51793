package router

import (
	"maps"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/opcode"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// bounded notes which columns the conditions of a block compare with a moment: of tables
// that are partitioned by time, a statement that says nothing of the time reads all
// partitions.
func (a *analysis) bounded(t *tree, where ast.ExprNode, sc *scope) {
	for n := range a.times(where, sc) {
		n.timed()
	}
	a.boundedJoins(t, sc)
}

// boundedJoins does it for ON, which says nothing of the rows that an outer join keeps.
func (a *analysis) boundedJoins(t *tree, sc *scope) {
	if t == nil || t.source != nil {
		return
	}
	a.boundedJoins(t.left, sc)
	a.boundedJoins(t.right, sc)
	inner := t.sources()
	if t.outer {
		inner = t.right.sources()
	}
	for n, src := range a.times(t.on, sc) {
		if inner[src] {
			n.timed()
		}
	}
}

// times lists the columns of a block that a condition, where it is true, compares with
// values that do not depend on the row.
func (a *analysis) times(e ast.ExprNode, sc *scope) map[*node]*source {
	switch e := unwrap(e).(type) {
	case *ast.BinaryOperationExpr:
		switch e.Op {
		case opcode.LogicAnd:
			return inEither(a.times(e.L, sc), a.times(e.R, sc))
		case opcode.LogicOr:
			return inBoth(a.times(e.L, sc), a.times(e.R, sc))
		case opcode.EQ, opcode.LT, opcode.LE, opcode.GT, opcode.GE, opcode.NullEQ:
			return inEither(a.moment(e.L, sc, e.R), a.moment(e.R, sc, e.L))
		}
	case *ast.BetweenExpr:
		if !e.Not {
			return a.moment(e.Expr, sc, e.Left, e.Right)
		}
	case *ast.PatternInExpr:
		if !e.Not && e.Sel == nil {
			return a.moment(e.Expr, sc, e.List...)
		}
	}
	return nil
}

// moment returns the column that an expression is, or is an ascending function of, if
// the values it is compared with name no columns.
func (a *analysis) moment(e ast.ExprNode, sc *scope, with ...ast.ExprNode) map[*node]*source {
	for _, v := range with {
		if namesColumn(v) {
			return nil
		}
	}
	if src, n := a.columnOf(ascending(e), sc); n != nil && has(sc.sources, src) {
		return map[*node]*source{n: src}
	}
	return nil
}

func namesColumn(e ast.ExprNode) bool {
	found := false
	visit(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.ColumnNameExpr); ok {
			found = true
		}
		_, sub := n.(*ast.SubqueryExpr)
		return sub || found
	})
	return found
}

// ascending takes the functions away that keep the order of times.
func ascending(e ast.ExprNode) ast.ExprNode {
	for {
		e = unwrap(e)
		switch f := e.(type) {
		case *ast.FuncCastExpr:
			e = f.Expr
			continue
		case *ast.FuncCallExpr:
			switch f.FnName.L {
			case "date", "year", "to_days", "to_seconds", "unix_timestamp", "timestamp", "last_day", "yearweek",
				"convert_tz", "date_add", "date_sub", "adddate", "subdate":
				if len(f.Args) > 0 {
					e = f.Args[0]
					continue
				}
			}
		}
		return e
	}
}

func inEither(x, y map[*node]*source) map[*node]*source {
	if x == nil {
		return y
	}
	maps.Copy(x, y)
	return x
}

func inBoth(x, y map[*node]*source) map[*node]*source {
	maps.DeleteFunc(x, func(n *node, _ *source) bool { return y[n] == nil })
	return x
}

// timed notes that a condition bounds a column, also where it is that of a query inside.
func (n *node) timed() {
	if n == nil || n.bounded {
		return
	}
	n.bounded = true
	n.inside.timed()
	for _, branch := range n.union {
		branch.timed()
	}
}

// timeless lists the tables with partitions of time whose rows the statement looks for
// without saying of what time.
func (a *analysis) timeless(class plan.Class) []*rules.Table {
	if class != plan.Read && class != plan.Write || a.explains {
		return nil
	}
	inserts := a.stmt.Main() == parser.Insert || a.stmt.Main() == parser.Replace
	var out []*rules.Table
	for _, l := range a.leaves {
		if l.table == nil || l.table.Calendar == nil || l.metadata || l.write && inserts {
			continue
		}
		if n := l.nodes[strings.ToLower(l.table.Calendar.Column)]; n == nil || !n.bounded {
			out = append(out, l.table)
		}
	}
	return out
}
