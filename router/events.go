package router

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/rules"
)

// Repeated warns of events that are enabled and would run once on each of several shards,
// but for those that only call a procedure of which the rules say that this is right.
func (r *Router) Repeated(events map[string]*rules.EventDef) conf.Problems {
	var out conf.Problems
	for _, e := range events {
		if !e.Enabled {
			continue
		}
		for _, db := range r.eventHomes(e) {
			if len(db.Shards) == 1 || r.rightEverywhere(db, e) {
				continue
			}
			at := e.Pos
			if at == (conf.Pos{}) {
				at = db.Pos
			}
			out = append(out, conf.Problem{
				Pos: at, Path: db.Name + "." + e.Name, Severity: conf.Warning,
				Text:   "the event would run on each of " + count(len(db.Shards)) + " shards",
				Remedy: "enable it on one shard only, or let it call a procedure whose rule is {run: everywhere}",
			})
			break
		}
	}
	out.Sort()
	return out
}

// eventHomes lists the databases that an event may be one of: its own, or those of what
// it names.
func (r *Router) eventHomes(e *rules.EventDef) []*rules.Database {
	if db, ok := r.rules.Database(e.Database); ok {
		return []*rules.Database{db}
	}
	var out []*rules.Database
	stmt, err := parser.Parse([]byte("CREATE PROCEDURE p() "+e.Body), dialect())
	if err != nil {
		return nil
	}
	for _, n := range stmt.Names() {
		if t, ok := r.table(stmt.TableOf(n)); ok && n.Role == parser.TableName && !slices.Contains(out, t.Database) {
			out = append(out, t.Database)
		}
	}
	if name := called(stmt); name != "" {
		for _, db := range r.rules.Databases {
			if p, ok := r.rules.Procedure(db, name); ok && p.Pos != db.Pos {
				out = append(out, db)
			}
		}
	}
	return out
}

// called is the procedure that a body consists of a CALL of.
func called(stmt *parser.Statement) string {
	const head = 5 // CREATE PROCEDURE p ( )
	if !stmt.Is(head, "call") || len(stmt.Tokens) < head+2 || slices.ContainsFunc(stmt.Tokens, func(t parser.Token) bool { return t.Kind == parser.Semicolon }) {
		return ""
	}
	return parser.Unquote(stmt.SQL, stmt.Tokens[head+1], stmt.Dialect)
}

// rightEverywhere reports whether the rules say that what an event does is right on every
// shard.
func (r *Router) rightEverywhere(db *rules.Database, e *rules.EventDef) bool {
	stmt, err := parser.Parse([]byte("CREATE PROCEDURE p() "+strings.TrimRight(e.Body, "; \n")), dialect())
	if err != nil {
		return false
	}
	p, ok := r.rules.Procedure(db, called(stmt))
	return ok && p.Run == conf.RunEverywhere
}
