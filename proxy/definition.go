package proxy

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// definition is a table as SHOW CREATE TABLE prints it, taken apart as far as is
// needed to make a temporary table of it (MySQL manual, "SHOW CREATE TABLE").
type definition struct {
	columns []definedColumn
	keys    []definedKey
	checks  []string // CHECK constraints, as printed
	options string   // character set and collation
}

// definedColumn is one column.
type definedColumn struct {
	name string // as it is
	text string // its definition without a generating expression
	kind string // first word of the type, lower-case

	line      string // its whole definition
	charset   string // character set of its text; empty: it has none
	generated bool   // its values come of an expression
	origin    bool   // it is none of the table's: it says from which shard a copied row is
}

// definedKey is one key.
type definedKey struct {
	text  string   // the whole definition
	kind  string   // "PRIMARY KEY", "UNIQUE KEY", "KEY", "FULLTEXT KEY" or "SPATIAL KEY"
	name  string   // quoted; empty for the primary key
	parts []string // as printed
}

// readDefinition takes the text of SHOW CREATE TABLE apart.
func readDefinition(text string) (*definition, error) {
	lines := strings.Split(text, "\n")
	d := &definition{}
	for i, line := range lines[1:] {
		if strings.HasPrefix(line, ")") {
			d.options = charsetOptions(line)
			if len(d.columns) == 0 {
				break
			}
			d.charsets()
			return d, nil
		}
		if i == 0 && !strings.HasPrefix(line, "  `") {
			break
		}
		line = strings.TrimSuffix(strings.TrimSpace(line), ",")
		if err := d.add(line); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("the definition of a table is not understood")
}

// add reads one line between the parentheses.
func (d *definition) add(line string) error {
	if strings.HasPrefix(line, "`") {
		end := closingQuote(line)
		if end < 0 || end+2 > len(line) {
			return fmt.Errorf("the definition of a column is not understood")
		}
		c := definedColumn{name: strings.ReplaceAll(line[1:end], "``", "`"), text: line}
		c.kind, _, _ = strings.Cut(line[end+2:], " ")
		c.kind, _, _ = strings.Cut(strings.ToLower(c.kind), "(")
		c.text, c.line = plainColumn(line), line
		c.generated = c.text != line
		d.columns = append(d.columns, c)
		return nil
	}
	for _, kind := range [...]string{"PRIMARY KEY", "UNIQUE KEY", "FULLTEXT KEY", "SPATIAL KEY", "KEY"} {
		if rest, ok := strings.CutPrefix(line, kind+" "); ok {
			return d.addKey(kind, rest, line)
		}
	}
	if strings.HasPrefix(line, "CONSTRAINT `") && outside(line, " CHECK (") >= 0 {
		d.checks = append(d.checks, line)
	}
	return nil // other constraints: the rows have passed them
}

// checked lists the columns of a CHECK constraint; nil if it is one of columns that are
// generated, which a copy has as they were.
func (d *definition) checked(check string) []definedColumn {
	var out []definedColumn
	condition := check[outside(check, " CHECK ("):]
	for _, c := range d.columns {
		if !strings.Contains(condition, wire.QuoteIdent(c.name)) {
			continue
		}
		if c.generated {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// checking writes the CHECK constraints that a table with some of the columns can have.
func (d *definition) checking(columns []definedColumn) string {
	var b strings.Builder
	for _, check := range d.checks {
		of := d.checked(check)
		if len(of) > 0 && !slices.ContainsFunc(of, func(c definedColumn) bool { return !hasColumn(columns, c.name) }) {
			b.WriteString(", " + check)
		}
	}
	return b.String()
}

func hasColumn(columns []definedColumn, name string) bool {
	return slices.ContainsFunc(columns, func(c definedColumn) bool { return c.name == name })
}

// charsets notes the character sets of columns.
func (d *definition) charsets() {
	table := ""
	for w := range strings.FieldsSeq(d.options) {
		if name, ok := strings.CutPrefix(w, "CHARSET="); ok {
			table = name
		}
	}
	for i := range d.columns {
		c := &d.columns[i]
		switch c.kind {
		case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		default:
			continue
		}
		c.charset = table
		if at := outside(c.line, " CHARACTER SET "); at >= 0 {
			c.charset, _, _ = strings.Cut(c.line[at+len(" CHARACTER SET "):], " ")
		}
	}
}

// primary returns the columns of the primary key; nil if there is none, or one that
// cannot be compared with constants.
func (d *definition) primary() []definedColumn {
	var out []definedColumn
	for i := range d.keys {
		if d.keys[i].kind != "PRIMARY KEY" {
			continue
		}
		for _, name := range d.keys[i].columns() {
			c := d.column(name)
			if c == nil || c.kind == "float" || c.kind == "double" || c.kind == "bit" {
				return nil
			}
			out = append(out, *c)
		}
		if len(out) != len(d.keys[i].parts) {
			return nil
		}
	}
	return out
}

// column returns the column of a name; nil if there is none.
func (d *definition) column(name string) *definedColumn {
	for i := range d.columns {
		if strings.EqualFold(d.columns[i].name, name) {
			return &d.columns[i]
		}
	}
	return nil
}

// inUnique reports whether one of some columns is part of a unique key.
func (d *definition) inUnique(names []string) bool {
	return slices.ContainsFunc(d.keys, func(k definedKey) bool {
		return (k.kind == "UNIQUE KEY" || k.kind == "PRIMARY KEY") &&
			(len(k.columns()) < len(k.parts) || slices.ContainsFunc(k.columns(), func(c string) bool { return slices.Contains(names, c) }))
	})
}

// invisible reports whether * does not mean the column.
func (c *definedColumn) invisible() bool { return outside(c.line, " INVISIBLE") >= 0 }

// follows reports whether an UPDATE of other columns sets the column to its time.
func (c *definedColumn) follows() bool { return outside(c.line, " ON UPDATE ") >= 0 }

// numbered reports whether the server numbers rows by the column.
func (c *definedColumn) numbered() bool { return outside(c.line, " AUTO_INCREMENT") >= 0 }

// empty writes the statement that makes a temporary table that takes the rows of an
// INSERT as the table does, but for its keys and constraints: each row is to be a row
// there, and nothing numbers them.
func (d *definition) empty(schema, name, engine string) string {
	var b strings.Builder
	b.WriteString("CREATE TEMPORARY TABLE " + wire.QuoteIdent(schema) + "." + wire.QuoteIdent(name) + " (")
	for i := range d.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		line := d.columns[i].line
		if d.columns[i].numbered() {
			for _, word := range [...]string{" AUTO_INCREMENT", " NOT NULL"} {
				if at := outside(line, word); at >= 0 {
					line = line[:at] + line[at+len(word):]
				}
			}
		}
		b.WriteString(line)
	}
	b.WriteString(") ENGINE=" + engine + d.options)
	return b.String()
}

func (d *definition) addKey(kind, rest, line string) error {
	k := definedKey{text: line, kind: kind}
	if strings.HasPrefix(rest, "`") {
		end := closingQuote(rest)
		if end < 0 {
			return fmt.Errorf("the definition of a key is not understood")
		}
		k.name, rest = rest[:end+1], strings.TrimSpace(rest[end+1:])
	}
	end := closingParen(rest)
	if end < 0 {
		return fmt.Errorf("the definition of a key is not understood")
	}
	k.parts = splitParts(rest[1:end])
	d.keys = append(d.keys, k)
	return nil
}

// plainColumn leaves out the expression that generates a column: its values are
// copied, too.
func plainColumn(line string) string {
	at := outside(line, " GENERATED ALWAYS AS (")
	if at < 0 {
		return line
	}
	open := at + len(" GENERATED ALWAYS AS ")
	end := closingParen(line[open:])
	if end < 0 {
		return line
	}
	rest := line[open+end+1:]
	rest = strings.TrimPrefix(rest, " VIRTUAL")
	rest = strings.TrimPrefix(rest, " STORED")
	return line[:at] + rest
}

// charsetOptions keeps the default character set and collation of a table's options.
func charsetOptions(line string) string {
	var out string
	for _, w := range strings.Fields(line) {
		if strings.HasPrefix(w, "CHARSET=") || strings.HasPrefix(w, "COLLATE=") {
			out += " " + w
		}
		if strings.HasPrefix(w, "COMMENT=") {
			break
		}
	}
	return out
}

// closingQuote returns the place of the backtick that ends the name a text begins
// with.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != '`' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '`' {
			i++
			continue
		}
		return i
	}
	return -1
}

// closingParen returns the place of the parenthesis that closes the one a text begins
// with; quoted texts are passed over.
func closingParen(s string) int {
	depth := 0
	found := -1
	eachPlain(s, func(i int) bool {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				found = i
				return false
			}
		}
		return depth > 0
	})
	return found
}

// outside finds a text outside of quotes.
func outside(s, what string) int {
	found := -1
	eachPlain(s, func(i int) bool {
		if strings.HasPrefix(s[i:], what) {
			found = i
		}
		return found < 0
	})
	return found
}

// eachPlain calls f with the place of each byte outside of quotes until f returns
// false.
func eachPlain(s string, f func(int) bool) {
	var quote byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' && quote != '`' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '`' || c == '\'' || c == '"':
			quote = c
		default:
			if !f(i) {
				return
			}
		}
	}
}

// splitParts splits the parts of a key at the commas outside of parentheses.
func splitParts(s string) []string {
	var out []string
	depth, from := 0, 0
	eachPlain(s, func(i int) bool {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, s[from:i])
				from = i + 1
			}
		}
		return true
	})
	return append(out, s[from:])
}

// column returns the name of the column that a part of a key is of; false for an
// expression.
func partColumn(part string) (string, bool) {
	if !strings.HasPrefix(part, "`") {
		return "", false
	}
	end := closingQuote(part)
	if end < 0 {
		return "", false
	}
	return strings.ReplaceAll(part[1:end], "``", "`"), true
}

// pick returns the columns with the given lower-case names, those of the primary key
// and of the keys that the former belong to: what a column is in keys shows in how it
// is described. It returns all if names is nil.
func (d *definition) pick(names []string) []definedColumn {
	if names == nil {
		return d.columns
	}
	keep := map[string]bool{}
	for _, n := range names {
		keep[n] = true
	}
	for i := range d.keys {
		k := &d.keys[i]
		parts := k.columns()
		if k.kind == "PRIMARY KEY" || k.kind != "FULLTEXT KEY" && slices.ContainsFunc(parts, func(c string) bool { return slices.Contains(names, c) }) {
			for _, c := range parts {
				keep[c] = true
			}
		}
	}
	var out []definedColumn
	for _, c := range d.columns {
		if keep[strings.ToLower(c.name)] {
			out = append(out, c)
		}
	}
	return out
}

// columns lists the columns of a key in lower case.
func (k *definedKey) columns() []string {
	var out []string
	for _, p := range k.parts {
		if c, ok := partColumn(p); ok {
			out = append(out, strings.ToLower(c))
		}
	}
	return out
}

// temporary writes the statement that makes a temporary table with some of the
// columns. Keys are kept as far as their columns are there, so that joins find them
// and columns are described as they are in the table.
func (d *definition) temporary(schema, name string, columns []definedColumn, constraints string) string {
	var b strings.Builder
	b.WriteString("CREATE TEMPORARY TABLE " + wire.QuoteIdent(schema) + "." + wire.QuoteIdent(name) + " (")
	if len(columns) == 0 {
		b.WriteString("sluice_row TINYINT")
	}
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.text)
	}
	for i := range d.keys {
		if k := d.keys[i].over(columns); k != "" {
			b.WriteString(", " + k)
		}
	}
	b.WriteString(constraints)
	b.WriteString(") ENGINE=InnoDB" + d.options)
	return b.String()
}

// over writes the key for a table that has only some columns; empty when it cannot be
// kept.
func (k *definedKey) over(columns []definedColumn) string {
	n := 0
	for _, p := range k.parts {
		name, ok := partColumn(p)
		if !ok || !slices.ContainsFunc(columns, func(c definedColumn) bool { return strings.EqualFold(c.name, name) }) {
			break
		}
		n++
	}
	switch {
	case n == 0:
		return ""
	case k.kind == "FULLTEXT KEY": // temporary tables have none
		name, _ := partColumn(k.parts[0])
		return "KEY " + k.name + " (" + wire.QuoteIdent(name) + "(1))"
	case n == len(k.parts):
		return k.text
	case k.kind == "SPATIAL KEY":
		return ""
	default:
		return "KEY " + k.name + " (" + strings.Join(k.parts[:n], ",") + ")"
	}
}

// fetch is the expression by which the values of a column are read, and load how
// they are written into a literal.
func (c *definedColumn) fetch() string {
	name := wire.QuoteIdent(c.name)
	switch c.kind {
	case "float":
		return "CAST(" + name + " AS DOUBLE)" // its text would be rounded to six digits
	case "enum", "set":
		return "CAST(" + name + " AS UNSIGNED)" // by number: the text need not be unique
	case "timestamp":
		return "UNIX_TIMESTAMP(" + name + ")" // its text is ambiguous where clocks are set back
	}
	return name
}

// appendLiteral writes a value that was read by fetch; nil is NULL.
func (c *definedColumn) appendLiteral(b, v []byte) []byte {
	if v == nil {
		return append(b, "NULL"...)
	}
	switch c.kind {
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "enum", "set":
		return append(b, v...)
	case "json":
		b = append(b, "_utf8mb4"...)
	case "timestamp":
		v = appendUTC(nil, v)
	case "float", "double", "year", "date", "time", "datetime":
	case "bit":
		return appendHex(b, v)
	default:
		b = append(b, "_binary"...)
	}
	return appendText(b, v)
}

// appendExact writes a value that was read by fetch so that it means the same under any
// settings of a session.
func (c *definedColumn) appendExact(b, v []byte) []byte {
	if v == nil {
		return append(b, "NULL"...)
	}
	switch c.kind {
	case "json":
		return appendHex(append(b, "_utf8mb4 "...), v)
	case "timestamp":
		b = append(b, '\'')
		b = appendUTC(b, v)
		if !bytes.HasSuffix(b, []byte("'0000-00-00 00:00:00")) {
			b = append(b, "+00:00"...)
		}
		return append(b, '\'')
	case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "enum", "set", "float", "double", "year", "date", "time", "datetime", "bit":
		return c.appendLiteral(b, v)
	}
	return appendIn(b, "binary", v)
}

// appendComparable is appendExact for a value to compare the column with, under its
// collation.
func (c *definedColumn) appendComparable(b, v []byte) []byte {
	switch {
	case v == nil || c.charset == "":
		return c.appendExact(b, v)
	case c.charset == "utf8mb3" || c.charset == "utf8":
		return appendIn(b, "utf8mb4", v) // the same bytes, and no warning
	}
	return appendIn(b, c.charset, v)
}

// appendIn writes a text in a character set.
func appendIn(b []byte, charset string, v []byte) []byte {
	b = append(append(b, '_'), charset...)
	if plainText(v) {
		return append(append(append(b, '\''), v...), '\'')
	}
	return appendHex(append(b, ' '), v)
}

// plainText reports whether a text can stand in quotes under any character set and
// sql_mode.
func plainText(v []byte) bool {
	for _, x := range v {
		if x < ' ' || x > '~' || x == '\'' || x == '\\' || x == '"' {
			return false
		}
	}
	return true
}

func appendHex(b, v []byte) []byte {
	return append(hex.AppendEncode(append(b, "x'"...), v), '\'')
}

// appendUTC writes what UNIX_TIMESTAMP returned as a time in UTC; 0 is the zero date.
func appendUTC(b, v []byte) []byte {
	whole, fraction, _ := strings.Cut(string(v), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n == 0 && strings.Trim(fraction, "0") == "" {
		return append(b, "0000-00-00 00:00:00"...)
	}
	b = time.Unix(n, 0).UTC().AppendFormat(b, time.DateTime)
	if fraction != "" {
		b = append(append(b, '.'), fraction...)
	}
	return b
}

// appendText writes a string constant, for a sql_mode with backslash escapes.
func appendText(b, v []byte) []byte {
	b = append(b, '\'')
	for _, x := range v {
		switch x {
		case '\'', '\\':
			b = append(b, '\\', x)
		case 0:
			b = append(b, '\\', '0')
		default:
			b = append(b, x)
		}
	}
	return append(b, '\'')
}

// rowForm is how rows of some columns are read, and written again as constants.
type rowForm struct {
	columns []definedColumn
	typed   []int // those whose text does not always say all of a value
}

func newRowForm(columns []definedColumn) rowForm {
	f := rowForm{columns: columns}
	for i := range columns {
		if columns[i].kind == "json" {
			f.typed = append(f.typed, i)
		}
	}
	return f
}

// width is how many columns a row is read as.
func (f *rowForm) width() int { return max(len(f.columns), 1) + len(f.typed) }

// list is what is selected; origin is the number of the shard that it is selected from.
func (f *rowForm) list(origin int) string {
	var b strings.Builder
	for i := range f.columns {
		if i > 0 {
			b.WriteString(",")
		}
		if f.columns[i].origin {
			b.WriteString(strconv.Itoa(origin))
		} else {
			b.WriteString(f.columns[i].fetch())
		}
	}
	if len(f.columns) == 0 {
		b.WriteString("1")
	}
	for _, i := range f.typed {
		b.WriteString("," + typedScalars(f.columns[i].name))
	}
	return b.String()
}

// append writes one row as it was read, each value by literal.
func (f *rowForm) append(sql []byte, row [][]byte, literal func(*definedColumn, []byte, []byte) []byte) ([]byte, error) {
	sql = append(sql, '(')
	if len(f.columns) == 0 {
		return append(sql, "1)"...), nil
	}
	for i := range f.columns {
		if i > 0 {
			sql = append(sql, ',')
		}
		var err error
		if sql, err = f.value(sql, row, i, literal); err != nil {
			return nil, err
		}
	}
	return append(sql, ')'), nil
}

// value writes one value of a row as it was read.
func (f *rowForm) value(sql []byte, row [][]byte, i int, literal func(*definedColumn, []byte, []byte) []byte) ([]byte, error) {
	if n := slices.Index(f.typed, i); n >= 0 && row[len(f.columns)+n] != nil {
		return appendTyped(sql, row[i], row[len(f.columns)+n])
	}
	return literal(&f.columns[i], sql, row[i]), nil
}
