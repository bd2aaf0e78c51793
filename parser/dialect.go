package parser

import "strings"

// Mode is the set of sql_mode flags that change how text is read.
type Mode uint8

// The flags of a Mode. See "Server SQL Modes" in the MySQL manual.
const (
	ANSIQuotes         Mode = 1 << iota // "x" is an identifier
	NoBackslashEscapes                  // \ is an ordinary character in strings
	PipesAsConcat                       // || concatenates
	IgnoreSpace                         // spaces are allowed between a function's name and (
	HighNotPrecedence                   // NOT binds like !
)

// ModeOf returns the flags named in a value of the variable sql_mode. Names that do
// not change how text is read are ignored, combination modes are expanded.
func ModeOf(sqlMode string) Mode {
	var m Mode
	for name := range strings.SplitSeq(sqlMode, ",") {
		switch strings.ToUpper(strings.TrimSpace(name)) {
		case "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL":
			m |= ANSIQuotes | PipesAsConcat | IgnoreSpace
		case "ANSI_QUOTES":
			m |= ANSIQuotes
		case "NO_BACKSLASH_ESCAPES":
			m |= NoBackslashEscapes
		case "PIPES_AS_CONCAT":
			m |= PipesAsConcat
		case "IGNORE_SPACE":
			m |= IgnoreSpace
		case "HIGH_NOT_PRECEDENCE":
			m |= HighNotPrecedence
		}
	}
	return m
}

// Dialect is what changes how bytes are read. The zero Dialect reads like MySQL with
// the default sql_mode and utf8mb4, and takes every versioned comment for a comment.
type Dialect struct {
	Mode Mode
	// Charset is the client's character set (character_set_client) unless every byte
	// of its multi-byte characters is above 0x7f: "gbk", "big5", "sjis", "cp932" and
	// "gb18030" matter most. Empty stands for utf8mb4, utf8mb3 and ascii. "latin1" is
	// read exactly; under any other single-byte set bytes above 0x7f are a SyntaxError
	// outside quotes and comments.
	Charset string
	// Version is the server's version, 90700 for 9.7.0: /*!50000 x */ is code when it
	// is at least 50000.
	Version int
	// MariaDB makes /*M! x */ code and keeps /*!50700 .. /*!99999 comments.
	MariaDB bool
}

// class says what a byte may begin.
type class uint8

const (
	single  class = iota // an operator or punctuation of one byte
	space                // white space
	word                 // a letter, _, $ or a byte of a non-ASCII letter
	digit                // 0-9
	quote                // '
	double               // "
	tick                 // `
	dot                  // .
	compare              // > = !
	less                 // <
	twin                 // & |
	sharp                // #
	slash                // /
	star                 // *
	minus                // -
	colon                // :
	at                   // @
	mark                 // ?
	end                  // ;
	foreign              // cannot be read outside quotes in this character set
)

// alphabet maps each byte to its class.
type alphabet [256]class

func newAlphabet(high func(byte) class) *alphabet {
	var a alphabet
	for _, c := range " \t\n\v\f\r" {
		a[c] = space
	}
	for c := range 256 {
		b := byte(c)
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '_', b == '$':
			a[c] = word
		case b >= '0' && b <= '9':
			a[c] = digit
		case b >= 0x80:
			a[c] = high(b)
		}
	}
	a['\''], a['"'], a['`'] = quote, double, tick
	a['.'], a['>'], a['='], a['!'], a['<'] = dot, compare, compare, compare, less
	a['&'], a['|'], a['#'], a['/'], a['*'] = twin, twin, sharp, slash, star
	a['-'], a[':'], a['@'], a['?'], a[';'] = minus, colon, at, mark, end
	return &a
}

// The alphabets; never written after the program has started.
var (
	unicodeAlphabet = newAlphabet(func(byte) class { return word })
	latin1Alphabet  = newAlphabet(latin1Class)
	binaryAlphabet  = newAlphabet(func(byte) class { return single })
	foreignAlphabet = newAlphabet(func(byte) class { return foreign })
)

// latin1Class classifies the upper half of MySQL's latin1, which is cp1252.
func latin1Class(b byte) class {
	switch b {
	case 0xa0:
		return space
	case 0x83, 0x8a, 0x8c, 0x8e, 0x9a, 0x9c, 0x9e, 0x9f:
		return word
	case 0xd7, 0xf7:
		return single
	}
	if b >= 0xc0 {
		return word
	}
	return single
}

// alphabet returns the byte classes of the dialect.
func (d Dialect) alphabet() *alphabet {
	switch d.Charset {
	case "", "utf8mb4", "utf8mb3", "utf8", "ascii", "gbk", "big5", "sjis", "cp932", "gb18030", "ujis", "eucjpms", "euckr", "gb2312":
		return unicodeAlphabet
	case "latin1":
		return latin1Alphabet
	case "binary":
		return binaryAlphabet
	}
	return foreignAlphabet
}

// wide returns the function that measures multi-byte characters whose later bytes may
// look like ASCII, nil where the dialect has none.
func (d Dialect) wide() func([]byte) int {
	switch d.Charset {
	case "gbk":
		return gbkLen
	case "big5":
		return big5Len
	case "sjis", "cp932":
		return sjisLen
	case "gb18030":
		return gb18030Len
	}
	return nil
}

// Each of these returns the length of the multi-byte character at the start of b, 0
// if there is no well-formed one.

func gbkLen(b []byte) int {
	if len(b) < 2 || b[0] < 0x81 || b[0] > 0xfe || !gbkTail(b[1]) {
		return 0
	}
	return 2
}

func gbkTail(c byte) bool { return c >= 0x40 && c <= 0x7e || c >= 0x80 && c <= 0xfe }

func big5Len(b []byte) int {
	if len(b) < 2 || b[0] < 0xa1 || b[0] > 0xf9 {
		return 0
	}
	if c := b[1]; c >= 0x40 && c <= 0x7e || c >= 0xa1 && c <= 0xfe {
		return 2
	}
	return 0
}

func sjisLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if c := b[0]; !(c >= 0x81 && c <= 0x9f || c >= 0xe0 && c <= 0xfc) {
		return 0
	}
	if c := b[1]; c >= 0x40 && c <= 0x7e || c >= 0x80 && c <= 0xfc {
		return 2
	}
	return 0
}

func gb18030Len(b []byte) int {
	if n := gbkLen(b); n > 0 {
		return n
	}
	if len(b) < 4 || b[0] < 0x81 || b[0] > 0xfe || b[1] < '0' || b[1] > '9' {
		return 0
	}
	if b[2] < 0x81 || b[2] > 0xfe || b[3] < '0' || b[3] > '9' {
		return 0
	}
	return 4
}
