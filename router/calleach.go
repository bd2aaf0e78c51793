package router

import (
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// everywhereCall lets a procedure run on every shard, in one transaction, where nothing of
// it is told to the client and it does not end the transaction.
func (a *analysis) everywhereCall(l *leaf, proc *rules.Procedure) error {
	why := ""
	switch {
	case proc.Def == nil:
		why = "its text is not known"
	case a.env.TenantOnly:
		why = "this user may only see one tenant"
	default:
		b := body{r: a.r, db: l.database, seen: map[string]bool{}}
		why = b.procedure(proc.Def)
	}
	if why != "" {
		return plan.Unsupported("procedure "+proc.Name+" would have to run on every shard of "+l.database.Name+" in one transaction, and "+why, proc.Pos, "")
	}
	a.wide = l.database
	return a.sameEverywhere(true)
}

// body looks for what a procedure must not do that runs on several shards at once.
type body struct {
	r    *Router
	db   *rules.Database
	seen map[string]bool // procedures
}

// procedure says what is in the way; empty if nothing is.
func (b *body) procedure(def *rules.ProcedureDef) string {
	if b.seen[def.Name] {
		return ""
	}
	b.seen[def.Name] = true
	for _, p := range def.Parameters {
		if !strings.EqualFold(p.Mode, "IN") {
			return "its parameter " + p.Name + " is an " + strings.ToUpper(p.Mode) + " parameter"
		}
	}
	stmt, err := parser.Parse([]byte("CREATE PROCEDURE p() "+def.Body), dialect())
	if err != nil {
		return "its text cannot be read"
	}
	compound := false
	for i := 5; i < len(stmt.Tokens); i++ { // behind CREATE PROCEDURE p ( )
		if stmt.Tokens[i].Kind == parser.UserVar {
			return "it uses user variables"
		}
		if stmt.Tokens[i].Kind != parser.Ident || isOp(stmt, i-1, ".") {
			continue
		}
		starts := !compound || startsStatement(stmt, i)
		if why := b.word(stmt, i, starts); why != "" {
			return why
		}
		compound = compound || stmt.Is(i, "begin")
	}
	return ""
}

// startsStatement reports whether a statement of a body begins at token i.
func startsStatement(stmt *parser.Statement, i int) bool {
	switch {
	case stmt.Tokens[i-1].Kind == parser.Semicolon, isOp(stmt, i-1, ":"):
		return true
	}
	for _, w := range [...]string{"begin", "then", "else", "do", "loop", "repeat"} {
		if stmt.Is(i-1, w) {
			return true
		}
	}
	return false
}

// word says what is wrong with a word of a body.
func (b *body) word(stmt *parser.Statement, i int, starts bool) string {
	word := strings.ToLower(string(stmt.Tokens[i].Text(stmt.SQL)))
	switch word {
	case "commit", "rollback", "savepoint", "create", "alter", "drop", "truncate", "rename", "analyze", "optimize", "grant", "revoke", "flush":
		if starts {
			return "it has a " + strings.ToUpper(word) + " of its own"
		}
	case "start", "lock", "unlock", "load", "xa", "handler", "prepare", "execute":
		if starts {
			return "it has a " + strings.ToUpper(word) + " statement"
		}
	case "get_lock", "release_lock", "release_all_locks":
		return "it calls " + strings.ToUpper(word) + "()"
	case "select":
		if starts && !selectsInto(stmt, i) {
			return "it answers with rows"
		}
	case "show", "explain", "describe", "desc", "table", "values", "with", "check", "checksum":
		if starts {
			return "it answers with rows"
		}
	case "call":
		if starts {
			return b.call(stmt, i)
		}
	}
	return ""
}

// selectsInto reports whether a SELECT that begins at token i puts its row into
// variables.
func selectsInto(stmt *parser.Statement, i int) bool {
	for depth := 0; i < len(stmt.Tokens) && stmt.Tokens[i].Kind != parser.Semicolon; i++ {
		switch {
		case isOp(stmt, i, "("):
			depth++
		case isOp(stmt, i, ")"):
			depth--
		case depth == 0 && stmt.Is(i, "into"):
			return true
		}
	}
	return false
}

// call looks into a procedure that a body calls.
func (b *body) call(stmt *parser.Statement, i int) string {
	if i+1 >= len(stmt.Tokens) || isOp(stmt, i+2, ".") {
		return "it calls a procedure of another database"
	}
	name := parser.Unquote(stmt.SQL, stmt.Tokens[i+1], stmt.Dialect)
	def, ok := b.r.schema.Procedure(b.db.Name, name)
	if !ok {
		return "it calls procedure " + name + ", which is not known"
	}
	if why := b.procedure(def); why != "" {
		return "it calls procedure " + name + ": " + why
	}
	return ""
}
