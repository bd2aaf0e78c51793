package router

import (
	"slices"

	"github.com/pingcap/tidb/pkg/parser/ast"
)

// windowed reports whether a block has window functions, or names windows.
func windowed(s *ast.SelectStmt) bool { return hasWindow(s) || len(s.WindowSpecs) > 0 }

// windows reports whether no window of the query looks beyond one shard: each is
// partitioned by the sharding key, among others.
func (b *scatterer) windows() bool {
	whole := true
	visitAll(b.s, func(n ast.Node) {
		if f, ok := n.(*ast.WindowFuncExpr); ok {
			whole = whole && b.window(&f.Spec, 0)
		}
	})
	for i := range b.s.WindowSpecs {
		whole = whole && b.window(&b.s.WindowSpecs[i], 0)
	}
	return whole
}

// window is windows for one of them; one that refers to another has its partitions.
func (b *scatterer) window(w *ast.WindowSpec, depth int) bool {
	if w.PartitionBy != nil {
		return slices.ContainsFunc(w.PartitionBy.Items, func(item *ast.ByItem) bool { return b.keyed(item.Expr) && b.plainNames(item.Expr) })
	}
	name := w.Ref
	if w.OnlyAlias {
		name = w.Name
	}
	if name.L == "" || depth > len(b.s.WindowSpecs) {
		return false
	}
	i := slices.IndexFunc(b.s.WindowSpecs, func(o ast.WindowSpec) bool { return o.Name.L == name.L })
	return i >= 0 && b.window(&b.s.WindowSpecs[i], depth+1)
}
