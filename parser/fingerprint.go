package parser

import "strings"

// Fingerprint returns the first statement of the text in a form for logs and metrics:
// constants are ?, IN lists and the rows of VALUES are (...), reserved words in
// capitals, comments left out. It holds no constants of the client. Text that cannot
// be read gives "(unreadable)".
func Fingerprint(sql []byte, d Dialect) string {
	var s Scan
	if err := s.Run(sql, 0, d); err != nil {
		return "(unreadable)"
	}
	p := printer{Statement: &Statement{SQL: sql, Dialect: d, Tokens: s.Tokens, Verb: s.First, pairs: pairs(sql, s.Tokens)}}
	for p.i < len(p.Tokens) {
		p.step()
	}
	return p.out.String()
}

// Fingerprint returns the statement's Fingerprint.
func (s *Statement) Fingerprint() string { return Fingerprint(s.SQL, s.Dialect) }

// printer writes the tokens of a fingerprint.
type printer struct {
	*Statement
	i    int
	last int // index of the token written last, -1 after (...)
	out  strings.Builder
}

// step writes one token, or a list as (...).
func (p *printer) step() {
	if p.kind(p.i) == Hint {
		p.i++ // a hint may hold a client's values
		return
	}
	p.space()
	p.token()
	switch p.word(p.i) {
	case wIn:
		p.i++
		if p.constants(p.i) {
			p.list()
		}
		return
	case wValues, wValue:
		rows := p.startsRows(p.i)
		p.i++
		if rows {
			p.rows()
		}
		return
	}
	p.i++
}

// token writes the token at the position.
func (p *printer) token() {
	t := p.Tokens[p.i]
	switch {
	case t.Kind.Literal():
		p.out.WriteByte('?')
	case t.word != 0 && t.word.reserved():
		p.out.WriteString(strings.ToUpper(string(t.Text(p.SQL))))
	default:
		p.out.Write(t.Text(p.SQL))
	}
	p.last = p.i
}

// space writes the space before the token at the position, if there is to be one.
func (p *printer) space() {
	if p.out.Len() == 0 {
		return
	}
	switch {
	case p.op(p.i, ","), p.op(p.i, ")"), p.op(p.i, "."):
		return
	case p.last >= 0 && (p.op(p.last, "(") || p.op(p.last, ".")):
		return
	case p.op(p.i, "(") && p.last == p.i-1 && p.Tokens[p.last].End == p.Tokens[p.i].Start && p.Tokens[p.last].isName():
		return
	}
	p.out.WriteByte(' ')
}

// constants reports whether a parenthesised list of constants begins at i.
func (p *printer) constants(i int) bool {
	if !p.op(i, "(") || !p.op(p.closing(i), ")") {
		return false
	}
	for _, t := range p.Tokens[i+1 : p.closing(i)] {
		if !t.Kind.Literal() && !t.is(p.SQL, ",") && !t.is(p.SQL, "-") && !t.is(p.SQL, "+") && t.word != wNull {
			return false
		}
	}
	return true
}

// rows writes the rows behind VALUES as one (...).
func (p *printer) rows() {
	for p.word(p.i) == wRow && p.op(p.i+1, "(") || p.op(p.i, "(") {
		if p.word(p.i) == wRow {
			p.i++
		}
		if end := p.closing(p.i) + 1; p.op(end, ",") {
			p.i = end + 1
			continue
		}
		p.list()
		return
	}
}

// list writes the parenthesis at the position as (...) and moves past it.
func (p *printer) list() {
	p.out.WriteString(" (...)")
	p.i = p.closing(p.i) + 1
	p.last = -1
}
