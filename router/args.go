package router

import (
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

// TextArgs returns the arguments of a statement that is executed as it stands: its
// own literals, no parameters, no tenant, and placeholders for the session's
// functions. It serves tests, tools and the check of rewritten names.
func TextArgs(s *parser.Statement) plan.Args { return textArgs{s} }

type textArgs struct{ s *parser.Statement }

func (t textArgs) Literal(i int) value.Value {
	return parser.Literal(t.s.SQL, t.s.Literals[i], t.s.Dialect)
}

func (t textArgs) Param(int) value.Value { return value.Value{Kind: value.Other} }

func (t textArgs) Token(i int) (start, end int) { return t.s.Tokens[i].Start, t.s.Tokens[i].End }

func (t textArgs) Session(f plan.Func) string {
	switch f {
	case plan.ConnectionID, plan.PseudoThreadID, plan.FoundRows, plan.RowCount:
		return "0"
	}
	return "'session'"
}

func (t textArgs) Constant(int) string { return "NULL" }
func (t textArgs) Tenant() value.Value { return value.Value{} }

func (t textArgs) UserVar(string) value.Value { return value.Value{Kind: value.Other} }
