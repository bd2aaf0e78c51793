package proxy

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
)

// alteration is an ALTER TABLE or CREATE INDEX taken apart into its clauses, so that it can
// be tried on a copy of the table's rows. Tokens are meant by their index.
type alteration struct {
	sql     []byte
	tokens  []parser.Token
	dialect parser.Dialect
	head    [2]int   // what stands before the table's name
	clauses [][2]int // what stands behind it, first and last token of each
}

// readAlteration takes a statement apart. It is false for other statements, and for those
// that rearrange partitions: a copy has none.
func readAlteration(sql []byte, d parser.Dialect) (*alteration, bool) {
	scan := new(parser.Scan)
	if err := scan.Run(sql, 0, d); err != nil {
		return nil, false
	}
	a := &alteration{sql: sql, tokens: scan.Tokens, dialect: d}
	at := 0
	switch {
	case a.is(0, "ALTER") && a.is(1, "TABLE"):
		at = 2
	case a.is(0, "CREATE") && (a.is(1, "INDEX") || a.is(2, "INDEX")):
		for at < len(a.tokens) && !a.is(at, "ON") {
			at++
		}
		at++
	default:
		return nil, false
	}
	a.head = [2]int{0, at - 1}
	if at++; a.op(at, ".") {
		at += 2
	}
	if at >= len(a.tokens) {
		return nil, false
	}
	for depth, from := 0, at; at <= len(a.tokens); at++ {
		switch {
		case at == len(a.tokens) || depth == 0 && a.op(at, ",") && a.is(0, "ALTER"):
			a.clauses = append(a.clauses, [2]int{from, at - 1})
			from = at + 1
		case a.op(at, "("):
			depth++
		case a.op(at, ")"):
			depth--
		case depth == 0 && a.is(0, "CREATE") && (a.is(at, "ALGORITHM") || a.is(at, "LOCK")): // how the work is done
			a.clauses = append(a.clauses, [2]int{from, at - 1})
			return a, true
		case depth == 0 && (a.is(at, "PARTITION") || a.is(at, "PARTITIONING") || a.is(at, "TABLESPACE")):
			return nil, false
		}
	}
	return a, true
}

// is reports whether token i is the word, given in capitals.
func (a *alteration) is(i int, word string) bool {
	return i >= 0 && i < len(a.tokens) && a.tokens[i].Kind == parser.Ident && strings.EqualFold(string(a.tokens[i].Text(a.sql)), word)
}

func (a *alteration) op(i int, op string) bool {
	return i >= 0 && i < len(a.tokens) && a.tokens[i].Kind == parser.Op && string(a.tokens[i].Text(a.sql)) == op
}

// text is what stands in some tokens.
func (a *alteration) text(span [2]int) string {
	return string(a.sql[a.tokens[span[0]].Start:a.tokens[span[1]].End])
}

// has returns the first place of one of some words in a clause; -1 if it has none.
func (a *alteration) has(c [2]int, words ...string) int {
	for i := c[0]; i <= c[1]; i++ {
		if slices.ContainsFunc(words, func(w string) bool { return a.is(i, w) }) {
			return i
		}
	}
	return -1
}

// foreign is where a clause says FOREIGN; -1 unless it adds or drops a foreign key.
func (a *alteration) foreign(c [2]int) int {
	if i := a.has(c, "FOREIGN"); i >= 0 && a.is(i+1, "KEY") && (a.is(c[0], "ADD") || a.is(c[0], "DROP")) {
		return i
	}
	return -1
}

// mayFail reports whether a clause may fail because of what rows hold; unique are the
// lower-case names of columns in unique keys. To say so of one too many costs time only.
func (a *alteration) mayFail(c [2]int, unique []string) bool {
	switch {
	case a.is(0, "CREATE"):
		return a.is(1, "UNIQUE") || a.expression(c)
	case a.is(c[0], "MODIFY"), a.is(c[0], "CHANGE"):
		return true
	case a.is(c[0], "ADD"):
		return a.foreign(c) >= 0 || a.expression(c) ||
			a.has(c, "UNIQUE", "PRIMARY", "CHECK", "AS") >= 0 ||
			a.has(c, "NULL") > 0 && a.is(a.has(c, "NULL")-1, "NOT") && a.has(c, "DATE", "DATETIME", "TIMESTAMP") >= 0
	case a.is(c[0], "ALTER"):
		return a.has(c, "CHECK", "CONSTRAINT") >= 0 && a.has(c, "ENFORCED") >= 0
	case a.is(c[0], "DROP"):
		return slices.ContainsFunc(a.names(c), func(n string) bool { return slices.Contains(unique, n) })
	}
	return false
}

// expression reports whether a clause has an expression in parentheses of its own: a key
// over one, or a default.
func (a *alteration) expression(c [2]int) bool {
	for i := c[0]; i <= c[1]; i++ {
		if a.op(i, "(") && (a.op(i+1, "(") || a.is(i-1, "DEFAULT") || a.op(i-1, ",")) {
			return true
		}
	}
	return false
}

// names are the words of a clause that may be names, in lower case.
func (a *alteration) names(c [2]int) []string {
	var out []string
	for i := c[0]; i <= c[1]; i++ {
		if k := a.tokens[i].Kind; k == parser.Ident || k == parser.QuotedIdent {
			out = append(out, strings.ToLower(parser.Unquote(a.sql, a.tokens[i], a.dialect)))
		}
	}
	return out
}

// tried are the clauses that can be tried on a copy: not those about foreign keys, which a
// temporary table has none of, nor about its name or how the work is done.
func (a *alteration) tried() [][2]int {
	var out [][2]int
	for _, c := range a.clauses {
		switch {
		case a.foreign(c) >= 0, a.is(c[0], "ALGORITHM"), a.is(c[0], "LOCK"):
		case a.is(c[0], "RENAME") && !a.is(c[0]+1, "COLUMN") && !a.is(c[0]+1, "INDEX") && !a.is(c[0]+1, "KEY"):
		default:
			out = append(out, c)
		}
	}
	return out
}

// on writes some clauses for another table.
func (a *alteration) on(table string, clauses [][2]int) string {
	texts := make([]string, len(clauses))
	for i, c := range clauses {
		texts[i] = a.text(c)
	}
	return a.text(a.head) + " " + table + " " + strings.Join(texts, ", ")
}

// orphans writes a query for a row of the table that a new foreign key refuses; empty for
// another clause, or one that is not understood.
func (a *alteration) orphans(c [2]int, table string) string {
	i := a.foreign(c)
	if i < 0 || !a.is(c[0], "ADD") {
		return ""
	}
	references := a.has(c, "REFERENCES")
	for i < references && !a.op(i, "(") {
		i++
	}
	if references < 0 {
		return ""
	}
	own := a.list(i)
	i = references + 2
	if a.op(i, ".") {
		i += 2
	}
	parents := a.list(i)
	if len(own) == 0 || len(own) != len(parents) {
		return ""
	}
	var set, same []string
	for n := range own {
		set = append(set, "c."+own[n]+" IS NOT NULL")
		same = append(same, "p."+parents[n]+" = c."+own[n])
	}
	return "SELECT 1 FROM " + table + " AS c WHERE " + strings.Join(set, " AND ") +
		" AND NOT EXISTS (SELECT 1 FROM " + a.text([2]int{references + 1, i - 1}) + " AS p WHERE " + strings.Join(same, " AND ") + ") LIMIT 1"
}

// list reads the names in parentheses from token i on, quoted.
func (a *alteration) list(i int) []string {
	if !a.op(i, "(") {
		return nil
	}
	var out []string
	for i++; i < len(a.tokens) && !a.op(i, ")"); i++ {
		if k := a.tokens[i].Kind; k == parser.Ident || k == parser.QuotedIdent {
			out = append(out, wire.QuoteIdent(parser.Unquote(a.sql, a.tokens[i], a.dialect)))
		}
	}
	return out
}
