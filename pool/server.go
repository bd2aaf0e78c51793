package pool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/pool/loop"
)

// Errors of Lease.
var (
	// ErrExhausted: all connections are lent and none came back in time.
	ErrExhausted = errors.New("no free backend connection")
	// ErrClosed: the server's pool has been closed.
	ErrClosed = errors.New("pool is closed")
)

// DownError says that a server could not be reached or would not let us in.
type DownError struct {
	Server string
	Err    error
}

func (e *DownError) Error() string { return fmt.Sprintf("server %s: %v", e.Server, e.Err) }
func (e *DownError) Unwrap() error { return e.Err }

// Server is one mysqld and the connections to it. It is safe for concurrent use.
type Server struct {
	Addr  string
	Group string
	opts  Options
	log   *slog.Logger

	mu      sync.Mutex
	idle    []*Conn // most recently used last
	open    int     // lent, idle and being dialled
	dialing int
	lines   map[string]*line // by schema
	waiting int              // in all lines
	closed  bool
	expired uint64         // how often Expire was called
	all     map[*Conn]bool // every connection that is open
	base    Baseline
	lastErr error // of the last dial; nil after a good one
	lost    int64 // Ticks when a connection was last dropped in doubt: a server that stops takes many with it
	stats   Stats

	control chan struct{} // holds one for each KILL that is under way
	state   atomic.Pointer[State]
	reach   atomic.Pointer[reach]
	breaker breaker
	pace    pace
	late    atomic.Int64 // until when nobody waits for it to catch up, in Unix nanoseconds
	stop    chan struct{}
	done    chan struct{}
}

// Options of a Server. Times that are 0 take the defaults of conf.
type Options struct {
	Dialer
	Min, Max int           // connections kept open at least, and open at most
	Wait     time.Duration // how long a statement waits for a connection
	Queue    int           // how many may wait; 0: any number
	Share    int           // how many connections the statements of one schema may hold; 0: all
	Idle     time.Duration // an idle connection is closed after this, unless Min holds it
	Lifetime time.Duration // a connection is not lent again after this
	MaxStmts int           // prepared statements per connection
	Weight   int           // of a replica: its share of the reads
	Zone     string        // of a replica
	Report   bool          // a replica for reports only
	Track    bool          // connections report the transactions they commit
}

// maxDials bounds the connections to one server that are being made at a time. A login
// costs the server far more than most statements: in a burst of thousands at once none
// would end in time, while in turn each takes a moment.
const maxDials = 16

// maxKills bounds the connections to one server on which statements are being killed.
const maxKills = 4

// Stats is a snapshot of a server's pool.
type Stats struct {
	Open, Idle, Lent, Waiting int
	Dials, DialErrors         uint64
	Waits, Timeouts, Shed     uint64            // Shed: too many waited already
	Closed                    map[string]uint64 // closed connections by reason
	Err                       error             // of the last dial
}

// NewServer makes the pool and starts its upkeep, which Close ends.
func NewServer(group, addr string, o Options, log *slog.Logger) *Server {
	if o.Share == 0 {
		o.Share = o.Max
	}
	if o.Queue == 0 {
		o.Queue = math.MaxInt
	}
	s := &Server{Addr: addr, Group: group, opts: o, log: log, control: make(chan struct{}, maxKills), lines: map[string]*line{}, stop: make(chan struct{}), done: make(chan struct{})}
	s.stats.Closed = make(map[string]uint64)
	go s.upkeep()
	return s
}

// Baseline returns what is known of a fresh connection; Known is false until one was
// made.
func (s *Server) Baseline() Baseline {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// Stats returns the pool's numbers now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Open, st.Idle, st.Waiting = s.open, len(s.idle), s.waiting
	st.Lent = st.Open - st.Idle
	st.Err = s.lastErr
	st.Closed = make(map[string]uint64, len(s.stats.Closed))
	for k, v := range s.stats.Closed {
		st.Closed[k] = v
	}
	return st
}

// Lease lends a connection, preferably one that needs no adaption to w. It waits in line
// for a connection, or for its turn to dial, at most Options.Wait, or until ctx ends. The
// caller must Release it.
func (s *Server) Lease(ctx context.Context, w *Want) (*Conn, error) {
	for {
		c, err := s.lease(ctx, w)
		if err != nil || !w.Clean || c.clean {
			return c, err
		}
		w.Task.Off()
		switch {
		case !s.Baseline().Resets:
			c.Doubt("used before")
		case c.reset(s.opts.Timeout) == nil:
			return c, nil
		default:
			c.Doubt("reset failed")
		}
		s.put(c)
	}
}

func (s *Server) lease(ctx context.Context, w *Want) (*Conn, error) {
	for {
		c, dial, wt, err := s.take(w)
		switch {
		case err != nil:
			return nil, err
		case c != nil:
			if (c.suspect || w.Task.Ticks()-c.used > int64(200*time.Millisecond)) && !c.alive() {
				c.Doubt("closed by server")
				s.put(c)
				continue
			}
			if !w.Task.OnLoop() {
				c.sock.Unwatch() // goroutines will wait for it
			}
			return c, nil
		case dial:
			w.Task.Off()
			return s.dialFor(ctx, w)
		}
		w.Task.Off()
		c, err = s.wait(ctx, wt)
		if err != nil {
			return nil, err
		}
		if c == nil {
			return s.dialFor(ctx, w)
		}
		return c, nil
	}
}

// take finds an idle connection, or a place to dial, or a place in the queue.
func (s *Server) take(w *Want) (c *Conn, dial bool, wt *waiter, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, false, nil, ErrClosed
	}
	ln := s.lineOf(w.Schema)
	best := -1
	if (!w.Clean || s.base.Resets) && !s.full(ln) {
		best = s.pick(w)
	}
	if best >= 0 {
		c = s.idle[best]
		if best < len(s.idle)-1 {
			copy(s.idle[best:], s.idle[best+1:])
		}
		s.idle[len(s.idle)-1] = nil
		s.idle = s.idle[:len(s.idle)-1]
		c.suspect = c.used < s.lost
		c.line = ln
		ln.lent++
		return c, false, nil, nil
	}
	if !s.full(ln) && s.place() {
		ln.lent++
		return nil, true, nil, nil
	}
	if wt = s.enqueue(ln, w); wt == nil {
		return nil, false, nil, fmt.Errorf("%w: %d statements wait for one to %s already", ErrExhausted, s.waiting, s.Addr)
	}
	return nil, false, wt, nil
}

// lookedFurther is how many idle connections are looked at for one that also suits, once
// one is found that has the right settings.
const lookedFurther = 8

// pick finds the idle connection that has to be changed least for w, the most recently
// used of several; -1: there is none. s.mu is held.
func (s *Server) pick(w *Want) int {
	const usable, adapted = 1, 2
	best, rank, left := -1, 0, lookedFurther
	for i := len(s.idle) - 1; i >= 0 && left > 0; i-- {
		c, r := s.idle[i], 0
		switch {
		case c.FoundRows != w.FoundRows:
		case !c.matches(w):
			r = usable
		case !w.Task.Suits(c.sock):
			r = adapted
		default:
			return i
		}
		if r > rank {
			best, rank = i, r
		}
		if rank == adapted {
			left--
		}
	}
	return best
}

// place takes the place of one more connection that its caller will dial, if there is
// one now. An idle connection makes room: it is of the other FOUND_ROWS kind or not fresh
// enough, or somebody would have it. s.mu is held.
func (s *Server) place() bool {
	if s.dialing >= s.dialLimit() || (s.open >= s.opts.Max && len(s.idle) == 0) {
		return false
	}
	if s.open >= s.opts.Max {
		old := s.idle[0]
		s.idle = s.idle[1:]
		old.Doubt("made room")
		s.drop(old)
	}
	s.open++
	s.dialing++
	return true
}

// dialLimit is how many may dial now. The first one learns what the others need. s.mu is
// held.
func (s *Server) dialLimit() int {
	if !s.base.Known {
		return 1
	}
	return maxDials
}

func (s *Server) wait(ctx context.Context, wt *waiter) (*Conn, error) {
	t := time.NewTimer(s.opts.Wait)
	defer t.Stop()
	select {
	case c := <-wt.got:
		return c, nil
	case <-t.C:
	case <-ctx.Done():
	case <-s.stop:
	}
	s.mu.Lock()
	if s.leave(wt) {
		s.stats.Timeouts++
		err := s.waited(ctx, wt.line)
		s.mu.Unlock()
		return nil, err
	}
	s.mu.Unlock()
	return <-wt.got, nil // it was handed over at the same moment
}

// waited says why a wait was in vain. s.mu is held.
func (s *Server) waited(ctx context.Context, ln *line) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case s.closed:
		return ErrClosed
	case s.open < s.opts.Max && s.lastErr != nil:
		return &DownError{Server: s.Addr, Err: s.lastErr}
	case s.full(ln):
		return fmt.Errorf("%w: the statements of this shard hold %d of at most %d to %s and none became free within %v", ErrExhausted, ln.lent, s.opts.Max, s.Addr, s.opts.Wait)
	}
	return fmt.Errorf("%w: %d of at most %d to %s are open and none became free within %v", ErrExhausted, s.open-s.dialing, s.opts.Max, s.Addr, s.opts.Wait)
}

func (s *Server) dialFor(ctx context.Context, w *Want) (*Conn, error) {
	s.mu.Lock()
	expired := s.expired
	s.mu.Unlock()
	c, err := s.connect(ctx, w.FoundRows)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.passPlaces()
	ln := s.lineOf(w.Schema)
	s.dialing--
	s.stats.Dials++
	s.lastErr = err
	if err != nil {
		s.stats.DialErrors++
		s.open--
		ln.giveBack()
		return nil, &DownError{Server: s.Addr, Err: err}
	}
	c.server, c.line, c.expires = s, ln, expired
	if s.all == nil {
		s.all = make(map[*Conn]bool)
	}
	s.all[c] = true
	if s.closed {
		c.Doubt("pool closed")
		s.drop(c)
		return nil, ErrClosed
	}
	return c, nil
}

// passPlaces lets those who wait longest dial, as many as there are places. s.mu is held.
func (s *Server) passPlaces() {
	for {
		ln := s.nextLine()
		if ln == nil || !s.place() {
			return
		}
		s.serve(ln.waiters[0], nil)
	}
}

// Release gives the connection back. It is kept unless it is in doubt or too old.
func (c *Conn) Release() { c.server.put(c) }

func (s *Server) put(c *Conn) {
	now := c.sock.Ticks()
	if s.opts.Lifetime > 0 && now-c.born > int64(s.opts.Lifetime) {
		c.Doubt("lifetime")
	}
	if len(c.Buffered()) > 0 {
		c.Doubt("unread data")
	}
	c.sock.Release()
	c.used, c.Replica, c.wrote, c.clean = now, false, nil, false
	c.Shrink()
	s.mu.Lock()
	defer s.mu.Unlock()
	c.line.giveBack()
	c.line = nil
	switch {
	case s.closed:
		c.Doubt("pool closed")
	case c.expires != s.expired:
		c.Doubt("role changed")
	}
	if c.Doubtful() != "" {
		s.lost = now
		s.drop(c)
		s.passPlaces()
		return
	}
	if ln := s.nextLine(); ln != nil {
		wt := ln.waiters[0]
		if wt.want.FoundRows != c.FoundRows && s.dialing >= s.dialLimit() { // else it dials in its place
			wt = s.nextLike(c.FoundRows)
		}
		if wt != nil && wt.want.FoundRows == c.FoundRows {
			s.serve(wt, c)
			return
		}
	}
	s.idle = append(s.idle, c)
	s.passPlaces()
}

// drop closes a connection. s.mu is held.
func (s *Server) drop(c *Conn) {
	s.open--
	delete(s.all, c)
	s.stats.Closed[c.Doubtful()]++
	_ = c.Close()
}

// Close closes the idle connections and ends the upkeep; connections that are lent
// are closed when they are released.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	idle := s.idle
	s.idle = nil
	for _, c := range idle {
		c.Doubt("pool closed")
		s.drop(c)
	}
	s.mu.Unlock()
	close(s.stop)
	<-s.done
}

// Expire closes every idle connection, and the lent ones when they are released: used
// when the server's role has changed.
func (s *Server) Expire(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expired++
	for _, c := range s.idle {
		c.Doubt(reason)
		s.drop(c)
	}
	s.idle = s.idle[:0]
}

// Break ends what all connections wait for: the server has died without a word.
func (s *Server) Break(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.all {
		c.Interrupt(reason)
	}
}

// upkeep closes idle connections and keeps Min of them open.
func (s *Server) upkeep() {
	defer close(s.done)
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
		}
		s.prune(loop.Ticks())
		if s.needsMore() {
			s.warm()
		}
	}
}

func (s *Server) prune(now int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.idle[:0]
	for _, c := range s.idle {
		switch {
		case s.opts.Lifetime > 0 && now-c.born > int64(s.opts.Lifetime):
			c.Doubt("lifetime")
		case s.opts.Idle > 0 && now-c.used > int64(s.opts.Idle) && s.open > s.opts.Min:
			c.Doubt("idle")
		}
		if c.Doubtful() != "" {
			s.drop(c)
			continue
		}
		kept = append(kept, c)
	}
	clear(s.idle[len(kept):])
	s.idle = kept
}

func (s *Server) needsMore() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.open >= s.opts.Min || !s.place() {
		return false
	}
	s.lineOf("").lent++
	return true
}

// warm opens one connection for the idle list.
func (s *Server) warm() {
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.Timeout)
	defer cancel()
	if c, err := s.dialFor(ctx, &Want{}); err == nil {
		c.Release()
	}
}
