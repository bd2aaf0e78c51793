package cache

import "sync/atomic"

// Counts are what happened to the asks about one table under one class.
type Counts struct {
	Hits       atomic.Uint64 // answered from this process
	SharedHits atomic.Uint64 // answered from Redis
	Waited     atomic.Uint64 // answered by what another session was fetching
	Misses     atomic.Uint64
	Refreshes  atomic.Uint64 // fetched anew before they expired
	Stores     atomic.Uint64
	Dropped    atomic.Uint64 // replies that were too large, errors, or had warnings
	Stale      atomic.Uint64 // entries found and not used, because of a write
	Untrusted  atomic.Uint64 // asks while nothing could be trusted
	Evicted    atomic.Uint64
	Bytes      atomic.Int64
	Age        atomic.Int64 // nanoseconds since the replies that were hits had been read, added up
}

// Label names Counts.
type Label struct{ Table, Class string }

// CountsOf returns the counts of a table and class.
func (s *Store) CountsOf(l Label) *Counts {
	c, ok := s.counts.Load(l)
	if !ok {
		c, _ = s.counts.LoadOrStore(l, &Counts{})
	}
	return c.(*Counts)
}

// EachCounts visits all counts.
func (s *Store) EachCounts(visit func(Label, *Counts)) {
	s.counts.Range(func(k, v any) bool {
		visit(k.(Label), v.(*Counts))
		return true
	})
}

// EachCause visits how many marks each cause has moved.
func (s *Store) EachCause(visit func(cause string, n uint64)) {
	for c := range causes {
		visit(c.String(), s.stats.changes[c].Load())
	}
}

// Empty takes all entries out.
func (s *Store) Empty() { s.kept.InvalidateAll() }

// Size is how many entries there are, and how many bytes they take. Those that are out of
// date count until their time has ended.
func (s *Store) Size() (entries int, bytes uint64) {
	return s.kept.EstimatedSize(), s.kept.WeightedSize()
}

type stats struct {
	changes [causes]atomic.Uint64
}
