// Package rules answers one question: where does a row live? It turns the checked
// configuration and the schema into immutable tables of databases, shards, slots
// and keys. It has no clock and does no I/O.
package rules

import (
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

// Rules is an immutable snapshot of placement. All its methods are safe for
// concurrent use.
type Rules struct {
	Logical   string      // name of the logical database, "saas"
	Databases []*Database // in the order of the configuration
	Groups    []string    // names of the groups, in the order of the configuration
	// unexported indexes follow in the implementation
	byName map[string]*Database
	tables map[string]*Table // lower-case table name -> table; names are unique over the databases
}

// Database is one of the databases that make up the logical one.
type Database struct {
	Name   string
	Shards []*Shard
	Slots  [Slots]uint16 // slot -> index into Shards
	Pos    conf.Pos
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
	Name     string
	Database *Database
	Kind     Kind
	Key      string    // sharding key column; empty unless Sharded
	NullHome *Shard    // where rows with a NULL key live; nil when NULL keys are not allowed
	Home     *Shard    // the shard of a Single table
	Columns  []Column  // in the order of the table; empty when no schema is known
	Uniques  []Index   // primary key first; the locator uses them
	Foreign  []Foreign // foreign keys inside the database
	Calendar *Calendar // nil when the table is not partitioned by month
	Scatter  Policy    // what happens to a statement that names no key
	Pos      conf.Pos  // the line of the configuration that placed it
}

// Column is what routing needs to know of a column.
type Column struct {
	Name       string
	Type       string // lower-case type as in information_schema.COLUMN_TYPE
	Collation  string // empty for types without one
	Nullable   bool
	Default    *string // constant default; nil when none or an expression
	Expression bool    // the default is an expression, or the column is generated or auto-increment
}

// Index is a primary or unique key over plain columns.
type Index struct {
	Name    string
	Columns []string
	Global  bool // unique over the whole platform by rule, not only per shard
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

// Location is the answer to "where does this key value live".
type Location struct {
	Shard  *Shard
	Slot   int  // -1 for a NULL key
	Pinned bool // a pin decided, not the slot
	Pos    conf.Pos // the line that decided
}

// Value re-exports the value type so that callers of Locate need one import less.
type Value = value.Value
