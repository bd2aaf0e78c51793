package proxy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/tally"
	"github.com/sluicedb/sluice/router/plan"
)

// Counters are asked for by functions that no MySQL server has:
//
//	SELECT sluice.counter_add('name', 5)
//	SELECT sluice.counter_get('name')
//
// They are no part of a transaction. Each is kept in a table of Sluice's own on one group:
// written through, or behind by way of Redis; see package tally.

const (
	counterTable  = decisionSchema + ".counters"
	positionTable = decisionSchema + ".counter_positions" // how much of each epoch is in it
)

// counters are those of a Server; it may have none.
type counters struct {
	srv    *Server
	conf   *conf.Counters
	behind *tally.Behind // nil: all are written through
	made   atomic.Bool   // the tables are there
	added  atomic.Uint64 // additions that were asked for
}

// newCounters makes the counters that a configuration asks for; nil: none.
func newCounters(c *conf.Config, srv *Server) (*counters, error) {
	if c.Counters == nil {
		return nil, nil
	}
	k := &counters{srv: srv, conf: c.Counters}
	if len(c.Counters.Behind) == 0 {
		return k, nil
	}
	o, err := redisOptions(c)
	if err != nil {
		return nil, err
	}
	r := c.Cache.Redis
	k.behind = tally.NewBehind(tally.Options{
		Redis: o, Prefix: r.Prefix, Deadline: max(r.Deadline, 500*time.Millisecond), Flush: c.Counters.Flush,
	}, k, srv.log)
	return k, nil
}

// run writes what was counted in Redis to MySQL, until the server stops.
func (k *counters) run() {
	if why := k.behind.Durable(k.srv.ctx); why != "" {
		k.srv.log.Warn("counters that are written behind may lose what Redis loses in a crash", "why", why)
	}
	k.behind.Run(k.srv.ctx)
}

// isBehind reports whether a counter is counted in Redis.
func (k *counters) isBehind(name string) bool {
	for _, prefix := range k.conf.Behind {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// on runs statements on the group of the counters, whose tables it makes.
func (k *counters) on(ctx context.Context, f func(*pool.Conn) error) error {
	g := k.srv.snap.Load().groups[k.conf.Group]
	if g == nil {
		return fmt.Errorf("no group is named %s", k.conf.Group)
	}
	if !k.made.Load() {
		if err := k.srv.decisions.ready(ctx, g); err != nil {
			return err
		}
		err := withConn(ctx, g, func(c *pool.Conn) error {
			return c.Make(
				pool.OwnTable{Name: counterTable, Columns: "tenant VARBINARY(255) NOT NULL, name VARBINARY(128) NOT NULL, value BIGINT NOT NULL, PRIMARY KEY (tenant, name)"},
				pool.OwnTable{Name: positionTable, Columns: "tenant VARBINARY(255) NOT NULL, name VARBINARY(128) NOT NULL, epoch VARBINARY(32) NOT NULL," +
					" ops BIGINT NOT NULL, total BIGINT NOT NULL, PRIMARY KEY (tenant, name, epoch)"})
		})
		if err != nil {
			return err
		}
		k.made.Store(true)
	}
	return withConn(ctx, g, f)
}

// value returns a counter, 0 if there is none.
func (k *counters) value(ctx context.Context, key tally.Key) (v int64, err error) {
	err = k.on(ctx, func(c *pool.Conn) error {
		rows, err := c.QueryAll("SELECT value FROM " + counterTable + " WHERE " + ofCounter(key))
		if err != nil || len(rows) == 0 {
			return err
		}
		v, err = strconv.ParseInt(string(rows[0][0]), 10, 64)
		return err
	})
	return v, err
}

// followedFor is for how long the position of an epoch is kept after another has begun. Until
// then a Redis that was brought back from a copy may still tell of it.
const followedFor = 30 * 24 * time.Hour

// epochAt is how the names of epochs begin that begin at a time. They sort by it.
func epochAt(at time.Time) string { return fmt.Sprintf("t%013x", at.UnixMicro()) }

// beganAt is the inverse of epochAt, for the beginning of a name.
func beganAt(epoch string) time.Time {
	if len(epoch) < 14 || epoch[0] != 't' {
		return time.Time{}
	}
	n, _ := strconv.ParseInt(epoch[1:14], 16, 64)
	return time.UnixMicro(n)
}

// Begin implements tally.Table. The epochs of a counter follow one another: all before one
// that began long ago ended before that. The clock is the server's, which may be another's
// than the last time.
func (k *counters) Begin(ctx context.Context, key tally.Key) (epoch string, v int64, err error) {
	err = k.on(ctx, func(c *pool.Conn) error {
		rows, err := c.QueryAll(fmt.Sprintf("SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)), (SELECT value FROM %s WHERE %s), (SELECT MAX(epoch) FROM %s WHERE %s)",
			counterTable, ofCounter(key), positionTable, ofCounter(key)))
		if err != nil {
			return err
		}
		micros, err := strconv.ParseInt(string(rows[0][0]), 10, 64)
		if err == nil && rows[0][1] != nil {
			v, err = strconv.ParseInt(string(rows[0][1]), 10, 64)
		}
		if err != nil {
			return err
		}
		now := time.UnixMicro(micros)
		if last := beganAt(string(rows[0][2])); !last.Before(now) {
			now = last.Add(time.Microsecond)
		}
		var b [9]byte
		_, _ = rand.Read(b[:])
		epoch = epochAt(now) + hex.EncodeToString(b[:])
		_, err = c.Query(fmt.Sprintf("DELETE FROM %s WHERE %s AND epoch < (SELECT last FROM (SELECT MAX(epoch) AS last FROM %s WHERE %s AND epoch < %s) AS followed)",
			positionTable, ofCounter(key), positionTable, ofCounter(key), literal(epochAt(now.Add(-followedFor)))))
		return err
	})
	return epoch, v, err
}

func ofCounter(key tally.Key) string {
	return "tenant = " + literal(key.Tenant) + " AND name = " + literal(key.Name)
}

// through adds to a counter in MySQL and returns its value, in one statement: it is done
// as soon as the server says so.
func (k *counters) through(ctx context.Context, key tally.Key, n int64) (v int64, err error) {
	sent := false
	err = k.on(ctx, func(c *pool.Conn) error {
		sent = true
		r, err := c.Query(fmt.Sprintf("INSERT INTO %s (tenant, name, value) VALUES (%s, %s, CAST(LAST_INSERT_ID(%d) AS SIGNED))"+
			" ON DUPLICATE KEY UPDATE value = CAST(LAST_INSERT_ID(value + (%d)) AS SIGNED)", counterTable, literal(key.Tenant), literal(key.Name), n, n))
		c.LostInsertID() // it is now the counter
		if err == nil {
			v = int64(r.OK.InsertID)
		}
		return err
	})
	if _, answered := errors.AsType[*wire.Error](err); err != nil && !answered && sent {
		return 0, &lostError{server: k.conf.Group, write: true, err: err}
	}
	return v, err
}

// Apply implements tally.Table. How much of an epoch is in the value is changed in the
// transaction that changes the value.
func (k *counters) Apply(ctx context.Context, list []tally.Total) error {
	return k.on(ctx, func(c *pool.Conn) error {
		var b strings.Builder
		b.WriteString("START TRANSACTION")
		for _, t := range list {
			of := fmt.Sprintf("%s AND epoch = %s AND ops < %d", ofCounter(t.Key), literal(t.Epoch), t.Ops)
			names := literal(t.Tenant) + ", " + literal(t.Name)
			fmt.Fprintf(&b, ";INSERT INTO %s (tenant, name, value) VALUES (%s, 0) ON DUPLICATE KEY UPDATE value = value", counterTable, names)
			fmt.Fprintf(&b, ";INSERT INTO %s (tenant, name, epoch, ops, total) VALUES (%s, %s, 0, 0) ON DUPLICATE KEY UPDATE ops = ops", positionTable, names, literal(t.Epoch))
			fmt.Fprintf(&b, ";UPDATE %s SET value = value + COALESCE((SELECT CAST(%d - total AS SIGNED) FROM %s WHERE %s), 0) WHERE %s", counterTable, t.Sum, positionTable, of, ofCounter(t.Key))
			fmt.Fprintf(&b, ";UPDATE %s SET ops = %d, total = %d WHERE %s", positionTable, t.Ops, t.Sum, of)
		}
		b.WriteString(";COMMIT")
		k.srv.point("counters flush")
		_, err := c.Query(b.String())
		if err != nil {
			c.Doubt("counters") // a transaction is open
			return err
		}
		k.srv.point("counters flushed")
		return nil
	})
}

// count is a call of one of the functions.
type count struct {
	add     bool
	name    string
	n       int64
	column  string
	unbound bool // values are parameters that have none yet
}

// counting reads SELECT sluice.counter_*(..); nil if the statement is another.
func (s *session) counting(scan *parser.Scan, text []byte) (*count, error) {
	k, t := s.srv.counters, scan.Tokens
	word := func(i int, w string) bool { return i < len(t) && strings.EqualFold(string(t[i].Text(text)), w) }
	if k == nil || len(t) < 7 || !word(1, "sluice") || !word(2, ".") || !word(4, "(") {
		return nil, nil
	}
	c := &count{add: word(3, "counter_add"), n: 1}
	if !c.add && !word(3, "counter_get") {
		return nil, nil
	}
	refuse := plan.Unsupported("a counter stands alone, with constants or parameters: SELECT sluice.counter_add('name', 1) or SELECT sluice.counter_get('name')", k.conf.Pos, "")
	i, args := 5, 0
	for ; i < len(t) && !word(i, ")"); i++ {
		if word(i, ",") && args == 1 && i+1 < len(t) && c.add {
			i++
		} else if args > 0 {
			return nil, refuse
		}
		minus := word(i, "-") && args == 1
		if minus || i < len(t) && t[i].Kind == parser.Introducer && args == 0 {
			i++
		}
		if i == len(t) || !c.take(text, t[i], s.dialect, args, minus) {
			return nil, refuse
		}
		args++
	}
	if i++; args == 0 || i > len(t) {
		return nil, refuse
	}
	c.column = string(text[t[1].Start:t[i-1].End])
	if word(i, "as") {
		i++
	}
	if i < len(t) {
		name, ok := s.nameIn(text, t[i])
		if c.column = name; !ok || i+1 != len(t) {
			return nil, refuse
		}
	}
	if !c.unbound && !countable(c.name) {
		return nil, wire.Errorf(1210, "HY000", "Incorrect arguments to sluice.counter: a name has 1 to 128 letters, digits and signs of ASCII, without space")
	}
	return c, nil
}

// take reads argument i.
func (c *count) take(text []byte, t parser.Token, d parser.Dialect, i int, minus bool) bool {
	if t.Kind == parser.Param {
		c.unbound = true
		return !minus
	}
	v := parser.Literal(text, t, d)
	switch {
	case i == 0 && (v.Kind == value.String || v.Kind == value.Binary):
		c.name = v.S
	case i == 1 && v.Kind == value.Int:
		c.n = v.I
		if minus {
			c.n = -v.I
		}
	default:
		return false
	}
	return true
}

// countable reports whether a counter may have a name. It means the same in every
// character set.
func countable(name string) bool {
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' {
			return false
		}
	}
	return name != "" && len(name) <= 128
}

// counts reports whether a SELECT is about a counter.
func (s *session) counts(text []byte) bool {
	c, err := s.counting(s.scan, text)
	return c != nil || err != nil
}

// countVerb answers a SELECT that counts.
func (s *session) countVerb(text []byte, more bool) (bool, error) {
	c, err := s.counting(s.scan, text)
	if c == nil || err != nil {
		return err != nil, err
	}
	return true, s.count(c, more)
}

// countPrepared is countVerb for a prepared statement; text has its values.
func (s *session) countPrepared(st *prepared, text []byte) error {
	c, err := s.counting(s.scan, text)
	if err != nil {
		return err
	}
	named, err := s.counting(&st.scan, st.sql)
	if c == nil || named == nil || err != nil {
		return errOr(err, errors.New("a counter that was prepared is none any more"))
	}
	c.column = named.column
	return s.count(c, false)
}

// count asks for a counter, or adds to it, and answers with its value.
func (s *session) count(c *count, more bool) error {
	s.task.Off()
	k := s.srv.counters
	key := tally.Key{Tenant: s.tenant, Name: c.name}
	if len(key.Tenant) > 255 {
		return wire.Errorf(1210, "HY000", "Incorrect arguments to sluice.counter: the tenant is too long")
	}
	if c.add && s.txn.open() {
		return plan.Unsupported("a counter is no part of a transaction, and ROLLBACK would not take back what was added", k.conf.Pos, "add to it before BEGIN or after COMMIT")
	}
	v, err := k.count(s, key, c)
	if err != nil {
		return s.endedOr(countError(err))
	}
	s.quiet()
	s.rowCount, s.found = -1, 1
	s.rows([]wire.Column{wire.Integer(c.column, false)}, [][][]byte{{strconv.AppendInt(nil, v, 10)}}, more)
	return nil
}

// countTime bounds how long a counter is waited for.
const countTime = 10 * time.Second

func (k *counters) count(ctx context.Context, key tally.Key, c *count) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	switch {
	case k.isBehind(key.Name) && c.add:
		k.added.Add(1)
		return k.behind.Add(ctx, key, c.n)
	case k.isBehind(key.Name):
		return k.behind.Value(ctx, key)
	case c.add:
		k.added.Add(1)
		return k.through(ctx, key, c.n)
	}
	return k.value(ctx, key)
}

// countError is what a client is told.
func countError(err error) error {
	if errors.Is(err, tally.ErrRange) {
		return wire.Errorf(1690, "22003", "BIGINT value is out of range in 'sluice.counter_add'")
	}
	if u, ok := errors.AsType[*tally.UnknownError](err); ok {
		return wire.Errorf(1429, "HY000", "%s: look before you repeat it", u.Error())
	}
	var down *pool.DownError
	var lost *lostError
	var e *wire.Error
	if errors.As(err, &down) || errors.As(err, &lost) || errors.As(err, &e) {
		return err
	}
	return wire.Errorf(1429, "HY000", "The counter cannot be had now, and nothing was added: %v", err)
}

var (
	descCounterAdds  = desc("counter_additions_total", "Additions to counters that clients asked for.")
	descCounterFlush = desc("counter_writes_total", "Counters written to MySQL that are counted in Redis; one that failed is tried again.", "outcome")
	descCounterLate  = desc("counter_late_seconds", "For how long counters could not be written to MySQL.")
)

// counters exports the numbers of the counters.
func (c collector) counters(ch chan<- prometheus.Metric) {
	k := c.srv.counters
	if k == nil {
		return
	}
	ch <- prometheus.MustNewConstMetric(descCounterAdds, prometheus.CounterValue, float64(k.added.Load()))
	if k.behind == nil {
		return
	}
	st := k.behind.Stats()
	ch <- prometheus.MustNewConstMetric(descCounterFlush, prometheus.CounterValue, float64(st.Flushed), "written")
	ch <- prometheus.MustNewConstMetric(descCounterFlush, prometheus.CounterValue, float64(st.Failed), "failed")
	ch <- prometheus.MustNewConstMetric(descCounterLate, prometheus.GaugeValue, st.Late.Seconds())
}
