package proxy

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
)

// namesInRows lists the statements whose rows, not only their columns and messages,
// name schemas. They are few and small, so their rows are read and written anew.
func namesInRows(v parser.Verb) bool {
	switch v {
	case parser.Show, parser.Explain, parser.Check, parser.Checksum, parser.Analyze, parser.Optimize, parser.Repair:
		return true
	}
	return false
}

// texts passes the rows of a result on with the schemas' shown names in them.
func (x *relay) texts() (bool, error) {
	first := true
	for {
		if err := x.from.Fill(5); err != nil {
			return false, err
		}
		if closes(x.from.Buffered()) {
			return x.endRows(first)
		}
		if first {
			x.endOfColumns(wire.StatusAutocommit | x.out.OK.Status&wire.StatusInTrans)
			first = false
		}
		p, n, err := x.packet()
		if err != nil {
			return false, err
		}
		if p, err = x.renamed(p); err != nil {
			return false, fmt.Errorf("server: row: %w", err)
		}
		x.put(p)
		x.from.Discard(n)
		x.out.Rows++
		if x.to.Due() {
			if err := x.flush(); err != nil {
				return false, err
			}
		}
	}
}

// renamed writes a row anew.
func (x *relay) renamed(p []byte) ([]byte, error) {
	if x.binary {
		return wire.EditBinaryRow(nil, p, x.heads, func(i int, v []byte) []byte { return x.names.cell(x.heads[i].Name, v) })
	}
	row := make([][]byte, len(x.heads))
	if err := wire.ParseTextRow(p, row); err != nil {
		return nil, err
	}
	for i := range row {
		row[i] = x.names.cell(x.heads[i].Name, row[i])
	}
	return wire.AppendTextRow(nil, row), nil
}

// cell replaces physical schema names in a value of the column with the given name:
// the whole value where it is a schema, before the dot where it is a table, and where
// a statement quotes them as `schema`.`table`.
func (n *names) cell(column string, v []byte) []byte {
	for _, r := range n.list {
		switch {
		case len(v) == 0: // NULL stays NULL, and empty stays empty
		case column == "Db" || column == "Database":
			if string(v) == r.physical {
				return []byte(r.shown)
			}
		case column == "Table" && bytes.HasPrefix(v, []byte(r.physical+".")):
			return append([]byte(r.shown), v[len(r.physical):]...)
		case column == "Create Database":
			v = bytes.ReplaceAll(v, []byte(wire.QuoteIdent(r.physical)), []byte(wire.QuoteIdent(r.shown)))
		case column == "EXPLAIN" || column == "ref": // a tree or JSON: `a`.`t`, "a.t.c", "schema_name": "a"
			v = replaceWord(v, r.physical, r.shown)
		case column == "Msg_text":
			return []byte(n.message(string(v)))
		default:
			v = bytes.ReplaceAll(v, []byte(wire.QuoteIdent(r.physical)+"."), []byte(wire.QuoteIdent(r.shown)+"."))
		}
	}
	return v
}

// head replaces a physical schema name in a column's name: Tables_in_schema.
func (n *names) head(p []byte) ([]byte, wire.Column, error) {
	c, err := wire.ParseColumn(p)
	if err != nil {
		return nil, c, fmt.Errorf("server: column definition: %w", err)
	}
	for _, r := range n.list {
		rest, ok := bytes.CutPrefix([]byte(c.Name), []byte("Tables_in_"+r.physical))
		if ok && (len(rest) == 0 || rest[0] == ' ') {
			c.Name = "Tables_in_" + r.shown + string(rest)
			return c.Append(nil), c, nil
		}
	}
	return p, c, nil
}

// replaceWord replaces a name wherever it is not a part of a longer one.
func replaceWord(v []byte, old, new string) []byte {
	var out []byte
	rest := v
	for {
		i := bytes.Index(rest, []byte(old))
		if i < 0 {
			return append(out, rest...)
		}
		end := i + len(old)
		before, _ := utf8.DecodeLastRune(v[:len(v)-len(rest)+i])
		after, _ := utf8.DecodeRune(rest[end:])
		out = append(out, rest[:i]...)
		if isWord(before) || isWord(after) {
			out = append(out, old...)
		} else {
			out = append(out, new...)
		}
		rest = rest[end:]
	}
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
