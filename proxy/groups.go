package proxy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// tuple is a row whose values have been found.
type tuple struct {
	row     []byte
	visible int      // bytes of it that are the client's
	at      []extent // the values of all columns
	// In the binary protocol, the values that are looked at in a form that can be compared.
	other   []byte
	otherAt []extent
}

// extent is where a value is: from byte to byte; of NULL from is negative.
type extent struct{ from, to int }

var nothing = extent{-1, -1}

func (s extent) of(b []byte) []byte {
	if s.from < 0 {
		return nil
	}
	return b[s.from:s.to:s.to]
}

// raw is a value as the server sent it, nil for NULL.
func (t *tuple) raw(i int) []byte { return t.at[i].of(t.row) }

// value is a value as it is compared, nil for NULL.
func (t *tuple) value(i int) []byte {
	if len(t.otherAt) > 0 && t.otherAt[i] != nothing {
		return t.otherAt[i].of(t.other)
	}
	return t.at[i].of(t.row)
}

// set makes the tuple a copy.
func (t *tuple) set(o *tuple) {
	t.row, t.visible = append(t.row[:0], o.row...), o.visible
	t.at = append(t.at[:0], o.at...)
	t.other, t.otherAt = append(t.other[:0], o.other...), append(t.otherAt[:0], o.otherAt...)
}

// sorter compares values of a column.
type sorter struct {
	column  int
	kind    plan.SortKind
	weights int // -1: none
	desc    bool
}

// values are what a sorter looks at.
type values interface{ value(i int) []byte }

// compare compares two rows by one key.
func (k *sorter) compare(a, b values) int {
	column := k.column
	if k.kind == plan.SortText {
		column = k.weights
	}
	x, y := a.value(column), b.value(column)
	c := 0
	switch {
	case x == nil || y == nil:
		c = boolean(x != nil) - boolean(y != nil)
	case k.kind == plan.SortText:
		space := a.value(k.weights + 1)
		c = compareWeights(x, y, space)
	default:
		c = compareAs(k.kind, x, y)
	}
	if k.desc {
		return -c
	}
	return c
}

// compareAs compares two values that are not NULL.
func compareAs(kind plan.SortKind, x, y []byte) int {
	switch kind {
	case plan.SortNumber:
		return compareNumbers(x, y)
	case plan.SortFloat:
		return compareFloats(x, y)
	case plan.SortTime:
		return compareTimes(x, y)
	}
	return bytes.Compare(x, y)
}

// compareTimes compares two values of TIME: hours may have any number of digits.
func compareTimes(a, b []byte) int {
	minusA, minusB := len(a) > 0 && a[0] == '-', len(b) > 0 && b[0] == '-'
	if minusA != minusB {
		return boolean(minusB) - boolean(minusA)
	}
	c := len(a) - len(b)
	if c == 0 {
		c = bytes.Compare(a, b)
	}
	if minusA {
		return -c
	}
	return c
}

// compareRows compares two rows by all keys.
func compareRows(keys []sorter, a, b values) int {
	for i := range keys {
		if c := keys[i].compare(a, b); c != 0 {
			return c
		}
	}
	return 0
}

// column is the column that a plan means.
func (x *scattering) column(at int) int {
	if at < 0 {
		return x.own + ^at
	}
	return at
}

// sorters resolves keys by the types of the shards' columns; false if one of them cannot
// be compared.
func (x *scattering) sorters(keys []plan.SortKey) ([]sorter, bool) {
	out := make([]sorter, len(keys))
	for i, k := range keys {
		s := sorter{column: x.column(k.At), kind: k.Kind, weights: -1, desc: k.Desc}
		if k.Weights != plan.NoWeights {
			s.weights = x.column(k.Weights)
		}
		if s.column >= len(x.columns) || s.weights+1 >= len(x.columns) {
			return nil, false
		}
		if k.Kind == plan.SortTyped {
			var ok bool
			if s.kind, ok = kindOf(&x.columns[s.column], s.weights >= 0, false); !ok {
				return nil, false
			}
		}
		out[i] = s
		x.looksAt(s.column)
	}
	return out, true
}

// looksAt says that values of a column are compared.
func (x *scattering) looksAt(column int) {
	if x.binary {
		if len(x.looked) == 0 {
			x.looked = make([]bool, len(x.columns))
		}
		x.looked[column] = true
	}
}

// kindOf tells how values of a column are compared; extremes says that it is for MIN or
// MAX, which compare some types in another way than ORDER BY does.
func kindOf(c *wire.Column, weighed, extremes bool) (plan.SortKind, bool) {
	const enum, set, unfixed = 256, 2048, 31 // ENUM_FLAG, SET_FLAG, DECIMAL_NOT_SPECIFIED
	switch c.Type {
	case wire.TypeTiny, wire.TypeShort, wire.TypeInt24, wire.TypeLong, wire.TypeLongLong, wire.TypeYear, wire.TypeNewDecimal:
		return plan.SortNumber, true
	case wire.TypeDouble:
		return plan.SortFloat, c.Decimals >= unfixed // otherwise digits are missing
	case wire.TypeDate, wire.TypeDatetime:
		return plan.SortBytes, true
	case wire.TypeTimestamp:
		return plan.SortBytes, extremes
	case wire.TypeTime:
		return plan.SortTime, true
	case wire.TypeVarchar, wire.TypeVarString, wire.TypeString, wire.TypeTinyBlob, wire.TypeMediumBlob, wire.TypeLongBlob, wire.TypeBlob:
		if c.Flags&(enum|set) != 0 && !extremes {
			return 0, false
		}
		return plan.SortText, weighed // of binary strings the weights are the bytes
	}
	return 0, false
}

// group is a row of the answer while shards add to it.
type group struct {
	tuple
	x     *scattering
	parts int // shards that have added something
	sums  []value.Sum
	bits  []uint64
	seen  []bool   // a fold has had a value other than NULL
	best  [][]byte // of MIN and MAX, as it is sent
	out   [][]byte // the values that differ from the tuple's: as they are sent,
	key   [][]byte // and as they are compared
	fresh []bool
}

// folder is a fold on columns.
type folder struct {
	plan.Fold
	column, weights, of int
	sum, count          int // folds of FoldAvg and FoldRound; -1: none
	kind                plan.SortKind
	decimals            int
}

// folders resolves folds by the types of the shards' columns; false if one is none that
// can be folded.
func (x *scattering) folders(g *plan.Groups) bool {
	for _, f := range g.Folds {
		o := folder{Fold: f, column: x.column(f.At), weights: -1}
		if o.column >= len(x.columns) {
			return false
		}
		c := &x.columns[o.column]
		ok := true
		switch f.Op {
		case plan.FoldSum, plan.FoldAvg:
			ok = c.Type == wire.TypeNewDecimal
			o.decimals = int(c.Decimals)
			if f.Op == plan.FoldAvg {
				o.sum, o.count = x.folderOf(f.Sum), x.folderOf(f.Count)
			}
		case plan.FoldRound:
			o.of = x.folderOf(f.Of)
			ok = c.Type == wire.TypeNewDecimal
			o.decimals = int(c.Decimals)
		case plan.FoldElse:
			o.of = x.column(f.Of)
			ok = alike(c, &x.columns[o.of])
		case plan.FoldMin, plan.FoldMax:
			if f.Weights != plan.NoWeights {
				o.weights = x.column(f.Weights)
			}
			o.kind, ok = kindOf(c, o.weights >= 0, true)
		default:
			ok = c.Type == wire.TypeLongLong
		}
		if !ok {
			return false
		}
		x.looksAt(o.column)
		x.folds = append(x.folds, o)
	}
	return true
}

// alike reports whether numbers of one column are written as those of the other.
func alike(a, b *wire.Column) bool {
	kind, ok := kindOf(a, false, false)
	return ok && kind == plan.SortNumber && a.Type == b.Type && a.Decimals == b.Decimals && a.Flags&wire.FlagUnsigned == b.Flags&wire.FlagUnsigned
}

// folderOf is the number of the fold of an item.
func (x *scattering) folderOf(at int) int {
	return slices.IndexFunc(x.folds, func(f folder) bool { return f.At == at })
}

func (g *group) value(i int) []byte {
	if g.parts > 1 && g.fresh[i] {
		return g.key[i]
	}
	return g.tuple.value(i)
}

// begin makes the group that of a row.
func (g *group) begin(t *tuple) {
	g.set(t)
	g.parts = 1
}

// add adds the row of another shard.
func (g *group) add(t *tuple) error {
	if g.parts == 1 {
		n, columns := len(g.x.folds), len(g.x.columns)
		if len(g.sums) == 0 {
			g.sums, g.bits, g.seen, g.best = make([]value.Sum, n), make([]uint64, n), make([]bool, n), make([][]byte, n)
			g.out, g.key, g.fresh = make([][]byte, columns), make([][]byte, columns), make([]bool, columns)
		}
		clear(g.sums)
		clear(g.bits)
		clear(g.seen)
		clear(g.fresh)
		if err := g.fold(&g.tuple); err != nil {
			return err
		}
	}
	g.parts++
	if p := g.x.bound.Groups.Present; p != 0 && string(g.tuple.value(g.x.column(p))) == "0" || g.sooner(t) {
		g.set(t) // until now there was no row, or none that one server would meet before
	}
	return g.fold(t)
}

// sooner reports whether the first row of another shard's part stands before those so far.
func (g *group) sooner(t *tuple) bool {
	at := g.x.bound.Groups.First
	if at == 0 {
		return false
	}
	i := g.x.folderOf(at)
	f := &g.x.folds[i]
	if t.value(f.column) == nil || !g.seen[i] {
		return t.value(f.column) != nil
	}
	k := sorter{column: f.column, kind: f.kind, weights: f.weights}
	return k.compare(t, extremes{g}) < 0
}

// fold adds the values of a row to what has been folded.
func (g *group) fold(t *tuple) error {
	for i := range g.x.folds {
		f := &g.x.folds[i]
		v := t.value(f.column)
		if v == nil {
			continue
		}
		if !g.foldValue(i, f, v, t) {
			return errLeave
		}
		g.seen[i] = true
	}
	return nil
}

func (g *group) foldValue(i int, f *folder, v []byte, t *tuple) bool {
	switch f.Op {
	case plan.FoldSum:
		return g.sums[i].Add(v)
	case plan.FoldAvg, plan.FoldRound, plan.FoldElse:
		return true // made of others
	case plan.FoldMin, plan.FoldMax:
		g.extreme(i, f, t)
		return true
	}
	n, ok := unsigned(v)
	switch {
	case f.Op == plan.FoldCount:
		g.bits[i] += n
	case !g.seen[i]:
		g.bits[i] = n
	case f.Op == plan.FoldAnd:
		g.bits[i] &= n
	case f.Op == plan.FoldOr:
		g.bits[i] |= n
	default:
		g.bits[i] ^= n
	}
	return ok
}

// extreme keeps the smaller or greater of two values, and its weights.
func (g *group) extreme(i int, f *folder, t *tuple) {
	if g.seen[i] {
		k := sorter{column: f.column, kind: f.kind, weights: f.weights}
		c := k.compare(t, extremes{g})
		if f.Op == plan.FoldMin && c >= 0 || f.Op == plan.FoldMax && c <= 0 {
			return
		}
	}
	g.keep(f.column, t)
	if f.weights >= 0 {
		g.keep(f.weights, t)
		g.keep(f.weights+1, t)
	}
}

// keep takes a value over from a row.
func (g *group) keep(column int, t *tuple) {
	g.fresh[column] = true
	g.out[column], g.key[column] = kept(g.out[column], t.raw(column)), kept(g.key[column], t.value(column))
}

// kept is a copy in the place of an older one.
func kept(old, v []byte) []byte {
	switch {
	case v == nil:
		return nil
	case old == nil:
		old = []byte{}
	}
	return append(old[:0], v...)
}

// extremes are the values that MIN and MAX have kept.
type extremes struct{ g *group }

func (e extremes) value(i int) []byte { return e.g.key[i] }

// finish works the folded values out.
func (g *group) finish() error {
	if g.parts == 1 {
		return nil
	}
	for i := range g.x.folds {
		f := &g.x.folds[i]
		ok := true
		switch f.Op {
		case plan.FoldMin, plan.FoldMax: // they are kept
		case plan.FoldSum, plan.FoldAvg, plan.FoldRound:
			if g.seen[i] { // otherwise all are NULL, and so is what the first says
				var text []byte
				text, ok = g.exact(i, g.key[f.column][:0])
				g.number(f.column, text)
			}
		case plan.FoldElse:
			if v := g.value(f.of); v != nil {
				g.fresh[f.column] = true
				g.key[f.column], g.out[f.column] = v, g.sent(f.of)
			}
		default:
			g.key[f.column] = strconv.AppendUint(g.key[f.column][:0], g.bits[i], 10)
			g.out[f.column], g.fresh[f.column] = g.key[f.column], true
			if g.x.binary {
				g.out[f.column] = binary.LittleEndian.AppendUint64(nil, g.bits[i])
			}
		}
		if !ok {
			return errLeave
		}
	}
	return nil
}

// exact appends a sum or what is made of it; false where MySQL may say something else.
func (g *group) exact(i int, b []byte) ([]byte, bool) {
	switch f := &g.x.folds[i]; f.Op {
	case plan.FoldAvg:
		return g.sums[f.sum].Mean(b, g.bits[f.count], f.decimals)
	case plan.FoldRound:
		of := &g.x.folds[f.of]
		if of.Op == plan.FoldAvg {
			return g.sums[of.sum].Rounded(b, g.bits[of.count], of.decimals, f.decimals)
		}
		return g.sums[f.of].Rounded(b, 1, g.sums[f.of].Scale(), f.decimals)
	}
	return g.sums[i].Append(b), g.sums[i].Fits()
}

// number sets a value that is sent as it is compared.
func (g *group) number(column int, text []byte) {
	g.fresh[column], g.key[column], g.out[column] = true, text, text
}

// sent is a value as it is sent.
func (g *group) sent(i int) []byte {
	if g.fresh[i] {
		return g.out[i]
	}
	return g.raw(i)
}

// append writes the row for the client.
func (g *group) append(b []byte) []byte {
	x := g.x
	switch {
	case g.parts == 1 && x.binary:
		return g.appendBinary(b, len(x.columns), x.own)
	case g.parts == 1:
		return append(b, g.row[:g.visible]...)
	case x.binary:
		return g.appendFolded(b)
	}
	for i := range x.own {
		if v := g.sent(i); v == nil {
			b = append(b, wire.NullText)
		} else {
			b = wire.AppendLenencString(b, v)
		}
	}
	return b
}

// appendFolded writes the row for the binary protocol.
func (g *group) appendFolded(b []byte) []byte {
	own := g.x.own
	b = append(b, 0)
	bits := len(b)
	b = append(b, make([]byte, (own+9)/8)...)
	for i := range own {
		v := g.sent(i)
		if v == nil {
			b[bits+(i+2)/8] |= 1 << ((i + 2) % 8)
			continue
		}
		b = wire.AppendBinaryValue(b, g.x.columns[i].Type, v)
	}
	return b
}

// passes reports whether HAVING is true of the group.
func (g *group) passes() bool {
	for i, c := range g.x.bound.Groups.Having {
		v := g.value(g.x.column(c.At))
		if v == nil || !c.Op.Holds(compareNumbers(v, []byte(g.x.bound.Having[i]))) {
			return false
		}
	}
	return true
}

// heldRow is a row of the answer that waits for those before it.
type heldRow struct {
	row    []byte
	values [][]byte // of the columns that it is sorted by
}

func (h *heldRow) value(i int) []byte { return h.values[i] }

// groups makes the shards' groups one, in the order of their keys: groups of several
// shards with equal keys come one behind the other.
func (x *scattering) groups() error {
	g := &group{x: x}
	for len(x.order.parts) > 0 && !x.enough() {
		p := x.order.parts[0]
		x.turn++
		p.turn = x.turn
		g.begin(&p.tuple)
		if err := x.advance(); err != nil {
			return err
		}
		for len(x.order.parts) > 0 {
			p := x.order.parts[0]
			c := compareRows(x.order.keys, g, p)
			if c > 0 || c == 0 && p.turn == x.turn {
				return x.disorder()
			}
			if c < 0 {
				break
			}
			p.turn = x.turn
			if err := g.add(&p.tuple); err != nil {
				return x.lateLeave(err)
			}
			if err := x.advance(); err != nil {
				return err
			}
		}
		if err := x.grouped(g); err != nil {
			return err
		}
	}
	return x.sorted()
}

// grouped takes a group that no shard will add to.
func (x *scattering) grouped(g *group) error {
	if err := g.finish(); err != nil {
		return x.lateLeave(err)
	}
	if !g.passes() {
		return nil
	}
	if len(x.final) == 0 {
		return x.emit(g.append)
	}
	return x.hold(g)
}

// disorder ends a query whose shards sort their rows otherwise than was understood.
func (x *scattering) disorder() error { return x.lateLeave(errLeave) }

// lateLeave leaves the query to Gather, while that can be.
func (x *scattering) lateLeave(err error) error {
	if err == errLeave && x.sent { //nolint:errorlint // our own value
		return errUnordered
	}
	return err
}

// errUnordered ends a reply that has begun.
var errUnordered = wire.Errorf(1105, "HY000", "the shards' groups cannot be added up: values are longer than max_sort_length, or sums are too large")

// hold keeps a row until all have come, or the first that LIMIT wants are known.
func (x *scattering) hold(g *group) error {
	h := heldRow{row: g.append(nil), values: make([][]byte, len(x.columns))}
	size := len(h.row) + 24*len(h.values) + 48
	for _, k := range x.final {
		for _, c := range []int{k.column, k.weights, k.weights + 1} {
			if v := []byte(nil); c >= 0 && h.values[c] == nil && (c == k.column || k.weights >= 0) {
				if v = g.value(c); v != nil {
					h.values[c] = append([]byte{}, v...)
					size += len(v)
				}
			}
		}
	}
	x.held = append(x.held, h)
	x.heldSize += int64(size)
	if most := x.bound.Most + x.bound.Skip; x.bound.Most >= 0 && int64(len(x.held)) > most && int64(len(x.held))-most > most/2+1024 {
		x.sortHeld()
		clear(x.held[most:])
		x.held, x.heldSize = x.held[:most], 0
		for i := range x.held {
			x.heldSize += int64(len(x.held[i].row) + 24*len(h.values) + 48)
		}
	}
	if x.heldSize > int64(x.s.snap.conf.Limits.GatherBytes) {
		return errLeave
	}
	return nil
}

func (x *scattering) sortHeld() {
	slices.SortStableFunc(x.held, func(a, b heldRow) int { return compareRows(x.final, &a, &b) })
}

// sorted writes the rows that have been held.
func (x *scattering) sorted() error {
	x.sortHeld()
	for i := range x.held {
		if x.enough() {
			break
		}
		row := x.held[i].row
		if err := x.emit(func(b []byte) []byte { return append(b, row...) }); err != nil {
			return err
		}
	}
	return nil
}

// appendComparable appends a value of the binary protocol as it can be compared with
// others of its column; false if it can as it is.
func appendComparable(b []byte, c *wire.Column, v []byte) ([]byte, bool) {
	unsigned := c.Flags&wire.FlagUnsigned != 0
	switch c.Type {
	case wire.TypeTiny, wire.TypeShort, wire.TypeInt24, wire.TypeLong, wire.TypeLongLong, wire.TypeYear:
		var n uint64
		for i, d := range v {
			n |= uint64(d) << (8 * i)
		}
		if free := 64 - 8*len(v); !unsigned && free >= 0 && c.Type != wire.TypeYear {
			return strconv.AppendInt(b, int64(n<<free)>>free, 10), true
		}
		return strconv.AppendUint(b, n, 10), true
	case wire.TypeDouble:
		if len(v) == 8 {
			return strconv.AppendFloat(b, math.Float64frombits(binary.LittleEndian.Uint64(v)), 'g', -1, 64), true
		}
	case wire.TypeDate, wire.TypeDatetime, wire.TypeTimestamp:
		var d [11]byte
		copy(d[:], v)
		b = append(b, d[1], d[0], d[2], d[3], d[4], d[5], d[6])
		return append(b, d[10], d[9], d[8], d[7]), true
	case wire.TypeTime:
		var d [12]byte
		copy(d[:], v)
		if d[0] != 0 {
			b = append(b, '-')
		}
		hours := binary.LittleEndian.Uint32(d[1:])*24 + uint32(d[5])
		return fmt.Appendf(b, "%02d:%02d:%02d.%06d", hours, d[6], d[7], binary.LittleEndian.Uint32(d[8:])), true
	}
	return b, false
}
