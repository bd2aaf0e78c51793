package router

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
)

// opaqueTable stands for a JSON_TABLE in the text that is analysed in its place.
const opaqueTable = "sluice_jt_"

// relax returns a reading of the statement without what the tidb parser does not know
// and the analysis does not need: the alias of the new row of an INSERT, INTO with
// variables, and JSON_TABLE, which becomes a table of unknown columns. Bytes keep
// their places. It returns nil when there is nothing to leave out, or when the rest
// is not understood either. The text that is sent is always the client's.
func relax(s *parser.Statement) *parser.Statement {
	text := slices.Clone(s.SQL)
	changed := false
	for i := range s.Tokens {
		switch {
		case s.Is(i, "as") && isOp(s, i-1, ")"):
			if last := rowAlias(s, i); last > 0 {
				blank(text, s, i, last)
				changed = true
			}
		case s.Is(i, "into") && i+1 < len(s.Tokens) && s.Tokens[i+1].Kind == parser.UserVar:
			last := i + 1
			for isOp(s, last+1, ",") && last+2 < len(s.Tokens) && s.Tokens[last+2].Kind == parser.UserVar {
				last += 2
			}
			blank(text, s, i, last)
			changed = true
		case s.Is(i, "json_table") && isOp(s, i+1, "("):
			last := closing(s, i+1)
			if last < 0 || hasWord(s, i, last, "select") || hasSessionFunc(s, i+1, last) {
				return nil
			}
			blank(text, s, i, last)
			copy(text[s.Tokens[i].Start:], opaqueTable)
			changed = true
		}
	}
	if !changed {
		return nil
	}
	out, err := parser.Parse(text, s.Dialect)
	if err != nil || out.Tree == nil {
		return nil
	}
	return out
}

// rowAlias returns the last token of AS new [(a, b)] before ON DUPLICATE KEY at i; 0
// if there is none.
func rowAlias(s *parser.Statement, i int) int {
	if s.Verb != parser.Insert {
		return 0
	}
	last := i + 1
	if isOp(s, last+1, "(") {
		if last = closing(s, last+1); last < 0 {
			return 0
		}
	}
	if s.Is(last+1, "on") && s.Is(last+2, "duplicate") || last == len(s.Tokens)-1 {
		return last
	}
	return 0
}

// closing returns the index of the ) that closes the ( at i; -1 if there is none.
func closing(s *parser.Statement, i int) int {
	depth := 0
	for ; i < len(s.Tokens); i++ {
		switch {
		case isOp(s, i, "("):
			depth++
		case isOp(s, i, ")"):
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return -1
}

// hasSessionFunc reports whether a function of the session is called.
func hasSessionFunc(s *parser.Statement, from, to int) bool {
	for i := from; i <= to; i++ {
		if s.Tokens[i].Kind == parser.Ident && sessionFunc(strings.ToLower(string(s.Tokens[i].Text(s.SQL)))) != plan.NoFunc {
			return true
		}
	}
	return false
}

func hasWord(s *parser.Statement, from, to int, word string) bool {
	for i := from; i <= to; i++ {
		if s.Is(i, word) {
			return true
		}
	}
	return false
}

// blank replaces tokens by spaces.
func blank(text []byte, s *parser.Statement, first, last int) {
	for i := s.Tokens[first].Start; i < s.Tokens[last].End; i++ {
		text[i] = ' '
	}
}

// literalAt returns the index among the statement's literals of one of its reading's.
func (a *analysis) literalAt(i int) int {
	if a.main == a.stmt || i < 0 {
		return i
	}
	start := a.main.Literals[i].Start
	j, ok := slices.BinarySearchFunc(a.stmt.Literals, start, func(t parser.Token, at int) int { return t.Start - at })
	if !ok {
		return -1
	}
	return j
}

// tokenAt does the same for tokens.
func (a *analysis) tokenAt(i int) int {
	if a.main == a.stmt || i < 0 {
		return i
	}
	start := a.main.Tokens[i].Start
	j, ok := slices.BinarySearchFunc(a.stmt.Tokens, start, func(t parser.Token, at int) int { return t.Start - at })
	if !ok {
		return -1
	}
	return j
}
