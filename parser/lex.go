package parser

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// lexer cuts text into tokens. It follows the state machine of the server's
// lex_one_token(), so far as that decides where tokens begin and end.
type lexer struct {
	sql     []byte
	letters *alphabet
	wide    func([]byte) int // length of a multi-byte character, nil if none holds ASCII bytes
	d       Dialect

	start, pos int     // the token just read
	word       keyword // its keyword
	mood       mood    // what it means for the token behind it
	temporal   bool    // it is a string behind DATE, TIME or TIMESTAMP
	code       bool    // inside /*! code */
	intro      int     // where the introducer of the constant just read begins, -1 without one
	err        *SyntaxError
}

// mood is what a token means for the reading of the one behind it.
type mood uint8

const (
	plain      mood = iota
	fresh           // nothing was read yet
	hintable        // SELECT and the like: a hint may follow
	joined          // a word with a dot and a word directly behind it: the dot begins no number
	bare            // a dot with a word directly behind it: that is a name
	joinable        // a string: another one continues it
	lonely          // COLLATE and ->: a string behind it is not continued
	dated           // DATE, TIME, TIMESTAMP: the same, and the string is no ordinary one
	introduces      // an introducer
)

func (l *lexer) reset(sql []byte, from int, d Dialect) {
	l.sql, l.letters, l.wide, l.d = sql, d.alphabet(), d.wide(), d
	l.start, l.pos, l.word, l.mood = from, from, 0, fresh
	l.temporal, l.code, l.intro, l.err = false, false, -1, nil
}

// next reads one token: its kind is the result, its span start and pos. The kind more
// says that the token continues the string before it.
func (l *lexer) next() Kind {
	before := l.mood
	l.word, l.mood = 0, plain
	if before == bare {
		l.start = l.pos
		return l.name()
	}
	for {
		sql, letters, p := l.sql, l.letters, l.pos
		for p < len(sql) && letters[sql[p]] == space {
			p++
		}
		l.start, l.pos = p, p+1
		if p >= len(sql) {
			return l.finish()
		}
		c := sql[p]
		switch letters[c] {
		case word:
			return l.ident(c, before)
		case digit:
			return l.constant(l.number(c), before)
		case quote:
			return l.string('\'', before)
		case double:
			if l.d.Mode&ANSIQuotes != 0 {
				return l.quoted('"')
			}
			return l.string('"', before)
		case tick:
			return l.quoted('`')
		case dot:
			return l.dot(before)
		case compare, less, twin, colon:
			return l.operator(c)
		case minus:
			if !l.dashes() {
				return l.arrow()
			}
			l.line()
			before = afterComment(before)
		case sharp:
			l.line()
			before = afterComment(before)
		case slash:
			if k := l.comment(before); k != 0 {
				return k
			}
			before = afterComment(before)
		case star:
			if !l.code || l.peek(0) != '/' {
				return Op
			}
			l.pos++
			l.code = false
		case at:
			return l.variable()
		case mark:
			if l.wordAt(l.pos) {
				return Op
			}
			return Param
		case end:
			return Semicolon
		case foreign:
			return l.fail(l.start, "byte above 0x7f outside quotes in this character set")
		default:
			if c < 0x20 || c >= 0x7f {
				return l.fail(l.start, "stray byte")
			}
			return Op
		}
	}
}

// finish ends the text.
func (l *lexer) finish() Kind {
	l.pos = len(l.sql)
	if l.code {
		return l.fail(l.pos, "unclosed comment")
	}
	return eof
}

// afterComment is what is left of a mood behind a comment: hints follow their keyword
// directly, strings may continue.
func afterComment(m mood) mood {
	if m == hintable {
		return plain
	}
	return m
}

// constant forgets what was noted of the constant read last, and the introducer unless
// it is this one's.
func (l *lexer) constant(k Kind, before mood) Kind {
	l.temporal = false
	if before != introduces {
		l.intro = -1
	}
	return k
}

// string reads a string and decides whether it continues the one before.
func (l *lexer) string(q byte, before mood) Kind {
	k := l.constant(l.text(q, String), before)
	l.temporal = before == dated
	switch {
	case before == joinable && k == String:
		l.mood = joinable
		return more
	case before != lonely && before != dated:
		l.mood = joinable
	}
	return k
}

func (l *lexer) fail(pos int, why string) Kind {
	l.err = newSyntaxError(l.sql, pos, why)
	return fault
}

// peek returns the byte n after the position, 0 at the end.
func (l *lexer) peek(n int) byte {
	if l.pos+n < len(l.sql) {
		return l.sql[l.pos+n]
	}
	return 0
}

// wordAt reports whether the byte at p may be part of a word.
func (l *lexer) wordAt(p int) bool {
	return p < len(l.sql) && (l.letters[l.sql[p]] == word || l.letters[l.sql[p]] == digit)
}

// run moves past the bytes of a word.
func (l *lexer) run() {
	if l.wide != nil {
		l.wideRun()
		return
	}
	sql, letters, p := l.sql, l.letters, l.pos
	for p < len(sql) && letters[sql[p]]-word <= digit-word {
		p++
	}
	l.pos = p
}

func (l *lexer) wideRun() {
	for l.wordAt(l.pos) {
		if n := l.wide(l.sql[l.pos:]); n > 0 {
			l.pos += n
			continue
		}
		l.pos++
	}
}

// name reads the word directly after a dot: never a keyword, digits may begin it.
func (l *lexer) name() Kind {
	l.run()
	l.join()
	return Ident
}

// join notes that a dot and a word follow directly, which makes both parts names.
func (l *lexer) join() bool {
	if l.pos+1 < len(l.sql) && l.sql[l.pos] == '.' && l.wordAt(l.pos+1) {
		l.mood = joined
		return true
	}
	return false
}

// ident reads a word, or a constant that begins like one.
func (l *lexer) ident(c byte, before mood) Kind {
	if c == '$' {
		if k := l.dollar(); k != 0 {
			return l.constant(k, before)
		}
	}
	if l.wide != nil {
		l.pos = l.start // the first character may have more bytes
	}
	l.run()
	if l.pos < len(l.sql) {
		switch l.sql[l.pos] {
		case '\'':
			if k := l.prefixed(c); k != 0 {
				return l.constant(k, before)
			}
		case '.':
			if l.join() && c != '_' {
				return Ident
			}
		}
	}
	if c == '_' && introducer(l.sql[l.start+1:l.pos]) {
		l.mood, l.intro = introduces, l.start
		return Introducer
	}
	if l.mood == joined {
		return Ident
	}
	if k := keywords.find(l.sql, l.start, l.pos); k != 0 {
		l.word, l.mood = k, k.mood()
	}
	return Ident
}

// prefixed reads x'..', b'..' and n'..', whose word ends at the quote; 0 if the word is
// none of these.
func (l *lexer) prefixed(c byte) Kind {
	if l.pos != l.start+1 {
		return 0
	}
	switch c {
	case 'x', 'X':
		return l.quotedDigits(Hex)
	case 'b', 'B':
		return l.quotedDigits(Bit)
	case 'n', 'N':
		l.pos++
		l.mood = joinable
		return l.text('\'', NString)
	}
	return 0
}

// dollar reads $$..$$; 0 if the word is not the beginning of one.
func (l *lexer) dollar() Kind {
	if n := l.dollarTag(); n > 0 && !l.d.MariaDB && l.d.Version >= 80032 {
		return l.dollarText(n)
	}
	return 0
}

// number reads digits and what they begin: a number, a 0x or 0b constant, or a name.
func (l *lexer) number(c byte) Kind {
	if c == '0' {
		switch l.peek(0) {
		case 'x':
			if l.digits(l.pos+1, isHexDigit) {
				return Hex
			}
		case 'b':
			if l.digits(l.pos+1, isBinDigit) {
				return Bit
			}
		}
	}
	p := l.pos
	for p < len(l.sql) && isDigit(l.sql[p]) {
		p++
	}
	l.pos = p
	if l.peek(0) == '.' {
		l.pos++
		return l.fraction()
	}
	if !l.wordAt(p) {
		return Int
	}
	if c := l.sql[p]; c == 'e' || c == 'E' {
		if l.exponent(p + 1) {
			return Float
		}
	}
	l.run()
	l.join()
	return Ident
}

// digits moves past a 0x or 0b constant whose digits begin at p. It fails, without
// moving, if there is no digit or if the word goes on with something else.
func (l *lexer) digits(p int, ok func(byte) bool) bool {
	q := p
	for q < len(l.sql) && ok(l.sql[q]) {
		q++
	}
	if q == p || l.wordAt(q) {
		return false
	}
	l.pos = q
	return true
}

// exponent moves past the exponent whose sign or digits begin at p. It fails,
// without moving, if there are no digits.
func (l *lexer) exponent(p int) bool {
	if p < len(l.sql) && (l.sql[p] == '+' || l.sql[p] == '-') {
		p++
	}
	q := p
	for q < len(l.sql) && isDigit(l.sql[q]) {
		q++
	}
	if q == p {
		return false
	}
	l.pos = q
	return true
}

// fraction reads what follows the point of a number. The server drops a malformed
// exponent here and goes on with the byte after it ("1.e(2)" is "(2)"): refused.
func (l *lexer) fraction() Kind {
	for l.pos < len(l.sql) && isDigit(l.sql[l.pos]) {
		l.pos++
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		if !l.exponent(l.pos + 1) {
			return l.fail(l.start, "malformed exponent")
		}
		return Float
	}
	return Decimal
}

// dot reads a number that begins with its point, or the dot of a qualified name.
func (l *lexer) dot(before mood) Kind {
	if before != joined && isDigit(l.peek(0)) {
		return l.fraction()
	}
	if l.wordAt(l.pos) {
		l.mood = bare
	}
	return Op
}

// quotedDigits reads x'..' or b'..'.
func (l *lexer) quotedDigits(k Kind) Kind {
	ok := isHexDigit
	if k == Bit {
		ok = isBinDigit
	}
	l.pos++
	p := l.pos
	for l.pos < len(l.sql) && ok(l.sql[l.pos]) {
		l.pos++
	}
	if l.peek(0) != '\'' {
		return l.fail(l.start, "malformed constant")
	}
	if k == Hex && (l.pos-p)%2 != 0 {
		return l.fail(l.start, "odd number of hexadecimal digits")
	}
	l.pos++
	return k
}

// text reads a string whose opening quote has been read.
func (l *lexer) text(q byte, k Kind) Kind {
	sql, stops := l.sql, l.stops(q)
	for p := l.pos; p < len(sql); p++ {
		if p = stops.skip(sql, p); p >= len(sql) {
			break
		}
		c := sql[p]
		switch {
		case c == q:
			if p+1 < len(sql) && sql[p+1] == q {
				p++
				continue
			}
			l.pos = p + 1
			return k
		case c == stops.escape:
			p++
		case c >= 0x80 && l.wide != nil:
			if n := l.wide(sql[p:]); n > 0 {
				p += n - 1
			}
		}
	}
	return l.fail(l.start, "unclosed string")
}

// stops are the bytes at which the reading of a string has to look closer.
type stops struct {
	quote, escape byte   // escape is the quote, too, where there is no escape
	high          uint64 // the top bits of eight bytes if those above 0x7f are some; 0
}

func (l *lexer) stops(q byte) stops {
	s := stops{quote: q, escape: '\\'}
	if l.d.Mode&NoBackslashEscapes != 0 {
		s.escape = q
	}
	if l.wide != nil {
		s.high = tops
	}
	return s
}

const (
	ones = 0x0101010101010101 // a byte times this is eight of it
	tops = 0x8080808080808080
)

// skip moves from p on past eight bytes at a time, and returns where the first stop is,
// or, near the end of the text, where it may be.
func (s stops) skip(sql []byte, p int) int {
	quote, escape := uint64(s.quote)*ones, uint64(s.escape)*ones
	for p+8 <= len(sql) {
		v := binary.LittleEndian.Uint64(sql[p:])
		a, b := v^quote, v^escape
		// x-ones borrows from a byte of 0 first; later bytes may be wrong, the first is not.
		if m := ((a-ones)&^a | (b-ones)&^b | v&s.high) & tops; m != 0 {
			return p + bits.TrailingZeros64(m)/8
		}
		p += 8
	}
	return p
}

// quoted reads an identifier whose opening quote has been read.
func (l *lexer) quoted(q byte) Kind {
	for p := l.pos; p < len(l.sql); p++ {
		c := l.sql[p]
		switch {
		case c == q:
			if p+1 < len(l.sql) && l.sql[p+1] == q {
				p++
				continue
			}
			l.pos = p + 1
			return QuotedIdent
		case c == 0:
			return l.fail(p, "NUL in an identifier")
		case c >= 0x80 && l.wide != nil:
			if n := l.wide(l.sql[p:]); n > 0 {
				p += n - 1
			}
		}
	}
	return l.fail(l.start, "unclosed identifier")
}

// operator reads an operator of comparison or logic, or :=. Where the server takes a
// second or third byte and then drops it because the whole is no operator ("=!"),
// the text is refused: it would mean something else there than everywhere else.
func (l *lexer) operator(c byte) Kind {
	next := l.peek(0)
	switch c {
	case '&', '|':
		if next == c {
			l.pos++
		}
		return Op
	case ':':
		if next == '=' {
			l.pos++
		}
		return Op
	}
	if k := l.letters[next]; k != compare && k != less {
		return Op
	}
	l.pos++
	if c == '<' && l.letters[l.peek(0)] == compare {
		l.pos++
	}
	switch string(l.sql[l.start:l.pos]) {
	case "<=", ">=", "<>", "!=", "<<", ">>", "<=>", doubleNot:
		return Op
	}
	return l.fail(l.start, "no such operator")
}

// doubleNot is the one shortened operator that is let through: !!x is !x to a server.
const doubleNot = "!!"

// dashes reports whether the - just read begins a comment.
func (l *lexer) dashes() bool {
	if l.peek(0) != '-' {
		return false
	}
	c := l.peek(1) // 0, a control character, at the end of the text
	return c < 0x20 || c == 0x7f || l.letters[c] == space
}

// arrow reads what follows a - that begins no comment.
func (l *lexer) arrow() Kind {
	if l.peek(0) == '>' {
		l.pos++
		if l.peek(0) == '>' {
			l.pos++
		}
		l.mood = lonely
	}
	return Op
}

// line moves past a comment that ends with the line, or with a NUL.
func (l *lexer) line() {
	for l.pos < len(l.sql) && l.sql[l.pos] != '\n' && l.sql[l.pos] != 0 {
		l.pos++
	}
}

// comment reads what begins with a slash: an operator, a hint, or a comment, for which
// it returns 0.
func (l *lexer) comment(before mood) Kind {
	if l.peek(0) != '*' {
		return Op
	}
	switch {
	case l.peek(1) == '!':
		return l.versioned(l.pos+2, false)
	case l.peek(1) == 'M' && l.peek(2) == '!' && l.d.MariaDB:
		return l.versioned(l.pos+3, true)
	case l.peek(1) == '+' && before == hintable:
		return l.hint()
	}
	body := l.pos + 1
	if !l.skipComment(body, false) {
		return l.fail(l.start, "unclosed comment")
	}
	if before == fresh && isDirective(l.sql[body:l.pos-2]) {
		l.mood = fresh
		return Hint
	}
	return 0
}

// skipComment moves past the */ that closes the comment whose text begins at p.
// One level of comments inside is skipped if nested.
func (l *lexer) skipComment(p int, nested bool) bool {
	for ; p+1 < len(l.sql); p++ {
		if l.sql[p] == '*' && l.sql[p+1] == '/' {
			l.pos = p + 2
			return true
		}
		if nested && l.sql[p] == '/' && l.sql[p+1] == '*' {
			if !l.skipComment(p+2, false) {
				return false
			}
			p = l.pos - 1
		}
	}
	return false
}

// versioned reads the head of a versioned comment. Its number is at p. If the
// server is as new, what follows is code up to the next */.
func (l *lexer) versioned(p int, mariaDB bool) Kind {
	n := 0
	for n < 6 && p+n < len(l.sql) && isDigit(l.sql[p+n]) {
		n++
	}
	if n == 6 && !l.d.sixDigits(p+6 < len(l.sql) && l.letters[l.sql[p+6]] == space) {
		n = 5
	}
	if n < 5 {
		l.pos, l.code = p, true
		return 0
	}
	version := 0
	for _, c := range l.sql[p : p+n] {
		version = version*10 + int(c-'0')
	}
	if l.d.runs(version, mariaDB) {
		l.pos, l.code = p+n, true
		return 0
	}
	if !l.skipComment(p, true) {
		return l.fail(l.start, "unclosed comment")
	}
	return 0
}

// sixDigits reports whether a versioned comment with six digits has a version of six
// digits. MySQL wants white space behind it and knows it since 8.1; before, and
// without the space, the sixth digit is code.
func (d Dialect) sixDigits(spaceFollows bool) bool {
	return d.MariaDB || spaceFollows && d.Version >= 80100
}

// runs reports whether a comment of the version is code. MariaDB skips those that
// MySQL made for itself after the two parted.
func (d Dialect) runs(version int, mariaDB bool) bool {
	if d.MariaDB && !mariaDB && version >= 50700 && version <= 99999 {
		return false
	}
	return version <= d.Version
}

// hint reads an optimizer hint. It ends at the first */, also within quotes.
func (l *lexer) hint() Kind {
	if !l.skipComment(l.pos+2, false) {
		return l.fail(l.start, "unclosed hint")
	}
	return Hint
}

// variable reads @x or @@x. The @ has been read.
func (l *lexer) variable() Kind {
	switch l.letters[l.peek(0)] {
	case at:
		l.pos++
		return l.systemVariable()
	case quote:
		l.pos++
		return l.as(UserVar, l.text('\'', String))
	case double:
		l.pos++
		if l.d.Mode&ANSIQuotes != 0 {
			return l.as(UserVar, l.quoted('"'))
		}
		return l.as(UserVar, l.text('"', String))
	case tick:
		l.pos++
		return l.as(UserVar, l.quoted('`'))
	}
	for l.pos < len(l.sql) && (l.wordAt(l.pos) || l.sql[l.pos] == '.') {
		l.pos++
	}
	return UserVar
}

// systemVariable reads @@name and the parts that follow directly after dots.
func (l *lexer) systemVariable() Kind {
	for {
		p := l.pos
		switch {
		case l.peek(0) == '`':
			l.pos++
			if k := l.quoted('`'); k == fault {
				return k
			}
		default:
			for l.wordAt(l.pos) {
				l.pos++
			}
			if p == l.pos {
				return l.fail(l.start, "no name after @@")
			}
		}
		if l.peek(0) != '.' || !l.wordAt(l.pos+1) && l.peek(1) != '`' {
			return SysVar
		}
		l.pos++
	}
}

// as replaces the kind of what was read, unless reading it failed.
func (l *lexer) as(want, got Kind) Kind {
	if got == fault {
		return fault
	}
	return want
}

// dollarTag returns the length of $tag$ at the token's start, 0 if there is none.
func (l *lexer) dollarTag() int {
	p := l.pos
	for l.wordAt(p) && l.sql[p] != '$' {
		p++
		if l.wide != nil && l.sql[p-1] >= 0x80 {
			p += max(0, l.wide(l.sql[p-1:])-1)
		}
	}
	if p >= len(l.sql) || l.sql[p] != '$' {
		return 0
	}
	return p + 1 - l.start
}

// dollarText moves past the string whose tag has n bytes. MySQL has them since 9.0; in
// the releases that deprecate names beginning with $ the text is refused, as either
// reading might be the server's.
func (l *lexer) dollarText(n int) Kind {
	if l.d.Version < 90000 {
		return l.fail(l.start, "$tag$ is a name or a quote, depending on the server")
	}
	tag := l.sql[l.start : l.start+n]
	i := bytes.Index(l.sql[l.start+n:], tag)
	if i < 0 {
		return l.fail(l.start, "unclosed string")
	}
	l.pos = l.start + n + i + n
	return DollarString
}

func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isBinDigit(c byte) bool { return c == '0' || c == '1' }
func isHexDigit(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// introducer reports whether name is a character set, so that _name introduces one.
func introducer(name []byte) bool {
	if len(name) < 3 || len(name) > 8 {
		return false
	}
	var b [8]byte
	for i, c := range name {
		b[i] = c | 0x20
	}
	switch string(b[:len(name)]) {
	case "armscii8", "ascii", "big5", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "cp932", "dec8", "eucjpms", "euckr",
		"gb18030", "gb2312", "gbk", "geostd8", "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7", "macce",
		"macroman", "sjis", "swe7", "tis620", "ucs2", "ujis", "utf16", "utf16le", "utf32", "utf8", "utf8mb3", "utf8mb4":
		return true
	}
	return false
}
