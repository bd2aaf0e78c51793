package tally

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Key names a counter. A tenant's counters are not another's.
type Key struct{ Tenant, Name string }

// Total is what has been added to a counter in one epoch.
type Total struct {
	Key
	Epoch string
	Ops   int64 // additions
	Sum   int64
}

// Table keeps counters for good.
type Table interface {
	// Begin returns a counter, 0 if there is none, and a name for a new epoch of it that sorts
	// after those of all epochs before. What it knows of epochs that another has followed
	// long ago it may forget: of those nothing may come any more.
	Begin(ctx context.Context, k Key) (epoch string, v int64, err error)
	// Apply brings totals into the table, all or none. A total with no more additions than
	// the table knows of its epoch changes nothing.
	Apply(ctx context.Context, list []Total) error
}

// Behind counts in Redis and writes to a Table later. It is safe for concurrent use.
type Behind struct {
	redis redis.UniversalClient
	table Table
	o     Options
	log   *slog.Logger
	me    string
	idle  time.Duration // after which Redis forgets a counter that the table knows

	flushed, failed atomic.Uint64
	waiting         atomic.Int64 // counters to be flushed
	late            atomic.Int64 // since when flushing fails, in unix nanoseconds
}

// Options of a Behind.
type Options struct {
	Redis    *redis.UniversalOptions
	Prefix   string        // of all keys
	Deadline time.Duration // for one question to Redis
	Flush    time.Duration // how often the table is told
}

// NewBehind prepares counting. Run must be called, too.
func NewBehind(o Options, t Table, log *slog.Logger) *Behind {
	ro := *o.Redis
	ro.DialTimeout, ro.ReadTimeout, ro.WriteTimeout, ro.PoolTimeout = o.Deadline, o.Deadline, o.Deadline, o.Deadline
	ro.MaxRetries, ro.ContextTimeoutEnabled = -1, true
	return &Behind{redis: redis.NewUniversalClient(&ro), table: t, o: o, log: log, me: random(), idle: idle}
}

func random() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// idle is for how long Redis keeps a counter to which nothing is added. Only one that the
// table knows has an end, and an addition takes it away in the step that counts.
const idle = 7 * 24 * time.Hour

// fresh is how old what the table said may be when an epoch begins with it: far less than
// idle, in which another epoch may have come and gone.
func (b *Behind) fresh() int64 { return min(time.Minute, b.idle/2).Milliseconds() }

// The names in Redis; all are on one node of a cluster.
func (b *Behind) key(k Key) string    { return "{" + b.o.Prefix + "}:counter:" + field(k) }
func (b *Behind) changedKey() string  { return "{" + b.o.Prefix + "}:counters:changed" }
func (b *Behind) closedKey() string   { return "{" + b.o.Prefix + "}:counters:closed" }
func (b *Behind) flusherKey() string  { return "{" + b.o.Prefix + "}:counters:flusher" }
func (b *Behind) keys(k Key) []string { return []string{b.key(k), b.changedKey(), b.closedKey()} }
func field(k Key) string              { return hex.EncodeToString([]byte(k.Tenant)) + ":" + k.Name }
func (t Total) closed() (string, string) {
	return t.Epoch + " " + field(t.Key), fmt.Sprintf("%d %d", t.Ops, t.Sum)
}

// keyOf is the inverse of field.
func keyOf(text string) (Key, bool) {
	tenant, name, ok := strings.Cut(text, ":")
	b, err := hex.DecodeString(tenant)
	return Key{string(b), name}, ok && err == nil
}

// add adds to a counter, and closes an epoch that was begun on another server, or on this
// one before another had its place: the replication history tells them apart. Numbers
// stay texts, because Lua's are floating point. The last key names the addition, so that
// it may be sent twice and is made once. ARGV: the counter, what to add, that negated, for
// how many milliseconds the addition is remembered. It returns the server with its time in
// milliseconds, and the value where an epoch is open.
var add = redis.NewScript(`
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then
  return redis.error_reply('READONLY it has been replaced')
end
local run = string.match(info, 'master_replid:(%x+)')
local now = redis.call('TIME')
local at = run .. ' ' .. string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
local c = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'ops', 'sum')
if c[1] and c[2] ~= run then
  if c[3] ~= '0' then
    redis.call('HSET', KEYS[3], c[1] .. ' ' .. ARGV[1], c[3] .. ' ' .. c[4])
  end
  redis.call('DEL', KEYS[1])
  redis.call('SREM', KEYS[2], ARGV[1])
  c[1] = false
end
if not c[1] then
  return {at}
end
if ARGV[2] ~= '0' then
  local before = redis.call('GET', KEYS[4])
  if before then
    return {at, before}
  end
  redis.call('HINCRBY', KEYS[1], 'sum', ARGV[2])
  local done = redis.pcall('HINCRBY', KEYS[1], 'value', ARGV[2])
  if type(done) == 'table' and done.err then
    redis.call('HINCRBY', KEYS[1], 'sum', ARGV[3])
    return done
  end
  redis.call('HINCRBY', KEYS[1], 'ops', 1)
  redis.call('SADD', KEYS[2], ARGV[1])
  redis.call('PERSIST', KEYS[1])
  redis.call('SET', KEYS[4], redis.call('HGET', KEYS[1], 'value'), 'PX', ARGV[4])
end
return {at, redis.call('HGET', KEYS[1], 'value')}`)

// open begins an epoch, unless one is open, another server answers than before, or that
// was too long ago. ARGV: that server and its time then, the epoch, the value; how long
// ago it may be, in milliseconds.
var open = redis.NewScript(`
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then
  return redis.error_reply('READONLY it has been replaced')
end
local run = string.match(info, 'master_replid:(%x+)')
local now = redis.call('TIME')
local was, at = string.match(ARGV[1], '(%x+) (%d+)')
if run == was and now[1] * 1000 + math.floor(now[2] / 1000) - at <= tonumber(ARGV[4]) and redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'run', run, 'ops', '0', 'sum', '0', 'value', ARGV[3])
end
return 1`)

// settle forgets what the table knows. ARGV: the counter, its epoch, its additions; how a
// closed epoch is kept; for how many milliseconds Redis keeps the counter if nothing more
// is added.
var settle = redis.NewScript(`
local c = redis.call('HMGET', KEYS[1], 'epoch', 'ops')
if c[1] == ARGV[2] and c[2] == ARGV[3] then
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  c[1] = false
end
if not c[1] then
  redis.call('SREM', KEYS[2], ARGV[1])
end
local held = ARGV[2] .. ' ' .. ARGV[1]
if redis.call('HGET', KEYS[3], held) == ARGV[4] then
  redis.call('HDEL', KEYS[3], held)
end
return 1`)

// lead makes this process the one that flushes. ARGV: it, for how many milliseconds.
var lead = redis.NewScript(`
local who = redis.call('GET', KEYS[1])
if who and who ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

// yield lets another process flush. ARGV: this one.
var yield = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1`)

// UnknownError says that an addition may or may not have been made.
type UnknownError struct{ Err error }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("Redis did not answer, and whether it has counted is not known: %v", e.Err)
}

// Unwrap returns what happened.
func (e *UnknownError) Unwrap() error { return e.Err }

// ErrRange says that a counter would leave the range of BIGINT.
var ErrRange = errors.New("the counter would leave the range of BIGINT")

// remembered is for how long Redis knows an addition by name, and tries how often one is
// sent.
const (
	remembered = 10 * time.Second
	tries      = 3
)

// Add adds to a counter and returns its new value. What it has acknowledged is in Redis,
// and safe as soon as Redis is: with appendfsync always at once.
func (b *Behind) Add(ctx context.Context, k Key, n int64) (int64, error) {
	if n == math.MinInt64 {
		return 0, ErrRange
	}
	sent := &addition{name: random(), n: n}
	for range 10 {
		server, v, ok, err := b.addOnce(ctx, k, sent)
		if err == nil && !ok {
			err = b.open(ctx, k, server)
		}
		switch {
		case err != nil && sent.doubtful:
			return 0, &UnknownError{err}
		case err != nil || ok:
			return v, err
		}
	}
	return 0, &UnknownError{errors.New("it is replaced again and again")}
}

// addition is something to be added once.
type addition struct {
	name     string
	n        int64
	doubtful bool // it was sent and not answered
}

// Value returns a counter.
func (b *Behind) Value(ctx context.Context, k Key) (int64, error) { return b.Add(ctx, k, 0) }

// addOnce makes an addition once, however often it is sent. ok is false where no epoch is
// open, and then it was not made now.
func (b *Behind) addOnce(ctx context.Context, k Key, a *addition) (server string, v int64, ok bool, err error) {
	var out []string
	for range tries {
		ask, cancel := context.WithTimeout(ctx, b.o.Deadline)
		out, err = add.Run(ask, b.redis, append(b.keys(k), "{"+b.o.Prefix+"}:counters:add:"+a.name), field(k), a.n, -a.n, remembered.Milliseconds()).StringSlice()
		cancel()
		_, answered := errors.AsType[redis.Error](err)
		if err == nil || answered || ctx.Err() != nil {
			break
		}
		a.doubtful = a.n != 0
		b.lookAround(ctx)
	}
	switch _, answered := errors.AsType[redis.Error](err); {
	case answered && strings.Contains(err.Error(), "overflow"):
		a.doubtful = false // an addition that was made is not made again
		return "", 0, false, ErrRange
	case err != nil:
		a.doubtful = a.doubtful || !answered && a.n != 0
		return "", 0, false, err
	case len(out) < 2:
		return strings.Join(out, ""), 0, false, nil
	}
	v, err = strconv.ParseInt(out[1], 10, 64)
	return out[0], v, true, err
}

// lookAround makes the client of a cluster ask who has what, which it would do only once
// a minute while a node that is gone says nothing.
func (b *Behind) lookAround(ctx context.Context) {
	if c, ok := b.redis.(*redis.ClusterClient); ok {
		c.ReloadState(ctx)
	}
}

// open begins an epoch with what the table says, after it was told of all that ended.
func (b *Behind) open(ctx context.Context, k Key, server string) error {
	if err := b.flushClosed(ctx); err != nil {
		return err
	}
	epoch, v, err := b.table.Begin(ctx, k)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.o.Deadline)
	defer cancel()
	return open.Run(ctx, b.redis, b.keys(k), server, epoch, v, b.fresh()).Err()
}

// most is how many totals the table is told of at a time.
const most = 200

// Run tells the table of what was counted until ctx ends.
func (b *Behind) Run(ctx context.Context) {
	tick := time.NewTicker(b.o.Flush)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		flush, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := b.Flush(flush, false)
		cancel()
		if ctx.Err() == nil {
			b.judge(err)
		}
		if err != nil {
			b.yield(ctx)
		}
	}
}

// yield lets another process flush, which may reach the table that this one does not. It
// waits until one had the time to.
func (b *Behind) yield(ctx context.Context) {
	ask, cancel := context.WithTimeout(ctx, b.o.Deadline)
	_ = yield.Run(ask, b.redis, []string{b.flusherKey()}, b.me).Err() // or its time ends
	cancel()
	select {
	case <-time.After(3 * b.o.Flush):
	case <-ctx.Done():
	}
}

// judge notes whether a flush has worked, and says when that changes.
func (b *Behind) judge(err error) {
	if err != nil {
		b.failed.Add(1)
		if b.late.CompareAndSwap(0, time.Now().UnixNano()) {
			b.log.Warn("counters wait to be written to their table", "err", err)
		}
		return
	}
	if b.late.Swap(0) != 0 {
		b.log.Info("counters are written again")
	}
}

// Close tells the table of what was counted a last time. What fails waits in Redis.
func (b *Behind) Close(ctx context.Context) {
	b.judge(b.Flush(ctx, true))
	_ = b.redis.Close()
}

// Flush tells the table of what was counted. Without must it leaves that to the process
// that does it already, if there is one.
func (b *Behind) Flush(ctx context.Context, must bool) error {
	if !must {
		leads, err := lead.Run(ctx, b.redis, []string{b.flusherKey()}, b.me, max(2*b.o.Flush, time.Second).Milliseconds()).Int()
		if err != nil || leads == 0 {
			return err
		}
	}
	if err := b.flushClosed(ctx); err != nil {
		return err
	}
	for range 100 { // a bound: others go on counting
		names, err := b.redis.SRandMemberN(ctx, b.changedKey(), most).Result()
		if err != nil {
			return err
		}
		b.waiting.Store(int64(len(names)))
		if len(names) == 0 {
			return nil
		}
		list, err := b.totals(ctx, names)
		if err != nil {
			return err
		}
		if err := b.apply(ctx, list); err != nil {
			return err
		}
		if len(names) < most {
			return nil
		}
	}
	return nil
}

// totals reads what was added to counters.
func (b *Behind) totals(ctx context.Context, names []string) ([]Total, error) {
	var list []Total
	cmds := make([]*redis.SliceCmd, len(names))
	_, err := b.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, name := range names {
			cmds[i] = p.HMGet(ctx, "{"+b.o.Prefix+"}:counter:"+name, "epoch", "ops", "sum")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		k, ok := keyOf(name)
		v := cmds[i].Val()
		if !ok || len(v) != 3 || v[0] == nil {
			continue
		}
		t := Total{Key: k, Epoch: fmt.Sprint(v[0])}
		if t.Ops, err = strconv.ParseInt(fmt.Sprint(v[1]), 10, 64); err != nil {
			return nil, err
		}
		if t.Sum, err = strconv.ParseInt(fmt.Sprint(v[2]), 10, 64); err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// flushClosed tells the table of all epochs that have ended.
func (b *Behind) flushClosed(ctx context.Context) error {
	var list []Total
	for cursor := uint64(0); ; {
		words, next, err := b.redis.HScan(ctx, b.closedKey(), cursor, "", most).Result()
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(words); i += 2 {
			t, err := closedTotal(words[i], words[i+1])
			if err != nil {
				return err
			}
			list = append(list, t)
		}
		if cursor = next; cursor == 0 {
			break
		}
	}
	for part := range slices.Chunk(list, most) {
		if err := b.apply(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

func closedTotal(name, text string) (t Total, err error) {
	epoch, counter, ok := strings.Cut(name, " ")
	k, good := keyOf(counter)
	if !ok || !good {
		return t, fmt.Errorf("the journal has an entry %q", name)
	}
	t = Total{Key: k, Epoch: epoch}
	if _, err := fmt.Sscanf(text, "%d %d", &t.Ops, &t.Sum); err != nil {
		return t, fmt.Errorf("the journal says %q of %q: %w", text, name, err)
	}
	return t, nil
}

// apply tells the table of totals, and then forgets them.
func (b *Behind) apply(ctx context.Context, list []Total) error {
	if len(list) == 0 {
		return nil
	}
	slices.SortFunc(list, func(x, y Total) int { // several processes lock rows in one order
		return cmp.Or(strings.Compare(x.Tenant, y.Tenant), strings.Compare(x.Name, y.Name), strings.Compare(x.Epoch, y.Epoch))
	})
	if err := b.table.Apply(ctx, list); err != nil {
		return err
	}
	b.flushed.Add(uint64(len(list)))
	for _, t := range list {
		_, closed := t.closed()
		if err := settle.Run(ctx, b.redis, b.keys(t.Key), field(t.Key), t.Epoch, t.Ops, closed, b.idle.Milliseconds()).Err(); err != nil {
			return err
		}
	}
	return nil
}

// Stats are the numbers of a Behind.
type Stats struct {
	Flushed, Failed uint64        // totals written, and rounds that failed
	Waiting         int64         // counters that this process found waiting last, at most a few hundred
	Late            time.Duration // for how long writing has failed
}

// Stats returns the numbers.
func (b *Behind) Stats() Stats {
	s := Stats{Flushed: b.flushed.Load(), Failed: b.failed.Load(), Waiting: b.waiting.Load()}
	if at := b.late.Load(); at != 0 {
		s.Late = time.Since(time.Unix(0, at))
	}
	return s
}

// Durable says why Redis may lose what it has acknowledged, when it crashes; empty: it
// will not, as far as it tells.
func (b *Behind) Durable(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for name, want := range map[string]string{"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"} {
		got, err := b.redis.ConfigGet(ctx, name).Result()
		if err != nil {
			return "it does not tell its settings: " + err.Error()
		}
		if v, ok := got[name]; ok && v != want {
			return "its " + name + " is " + v + ", not " + want
		}
	}
	return ""
}
