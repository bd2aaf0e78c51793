package parser

import (
	"bytes"
	"strconv"
	"strings"
	"unsafe"

	"github.com/sluicedb/sluice/parser/value"
)

// Literal decodes a constant as the server would. Its introducer and a COLLATE behind
// it are in the value. A sign is no part of a constant. A parameter, and a string that
// is a temporal literal (DATE '2026-01-01'), are of kind value.Other.
func Literal(sql []byte, t Token, d Dialect) value.Value {
	switch t.Kind {
	case Int:
		return integer(string(t.Text(sql)))
	case Decimal:
		return value.Value{Kind: value.Decimal, S: string(t.Text(sql))}
	case Float:
		return value.Value{Kind: value.Float, S: string(t.Text(sql))}
	case Hex:
		return introduced(sql, t, d, unhex(digitsOf(sql, t)), value.Binary)
	case Bit:
		return introduced(sql, t, d, unbit(digitsOf(sql, t)), value.Binary)
	case String, NString:
		if t.temporal {
			break
		}
		return introduced(sql, t, d, decodeText(sql, t, d), value.String)
	}
	return value.Value{Kind: value.Other, S: string(t.Text(sql))}
}

// View is Literal without a copy of the text where it needs none: the value is valid as
// long as sql is not changed.
func View(sql []byte, t Token, d Dialect) value.Value {
	body := t.Text(sql)
	if t.Kind != String || t.temporal || t.lead > 0 || len(body) < 3 || d.wide() != nil || bytes.IndexByte(body, '\\') >= 0 || bytes.IndexByte(body[1:len(body)-1], body[0]) >= 0 {
		return Literal(sql, t, d)
	}
	v := value.Value{Kind: value.String, S: unsafe.String(&body[1], len(body)-2)}
	if mayCollate(sql, t.End) {
		v.Collation = collation(sql, t.End, d)
	}
	return v
}

// mayCollate reports whether COLLATE may be behind the offset: behind white space is its
// first letter or what may begin a comment. It answers for most texts without a lexer.
func mayCollate(sql []byte, from int) bool {
	for _, c := range sql[from:] {
		switch c {
		case ' ', '\n', '\t', '\r':
			continue
		case ',', ')', '(', '=', ';', 'A', 'a', 'O', 'o', 'L', 'l', 'G', 'g', 'F', 'f':
			return false
		}
		return true
	}
	return false
}

// integer types an integer constant by its size, as the server does.
func integer(digits string) value.Value {
	if i, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return value.Value{Kind: value.Int, I: i}
	}
	if u, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return value.Value{Kind: value.Uint, U: u}
	}
	return value.Value{Kind: value.Decimal, S: digits}
}

// introduced wraps content that is of the kind given unless an introducer names a
// character set for it.
func introduced(sql []byte, t Token, d Dialect, content string, k value.Kind) value.Value {
	v := value.Value{Kind: k, S: content}
	switch {
	case t.lead > 0:
		v.Kind, v.Charset = value.String, introducedCharset(sql[t.Start-int(t.lead):t.Start])
		if v.Charset == "binary" {
			v.Kind, v.Charset = value.Binary, ""
		}
	case t.Kind == NString:
		v.Charset = "utf8mb3"
	}
	v.Collation = collation(sql, t.End, d)
	return v
}

// introducedCharset returns the character set named by the introducer at the start
// of text.
func introducedCharset(text []byte) string {
	n := 1
	for n < len(text) && unicodeAlphabet[text[n]]-word <= digit-word {
		n++
	}
	name := strings.ToLower(string(text[1:n]))
	if name == "utf8" {
		return "utf8mb3"
	}
	return name
}

// collation returns the name in a COLLATE clause that begins at the offset.
func collation(sql []byte, from int, d Dialect) string {
	var l lexer
	l.reset(sql, from, d)
	l.code = true // so that the end of a versioned comment is skipped
	if l.next() != Ident || l.word != wCollate {
		return ""
	}
	switch k := l.next(); k {
	case Ident, QuotedIdent, String:
		return strings.ToLower(Unquote(sql, Token{Kind: k, Start: l.start, End: l.pos}, d))
	}
	return ""
}

// digitsOf returns the digits of 0x.., x'..', 0b.. and b'..'.
func digitsOf(sql []byte, t Token) string {
	text := string(t.Text(sql))
	return strings.TrimSuffix(text[2:], "'")
}

func unhex(digits string) string {
	if len(digits)%2 != 0 {
		digits = "0" + digits
	}
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		out = append(out, nibble(digits[i])<<4|nibble(digits[i+1]))
	}
	return string(out)
}

func nibble(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

func unbit(digits string) string {
	for len(digits)%8 != 0 {
		digits = "0" + digits
	}
	out := make([]byte, 0, len(digits)/8)
	for i := 0; i < len(digits); i += 8 {
		b, err := strconv.ParseUint(digits[i:i+8], 2, 8)
		if err != nil {
			return "" // the lexer lets only 0 and 1 through
		}
		out = append(out, byte(b))
	}
	return string(out)
}

// decodeText returns the content of a string token, which may consist of several
// strings with white space and comments between them.
func decodeText(sql []byte, t Token, d Dialect) string {
	var l lexer
	l.reset(sql[:t.End], t.Start, d)
	l.code = true
	var out []byte
	for {
		k := l.next()
		if k != String && k != NString && k != more {
			return string(out)
		}
		from := l.start + 1
		if k == NString {
			from++
		}
		out = unescape(out, sql[from:l.pos-1], sql[from-1], d)
		if l.pos >= t.End {
			return string(out)
		}
	}
}

// unescape appends the content of a string between quotes q. See "String Literals" in
// the MySQL manual; \% and \_ keep their backslash.
func unescape(out, body []byte, q byte, d Dialect) []byte {
	escapes, wide := d.Mode&NoBackslashEscapes == 0, d.wide()
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c >= 0x80 && wide != nil {
			if n := wide(body[i:]); n > 0 {
				out = append(out, body[i:i+n]...)
				i += n - 1
				continue
			}
		}
		switch {
		case c == '\\' && escapes && i+1 < len(body):
			i++
			out = escaped(out, body[i])
		case c == q:
			i++ // doubled
			out = append(out, q)
		default:
			out = append(out, c)
		}
	}
	return out
}

// escaped appends what a backslash and c stand for.
func escaped(out []byte, c byte) []byte {
	switch c {
	case '0':
		return append(out, 0)
	case 'b':
		return append(out, '\b')
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'Z':
		return append(out, 0x1a)
	case '%', '_':
		return append(out, '\\', c)
	}
	return append(out, c)
}

// Unquote returns the name that a token spells: of an identifier without its quotes,
// of a variable without its quotes and @, of a string its content.
func Unquote(sql []byte, t Token, d Dialect) string {
	text := t.Text(sql)
	switch t.Kind {
	case QuotedIdent:
		return unquoteName(text)
	case String, NString:
		return decodeText(sql, t, d)
	case UserVar:
		return unquoteVariable(text[1:], d)
	case SysVar:
		return strings.ReplaceAll(string(text[2:]), "`", "")
	}
	return string(text)
}

func unquoteName(text []byte) string {
	q := string(text[:1])
	return strings.ReplaceAll(string(text[1:len(text)-1]), q+q, q)
}

func unquoteVariable(text []byte, d Dialect) string {
	if len(text) == 0 {
		return ""
	}
	switch q := text[0]; {
	case q == '`', q == '"' && d.Mode&ANSIQuotes != 0:
		return unquoteName(text)
	case q == '\'' || q == '"':
		return string(unescape(nil, text[1:len(text)-1], q, d))
	}
	return string(text)
}

// Quote returns name as an identifier between backticks.
func Quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
