package seed

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/conf/schema"
)

// table is what the generator knows of one CREATE TABLE.
type table struct {
	database string
	name     string
	columns  []column
	uniques  [][]string // unique keys over plain columns, without the primary key
	foreign  map[string]string
	tenant   string // the column that holds the tenant; empty for a reference table
	nullable bool   // the tenant may be NULL
	ranged   string // the column the table is partitioned by; empty for none
}

// column is one column that rows have a value for; generated columns are left out.
type column struct {
	name     string
	typ      string // "varchar", "decimal", "enum", ... in lower case
	size     int    // varchar(size), decimal(size,scale), tinyint(size)
	scale    int
	values   []string // of an enum
	nullable bool
	def      string // the default as written, without quotes; empty for none
}

func (t *table) column(name string) *column {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &t.columns[i]
}

// readTables reads every table of every database, in the order in which rows can be
// inserted.
func readTables() ([]*table, error) {
	var out []*table
	for _, db := range schema.Databases() {
		statements, err := schema.Statements(db, schema.Tables)
		if err != nil {
			return nil, err
		}
		for _, s := range statements {
			if !strings.HasPrefix(s, "CREATE TABLE ") {
				continue
			}
			t, err := readTable(s)
			if err != nil {
				return nil, fmt.Errorf("seed: reading the tables of %s: %w", db, err)
			}
			t.database = db
			out = append(out, t)
		}
	}
	return out, nil
}

// readTable reads one CREATE TABLE. It understands the form our scripts are written in, no
// other.
func readTable(sql string) (*table, error) {
	name, rest, ok := strings.Cut(strings.TrimPrefix(sql, "CREATE TABLE "), " (")
	if !ok {
		return nil, fmt.Errorf("no column list in %.40q", sql)
	}
	t := &table{name: name, foreign: map[string]string{}}
	parts, tail := list(rest)
	for _, p := range parts {
		if err := t.read(strings.Fields(p), p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, after, found := strings.Cut(tail, "PARTITION BY RANGE (UNIX_TIMESTAMP("); found {
		t.ranged, _, _ = strings.Cut(after, ")")
	}
	for _, c := range t.columns {
		if c.name == "tenant_id" {
			t.tenant, t.nullable = c.name, c.nullable
		}
	}
	if t.name == "saas_tenants" {
		t.tenant = "id"
	}
	return t, nil
}

// read adds one element of the column list.
func (t *table) read(words []string, text string) error {
	switch words[0] {
	case "PRIMARY", "KEY", "CONSTRAINT":
	case "UNIQUE":
		_, after, _ := strings.Cut(text, "(")
		cols, _ := list(after)
		if !slices.ContainsFunc(cols, func(c string) bool { return strings.HasPrefix(c, "(") }) {
			t.uniques = append(t.uniques, cols)
		}
	case "FOREIGN":
		col := strings.Trim(words[2], "()")
		t.foreign[col] = words[4]
	default:
		c, generated, err := readColumn(words, text)
		if err != nil || generated {
			return err
		}
		t.columns = append(t.columns, c)
	}
	return nil
}

func readColumn(words []string, text string) (c column, generated bool, err error) {
	rest := strings.TrimSpace(strings.TrimPrefix(text, words[0]))
	end := strings.IndexAny(rest, " (")
	if end < 0 {
		return c, false, fmt.Errorf("column %s has no type", words[0])
	}
	c = column{name: words[0], typ: strings.ToLower(rest[:end])}
	var args []string
	if rest[end] == '(' {
		args, rest = list(rest[end+1:])
	} else {
		rest = rest[end:]
	}
	for i, a := range args {
		if c.typ == "enum" {
			c.values = append(c.values, strings.Trim(a, "'"))
			continue
		}
		n, err := strconv.Atoi(a)
		if err != nil {
			return c, false, fmt.Errorf("column %s: %w", c.name, err)
		}
		if i == 0 {
			c.size = n
		} else {
			c.scale = n
		}
	}
	c.nullable = !strings.Contains(rest, "NOT NULL")
	if _, after, ok := strings.Cut(rest, "DEFAULT "); ok {
		c.def = strings.Trim(strings.Fields(after)[0], "'")
	}
	return c, strings.Contains(rest, "GENERATED ALWAYS"), nil
}

// list splits what follows an opening parenthesis at its commas, and returns what stands
// behind the closing one.
func list(s string) (parts []string, tail string) {
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			i += 1 + strings.IndexByte(s[i+1:], '\'')
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return append(parts, strings.TrimSpace(s[start:i])), s[i+1:]
			}
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, strings.TrimSpace(s[start:i]))
				start = i + 1
			}
		}
	}
	return parts, ""
}
