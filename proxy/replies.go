package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// replies is the cache of replies with what is known of its surroundings. A Server
// without a cache has none.
type replies struct {
	*cache.Store
	shared  *cache.Shared // nil: there is no Redis
	effects effects

	following following
}

// newReplies makes the cache that a configuration asks for; nil: none.
func newReplies(c *conf.Config, srv *Server) (*replies, error) {
	if c.Cache.Size == 0 {
		return nil, nil
	}
	shared, err := newShared(c, srv.log)
	if err != nil {
		return nil, err
	}
	store, err := cache.New(cache.Options{Size: uint64(c.Cache.Size), Shared: shared}, srv.log)
	if err != nil {
		return nil, err
	}
	store.Lose(losses()...)
	return &replies{Store: store, shared: shared}, nil
}

// newShared makes the use of Redis that a configuration asks for; nil: none.
func newShared(c *conf.Config, log *slog.Logger) (*cache.Shared, error) {
	r := c.Cache.Redis
	if r == nil {
		return nil, nil
	}
	o, err := redisOptions(c)
	if err != nil {
		return nil, err
	}
	name := r.Process
	if name == "" {
		host, err := os.Hostname()
		if err != nil {
			return nil, err
		}
		name = host + " " + c.Listen[0].Address
	}
	return cache.NewShared(cache.SharedOptions{
		Redis: o, Prefix: r.Prefix, Process: name, Deadline: r.Deadline, Lease: r.Lease, Compress: int(r.Compress),
	}, log), nil
}

// redisLog takes what the client of Redis says by itself. What fails is returned as well,
// and logged by who asked: this is for looking closer.
type redisLog struct{ log *slog.Logger }

// Printf implements the client's interface.
func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "client of redis: "+fmt.Sprintf(format, v...))
}

// redisOptions are how a configuration says that Redis is reached.
func redisOptions(c *conf.Config) (*redis.UniversalOptions, error) {
	r := c.Cache.Redis
	o := &redis.UniversalOptions{
		Addrs: r.Addresses, MasterName: r.Master, IsClusterMode: r.Cluster, Username: r.User, Password: r.Password.Reveal(),
		SentinelUsername: r.SentinelUser, SentinelPassword: r.SentinelPassword.Reveal(), DisableIdentity: true, DialerRetries: 1,
	}
	if !r.TLS {
		return o, nil
	}
	o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	var err error
	if r.TLSCA != "" {
		o.TLSConfig.RootCAs, err = certPool(c.Resolved(r.TLSCA))
	}
	return o, err
}

// keeping are the rules of the cache in a snapshot.
type keeping struct {
	rules    []*keepRule
	patterns bool // some rule has one
	tables   map[*rules.Table]*keepRule
	hints    sync.Map // text of a hint -> *keepRule
}

// keepRule is one rule, ready for use.
type keepRule struct {
	cache.Rule
	tables  []string // lower case; empty: any
	users   []string
	pattern *regexp.Regexp
	at      string // where it is written
}

// newKeeping reads the rules of a configuration.
func newKeeping(c *conf.Config, r *rules.Rules) *keeping {
	k := &keeping{tables: map[*rules.Table]*keepRule{}}
	for _, cr := range c.Cache.Rules {
		k.rules = append(k.rules, newKeepRule(cr))
		k.patterns = k.patterns || cr.Pattern != ""
	}
	for _, d := range c.Databases {
		for _, ct := range d.Tables {
			if t, ok := r.Table(ct.Name); ok && ct.Cache != nil {
				k.tables[t] = newKeepRule(ct.Cache.Rule())
			}
		}
	}
	return k
}

func newKeepRule(c *conf.CacheRule) *keepRule {
	k := &keepRule{
		Rule:  cache.Rule{Class: string(c.Class), TTL: c.TTL, Rows: uint64(c.Rows), Bytes: int(c.Bytes), Stale: c.Stale},
		users: c.Users, at: c.Pos.String(),
	}
	for _, t := range c.Tables {
		k.tables = append(k.tables, strings.ToLower(t))
	}
	if c.Pattern != "" {
		k.pattern = regexp.MustCompile(c.Pattern) // conf has compiled it once
	}
	return k
}

// of returns the rule that a statement is kept by; nil: none.
func (k *keeping) of(s *session, p *plan.Relay, text []byte) *keepRule {
	if p.Reply.Hint != "" {
		if r := k.hinted(p.Reply.Hint); r != nil {
			return r
		}
	}
	if !k.patterns {
		return k.ruled(s, p, text)
	}
	// All texts of a plan have one fingerprint, which is long to make.
	if r, ok := p.Kept(s.user); ok {
		return r.(*keepRule)
	}
	r := k.ruled(s, p, text)
	p.Keep(s.user, r)
	return r
}

// ruled is the first rule that fits a statement.
func (k *keeping) ruled(s *session, p *plan.Relay, text []byte) *keepRule {
	for _, r := range k.rules {
		if r.fits(s, p, text) {
			return r
		}
	}
	return k.ofTables(p)
}

// hinted is the rule that a hint makes: its value is the time to live. A hint that is
// none is no reason to fail a statement.
func (k *keeping) hinted(text string) *keepRule {
	if r, ok := k.hints.Load(text); ok {
		return r.(*keepRule)
	}
	ttl, err := time.ParseDuration(text)
	if text != "on" && (err != nil || ttl < time.Millisecond || ttl > 24*time.Hour) {
		return nil
	}
	if text == "on" {
		ttl = time.Minute
	}
	r := &keepRule{Rule: cache.Rule{Class: string(conf.CacheResult), TTL: ttl, Rows: 1000, Bytes: 64 << 10}, at: "hint"}
	if n := 0; true {
		k.hints.Range(func(any, any) bool { n++; return n < 100 })
		if n < 100 { // clients choose the text
			k.hints.Store(text, r)
		}
	}
	return r
}

func (r *keepRule) fits(s *session, p *plan.Relay, text []byte) bool {
	if len(r.users) > 0 && !slices.Contains(r.users, s.user.Name) {
		return false
	}
	for _, t := range p.Tables {
		if len(r.tables) > 0 && !slices.Contains(r.tables, strings.ToLower(t.Name)) {
			return false
		}
	}
	return r.pattern == nil || r.pattern.MatchString(parser.Fingerprint(text, s.dialect))
}

// ofTables joins the rules of all tables of a statement: the shortest time and the
// narrowest bounds hold.
func (k *keeping) ofTables(p *plan.Relay) *keepRule {
	if len(k.tables) == 0 {
		return nil
	}
	var out *keepRule
	for _, t := range p.Tables {
		r := k.tables[t]
		switch {
		case r == nil:
			return nil
		case out == nil || out == r:
			out = r
		default:
			out = out.and(r)
		}
	}
	return out
}

func (r *keepRule) and(o *keepRule) *keepRule {
	x := *r
	x.TTL, x.Rows, x.Bytes, x.Stale = min(x.TTL, o.TTL), min(x.Rows, o.Rows), min(x.Bytes, o.Bytes), min(x.Stale, o.Stale)
	return &x
}

// answered answers a statement from the cache, or runs it and keeps its reply. run
// relays the reply of the server.
func (s *session) answered(p *plan.Relay, q *call, text []byte, run func() error) error {
	ask, _ := s.asks(p, q, text)
	if ask == nil || s.tables != nil {
		return run()
	}
	e, fill, err := s.srv.replies.Find(s, ask)
	switch {
	case err != nil:
		return s.endedOr(err)
	case e != nil:
		s.replay(e)
		return nil
	case fill == nil:
		return run()
	}
	s.task.Off() // others wait for what is fetched now
	defer fill.Fail()
	q.read = nil // what is kept must be as new as the primary
	most, _ := fill.Limits()
	s.relay.keep = &keep{most: most}
	defer func() { s.relay.keep = nil }()
	if err := run(); err != nil {
		return err
	}
	if e := s.kept(fill); e != nil {
		fill.Keep(e)
	} else if s.relay.out.Err == nil {
		fill.Refuse()
	}
	return nil
}

// asks makes the question that a statement asks the cache; nil, and why, if its reply
// cannot come from there.
func (s *session) asks(p *plan.Relay, q *call, text []byte) (*cache.Ask, string) {
	if s.srv.replies == nil {
		return nil, "there is no cache (cache.size)"
	}
	if !p.Reply.Stable {
		return nil, p.Reply.Unstable
	}
	rule := s.snap.keeping.of(s, p, text)
	if rule == nil {
		return nil, "no rule"
	}
	switch {
	case q.more || q.gathered != nil || q.pins != 0 || q.needID || q.setsID || q.found:
		return nil, "it is part of something larger"
	case s.txn.open() || s.txn.conn != nil || !s.autocommit() || len(s.txn.once) > 0:
		return nil, "the session has a transaction open, or holds a connection"
	}
	if level, _ := s.settings.Value("transaction_isolation"); level == "READ-UNCOMMITTED" {
		return nil, "the session reads what is not committed"
	}
	marks, ok := s.marksOf(p, q.shard, p.Tables, false)
	if !ok {
		return nil, "its tables are in too many places"
	}
	key, ok := s.replyKey(q)
	if !ok {
		return nil, "its parameters are too long"
	}
	count := s.srv.replies.CountsOf(cache.Label{Table: p.Tables[0].Name, Class: rule.Class})
	if s.snap.conf.Cache.Binlog && !s.srv.replies.following.trusts(q.group) {
		count.Untrusted.Add(1)
		return nil, "the binary log of its group is not followed at the moment"
	}
	return &cache.Ask{Key: key, Marks: marks, Rule: &rule.Rule, Count: count, Waiter: s.task}, rule.at
}

// format are the capabilities that change how a reply is written.
const format = wire.ClientDeprecateEOF | wire.ClientSessionTrack | wire.ClientProtocol41 | wire.ClientTransactions |
	wire.ClientOptionalResultsetMetadata | wire.ClientLongFlag | wire.ClientFoundRows | wire.ClientMultiResults | wire.ClientPSMultiResults

// replyKey names everything that decides about a reply but the data. The parts are of
// fixed length or carry their length, so that no part can look like another.
func (s *session) replyKey(q *call) ([]byte, bool) {
	b := s.keyRoom[:0]
	b = wire.AppendUint32(b, uint32(s.caps&format))
	primary := "" // what another primary had may be gone with it
	if g := s.snap.groups[q.group]; g != nil {
		primary = g.Primary().Addr
	}
	for _, part := range [...]string{s.user.Name, s.db, q.group, primary, q.schema, s.settings.Key(), s.tenant} {
		b = append(wire.AppendUint32(b, uint32(len(part))), part...)
	}
	st, binary := s.executing.(*prepared)
	if binary {
		b = append(b, 'B')
	} else {
		b = append(b, 'T')
	}
	b = append(wire.AppendUint32(b, uint32(len(q.sql))), q.sql...)
	if binary {
		if len(st.long) > 0 {
			return nil, false
		}
		e := st.bound
		e.ID, e.Flags = 0, 0
		b = e.Append(b, st.types[:st.params])
	}
	s.keyRoom = b
	return b, len(b) <= 64<<10
}

// keep tells the relay to hold a reply back as long as it may be kept.
type keep struct {
	most int  // bytes
	over bool // it has become longer
	from int  // where it begins in the client's buffer
	seq  byte
}

// kept is the reply that the relay has held back, if it may be kept.
func (s *session) kept(f *cache.Fill) *cache.Entry {
	k, out := s.relay.keep, &s.relay.out
	_, rows := f.Limits()
	if k == nil || k.over || out.Err != nil || !out.ResultSet || out.Cursor || out.OK.Warnings > 0 || len(out.OK.State) > 0 || out.Rows > rows {
		return nil
	}
	body := s.conn.Since(k.from)
	return &cache.Entry{Body: slices.Clone(body), First: k.seq, Packets: int(s.conn.Sequence() - k.seq), Found: s.found, Status: uint16(out.OK.Status)}
}

// replay answers the present statement with a kept reply.
func (s *session) replay(e *cache.Entry) {
	from, seq := s.conn.Pending(), s.conn.Sequence()
	s.conn.Append(e.Body)
	if seq != e.First {
		renumber(s.conn.Since(from), seq)
	}
	s.conn.SetSequence(seq + byte(e.Packets))
	s.relay.out = outcome{OK: wire.OK{Status: wire.Status(e.Status)}, ResultSet: true, Rows: e.Found, Bytes: int64(len(e.Body))}
	s.quiet()
	s.rowCount, s.found = -1, e.Found
	s.srv.metrics.planned(planCached)
}

// renumber gives whole packets new numbers.
func renumber(b []byte, seq byte) {
	for len(b) >= 4 {
		b[3] = seq
		seq++
		b = b[4+(int(b[0])|int(b[1])<<8|int(b[2])<<16):]
	}
}

// lostOutcome reports whether an error leaves open what the servers have done.
func lostOutcome(err error) bool {
	if err == nil {
		return false
	}
	var f fatal
	var lost *lostError
	var unknown *unknownError
	return errors.As(err, &f) || errors.As(err, &lost) || errors.As(err, &unknown)
}
