package proxy

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/stream"
	"github.com/sluicedb/sluice/rules"
)

// broker is what takes the messages of an outbox: in order, and all of a call or none.
// An error may also mean that it is not known.
type broker interface {
	Publish(ctx context.Context, list []stream.Message) error
	Close() error
}

// An outbox publishes the rows that applications write to a table in their
// transactions, shard by shard. The position is the rows' own status: a row is pending
// until the broker has taken it, so that whatever dies, it is published at least once.
//
// Of all Sluice processes one has the outbox of a shard: it holds a user lock on the
// shard's group, on the connection that it reads and marks rows with. One that has lost
// the lock with its connection may still be publishing while its successor begins: the
// successor publishes everything again that has not been marked, so a message may come
// twice but none before its predecessor.
type outbox struct {
	srv    *Server
	conf   *conf.Relay
	table  *rules.Table
	broker broker
	shards []*outboxShard
}

// outboxShard is the outbox of one shard. One goroutine runs it; its numbers are for
// the metrics.
type outboxShard struct {
	*outbox
	name string

	mu        sync.Mutex
	owner     bool
	published uint64
	errors    uint64
	lag       time.Duration // age of the oldest message that waits
}

// retryOutbox is how long an outbox waits after an error, and before it asks again
// whether it may be the owner.
const retryOutbox = time.Second

// outboxColumns are those that concern the relay and not who reads the messages.
const outboxColumns = " status retry_count error_message sent_at updated_at "

// newOutbox makes the outbox that the configuration asks for; nil if it asks for none.
func newOutbox(srv *Server, snap *snapshot) (*outbox, error) {
	c := snap.conf.Relay
	if c == nil {
		return nil, nil
	}
	t, ok := snap.rules.Table(c.Table)
	if !ok {
		return nil, fmt.Errorf("%s: no table named %s", c.Pos, c.Table)
	}
	o := &outbox{srv: srv, conf: c, table: t}
	o.broker = stream.NewRedis(stream.RedisOptions{
		Addr: c.Redis.Address, User: c.Redis.User, Password: c.Redis.Password.Reveal(), DB: c.Redis.DB, Stream: c.Stream, Most: int64(c.Keep),
	})
	for _, s := range shardsOf(t) {
		o.shards = append(o.shards, &outboxShard{outbox: o, name: s.Name})
	}
	return o, nil
}

// run publishes until the server stops.
func (o *outbox) run() {
	var wg sync.WaitGroup
	for _, s := range o.shards {
		wg.Go(s.run)
	}
	wg.Wait()
	_ = o.broker.Close()
}

func (s *outboxShard) run() {
	ctx := s.srv.ctx
	for {
		err := s.own(ctx)
		s.note(func() { s.owner, s.lag = false, 0 })
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.note(func() { s.errors++ })
			s.srv.log.Warn("messages wait to be published", "shard", s.name, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryOutbox):
		}
	}
}

func (s *outboxShard) note(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// own publishes as long as this process has the shard's outbox. It returns nil if
// another has.
func (s *outboxShard) own(ctx context.Context) error {
	snap := s.srv.snap.Load()
	shard, ok := snap.rules.Shard(s.name)
	if !ok {
		return nil // taken out of the configuration
	}
	want := pool.Want{Schema: shard.Schema, Settings: (*pool.Settings)(nil).With(pool.Setting{Name: "time_zone", Value: "+00:00"})}
	c, err := snap.groups[shard.Group].Lease(ctx, &want)
	if err != nil {
		return err
	}
	defer c.Release()
	defer context.AfterFunc(ctx, func() { c.Interrupt("shutdown") })()
	deadline(c)
	defer undeadline(c)
	b, _ := c.AppendAdapt(nil, &want)
	rows, err := c.QueryAll(string(b) + fmt.Sprintf("SELECT GET_LOCK('sluice relay %016x', 0)", xxhash.Sum64String(shard.Schema+"."+s.table.Name)))
	if err != nil {
		c.Doubt("outbox")
		return err
	}
	c.Adapted(&want)
	if len(rows) != 1 || string(rows[0][0]) != "1" {
		return nil
	}
	defer c.Doubt("outbox") // the lock ends with the connection
	s.note(func() { s.owner = true })
	for s.srv.snap.Load() == snap || s.srv.snap.Load().groups[shard.Group] == snap.groups[shard.Group] {
		n, err := s.batch(ctx, c, shard)
		if err != nil {
			return err
		}
		if n == s.conf.Batch {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.conf.Every):
		}
	}
	return nil
}

// batch publishes the oldest messages, and returns how many.
func (s *outboxShard) batch(ctx context.Context, c *pool.Conn, shard *rules.Shard) (int, error) {
	deadline(c)
	rs, err := c.Query(s.pending())
	if err != nil {
		return 0, err
	}
	if len(rs.Rows) == 0 {
		s.note(func() { s.lag = 0 })
		return 0, nil
	}
	list, ids, err := messages(rs)
	if err != nil {
		return 0, err
	}
	age, _ := strconv.ParseInt(string(rs.Rows[0][len(rs.Columns)-1]), 10, 64)
	s.note(func() { s.lag = time.Duration(age) * time.Microsecond })
	publish, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	if err := s.broker.Publish(publish, list); err != nil {
		return 0, err
	}
	s.srv.point("published")
	deadline(c)
	_, err = c.Query("UPDATE " + wire.QuoteIdent(s.table.Name) + " SET status = 'sent', sent_at = CURRENT_TIMESTAMP WHERE id IN (" + strings.Join(ids, ",") + ")")
	s.srv.changed(ctx, shard, s.table, err)
	if err != nil {
		return 0, err
	}
	s.note(func() { s.published += uint64(len(list)) })
	return len(list), nil
}

// pending is the query for the messages to publish next. Of one tenant they come in the
// order in which they were written: by the column that the configuration names, or by
// the time in ids that UUID() has made, which is finer than that of created_at.
func (s *outboxShard) pending() string {
	order := wire.QuoteIdent(s.conf.Order)
	if s.conf.Order == "" {
		order = "created_at, IF(SUBSTRING(id, 15, 1) = '1' AND IS_UUID(id), UUID_TO_BIN(id, 1), ''), id"
	}
	return "SELECT *, TIMESTAMPDIFF(MICROSECOND, COALESCE(available_at, created_at, NOW(6)), NOW(6)) FROM " + wire.QuoteIdent(s.table.Name) +
		" WHERE status = 'pending' AND (available_at IS NULL OR available_at <= CURRENT_TIMESTAMP) ORDER BY " + order + " LIMIT " + strconv.Itoa(s.conf.Batch)
}

// messages turns rows, whose last column is their age, into messages, and returns their
// ids as literals.
func messages(rs *pool.Result) (list []stream.Message, ids []string, err error) {
	for _, row := range rs.Rows {
		var m stream.Message
		for i, col := range rs.Columns[:len(rs.Columns)-1] {
			switch {
			case row[i] == nil || strings.Contains(outboxColumns, " "+col.Name+" "):
				continue
			case col.Name == "id":
				m.ID = string(row[i])
			}
			m.Fields = append(m.Fields, stream.Field{Name: col.Name, Value: string(row[i])})
		}
		if m.ID == "" {
			return nil, nil, errors.New("a message has no id")
		}
		list = append(list, m)
		ids = append(ids, "_utf8mb4 X'"+hex.EncodeToString([]byte(m.ID))+"'")
	}
	return list, ids, nil
}

// shardsOf lists the shards that have rows of a table.
func shardsOf(t *rules.Table) []*rules.Shard {
	if t.Kind == rules.Single {
		return []*rules.Shard{t.Home}
	}
	return t.Database.Shards
}
