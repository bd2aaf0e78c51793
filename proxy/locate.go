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
	key, single := l.Single()
	guess := (*rules.Shard)(nil)
	if single {
		guess, _ = s.snap.rows.Guess(l.Table, l.Columns[0], key)
	}
	if guess == nil {
		guess = l.Guess
	}
	if guess == nil && l.Proof > 0 {
		var err error
		if guess, err = s.claimedBy(l); err != nil {
			return nil, err
		}
	}
	if guess == nil && s.tenant != "" {
		// Most likely the rows are the session's own.
		if loc, ok := s.snap.rules.Locate(l.Table, s.Tenant()); ok && slices.Contains(l.Candidates, loc.Shard) {
			guess = loc.Shard
		}
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
	if single {
		s.snap.rows.Learn(l.Table, l.Columns[0], key, found[0])
	}
	return found[0], nil
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
