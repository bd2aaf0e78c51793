package router

import (
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// mostTurns is how many tables a statement may name that is cut into turns.
const mostTurns = 1000

// inTurn cuts a statement that looks after tables of several databases (ANALYZE, CHECK,
// CHECKSUM, OPTIMIZE, REPAIR) into one for each run of tables of one database, as MySQL
// goes from one table to the next; nil if that does not help.
func (r *Router) inTurn(stmt *parser.Statement, env Env) *plan.Everywhere {
	switch stmt.Main() {
	case parser.Analyze, parser.Optimize, parser.Check, parser.Checksum, parser.Repair:
	default:
		return nil
	}
	names := stmt.Names()
	if len(names) < 2 || len(names) > mostTurns {
		return nil
	}
	out := &plan.Everywhere{Answers: true}
	seen := map[string]bool{}
	for _, n := range names {
		name := stmt.DatabaseOf(n) + "." + stmt.TableOf(n)
		if seen[name] {
			return nil // one server would say 1066
		}
		seen[name] = true
	}
	for first := 0; first < len(names); {
		t, next := r.turn(stmt, env, names, first)
		if t == nil {
			return nil
		}
		out.Turns = append(out.Turns, *t)
		first = next
	}
	lead := out.Turns[0].Plan
	out.Relay, out.Database, out.Shards = lead.Relay, lead.Database, lead.Shards
	return out
}

// turn takes as many tables from the first on as one plan can look after, and returns the
// number of the next; nil if there is no plan that begins with the first. A table that is
// not known goes with its neighbours.
func (r *Router) turn(stmt *parser.Statement, env Env, names []parser.Name, first int) (out *plan.Turn, next int) {
	for next = first; next < len(names); next++ {
		text := someTables(stmt, names, first, next)
		part, err := parser.Parse(text, stmt.Dialect)
		if err != nil {
			return out, next
		}
		a := &analysis{r: r, env: &env, stmt: part, subqueries: map[any]*query{}}
		node, err := a.statement()
		p, ok := node.(*plan.Everywhere)
		if (err != nil || !ok) && out != nil {
			return out, next
		}
		if err != nil || !ok {
			continue
		}
		out = &plan.Turn{Text: text, Plan: p}
	}
	return out, next
}

// someTables is the text of a statement with those of its tables from first to last.
func someTables(stmt *parser.Statement, names []parser.Name, first, last int) []byte {
	token := func(i int) parser.Token { return stmt.Tokens[i] }
	text := append([]byte(nil), stmt.SQL[token(0).Start:token(names[0].First()).Start]...)
	text = append(text, stmt.SQL[token(names[first].First()).Start:token(names[last].Last()).End]...)
	return append(text, stmt.SQL[token(names[len(names)-1].Last()).End:]...)
}
