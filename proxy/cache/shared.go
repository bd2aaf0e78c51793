package cache

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"
)

// Shared keeps the versions that count for all Sluice processes, and replies, in Redis.
//
// A write moves the versions of its marks in Redis after its commit and before its
// acknowledgement, and an exact reply is used only after Redis has said, for this very
// ask, that its marks have the versions they had before the reply was read. That leaves
// the write whose process cannot reach Redis while others can. So each process holds a
// lease in Redis, and exact replies are used by nobody while the lease of any process
// has run out. A process whose mark did not arrive holds the acknowledgement back until
// its own lease has run out, at most once in an outage; it renews the lease only together
// with the marks it owes.
//
// A lease, and a version, count only on the server, and in the data set, where they were
// written: a replica that takes over may lack the last marks, and a primary that has
// been replaced may not know it yet. What was vouched for elsewhere has to be vouched
// for anew, and who finds another server than the one that has its lease first waits
// until that lease has run out there.
type Shared struct {
	store *Store
	redis redis.UniversalClient
	o     SharedOptions
	log   *slog.Logger
	nonce string // tells our own messages from those of others

	mu       sync.Mutex
	owed     map[Mark]int // moved here, and perhaps not in Redis
	leaseEnd time.Time    // until when others may rely on us, at the latest
	fence    time.Time    // the same on a server that has been replaced since
	leaseRun string       // the server that has our lease
	renewing bool         // it may have it elsewhere already
	offset   time.Duration
	timed    bool            // offset is known
	known    map[string]bool // processes that Redis has named
	lapsed   string          // whose lease has run out, as Redis said last
	live     string          // what Redis said of them all last, if nobody's has
	succeeds bool            // a process of our name died, and its last writes may still take effect

	failures atomic.Int64
	closedAt atomic.Int64 // until when Redis is not asked, in unix nanoseconds
	puts     chan put

	asking sync.Mutex
	next   *batch // being collected; nil: nobody waits
	flying int    // batches on their way
}

// SharedOptions say how Redis is reached and used.
type SharedOptions struct {
	Redis    *redis.UniversalOptions
	Prefix   string
	Process  string        // names this process to the others
	Deadline time.Duration // for one question
	Lease    time.Duration
	Compress int // bytes from which replies are compressed
}

// NewShared prepares the use of Redis. Run must be called, too.
func NewShared(o SharedOptions, log *slog.Logger) *Shared {
	ro := *o.Redis
	ro.DialTimeout, ro.ReadTimeout, ro.WriteTimeout = max(o.Deadline, 200*time.Millisecond), max(o.Deadline, o.Lease/2), max(o.Deadline, o.Lease/2)
	ro.PoolTimeout, ro.MaxRetries, ro.ContextTimeoutEnabled = o.Deadline, -1, true
	ro.Protocol = 2 // nothing that Redis would say unasked is wanted, and looking for it costs a system call each
	ro.Dialer = lazily(ro.DialTimeout, ro.TLSConfig, o.Deadline/4)
	var b [8]byte
	_, _ = rand.Read(b[:])
	return &Shared{
		redis: redis.NewUniversalClient(&ro), o: o, log: log, nonce: hex.EncodeToString(b[:]), owed: map[Mark]int{}, known: map[string]bool{},
		puts: make(chan put, 256),
	}
}

// The names in Redis. Versions and leases are on one node of a cluster.
func (r *Shared) versionsKey() string { return "{" + r.o.Prefix + "}:versions" }
func (r *Shared) leasesKey() string   { return "{" + r.o.Prefix + "}:leases" }
func (r *Shared) channel() string     { return r.o.Prefix + ":changes" }

// prologue finds the data set, which is made if it is missing, and the server: by what it
// calls its replication history, which begins anew whenever it starts and whenever it
// takes over. That a server takes over a second time must show: what it vouched for the
// first time, others may have changed while it was a replica, and it may not know.
const prologue = `
local origin = redis.call('HGET', KEYS[1], 'origin')
if not origin then
  origin = ARGV[1]
  redis.call('HSET', KEYS[1], 'origin', origin)
end
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then
  return redis.error_reply('READONLY it has been replaced, and has the history of another')
end
local _, at = string.find(info, 'master_replid:', 1, true)
local run = string.sub(info, at + 1, at + 40)
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
`

// move moves versions and tells those who listen. ARGV: a new origin, the channel, the
// sender, the marks.
var move = redis.NewScript(prologue + `
for i = 4, #ARGV do
  redis.call('HINCRBY', KEYS[1], ARGV[i], 1)
end
redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' ' .. table.concat(ARGV, ' ', 4))
return {origin, run, now}`)

// renew moves the versions that are owed and renews a lease, unless another process has
// it. A process that finds its name with a lease of somebody who has not left it is the
// successor of one that died: what that one has changed was perhaps told to nobody, so
// everything is put out of date, as for a name that is new. So it is where the process
// comes from another server: here may be what was vouched for when it was here before, and
// it has moved marks elsewhere since. ARGV: a new origin, the name, until when, the channel,
// the sender, the longest lease, the server that has the lease, the mark of everything, the
// marks. It returns origin, server, the time, what it found, and whose lease.
var renew = redis.NewScript(prologue + `
local where = run .. ' ' .. origin
local held = redis.call('HGET', KEYS[2], ARGV[2])
local till, at, who
if held then
  till, at, who = string.match(held, '^(%d+) (%S+ %S+) (%S+)')
end
local found = 'own'
if who ~= ARGV[5] then
  found = 'free'
  if held and held ~= 'gone' then
    found = 'left'
  end
  if till and at == where and tonumber(till) >= now then
    found = 'taken'
  end
end
local list = {unpack(ARGV, 9)}
if found == 'free' or found == 'left' or ARGV[7] ~= run then
  list[#list + 1] = ARGV[8]
end
if #list > 0 then
  for i = 1, #list do
    redis.call('HINCRBY', KEYS[1], list[i], 1)
  end
  redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. table.concat(list, ' '))
end
if found ~= 'taken' and tonumber(ARGV[3]) >= now then
  local last = math.min(tonumber(ARGV[3]), now + tonumber(ARGV[6]))
  redis.call('HSET', KEYS[2], ARGV[2], string.format('%.0f', last) .. ' ' .. where .. ' ' .. ARGV[5])
end
return {origin, run, now, found, who or ''}`)

// clock is the time of the server that has the versions and the leases.
var clock = redis.NewScript(`
local t = redis.call('TIME')
return t[1] * 1000 + math.floor(t[2] / 1000)`)

func newOrigin() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

var errAside = errors.New("redis is left alone for a moment")

// run runs a script, unless Redis has failed too often lately.
func (r *Shared) run(ctx context.Context, script *redis.Script, limit time.Duration, args ...any) ([]any, error) {
	return r.runWith(ctx, script, limit, nil, args...)
}

// runWith is run that asks for replies in the same round trip.
func (r *Shared) runWith(ctx context.Context, script *redis.Script, limit time.Duration, replies []*replyAsk, args ...any) ([]any, error) {
	if until := r.closedAt.Load(); until != 0 && time.Now().UnixNano() < until {
		return nil, errAside
	}
	ctx = until{ctx, time.Now().Add(limit)}
	keys := []string{r.versionsKey(), r.leasesKey()}
	var out []any
	var err error
	if len(replies) > 0 {
		out, err = r.pipe(ctx, script, keys, replies, args)
	} else {
		out, err = script.Run(ctx, r.redis, keys, args...).Slice()
	}
	if err == nil && len(out) < 3 {
		err = errors.New("redis: an answer of another kind")
	}
	r.judge(ctx, err)
	return out, err
}

// pipe runs a script and gets replies in one round trip. A reply that cannot be got is as
// one that is not there.
func (r *Shared) pipe(ctx context.Context, script *redis.Script, keys []string, replies []*replyAsk, args []any) ([]any, error) {
	p := r.redis.Pipeline()
	ran := script.EvalSha(ctx, p, keys, args...)
	got := make([]*redis.StringCmd, len(replies))
	for i, a := range replies {
		got[i] = p.Get(ctx, a.key)
	}
	_, _ = p.Exec(ctx) // the error of the first that failed
	for i, a := range replies {
		if b, err := got[i].Bytes(); err == nil {
			a.value = b
		}
	}
	if redis.HasErrorPrefix(ran.Err(), "NOSCRIPT") {
		return script.Run(ctx, r.redis, keys, args...).Slice()
	}
	return ran.Slice()
}

// judge opens the circuit after several failures in a row.
func (r *Shared) judge(ctx context.Context, err error) {
	if err == nil {
		r.failures.Store(0)
		r.closedAt.Store(0)
		return
	}
	if c, ok := r.redis.(*redis.ClusterClient); ok {
		c.ReloadState(ctx) // by itself it asks who has what once a minute
	}
	if r.failures.Add(1) >= 5 {
		r.closedAt.Store(time.Now().Add(r.o.Lease / 4).UnixNano())
	}
}

// changed moves the versions of marks in Redis. Where that fails it returns when nobody
// relies on this process any more.
func (r *Shared) changed(ctx context.Context, list []Mark) {
	r.mu.Lock()
	for _, m := range list {
		r.owed[m]++
	}
	r.mu.Unlock()
	args := append([]any{newOrigin(), r.channel(), r.nonce}, anyMarks(list)...)
	for paid := false; ; {
		server := ""
		if out, err := r.run(ctx, move, r.o.Deadline, args...); err == nil {
			server, _ = out[1].(string)
		}
		wait, settled := r.relied(list, server, paid)
		if wait <= 0 || r.store.loses(LoseWait) {
			return
		}
		paid = paid || settled
		time.Sleep(5 * time.Millisecond)
	}
}

// relied is how long others may still rely on this process for marks that have been
// moved on a server; empty: on none. What is moved is no longer owed where it is settled
// that this is the server with the lease; elsewhere it is, since the lease goes on.
func (r *Shared) relied(list []Mark, server string, paid bool) (wait time.Duration, settled bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	until := r.fence
	switch settled = server != "" && server == r.leaseRun && !r.renewing; {
	case !settled:
		until = later(until, r.leaseEnd)
	case !paid:
		r.paid(list)
	}
	return time.Until(until), settled
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func anyMarks(list []Mark) []any {
	out := make([]any, len(list))
	for i, m := range list {
		out[i] = uint32(m)
	}
	return out
}

// paid strikes marks off what is owed.
func (r *Shared) paid(list []Mark) {
	for _, m := range list {
		if r.owed[m]--; r.owed[m] <= 0 {
			delete(r.owed, m)
		}
	}
}

// maxOwed is the number of marks beyond which everything is put out of date instead.
const maxOwed = 2000

// renew renews the lease together with what is owed.
func (r *Shared) renew(ctx context.Context) error {
	if until := r.closedAt.Load(); until != 0 && time.Now().UnixNano() < until {
		return errAside
	}
	if !r.timed {
		if err := r.learnTime(ctx); err != nil {
			return err
		}
	}
	r.mu.Lock()
	owed := maps.Clone(r.owed)
	var list []any
	for m := range owed {
		list = append(list, uint32(m))
	}
	if len(owed) > maxOwed {
		list = []any{uint32(Everything)}
	}
	end := time.Now().Add(r.o.Lease)
	before := r.leaseEnd
	r.leaseEnd, r.renewing = later(r.leaseEnd, end), true
	till, server := end.Add(r.offset).UnixMilli(), r.leaseRun
	r.mu.Unlock()
	all := Everything
	if r.store.loses(LoseSuccession) {
		all = marks - 1
	}
	args := append([]any{newOrigin(), r.o.Process, till, r.channel(), r.nonce, r.o.Lease.Milliseconds(), server, uint32(all)}, list...)
	out, err := r.run(ctx, renew, r.o.Lease/2, args...)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.renewing = false
	if err != nil {
		r.fence = later(r.fence, end) // on whatever server it may have arrived
		r.timed = false               // and try whether Redis answers before the next
		return err
	}
	found := ""
	if len(out) > 3 {
		found, _ = out[3].(string)
	}
	if found == "taken" {
		return fmt.Errorf("another process is named %s: give each a name of its own (cache.redis.process)", r.o.Process)
	}
	r.succeeds = r.succeeds || found == "left" && !r.store.loses(LoseSuccession)
	if server, _ := out[1].(string); server != r.leaseRun {
		r.fence = later(r.fence, before)
		r.leaseRun, r.timed = server, false // it has another clock
	}
	for m, n := range owed {
		if r.owed[m] -= n; r.owed[m] <= 0 {
			delete(r.owed, m)
		}
	}
	return nil
}

// inherits reports, once, that the last writes of a dead process are now ours to doubt.
func (r *Shared) inherits() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.succeeds
	r.succeeds = false
	return found
}

// learnTime learns how the clock of Redis differs from ours, at the least.
func (r *Shared) learnTime(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.o.Lease/2)
	defer cancel()
	at, err := clock.Run(ctx, r.redis, []string{r.versionsKey()}).Int64()
	r.judge(ctx, err)
	if err != nil {
		return err
	}
	r.offset, r.timed = time.Until(time.UnixMilli(at)), true
	return nil
}

// Run keeps the lease, answers questions and listens, until ctx ends.
func (r *Shared) Run(ctx context.Context) {
	var g errgroup.Group
	g.Go(func() error { r.writePuts(ctx); return nil })
	g.Go(func() error { r.listen(ctx); return nil })
	g.Go(func() error { r.keepLease(ctx); return nil })
	_ = g.Wait()
}

func (r *Shared) keepLease(ctx context.Context) {
	tick := time.NewTicker(r.o.Lease / 4)
	defer tick.Stop()
	down := false
	for rounds := 0; ; rounds++ {
		err := r.renew(ctx)
		switch {
		case err != nil && !down && !errors.Is(err, errAside) && ctx.Err() == nil:
			r.log.Warn("redis does not answer; exact replies are not used", "err", err)
			down = true
		case err == nil && down:
			r.log.Info("redis answers again")
			down = false
		}
		if rounds%40 == 0 {
			r.timed = false // clocks drift
		}
		if r.inherits() {
			r.log.Warn("a process of this name died; for a while nothing is kept for longer than a second", "process", r.o.Process, "while", doubtTime)
			r.store.Wary([]Mark{Everything})
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// Leave tells the others that this process writes no more.
func (r *Shared) Leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.o.Lease)
	defer cancel()
	err := r.renew(ctx)
	if err == nil {
		err = r.redis.HSet(ctx, r.leasesKey(), r.o.Process, "gone").Err()
	}
	if err != nil {
		r.log.Warn("the other processes do not know that this one has left; if it does not come back: sluice cache forget", "process", r.o.Process, "err", err)
	}
	_ = r.redis.Close()
}

// Forget lets exact replies be used again though a process has gone without a word. It
// must not be running any more.
func (r *Shared) Forget(ctx context.Context, process string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	leases, err := r.redis.HGetAll(ctx, r.leasesKey()).Result()
	switch state, ok := leases[process]; {
	case err != nil || state == "gone":
		return err
	case process == r.o.Process:
		return errors.New("that is this process")
	case !ok && !r.knows(process): // of one that Redis has lost others may still know
		return fmt.Errorf("no process is named %s; there are %s", process, strings.Join(slices.Sorted(maps.Keys(leases)), ", "))
	}
	if err := r.redis.HIncrBy(ctx, r.versionsKey(), strconv.Itoa(int(Everything)), 1).Err(); err != nil {
		return err
	}
	r.store.Wary([]Mark{Everything})
	return r.redis.HSet(ctx, r.leasesKey(), process, "gone").Err()
}

func (r *Shared) knows(process string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[process]
}

// State says in a few words how Redis is.
func (r *Shared) State() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case time.Now().After(r.leaseEnd):
		return "does not answer; exact replies are not used"
	case r.lapsed != "":
		return "exact replies are not used: " + r.lapsed + " does not tell of its writes; if it is gone for good: sluice cache forget '" + r.lapsed + "'"
	}
	return "in use"
}

// listen hears what other processes have changed. It serves replies of bounded
// staleness; exact ones do not rely on messages.
func (r *Shared) listen(ctx context.Context) {
	ps := r.redis.Subscribe(ctx, r.channel())
	defer ps.Close()
	defer context.AfterFunc(ctx, func() { _ = ps.Close() })() // a Receive under way does not look at ctx
	for ctx.Err() == nil {
		m, err := ps.Receive(ctx)
		if err != nil {
			select {
			case <-time.After(r.o.Lease / 2):
			case <-ctx.Done():
			}
			continue
		}
		switch m := m.(type) {
		case *redis.Subscription: // anew: messages may have been missed
			r.store.Heard([]Mark{Everything}, ByReload)
		case *redis.Message:
			r.heard(m.Payload)
		}
	}
}

func (r *Shared) heard(text string) {
	words := strings.Fields(text)
	if len(words) == 0 || words[0] == r.nonce {
		return
	}
	var list []Mark
	for _, w := range words[1:] {
		if m, err := strconv.ParseUint(w, 10, 32); err == nil && m < marks {
			list = append(list, Mark(m))
		}
	}
	r.store.Heard(list, ByOther)
}
