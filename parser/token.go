package parser

import (
	"bytes"
	"fmt"
)

// Kind says what a Token is.
type Kind uint8

// The kinds of tokens.
const (
	Ident        Kind = iota + 1 // an unquoted word: identifier or keyword
	QuotedIdent                  // `x`, and "x" under ANSI_QUOTES
	String                       // 'x' or "x"; adjacent ones are one token
	NString                      // N'x'
	Int                          // 1
	Decimal                      // 1.5, .5, 1.
	Float                        // 1e5
	Hex                          // x'41', 0x41
	Bit                          // b'01', 0b01
	Param                        // ?
	UserVar                      // @x, @'x', @"x", @`x`; also the @host of an account
	SysVar                       // @@x, @@global.x
	Op                           // an operator or punctuation
	Hint                         // /*+ x */ where the server looks for one; a leading /* sluice: x */
	Introducer                   // _utf8mb4 and the like
	DollarString                 // $$x$$ (MySQL 9)
	Semicolon                    // ; inside a stored program

	eof
	fault // the lexer stopped: lexer.err says why
	more  // a string that continues the one before it
)

var kindNames = [...]string{
	Ident: "Ident", QuotedIdent: "QuotedIdent", String: "String", NString: "NString",
	Int: "Int", Decimal: "Decimal", Float: "Float", Hex: "Hex", Bit: "Bit",
	Param: "Param", UserVar: "UserVar", SysVar: "SysVar", Op: "Op", Hint: "Hint",
	Introducer: "Introducer", DollarString: "DollarString", Semicolon: "Semicolon",
	eof: "eof", fault: "fault",
}

// String returns the name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Literal reports whether tokens of the kind are constants or parameters, that is,
// whether they appear in Scan.Literals.
func (k Kind) Literal() bool { return k >= String && k <= Param }

// Token is a span of text, [Start, End) in bytes.
type Token struct {
	Kind     Kind
	temporal bool    // a string behind DATE, TIME or TIMESTAMP
	word     keyword // of an Ident; 0 if it is none or stands after a dot
	lead     uint32  // how many bytes before Start the constant's introducer begins; 0 without one
	Start    int
	End      int
}

// Text returns the token's bytes in the text it was found in.
func (t Token) Text(sql []byte) []byte { return sql[t.Start:t.End] }

// is reports whether the token is the operator op.
func (t Token) is(sql []byte, op string) bool {
	return t.Kind == Op && string(sql[t.Start:t.End]) == op
}

// isName reports whether the token may be an identifier by its kind alone.
func (t Token) isName() bool { return t.Kind == Ident || t.Kind == QuotedIdent }

// SyntaxError says that the text cannot be read. Clients know it as error 1064.
type SyntaxError struct {
	Pos  int    // byte offset into the text
	Line int    // line of Pos, from 1
	Near string // at most 80 bytes of text from Pos on
	Why  string // what is wrong, for logs and tests
}

// Error words the error as the server does.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '%s' at line %d", e.Near, e.Line)
}

func newSyntaxError(sql []byte, pos int, why string) *SyntaxError {
	pos = min(pos, len(sql))
	near := sql[pos:]
	if len(near) > 80 {
		near = near[:80]
	}
	return &SyntaxError{
		Pos:  pos,
		Line: 1 + bytes.Count(sql[:pos], []byte{'\n'}),
		Near: string(near),
		Why:  why,
	}
}
