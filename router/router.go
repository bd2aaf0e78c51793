package router

import (
	"errors"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Router makes plans under one snapshot of rules and schema. It is immutable and safe
// for concurrent use.
type Router struct {
	rules   *rules.Rules
	schema  *rules.Schema
	options Options
	keys    map[string]bool // lower-case names of all sharding key columns
	views   map[*rules.Database]map[string]*rules.View
}

// Options change how far the router goes. The zero value is the default.
type Options struct {
	// NoForeignKeys: do not conclude from a foreign key that its two rows are on one
	// shard. Needed where rows were loaded with foreign_key_checks=0.
	NoForeignKeys bool
	// NoLocator: refuse a statement with a primary key and no sharding key instead of
	// asking where the row is.
	NoLocator bool
}

// Env is what the meaning of a statement takes from its session.
type Env struct {
	Database   string // current database as the client named it: the logical one or one of the six; empty when none
	Tenant     string // the session's tenant; empty when none is set
	TenantOnly bool   // every statement must be confined to Tenant
	Dialect    parser.Dialect
	Charset    string // character set of the connection; empty for utf8mb4
	Collation  string // collation of the connection
	// Temporary names the session's temporary tables, as written. Plans made with some
	// are not for other sessions.
	Temporary map[string]bool
	// Pinned is the shard the session's connection is pinned to; nil when it is not.
	Pinned *rules.Shard
}

// New returns a router. The schema may be nil: then only what the rules say is known
// of the tables, views and procedures are unknown, and more is refused.
func New(r *rules.Rules, s *rules.Schema) *Router { return NewWith(r, s, Options{}) }

// NewWith is New with options.
func NewWith(r *rules.Rules, s *rules.Schema, o Options) *Router {
	if s == nil {
		s = rules.NewSchema()
	}
	keys := map[string]bool{}
	for _, db := range r.Databases {
		for _, t := range db.Tables {
			if t.Key != "" {
				keys[strings.ToLower(t.Key)] = true
			}
		}
	}
	out := &Router{rules: r, schema: s, options: o, keys: keys, views: map[*rules.Database]map[string]*rules.View{}}
	for _, db := range r.Databases {
		out.views[db] = map[string]*rules.View{}
	}
	out.placeViews()
	return out
}

// placeViews finds the databases of views whose script does not say: that of their
// tables, or of other views they read.
func (r *Router) placeViews() {
	var open []*rules.View
	for _, v := range r.schema.Views {
		if db, ok := r.rules.Database(v.Database); ok {
			r.views[db][v.Name] = v
		} else {
			open = append(open, v)
		}
	}
	for placed := true; placed; {
		placed = false
		for i, v := range open {
			if v == nil {
				continue
			}
			if db := r.homeOf(v); db != nil {
				r.views[db][v.Name] = v
				open[i], placed = nil, true
			}
		}
	}
}

// homeOf returns the database of the first table or view that a view reads.
func (r *Router) homeOf(v *rules.View) *rules.Database {
	text, err := parseView(v)
	if err != nil {
		return nil
	}
	for _, ref := range parser.TableNames(text.Tree) {
		if t, ok := r.table(ref.Table); ok {
			return t.Database
		}
		for db, views := range r.views {
			if views[ref.Table] != nil {
				return db
			}
		}
	}
	return nil
}

// Owns reports whether a view of the schema is one of a database.
func (r *Router) Owns(db *rules.Database, v *rules.View) bool { return r.views[db][v.Name] == v }

// Rules returns the rules the router was made with.
func (r *Router) Rules() *rules.Rules { return r.rules }

// Plan decides how a statement runs. The error is a *plan.Refusal, or a
// *parser.SyntaxError.
//
// Statements about the session itself (SET, USE, BEGIN, COMMIT, KILL, ...) are not for
// the router: they are refused with error 1235 should they come here.
func (r *Router) Plan(stmt *parser.Statement, env Env) (plan.Node, error) {
	if env.Database != "" && !r.knows(env.Database) {
		return nil, plan.UnknownDatabase(env.Database)
	}
	if strings.EqualFold(env.Charset, "utf8mb4") {
		env.Charset = ""
	}
	a := &analysis{r: r, env: &env, stmt: stmt, subqueries: map[any]*query{}}
	node, err := a.statement()
	if err == nil {
		return node, nil
	}
	err = a.refused(err)
	if refusal, ok := errors.AsType[*plan.Refusal](err); ok {
		if p := r.inTurn(stmt, env); p != nil {
			return p, nil
		}
		return nil, refusal
	}
	return nil, err
}

// knows reports whether a name is the logical database or one of the six. Names of
// databases are case-sensitive.
func (r *Router) knows(name string) bool {
	if name == r.rules.Logical || isSystem(name) {
		return true
	}
	_, ok := r.database(name)
	return ok
}

// database finds one of the six by its exact name.
func (r *Router) database(name string) (*rules.Database, bool) {
	db, ok := r.rules.Database(name)
	return db, ok && db.Name == name
}

// table finds a table by its exact name.
func (r *Router) table(name string) (*rules.Table, bool) {
	t, ok := r.rules.Table(name)
	return t, ok && t.Name == name
}

// first returns a shard for statements that may run anywhere: the first of the
// current database.
func (r *Router) first(env *Env) *rules.Shard {
	if env.Pinned != nil {
		return env.Pinned
	}
	if db, ok := r.database(env.Database); ok {
		return db.Shards[0]
	}
	return r.rules.Databases[0].Shards[0]
}

// isSystem reports whether a schema is one that every server has for itself.
func isSystem(schema string) bool {
	switch strings.ToLower(schema) {
	case "mysql", "sys", "performance_schema", "information_schema":
		return true
	}
	return false
}
