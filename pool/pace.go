package pool

import (
	"slices"
	"sync/atomic"
	"time"
)

// A replica may answer probes at once and reads late: its disk or its cache is not what
// it was, and a probe needs neither. How long reads take says nothing by itself, because
// some take long on any server. But reads are drawn for the replicas of a group as if by
// lot, so that all have the same mix of them: where most are late on one replica while they
// are not on another, the server is the reason.

// pace counts the reads that a server answers as a replica.
type pace struct {
	under atomic.Int64 // under way
	done  atomic.Int64 // answered, all together
	late  atomic.Int64 // of these, later than Probing.Slow
	limit atomic.Int64 // Probing.Slow; 0: none is late
}

const (
	paceKeeps = 0.9 // of what was counted before, at each probe: it is forgotten in a few seconds
	paceReads = 8   // fewer say nothing
	mostLate  = 0.5 // from this share of late reads on a server is slow
	fewLate   = 0.2 // up to this share it is quick
)

// paced is what of the reads of the last seconds a probe has counted.
type paced struct {
	reads, late            float64
	under, done, lateReads int64 // the counters, then
}

func (p *paced) enough() bool { return p.reads >= paceReads }
func (p *paced) slow() bool   { return p.enough() && p.late >= mostLate*p.reads }
func (p *paced) quick() bool  { return p.enough() && p.late <= fewLate*p.reads }

// count brings it up to date. Reads that were under way at the last probe and still are
// count as late ones.
func (p *paced) count(of *pace) {
	under, done, late := of.under.Load(), of.done.Load(), of.late.Load()
	stuck := float64(max(0, min(under, p.under)-(done-p.done)))
	p.reads = paceKeeps*p.reads + float64(done-p.done) + stuck
	p.late = paceKeeps*p.late + float64(late-p.lateReads) + stuck
	p.under, p.done, p.lateReads = under, done, late
}

// Asked notes that a read has been sent to the server as a replica. Each ends with Served
// or Unserved.
func (s *Server) Asked() { s.pace.under.Add(1) }

// Unserved notes that the answer to a read did not come.
func (s *Server) Unserved() { s.pace.under.Add(-1) }

// Answered notes that the server has answered a read of which it does not count how long
// it took.
func (s *Server) Answered() { s.breaker.answered() }

// Served notes that the server has begun to answer a read, after a time.
func (s *Server) Served(took time.Duration) {
	late := false
	if limit := s.pace.limit.Load(); limit > 0 && int64(took) > limit {
		late = true
		s.pace.late.Add(1)
	}
	s.pace.done.Add(1)
	s.pace.under.Add(-1)
	s.breaker.served(late, time.Now())
}

// judgeReads keeps reads from a replica on which they are late while they are not on
// another. One read after each pause tries whether it is quick again.
func (g *Group) judgeReads(s *Server, st *State) {
	st.reads.count(&s.pace)
	if st.Role != RoleReplica {
		return
	}
	others := func(f func(*paced) bool) bool {
		return slices.ContainsFunc(g.servers, func(o *Server) bool {
			of := o.State()
			return o != s && of.Up && of.Role == RoleReplica && o.opts.Report == s.opts.Report && !o.Ejected() && f(&of.reads)
		})
	}
	switch slow := s.breaker.isSlow(); {
	case !slow && st.reads.slow() && others((*paced).quick):
		s.breaker.eject(time.Now())
		defer func() { st.reads.reads, st.reads.late = 0, 0 }() // it is judged anew when it is back
		g.log.Warn("reads are late on a replica, and not on another: it gets none for a while", "group", g.Name, "server", s.Addr, "reads", int(st.reads.reads), "late", int(st.reads.late))
	case slow && others((*paced).slow):
		s.breaker.pardon() // it is not the server
	}
}
