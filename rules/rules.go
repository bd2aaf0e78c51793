// Package rules answers one question: where does a row live? It turns the checked
// configuration and the schema into immutable tables of databases, shards, slots and
// keys.
//
// Its nouns: Rules are one snapshot of all of it; a Database of the logical one has
// Shards, a Shard is one schema on one group; a Table is sharded by one key column,
// or single, or a reference table; a key value has a slot, and a slot or a pin has a
// shard. A Schema is what the tables look like, read by somebody else from SQL files
// or from a server. A Calendar does the arithmetic of month partitions.
//
// The package has no clock and does no I/O, and nothing in it changes after Compile.
package rules

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// Slots is the number of slots that key values are hashed to. It never changes:
// rebalancing moves slots and pins, not the hash.
const Slots = 4096

// Kind says how a table is spread.
type Kind uint8

// The kinds of tables.
const (
	Sharded   Kind = iota // rows are spread over the database's shards by one key column
	Single                // the whole table lives on one shard
	Reference             // every shard of the database holds a full copy
)

func (k Kind) String() string { return [...]string{"sharded", "single", "reference"}[k] }

// Rules is an immutable snapshot of placement. All its methods are safe for
// concurrent use.
type Rules struct {
	Logical   string      // name of the logical database, "saas"
	Databases []*Database // in the order of the configuration
	Groups    []string    // names of the groups, in the order of the configuration
	Locks     *Shard      // user locks are kept on its group

	byName     map[string]*Database  // lower-case name
	tables     map[string]*Table     // lower-case name; names are unique over the databases
	shards     map[string]*Shard     // name
	procedures map[string]*Procedure // Key of database and name
	pins       map[string]*pin       // the bytes of a key value
	schema     *Schema               // what Compile was given; never nil
}

// Database is one of the databases that make up the logical one.
type Database struct {
	Name   string
	Shards []*Shard
	Slots  [Slots]uint16 // slot -> index into Shards
	Tables []*Table      // in the order of the configuration
	Pos    conf.Pos

	index    int             // position in Rules.Databases
	path     string          // in the configuration
	rule     [Slots]conf.Pos // slot -> the range that gave it away
	unlisted *Table
}

// Shard is one schema on one group. Shards are compared by pointer.
type Shard struct {
	Name     string // unique over all databases, "saas_unified_core-0"
	Database *Database
	Index    int    // position in Database.Shards
	Group    string // replication group that holds it
	Schema   string // physical schema name on that group
	Pos      conf.Pos
}

// Table is one table of the logical database.
type Table struct {
	Name        string
	Database    *Database
	Kind        Kind
	Key         string           // sharding key column; empty unless Sharded
	NullHome    *Shard           // where rows with a NULL key live; nil when NULL keys are not allowed
	Home        *Shard           // the shard of a Single table
	Columns     []Column         // in the order of the table; empty when no schema is known
	Uniques     []Index          // primary key first; the locator uses them
	Enforced    []Enforced       // unique keys that Sluice enforces over the shards, in the order in which a server checks them
	Foreign     []Foreign        // foreign keys inside the database
	Calendar    *Calendar        // nil when the table is not partitioned by month
	Scatter     Policy           // what happens to a statement that names no key
	Consistency conf.Consistency // of reads; empty: as the group says
	Def         *TableDef        // everything the schema says; nil when no schema is known
	Pos         conf.Pos         // the line of the configuration that placed it

	key      key
	nullRule conf.Pos
	path     string   // in the configuration
	global   []string // names of keys that the configuration says are unique over all shards
}

// Column is what routing needs to know of a column.
type Column struct {
	Name       string
	Type       string // lower-case type as in information_schema.COLUMN_TYPE
	Collation  string // empty for types without one
	Nullable   bool
	Default    *string // constant default; nil when none or an expression
	Expression bool    // the default is an expression, or the column is generated or auto-increment
	Numbered   bool    // it is auto-increment
	Invisible  bool    // neither * nor an INSERT without a list of columns means it
}

// Index is a primary or unique key over plain columns.
type Index struct {
	Name    string
	Columns []string
	// Global says that at most one row of all shards has these values: the key
	// contains the sharding key, or there is one shard, or the configuration says
	// that the applications see to it.
	Global bool
}

// Foreign is a foreign key to a table of the same database.
type Foreign struct {
	Columns    []string
	Table      string
	References []string
}

// Policy says what a statement that would ask all shards may do.
type Policy uint8

// The scatter policies.
const (
	Allow Policy = iota
	Warn
	Deny
)

func (p Policy) String() string { return [...]string{"allow", "warn", "deny"}[p] }

// Location is the answer to "where does this key value live".
type Location struct {
	Shard  *Shard
	Slot   int      // -1 when no slot decided: a NULL key, a single table, the only shard
	Pinned bool     // a pin decided, not the slot
	Pos    conf.Pos // the line that decided
}

// Value re-exports the value type so that callers of Locate need one import less.
type Value = value.Value

// Table finds a table by its name without qualifier, in any case.
func (r *Rules) Table(name string) (*Table, bool) {
	t, ok := r.tables[strings.ToLower(name)]
	return t, ok
}

// Database finds a database by its name, in any case. The logical database is none of
// them.
func (r *Rules) Database(name string) (*Database, bool) {
	d, ok := r.byName[strings.ToLower(name)]
	return d, ok
}

// Shard finds a shard by its name.
func (r *Rules) Shard(name string) (*Shard, bool) {
	s, ok := r.shards[name]
	return s, ok
}

// Procedure finds how a procedure of a database is called, by its name in any case.
// In a database of one shard a procedure that the configuration does not list runs
// there.
func (r *Rules) Procedure(d *Database, name string) (*Procedure, bool) {
	if p, ok := r.procedures[Key(d.Name, name)]; ok {
		return p, true
	}
	if len(d.Shards) != 1 {
		return nil, false
	}
	p := &Procedure{Name: name, Database: d, TenantParam: -1, RowParam: -1, Run: conf.RunSingle, Home: d.Shards[0], Pos: d.Pos}
	p.Def, _ = r.schema.Procedure(d.Name, name)
	return p, true
}

// Unlisted is what holds for a table that the configuration does not list: in a
// database of one shard it is a single table there; otherwise nobody knows where it
// would be. The table has no name and is the same one at every call.
func (r *Rules) Unlisted(d *Database) (*Table, bool) {
	return d.unlisted, d.unlisted != nil
}

// Column finds a column by its name, in any case.
func (t *Table) Column(name string) (*Column, bool) {
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, name) {
			return &t.Columns[i], true
		}
	}
	return nil, false
}

// UniqueOverShards reports whether a unique key, if the table gets it, holds over all its
// shards: because it contains the sharding key, or because the configuration says so.
func (t *Table) UniqueOverShards(name string, columns []string) bool {
	if t.Kind != Sharded || len(t.Database.Shards) == 1 {
		return true
	}
	same := func(x string) func(string) bool { return func(y string) bool { return strings.EqualFold(x, y) } }
	return slices.ContainsFunc(columns, same(t.Key)) || slices.ContainsFunc(t.global, same(name))
}

// ID is the one column of the table's primary key; empty if it has none, or several.
func (t *Table) ID() string {
	if len(t.Uniques) == 0 || !strings.EqualFold(t.Uniques[0].Name, "PRIMARY") || len(t.Uniques[0].Columns) != 1 {
		return ""
	}
	return t.Uniques[0].Columns[0]
}

// Procedure is how one stored procedure is called.
type Procedure struct {
	Name        string
	Database    *Database
	TenantParam int           // with conf.RunTenant the index of the parameter that holds the tenant; otherwise -1
	RowParam    int           // with conf.RunRow the index of the parameter that holds the id of a row; otherwise -1
	Rows        []*Table      // with conf.RunRow: one of them has that row
	Run         conf.Run      // where it runs
	Home        *Shard        // with conf.RunSingle
	Def         *ProcedureDef // nil when no schema is known
	Pos         conf.Pos
}
