package cache

import (
	"bytes"
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
)

// Waiter is who asks. It must not wait for anything before Off.
type Waiter interface{ Off() }

// Ask is a question whose reply may be kept.
type Ask struct {
	Key    []byte // names everything the reply depends on but the data; the store copies it
	Marks  []Mark // what it depends on of the data
	Rule   *Rule
	Count  *Counts
	Waiter Waiter // told before anything is waited for; nil: nobody
}

// Rule says how a reply is kept.
type Rule struct {
	Class string
	TTL   time.Duration
	Rows  uint64
	Bytes int
	// Stale is how long a reply may be used without asking whether other processes have
	// written; 0: not at all.
	Stale time.Duration
}

// Entry is a kept reply. It is immutable but for what says when it was last verified.
type Entry struct {
	Body    []byte // packets, numbered from First
	First   byte
	Packets int
	Found   uint64 // FOUND_ROWS() after it
	Status  uint16

	key   []byte
	local []uint64 // versions of the marks before the data was read
	there stamp    // those in Redis; nil versions: not asked
	made  time.Time
	until time.Time
	count *Counts
	late  atomic.Int64 // uses in the last part of its life

	refused bool // there is no reply: it cannot be kept, and nobody need wait for it
}

// Age is how long ago the reply was read.
func (e *Entry) Age() time.Duration { return time.Since(e.made) }

// entryCost is what an entry takes beside its key and body, about.
const entryCost = 400

func (e *Entry) weight() uint32 { return uint32(len(e.Body) + len(e.key) + entryCost) }

// Store keeps replies in this process. It is safe for concurrent use.
type Store struct {
	versions versions
	kept     *otter.Cache[uint64, *Entry]
	seed     maphash.Seed
	shared   *Shared // nil: this is the only process
	log      *slog.Logger

	mu      sync.Mutex
	flights map[uint64]*flight
	doubts  []doubt

	lost   atomic.Pointer[map[string]bool] // see Lose
	stats  stats
	counts sync.Map // countKey -> *Counts
}

// flight is a reply on its way.
type flight struct {
	key    []byte
	local  []uint64
	there  stamp
	done   chan struct{}
	entry  *Entry // once done; nil: it cannot be kept
	failed bool   // once done: it could not be fetched
}

// Options of a Store.
type Options struct {
	Size   uint64
	Shared *Shared // nil: this is the only process
}

// New makes a store of at most about so many bytes.
func New(o Options, log *slog.Logger) (*Store, error) {
	s := &Store{seed: maphash.MakeSeed(), flights: map[uint64]*flight{}, shared: o.Shared, log: log}
	var err error
	s.kept, err = otter.New(&otter.Options[uint64, *Entry]{
		MaximumWeight:    o.Size,
		Weigher:          func(_ uint64, e *Entry) uint32 { return e.weight() },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[uint64, *Entry]) time.Duration { return time.Until(e.Value.until) }),
		OnAtomicDeletion: func(e otter.DeletionEvent[uint64, *Entry]) {
			e.Value.count.Bytes.Add(-int64(e.Value.weight()))
			if e.Cause == otter.CauseOverflow {
				e.Value.count.Evicted.Add(1)
			}
		},
		Executor: func(f func()) { f() },
	})
	if s.shared != nil {
		s.shared.store = s
	}
	return s, err
}

// Find returns a reply that is kept, or waits for one that is being fetched. With
// neither it returns a Fill, which the caller must end; it is nil where there is nothing
// to be kept now. The error is that of ctx.
func (s *Store) Find(ctx context.Context, a *Ask) (*Entry, *Fill, error) {
	hash := maphash.Bytes(s.seed, a.Key)
	var room [16]uint64
	local, ok := s.versions.now(room[:0], a.Marks)
	if !ok {
		a.Count.Untrusted.Add(1)
		return nil, nil, nil
	}
	e := s.lookup(hash, a, local)
	if e != nil && e.refused {
		a.Count.Dropped.Add(1)
		return nil, nil, nil
	}
	if e != nil && (s.shared == nil || a.Rule.Stale > 0 && time.Since(e.made) <= a.Rule.Stale) {
		return s.use(hash, a, e, local, e.there)
	}
	if a.Waiter != nil {
		a.Waiter.Off()
	}
	there, value, ok := s.ask(ctx, a, e == nil)
	if !ok && a.Rule.Stale == 0 {
		a.Count.Untrusted.Add(1)
		return nil, nil, nil
	}
	if e != nil && ok {
		if e.there.equal(there) {
			return s.use(hash, a, e, local, there)
		}
		a.Count.Stale.Add(1)
	}
	e, fill, failed, err := s.join(ctx, hash, a, local, there, value)
	if failed { // not for the reply's sake: somebody else may have more luck
		e, fill, _, err = s.join(ctx, hash, a, local, there, nil)
	}
	return e, fill, err
}

// use answers with an entry. A reply that is asked for often is fetched anew before it
// expires, by one who asks, while the others still get the old one: its end must not
// make all of them wait.
func (s *Store) use(hash uint64, a *Ask, e *Entry, local []uint64, there stamp) (*Entry, *Fill, error) {
	if e.renews(a.Rule.TTL) {
		if f, fresh := s.flight(hash, a, local, there); fresh {
			a.Count.Refreshes.Add(1)
			return nil, s.fill(hash, a, f), nil
		}
	}
	a.Count.Hits.Add(1)
	a.Count.Age.Add(int64(e.Age()))
	return e, nil, nil
}

// renews reports whether the one who asks now is to fetch the reply anew: in the last
// tenth of its life the third who asks, and if that fails one in a hundred.
func (e *Entry) renews(ttl time.Duration) bool {
	return time.Until(e.until) < ttl/10 && e.late.Add(1)%100 == 3
}

// lookup returns an entry of this process that no write of this process has outdated.
func (s *Store) lookup(hash uint64, a *Ask, local []uint64) *Entry {
	e, ok := s.kept.GetIfPresent(hash)
	if !ok || !bytes.Equal(e.key, a.Key) {
		return nil
	}
	if !equal(e.local, local) {
		a.Count.Stale.Add(1)
		return nil
	}
	return e
}

// ask asks Redis for the versions of marks, and for the reply where this process has none;
// without Redis there are none.
func (s *Store) ask(ctx context.Context, a *Ask, reply bool) (there stamp, value []byte, ok bool) {
	switch {
	case s.shared == nil:
		return stamp{}, nil, true
	case reply:
		return s.shared.versions(ctx, a.Marks, a.Key)
	}
	return s.shared.versions(ctx, a.Marks, nil)
}

// join waits for the reply that somebody fetches already, or begins to fetch it. A fetch
// that began under other versions may have read what is out of date by now.
// value is what Redis has for it; nil: it was not asked.
func (s *Store) join(ctx context.Context, hash uint64, a *Ask, local []uint64, there stamp, value []byte) (e *Entry, fill *Fill, failed bool, err error) {
	f, fresh := s.flight(hash, a, local, there)
	if fresh {
		e, fill = s.begin(ctx, hash, a, f, value)
		return e, fill, false, nil
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, nil, false, ctx.Err()
	}
	if f.entry != nil {
		a.Count.Waited.Add(1)
	}
	return f.entry, nil, f.failed, nil
}

// flight returns the flight that fetches a reply under these versions. A fresh one is
// the caller's to end.
func (s *Store) flight(hash uint64, a *Ask, local []uint64, there stamp) (f *flight, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f = s.flights[hash]
	if f != nil && bytes.Equal(f.key, a.Key) && equal(f.local, local) && f.there.equal(there) {
		return f, false
	}
	f = &flight{key: bytes.Clone(a.Key), local: append([]uint64(nil), local...), there: there.clone(), done: make(chan struct{})}
	s.flights[hash] = f
	return f, true
}

func (s *Store) fill(hash uint64, a *Ask, f *flight) *Fill {
	return &Fill{store: s, hash: hash, flight: f, rule: a.Rule, count: a.Count, marks: append([]Mark(nil), a.Marks...), made: time.Now()}
}

// landed returns an entry that has come since it was looked for: the flight that brought it
// may have ended just before this one began.
func (s *Store) landed(hash uint64, a *Ask, f *flight) *Entry {
	e, ok := s.kept.GetIfPresent(hash)
	if !ok || e.refused || !bytes.Equal(e.key, a.Key) || !equal(e.local, f.local) || !e.there.equal(f.there) {
		return nil
	}
	return e
}

// begin looks for the reply in Redis, waits if another process is fetching it, and
// otherwise leaves it to the caller to fetch.
func (s *Store) begin(ctx context.Context, hash uint64, a *Ask, f *flight, value []byte) (*Entry, *Fill) {
	fill := s.fill(hash, a, f)
	if e := s.landed(hash, a, f); e != nil {
		a.Count.Hits.Add(1) // it has been fetched since the one who asks looked for it
		fill.land(e)
		return e, nil
	}
	if s.shared != nil && f.there.known() {
		e, leased := usable(value, a.Key, f.there), false
		if e == nil {
			e, leased = s.shared.find(ctx, a.Key, f.there, value != nil)
		}
		if e != nil {
			e.key, e.local, e.there, e.count = f.key, f.local, f.there, a.Count
			a.Count.SharedHits.Add(1)
			a.Count.Age.Add(int64(e.Age()))
			fill.land(e)
			return e, nil
		}
		fill.leased = leased
		fill.made = time.Now()
	}
	a.Count.Misses.Add(1)
	return nil, fill
}

// Fill is a reply that its owner fetches for all who ask for it. It is used by one
// goroutine, which ends it with Keep, Refuse or Fail.
type Fill struct {
	store  *Store
	hash   uint64
	flight *flight
	rule   *Rule
	count  *Counts
	marks  []Mark
	made   time.Time
	leased bool // other processes wait for it
	ended  bool
}

// Limits are the most bytes and rows that will be kept.
func (f *Fill) Limits() (bytes int, rows uint64) { return f.rule.Bytes, f.rule.Rows }

// Keep ends the fill with a reply, which must not be changed any more.
func (f *Fill) Keep(e *Entry) {
	if f.ended {
		return
	}
	e.key, e.local, e.there, e.count = f.flight.key, f.flight.local, f.flight.there, f.count
	e.made, e.until = f.made, f.made.Add(f.rule.TTL)
	f.count.Stores.Add(1)
	shared := f.store.shared != nil && e.there.known()
	if shared {
		shared = f.store.shared.put(put{entry: e, key: e.key, there: e.there, leased: f.leased})
	}
	f.leased = f.leased && !shared // given back once Redis has the reply
	f.land(e)
}

// land stores an entry and gives it to those who wait for it.
func (f *Fill) land(e *Entry) {
	if f.store.versions.are(f.marks, e.local) {
		e.count.Bytes.Add(int64(e.weight()))
		f.store.kept.Set(f.hash, e)
	}
	f.end(e)
}

// refusedTime is for how long nobody waits for a reply that could not be kept.
const refusedTime = 5 * time.Second

// Refuse ends the fill of a reply that cannot be kept. It does nothing after Keep.
func (f *Fill) Refuse() {
	if f.ended {
		return
	}
	f.count.Dropped.Add(1)
	e := &Entry{key: f.flight.key, local: f.flight.local, there: f.flight.there, made: f.made, until: f.made.Add(refusedTime), count: f.count, refused: true}
	f.count.Bytes.Add(int64(e.weight()))
	f.store.kept.Set(f.hash, e)
	f.end(nil)
}

// Fail ends the fill of a reply that could not be fetched. It does nothing after Keep or
// Refuse.
func (f *Fill) Fail() {
	if !f.ended {
		f.flight.failed = true
		f.end(nil)
	}
}

func (f *Fill) end(e *Entry) {
	f.ended = true
	if f.leased {
		f.store.shared.put(put{key: f.flight.key, there: f.flight.there, leased: true})
	}
	f.flight.entry = e
	f.store.mu.Lock()
	if f.store.flights[f.hash] == f.flight {
		delete(f.store.flights, f.hash)
	}
	f.store.mu.Unlock()
	close(f.flight.done)
}

func equal(a, b []uint64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
