package rules

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestGolden runs testdata/*.txt. A block is a command, its input, "----" and what is
// expected. Lines of '#' between blocks are comments. The commands:
//
//	config    a configuration, compiled with the schema of the block before; prints its problems
//	schema    tables, one per line, for the configs below: db.t: a int, b char(3) null; primary(a)
//	locate    a table and values: where they live
//	drift     differences made to shards: shard: a table line, or "- db.t" to drop it
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { golden(t, file) })
	}
}

func golden(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	run := &script{}
	var out strings.Builder
	in := bufio.NewScanner(strings.NewReader(string(data)))
	for in.Scan() {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			out.WriteString(line + "\n")
			continue
		}
		var input strings.Builder
		for in.Scan() && in.Text() != "----" {
			input.WriteString(in.Text() + "\n")
		}
		for in.Scan() && in.Text() != "" { // the old result
		}
		fmt.Fprintf(&out, "%s\n%s----\n%s\n", line, input.String(), run.command(t, line, input.String()))
	}
	got := strings.TrimRight(out.String(), "\n") + "\n"
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	require.Equal(t, string(data), got)
}

type script struct {
	schema *Schema
	rules  *Rules
}

func (s *script) command(t *testing.T, name, input string) string {
	switch name {
	case "schema":
		s.schema = parseSchema(t, input)
		return ""
	case "no schema":
		s.schema = nil
		return ""
	case "config":
		c, problems := conf.Parse("saas.yaml", []byte(input))
		require.NoError(t, problems.Err())
		s.rules, problems = Compile(c, s.schema)
		return problems.String()
	case "locate":
		return s.locate(t, input)
	case "drift":
		return s.drift(t, input)
	}
	t.Fatalf("no command %q", name)
	return ""
}

func (s *script) locate(t *testing.T, input string) string {
	var out strings.Builder
	for line := range strings.Lines(input) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		table, ok := s.rules.Table(name)
		require.True(t, ok, name)
		at, ok := s.rules.Locate(table, parseValue(t, text))
		if !ok {
			fmt.Fprintf(&out, "%s: unknown\n", text)
			continue
		}
		fmt.Fprintf(&out, "%s: %s slot %d", text, at.Shard.Name, at.Slot)
		if at.Pinned {
			out.WriteString(" pinned")
		}
		fmt.Fprintf(&out, ", %s\n", at.Pos)
	}
	return out.String()
}

// drift gives every shard the schema of its database, changes it as told, and compares.
func (s *script) drift(t *testing.T, input string) string {
	live := map[*Shard]*Schema{}
	for _, d := range s.rules.Databases {
		for _, shard := range d.Shards {
			live[shard] = NewSchema()
			for _, def := range s.schema.Tables {
				placed, ok := s.rules.Table(def.Name)
				if ok && placed.Database == d && (placed.Kind != Single || placed.Home == shard) {
					require.True(t, live[shard].AddTable(def))
				}
			}
		}
	}
	for line := range strings.Lines(input) {
		name, change, _ := strings.Cut(strings.TrimSpace(line), ": ")
		shard, ok := s.rules.Shard(name)
		require.True(t, ok, name)
		if dropped, ok := strings.CutPrefix(change, "- "); ok {
			db, table, _ := strings.Cut(dropped, ".")
			delete(live[shard].Tables, Key(db, table))
			continue
		}
		if view, ok := strings.CutPrefix(change, "view "); ok {
			name, text, _ := strings.Cut(view, " ")
			live[shard].AddView(&View{Name: name, Definition: text})
			continue
		}
		for key, def := range parseSchema(t, change).Tables {
			live[shard].Tables[key] = def
		}
	}
	return s.rules.Drift(live).String()
}

// parseSchema reads one table per line.
func parseSchema(t *testing.T, text string) *Schema {
	s := NewSchema()
	n := 0
	for line := range strings.Lines(text) {
		n++
		head, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		require.True(t, ok, line)
		if name, ok := strings.CutPrefix(head, "procedure "); ok {
			p := &ProcedureDef{Name: name}
			for _, word := range strings.Split(rest, ", ") {
				mode, param, _ := strings.Cut(word, " ")
				p.Parameters = append(p.Parameters, Parameter{Mode: mode, Name: param})
			}
			require.True(t, s.AddProcedure(p))
			continue
		}
		def := &TableDef{Name: head, Pos: conf.Pos{File: "schema.sql", Line: n, Column: 1}}
		if db, name, ok := strings.Cut(head, "."); ok {
			def.Database, def.Name = db, name
		}
		parts := strings.Split(rest, "; ")
		for _, c := range strings.Split(parts[0], ", ") {
			def.Columns = append(def.Columns, parseColumn(c))
		}
		for _, p := range parts[1:] {
			parseProperty(def, p)
		}
		require.True(t, s.AddTable(def))
	}
	return s
}

func parseColumn(text string) Column {
	name, rest, _ := strings.Cut(text, " ")
	rest, numbered := strings.CutSuffix(rest, " auto_increment")
	typ, isNull := strings.CutSuffix(rest, " null")
	typ, collation, _ := strings.Cut(typ, " collate ")
	if strings.Contains(typ, "char") && collation == "" {
		collation = assumed
	}
	return Column{Name: name, Type: typ, Collation: collation, Nullable: isNull, Expression: numbered, Numbered: numbered}
}

func parseProperty(def *TableDef, text string) {
	if names, ok := strings.CutPrefix(text, "partitions "); ok {
		def.Partition = &PartitionDef{Method: "RANGE", Names: strings.Fields(names)}
		return
	}
	head, columns, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	var parts []IndexPart
	for c := range strings.SplitSeq(columns, " ") {
		if expr, ok := strings.CutPrefix(c, "="); ok {
			parts = append(parts, IndexPart{Expression: expr})
			continue
		}
		parts = append(parts, IndexPart{Column: c})
	}
	kind, name, _ := strings.Cut(head, " ")
	switch kind {
	case "primary":
		def.Indexes = append(def.Indexes, IndexDef{Name: "PRIMARY", Unique: true, Parts: parts})
	case "unique", "key":
		def.Indexes = append(def.Indexes, IndexDef{Name: name, Unique: kind == "unique", Parts: parts})
	case "foreign":
		def.Foreign = append(def.Foreign, ForeignDef{Name: "fk_" + name, Columns: []string{parts[0].Column}, Table: name, References: []string{"id"}})
	}
}

// parseValue reads 'text', x'hex bytes as text', 12, 12.5, 1e3, null, with an
// introducer in front and COLLATE behind.
func parseValue(t *testing.T, text string) value.Value {
	if text == "null" {
		return value.Value{}
	}
	text, collation, _ := strings.Cut(text, " collate ")
	if head, body, ok := strings.Cut(text, "'"); ok {
		v := value.Value{Kind: value.String, S: strings.TrimSuffix(body, "'"), Collation: collation}
		switch {
		case head == "x":
			v.Kind = value.Binary
		case head != "":
			v.Charset = strings.TrimPrefix(head, "_")
		}
		return v
	}
	switch {
	case strings.ContainsAny(text, "eE"):
		return value.Value{Kind: value.Float, S: text}
	case strings.Contains(text, "."):
		return value.Value{Kind: value.Decimal, S: text}
	}
	var v value.Value
	if _, err := fmt.Sscan(text, &v.I); err == nil {
		v.Kind = value.Int
		return v
	}
	_, err := fmt.Sscan(text, &v.U)
	require.NoError(t, err)
	v.Kind = value.Uint
	return v
}
