package router

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"
	"github.com/pingcap/tidb/pkg/parser/charset"
	"github.com/pingcap/tidb/pkg/parser/mysql"
	"github.com/pingcap/tidb/pkg/parser/types"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Script is a text of CREATE statements.
type Script struct {
	Name     string // file name, for positions
	Text     []byte
	Database string // the database its unqualified names belong to; empty when not known
}

// ReadSchema reads CREATE TABLE, VIEW, PROCEDURE, TRIGGER and EVENT statements, and USE,
// into a schema; other statements are passed over. It understands the DELIMITER lines
// of the mysql client. Errors name file and line.
func ReadSchema(scripts []Script) (*rules.Schema, error) {
	s := rules.NewSchema()
	for i := range scripts {
		r := schemaReader{schema: s, script: &scripts[i], database: scripts[i].Database}
		if err := r.read(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// schemaReader reads one script.
type schemaReader struct {
	schema   *rules.Schema
	script   *Script
	database string
}

// read cuts the script at its DELIMITER lines and the pieces into statements.
func (r *schemaReader) read() error {
	delimiter, from := ";", 0
	text := r.script.Text
	for at := 0; at <= len(text); {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		line := strings.Fields(string(text[at : at+end]))
		next := at + end + 1
		if len(line) == 2 && strings.EqualFold(line[0], "delimiter") {
			if err := r.piece(from, at, delimiter); err != nil {
				return err
			}
			delimiter, from = line[1], next
		}
		at = next
	}
	return r.piece(min(from, len(text)), len(text), delimiter)
}

// piece reads the statements of text[from:to].
func (r *schemaReader) piece(from, to int, delimiter string) error {
	if delimiter != ";" {
		return r.delimited(from, to, delimiter)
	}
	text := r.script.Text[:to]
	var scan parser.Scan
	for from < to {
		if err := scan.Run(text, from, dialect()); err != nil {
			return r.fail(from, err)
		}
		if scan.First != parser.None {
			if err := r.statement(scan.Start, scan.End); err != nil {
				return err
			}
		}
		from = scan.Next
	}
	return nil
}

func (r *schemaReader) delimited(from, to int, delimiter string) error {
	for from < to {
		end := bytes.Index(r.script.Text[from:to], []byte(delimiter))
		if end < 0 {
			end = to - from
		}
		if err := r.statement(from, from+end); err != nil {
			return err
		}
		from += end + len(delimiter)
	}
	return nil
}

// dialect is how schema files are read: the newest server's, default sql_mode.
func dialect() parser.Dialect { return parser.Dialect{Version: 90700} }

func (r *schemaReader) at(offset int) conf.Pos {
	text := r.script.Text[:offset]
	return conf.Pos{File: r.script.Name, Line: 1 + bytes.Count(text, []byte{'\n'}), Column: offset - bytes.LastIndexByte(text, '\n')}
}

func (r *schemaReader) fail(offset int, err error) error {
	return fmt.Errorf("%s: %w", r.at(offset), err)
}

// statement reads one statement.
func (r *schemaReader) statement(start, end int) error {
	sql := r.script.Text[start:end]
	if len(bytes.TrimSpace(sql)) == 0 {
		return nil
	}
	stmt, err := parser.Parse(sql, dialect())
	if err != nil {
		return r.fail(start, err)
	}
	if len(stmt.Tokens) == 0 {
		return nil
	}
	pos := r.at(start + stmt.Tokens[0].Start)
	switch stmt.Verb {
	case parser.Use:
		if len(stmt.Tokens) > 1 {
			r.database = parser.Unquote(stmt.SQL, stmt.Tokens[1], stmt.Dialect)
		}
	case parser.Create:
		return r.create(stmt, pos)
	}
	return nil
}

func (r *schemaReader) create(stmt *parser.Statement, pos conf.Pos) error {
	for i := 1; i < len(stmt.Tokens) && i < 12; i++ {
		switch {
		case stmt.Is(i, "procedure"):
			return r.procedure(stmt, i+1, pos)
		case stmt.Is(i, "view"):
			return r.view(stmt, i+1, pos)
		case stmt.Is(i, "table"):
			return r.table(stmt, pos)
		case stmt.Is(i, "event"):
			r.event(stmt, i+1, pos)
			return nil
		case stmt.Is(i, "trigger"):
			t := &rules.TriggerDef{Text: string(stmt.SQL), Pos: pos}
			t.Database, t.Name, _ = r.name(stmt, i+1)
			r.schema.AddTrigger(t)
			return nil
		case stmt.Is(i, "function"), stmt.Is(i, "index"), stmt.Is(i, "database"), stmt.Is(i, "schema"):
			return nil
		}
	}
	return nil
}

// name reads [db.]name at token i and returns the index behind it.
func (r *schemaReader) name(stmt *parser.Statement, i int) (database, name string, next int) {
	word := func(i int) string {
		if i >= len(stmt.Tokens) {
			return ""
		}
		return parser.Unquote(stmt.SQL, stmt.Tokens[i], stmt.Dialect)
	}
	if stmt.Is(i, "if") { // IF NOT EXISTS
		i += 3
	}
	if isOp(stmt, i+1, ".") {
		return word(i), word(i + 2), i + 3
	}
	return r.database, word(i), i + 1
}

// view keeps the SELECT of a view as text.
func (r *schemaReader) view(stmt *parser.Statement, i int, pos conf.Pos) error {
	v := &rules.View{Pos: pos}
	v.Database, v.Name, i = r.name(stmt, i)
	if isOp(stmt, i, "(") {
		for i++; i < len(stmt.Tokens) && !isOp(stmt, i, ")"); i++ {
			if !isOp(stmt, i, ",") {
				v.Columns = append(v.Columns, parser.Unquote(stmt.SQL, stmt.Tokens[i], stmt.Dialect))
			}
		}
		i++
	}
	if !stmt.Is(i, "as") || i+1 >= len(stmt.Tokens) {
		return fmt.Errorf("%s: view %s has no AS", pos, v.Name)
	}
	last := len(stmt.Tokens) - 1
	for _, option := range []string{"with cascaded check option", "with local check option", "with check option"} {
		if words := strings.Fields(option); endsWith(stmt, words) {
			last -= len(words)
			break
		}
	}
	v.Definition = string(stmt.SQL[stmt.Tokens[i+1].Start:stmt.Tokens[last].End])
	r.schema.AddView(v)
	return nil
}

func endsWith(stmt *parser.Statement, words []string) bool {
	from := len(stmt.Tokens) - len(words)
	for i, w := range words {
		if !stmt.Is(from+i, w) {
			return false
		}
	}
	return true
}

// event keeps what an event does as text.
func (r *schemaReader) event(stmt *parser.Statement, i int, pos conf.Pos) {
	e := &rules.EventDef{Pos: pos, Enabled: true}
	e.Database, e.Name, i = r.name(stmt, i)
	for ; i < len(stmt.Tokens) && !stmt.Is(i, "do"); i++ {
		e.Enabled = e.Enabled && !stmt.Is(i, "disable")
	}
	if i+1 < len(stmt.Tokens) {
		e.Body = string(stmt.SQL[stmt.Tokens[i+1].Start:])
	}
	r.schema.AddEvent(e)
}

// procedure reads the head of a procedure.
func (r *schemaReader) procedure(stmt *parser.Statement, i int, pos conf.Pos) error {
	p := &rules.ProcedureDef{Pos: pos}
	p.Database, p.Name, i = r.name(stmt, i)
	if !isOp(stmt, i, "(") {
		return fmt.Errorf("%s: procedure %s has no list of parameters", pos, p.Name)
	}
	start, depth := i+1, 0
	for ; i < len(stmt.Tokens); i++ {
		switch {
		case isOp(stmt, i, "("):
			depth++
		case isOp(stmt, i, ")"):
			depth--
		}
		if depth == 0 || depth == 1 && isOp(stmt, i, ",") {
			if i > start {
				p.Parameters = append(p.Parameters, parameter(stmt, start, i))
			}
			start = i + 1
		}
		if depth == 0 {
			break
		}
	}
	if i+1 < len(stmt.Tokens) {
		p.Body = string(stmt.SQL[stmt.Tokens[i+1].Start:])
	}
	r.schema.AddProcedure(p)
	return nil
}

func parameter(stmt *parser.Statement, from, to int) rules.Parameter {
	p := rules.Parameter{Mode: "IN"}
	for _, mode := range []string{"in", "out", "inout"} {
		if stmt.Is(from, mode) {
			p.Mode = strings.ToUpper(mode)
			from++
			break
		}
	}
	p.Name = parser.Unquote(stmt.SQL, stmt.Tokens[from], stmt.Dialect)
	if from+1 < to {
		p.Type = strings.ToLower(string(stmt.SQL[stmt.Tokens[from+1].Start:stmt.Tokens[to-1].End]))
	}
	return p
}

// expressionMark stands for a default that the tidb parser need not read.
const expressionMark = "sluice: default is an expression"

// invisibleMark stands for INVISIBLE, which the tidb parser does not read.
const invisibleMark = "sluice: invisible"

// table reads CREATE TABLE.
func (r *schemaReader) table(stmt *parser.Statement, pos conf.Pos) error {
	if stmt.Tree == nil {
		again, err := parser.Parse(withoutDefaults(stmt), stmt.Dialect)
		if err != nil || again.Tree == nil {
			return fmt.Errorf("%s: the definition of the table cannot be read: %w", pos, stmt.TreeErr)
		}
		stmt = again
	}
	n, ok := stmt.Tree.(*ast.CreateTableStmt)
	if !ok || n.ReferTable != nil || n.Select != nil || n.TemporaryKeyword != ast.TemporaryNone {
		return nil
	}
	t := &rules.TableDef{Name: n.Table.Name.O, Database: n.Table.Schema.O, Pos: pos}
	if t.Database == "" {
		t.Database = r.database
	}
	tableOptions(t, n.Options)
	for _, c := range n.Cols {
		r.column(stmt, t, c)
	}
	for _, c := range n.Constraints {
		constraint(t, c)
	}
	nameIndexes(t)
	partition(stmt, t, n.Partition)
	r.schema.AddTable(t)
	return nil
}

// withoutDefaults replaces every DEFAULT (expression) by a comment that marks it, and
// quotes names that only the tidb parser takes for reserved words.
func withoutDefaults(stmt *parser.Statement) []byte {
	var edits []parser.Splice
	for i := 0; i < len(stmt.Tokens); i++ {
		if t := stmt.Tokens[i]; t.Kind == parser.Ident && onlyTidbReserves(t.Text(stmt.SQL)) {
			edits = append(edits, parser.Splice{Start: t.Start, End: t.End, Text: "`" + string(t.Text(stmt.SQL)) + "`"})
			continue
		}
		if e, ok := spatial(stmt, i); ok {
			edits = append(edits, e)
			continue
		}
		if e, last, ok := unknownCharset(stmt, i); ok {
			edits = append(edits, e)
			i = last
			continue
		}
		if (stmt.Is(i, "invisible") || stmt.Is(i, "visible")) && !isOp(stmt, i-1, "(") && !isOp(stmt, i-1, ",") {
			text := ""
			if stmt.Is(i, "invisible") {
				text = "COMMENT '" + invisibleMark + "'"
			}
			edits = append(edits, parser.Splice{Start: stmt.Tokens[i].Start, End: stmt.Tokens[i].End, Text: text})
			continue
		}
		if !stmt.Is(i, "default") || !isOp(stmt, i+1, "(") {
			continue
		}
		first, depth := i, 0
		for i++; i < len(stmt.Tokens); i++ {
			if isOp(stmt, i, "(") {
				depth++
			} else if isOp(stmt, i, ")") {
				depth--
			}
			if depth == 0 {
				break
			}
		}
		if i < len(stmt.Tokens) {
			edits = append(edits, parser.Splice{Start: stmt.Tokens[first].Start, End: stmt.Tokens[i].End, Text: "COMMENT '" + expressionMark + "'"})
		}
	}
	return parser.Apply(stmt.SQL, edits)
}

// onlyTidbReserves reports whether a word is reserved in the tidb parser and not in MySQL.
func onlyTidbReserves(word []byte) bool {
	switch strings.ToLower(string(word)) {
	case "array", "current_role", "ilike", "tablesample", "tidb_current_tso", "until":
		return true
	}
	return false
}

// typeMark stands for a spatial type, which the tidb parser does not read.
const typeMark = "sluice: type "

// spatial replaces what tells of spatial types at token i.
func spatial(stmt *parser.Statement, i int) (parser.Splice, bool) {
	s := parser.Splice{Start: stmt.Tokens[i].Start, End: stmt.Tokens[i].End}
	switch {
	case stmt.Is(i, "spatial") && (stmt.Is(i+1, "index") || stmt.Is(i+1, "key")):
		s.Text = "FULLTEXT"
		return s, true
	case stmt.Is(i, "srid") && i+1 < len(stmt.Tokens) && !isOp(stmt, i+1, "("):
		s.End = stmt.Tokens[i+1].End
		return s, true
	case i >= 2 && (isOp(stmt, i-2, ",") || isOp(stmt, i-2, "(")) && isSpatial(stmt.Tokens[i].Text(stmt.SQL)):
		s.Text = "LONGBLOB COMMENT '" + typeMark + strings.ToLower(string(stmt.Tokens[i].Text(stmt.SQL))) + "'"
		return s, true
	}
	return s, false
}

func isSpatial(word []byte) bool {
	switch strings.ToLower(string(word)) {
	case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection":
		return true
	}
	return false
}

// charsetMark and collationMark stand for the names of character sets and collations that
// the tidb parser does not know.
const (
	charsetMark   = "sluice: charset "
	collationMark = "sluice: collation "
)

// unknownCharset replaces [DEFAULT] CHARACTER SET or COLLATE at token i, if the tidb parser
// does not know the name, which is token last.
func unknownCharset(stmt *parser.Statement, i int) (e parser.Splice, last int, ok bool) {
	at := i
	if stmt.Is(at, "default") {
		at++
	}
	mark := charsetMark
	switch {
	case stmt.Is(at, "charset") && !isOp(stmt, at-1, "(") && !isOp(stmt, at-1, ","): // no column of the name
	case (stmt.Is(at, "character") || stmt.Is(at, "char")) && stmt.Is(at+1, "set"):
		at++
	case stmt.Is(at, "collate"):
		mark = collationMark
	default:
		return e, 0, false
	}
	if at++; isOp(stmt, at, "=") {
		at++
	}
	if at >= len(stmt.Tokens) {
		return e, 0, false
	}
	name := strings.ToLower(parser.Unquote(stmt.SQL, stmt.Tokens[at], stmt.Dialect))
	var err error
	if mark == charsetMark {
		_, err = charset.GetCharsetInfo(name)
	} else {
		_, err = charset.GetCollationByName(name)
	}
	if err == nil || name == "" || strings.ContainsAny(name, `'\`) {
		return e, 0, false
	}
	return parser.Splice{Start: stmt.Tokens[i].Start, End: stmt.Tokens[at].End, Text: " COMMENT '" + mark + name + "'"}, at, true
}

// markedCollation is the collation that a comment of unknownCharset stands for; empty if it
// is another comment.
func markedCollation(comment string) string {
	if name, ok := strings.CutPrefix(comment, charsetMark); ok {
		return defaultCollation(name)
	}
	name, _ := strings.CutPrefix(comment, collationMark)
	if name == comment {
		return ""
	}
	return name
}

// tableOptions reads engine and collation.
func tableOptions(t *rules.TableDef, options []*ast.TableOption) {
	set := ""
	for _, o := range options {
		switch o.Tp {
		case ast.TableOptionEngine:
			t.Engine = o.StrValue
		case ast.TableOptionCharset:
			set = strings.ToLower(o.StrValue)
		case ast.TableOptionCollate:
			t.Collation = strings.ToLower(o.StrValue)
		case ast.TableOptionComment:
			if name, ok := strings.CutPrefix(o.StrValue, charsetMark); ok {
				set = name
			} else if collation := markedCollation(o.StrValue); collation != "" {
				t.Collation = collation
			}
		}
	}
	if t.Collation == "" && set != "" {
		t.Collation = defaultCollation(set)
	}
}

// defaultCollation is the collation of a character set that names none (MySQL 8.0).
func defaultCollation(set string) string {
	switch set {
	case "utf8mb4":
		return "utf8mb4_0900_ai_ci"
	case "utf8", "utf8mb3":
		return "utf8mb3_general_ci"
	case "latin1":
		return "latin1_swedish_ci"
	case "ascii":
		return "ascii_general_ci"
	case "binary":
		return "binary"
	case "gbk", "gb2312", "gb18030", "big5":
		return set + "_chinese_ci"
	case "sjis", "cp932", "ujis", "eucjpms":
		return set + "_japanese_ci"
	case "dec8", "swe7":
		return set + "_swedish_ci"
	case "euckr":
		return "euckr_korean_ci"
	case "hp8":
		return "hp8_english_ci"
	case "latin5":
		return "latin5_turkish_ci"
	case "tis620":
		return "tis620_thai_ci"
	case "":
		return ""
	}
	return set + "_general_ci"
}

// column reads one column.
func (r *schemaReader) column(stmt *parser.Statement, t *rules.TableDef, n *ast.ColumnDef) {
	c := rules.Column{Name: n.Name.Name.O, Type: typeOf(n.Tp), Nullable: true}
	if isText(n.Tp) {
		if c.Collation = t.Collation; c.Collation == "" {
			c.Collation = defaultCollation("utf8mb4")
		}
		if cs := strings.ToLower(n.Tp.GetCharset()); cs != "" && cs != "binary" && n.Tp.GetCollate() == "" {
			c.Collation = defaultCollation(cs)
		}
		if n.Tp.GetCollate() != "" {
			c.Collation = strings.ToLower(n.Tp.GetCollate())
		}
	}
	for _, o := range n.Options {
		columnOption(stmt, t, &c, o)
	}
	t.Columns = append(t.Columns, c)
}

func columnOption(stmt *parser.Statement, t *rules.TableDef, c *rules.Column, o *ast.ColumnOption) {
	switch o.Tp {
	case ast.ColumnOptionNotNull:
		c.Nullable = false
	case ast.ColumnOptionNull:
		c.Nullable = true
	case ast.ColumnOptionPrimaryKey:
		c.Nullable = false
		t.Indexes = append([]rules.IndexDef{{Name: "PRIMARY", Unique: true, Parts: []rules.IndexPart{{Column: c.Name}}}}, t.Indexes...)
	case ast.ColumnOptionUniqKey:
		t.Indexes = append(t.Indexes, rules.IndexDef{Unique: true, Parts: []rules.IndexPart{{Column: c.Name}}})
	case ast.ColumnOptionAutoIncrement:
		c.Expression, c.Numbered = true, true
	case ast.ColumnOptionGenerated:
		c.Expression = true
	case ast.ColumnOptionCollate:
		c.Collation = strings.ToLower(o.StrValue)
	case ast.ColumnOptionComment:
		if v, ok := o.Expr.(ast.ValueExpr); ok {
			c.Expression = c.Expression || v.GetString() == expressionMark
			c.Invisible = c.Invisible || v.GetString() == invisibleMark
			if kind, ok := strings.CutPrefix(v.GetString(), typeMark); ok {
				c.Type, c.Collation = kind, ""
			}
			if collation := markedCollation(v.GetString()); collation != "" {
				c.Collation = collation
			}
		}
	case ast.ColumnOptionDefaultValue:
		defaultValue(stmt, c, o.Expr)
	}
}

// defaultValue notes a constant default as text.
func defaultValue(stmt *parser.Statement, c *rules.Column, e ast.ExprNode) {
	sign := ""
	if u, ok := e.(*ast.UnaryOperationExpr); ok {
		e, sign = u.V, "-"
	}
	v, ok := e.(ast.ValueExpr)
	if !ok {
		c.Expression = true
		return
	}
	i := stmt.LiteralAt(v)
	if i < 0 {
		if src, ok := keyword(v); ok && src.Const.Kind == value.Int {
			text := strconv.FormatInt(src.Const.I, 10)
			c.Default = &text
		}
		return
	}
	lit := parser.Literal(stmt.SQL, stmt.Literals[i], stmt.Dialect)
	text := lit.S
	switch lit.Kind {
	case value.Int:
		text = strconv.FormatInt(lit.I, 10)
	case value.Uint:
		text = strconv.FormatUint(lit.U, 10)
	}
	text = sign + text
	c.Default = &text
}

// constraint reads a key or foreign key.
func constraint(t *rules.TableDef, n *ast.Constraint) {
	x := rules.IndexDef{Name: n.Name, Parts: parts(n.Keys)}
	switch n.Tp {
	case ast.ConstraintPrimaryKey:
		x.Name, x.Unique = "PRIMARY", true
		for _, p := range x.Parts {
			for i := range t.Columns {
				if strings.EqualFold(t.Columns[i].Name, p.Column) {
					t.Columns[i].Nullable = false
				}
			}
		}
		t.Indexes = append([]rules.IndexDef{x}, t.Indexes...)
		return
	case ast.ConstraintUniq, ast.ConstraintUniqKey, ast.ConstraintUniqIndex:
		x.Unique = true
	case ast.ConstraintFulltext:
		x.Kind = "fulltext"
		for _, c := range t.Columns {
			if c.Name == x.Parts[0].Column && isSpatial([]byte(c.Type)) {
				x.Kind = "spatial"
			}
		}
	case ast.ConstraintForeignKey:
		f := rules.ForeignDef{Name: n.Name, Database: n.Refer.Table.Schema.O, Table: n.Refer.Table.Name.O}
		for _, k := range n.Keys {
			f.Columns = append(f.Columns, k.Column.Name.O)
		}
		for _, k := range n.Refer.IndexPartSpecifications {
			f.References = append(f.References, k.Column.Name.O)
		}
		if n.Refer.OnDelete != nil {
			f.OnDelete = n.Refer.OnDelete.ReferOpt.String()
		}
		if n.Refer.OnUpdate != nil {
			f.OnUpdate = n.Refer.OnUpdate.ReferOpt.String()
		}
		t.Foreign = append(t.Foreign, f)
		return
	case ast.ConstraintKey, ast.ConstraintIndex:
	default:
		return
	}
	t.Indexes = append(t.Indexes, x)
}

func parts(keys []*ast.IndexPartSpecification) []rules.IndexPart {
	var out []rules.IndexPart
	for _, k := range keys {
		p := rules.IndexPart{Prefix: max(k.Length, 0), Descending: k.Desc}
		if k.Column != nil {
			p.Column = k.Column.Name.O
		} else if k.Expr != nil {
			p.Expression = k.Expr.Text()
		}
		out = append(out, p)
	}
	return out
}

// nameIndexes names unnamed keys as the server does: by their first column, with a
// number behind it where the name is taken.
func nameIndexes(t *rules.TableDef) {
	taken := map[string]bool{}
	for i := range t.Indexes {
		taken[strings.ToLower(t.Indexes[i].Name)] = true
	}
	for i := range t.Indexes {
		x := &t.Indexes[i]
		if x.Name != "" || len(x.Parts) == 0 {
			continue
		}
		name := x.Parts[0].Column
		if name == "" {
			name = "functional_index"
		}
		x.Name = name
		for n := 2; taken[strings.ToLower(x.Name)]; n++ {
			x.Name = name + "_" + strconv.Itoa(n)
		}
		taken[strings.ToLower(x.Name)] = true
	}
}

// partition reads PARTITION BY.
func partition(stmt *parser.Statement, t *rules.TableDef, n *ast.PartitionOptions) {
	if n == nil {
		return
	}
	p := &rules.PartitionDef{Method: strings.ToUpper(n.Tp.String())}
	if len(n.ColumnNames) > 0 {
		var names []string
		for _, c := range n.ColumnNames {
			names = append(names, "`"+c.Name.O+"`")
		}
		p.Expression = strings.Join(names, ",")
		if p.Method == "RANGE" || p.Method == "LIST" {
			p.Method += " COLUMNS"
		}
	} else if n.Expr != nil {
		p.Expression = partitionText(stmt)
	}
	for _, d := range n.Definitions {
		p.Names = append(p.Names, d.Name.O)
	}
	t.Partition = p
}

// partitionText returns the expression of PARTITION BY as information_schema prints
// it: functions in lower case, columns quoted.
func partitionText(stmt *parser.Statement) string {
	i := 0
	for i < len(stmt.Tokens) && !(stmt.Is(i, "partition") && stmt.Is(i+1, "by")) {
		i++
	}
	for i < len(stmt.Tokens) && !isOp(stmt, i, "(") {
		i++
	}
	var b strings.Builder
	depth := 0
	for ; i < len(stmt.Tokens); i++ {
		t := stmt.Tokens[i]
		switch {
		case isOp(stmt, i, "("):
			if depth++; depth > 1 {
				b.WriteByte('(')
			}
		case isOp(stmt, i, ")"):
			if depth--; depth == 0 {
				return b.String()
			}
			b.WriteByte(')')
		case t.Kind == parser.Ident && isOp(stmt, i+1, "("):
			b.WriteString(strings.ToLower(string(t.Text(stmt.SQL))))
		case t.Kind == parser.Ident || t.Kind == parser.QuotedIdent:
			b.WriteString("`" + parser.Unquote(stmt.SQL, t, stmt.Dialect) + "`")
		default:
			b.Write(t.Text(stmt.SQL))
		}
	}
	return b.String()
}

// typeOf prints a type as information_schema.COLUMN_TYPE does.
func typeOf(t *types.FieldType) string {
	s := strings.ToLower(t.InfoSchemaStr())
	switch t.GetType() {
	case mysql.TypeTiny, mysql.TypeShort, mysql.TypeInt24, mysql.TypeLong, mysql.TypeLonglong:
		// MySQL 8.0.19 and later print no display width but that of tinyint(1).
		base, rest, ok := strings.Cut(s, "(")
		if ok {
			width, tail, _ := strings.Cut(rest, ")")
			if t.GetType() == mysql.TypeTiny && width == "1" {
				return s
			}
			s = base + tail
		}
	}
	return s
}

// isText reports whether columns of a type have a character set.
func isText(t *types.FieldType) bool {
	switch t.GetType() {
	case mysql.TypeString, mysql.TypeVarchar, mysql.TypeVarString, mysql.TypeTinyBlob, mysql.TypeBlob, mysql.TypeMediumBlob, mysql.TypeLongBlob:
		return t.GetCharset() != "binary"
	case mysql.TypeEnum, mysql.TypeSet:
		return true
	}
	return false
}
