// Package value holds MySQL values as routing and merging see them: a kind, a
// content and, for text, the collation that compares it. It reads them, compares
// them and turns a sharding key into the bytes that are hashed. It knows no SQL
// text, no packets and no tables.
package value

// Kind says how MySQL would type a constant before it meets a column.
type Kind uint8

// The kinds of constants.
const (
	Null    Kind = iota
	Int          // signed 64 bits, in I
	Uint         // unsigned 64 bits, in U
	Decimal      // exact number with a point, its text in S
	Float        // approximate number, its text in S
	String       // text in the character set Charset, its bytes in S
	Binary       // bytes without a character set (x'..', 0x.., b'..', _binary'..'), in S
	Other        // a value that routing must not use (temporal parameter, unknown introducer, ...)
)

// Value is one constant. The zero Value is NULL.
type Value struct {
	Kind Kind
	I    int64
	U    uint64
	S    string
	// Charset names the character set of a String when it is not the connection's
	// (an introducer); empty means utf8mb4 or the connection's character set.
	Charset string
	// Collation names an explicit COLLATE clause; empty means none.
	Collation string
}
