package parser

import (
	"encoding/binary"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// Scan is the cheap reading of one statement: enough to find its plan again and the
// constants of this execution. Its slices are reused by the next Run, so a Scan
// belongs to one goroutine and its results are valid until then. The zero Scan is
// ready for use; in steady state it does not allocate.
type Scan struct {
	// Hash is xxhash64 of Key.
	Hash uint64
	// Key is the normalised statement: the dialect, then words, names, operators and
	// hints; constants by kind only; no comments, no white space; reserved words in
	// one case. Statements with equal Keys have the same tokens but for the contents
	// of constants. A cache must compare Keys and not trust Hash alone, since clients
	// choose the text.
	Key []byte
	// Tokens are all significant tokens, the same in number and kind for equal Keys.
	Tokens []Token
	// Literals are the constants and parameters among them, in text order.
	Literals []Token
	// Params is the number of ? among Literals.
	Params int
	// First is the verb of the statement; None for an empty one.
	First Verb
	// Start and End delimit the statement's text without surrounding white space,
	// but with its comments; Next is where the next statement begins, len(sql) after
	// the last.
	Start, End, Next int

	lex   lexer
	shape *Shape // by which the statement was read; nil if it was run
}

// Of reports whether the statement was read by the shape (Like).
func (s *Scan) Of(sh *Shape) bool { return sh != nil && s.shape == sh }

// keepTokens and keepBytes bound the memory that a Scan keeps between statements.
const (
	keepTokens = 1 << 14
	keepBytes  = 1 << 18
)

// Run reads the statement that begins at from and ends at the next ; or at the end of
// the text. Text that cannot be read is a *SyntaxError. A CREATE of a stored program
// extends to the end of the text.
func (s *Scan) Run(sql []byte, from int, d Dialect) error {
	s.reset(sql, from, d)
	l := &s.lex
	for {
		if s.First != None && l.mood != bare && l.wide == nil {
			s.common()
		}
		switch k := l.next(); k {
		case eof:
			s.finish(len(sql), len(sql))
			return nil
		case fault:
			return l.err
		case Semicolon:
			if !definesProgram(sql, s.Tokens, d) {
				if l.code {
					l.fail(l.start, "unclosed comment")
					return l.err
				}
				s.finish(l.start, l.pos)
				return nil
			}
			s.add(k)
		default:
			s.add(k)
		}
	}
}

func (s *Scan) reset(sql []byte, from int, d Dialect) {
	s.lex.reset(sql, from, d)
	if cap(s.Tokens) > keepTokens || cap(s.Key) > keepBytes {
		s.Tokens, s.Literals, s.Key = nil, nil, nil
	}
	s.Tokens, s.Literals = s.Tokens[:0], s.Literals[:0]
	s.Key = append(s.Key[:0], byte(d.Mode), bit(d.MariaDB))
	s.Key = binary.LittleEndian.AppendUint32(s.Key, uint32(d.Version))
	s.Key = append(s.Key, d.Charset...)
	s.Key = append(s.Key, 0)
	s.Params, s.First, s.Start, s.shape = 0, None, from, nil
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// add records the token just read.
func (s *Scan) add(k Kind) {
	l := &s.lex
	if k == more { // adjacent strings are one value
		s.Tokens[len(s.Tokens)-1].End = l.pos
		s.Literals[len(s.Literals)-1].End = l.pos
		return
	}
	if s.First == None && k != Hint && l.sql[l.start] != '(' {
		s.First = firstVerb(k, l.word)
	}
	s.Tokens = room(s.Tokens)
	s.Tokens[len(s.Tokens)-1].set(k, l.word, l.start, l.pos)
	switch {
	case k == Op && l.pos-l.start == 1:
		s.Key = append(s.Key, l.sql[l.start]) // a printable byte, unlike those of the other cases
	case k.Literal():
		s.literal(k)
		s.Key = append(s.Key, byte(k))
	case l.word != 0 && l.word.reserved():
		s.Key = append(s.Key, 0x80|byte(l.word>>8), byte(l.word))
	default:
		s.name(k, l.start, l.pos)
	}
}

// common reads what words and operators of one byte come next, which are most tokens of
// most statements, and adds them as next and add would. It has a loop of its own, because
// it needs none of the lexer's states; it stops where one of them matters: at constants,
// dots, comments, introducers.
func (s *Scan) common() {
	l := &s.lex
	sql, letters, p := l.sql, l.letters, l.pos
	tokens, n := s.Tokens[:cap(s.Tokens)], len(s.Tokens)
reading:
	for ; p < len(sql); p++ {
		c, end := sql[p], p+1
		kind, k := Op, keyword(0)
		switch class := letters[c]; {
		case class == space:
			continue
		case class == word && c != '_' && c != '$':
			for end < len(sql) && letters[sql[end]]-word <= digit-word {
				end++
			}
			if end < len(sql) && (sql[end] == '.' || sql[end] == '\'') {
				break reading
			}
			kind, k = Ident, keywords.find(sql, p, end)
			e := &keywords.entries[k]
			if l.mood = e.mood; e.fold {
				s.Key = append(s.Key, 0x80|byte(k>>8), byte(k))
			} else {
				s.name(Ident, p, end)
			}
		case class == single && c >= 0x20 && c < 0x7f, class == compare && l.alone(end):
			l.mood = plain
			s.Key = append(s.Key, c)
		default:
			break reading
		}
		if n == len(tokens) {
			tokens = slices.Grow(tokens, 1)
			tokens = tokens[:cap(tokens)]
		}
		tokens[n].set(kind, k, p, end)
		n++
		p = end - 1
	}
	s.Tokens, l.pos = tokens[:n], p
}

// alone reports whether the operator of comparison that ends before p is one of one byte.
func (l *lexer) alone(p int) bool {
	return p < len(l.sql) && l.letters[l.sql[p]]-compare > less-compare
}

// set makes a token that is no constant. It is written where it is to be: a copy right
// behind the writing of small fields waits for them, which took a third of the time of a
// scan.
func (t *Token) set(kind Kind, k keyword, start, end int) {
	t.Kind, t.temporal = kind, false
	t.word = k
	t.lead = 0
	t.Start = start
	t.End = end
}

// room returns the list with one more token, whose content is undefined.
func room(list []Token) []Token {
	if len(list) < cap(list) {
		return list[:len(list)+1]
	}
	return append(list, Token{})
}

// name appends the kind, the text and a 0 to the key.
func (s *Scan) name(k Kind, start, end int) {
	n := end - start
	if len(s.Key)+n+2 > cap(s.Key)-8 {
		s.Key = slices.Grow(s.Key, n+10)
	}
	head, to := s.lex.sql[start:], s.Key[len(s.Key):cap(s.Key)]
	to[0] = byte(k)
	if n <= 8 && len(head) >= 8 && len(to) >= 10 { // in one piece; what is too much is overwritten
		binary.LittleEndian.PutUint64(to[1:], binary.LittleEndian.Uint64(head))
	} else {
		copy(to[1:], head[:n])
	}
	to[n+1] = 0
	s.Key = s.Key[:len(s.Key)+n+2]
}

// literal records the constant or parameter just added among the literals, too.
func (s *Scan) literal(k Kind) {
	l := &s.lex
	s.Literals = room(s.Literals)
	a, b := &s.Tokens[len(s.Tokens)-1], &s.Literals[len(s.Literals)-1]
	b.set(k, l.word, l.start, l.pos)
	if k == Param {
		s.Params++
		return
	}
	l.fillConstant(a)
	l.fillConstant(b)
}

// fillConstant writes what only constants have.
func (l *lexer) fillConstant(t *Token) {
	t.temporal = l.temporal
	if l.intro >= 0 {
		t.lead = uint32(l.start - l.intro)
	}
}

func (s *Scan) finish(end, next int) {
	if n := len(s.Tokens); s.First == None && n > 0 && s.Tokens[n-1].Kind != Hint {
		s.First = Other // nothing but parentheses
	}
	s.Hash = xxhash.Sum64(s.Key)
	s.Next = next
	for s.Start < end && s.lex.letters[s.lex.sql[s.Start]] == space {
		s.Start++
	}
	for end > s.Start && s.lex.letters[s.lex.sql[end-1]] == space {
		end--
	}
	s.End = end
	s.lex.sql = nil // let the text go
}

// definesProgram reports whether the tokens begin the definition of a stored program,
// in whose body ; separates statements. MySQL tells by its grammar; here the rest of
// the text is taken for the body, which is safe as long as servers are not asked to
// accept several statements at once.
func definesProgram(sql []byte, tokens []Token, d Dialect) bool {
	i := 0
	for i < len(tokens) && tokens[i].Kind == Hint {
		i++
	}
	word := func(n int) keyword {
		if i+n < len(tokens) {
			return tokens[i+n].word
		}
		return 0
	}
	if d.MariaDB && word(0) == wBegin && word(1) == wNot && word(2) == wAtomic {
		return true
	}
	if k := word(0); k != wCreate && k != wAlter {
		return false
	}
	i++
	if word(0) == wOr && word(1) == wReplace {
		i += 2
	}
	if word(0) == wDefiner {
		i = afterDefiner(sql, tokens, i+1)
	}
	if d.MariaDB && word(0) == wAggregate { // MySQL's are loaded from a library, without a body
		i++
	}
	switch word(0) {
	case wProcedure, wFunction, wTrigger, wEvent:
		return true
	}
	return false
}

// afterDefiner returns the index after "= user", which begins at i.
func afterDefiner(sql []byte, tokens []Token, i int) int {
	if i < len(tokens) && tokens[i].is(sql, "=") {
		i++
	}
	i++ // the user's name or CURRENT_USER
	if i < len(tokens) && tokens[i].Kind == UserVar {
		return i + 1
	}
	if i+1 < len(tokens) && tokens[i].is(sql, "(") && tokens[i+1].is(sql, ")") {
		return i + 2
	}
	return i
}
