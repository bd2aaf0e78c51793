package plan

import (
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// SourceKind says where a key value comes from.
type SourceKind uint8

// The sources of key values.
const (
	FromLiteral  SourceKind = iota // constant number Index of the text
	FromParam                      // parameter number Index
	FromConstant                   // Const: a default, a hint, or a value of this very text
	FromTenant                     // the session's tenant
	FromUserVar                    // the session's user variable Name
)

// Use says what a NULL in a source's place means.
type Use uint8

// The uses of a key value.
const (
	Equal    Use = iota // compared with =: NULL matches nothing
	NullSafe            // compared with <=> or IS NULL: NULL matches NULL
	Store               // written to the key column: NULL is stored, or becomes the type's zero value
)

// Source is one value a key may have.
type Source struct {
	Kind   SourceKind
	Use    Use
	Negate bool // a minus sign stands before the literal
	Index  int
	Name   string // of FromUserVar, in lower case
	Const  value.Value

	label string // String(), kept so that decisions cost nothing
}

// Value returns the source's value in this execution.
func (s *Source) Value(a Args) value.Value {
	var v value.Value
	switch s.Kind {
	case FromLiteral:
		v = a.Literal(s.Index)
	case FromParam:
		v = a.Param(s.Index)
	case FromTenant:
		v = a.Tenant()
	case FromUserVar:
		v = a.UserVar(s.Name)
	default:
		v = s.Const
	}
	if s.Negate {
		return negated(v)
	}
	return v
}

func negated(v value.Value) value.Value {
	switch {
	case v.Kind == value.Null:
		return v
	case v.Kind == value.Int && v.I != math.MinInt64:
		return value.Value{Kind: value.Int, I: -v.I}
	case v.Kind == value.Uint && v.U <= math.MaxInt64:
		return value.Value{Kind: value.Int, I: -int64(v.U)}
	case v.Kind == value.Uint && v.U == 1<<63:
		return value.Value{Kind: value.Int, I: math.MinInt64}
	default:
		return value.Value{Kind: value.Other}
	}
}

// String names the source as decisions and explained plans do.
func (s *Source) String() string {
	var t string
	switch s.Kind {
	case FromLiteral:
		t = "literal " + strconv.Itoa(s.Index)
	case FromParam:
		t = "parameter " + strconv.Itoa(s.Index)
	case FromTenant:
		t = "session tenant"
	case FromUserVar:
		t = "@" + s.Name
	default:
		t = Show(s.Const)
	}
	if s.Negate {
		t = "-" + t
	}
	return t
}

type setOp uint8

const (
	opAll setOp = iota
	opNone
	opValue
	opUnion
	opBoth
	opNoneIf
	opLocated
	opRange
	opShardOf
)

// Set is a symbolic set of key values: what a statement's text says about one key
// column, before the values are known. Sets only ever err on the large side. The
// nil Set is the set of all values. Sets are immutable.
type Set struct {
	op    setOp
	src   Source
	kids  []*Set
	cond  Condition
	probe int
	high  Source       // of opRange
	of    *rules.Table // of opShardOf
}

// All is the set of every value.
func All() *Set { return nil }

// None is the empty set: no row can matter.
func None() *Set { return &Set{op: opNone} }

// Of is the set of one value.
func Of(s Source) *Set {
	s.label = s.String()
	return &Set{op: opValue, src: s}
}

// Range is the set of values between two: one value if both are the same, anything
// otherwise.
func Range(low, high Source) *Set {
	low.label = low.String()
	return &Set{op: opRange, src: low, high: high}
}

// ShardOf is the set of values that live on the shards where the set s of values of
// table t lives: what a foreign key inside one database implies.
func ShardOf(t *rules.Table, s *Set) *Set {
	if s == nil || s.op == opNone || s.op == opShardOf {
		return s
	}
	return &Set{op: opShardOf, kids: []*Set{s}, of: t}
}

// Values returns the values of a set that is a plain list of them.
func (s *Set) Values() ([]Source, bool) {
	if s == nil {
		return nil, false
	}
	switch s.op {
	case opValue:
		return []Source{s.src}, true
	case opUnion:
		var out []Source
		for _, k := range s.kids {
			vs, ok := k.Values()
			if !ok {
				return nil, false
			}
			out = append(out, vs...)
		}
		return out, true
	case opBoth: // any one of them will do
		for _, k := range s.kids {
			if vs, ok := k.Values(); ok {
				return vs, true
			}
		}
	}
	return nil, false
}

// Within reports whether every value of a set, or one on the same shard, is one of some
// sources, whatever the values are.
func (s *Set) Within(is func(*Source) bool) bool {
	if s == nil {
		return false
	}
	not := func(k *Set) bool { return !k.Within(is) }
	switch s.op {
	case opNone:
		return true
	case opValue:
		return is(&s.src)
	case opUnion, opShardOf:
		return !slices.ContainsFunc(s.kids, not)
	case opBoth: // any one of them will do
		return slices.ContainsFunc(s.kids, func(k *Set) bool { return k.Within(is) })
	}
	return false
}

// Located is the set of values found by probe number i of the route.
func Located(i int) *Set { return &Set{op: opLocated, probe: i} }

// NoneIf is empty when the condition holds and everything otherwise.
func NoneIf(c Condition) *Set { return &Set{op: opNoneIf, cond: c} }

// Condition is a comparison of literals that makes a predicate false: literal
// Left differs from literal Right, or, when Right is negative, literal Left is
// the number zero. Only plain integers are compared.
type Condition struct {
	Left, Right int
}

func (c Condition) holds(a Args) bool {
	l, ok := integer(a.Literal(c.Left))
	if !ok {
		return false
	}
	if c.Right < 0 {
		return l == 0
	}
	r, ok := integer(a.Literal(c.Right))
	return ok && l != r
}

func integer(v value.Value) (int64, bool) {
	switch v.Kind {
	case value.Int:
		return v.I, true
	case value.Uint:
		return int64(v.U), v.U <= math.MaxInt64
	default:
		return 0, false
	}
}

// Union returns the set of values in any of the sets.
func Union(sets ...*Set) *Set {
	out := make([]*Set, 0, len(sets))
	for _, s := range sets {
		switch {
		case s == nil:
			return nil
		case s.op == opNone:
		case s.op == opUnion:
			out = append(out, s.kids...)
		default:
			out = append(out, s)
		}
	}
	if out = distinct(out); len(out) == 0 {
		return None()
	} else if len(out) == 1 {
		return out[0]
	}
	return &Set{op: opUnion, kids: out}
}

// Both returns the set of values in each of the sets.
func Both(sets ...*Set) *Set {
	out := make([]*Set, 0, len(sets))
	for _, s := range sets {
		switch {
		case s == nil:
		case s.op == opNone:
			return s
		case s.op == opBoth:
			out = append(out, s.kids...)
		default:
			out = append(out, s)
		}
	}
	if out = distinct(out); len(out) == 0 {
		return nil
	} else if len(out) == 1 {
		return out[0]
	}
	return &Set{op: opBoth, kids: out}
}

// distinct drops repeated sets, of short lists: it compares each with each.
func distinct(sets []*Set) []*Set {
	if len(sets) > 64 {
		return sets
	}
	out := sets[:0]
	for _, s := range sets {
		if !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func contains(sets []*Set, s *Set) bool {
	for _, o := range sets {
		if o.same(s) {
			return true
		}
	}
	return false
}

func (s *Set) same(o *Set) bool {
	if s == o {
		return true
	}
	if s == nil || o == nil || s.op != o.op || s.src != o.src || s.cond != o.cond || s.probe != o.probe || s.high != o.high || s.of != o.of || len(s.kids) != len(o.kids) {
		return false
	}
	for i := range s.kids {
		if !s.kids[i].same(o.kids[i]) {
			return false
		}
	}
	return true
}

// Equal reports whether two sets are written alike.
func (s *Set) Equal(o *Set) bool { return s.same(o) }

// IsAll reports whether the set says nothing.
func (s *Set) IsAll() bool { return s == nil }

// IsNone reports whether the set is empty whatever the values are.
func (s *Set) IsNone() bool { return s != nil && s.op == opNone }

// HasLocated reports whether a probe could narrow the set, and which.
func (s *Set) HasLocated() (probe int, ok bool) {
	if s == nil {
		return 0, false
	}
	if s.op == opLocated {
		return s.probe, true
	}
	for _, k := range s.kids {
		if i, ok := k.HasLocated(); ok {
			return i, true
		}
	}
	return 0, false
}

// String renders the set as explained plans show it.
func (s *Set) String() string {
	if s == nil {
		return "any"
	}
	switch s.op {
	case opNone:
		return "none"
	case opValue:
		if s.src.Use == NullSafe && s.src.Kind != FromConstant {
			return "<=> " + s.src.String()
		}
		return s.src.String()
	case opLocated:
		return "located " + strconv.Itoa(s.probe)
	case opNoneIf:
		if s.cond.Right < 0 {
			return "(none if literal " + strconv.Itoa(s.cond.Left) + " = 0)"
		}
		return "(none if literal " + strconv.Itoa(s.cond.Left) + " <> literal " + strconv.Itoa(s.cond.Right) + ")"
	}
	switch s.op {
	case opRange:
		return "between " + s.src.String() + " and " + s.high.String()
	case opShardOf:
		return "where " + s.of.Name + " " + s.kids[0].String()
	}
	sep := " or "
	if s.op == opBoth {
		sep = " and "
	}
	parts := make([]string, len(s.kids))
	for i, k := range s.kids {
		parts[i] = k.String()
		if len(k.kids) > 0 {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, sep)
}

// shardSet is a set of shards of one database. Up to 256 shards it needs no heap.
type shardSet struct {
	low  [4]uint64
	high []uint64
}

func (s *shardSet) add(i int) {
	if i < 256 {
		s.low[i>>6] |= 1 << (i & 63)
		return
	}
	for len(s.high) <= (i-256)>>6 {
		s.high = append(s.high, 0)
	}
	s.high[(i-256)>>6] |= 1 << (i & 63)
}

func (s *shardSet) or(o shardSet) {
	for i := range s.low {
		s.low[i] |= o.low[i]
	}
	for i, w := range o.high {
		for len(s.high) <= i {
			s.high = append(s.high, 0)
		}
		s.high[i] |= w
	}
}

func (s *shardSet) and(o shardSet) {
	for i := range s.low {
		s.low[i] &= o.low[i]
	}
	for i := range s.high {
		if i < len(o.high) {
			s.high[i] &= o.high[i]
		} else {
			s.high[i] = 0
		}
	}
}

func (s *shardSet) count() int {
	n := 0
	for _, w := range s.low {
		n += bits.OnesCount64(w)
	}
	for _, w := range s.high {
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f with the index of each member, in order.
func (s *shardSet) each(f func(int)) {
	for i, w := range s.low {
		for ; w != 0; w &= w - 1 {
			f(i<<6 + bits.TrailingZeros64(w))
		}
	}
	for i, w := range s.high {
		for ; w != 0; w &= w - 1 {
			f(256 + i<<6 + bits.TrailingZeros64(w))
		}
	}
}

func (s *shardSet) first() int {
	for i, w := range s.low {
		if w != 0 {
			return i<<6 + bits.TrailingZeros64(w)
		}
	}
	for i, w := range s.high {
		if w != 0 {
			return 256 + i<<6 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

func every(db *rules.Database) shardSet {
	var s shardSet
	for i := range db.Shards {
		s.add(i)
	}
	return s
}

// shards evaluates the set for a sharded table: the shards that may hold a row
// whose key is in the set.
func (b *binding) shards(s *Set, t *rules.Table) shardSet {
	if s == nil {
		return every(t.Database)
	}
	switch s.op {
	case opNone:
		return shardSet{}
	case opValue:
		return b.valueShards(s, t)
	case opUnion:
		var out shardSet
		for _, k := range s.kids {
			out.or(b.shards(k, t))
		}
		return out
	case opBoth:
		out := b.shards(s.kids[0], t)
		for _, k := range s.kids[1:] {
			out.and(b.shards(k, t))
		}
		return out
	case opNoneIf:
		if s.cond.holds(b.args) {
			return shardSet{}
		}
	case opLocated:
		if b.located != nil && b.probe == s.probe && b.located.Database == t.Database {
			var out shardSet
			out.add(b.located.Index)
			return out
		}
	case opRange:
		if s.src.Value(b.args) == s.high.Value(b.args) {
			return b.valueShards(s, t)
		}
	case opShardOf:
		if s.of.Database == t.Database {
			return b.shards(s.kids[0], s.of)
		}
	}
	return every(t.Database)
}

func (b *binding) valueShards(s *Set, t *rules.Table) shardSet {
	loc, found := b.locate(&s.src, t)
	switch {
	case found == anywhere:
		return every(t.Database)
	case found == nowhere:
		return shardSet{}
	}
	b.last, b.lastSource = loc, &s.src
	var out shardSet
	out.add(loc.Shard.Index)
	return out
}

type outcome uint8

const (
	located  outcome = iota
	anywhere         // the value cannot be routed exactly
	nowhere          // no row has such a key
)

// locate finds where a source's value lives for a table.
func (b *binding) locate(s *Source, t *rules.Table) (rules.Location, outcome) {
	return b.place(s.Value(b.args), s, t)
}

// place is locate with the source's value.
func (b *binding) place(v value.Value, s *Source, t *rules.Table) (rules.Location, outcome) {
	if v.Kind == value.Null {
		switch {
		case s.Use == Equal:
			return rules.Location{}, nowhere
		case t.NullHome != nil:
			return rules.Location{Shard: t.NullHome, Slot: -1, Pos: t.Pos}, located
		case s.Use == NullSafe:
			return rules.Location{}, nowhere
		}
		// The key is NOT NULL: the server refuses the row, or, where sql_mode or
		// IGNORE lets it, stores the type's zero value.
		v = zeroKey(t)
	}
	if s.Use == Store {
		v = t.Stored(v)
	}
	if v.Kind == value.String && v.Charset == "" {
		v.Charset = b.route.Charset
	}
	loc, ok := b.rules.Locate(t, v)
	if !ok {
		return rules.Location{}, anywhere
	}
	return loc, located
}

// ZeroKey is the implicit default of the key's type: what MySQL stores for a
// missing or NULL value where sql_mode does not make that an error.
func ZeroKey(t *rules.Table) value.Value { return zeroKey(t) }

func zeroKey(t *rules.Table) value.Value {
	if textual(keyType(t)) {
		return value.Value{Kind: value.String}
	}
	return value.Value{Kind: value.Int}
}

func keyType(t *rules.Table) string {
	for i := range t.Columns {
		if strings.EqualFold(t.Columns[i].Name, t.Key) {
			return t.Columns[i].Type
		}
	}
	return ""
}

func textual(typ string) bool {
	return typ == "" || strings.HasPrefix(typ, "varchar") || strings.HasPrefix(typ, "char") || strings.HasPrefix(typ, "binary") ||
		strings.HasPrefix(typ, "varbinary") || strings.Contains(typ, "text") || strings.Contains(typ, "blob")
}
