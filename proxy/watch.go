package proxy

import (
	"context"
	"runtime"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/router/plan"
)

// watchEvery is how often the watch looks at the sessions: the precision of time
// limits, and how long a statement may run on for a client that has gone.
const watchEvery = 100 * time.Millisecond

// sleepsAfter is for how long a client must be idle until its stack is given up.
const sleepsAfter = 2 * time.Second

// tiredMany is how many clients that have given up their stacks are worth a collection: until
// then their stacks stay the process's, and where nothing is allocated none comes for minutes.
const tiredMany = 1000

// collectsEach is how far apart such collections are at least.
const collectsEach = 10 * time.Second

// watch is one goroutine for all sessions. It does what would otherwise need timers
// on the path of every statement: it ends statements over their time limit or whose
// client has gone, clients that do not read, and clients that are idle too long. It looks
// after the event loops, too.
func (srv *Server) watch() {
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	var list []*session
	var collected time.Time
	for tired := 0; ; {
		select {
		case <-srv.ctx.Done():
			return
		case now := <-t.C:
			srv.loops.Look()
			if tired >= tiredMany && now.Sub(collected) >= collectsEach { // who was told so before now has had time for it
				tired, collected = 0, now
				srv.soon(func(context.Context) { runtime.GC() })
			}
			list = srv.appendAll(list[:0])
			limits, ticks := &srv.snap.Load().conf.Limits, loop.Ticks()
			for _, s := range list {
				if srv.look(s, limits, now, ticks) {
					tired++
				}
			}
			clear(list)
		}
	}
}

// look does it for one session. It reports whether the session's client falls asleep.
func (srv *Server) look(s *session, limits *conf.Limits, now time.Time, ticks int64) (tires bool) {
	if since := s.writing.Load(); since != 0 && ticks-since > int64(limits.WriteStall) {
		srv.endSoon(s, errStalled, true)
		return false
	}
	if since := s.busy.Load(); since != 0 {
		took := time.Duration(ticks - since)
		if took < watchEvery {
			return false
		}
		s.mu.Lock()
		limit, ended := s.limit, s.ended != nil
		again := ended && s.running != nil && now.Sub(s.killed) > killAgain
		if again {
			s.killed = now
		}
		if stalled(s.running, now) {
			s.running.Interrupt("replica does not answer")
		}
		s.mu.Unlock()
		if limit == 0 {
			limit = limits.StatementTime
		}
		switch {
		case again:
			srv.soon(s.endAgain)
		case ended:
		case !s.endures.Load() && pool.Closed(s.conn.Net()):
			srv.endSoon(s, errGone, true)
		case limit > 0 && took > limit:
			srv.endSoon(s, errTimeLimit, false)
		}
		return false
	}
	since := s.idle.Load()
	if since == 0 {
		return false
	}
	switch idle := time.Duration(ticks - since); {
	case idle > s.idleLimit(limits.IdleClient):
		srv.endSoon(s, errIdle, true)
	case idle > sleepsAfter && s.awake.CompareAndSwap(true, false):
		s.task.Tire()
		return true
	}
	return false
}

// lasts reports whether a statement has effects that stay by themselves. One server, which
// notices only when it answers that a client has gone, carries such a statement out to its
// end; others have no effect, or are undone with their transaction.
func (s *session) lasts(n plan.Node) bool {
	p, ok := n.(*plan.Relay)
	if !ok {
		_, ok = n.(*plan.Everywhere)
		return ok
	}
	switch p.Class {
	case plan.Read, plan.Lock:
		return false
	case plan.Write:
		return !s.txn.open() && s.autocommit()
	}
	return true
}

// endSoon ends a statement or session without holding up the watch.
func (srv *Server) endSoon(s *session, why error, all bool) {
	srv.soon(func(ctx context.Context) { s.end(ctx, why, all) })
}

// soon does something that has to ask a server, without holding up the watch.
func (srv *Server) soon(do func(context.Context)) {
	srv.wg.Go(func() {
		ctx, cancel := context.WithTimeout(srv.ctx, 5*time.Second)
		defer cancel()
		do(ctx)
	})
}

// idleLimit is how long the client may be idle: what it set as its wait_timeout, or
// what the rules say.
func (s *session) idleLimit(rule time.Duration) time.Duration {
	if v := s.waitTimeout.Load(); v > 0 {
		return time.Duration(v) * time.Second
	}
	return rule
}
