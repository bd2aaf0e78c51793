package rules

import (
	"strconv"

	"github.com/cespare/xxhash/v2"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
)

// pin puts one key value on chosen shards.
type pin struct {
	tenant string // as the configuration writes it
	path   string
	homes  []pinned // by Database.index
}

// pinned is the shard of one database; a nil shard leaves it to the slot.
type pinned struct {
	shard *Shard
	pos   conf.Pos
}

// Locate says where the rows of a table with a key value live, or would live. False
// means that the answer is not certain: MySQL may find the value equal to keys on
// other shards (a number compared with a text key, a text in another character set,
// another collation), or would store something else than the value. The caller then
// has to treat the value as unknown.
//
// The value is taken as it is compared or stored: names of character sets and
// collations are lower-case, and Charset must be set when the connection's character
// set is not utf8mb4. A value that is inserted is passed through Stored first.
//
// Locate of a table that is not sharded returns the single shard, and false for a
// reference table. It does not allocate for ordinary keys.
func (r *Rules) Locate(t *Table, v value.Value) (Location, bool) {
	switch t.Kind {
	case Single:
		return Location{Shard: t.Home, Slot: -1, Pos: t.Pos}, t.Home != nil
	case Reference:
		return Location{}, false
	}
	if l, ok := r.locateKey(t, v); ok {
		return l, true
	}
	if len(t.Database.Shards) == 1 {
		return Location{Shard: t.Database.Shards[0], Slot: -1, Pos: t.Database.Shards[0].Pos}, true
	}
	return Location{}, false
}

func (r *Rules) locateKey(t *Table, v value.Value) (Location, bool) {
	if v.Kind == value.Null {
		return Location{Shard: t.NullHome, Slot: -1, Pos: t.nullRule}, t.NullHome != nil
	}
	var buf keyBuffer
	b, ok := t.key.bytes(v, &buf)
	if !ok {
		return Location{}, false
	}
	d, slot := t.Database, slotOf(b)
	if len(r.pins) > 0 {
		if p := r.pins[string(b)]; p != nil && p.homes[d.index].shard != nil {
			home := p.homes[d.index]
			return Location{Shard: home.shard, Slot: slot, Pinned: true, Pos: home.pos}, true
		}
	}
	if int(d.Slots[slot]) >= len(d.Shards) {
		return Location{}, false // only in rules that Compile refused
	}
	return Location{Shard: d.Shards[d.Slots[slot]], Slot: slot, Pos: d.rule[slot]}, true
}

// SameKey says whether two values are one key of a sharded table: MySQL finds them
// equal in the key column. It is exact only when certain is true. NULL equals NULL
// here, because rows with either live together.
func (t *Table) SameKey(a, b value.Value) (same, certain bool) {
	if a.Kind == value.Null || b.Kind == value.Null {
		return a.Kind == b.Kind, true
	}
	var bufA, bufB keyBuffer
	x, okA := t.key.bytes(a, &bufA)
	y, okB := t.key.bytes(b, &bufB)
	return okA && okB && string(x) == string(y), okA && okB
}

// Stored is the value that a sharded table's key column holds after v was inserted,
// for the conversions that are certain: an integer becomes its digits in a text
// column, and a text is cut to what the column keeps of it, where that is not an error. Every
// other value is returned as it is, for Locate to judge.
func (t *Table) Stored(v value.Value) value.Value {
	if t.key.kind != textKey {
		return v
	}
	switch v.Kind {
	case value.Int:
		return value.Value{Kind: value.String, S: strconv.FormatInt(v.I, 10)}
	case value.Uint:
		return value.Value{Kind: value.String, S: strconv.FormatUint(v.U, 10)}
	case value.String, value.Binary:
		v.Collation = "" // a COLLATE clause does not change what is stored
		v.S = t.key.cut(v.S)
	}
	return v
}

// SlotOf is the slot of a key value of a sharded table, whatever the pins say; false
// as for Locate.
func (t *Table) SlotOf(v value.Value) (int, bool) {
	var buf keyBuffer
	b, ok := t.key.bytes(v, &buf)
	if !ok {
		return 0, false
	}
	return slotOf(b), true
}

// KeyHash is equal for values that are one key of a sharded table, in every process;
// false as for Locate.
func (t *Table) KeyHash(v value.Value) (uint64, bool) {
	var buf keyBuffer
	b, ok := t.key.bytes(v, &buf)
	if !ok || v.Kind == value.Null {
		return 0, false
	}
	return xxhash.Sum64(b), true
}
