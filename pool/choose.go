package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Demand says which replicas may answer a read.
type Demand struct {
	Own    GTIDs         // must have been executed; nil: nothing
	Lag    time.Duration // they may be behind, counted from now; 0: any
	Wait   time.Duration // for a replica that has not yet executed Own
	Zone   string        // replicas in it come first
	Report bool          // those for reports, instead of the others
	Slow   bool          // rather a slow one than none
	Tried  []*Server     // not these again
}

// NoReplica says why no replica can answer a read.
type NoReplica uint8

// The reasons, from the most to the least telling.
const (
	NoneConfigured NoReplica = iota // the group has none, or none of the role
	AllDown                         // none answers
	AllTried                        // those that answer have just failed
	AllSlow                         // those that answer do so much later than the fastest server
	AllBehind                       // none is known to be as new as the read demands
	NotInTime                       // the replica did not catch up in time
	NotAlike                        // the replica's session variables begin with other values than the primary's
)

func (r NoReplica) String() string {
	return [...]string{"no replicas", "all replicas down", "replica failed", "replicas slow", "replicas behind", "not caught up in time", "other settings"}[r]
}

func (r NoReplica) Error() string { return "no replica can answer: " + r.String() }

// Choose picks the replica for a read: of those that meet the demand, or else can be
// waited for, those that are not slow, of these those in the zone, and of two drawn by
// weight the one with less to do.
// wait is true if it must be asked to catch up first. The error is a NoReplica.
func (g *Group) Choose(d *Demand, now time.Time) (s *Server, wait bool, err error) {
	var ready, waiting, slow []*Server
	why := NoneConfigured
	for _, s := range g.Replicas() {
		if s.opts.Report != d.Report || s.opts.Weight <= 0 {
			continue
		}
		switch st := s.State(); {
		case slices.Contains(d.Tried, s):
			why = max(why, AllTried)
		case !st.Up || st.Role != RoleReplica || !s.breaker.closed(now) && !s.breaker.isSlow():
			why = max(why, AllDown)
		case d.Lag > 0 && (!st.LagKnown || st.Lag+now.Sub(st.Seen) > d.Lag):
			why = max(why, AllBehind)
		case st.Slow || !s.breaker.closed(now):
			why = max(why, AllSlow)
			slow = append(slow, s)
		case len(d.Own) == 0 || s.executed().Contains(d.Own):
			ready = append(ready, s)
		case now.UnixNano() < s.late.Load():
			why = max(why, AllBehind)
		default:
			waiting = append(waiting, s)
		}
	}
	switch {
	case len(ready) > 0:
		return draw(near(ready, d.Zone)), false, nil
	case len(waiting) > 0 && d.Wait > 0:
		return draw(near(waiting, d.Zone)), true, nil
	case len(waiting) > 0:
		why = AllBehind
	case len(slow) > 0 && d.Slow:
		s := draw(near(slow, d.Zone))
		return s, len(d.Own) > 0 && !s.executed().Contains(d.Own), nil
	}
	return nil, false, why
}

// near keeps the servers of a zone, if there are some.
func near(list []*Server, zone string) []*Server {
	if zone == "" {
		return list
	}
	var in []*Server
	for _, s := range list {
		if s.opts.Zone == zone {
			in = append(in, s)
		}
	}
	if len(in) > 0 {
		return in
	}
	return list
}

// draw draws two servers by their weights and takes the one that has less to do.
func draw(list []*Server) *Server {
	a := byWeight(list, nil)
	if len(list) == 1 {
		return a
	}
	b := byWeight(list, a)
	if b.lent()*a.opts.Weight < a.lent()*b.opts.Weight {
		return b
	}
	return a
}

// byWeight draws one server that is not the given one.
func byWeight(list []*Server, not *Server) *Server {
	total := 0
	for _, s := range list {
		if s != not {
			total += s.opts.Weight
		}
	}
	n := rand.IntN(total)
	for _, s := range list {
		if s == not {
			continue
		}
		if n -= s.opts.Weight; n < 0 {
			return s
		}
	}
	return list[0] // not reached: the weights add up to total
}

// lent is how many connections are in use.
func (s *Server) lent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open - len(s.idle)
}

// LeaseRead lends a connection to the replica that Choose picks. wait is true if the
// replica must be asked to catch up first (Conn.CatchUp). The error is a NoReplica, or
// that of ctx; the caller then goes to the primary.
func (g *Group) LeaseRead(ctx context.Context, w *Want, d *Demand) (c *Conn, wait bool, err error) {
	for {
		s, wait, err := g.Choose(d, time.Now())
		if err != nil {
			return nil, false, err
		}
		if s.breaker.try(time.Now()) {
			c, err = s.Lease(ctx, w)
			switch {
			case err == nil && g.alike(s):
				c.Replica = true
				return c, wait, nil
			case err == nil:
				c.Release()
				return nil, false, NotAlike
			case ctx.Err() != nil:
				return nil, false, err
			case !errors.Is(err, ErrClosed):
				s.Failed(time.Now())
			}
		}
		d.Tried = append(d.Tried, s)
	}
}

// alike reports whether a fresh connection to the server looks like one to the primary:
// otherwise the same statement could mean different things.
func (g *Group) alike(s *Server) bool {
	a, b := g.Primary().Baseline(), s.Baseline()
	return !a.Known || a.Meaning == b.Meaning
}

// seconds writes a duration as SQL has it.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// CatchUp waits until the replica has executed a set of transactions, which it reports.
// After an error the connection may be in doubt.
func (c *Conn) CatchUp(own GTIDs, wait time.Duration) (bool, error) {
	_ = c.Net().SetDeadline(time.Now().Add(wait + time.Second))
	defer func() { _ = c.Net().SetDeadline(time.Time{}) }()
	rows, err := c.QueryAll("SELECT WAIT_FOR_EXECUTED_GTID_SET('" + own.String() + "'," + seconds(wait) + ")")
	if err != nil {
		return false, err
	}
	if len(rows) != 1 || len(rows[0]) != 1 || string(rows[0][0]) != "0" {
		c.server.late.Store(time.Now().Add(lateFor).UnixNano())
		return false, nil
	}
	c.server.reached(own)
	return true, nil
}

// lateFor is how long nobody waits for a replica after a wait for it was in vain: a probe
// will tell when it has caught up.
const lateFor = 500 * time.Millisecond

// reach is what a server is known to have executed.
type reach struct {
	text string // of the probe
	set  GTIDs
}

// executed is what the server has executed as far as is known: by the last probe, and by
// waits since then.
func (s *Server) executed() GTIDs {
	text := s.State().Executed
	r := s.reach.Load()
	if r != nil && r.text == text {
		return r.set
	}
	set, err := ParseGTIDs(text)
	if err != nil {
		set = nil // nothing is known
	}
	s.reach.CompareAndSwap(r, &reach{text, set})
	return set
}

// reached notes what a wait has found executed. The next probe says it again.
func (s *Server) reached(own GTIDs) {
	set := s.executed()
	if r := s.reach.Load(); r != nil {
		s.reach.CompareAndSwap(r, &reach{r.text, set.Union(own)})
	}
}

// Failed notes that the server could not be reached, or was lost: after a few times
// reads leave it alone for a while.
func (s *Server) Failed(now time.Time) { s.breaker.failed(now) }

// Ejected reports whether reads leave the server alone because it failed, or answers them
// late.
func (s *Server) Ejected() bool { return !s.breaker.closed(time.Now()) }

// breaker keeps reads from a server that fails. After a pause, which doubles while it
// goes on failing, one read tries.
type breaker struct {
	mu    sync.Mutex
	fails int
	slow  bool      // it answers, but late
	trial bool      // a read tries whether it still does
	quick int       // such reads in a row that were not late
	until time.Time // no read before it
}

const (
	breakerFails = 2
	breakerPause = 500 * time.Millisecond
	breakerLong  = 30 * time.Second
)

// closed reports whether a read may be sent to the server, were it only to try.
func (b *breaker) closed(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fails < breakerFails || !now.Before(b.until)
}

// try is closed for one that goes on to send: while a server is being tried, others are
// turned away.
func (b *breaker) try(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails < breakerFails {
		return true
	}
	if now.Before(b.until) {
		return b.slow // it was chosen because there is no other
	}
	if b.slow && b.trial {
		b.fails++ // the last one has no answer yet
	}
	b.until, b.trial = now.Add(b.pause()), true
	return true
}

func (b *breaker) failed(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails++
	b.slow, b.trial = false, false
	b.until = now.Add(b.pause())
}

// eject keeps reads from a server that answers late.
func (b *breaker) eject(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails, b.slow, b.trial, b.quick = breakerFails, true, false, 0
	b.until = now.Add(b.pause())
}

// isSlow reports whether reads leave the server alone because it answers late.
func (b *breaker) isSlow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.slow
}

func (b *breaker) pardon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fails, b.slow = 0, false
}

// pause doubles with every failure. b.mu is held.
func (b *breaker) pause() time.Duration {
	return min(breakerLong, breakerPause<<min(max(0, b.fails-breakerFails), 10))
}

// answered notes an answer that says nothing of how quick the server is.
func (b *breaker) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.slow {
		b.fails = 0
	}
}

// quickTrials is how many reads in a row make a server that answered late an ordinary one.
const quickTrials = 3

// served notes an answer. Of a slow server only the reads count that try it.
func (b *breaker) served(late bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.slow && !b.trial:
	case b.slow && late:
		b.fails++
		b.trial, b.quick, b.until = false, 0, now.Add(b.pause())
	case b.slow && b.quick+1 < quickTrials:
		b.trial, b.until = false, now
		b.quick++
	default:
		b.fails, b.slow, b.trial = 0, false, false
	}
}
