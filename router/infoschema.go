package router

import (
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Queries of information_schema run on one server, on a group that has a shard of
// every database (see catalogue.go for others): each table that names schemas is replaced in the text by a derived
// table that shows one shard of each database under the database's name, and all of
// them once more under the logical name, but for programs whose name an earlier one has. Other schemas of the server are hidden but
// for those that every server has. Numbers of rows and sizes are those of one shard.
// Tables that name no schema, and mysql, performance_schema and sys, are those of the
// server that answers.

// infoTable describes a table of information_schema that shows names of schemas.
type infoTable struct {
	columns string // all of MySQL 8.0's, separated by spaces
	schemas string // those of them that hold names of schemas, the one of the row first
	texts   string // those that hold SQL text with names of schemas in it
}

// infoTableOf returns the description of a table of information_schema; false for
// one that shows no schemas, or that is not mapped.
func infoTableOf(name string) (infoTable, bool) {
	const routine = "DATA_TYPE CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_SCALE DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME DTD_IDENTIFIER"
	const client = "CHARACTER_SET_CLIENT COLLATION_CONNECTION"
	switch strings.ToUpper(name) {
	case "SCHEMATA":
		return infoTable{columns: "CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH DEFAULT_ENCRYPTION", schemas: "SCHEMA_NAME"}, true
	case "SCHEMATA_EXTENSIONS":
		return infoTable{columns: "CATALOG_NAME SCHEMA_NAME OPTIONS", schemas: "SCHEMA_NAME"}, true
	case "TABLES":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE VERSION ROW_FORMAT TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION CHECKSUM CREATE_OPTIONS TABLE_COMMENT", schemas: "TABLE_SCHEMA"}, true
	case "COLUMNS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_SCALE DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION SRS_ID", schemas: "TABLE_SCHEMA"}, true
	case "STATISTICS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME NON_UNIQUE INDEX_SCHEMA INDEX_NAME SEQ_IN_INDEX COLUMN_NAME COLLATION CARDINALITY SUB_PART PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT IS_VISIBLE EXPRESSION", schemas: "TABLE_SCHEMA INDEX_SCHEMA"}, true
	case "KEY_COLUMN_USAGE":
		return infoTable{columns: "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ORDINAL_POSITION POSITION_IN_UNIQUE_CONSTRAINT REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME", schemas: "TABLE_SCHEMA CONSTRAINT_SCHEMA REFERENCED_TABLE_SCHEMA"}, true
	case "REFERENTIAL_CONSTRAINTS":
		return infoTable{columns: "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME", schemas: "CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_SCHEMA"}, true
	case "TABLE_CONSTRAINTS":
		return infoTable{columns: "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE ENFORCED", schemas: "TABLE_SCHEMA CONSTRAINT_SCHEMA"}, true
	case "CHECK_CONSTRAINTS":
		return infoTable{columns: "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME CHECK_CLAUSE", schemas: "CONSTRAINT_SCHEMA"}, true
	case "VIEWS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE " + client, schemas: "TABLE_SCHEMA", texts: "VIEW_DEFINITION"}, true
	case "VIEW_TABLE_USAGE":
		return infoTable{columns: "VIEW_CATALOG VIEW_SCHEMA VIEW_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME", schemas: "VIEW_SCHEMA TABLE_SCHEMA"}, true
	case "VIEW_ROUTINE_USAGE":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME", schemas: "TABLE_SCHEMA SPECIFIC_SCHEMA"}, true
	case "ROUTINES":
		return infoTable{columns: "SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE " + routine + " ROUTINE_BODY ROUTINE_DEFINITION EXTERNAL_NAME EXTERNAL_LANGUAGE PARAMETER_STYLE IS_DETERMINISTIC SQL_DATA_ACCESS SQL_PATH SECURITY_TYPE CREATED LAST_ALTERED SQL_MODE ROUTINE_COMMENT DEFINER " + client + " DATABASE_COLLATION", schemas: "ROUTINE_SCHEMA"}, true
	case "PARAMETERS":
		return infoTable{columns: "SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME ORDINAL_POSITION PARAMETER_MODE PARAMETER_NAME " + routine + " ROUTINE_TYPE", schemas: "SPECIFIC_SCHEMA"}, true
	case "TRIGGERS":
		return infoTable{columns: "TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_CATALOG EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE ACTION_ORDER ACTION_CONDITION ACTION_STATEMENT ACTION_ORIENTATION ACTION_TIMING ACTION_REFERENCE_OLD_TABLE ACTION_REFERENCE_NEW_TABLE ACTION_REFERENCE_OLD_ROW ACTION_REFERENCE_NEW_ROW CREATED SQL_MODE DEFINER " + client + " DATABASE_COLLATION", schemas: "TRIGGER_SCHEMA EVENT_OBJECT_SCHEMA"}, true
	case "EVENTS":
		return infoTable{columns: "EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER TIME_ZONE EVENT_BODY EVENT_DEFINITION EVENT_TYPE EXECUTE_AT INTERVAL_VALUE INTERVAL_FIELD SQL_MODE STARTS ENDS STATUS ON_COMPLETION CREATED LAST_ALTERED LAST_EXECUTED EVENT_COMMENT ORIGINATOR " + client + " DATABASE_COLLATION", schemas: "EVENT_SCHEMA"}, true
	case "PARTITIONS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PARTITION_NAME SUBPARTITION_NAME PARTITION_ORDINAL_POSITION SUBPARTITION_ORDINAL_POSITION PARTITION_METHOD SUBPARTITION_METHOD PARTITION_EXPRESSION SUBPARTITION_EXPRESSION PARTITION_DESCRIPTION TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE CREATE_TIME UPDATE_TIME CHECK_TIME CHECKSUM PARTITION_COMMENT NODEGROUP TABLESPACE_NAME", schemas: "TABLE_SCHEMA"}, true
	case "COLUMN_STATISTICS":
		return infoTable{columns: "SCHEMA_NAME TABLE_NAME COLUMN_NAME HISTOGRAM", schemas: "SCHEMA_NAME"}, true
	case "TABLES_EXTENSIONS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME ENGINE_ATTRIBUTE SECONDARY_ENGINE_ATTRIBUTE", schemas: "TABLE_SCHEMA"}, true
	case "COLUMNS_EXTENSIONS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME ENGINE_ATTRIBUTE SECONDARY_ENGINE_ATTRIBUTE", schemas: "TABLE_SCHEMA"}, true
	case "ST_GEOMETRY_COLUMNS":
		return infoTable{columns: "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME SRS_NAME SRS_ID GEOMETRY_TYPE_NAME", schemas: "TABLE_SCHEMA"}, true
	}
	return infoTable{}, false
}

// ofMariaDB are the columns in which MariaDB's tables differ: those that it lacks, with
// what stands in their place.
var ofMariaDB = map[string][]string{
	"SCHEMATA":          {"DEFAULT_ENCRYPTION", "SCHEMA_COMMENT"},
	"TABLES":            {"TABLE_COMMENT", "TABLE_COMMENT MAX_INDEX_LENGTH TEMPORARY"},
	"COLUMNS":           {"GENERATION_EXPRESSION SRS_ID", "IS_GENERATED GENERATION_EXPRESSION"},
	"STATISTICS":        {"IS_VISIBLE EXPRESSION", "IGNORED"},
	"TABLE_CONSTRAINTS": {"CONSTRAINT_TYPE ENFORCED", "CONSTRAINT_TYPE"},
	"CHECK_CONSTRAINTS": {"CONSTRAINT_NAME CHECK_CLAUSE", "TABLE_NAME CONSTRAINT_NAME LEVEL CHECK_CLAUSE"},
	"VIEWS":             {"COLLATION_CONNECTION", "COLLATION_CONNECTION ALGORITHM"},
}

// infoTable returns the description of a table of information_schema that infoTableOf
// knows, as the servers have it.
func (a *analysis) infoTable(name string) infoTable {
	t, _ := infoTableOf(name)
	if d := ofMariaDB[strings.ToUpper(name)]; d != nil && a.env.Dialect.MariaDB {
		t.columns = strings.Replace(t.columns, d[0], d[1], 1)
	}
	return t
}

// system is what lookup answers for a table of a system schema; a FROM clause takes
// it as a leaf of its own kind.
type system struct{ schema, table string }

func (s *system) Error() string { return "system table " + s.schema + "." + s.table }

// systemLeaf adds a table of a system schema in a FROM clause.
func (a *analysis) systemLeaf(s *system, n *ast.TableName, alias string) *leaf {
	l := &leaf{system: strings.ToLower(s.schema), name: n, alias: alias, virtual: a.inView > 0}
	a.leaves = append(a.leaves, l)
	return l
}

// mapped reports whether a leaf is replaced in the text.
func (l *leaf) mapped() bool {
	if l.system != "information_schema" {
		return false
	}
	_, ok := infoTableOf(l.name.Name.O)
	return ok
}

// systemLeaves takes the system tables out of the leaves and, where one shows names
// of schemas, adds every database: the server must have a shard of each.
func (a *analysis) systemLeaves() error {
	var rest []*leaf
	show := false
	for _, l := range a.leaves {
		if l.system == "" {
			rest = append(rest, l)
			continue
		}
		if l.write {
			return unsupportedf("system table %s.%s cannot be changed through Sluice", l.system, l.name.Name.O)
		}
		if l.virtual {
			return unsupportedf("a view over system table %s.%s", l.system, l.name.Name.O)
		}
		if a.env.TenantOnly && !l.mapped() {
			return plan.Unsupported("this user may only see tenant '"+a.env.Tenant+"', and "+l.system+"."+l.name.Name.O+" shows what others do", conf.Pos{}, "")
		}
		a.systems = append(a.systems, l)
		if l.mapped() {
			a.infos = append(a.infos, strings.ToUpper(l.name.Name.O))
		}
		show = show || l.mapped()
	}
	if show {
		for _, db := range a.r.rules.Databases {
			rest = append(rest, a.wholeDatabase(db))
		}
	}
	a.leaves = rest
	return nil
}

// wholeDatabase is a leaf for any shard of a database.
func (a *analysis) wholeDatabase(db *rules.Database) *leaf {
	return &leaf{database: db, name: &ast.TableName{}, alias: db.Name, routine: true, metadata: true, virtual: true}
}

// anyShard reports whether a leaf stands for a database of which some shard is wanted.
func (l *leaf) anyShard() bool { return l.routine && l.metadata && l.virtual && l.name.Name.O == "" }

// systemRead plans what names a system table elsewhere than in a FROM clause.
func (a *analysis) systemRead(s *system) (plan.Node, error) {
	if a.stmt.Verb == parser.Show || a.stmt.Verb == parser.Describe || a.stmt.Verb == parser.Explain {
		a.leaves, a.err = nil, nil
		return a.onAny(0)
	}
	return nil, plan.Unsupported("system table "+s.schema+"."+s.table+" can only be read", conf.Pos{}, "")
}

// systemEdits returns the edits of the names of system tables.
func (a *analysis) systemEdits() []plan.Edit {
	if len(a.systems) == 0 {
		return nil
	}
	var edits []plan.Edit
	for _, n := range a.stmt.Names() {
		l := a.systemNamed(a.stmt.DatabaseOf(n), a.stmt.TableOf(n))
		switch {
		case l == nil:
		case n.Role == parser.ColumnQualifier:
			if l.mapped() && n.Database >= 0 {
				edits = append(edits, plan.Edit{First: n.Database, Last: n.Table - 1})
			}
		case n.Role != parser.TableName:
		case l.mapped():
			edits = append(edits, a.derivedInfo(l, n)...)
		case n.Database < 0:
			edits = append(edits, plan.Edit{First: n.Table, Last: n.Table - 1, Text: l.system + "."})
		}
	}
	return edits
}

func (a *analysis) systemNamed(schema, table string) *leaf {
	for _, l := range a.systems {
		if l.name.Schema.O == schema && l.name.Name.O == table {
			return l
		}
	}
	return nil
}

// derivedInfo replaces the name of a table by a derived table.
func (a *analysis) derivedInfo(l *leaf, n parser.Name) []plan.Edit {
	t := a.infoTable(l.name.Name.O)
	b := infoBuilder{into: a, at: n.First(), databases: a.r.rules.Databases, logical: a.r.rules.Logical}
	b.derived(strings.ToUpper(l.name.Name.O), t)
	if !a.hasAlias(n.Last() + 1) {
		b.text(" AS `" + l.name.Name.O + "`")
	}
	return append(b.edits, plan.Edit{First: n.First(), Last: n.Last()})
}

// hasAlias reports whether the token begins an alias.
func (a *analysis) hasAlias(i int) bool { return hasAlias(a.stmt, i) }

func hasAlias(s *parser.Statement, i int) bool {
	if i >= len(s.Tokens) {
		return false
	}
	switch s.Tokens[i].Kind {
	case parser.QuotedIdent:
		return true
	case parser.Ident:
	default:
		return false
	}
	for _, word := range []string{
		"where", "join", "inner", "left", "right", "cross", "natural", "straight_join", "on", "using", "group", "having", "order",
		"limit", "union", "except", "intersect", "for", "lock", "into", "window", "partition", "use", "ignore", "force", "procedure", "set",
	} {
		if s.Is(i, word) {
			return false
		}
	}
	return true
}

// infoBuilder collects the pieces of a derived table: texts and names of schemas.
type infoBuilder struct {
	into      *analysis
	ours      bool // only rows of our databases matter
	at        int
	databases []*rules.Database
	logical   string
	edits     []plan.Edit
}

// derived adds the derived table that stands for a table of information_schema.
func (b *infoBuilder) derived(name string, t infoTable) {
	if b.into.gathers {
		b.collected(name, t)
		return
	}
	b.text("(SELECT ")
	for i, c := range strings.Fields(t.columns) {
		if i > 0 {
			b.text(", ")
		}
		b.column(c, t)
	}
	home := strings.Fields(t.schemas)[0]
	b.text(" FROM information_schema." + name + " x JOIN (SELECT 0 AS k UNION ALL SELECT 1) l ON l.k = 0 AND x." + home + " IN ('information_schema', 'mysql', 'performance_schema', 'sys', ")
	b.shards(b.databases)
	b.text(") OR l.k = 1 AND x." + home + " IN (")
	if name == "SCHEMATA" || name == "SCHEMATA_EXTENSIONS" {
		b.shards(b.databases[:1]) // the logical database is one row
	} else {
		b.shards(b.databases)
	}
	b.text(")")
	b.once(programsIn(name), home)
	b.text(")")
}

// programsIn describes a table of information_schema that lists stored programs, of which
// the logical database has one of each name. Triggers of one name are on different tables,
// and are all told.
func programsIn(table string) plan.Programs {
	switch table {
	case "ROUTINES":
		return plan.Programs{Table: "ROUTINES", Home: "ROUTINE_SCHEMA", Names: []string{"ROUTINE_NAME", "ROUTINE_TYPE"}}
	case "PARAMETERS": // a routine may have none
		return plan.Programs{Table: "ROUTINES", Home: "ROUTINE_SCHEMA", Names: []string{"ROUTINE_NAME", "ROUTINE_TYPE"}, Columns: []string{"SPECIFIC_NAME", "ROUTINE_TYPE"}}
	case "EVENTS":
		return plan.Programs{Table: "EVENTS", Home: "EVENT_SCHEMA", Names: []string{"EVENT_NAME"}}
	}
	return plan.Programs{}
}

// tellsOnce reports whether the text that stands for a table of information_schema also
// reads which programs there are.
func (a *analysis) tellsOnce(name string) bool {
	return programsIn(name).Table != "" && len(a.r.rules.Databases) > 1 && !a.gathers
}

// once leaves out the rows of the logical database about programs that an earlier database
// has, too: one server has one of them.
func (b *infoBuilder) once(p plan.Programs, home string) {
	if p.Table == "" || len(b.databases) < 2 {
		return
	}
	b.text(" AND NOT EXISTS (SELECT 1 FROM information_schema." + p.Table + " y WHERE y." + p.Home + " IN (")
	b.shards(b.databases)
	b.text(") AND FIELD(y." + p.Home + ", ")
	b.shards(b.databases)
	b.text(") < FIELD(x." + home + ", ")
	b.shards(b.databases)
	b.text(")")
	for i, c := range p.Names {
		b.text(" AND y." + c + " = x." + p.ColumnOf(i))
	}
	b.text(")")
}

func (b *infoBuilder) text(s string) {
	b.edits = append(b.edits, plan.Edit{First: b.at, Last: b.at - 1, Text: s})
}

// schema adds the name of the chosen shard's schema of a database as a string.
func (b *infoBuilder) schema(db *rules.Database, then string) {
	b.edits = append(b.edits, plan.Edit{First: b.at, Last: b.at - 1, Database: db, Literal: true, Text: then})
}

func (b *infoBuilder) shards(list []*rules.Database) {
	for i, db := range list {
		then := ""
		if i < len(list)-1 {
			then = ", "
		}
		b.schema(db, then)
	}
}

// column adds one column, with the names that clients know in the place of schemas.
func (b *infoBuilder) column(c string, t infoTable) {
	switch {
	case isOneOf(c, t.schemas):
		b.text("CASE WHEN l.k = 1 AND x." + c + " IN (")
		b.shards(b.databases)
		b.text(") THEN " + quoted(b.logical))
		for _, db := range b.databases {
			b.text(" WHEN x." + c + " = ")
			b.schema(db, " THEN "+quoted(db.Name))
		}
		b.text(" ELSE x." + c + " END AS " + c)
	case isOneOf(c, t.texts):
		b.text(strings.Repeat("REPLACE(", len(b.databases)) + "x." + c)
		for _, db := range b.databases {
			b.text(", CONCAT('`', ")
			b.schema(db, ", '`.'), IF(l.k = 1, "+quoted("`"+b.logical+"`.")+", "+quoted("`"+db.Name+"`.")+"))")
		}
		b.text(" AS " + c)
	default:
		b.text("x." + c)
	}
}

func isOneOf(c, list string) bool {
	for _, x := range strings.Fields(list) {
		if x == c {
			return true
		}
	}
	return false
}

// quoted writes a name as a string constant.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }
