package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// carry notes a column of the SELECT that ON DUPLICATE KEY UPDATE names: its value goes to
// the shards with the row.
func (h *rehearser) carry(c *ast.ColumnName, n *ast.InsertStmt) error {
	why := unsupportedf("ON DUPLICATE KEY UPDATE with %s, a column of the SELECT, of an INSERT that needs several shards", c.Name.O)
	l := h.leaves[0]
	s, ok := n.Select.(*ast.SelectStmt)
	switch {
	case !ok, s.Distinct, s.GroupBy != nil, s.Having != nil, aggregates(s), c.Schema.O != "":
		return why // either a server knows no such columns, or one more would change the rows
	case c.Table.O == "" && (l.table == nil || len(l.table.Columns) == 0), strings.EqualFold(c.Table.O, l.alias):
		return why
	}
	if !slices.ContainsFunc(h.carried, func(o *ast.ColumnName) bool { return o == c }) {
		h.carried = append(h.carried, c)
	}
	return nil
}

// carries finds the carried columns in the text, and makes the host's statement keep their
// values next to each row that it makes.
func (h *rehearser) carries() error {
	if len(h.carried) == 0 {
		return nil
	}
	r := h.out.Rows
	lost := unsupportedf("the columns of the SELECT in ON DUPLICATE KEY UPDATE cannot be found in the text, and the INSERT needs several shards")
	from := h.selectsFrom(r)
	if from < 0 {
		return lost
	}
	found := 0
	for i := r.Last + 1; i < len(h.stmt.Tokens); i++ {
		for _, c := range h.carried {
			last := h.columnAt(i, c)
			if last < 0 {
				continue
			}
			r.Carry(string(h.stmt.SQL[h.stmt.Tokens[i].Start:h.stmt.Tokens[last].End]), h.carriedName(c), i, last)
			found++
			i = last
			break
		}
	}
	if found != len(h.carried) {
		return lost
	}
	var list, names strings.Builder
	for i, c := range r.Carried {
		list.WriteString(", " + c.Text)
		names.WriteString(", " + plan.CarriedName(i))
	}
	h.insertText(from, list.String()+" ")
	if len(r.Columns) > 0 {
		at := r.First - 1
		for !h.isOp(at, ")") {
			at--
		}
		h.insertText(at, names.String())
	}
	return nil
}

// selectsFrom returns the FROM of the query whose rows an INSERT takes; -1 if it is not
// found.
func (h *rehearser) selectsFrom(r *plan.RowsOf) int {
	depth, in := 0, false
	for i := r.First; i <= r.Last; i++ {
		switch {
		case h.isOp(i, "("):
			depth++
		case h.isOp(i, ")"):
			depth--
		case depth > 0:
		case h.stmt.Is(i, "select"):
			in = true
		case in && h.stmt.Is(i, "from"):
			return i
		}
	}
	return -1
}

// columnAt returns the last token of a column's name that begins at token i; -1: it is
// something else.
func (h *rehearser) columnAt(i int, c *ast.ColumnName) int {
	is := func(i int, name string) bool {
		if i >= len(h.stmt.Tokens) {
			return false
		}
		t := h.stmt.Tokens[i]
		return (t.Kind == parser.Ident || t.Kind == parser.QuotedIdent) && strings.EqualFold(parser.Unquote(h.stmt.SQL, t, h.stmt.Dialect), name)
	}
	last := i
	if c.Table.O != "" {
		if !is(i, c.Table.O) || !h.isOp(i+1, ".") {
			return -1
		}
		last = i + 2
	}
	if h.isOp(i-1, ".") || !is(last, c.Name.O) || h.isOp(last+1, "(") || h.isOp(last+1, ".") {
		return -1
	}
	return last
}

// carriedName is how a server names a column of the SELECT in its errors.
func (h *rehearser) carriedName(c *ast.ColumnName) string {
	for _, l := range h.leaves[1:] {
		has := false
		if l.table != nil {
			_, has = l.table.Column(c.Name.O)
		}
		switch {
		case c.Table.O != "" && !strings.EqualFold(c.Table.O, l.alias), c.Table.O == "" && !has:
		case l.alias == l.name.Name.O:
			return ident(h.shown(l)) + "." + ident(l.alias) + "." + ident(c.Name.O)
		default:
			return ident(l.alias) + "." + ident(c.Name.O)
		}
	}
	return ident(c.Table.O) + "." + ident(c.Name.O)
}

// insertText adds an edit of the host's text that writes something before a token.
func (h *rehearser) insertText(token int, text string) {
	e := plan.GatherEdit{Edit: plan.Edit{First: token, Last: token - 1, Text: text}}
	edits := append(h.gatherer.out.Edits, e)
	slices.SortStableFunc(edits, func(x, y plan.GatherEdit) int { return x.First - y.First })
	h.gatherer.out.Edits = edits
}
