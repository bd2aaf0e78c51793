package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/conf"
)

// Schema is what tables, views, procedures, triggers and events look like. It is filled by a reader of
// SQL files or of information_schema, and not changed after that. The maps' keys are
// made by Key; a definition whose database is not known is kept under the empty one.
type Schema struct {
	Tables     map[string]*TableDef
	Views      map[string]*View
	Procedures map[string]*ProcedureDef
	Events     map[string]*EventDef
	Triggers   map[string]*TriggerDef // of files only
	Programs   map[string]bool        // by ProgramKey: all stored programs of databases that a server was asked about
	asked      map[string]bool        // the names of those, lower-case
}

// ProgramKey is the key of a program in Schema.Programs; kind is "trigger", "event",
// "function" or "procedure".
func ProgramKey(kind, database, name string) string {
	return strings.ToLower(kind) + " " + Key(database, name)
}

// Key is the key of a definition in the maps of a Schema.
func Key(database, name string) string {
	return strings.ToLower(database) + "." + strings.ToLower(name)
}

// NewSchema returns an empty schema.
func NewSchema() *Schema {
	return &Schema{Tables: map[string]*TableDef{}, Views: map[string]*View{}, Procedures: map[string]*ProcedureDef{}, Events: map[string]*EventDef{}, Triggers: map[string]*TriggerDef{}, Programs: map[string]bool{}}
}

// KnowsPrograms reports whether Programs has all stored programs of some databases.
func (s *Schema) KnowsPrograms(of []*Database) bool {
	return !slices.ContainsFunc(of, func(d *Database) bool { return !s.asked[strings.ToLower(d.Name)] })
}

// AddTable adds a definition; false: there is one of that name already.
func (s *Schema) AddTable(t *TableDef) bool { return add(s.Tables, Key(t.Database, t.Name), t) }

// AddView adds a definition; false: there is one of that name already.
func (s *Schema) AddView(v *View) bool { return add(s.Views, Key(v.Database, v.Name), v) }

// AddProcedure adds a definition; false: there is one of that name already.
func (s *Schema) AddProcedure(p *ProcedureDef) bool {
	return add(s.Procedures, Key(p.Database, p.Name), p)
}

// AddEvent adds a definition; false: there is one of that name already.
func (s *Schema) AddEvent(e *EventDef) bool { return add(s.Events, Key(e.Database, e.Name), e) }

// AddTrigger adds a definition; false: there is one of that name already.
func (s *Schema) AddTrigger(t *TriggerDef) bool { return add(s.Triggers, Key(t.Database, t.Name), t) }

func add[T any](m map[string]*T, key string, def *T) bool {
	if m[key] != nil {
		return false
	}
	m[key] = def
	return true
}

// Table finds a table of a database; one whose database is unknown will do.
func (s *Schema) Table(database, name string) (*TableDef, bool) {
	return find(s.Tables, database, name)
}

// View finds a view of a database; one whose database is unknown will do.
func (s *Schema) View(database, name string) (*View, bool) {
	return find(s.Views, database, name)
}

// Procedure finds a procedure of a database; one whose database is unknown will do.
func (s *Schema) Procedure(database, name string) (*ProcedureDef, bool) {
	return find(s.Procedures, database, name)
}

func find[T any](m map[string]*T, database, name string) (*T, bool) {
	if d, ok := m[Key(database, name)]; ok {
		return d, true
	}
	d, ok := m[Key("", name)]
	return d, ok
}

// Refreshed returns the schema with the definitions of one database as its servers have
// them now. Tables that have gone but are still placed by the rules keep their
// definition and are Absent. owns tells the views of the database among those whose
// script does not say.
func (s *Schema) Refreshed(d *Database, live *Schema, owns func(*View) bool) *Schema {
	out := NewSchema()
	maps.Copy(out.Procedures, s.Procedures)
	maps.Copy(out.Events, s.Events)
	maps.Copy(out.Triggers, s.Triggers)
	for key := range s.Programs {
		if _, rest, _ := strings.Cut(key, " "); !strings.HasPrefix(rest, Key(d.Name, "")) {
			out.Programs[key] = true
		}
	}
	maps.Copy(out.Programs, live.Programs)
	out.asked = map[string]bool{strings.ToLower(d.Name): true}
	maps.Copy(out.asked, s.asked)
	placed := map[string]bool{}
	for _, t := range d.Tables {
		placed[strings.ToLower(t.Name)] = true
	}
	for key, t := range s.Tables {
		ours := strings.EqualFold(t.Database, d.Name) || t.Database == "" && placed[strings.ToLower(t.Name)]
		_, there := live.Table(d.Name, t.Name)
		switch {
		case !ours:
			out.Tables[key] = t
		case !there && placed[strings.ToLower(t.Name)]:
			gone := *t
			gone.Absent = true
			out.Tables[key] = &gone
		}
	}
	for key, t := range live.Tables {
		out.Tables[key] = s.keepingKey(d, t)
	}
	for key, v := range s.Views {
		if !strings.EqualFold(v.Database, d.Name) && (v.Database != "" || !owns(v)) {
			out.Views[key] = v
		}
	}
	maps.Copy(out.Views, live.Views)
	for key, p := range live.Procedures {
		if known, ok := s.Procedure(d.Name, p.Name); !ok || !strings.HasSuffix(plainText(known.Body), plainText(p.Body)) {
			out.Procedures[key] = p
		}
	}
	return out
}

// keepingKey returns a definition in which the sharding key is of the type that was known
// before: rows were placed by it, and must be found by it.
func (s *Schema) keepingKey(d *Database, t *TableDef) *TableDef {
	old, ok := s.Table(d.Name, t.Name)
	if !ok {
		return t
	}
	for _, placed := range d.Tables {
		if !strings.EqualFold(placed.Name, t.Name) || placed.Key == "" {
			continue
		}
		is := func(c Column) bool { return strings.EqualFold(c.Name, placed.Key) }
		from, to := slices.IndexFunc(old.Columns, is), slices.IndexFunc(t.Columns, is)
		if from < 0 || to < 0 {
			continue
		}
		kept := *t
		kept.Columns = slices.Clone(t.Columns)
		kept.Columns[to].Type, kept.Columns[to].Collation = old.Columns[from].Type, old.Columns[from].Collation
		return &kept
	}
	return t
}

// plainText is a program's text with single spaces. A server leaves out what stands
// before the body.
func plainText(s string) string { return strings.Join(strings.Fields(s), " ") }

// TableDef is one CREATE TABLE.
type TableDef struct {
	Name      string
	Database  string // one of the rules' databases; empty when the file does not say
	Columns   []Column
	Indexes   []IndexDef // the primary key, which is named PRIMARY, first
	Foreign   []ForeignDef
	Partition *PartitionDef // nil when not partitioned
	Engine    string        // "InnoDB"; empty when not known
	Collation string        // default of the table; empty when not known
	// Absent: no server has the table at present; this is how it was, or will be.
	Absent bool
	Pos    conf.Pos
}

// IndexDef is one key of a table.
type IndexDef struct {
	Name   string // "PRIMARY" for the primary key
	Unique bool   // true for the primary key too
	Kind   string // "", "fulltext", "spatial"
	Parts  []IndexPart
}

// IndexPart is a column, a prefix of one, or an expression.
type IndexPart struct {
	Column     string // empty for an expression
	Expression string
	Prefix     int // characters or bytes; 0 for the whole column
	Descending bool
}

// ForeignDef is one foreign key.
type ForeignDef struct {
	Name       string
	Columns    []string
	Database   string // empty: the table's own
	Table      string
	References []string
	OnDelete   string // "CASCADE"; empty or "NO ACTION" when the manual's default holds
	OnUpdate   string
}

// PartitionDef is how a table is partitioned.
type PartitionDef struct {
	Method     string   // "RANGE", "RANGE COLUMNS", "LIST", "HASH", ...
	Expression string   // as information_schema.PARTITIONS prints it
	Names      []string // in order
}

// View is one CREATE VIEW.
type View struct {
	Name       string
	Database   string // empty when the file does not say
	Definition string // the SELECT
	Columns    []string
	Pos        conf.Pos
}

// ProcedureDef is one CREATE PROCEDURE.
type ProcedureDef struct {
	Name       string
	Database   string // empty when the file does not say
	Parameters []Parameter
	Body       string
	Pos        conf.Pos
}

// EventDef is one CREATE EVENT.
type EventDef struct {
	Name     string
	Database string // empty when the file does not say
	Body     string // what it does
	Enabled  bool
	Pos      conf.Pos
}

// TriggerDef is one CREATE TRIGGER.
type TriggerDef struct {
	Name     string
	Database string // empty when the file does not say
	Text     string // the whole statement
	Pos      conf.Pos
}

// Parameter is one parameter of a procedure.
type Parameter struct {
	Mode string // "IN", "OUT" or "INOUT"
	Name string
	Type string // lower-case
}

// has says whether the key contains a whole column.
func (x *IndexDef) has(column string) bool {
	for _, p := range x.Parts {
		if strings.EqualFold(p.Column, column) {
			return true
		}
	}
	return false
}

// String prints the key as "name (a, b)".
func (x *IndexDef) String() string {
	parts := make([]string, len(x.Parts))
	for i, p := range x.Parts {
		parts[i] = p.Column + p.Expression
	}
	return x.Name + " (" + strings.Join(parts, ", ") + ")"
}
