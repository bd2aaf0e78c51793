package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// leaf is one occurrence of a table in a statement, or in a view it names.
type leaf struct {
	table     *rules.Table // nil for a table that the rules do not list
	view      *rules.View  // not nil for an occurrence of a view; its own leaves follow
	database  *rules.Database
	system    string // lower-case name of a system schema; the leaf then has no database
	name      *ast.TableName
	alias     string // exposed name
	nodes     map[string]*node
	pushed    []plan.Pushed // conditions that its rows must fulfil, in the shards' own words
	extra     *plan.Set     // None or NoneIf where the rows of its block cannot matter
	write     bool
	assigned  []string     // lower-case, the columns that an UPDATE sets
	virtual   bool         // inside a view: not in the text
	lock      string       // how its rows are locked, " FOR UPDATE" or the like; with analysis.gathers
	temporary bool         // of the session, on the pinned connection
	routine   bool         // a procedure, or a whole database
	metadata  bool         // only its definition is asked for: any shard will do
	home      *rules.Shard // where a routine runs
	from      string       // its database as a SHOW .. FROM names it
}

// title names the leaf in messages and plans.
func (l *leaf) title() string {
	name := l.name.Name.O
	if l.routine {
		return l.alias
	}
	if l.virtual && l.view == nil {
		name += " (in a view)"
	}
	if l.alias != l.name.Name.O {
		name += " " + l.alias
	}
	return name
}

// node is one column of a leaf, or of the result of a query.
type node struct {
	leaf   *leaf  // nil for a column of a query
	column string // lower-case
	family string // equal values of two nodes of one family are equal keys; empty: not known
	base   []*plan.Set
	from   []edge
	union  []*node // not nil: each value is a value of one of these
	// inside is the column of a query that this one shows to the query around it, if
	// conditions on it may be made there.
	inside  *node
	bounded bool // a condition compares it with values that do not depend on the row
}

// edge says: only values of the node it comes from matter.
type edge struct {
	from    *node
	foreign string // names the foreign key that says so; the two are then on one shard but need not be equal
}

// column returns the node of a column of the leaf, made when first asked for.
func (l *leaf) column(name string) *node {
	name = strings.ToLower(name)
	if n, ok := l.nodes[name]; ok {
		return n
	}
	n := &node{leaf: l, column: name, family: l.family(name)}
	if l.nodes == nil {
		l.nodes = map[string]*node{}
	}
	l.nodes[name] = n
	return n
}

// key returns the node of the sharding key; nil when the leaf's table has none.
func (l *leaf) key() *node {
	if l.table == nil || l.table.Key == "" {
		return nil
	}
	return l.column(l.table.Key)
}

// family names what two columns must share for equality to be transitive between
// them and for equal values to be one key.
func (l *leaf) family(column string) string {
	if l.table == nil {
		return ""
	}
	c, ok := l.table.Column(column)
	if !ok {
		if strings.EqualFold(column, l.table.Key) && len(l.table.Columns) == 0 {
			return "key" // no schema: the rules take all keys for one type
		}
		return ""
	}
	return familyOf(c)
}

func familyOf(c *rules.Column) string {
	typ := c.Type
	if i := strings.IndexAny(typ, "( "); i >= 0 {
		typ = typ[:i]
	}
	switch typ {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		if c.Collation == "" {
			return ""
		}
		return "text " + c.Collation
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint":
		return "integer"
	case "binary", "varbinary":
		return typ
	}
	return ""
}

// link adds an edge if the two columns compare as keys do.
func link(from, to *node) {
	if from == nil || to == nil || from == to || from.family == "" || from.family != to.family {
		return
	}
	for _, e := range to.from {
		if e.from == from {
			return
		}
	}
	to.from = append(to.from, edge{from: from})
}

// solver computes the sets of nodes.
type solver struct {
	busy map[*node]bool // unions being evaluated
}

// set returns the values of a node that matter. Where equalities say nothing, foreign
// keys may: it returns which.
func (s *solver) set(n *node) (*plan.Set, []string) {
	if set, _ := s.gather(n, false); !set.IsAll() {
		return set, nil
	}
	return s.gather(n, true)
}

// gather intersects everything that reaches a node.
func (s *solver) gather(n *node, foreign bool) (*plan.Set, []string) {
	var sets []*plan.Set
	var why []string
	seen := map[*node]bool{n: true}
	for queue := []*node{n}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		sets = append(sets, at.base...)
		if u := s.unionSet(at); u != nil {
			sets = append(sets, u)
		}
		for _, e := range at.from {
			if e.foreign != "" {
				if set, more := s.across(at, e, foreign); set != nil {
					sets, why = append(sets, set), append(append(why, e.foreign), more...)
				}
			} else if !seen[e.from] {
				seen[e.from] = true
				queue = append(queue, e.from)
			}
		}
	}
	return plan.Both(sets...), why
}

// unionSet returns the values a union's column may have; nil when that says nothing.
func (s *solver) unionSet(n *node) *plan.Set {
	if n.union == nil || s.busy[n] {
		return nil
	}
	s.busy[n] = true
	defer delete(s.busy, n)
	sets := make([]*plan.Set, len(n.union))
	for i, branch := range n.union {
		if branch == nil {
			return nil
		}
		sets[i], _ = s.set(branch)
	}
	return plan.Union(sets...)
}

// across returns what a foreign key says: the shard of the other row.
func (s *solver) across(n *node, e edge, follow bool) (*plan.Set, []string) {
	if !follow || s.busy[n] || s.busy[e.from] {
		return nil, nil
	}
	s.busy[n] = true
	defer delete(s.busy, n)
	set, why := s.set(e.from)
	return plan.ShardOf(e.from.leaf.table, set), why
}

// reaches reports whether there is a path of equalities from one node to another.
func reaches(from, to *node) bool {
	seen := map[*node]bool{to: true}
	for queue := []*node{to}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == from {
			return true
		}
		for _, e := range queue[0].from {
			if e.foreign == "" && !seen[e.from] {
				seen[e.from] = true
				queue = append(queue, e.from)
			}
		}
	}
	return false
}
