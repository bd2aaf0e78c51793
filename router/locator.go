package router

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// DefaultLocatorSize is the number of rows a Locator remembers unless told otherwise.
const DefaultLocatorSize = 1 << 17

// Locator remembers on which shard rows were found: a bounded map from a value of a
// unique column to a shard, learned from answers. What it says is a guess, which the
// row found there proves; a wrong one costs a question and nothing else. It is safe
// for concurrent use and belongs to one Router, because it holds its tables and
// shards.
type Locator struct {
	rows   *clockMap[rowKey, *rules.Shard]
	seed   maphash.Seed
	hits   atomic.Uint64
	misses atomic.Uint64
}

type rowKey struct {
	table  *rules.Table
	column string
	kind   value.Kind
	number uint64
	text   string
}

// NewLocator returns a locator for at most about size rows; DefaultLocatorSize if
// size is 0.
func NewLocator(size int) *Locator {
	if size <= 0 {
		size = DefaultLocatorSize
	}
	return &Locator{rows: newClockMap[rowKey, *rules.Shard](size), seed: maphash.MakeSeed()}
}

func (l *Locator) key(t *rules.Table, column string, v value.Value) (rowKey, uint64) {
	k := rowKey{table: t, column: column, kind: v.Kind, number: v.U, text: v.S}
	if v.Kind == value.Int {
		k.number = uint64(v.I)
	}
	return k, maphash.String(l.seed, k.text) ^ k.number
}

// Guess returns the shard where the row was found last.
func (l *Locator) Guess(t *rules.Table, column string, v value.Value) (*rules.Shard, bool) {
	k, hash := l.key(t, column, v)
	s, ok := l.rows.get(hash, k)
	if ok {
		l.hits.Add(1)
	} else {
		l.misses.Add(1)
	}
	return s, ok
}

// Learn notes where a row was found or written. Very long values are not kept.
func (l *Locator) Learn(t *rules.Table, column string, v value.Value, s *rules.Shard) {
	if len(v.S) > 256 {
		return
	}
	v.S = strings.Clone(v.S) // it may be a part of the statement's text
	k, hash := l.key(t, column, v)
	l.rows.put(hash, k, s)
}

// Forget drops a guess that turned out wrong.
func (l *Locator) Forget(t *rules.Table, column string, v value.Value) {
	k, hash := l.key(t, column, v)
	l.rows.remove(hash, k)
}

// LocatorStats counts what a locator did.
type LocatorStats struct {
	Hits, Misses uint64
	Rows         int
}

// Stats returns the counts since the locator was made.
func (l *Locator) Stats() LocatorStats {
	return LocatorStats{Hits: l.hits.Load(), Misses: l.misses.Load(), Rows: l.rows.len()}
}
