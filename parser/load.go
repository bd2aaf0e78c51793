package parser

import (
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/infile"
)

// LoadData is what a LOAD DATA statement says of its file.
type LoadData struct {
	Local   bool
	Replace bool
	Charset string // in lower case; "" where the statement names none
	Format  infile.Format
	ASCII   bool // of all separators
	// Clauses are the tokens between the table's name and the list of columns, from the
	// first to the one behind the last.
	Clauses [2]int
	At      int // the token before which CHARACTER SET stands, or could
	// Skip are the tokens of IGNORE n LINES, in the same way.
	Skip [2]int
}

// LoadData reads a LOAD DATA statement up to its list of columns. It returns nil if the
// statement is something else or has clauses that are not known.
func (s *Statement) LoadData() *LoadData {
	if s.Verb != Load || !s.Is(1, "data") {
		return nil
	}
	l := &loadReader{Statement: s, at: 2}
	l.Format = infile.Format{FieldEnd: "\t", LineEnd: "\n", Escape: `\`}
	if s.Dialect.Mode&NoBackslashEscapes != 0 {
		l.Format.Escape = ""
	}
	l.ASCII = true
	if l.head() && l.clauses() {
		return &l.LoadData
	}
	return nil
}

type loadReader struct {
	*Statement
	LoadData
	at int
}

// take moves past one of some words, if it comes next.
func (l *loadReader) take(words ...string) bool {
	for _, w := range words {
		if l.Is(l.at, w) {
			l.at++
			return true
		}
	}
	return false
}

// head reads up to the table's name.
func (l *loadReader) head() bool {
	l.take("low_priority", "concurrent")
	l.Local = l.take("local")
	if !l.take("infile") || l.kind(l.at) != String {
		return false
	}
	l.at++
	if l.Replace = l.take("replace"); !l.Replace {
		l.take("ignore")
	}
	if !l.take("into") || !l.take("table") || !l.isName(l.at) {
		return false
	}
	l.at++
	if l.op(l.at, ".") {
		l.at += 2
	}
	return l.at <= len(l.Tokens)
}

func (l *loadReader) clauses() bool {
	l.Clauses[0] = l.at
	if l.take("partition") {
		if !l.op(l.at, "(") || l.closing(l.at) <= 0 {
			return false
		}
		l.at = l.closing(l.at) + 1
	}
	if l.At = l.at; !l.charset() || !l.fields() || !l.lines() || !l.skips() {
		return false
	}
	l.Clauses[1] = l.at
	return l.at == len(l.Tokens) || l.op(l.at, "(") || l.Is(l.at, "set")
}

func (l *loadReader) charset() bool {
	switch {
	case l.Is(l.at, "character") && l.Is(l.at+1, "set"):
		l.at += 2
	case l.Is(l.at, "charset"):
		l.at++
	default:
		return true
	}
	if l.at >= len(l.Tokens) {
		return false
	}
	l.Charset = strings.ToLower(l.text(l.at))
	l.at++
	return true
}

func (l *loadReader) fields() bool {
	if !l.take("fields", "columns") {
		return true
	}
	for {
		switch {
		case l.take("terminated"):
			if !l.separator(&l.Format.FieldEnd) {
				return false
			}
		case l.take("optionally"):
			if !l.take("enclosed") || !l.separator(&l.Format.Quote) {
				return false
			}
		case l.take("enclosed"):
			if !l.separator(&l.Format.Quote) {
				return false
			}
		case l.take("escaped"):
			if !l.separator(&l.Format.Escape) {
				return false
			}
		default:
			return true
		}
	}
}

func (l *loadReader) lines() bool {
	if !l.take("lines") {
		return true
	}
	for {
		switch {
		case l.take("terminated"):
			if !l.separator(&l.Format.LineEnd) {
				return false
			}
		case l.take("starting"):
			if !l.separator(&l.Format.LineStart) {
				return false
			}
		default:
			return true
		}
	}
}

// separator reads BY and a constant.
func (l *loadReader) separator(to *string) bool {
	if !l.take("by") || l.at >= len(l.Tokens) {
		return false
	}
	t := l.Tokens[l.at]
	switch t.Kind {
	case String, Hex, Bit:
	default:
		return false
	}
	*to = Literal(l.SQL, t, l.Dialect).S
	for i := range len(*to) {
		l.ASCII = l.ASCII && (*to)[i] < 0x80
	}
	l.at++
	return true
}

func (l *loadReader) skips() bool {
	if !l.Is(l.at, "ignore") {
		return true
	}
	l.Skip[0] = l.at
	l.at++
	if l.kind(l.at) != Int {
		return false
	}
	n, err := strconv.ParseUint(l.text(l.at), 10, 64)
	if err != nil {
		return false
	}
	l.Format.Skip = n
	l.at++
	if !l.take("lines", "rows") {
		return false
	}
	l.Skip[1] = l.at
	return true
}
