package parser

import (
	"cmp"
	"fmt"
	"slices"
)

// Splice replaces the bytes [Start, End) of a text by Text.
type Splice struct {
	Start, End int
	Text       string
}

// Apply returns a copy of sql with the splices made. They may come in any order but
// must not overlap; several insertions at one place are made in the order given. A
// splice out of range or overlapping another is a mistake of the program: it panics.
func Apply(sql []byte, s []Splice) []byte {
	size := len(sql)
	for _, e := range s {
		size += len(e.Text) - (e.End - e.Start)
	}
	sorted := slices.Clone(s)
	slices.SortStableFunc(sorted, func(a, b Splice) int { return cmp.Compare(a.Start, b.Start) })
	out := make([]byte, 0, max(size, 0))
	at := 0
	for _, e := range sorted {
		if e.Start < at || e.End < e.Start || e.End > len(sql) {
			panic(fmt.Sprintf("splice [%d, %d) overlaps another or lies outside of %d bytes", e.Start, e.End, len(sql)))
		}
		out = append(out, sql[at:e.Start]...)
		out = append(out, e.Text...)
		at = e.End
	}
	return append(out, sql[at:]...)
}

// Edit replaces whole tokens, [First, Last] by index, by Text. Made from a Statement,
// it fits every text with the same Scan.Key.
type Edit struct {
	First, Last int
	Text        string
}

// Splices returns the edits as splices of the text the tokens were found in.
func Splices(tokens []Token, edits []Edit) []Splice {
	out := make([]Splice, len(edits))
	for i, e := range edits {
		out[i] = Splice{Start: tokens[e.First].Start, End: tokens[e.Last].End, Text: e.Text}
	}
	return out
}
