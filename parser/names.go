package parser

import "github.com/pingcap/tidb/pkg/parser/ast"

// Role says what a Name names.
type Role uint8

// The roles of names.
const (
	TableName       Role = iota // a table or view; also a common table expression: ask CTEOf
	TargetName                  // what a multi-table DELETE deletes from: a table or an alias
	ColumnQualifier             // t.c, t.*, db.t.c, db.t.*
	RoutineName                 // a stored program, the name in Table: CALL p, db.f(), DROP TRIGGER db.g
	SchemaName                  // a database by itself, in Database: USE db, SHOW TABLES FROM db, GRANT .. ON db.*
)

var roleNames = [...]string{TableName: "table", TargetName: "target", ColumnQualifier: "column", RoutineName: "routine", SchemaName: "schema"}

// String returns the role as a word.
func (r Role) String() string { return roleNames[r] }

// Name is a place where something is named. Its parts are indexes into
// Statement.Tokens, -1 for one that is not there.
type Name struct {
	Role     Role
	Database int
	Table    int
	Column   int // the column of a ColumnQualifier; -1 for t.*
}

// First returns the index of the first token of the name.
func (n Name) First() int {
	if n.Database >= 0 {
		return n.Database
	}
	return n.Table
}

// Last returns the index of the last token of the name, its column left out.
func (n Name) Last() int { return max(n.Database, n.Table) }

// DatabaseOf returns the database that a name is qualified with, "" if it is not.
func (s *Statement) DatabaseOf(n Name) string {
	if n.Database < 0 {
		return ""
	}
	return s.text(n.Database)
}

// TableOf returns the table or routine of a name, "" for a SchemaName.
func (s *Statement) TableOf(n Name) string {
	if n.Table < 0 {
		return ""
	}
	return s.text(n.Table)
}

// CTE is the definition of a common table expression, as indexes into
// Statement.Tokens.
type CTE struct {
	Name        string
	First       int  // its name
	Columns     int  // the ( of its list of columns; -1 if it has none
	Open, Close int  // the parentheses around its query
	Recursive   bool // WITH RECURSIVE
	End         int  // the ) that ends the query behind the WITH, or the number of tokens
}

// CTEOf returns the definition that a name of a table means: of those in whose scope it
// stands, the innermost. It is nil where the name is that of a table.
func (s *Statement) CTEOf(ctes []CTE, n Name) *CTE {
	if n.Database >= 0 {
		return nil
	}
	name := s.TableOf(n)
	for i := len(ctes) - 1; i >= 0; i-- { // an inner one stands behind those around it
		if c := &ctes[i]; c.Name == name && c.reaches(n.Table) {
			return c
		}
	}
	return nil
}

// Leaks reports whether a name, which CTEOf takes for that of a table, may be one that a
// WITH in parentheses before it defines: in (WITH a AS (..) SELECT ..) UNION SELECT ..
// FROM a MySQL reads the expression, whose scope should have ended.
func (s *Statement) Leaks(ctes []CTE, n Name) bool {
	name := s.TableOf(n)
	for i := range ctes {
		if c := &ctes[i]; n.Database < 0 && c.Name == name && n.Table > c.End {
			switch s.word(c.End + 1) {
			case wUnion, wExcept, wIntersect:
				return true
			}
		}
	}
	return false
}

// reaches reports whether token i is where the expression can be read.
func (c *CTE) reaches(i int) bool {
	return i < c.End && (i > c.Close || c.Recursive && i > c.Open)
}

// CTEs returns the common table expressions in the order in which they are defined.
// They hide tables of the same name within the query behind the WITH.
func (s *Statement) CTEs() []CTE {
	var out []CTE
	ends := []int{len(s.Tokens)}
	for i, t := range s.Tokens {
		switch {
		case s.op(i, "("):
			ends = append(ends, s.closing(i))
		case s.op(i, ")") && len(ends) > 1:
			ends = ends[:len(ends)-1]
		}
		if t.word != wWith {
			continue
		}
		i++
		recursive := s.word(i) == wRecursive
		if recursive {
			i++
		}
		for i < len(s.Tokens) && s.isName(i) {
			c := CTE{Name: s.text(i), First: i, Columns: -1, Recursive: recursive, End: ends[len(ends)-1]}
			j := i + 1
			if s.op(j, "(") {
				c.Columns = j
				j = s.closing(j) + 1
			}
			if s.word(j) != wAs || !s.op(j+1, "(") {
				break
			}
			c.Open, c.Close = j+1, s.closing(j+1)
			out = append(out, c)
			if i = c.Close + 1; !s.op(i, ",") {
				break
			}
			i++
		}
	}
	return out
}

// ColumnList is a list of names for the columns of a derived table,
// (SELECT ..) AS t (a, b), as indexes into Statement.Tokens.
type ColumnList struct {
	Alias       string
	Columns     []string
	Open, Close int // its parentheses
}

// ColumnLists returns the column lists of derived tables in text order.
func (s *Statement) ColumnLists() []ColumnList {
	var out []ColumnList
	for i, t := range s.Tokens {
		if !t.is(s.SQL, "(") || !s.derives(i) {
			continue
		}
		if list, ok := s.columnList(s.closing(i) + 1); ok {
			out = append(out, list)
		}
	}
	return out
}

// derives reports whether the ( at i stands where a table may, and begins a query.
func (s *Statement) derives(i int) bool {
	switch s.word(i - 1) {
	case wFrom, wJoin, wStraightJoin, wLateral, wUpdate, wIgnore, wLowPriority, wUsing:
	default:
		if !s.op(i-1, ",") && !s.op(i-1, "(") && !s.Is(i-1, "oj") {
			return false
		}
	}
	if s.op(i+1, "(") {
		last := s.closing(i + 1)
		return s.derives(i+1) && last+1 < s.closing(i) // not a row of VALUES ((SELECT 1))
	}
	switch s.word(i + 1) {
	case wSelect, wWith, wTable, wValues:
		return true
	}
	return false
}

// columnList reads [AS] alias (a, b) at i.
func (s *Statement) columnList(i int) (ColumnList, bool) {
	if s.word(i) == wAs {
		i++
	}
	if !s.isName(i) || !s.op(i+1, "(") {
		return ColumnList{}, false
	}
	list := ColumnList{Alias: s.text(i), Open: i + 1, Close: s.closing(i + 1)}
	for j := list.Open + 1; j <= list.Close; j += 2 {
		if !s.isName(j) || !s.op(j+1, ",") && j+1 != list.Close {
			return ColumnList{}, false
		}
		list.Columns = append(list.Columns, s.text(j))
	}
	return list, len(list.Columns) > 0
}

// Names returns the places where tables, columns with a qualifier, stored programs
// and databases are named, in text order. It follows a light grammar, not the
// server's: a rewriting based on it must be verified by parsing the result again and
// comparing TableNames.
func (s *Statement) Names() []Name { return s.names }

func (s *Statement) readNames() []Name {
	w := walker{Statement: s, main: s.Main(), frames: []frame{{}}}
	for w.kind(w.i) == Hint {
		w.i++
	}
	w.statement()
	return w.out
}

// isName reports whether token i may be an unqualified name.
func (s *Statement) isName(i int) bool {
	return i >= 0 && i < len(s.Tokens) && s.Tokens[i].isName() && !s.Tokens[i].word.reserved()
}

// closing returns the index of the ) that closes the ( at i, the last token's if none.
func (s *Statement) closing(i int) int { return s.pairs[i] }

// walker finds names. It holds a frame for each open parenthesis.
type walker struct {
	*Statement
	main   Verb
	i      int
	frames []frame
	out    []Name
}

// frame is what is known inside one pair of parentheses.
type frame struct {
	list    bool // in a list of tables: a comma or JOIN leads to another
	want    bool // the next name is a table
	joined  bool // a JOIN was seen in the list
	keyed   bool // inside a function whose arguments are separated by FROM
	targets bool // between DELETE and FROM
	since   int  // number of names before the list
}

func (w *walker) top() *frame { return &w.frames[len(w.frames)-1] }

func (w *walker) add(n Name) { w.out = append(w.out, n) }

// accept moves past the words given, in any order and number.
func (w *walker) accept(words ...keyword) {
	for again := true; again; {
		again = false
		for _, k := range words {
			if w.word(w.i) == k && k != 0 {
				w.i++
				again = true
			}
		}
	}
}

// statement reads the head of the statement at the position and walks on.
func (w *walker) statement() {
	switch verb := firstVerb(w.kind(w.i), w.word(w.i)); verb {
	case Show:
		w.i++
		w.show()
	case Use:
		w.i++
		w.schema()
	case Describe, Explain:
		w.i++
		w.explain()
	case Grant, Revoke:
		w.grant()
	case Create, Alter, Drop:
		w.i++
		w.definition(verb)
	case Truncate, Handler:
		w.i++
		w.accept(wTable)
		w.table(TableName)
		w.walk()
	case Call:
		w.i++
		w.routine()
		w.walk()
	case Rename, Lock, Analyze, Optimize, Check, Checksum, Repair, Flush:
		w.i++
		w.tables()
	case Cache:
		w.i++
		w.accept(wIndex)
		w.top().list, w.top().want = true, true
		w.walk()
	case Prepare, Execute, Deallocate, Kill, Help, Signal, Resignal, Binlog, Install, Uninstall, Purge, Reset, Stop,
		Change, Shutdown, Restart, Clone, Import, StartTransaction, XA, Commit, Rollback, Savepoint, Release, Unlock:
	default:
		w.walk()
	}
}

// table reads a table's name, qualified or not.
func (w *walker) table(r Role) {
	if !w.isName(w.i) {
		if w.op(w.i, ".") && w.isPart(w.i+1) { // .t: a table without a database
			w.add(Name{Role: r, Database: -1, Table: w.i + 1, Column: -1})
			w.i += 2
		}
		return
	}
	n := Name{Role: r, Database: -1, Table: w.i, Column: -1}
	w.i++
	if w.op(w.i, ".") && w.isPart(w.i+1) {
		n.Database, n.Table = n.Table, w.i+1
		w.i += 2
	}
	w.add(n)
}

// isPart reports whether token i may stand behind a dot.
func (w *walker) isPart(i int) bool { return i < len(w.Tokens) && w.Tokens[i].isName() }

func (w *walker) schema() {
	if w.isName(w.i) {
		w.add(Name{Role: SchemaName, Database: w.i, Table: -1, Column: -1})
		w.i++
	}
}

func (w *walker) routine() { w.table(RoutineName) }

// existence moves past IF [NOT] EXISTS.
func (w *walker) existence() {
	if w.word(w.i) == wIf && (w.word(w.i+1) == wExists || w.word(w.i+1) == wNot && w.word(w.i+2) == wExists) {
		w.accept(wIf, wNot, wExists)
	}
}

// tables reads the list of tables that maintenance statements take.
func (w *walker) tables() {
	for w.i < len(w.Tokens) && w.word(w.i) != wTable && w.word(w.i) != wTables {
		w.i++
	}
	w.i++
	w.existence()
	w.top().list, w.top().want = true, true
	w.walk()
}

// definition reads the head of CREATE, ALTER and DROP.
func (w *walker) definition(verb Verb) {
	if w.word(w.i) == wOr {
		w.i += 2
	}
	for ; w.i < len(w.Tokens); w.i++ {
		switch w.word(w.i) {
		case wDefiner:
			w.i = afterDefiner(w.SQL, w.Tokens, w.i+1) - 1
		case wTable, wTables, wView:
			w.i++
			w.definedTable(verb)
			return
		case wIndex:
			w.on()
			w.walk()
			return
		case wTrigger:
			w.i++
			w.existence()
			w.routine()
			w.on()
			w.walk()
			return
		case wProcedure, wFunction, wEvent:
			w.i++
			w.existence()
			w.routine()
			w.walk()
			return
		case wDatabase, wSchema:
			w.i++
			w.existence()
			w.schema()
			return
		case wUser, wRole:
			return
		}
	}
}

// on moves past the next ON and reads the table behind it.
func (w *walker) on() {
	for w.i < len(w.Tokens) && w.word(w.i) != wOn {
		w.i++
	}
	w.i++
	w.table(TableName)
}

// definedTable reads what follows CREATE, ALTER or DROP TABLE or VIEW.
func (w *walker) definedTable(verb Verb) {
	w.existence()
	if verb == Drop {
		w.top().list, w.top().want = true, true
		w.walk()
		return
	}
	w.table(TableName)
	if like := w.i; w.word(like) == wLike || w.op(like, "(") && w.word(like+1) == wLike {
		for w.word(w.i) != wLike {
			w.i++
		}
		w.i++
		w.table(TableName)
		return
	}
	w.walk()
}

// show reads what follows SHOW.
func (w *walker) show() {
	for ; w.i < len(w.Tokens); w.i++ {
		switch w.word(w.i) {
		case wCreate:
			w.i++
			w.showCreate()
			return
		case wColumns, wFields, wIndex, wIndexes, wKeys:
			w.i++
			if k := w.word(w.i); k == wFrom || k == wIn {
				w.i++
				w.table(TableName)
			}
			w.showFrom()
			return
		case wTables, wTriggers, wEvents, wTable:
			w.i++
			w.accept(wStatus)
			w.showFrom()
			return
		}
	}
}

// showFrom reads [FROM db] and walks the WHERE behind it.
func (w *walker) showFrom() {
	if k := w.word(w.i); k == wFrom || k == wIn {
		w.i++
		w.schema()
	}
	w.walk()
}

func (w *walker) showCreate() {
	kind := w.word(w.i)
	w.i++
	w.existence()
	switch kind {
	case wTable, wView:
		w.table(TableName)
	case wDatabase, wSchema:
		w.schema()
	case wProcedure, wFunction, wTrigger, wEvent:
		w.routine()
	}
}

// explain reads what follows EXPLAIN: a table, or options and a statement.
func (w *walker) explain() {
	if w.isName(w.i) {
		last := w.i + 1
		if w.op(last, ".") {
			last += 2
		}
		if n := len(w.Tokens) - last; n <= 0 || n == 1 && w.kind(last) != Op {
			w.table(TableName)
			return
		}
	}
	for w.i < len(w.Tokens) {
		switch k := w.word(w.i); k {
		case wSelect, wInsert, wReplace, wUpdate, wDelete, wWith, wTable, wValues:
			w.walk()
			return
		}
		if w.op(w.i, "(") {
			w.walk()
			return
		}
		w.i++
	}
}

// grant reads the object behind ON: t, db.t, db.*, *.*.
func (w *walker) grant() {
	for w.i < len(w.Tokens) && w.word(w.i) != wOn {
		w.i++
	}
	w.i++
	role := TableName
	switch w.word(w.i) {
	case wTable:
		w.i++
	case wFunction, wProcedure:
		w.i++
		role = RoutineName
	}
	if w.op(w.i+1, ".") && w.op(w.i+2, "*") {
		w.schema()
		return
	}
	w.table(role)
}

// walk reads tokens to the end.
func (w *walker) walk() {
	for w.i < len(w.Tokens) {
		w.step()
	}
}

// step reads one token, or a name.
func (w *walker) step() {
	f := w.top()
	switch {
	case w.op(w.i, "("):
		w.open()
	case w.op(w.i, ")"):
		w.close()
	case w.op(w.i, ","):
		f.want = f.list || f.targets
		w.i++
	case w.kind(w.i) == Semicolon:
		*f = frame{}
		w.i++
	case w.op(w.i, "{"):
		if w.Is(w.i+1, "oj") {
			w.i++
		}
		w.i++
	case f.want && (w.isName(w.i) || w.op(w.i, ".")):
		w.wanted()
	case w.isName(w.i) && w.op(w.i+1, ".") && !w.op(w.i-1, "."):
		w.qualified()
	default:
		w.keyword()
	}
}

// open enters a parenthesis.
func (w *walker) open() {
	f := w.top()
	inner := frame{keyed: w.separatesByFrom(w.i - 1)}
	if f.want {
		inner.list, inner.want, inner.since = true, true, len(w.out)
	}
	f.want = false
	w.frames = append(w.frames, inner)
	w.i++
}

func (w *walker) close() {
	if len(w.frames) > 1 {
		w.frames = w.frames[:len(w.frames)-1]
	}
	w.top().want = false
	w.i++
}

// separatesByFrom reports whether token i names a function like TRIM(x FROM y).
func (w *walker) separatesByFrom(i int) bool {
	return w.Is(i, "extract") || w.Is(i, "substring") || w.Is(i, "substr") || w.Is(i, "mid") || w.Is(i, "trim")
}

// wanted reads a table where one is expected.
func (w *walker) wanted() {
	f := w.top()
	switch w.word(w.i) {
	case wLateral:
		w.i++
		return
	case wJsonTable:
		if w.op(w.i+1, "(") {
			f.want = false
			w.i++
			return
		}
	}
	role := TableName
	if f.targets {
		role = TargetName
	}
	before := w.i
	w.table(role)
	if w.i == before { // a stray dot
		w.i++
	}
	if f.targets && w.op(w.i, ".") && w.op(w.i+1, "*") {
		w.i += 2
	}
	f.want = false
}

// qualified reads a.b, a.b.c, a.*, a.b.* or a.f( .
func (w *walker) qualified() {
	n := Name{Role: ColumnQualifier, Database: -1, Table: w.i, Column: -1}
	w.i += 2
	switch {
	case w.op(w.i, "*"):
		w.i++
	case !w.isPart(w.i):
		return
	case w.op(w.i+1, ".") && w.isPart(w.i+2):
		n.Database, n.Table, n.Column = n.Table, w.i, w.i+2
		w.i += 3
	case w.op(w.i+1, ".") && w.op(w.i+2, "*"):
		n.Database, n.Table = n.Table, w.i
		w.i += 3
	case w.op(w.i+1, "("):
		n.Role, n.Database, n.Table = RoutineName, n.Table, w.i
		w.i++
	default:
		n.Column = w.i
		w.i++
	}
	w.add(n)
}

// keyword moves past a token and notes what a keyword means for the names behind it.
func (w *walker) keyword() {
	f, at := w.top(), w.i
	w.i++
	switch w.word(at) {
	case wFrom:
		w.from(f, at)
	case wJoin, wStraightJoin:
		if f.list && !w.isIndexHint(at-1) {
			f.want, f.joined = true, true
		}
	case wUsing:
		w.using(f)
	case wUse, wIgnore, wForce:
		if f.list && (w.word(w.i) == wIndex || w.word(w.i) == wKey) {
			w.skipIndexHint()
		}
	case wUpdate:
		if w.updates(at) {
			w.accept(wLowPriority, wIgnore)
			*f = frame{list: true, want: true, since: len(w.out)}
		} else if w.Verb != Lock {
			f.list = false
		}
	case wDelete:
		if w.deletes(at) {
			w.accept(wLowPriority, wQuick, wIgnore)
			*f = frame{targets: true, want: true}
		}
	case wInsert, wReplace:
		if w.inserts(at) {
			w.accept(wLowPriority, wDelayed, wHighPriority, wIgnore, wInto)
			w.table(TableName)
		}
	case wTable:
		w.existence()
		w.table(TableName)
	case wReferences:
		w.table(TableName)
	case wCall:
		w.routine()
	case wTo:
		f.want = w.Verb == Rename
	case wRename:
		w.renames()
	case wSelect, wSet, wWhere, wGroup, wHaving, wOrder, wLimit, wUnion, wFor, wLock, wInto, wValues, wWith:
		f.list, f.want, f.targets = false, false, false
	case wExcept, wIntersect:
		if !w.isName(w.i) {
			f.list = false
		}
	case wWindow:
		if w.word(w.i+1) == wAs {
			f.list = false
		}
	case wCache:
		if w.Verb == Load {
			f.list, f.want = true, true
		}
	case wDual:
		f.want = false
	}
}

// from begins a list of tables, unless the FROM separates arguments.
func (w *walker) from(f *frame, at int) {
	if f.keyed && !f.list || w.Is(at-1, "next") || w.Is(at-1, "fetch") {
		f.keyed = false
		return
	}
	*f = frame{list: true, want: true, since: len(w.out)}
}

// using begins the list of tables of DELETE FROM a USING b: what was listed before
// are targets.
func (w *walker) using(f *frame) {
	if !f.list || f.joined || w.main != Delete {
		return
	}
	for i := f.since; i < len(w.out); i++ {
		if w.out[i].Role == TableName {
			w.out[i].Role = TargetName
		}
	}
	*f = frame{list: true, want: true, joined: true, since: len(w.out)}
}

// isIndexHint reports whether token i is FOR in USE INDEX FOR JOIN.
func (w *walker) isIndexHint(i int) bool { return w.word(i) == wFor }

// skipIndexHint moves to the ( of USE INDEX [FOR ..] (..).
func (w *walker) skipIndexHint() {
	for w.i < len(w.Tokens) && !w.op(w.i, "(") {
		w.i++
	}
}

// updates reports whether the UPDATE at i begins a statement: not FOR UPDATE, ON
// UPDATE, ON DUPLICATE KEY UPDATE, BEFORE UPDATE, UPDATE HISTOGRAM.
func (w *walker) updates(i int) bool {
	switch w.word(i - 1) {
	case wFor, wOn, wKey, wNo:
		return false
	}
	return !w.Is(i-1, "before") && !w.Is(i-1, "after") && !w.Is(i+1, "histogram")
}

// deletes reports whether the DELETE at i begins a statement: not ON DELETE, BEFORE
// DELETE.
func (w *walker) deletes(i int) bool {
	return w.word(i-1) != wOn && !w.Is(i-1, "before") && !w.Is(i-1, "after")
}

// inserts reports whether the INSERT or REPLACE at i begins a statement: not the
// function, not BEFORE INSERT, not OR REPLACE.
func (w *walker) inserts(i int) bool {
	if w.op(i+1, "(") || w.word(i-1) == wOr {
		return false
	}
	return !w.Is(i-1, "before") && !w.Is(i-1, "after")
}

// renames reads the new name in ALTER TABLE t RENAME [TO] u.
func (w *walker) renames() {
	if w.Verb != Alter {
		return
	}
	switch w.word(w.i) {
	case wColumn, wIndex, wKey:
		return
	}
	w.accept(wTo, wAs)
	if w.op(w.i, "=") {
		w.i++
	}
	w.table(TableName)
}

// TableRef is a table as a tree names it.
type TableRef struct {
	Schema string // "" if unqualified
	Table  string
}

// TableNames lists the tables that a tree of the tidb parser names, in the order of
// its visitor. Equal lists of two trees mean that they name the same tables in the
// same places.
func TableNames(tree ast.Node) []TableRef {
	if tree == nil {
		return nil
	}
	var c tableCollector
	tree.Accept(&c)
	return c.refs
}

type tableCollector struct{ refs []TableRef }

func (c *tableCollector) Enter(n ast.Node) (ast.Node, bool) {
	switch x := n.(type) {
	case *ast.TableName:
		c.refs = append(c.refs, TableRef{Schema: x.Schema.O, Table: x.Name.O})
	case *ast.ColumnOption: // the visitor leaves out what these two hold
		if x.Refer != nil {
			x.Refer.Accept(c)
		}
	case *ast.OptimizeTableStmt:
		for _, t := range x.Tables {
			t.Accept(c)
		}
	}
	return n, false
}

func (c *tableCollector) Leave(n ast.Node) (ast.Node, bool) { return n, true }
