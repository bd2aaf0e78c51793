package parser

// Shape is the reading of a statement, kept to read others like it: a text that differs
// from the shape's in the contents of constants only is compared with it instead of being
// read. A Shape is immutable and safe for concurrent use.
type Shape struct {
	dialect   Dialect
	letters   *alphabet
	text      []byte
	tokens    []Token
	constants []int // which of the tokens are
	key       []byte
	hash      uint64
	first     Verb
	end       int
}

// Longer statements have no shape.
const (
	shapeBytes  = 1 << 12
	shapeTokens = 1 << 8
)

// Shape returns the shape of the text that the last Run has read, from its beginning to
// its end and in the same dialect, or nil if it has none: not where the reading of a
// constant depends on more than its own bytes and those before it.
func (s *Scan) Shape(sql []byte, d Dialect) *Shape {
	if s.Start > 0 || s.Next < len(sql) || len(sql) > shapeBytes || len(s.Tokens) > shapeTokens || d.wide() != nil {
		return nil
	}
	sh := &Shape{
		dialect: d, letters: d.alphabet(), text: append([]byte(nil), sql...), tokens: append([]Token(nil), s.Tokens...),
		key: append([]byte(nil), s.Key...), hash: s.Hash, first: s.First, end: s.End,
	}
	sh.begin(&s.lex, sql)
	defer func() { s.lex.sql = nil }()
	for i, t := range sh.tokens {
		if !t.Kind.Literal() {
			continue
		}
		if end, ok := sh.constant(&s.lex, t.Start, &t); !ok || end != t.End {
			return nil
		}
		sh.constants = append(sh.constants, i)
	}
	return sh
}

// Like reads a text as Run(sql, 0, d) would, if it is of the shape. If not, it returns
// false and the Scan is to be run.
func (s *Scan) Like(sh *Shape, sql []byte, d Dialect) bool {
	s.shape = nil
	from, to := 0, len(sh.text) // what is between two constants
	if len(sh.constants) > 0 {
		to = sh.tokens[sh.constants[0]].Start
	}
	if len(sql) < to || string(sql[:to]) != string(sh.text[:to]) || sh.dialect != d {
		return false
	}
	sh.begin(&s.lex, sql)
	s.Tokens = append(s.Tokens[:0], sh.tokens...)
	s.Literals = s.Literals[:0]
	moved, at := 0, 0 // how many bytes later a token is than in the shape, and the first not moved yet
	for i, n := range sh.constants {
		t := &sh.tokens[n]
		end, ok := sh.constant(&s.lex, t.Start+moved, t)
		if !ok {
			return false
		}
		s.move(at, n, moved)
		s.Tokens[n].Start, s.Tokens[n].End = t.Start+moved, end
		s.Literals = room(s.Literals)
		l := &s.Literals[i]
		*l = *t
		l.Start, l.End = t.Start+moved, end
		moved, at = end-t.End, n+1

		from, to = t.End, len(sh.text)
		if i+1 < len(sh.constants) {
			to = sh.tokens[sh.constants[i+1]].Start
		}
		if len(sql)-moved < to || string(sql[end:to+moved]) != string(sh.text[from:to]) {
			return false
		}
	}
	if to+moved < len(sql) {
		return false
	}
	s.move(at, len(s.Tokens), moved)
	s.Key = append(s.Key[:0], sh.key...)
	s.Hash, s.First, s.Params = sh.hash, sh.first, 0
	s.Start, s.End, s.Next = 0, sh.end+moved, len(sql)
	s.shape, s.lex.sql = sh, nil // let the text go
	return true
}

// move moves some of the tokens.
func (s *Scan) move(from, to, by int) {
	if by == 0 {
		return
	}
	for i := from; i < to; i++ {
		s.Tokens[i].Start += by
		s.Tokens[i].End += by
	}
}

// begin makes the lexer ready to read constants of a text.
func (sh *Shape) begin(l *lexer, sql []byte) {
	l.sql, l.letters, l.wide, l.d = sql, sh.letters, nil, sh.dialect
}

// constant reads the constant at p that stands where the shape has t, and returns its end;
// false if it is of another kind, or of one that is not read by its own bytes alone. The
// first byte must be of the shape's class, for the sake of what is before it.
func (sh *Shape) constant(l *lexer, p int, t *Token) (end int, ok bool) {
	if p >= len(l.sql) {
		return 0, false
	}
	l.start, l.pos = p, p+1
	c, k := l.sql[p], fault
	switch t.Kind {
	case String:
		if c == sh.text[t.Start] {
			k = l.text(c, String)
		}
	case Int, Decimal, Float:
		if isDigit(c) {
			k = l.number(c)
		}
	}
	return l.pos, k == t.Kind
}
