package plan

import (
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// Groups says how groups whose rows are on several shards become those of the answer.
// What no Fold names is what the first shard says, or that with the First row.
type Groups struct {
	Single bool // the rows of each shard are one group, even if there are none
	Folds  []Fold
	// Present is, if not 0, an added item that counts a shard's rows: what no Fold names
	// is that of a shard that has some.
	Present int
	// First is, if not 0, an added item that is folded: the least primary key of the rows.
	First  int
	Having []GroupTest // which groups are rows of the answer
	Final  []SortKey   // the order of the answer, if it is not that of the shards' rows
}

// Fold makes an aggregate of several shards' aggregates.
type Fold struct {
	At         int // the item, as SortKey has it
	Op         FoldOp
	Weights    int // of texts, as SortKey has them
	Sum, Count int // of FoldAvg: items that are folded before it
	Of         int // of FoldRound and FoldElse: an item that is folded before it
}

// FoldOp is what a Fold does.
type FoldOp uint8

// The folds.
const (
	FoldCount FoldOp = iota
	FoldSum
	FoldAvg
	FoldMin
	FoldMax
	FoldAnd
	FoldOr
	FoldXor
	FoldRound // a sum or an average with fewer digits
	FoldElse  // the other item, or what each shard has in its place if that is NULL
)

func (o FoldOp) String() string {
	return [...]string{"counts", "sums", "averages", "minima", "maxima", "bits of all", "bits of any", "odd bits", "rounded", "with a default"}[o]
}

// GroupTest compares an aggregate with a constant.
type GroupTest struct {
	At      int
	Op      Comparison
	Literal int
}

// Comparison is an operator.
type Comparison uint8

// The comparisons.
const (
	IsEqual Comparison = iota
	IsUnequal
	IsLess
	IsAtMost
	IsGreater
	IsAtLeast
)

// Mirrored is the comparison with the sides exchanged.
func (c Comparison) Mirrored() Comparison {
	return [...]Comparison{IsEqual, IsUnequal, IsGreater, IsAtLeast, IsLess, IsAtMost}[c]
}

// Holds reports whether the comparison is true of two values that compare like this.
func (c Comparison) Holds(cmp int) bool {
	switch c {
	case IsEqual:
		return cmp == 0
	case IsUnequal:
		return cmp != 0
	case IsLess:
		return cmp < 0
	case IsAtMost:
		return cmp <= 0
	case IsGreater:
		return cmp > 0
	}
	return cmp >= 0
}

// bind reads the constants of conditions.
func (g *Groups) bind(a Args, out *Scattering, pos conf.Pos) error {
	for _, c := range g.Having {
		switch v := a.Literal(c.Literal); v.Kind {
		case value.Int:
			out.Having = append(out.Having, strconv.FormatInt(v.I, 10))
		case value.Uint:
			out.Having = append(out.Having, strconv.FormatUint(v.U, 10))
		case value.Decimal:
			out.Having = append(out.Having, v.S)
		default:
			return Unsupported("HAVING with a constant that is no exact number, over several shards", pos, "")
		}
	}
	return nil
}

// explain writes what is done with the groups.
func (g *Groups) explain(w *Printer) {
	var list []string
	for _, f := range g.Folds {
		if f.At >= 0 {
			list = append(list, f.Op.String()+" of column "+strconv.Itoa(f.At+1))
		}
	}
	if len(list) > 0 {
		w.Line("adds up %s", strings.Join(list, ", "))
	}
	if len(g.Having) > 0 {
		w.Line("then keeps those that HAVING names")
	}
	if len(g.Final) > 0 {
		w.Line("then sorts by %d keys", len(g.Final))
	}
}
