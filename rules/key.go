package rules

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"github.com/sluicedb/sluice/parser/value"
)

// assumed is the collation of key columns when no schema says otherwise.
const assumed = "utf8mb4_unicode_ci"

// keyKind is how key values are turned into bytes.
type keyKind uint8

const (
	noKey      keyKind = iota
	textKey            // weight string of the column's collation
	integerKey         // 8 bytes, big endian, of the int64
	binaryKey          // the bytes themselves
)

// key turns the values of one sharding key column into the bytes that are hashed. Two
// values that MySQL compares as equal in the column have the same bytes.
type key struct {
	kind   keyKind
	text   *collation
	length int    // of a text in characters, of bytes in bytes; 0: not known
	fixed  bool   // BINARY(n): short values are filled up with zero bytes; CHAR(n): spaces at the end are lost
	low    int64  // of an integer
	high   uint64 // of an integer
}

// family names what must be the same for two columns to put equal values on equal
// slots.
func (k *key) family() string {
	switch k.kind {
	case textKey:
		return "text in " + k.text.name
	case integerKey:
		return "an integer"
	case binaryKey:
		return "binary"
	}
	return "nothing"
}

// newKey reads the type of a key column. Collations are kept in known, because their
// tables take a moment to make.
func newKey(c *Column, known map[string]*collation) (key, error) {
	base, length, unsigned := splitType(c.Type)
	switch base {
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		name := strings.ToLower(c.Collation)
		if name == "" {
			return key{}, fmt.Errorf("the schema does not say the collation of %s", c.Name)
		}
		if known[name] == nil {
			made, err := newCollation(name)
			if err != nil {
				return key{}, err
			}
			known[name] = made
		}
		return key{kind: textKey, text: known[name], length: length, fixed: base == "char"}, nil
	case "binary", "varbinary":
		return key{kind: binaryKey, length: length, fixed: base == "binary"}, nil
	}
	if bits, ok := integerBits(base); ok {
		k := key{kind: integerKey, low: -1 << (bits - 1), high: 1<<(bits-1) - 1}
		if unsigned {
			k.low, k.high = 0, math.MaxUint64>>(64-bits)
		}
		return k, nil
	}
	return key{}, fmt.Errorf("a column of type %s cannot be a sharding key", c.Type)
}

func integerBits(base string) (bits uint, ok bool) {
	switch base {
	case "tinyint":
		return 8, true
	case "smallint":
		return 16, true
	case "mediumint":
		return 24, true
	case "int", "integer":
		return 32, true
	case "bigint":
		return 64, true
	}
	return 0, false
}

// splitType takes "varchar(36)" or "bigint(20) unsigned" apart.
func splitType(t string) (base string, length int, unsigned bool) {
	t = strings.ToLower(t)
	unsigned = strings.Contains(t, "unsigned")
	base, _, _ = strings.Cut(t, " ")
	if b, rest, ok := strings.Cut(base, "("); ok {
		base = b
		length, _ = strconv.Atoi(strings.TrimSuffix(rest, ")"))
	}
	return base, length, unsigned
}

// keyBuffer holds the bytes of ordinary key values.
type keyBuffer = [fastText * maxWeight]byte

// bytes turns a value into what is hashed, in buf if it fits. False: MySQL might find
// the value equal to column values with other bytes, or store another value than it.
func (k *key) bytes(v value.Value, buf *keyBuffer) ([]byte, bool) {
	switch k.kind {
	case textKey:
		return k.textBytes(v, buf)
	case integerKey:
		return k.integerBytes(v, buf)
	case binaryKey:
		return k.binaryBytes(v, buf)
	}
	return nil, false
}

// textBytes accepts texts, and bytes, which MySQL compares byte for byte: what is equal
// so is equal under the collation too. Numbers are refused: MySQL compares them with a
// text column as floating-point numbers, so that 12 equals '12', '012' and '12abc'.
func (k *key) textBytes(v value.Value, buf *keyBuffer) ([]byte, bool) {
	switch v.Kind {
	case value.String:
	case value.Binary:
		v.Charset = ""
	default:
		return nil, false
	}
	if !k.text.accepts(v.S, v.Charset) || !k.text.admits(v.Collation) || k.tooLong(v.S) {
		return nil, false
	}
	return k.text.weights(v.S, buf), true
}

// tooLong says whether the column would cut the text. Spaces at the end are cut
// without harm where they do not count.
func (k *key) tooLong(s string) bool {
	if k.length == 0 || len(s) <= k.length {
		return false
	}
	if !k.text.noPad {
		s = strings.TrimRight(s, " ")
	}
	return utf8.RuneCountInString(s) > k.length
}

// cut is what the column holds of a text.
func (k *key) cut(s string) string {
	if k.tooLong(s) {
		n := 0
		for i := range s {
			if n == k.length {
				s = s[:i]
				break
			}
			n++
		}
	}
	if k.fixed {
		s = strings.TrimRight(s, " ")
	}
	return s
}

func (k *key) integerBytes(v value.Value, buf *keyBuffer) ([]byte, bool) {
	i, ok := k.integer(v)
	if !ok {
		return nil, false
	}
	binary.BigEndian.PutUint64(buf[:], i)
	return buf[:8], true
}

// integer converts a value to the column's type, as the bits of an int64, if that
// loses nothing.
func (k *key) integer(v value.Value) (uint64, bool) {
	switch v.Kind {
	case value.Int:
		if v.I < 0 {
			return uint64(v.I), v.I >= k.low
		}
		return uint64(v.I), uint64(v.I) <= k.high
	case value.Uint:
		return v.U, v.U <= k.high
	case value.Decimal:
		whole, fraction, _ := strings.Cut(v.S, ".")
		if strings.Trim(fraction, "0") != "" {
			return 0, false
		}
		return k.digits(whole)
	case value.Float:
		f, err := strconv.ParseFloat(v.S, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			return 0, false
		}
		return k.integer(value.Value{Kind: value.Int, I: int64(f)})
	case value.String:
		// MySQL compares texts with integers as floating-point numbers, which tell
		// integers apart below 2^53.
		i, err := strconv.ParseInt(v.S, 10, 64)
		if err != nil || i >= 1<<53 || i <= -1<<53 {
			return 0, false
		}
		return k.integer(value.Value{Kind: value.Int, I: i})
	}
	return 0, false
}

// digits reads an optional sign and digits, nothing else.
func (k *key) digits(s string) (uint64, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return k.integer(value.Value{Kind: value.Int, I: i})
	}
	if u, err := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 64); err == nil {
		return k.integer(value.Value{Kind: value.Uint, U: u})
	}
	return 0, false
}

func (k *key) binaryBytes(v value.Value, buf *keyBuffer) ([]byte, bool) {
	if v.Kind != value.Binary && (v.Kind != value.String || v.Collation != "" || isWide(v.Charset)) {
		return nil, false
	}
	if k.length > 0 && len(v.S) > k.length {
		return nil, false
	}
	b := append(buf[:0], v.S...)
	if k.fixed {
		b = append(b, make([]byte, k.length-len(b))...)
	}
	return b, true
}

// Kept is the value that a sharded table's key column keeps of a text that is stored with
// warnings instead of errors, for the conversions that are certain: a text is cut to the
// column's length, a number is read as far as it goes. Every other value is returned as it
// is, for Locate to judge.
func (t *Table) Kept(v value.Value) value.Value {
	if v.Kind != value.String {
		return v
	}
	switch t.key.kind {
	case textKey:
		if t.key.text.accepts(v.S, v.Charset) {
			v.S = t.key.cut(v.S)
		}
	case integerKey:
		return t.key.leading(v)
	case binaryKey:
		if t.key.length > 0 && len(v.S) > t.key.length {
			v.S = v.S[:t.key.length]
		}
	}
	return v
}

// leading reads the integer that a text begins with, as the nearest that the column
// holds. A text that may be another number is returned as it is.
func (k *key) leading(v value.Value) value.Value {
	s := strings.TrimLeft(v.S, " \t\n\v\f\r")
	n := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		n++
	}
	from := n
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n < len(s) && strings.IndexByte(".eE", s[n]) >= 0 {
		return v
	}
	if n == from {
		return value.Value{Kind: value.Int}
	}
	if s[0] == '-' {
		i, err := strconv.ParseInt(s[:n], 10, 64)
		if err != nil || i < k.low {
			i = k.low
		}
		return value.Value{Kind: value.Int, I: i}
	}
	u, err := strconv.ParseUint(strings.TrimPrefix(s[:n], "+"), 10, 64)
	if err != nil || u > k.high {
		u = k.high
	}
	return value.Value{Kind: value.Uint, U: u}
}

// slotOf hashes the bytes of a key. It must never change: a change would send every
// tenant to another shard than its rows are on.
func slotOf(b []byte) int { return int(xxhash.Sum64(b) % Slots) }
