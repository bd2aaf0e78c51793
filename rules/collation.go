package rules

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"vitess.io/vitess/go/mysql/collations"
	"vitess.io/vitess/go/mysql/collations/colldata"
)

// The fast path holds texts of up to fastText ASCII characters, each with up to
// maxWeight bytes of weight.
const (
	fastText  = 64
	maxWeight = 4
)

// collation gives texts the bytes that are equal exactly when MySQL says that the
// texts are. It is immutable.
type collation struct {
	name   string
	impl   colldata.Collation
	utf8   bool // of utf8mb4 or utf8mb3
	three  bool // of utf8mb3: nothing above U+FFFF
	noPad  bool // spaces at the end count
	space  []byte
	direct bool // a text's weights are those of its characters, one after the other
	ascii  [utf8.RuneSelf]weight
	pairs  [256]uint16 // the weights of those ASCII characters that weigh two bytes; 0 for other bytes
}

// weight is the weight of one ASCII character: n bytes, the first in the low bits.
type weight struct {
	bytes uint32
	n     uint8
}

// newCollation finds a collation by its MySQL name.
func newCollation(name string) (*collation, error) {
	charset, _, _ := strings.Cut(name, "_")
	if isWide(charset) || charset == "binary" {
		return nil, fmt.Errorf("collation %s cannot compare sharding keys", name)
	}
	env := collations.MySQL8()
	id := env.LookupByName(name)
	if id == collations.Unknown && charset == "utf8mb3" {
		id = env.LookupByName("utf8" + strings.TrimPrefix(name, "utf8mb3"))
	}
	impl := colldata.Lookup(id)
	if id == collations.Unknown || impl == nil {
		return nil, fmt.Errorf("collation %s is not known", name)
	}
	c := &collation{
		name: name, impl: impl,
		utf8: strings.HasPrefix(charset, "utf8"), three: charset == "utf8mb3" || charset == "utf8",
		noPad: noPad(name),
	}
	c.space = c.weigh(" ")
	c.direct = c.tabulate()
	return c, nil
}

// noPad says whether spaces at the end of a text count. Only the collations of UCA 9.0
// and the binary one are so (manual, "Unicode Character Sets", pad attribute).
func noPad(name string) bool { return strings.Contains(name, "_0900_") || name == "binary" }

// weigh returns the whole weight string of a text, spaces at the end included.
func (c *collation) weigh(s string) []byte { return c.impl.WeightString(nil, []byte(s), 0) }

// tabulate fills the table of ASCII weights and says whether it may be used: no weight
// is too long and no two characters weigh together something else than one by one, as
// they do where a pair is one letter or where accents are weighed after all letters.
func (c *collation) tabulate() bool {
	var single [utf8.RuneSelf][]byte
	for i := range single {
		single[i] = c.weigh(string(rune(i)))
		if len(single[i]) > maxWeight {
			return false
		}
		var filled [maxWeight]byte
		c.ascii[i].n = uint8(copy(filled[:], single[i]))
		c.ascii[i].bytes = binary.LittleEndian.Uint32(filled[:])
		if len(single[i]) == 2 {
			c.pairs[i] = binary.LittleEndian.Uint16(single[i])
		}
	}
	var both, sum []byte
	for a := range single {
		for b := range single {
			both = c.impl.WeightString(both[:0], []byte{byte(a), byte(b)}, 0)
			sum = append(append(sum[:0], single[a]...), single[b]...)
			if !bytes.Equal(both, sum) {
				return false
			}
		}
	}
	return true
}

// weights returns the weight string of a text that was checked, without the weight of
// spaces at the end where they do not count. It uses buf when the text allows.
func (c *collation) weights(s string, buf *[fastText * maxWeight]byte) []byte {
	var w []byte
	if c.direct && len(s) <= fastText {
		if w, ok := c.weighPairs(s, buf); ok {
			return c.unpadded(w)
		}
	}
	if c.direct && len(s) <= fastText && isASCII(s) {
		to := buf[:]
		for i := range len(s) {
			t := c.ascii[s[i]&0x7f]
			binary.LittleEndian.PutUint32(to, t.bytes) // later bytes overwrite what is too much
			to = to[t.n:]
		}
		w = buf[:len(buf)-len(to)]
	} else {
		w = c.weigh(s)
	}
	return c.unpadded(w)
}

// weighPairs is weights for an ASCII text of which each character weighs two bytes, as all
// printable ones do in most collations, before spaces are cut; false for others.
func (c *collation) weighPairs(s string, buf *[fastText * maxWeight]byte) ([]byte, bool) {
	out, in := buf[:0], s
	for ; len(in) >= 4; in = in[4:] {
		a, b, c, d := c.pairs[in[0]], c.pairs[in[1]], c.pairs[in[2]], c.pairs[in[3]]
		if a == 0 || b == 0 || c == 0 || d == 0 {
			return nil, false
		}
		out = binary.LittleEndian.AppendUint64(out, uint64(a)|uint64(b)<<16|uint64(c)<<32|uint64(d)<<48)
	}
	for i := range len(in) {
		w := c.pairs[in[i]]
		if w == 0 {
			return nil, false
		}
		out = binary.LittleEndian.AppendUint16(out, w)
	}
	return out, true
}

// unpadded cuts the weight of spaces at the end where they do not count.
func (c *collation) unpadded(w []byte) []byte {
	if c.noPad {
		return w
	}
	for len(w)%len(c.space) == 0 && bytes.HasSuffix(w, c.space) {
		w = w[:len(w)-len(c.space)]
	}
	return w
}

func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		eight := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56 // one load
		if eight&0x8080808080808080 != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// accepts says whether a text in the given character set ("" for utf8mb4) may be
// weighed byte for byte: it is valid in the column's character set and would be stored
// as it is.
func (c *collation) accepts(s, charset string) bool {
	if isASCII(s) {
		return !isWide(charset)
	}
	switch charset {
	case "", "utf8", "utf8mb3", "utf8mb4":
		return c.utf8 && utf8.ValidString(s) && !(c.three && hasSupplementary(s))
	}
	return false
}

func hasSupplementary(s string) bool {
	for _, r := range s {
		if r > 0xFFFF {
			return true
		}
	}
	return false
}

// isWide says whether a character set writes ASCII characters with more than one byte.
func isWide(charset string) bool {
	switch charset {
	case "ucs2", "utf16", "utf16le", "utf32":
		return true
	}
	return false
}

// admits says whether equality under another collation implies equality under this
// one, so that rows that are equal there are on one shard here.
func (c *collation) admits(explicit string) bool {
	switch explicit {
	case "", c.name, "binary", "utf8mb4_0900_bin":
		return true
	case "utf8mb4_bin", "utf8mb3_bin", "utf8_bin":
		return !c.noPad // these ignore spaces at the end
	}
	return false
}
