package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// lockClause is FOR UPDATE, FOR SHARE or LOCK IN SHARE MODE. It locks the tables and views
// of its own query block, or those that OF names: neither derived tables and common table
// expressions nor the tables of subqueries. A view hands the lock on to the tables of the
// block that it is, and what its own text says of locks does not count.
type lockClause struct {
	first, last int
	mode        string   // " FOR UPDATE NOWAIT" and the like, without OF
	of          []string // aliases; nil: all
	names       [][2]int // the first and the last token of each
}

// lockMode says how the clauses of a block lock what is known there by an alias; empty:
// not at all.
func lockMode(clauses []lockClause, alias string) string {
	for _, c := range clauses {
		if c.of == nil || slices.ContainsFunc(c.of, func(of string) bool { return strings.EqualFold(of, alias) }) {
			return c.mode
		}
	}
	return ""
}

// lockClauseAt reads the clause that begins with token i; false: none does.
func lockClauseAt(s *parser.Statement, i int) (lockClause, bool) {
	c := lockClause{first: i}
	switch {
	case s.Is(i, "for") && (s.Is(i+1, "update") || s.Is(i+1, "share")):
		c.last = i + 1
		c.mode = " FOR " + strings.ToUpper(string(s.Tokens[i+1].Text(s.SQL)))
	case s.Is(i, "lock") && s.Is(i+1, "in") && s.Is(i+2, "share") && s.Is(i+3, "mode"):
		c.last, c.mode = i+3, " LOCK IN SHARE MODE"
		return c, true
	default:
		return c, false
	}
	if s.Is(c.last+1, "of") {
		for c.last++; c.last == i+2 || isOp(s, c.last+1, ","); {
			if c.last != i+2 {
				c.last++
			}
			c.last++
			first := c.last
			for isOp(s, c.last+1, ".") {
				c.last += 2
			}
			if c.last >= len(s.Tokens) {
				return c, false
			}
			c.of = append(c.of, parser.Unquote(s.SQL, s.Tokens[c.last], s.Dialect))
			c.names = append(c.names, [2]int{first, c.last})
		}
	}
	switch {
	case s.Is(c.last+1, "nowait"):
		c.last, c.mode = c.last+1, c.mode+" NOWAIT"
	case s.Is(c.last+1, "skip") && s.Is(c.last+2, "locked"):
		c.last, c.mode = c.last+2, c.mode+" SKIP LOCKED"
	}
	return c, true
}

// parens are pairs of parentheses, by their tokens.
type parens [][2]int

func (p parens) closes(i int) bool {
	return slices.ContainsFunc(p, func(pair [2]int) bool { return pair[1] == i })
}

// outerParens are the parentheses around the last part of a query, or around all of it,
// behind which only locking clauses stand. These belong to the last query block in the
// parentheses, as if there were none.
func outerParens(s *parser.Statement) parens {
	open, last := -1, -1
	for i := 0; i < len(s.Tokens) && last < 0; i++ {
		if !isOp(s, i, "(") {
			continue
		}
		end := closing(s, i)
		if end < 0 {
			return nil
		}
		if _, ok := lockClauseAt(s, end+1); ok {
			open, last = i, end
		}
		i = end
	}
	if last < 0 {
		return nil
	}
	if part := isSetOperator(s, open-1); !part && open != queryStart(s) || part && hasTail(s, open, last) {
		return nil
	}
	var out parens
	for ; isOp(s, open, "(") && closing(s, open) == last; open, last = open+1, last-1 {
		out = append(out, [2]int{open, last})
	}
	return out
}

// queryStart is where the query of a statement begins, behind its common table expressions.
func queryStart(s *parser.Statement) int {
	start := 0
	for _, c := range s.CTEs() {
		if c.End == len(s.Tokens) {
			start = max(start, c.Close+1)
		}
	}
	return start
}

// isSetOperator reports whether token i is the last of a set operator.
func isSetOperator(s *parser.Statement, i int) bool {
	if s.Is(i, "all") || s.Is(i, "distinct") {
		i--
	}
	return s.Is(i, "union") || s.Is(i, "except") || s.Is(i, "intersect")
}

// hasTail reports whether a query in parentheses has an ORDER BY or LIMIT of its own.
func hasTail(s *parser.Statement, open, last int) bool {
	for i := open + 1; i < last; i++ {
		if s.Is(i, "order") || s.Is(i, "limit") {
			return true
		}
	}
	return false
}

// lockGroups lists the locking clauses of a text, those of one block together.
func lockGroups(s *parser.Statement) [][]lockClause {
	var out [][]lockClause
	for i := range s.Tokens {
		c, ok := lockClauseAt(s, i)
		if !ok {
			continue
		}
		if n := len(out); n > 0 && out[n-1][len(out[n-1])-1].last == i-1 {
			out[n-1] = append(out[n-1], c)
		} else {
			out = append(out, []lockClause{c})
		}
	}
	return out
}

// endings collects, in the order of the text, the query blocks that end with a locking clause.
type endings struct{ blocks []*ast.SelectStmt }

func (e *endings) Enter(n ast.Node) (ast.Node, bool) { return n, false }

func (e *endings) Leave(n ast.Node) (ast.Node, bool) {
	if s, ok := n.(*ast.SelectStmt); ok && s.LockInfo != nil && s.LockInfo.LockType != ast.SelectLockNone {
		e.blocks = append(e.blocks, s)
	}
	return n, true
}

// readLocking finds the clauses of each block of a query. It leaves
// locking nil where text and tree do not agree.
func (a *analysis) readLocking() {
	groups := lockGroups(a.stmt)
	var e endings
	a.main.Tree.Accept(&e)
	if len(e.blocks) != len(groups) {
		return
	}
	locking := map[*ast.SelectStmt][]lockClause{}
	for i, s := range e.blocks {
		if !slices.EqualFunc(groups[i][0].of, s.LockInfo.Tables, func(of string, t *ast.TableName) bool { return of == t.Name.O }) {
			return
		}
		locking[s] = groups[i]
	}
	a.locking = locking
}

// lockedBy are the clauses that count for a block: its own, or in a view those that the
// view was named with, which are read once.
func (a *analysis) lockedBy(n *ast.SelectStmt) []lockClause {
	if a.inView == 0 {
		return a.locking[n]
	}
	mode := a.handedOn
	a.handedOn = ""
	if mode == "" {
		return nil
	}
	return []lockClause{{mode: mode}}
}

// lockAt says how a table or view is locked that a text names.
func (g *gatherer) lockAt(s *parser.Statement, n parser.Name) string {
	if s != g.stmt { // a view's
		if _, block := s.Tree.(*ast.SelectStmt); !block || inQuery(s, n.First()) {
			return ""
		}
		return g.handedOn
	}
	depth, _ := around(s, n.First()) // of parentheses around joins
	outer := outerParens(s)
	for i := n.Last() + 1; i < len(s.Tokens) && depth >= 0; i++ {
		switch {
		case isOp(s, i, "("):
			depth++
		case outer.closes(i):
		case isOp(s, i, ")"):
			depth--
		case depth > 0:
		case s.Is(i, "union"), s.Is(i, "except"), s.Is(i, "intersect"):
			return ""
		default:
			if _, ok := lockClauseAt(s, i); ok {
				for _, group := range lockGroups(s) {
					if group[0].first == i {
						return lockMode(group, aliasOf(s, n))
					}
				}
			}
		}
	}
	return ""
}

// copyLock is how the rows of a leaf's table are locked where they are copied. Those of a
// temporary table, which nobody else sees, are not.
func (l *leaf) copyLock(mode string) string {
	if l.temporary {
		return ""
	}
	return mode
}

// lock notes that rows are locked, in the session's transaction on their own servers.
func (g *gatherer) lock() error {
	groups := lockGroups(g.stmt)
	switch {
	case len(groups) == 0:
		return nil
	case g.locking == nil:
		return unsupportedf("rows of several servers cannot be locked by a statement of this kind")
	}
	g.out.Lock = groups[0][0].mode
	for block, clauses := range g.locking {
		for _, c := range clauses {
			if (block != g.main.Tree || len(outerParens(g.stmt)) > 0) && block.Limit != nil && strings.HasSuffix(c.mode, " SKIP LOCKED") {
				return unsupportedf("rows of several servers would all be locked by SKIP LOCKED with LIMIT in a part of the statement")
			}
			for _, of := range c.of {
				switch l := g.lockedView(of); {
				case l == nil:
				case namedBy(clauses, of) > 1:
					return unsupportedf("rows of several servers cannot be locked through view %s that is named behind OF twice", l.title())
				case g.ambiguous(of):
					return unsupportedf("rows of several servers cannot be locked through view %s behind OF: its alias stands for another table, too", l.title())
				}
			}
		}
	}
	return nil
}

// lockedView is the view that a locking clause of its block names by an alias.
func (g *gatherer) lockedView(alias string) *leaf {
	i := slices.IndexFunc(g.leaves, func(l *leaf) bool {
		return l.view != nil && !l.virtual && l.lock != "" && strings.EqualFold(l.alias, alias)
	})
	if i < 0 {
		return nil
	}
	return g.leaves[i]
}

// ambiguous reports whether an alias stands for several tables, in different query blocks: a
// clause is then not known to mean the view among them.
func (g *gatherer) ambiguous(alias string) bool {
	n := 0
	for _, l := range g.leaves {
		if !l.virtual && strings.EqualFold(l.alias, alias) {
			n++
		}
	}
	return n > 1
}

// namedBy counts how often the clauses of a block name an alias.
func namedBy(clauses []lockClause, alias string) (n int) {
	for _, c := range clauses {
		for _, of := range c.of {
			if strings.EqualFold(of, alias) {
				n++
			}
		}
	}
	return n
}

// viewLocks takes views out of the lists behind OF: a view is written out as a derived
// table, which cannot be named there. Its rows are locked where they are read.
func (g *gatherer) viewLocks() []plan.Edit {
	var out []plan.Edit
	for _, group := range lockGroups(g.stmt) {
		for _, c := range group {
			var rest []string // texts of the names that stay
			for i, of := range c.of {
				if g.lockedView(of) == nil {
					rest = append(rest, string(g.stmt.SQL[g.stmt.Tokens[c.names[i][0]].Start:g.stmt.Tokens[c.names[i][1]].End]))
				}
			}
			switch {
			case len(rest) == len(c.of):
			case len(rest) == 0:
				out = append(out, plan.Edit{First: c.first, Last: c.last})
			default:
				out = append(out, plan.Edit{First: c.names[0][0], Last: c.names[len(c.names)-1][1], Text: strings.Join(rest, ", ")})
			}
		}
	}
	return out
}

// unlocked tells the tables that are not locked from those that are.
func (g *gatherer) unlocked() {
	for i := range g.out.Tables {
		t := &g.out.Tables[i]
		t.Unlocked = g.out.Lock != "" && t.Lock == ""
	}
}
