package proxy

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
	"golang.org/x/sync/errgroup"
)

// locate asks the shards which of them has the rows that a statement names by a key,
// and returns that one; nil if none has them. A remembered place is asked
// first, and believed only if the rows are found there.
func (s *session) locate(l *plan.Locate) (*rules.Shard, error) {
	s.task.Off()
	guess := s.remembered(l)
	if guess == nil && l.Proof > 0 {
		var err error
		if guess, err = s.claimedBy(l); err != nil {
			return nil, err
		}
	}
	if guess == nil {
		guess = s.likely(l)
	}
	if guess != nil && l.Proof > 0 {
		n, err := s.probe(s, l, guess)
		if err != nil {
			return nil, err
		}
		if n >= l.Proof {
			s.srv.metrics.located("hit")
			return guess, nil
		}
	}
	found, err := s.probeAll(l)
	switch {
	case err != nil:
		return nil, err
	case len(found) > 1:
		return nil, l.Spread(found)
	case len(found) == 0:
		s.srv.metrics.located("absent")
		return nil, nil
	}
	s.srv.metrics.located("miss")
	if key, single := l.Single(); single {
		s.snap.rows.Learn(l.Table, l.Columns[0], key, found[0])
	}
	return found[0], nil
}

// remembered is where the row was found last, or where the statement puts it; nil if
// neither is known.
func (s *session) remembered(l *plan.Locate) *rules.Shard {
	if key, single := l.Single(); single {
		if shard, ok := s.snap.rows.Guess(l.Table, l.Columns[0], key); ok {
			return shard
		}
	}
	return l.Guess
}

// likely is where the rows are if they are the session's own; nil if it has none.
func (s *session) likely(l *plan.Locate) *rules.Shard {
	if s.tenant == "" {
		return nil
	}
	if loc, ok := s.snap.rules.Locate(l.Table, s.Tenant()); ok && slices.Contains(l.Candidates, loc.Shard) {
		return loc.Shard
	}
	return nil
}

// forget drops what is remembered of a row that was not there any more.
func (s *session) forget(l *plan.Locate) {
	if key, single := l.Single(); single {
		s.snap.rows.Forget(l.Table, l.Columns[0], key)
	}
}

// errAbsent says that a statement has run where its row was last, and that the answer does
// not show that the row still is there. The statement has changed nothing, and its client
// has seen nothing of it.
var errAbsent = errors.New("the row is not where it was")

// aim is bind for a caller that runs the statement at once. Where a plan proves by its own
// answer that the row is there, the place remembered is not asked before. The caller must
// do with bind what has failed with errAbsent.
func (s *session) aim(p *plan.Relay, text []byte) (*call, error) {
	if !p.Proves || s.txn.begin != "" || !s.autocommit() && s.txn.conn == nil {
		return s.bind(p, text) // a transaction must not begin on a guess
	}
	var tried *plan.Locate
	q, err := s.bindBy(p, text, func(l *plan.Locate) (*rules.Shard, error) {
		shard := s.remembered(l)
		if l.Proof != 1 || shard == nil || s.txn.conn != nil && s.txn.held(shard.Group) == nil {
			return s.locate(l)
		}
		tried = l
		return shard, nil
	})
	switch {
	case tried == nil:
		return q, err
	case err != nil: // what the statement demands of the place may be wrong, not the statement
		return s.bind(p, text)
	}
	q.tries = tried
	return q, nil
}

// foundRow reports whether the reply to a write tells of a row that it has found.
func foundRow(ok *wire.OK) bool {
	n := infoNumbers(string(ok.Info))
	return ok.Affected > 0 || len(n) > 0 && n[0] > 0 // Rows matched
}

// repeatable reports whether a statement that has failed may run again to fail anew: it has
// neither ended the transaction nor waited in vain.
func repeatable(number uint16) bool {
	return !endsTransaction(number) && !closesConnection(number) && number != 1205 && number != errKilled.Number && number != 3024
}

// probeAll asks all candidates at the same time and returns those that have rows. The
// shards of the open transaction are asked on its own connection, one after another.
func (s *session) probeAll(l *plan.Locate) ([]*rules.Shard, error) {
	has := make([]bool, len(l.Candidates))
	g, ctx := errgroup.WithContext(s.srv.ctx)
	g.SetLimit(16)
	var own []int
	for i, shard := range l.Candidates {
		if s.txn.held(shard.Group) != nil {
			own = append(own, i)
			continue
		}
		g.Go(func() error {
			n, err := s.probeFresh(ctx, l, shard)
			has[i] = n > 0
			return err
		})
	}
	var err error
	for _, i := range own {
		var n int
		if n, err = s.probeHeld(l, l.Candidates[i]); err != nil {
			break
		}
		has[i] = n > 0
	}
	if werr := g.Wait(); err == nil {
		err = werr
	}
	var found []*rules.Shard
	for i, shard := range l.Candidates {
		if has[i] {
			found = append(found, shard)
		}
	}
	return found, err
}

// probe counts the rows on one shard.
func (s *session) probe(ctx context.Context, l *plan.Locate, shard *rules.Shard) (int, error) {
	if s.txn.held(shard.Group) != nil {
		return s.probeHeld(l, shard)
	}
	return s.probeFresh(ctx, l, shard)
}

// probeHeld asks on the session's own connection, which sees its transaction. It
// first sends nothing else: a probe neither begins a transaction nor changes
// settings.
func (s *session) probeHeld(l *plan.Locate, shard *rules.Shard) (int, error) {
	c := s.txn.held(shard.Group)
	if err := s.lent(c); err != nil {
		return 0, err
	}
	rows, err := c.QueryAll(string(l.Probe(shard)))
	if c.Doubtful() != "" {
		q := &call{group: shard.Group}
		return 0, s.lose(c, q, err)
	}
	if ended := s.unlent(); ended != nil {
		return 0, ended
	}
	return len(rows), err
}

// probeFresh asks on a connection of its own.
func (s *session) probeFresh(ctx context.Context, l *plan.Locate, shard *rules.Shard) (int, error) {
	want := pool.Want{Settings: s.settings.Without("autocommit")}
	c, err := s.snap.groups[shard.Group].Lease(ctx, &want)
	if err != nil {
		return 0, err
	}
	defer c.Release()
	b, _ := c.AppendAdapt(nil, &want)
	_ = c.Net().SetDeadline(time.Now().Add(probeTime))
	r, err := c.Query(string(append(b, l.Probe(shard)...)))
	var e *wire.Error
	switch {
	case errors.As(err, &e):
		c.Doubt("probe failed")
		return 0, newNames([]rename{{shard.Schema, shard.Database.Name}}).error(e)
	case err != nil:
		return 0, &pool.DownError{Server: c.Server().Addr, Err: err}
	case r.OK.Status&wire.StatusInTrans != 0:
		c.Doubt("probe left a transaction")
	}
	c.Adapted(&want)
	_ = c.Net().SetDeadline(time.Time{})
	return len(r.Rows), nil
}

// probeTime bounds one question of where a row is.
const probeTime = 5 * time.Second

// error returns a server's error with physical names hidden.
func (n *names) error(e *wire.Error) *wire.Error {
	return &wire.Error{Number: e.Number, State: e.State, Message: n.message(e.Message)}
}
