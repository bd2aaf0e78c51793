package proxy

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/rules"
)

// metrics counts what sessions do. The path of a statement touches only atomics that
// were found before; the exporter reads them when it is scraped.
type metrics struct {
	statements [verbCount][outcomes]atomic.Uint64
	took       [verbClasses]histogram
	slow       atomic.Uint64
	bytesOut   atomic.Uint64
	refusedN   atomic.Uint64
	acceptedN  atomic.Uint64
	most       atomic.Int64
	commits    atomic.Uint64
	rollbacks  atomic.Uint64
	doubtful   atomic.Int64 // transactions prepared and not finished
	oldest     atomic.Int64 // since when the oldest is known, in nanoseconds
	recoveries [2]atomic.Uint64
	gathered   atomic.Uint64 // bytes of rows brought together
	shards     sync.Map      // shardKey -> *[outcomes]atomic.Uint64
	plans      [planKinds]atomic.Uint64
	locations  [3]atomic.Uint64 // hit, miss, absent
	timeless   sync.Map         // name of a table -> *atomic.Uint64
	errors     sync.Map         // MySQL error number -> *atomic.Uint64; bounded by the numbers there are
	slowBy     slowTable

	reads     sync.Map // readKey -> *atomic.Uint64
	fallbacks sync.Map // fallbackKey -> *atomic.Uint64
	waits     sync.Map // group -> *waits
	repeated  atomic.Uint64
	replays   sync.Map // fallbackKey -> *atomic.Uint64
	lookups   sync.Map // fallbackKey -> *atomic.Uint64
}

type (
	readKey     struct{ group, server, level string }
	fallbackKey struct{ group, reason string }
	waits       struct{ caught, late, nanos atomic.Uint64 }
)

// read counts a read that may run on a replica, by the server that has answered it.
func (m *metrics) read(group, server string, level conf.Consistency) {
	counter(&m.reads, readKey{group, server, string(level)}).Add(1)
}

// fellBack counts a read that the primary answers although its level allows a replica.
func (m *metrics) fellBack(group, reason string) {
	counter(&m.fallbacks, fallbackKey{group, reason}).Add(1)
}

// replayed counts a transaction that was lost with its server and should be run again, by
// what became of it.
func (m *metrics) replayed(group, outcome string) {
	counter(&m.replays, fallbackKey{group, outcome}).Add(1)
}

// lookedUp counts a transaction the answer to whose COMMIT was lost, by what was found to
// have become of it.
func (m *metrics) lookedUp(group, outcome string) {
	counter(&m.lookups, fallbackKey{group, outcome}).Add(1)
}

// waited counts a wait for a replica to catch up.
func (m *metrics) waited(group string, caught bool, took time.Duration) {
	v, ok := m.waits.Load(group)
	if !ok {
		v, _ = m.waits.LoadOrStore(group, new(waits))
	}
	w := v.(*waits)
	w.nanos.Add(uint64(took))
	if caught {
		w.caught.Add(1)
	} else {
		w.late.Add(1)
	}
}

func counter(m *sync.Map, key any) *atomic.Uint64 {
	c, ok := m.Load(key)
	if !ok {
		c, _ = m.LoadOrStore(key, new(atomic.Uint64))
	}
	return c.(*atomic.Uint64)
}

const (
	verbCount   = 64
	verbClasses = 4 // read, write, transaction, other
	outcomes    = 2 // ok, error
	planKinds   = 10
)

// The kinds of plans, as metrics name them.
const (
	planRelay = iota
	planLocate
	planValues
	planSession
	planGather
	planSplit
	planEverywhere
	planCached
	planScatter
	planRehearsal
)

var (
	planNames  = [planKinds]string{"relay", "locate", "values", "session", "gather", "split", "everywhere", "cached", "scatter", "rehearsal"}
	classNames = [verbClasses]string{"read", "write", "transaction", "other"}
)

// bounds are the upper bounds of the latency buckets in seconds.
var bounds = [...]float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

type histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Uint64 // nanoseconds
}

func (h *histogram) observe(d time.Duration) {
	s, i := d.Seconds(), 0
	for i < len(bounds) && s > bounds[i] {
		i++
	}
	h.buckets[i].Add(1)
	h.sum.Add(uint64(d))
}

func newMetrics() *metrics { return &metrics{} }

func (m *metrics) refused()         { m.refusedN.Add(1) }
func (m *metrics) planned(kind int) { m.plans[kind].Add(1) }
func (m *metrics) located(outcome string) {
	m.locations[map[string]int{"hit": 0, "miss": 1, "absent": 2}[outcome]].Add(1)
}

// inDoubt notes how many transactions are prepared, and how long the oldest has been
// known.
func (m *metrics) inDoubt(n int, oldest time.Duration) {
	m.doubtful.Store(int64(n))
	m.oldest.Store(int64(oldest))
}

// recovered counts a transaction that was finished for a Sluice that has died.
func (m *metrics) recovered(committed bool) { m.recoveries[outcomeOf(!committed)].Add(1) }

func (m *metrics) connected(now int) {
	m.acceptedN.Add(1)
	for {
		most := m.most.Load()
		if int64(now) <= most || m.most.CompareAndSwap(most, int64(now)) {
			return
		}
	}
}

func (m *metrics) failed(number uint16) {
	c, ok := m.errors.Load(number)
	if !ok {
		c, _ = m.errors.LoadOrStore(number, new(atomic.Uint64))
	}
	c.(*atomic.Uint64).Add(1)
}

type shardKey struct{ database, shard string }

// ranOn counts the statements that a shard has answered. The snapshot remembers the
// counters of its shards, which outlive it.
func (m *metrics) ranOn(s *snapshot, shard *rules.Shard) *[outcomes]atomic.Uint64 {
	c, ok := s.counters.Load(shard)
	if !ok {
		c, _ = m.shards.LoadOrStore(shardKey{shard.Database.Name, shard.Name}, new([outcomes]atomic.Uint64))
		s.counters.Store(shard, c)
	}
	return c.(*[outcomes]atomic.Uint64)
}

func outcomeOf(failed bool) int {
	if failed {
		return 1
	}
	return 0
}

// measure is one statement being timed.
type measure struct {
	from int64 // Ticks
	verb parser.Verb
}

func (m *metrics) start(s *session) measure {
	return measure{from: s.busy.Load(), verb: s.scan.First}
}

// end counts the statement, and notes it if it was slow.
func (t measure) end(s *session, err error) {
	m := s.srv.metrics
	s.clock = loop.Ticks()
	took := time.Duration(s.clock - t.from)
	failed := err != nil || s.relay.out.Err != nil
	m.statements[min(int(t.verb), verbCount-1)][outcomeOf(failed)].Add(1)
	m.took[classOf(t.verb)].observe(took)
	m.bytesOut.Add(uint64(s.relay.out.Bytes))
	if s.relay.out.Err != nil {
		m.failed(s.relay.out.Err.Number)
	}
	if !failed {
		switch t.verb {
		case parser.Commit:
			m.commits.Add(1)
		case parser.Rollback:
			m.rollbacks.Add(1)
		}
	}
	if slow := s.snap.conf.Limits.Slow; slow > 0 && took > slow {
		m.slow.Add(1)
		s.slow(took, failed)
	}
}

// slow logs a slow statement by its fingerprint, without literals.
func (s *session) slow(took time.Duration, failed bool) {
	stmt := parser.Fingerprint(s.current, s.dialect)
	s.srv.metrics.slowBy.add(stmt, took)
	if s.snap.conf.Log.Slow {
		s.log.Warn("slow statement", "conn", s.id, "user", s.user.Name, "db", s.db, "took", took, "failed", failed, "rows", s.relay.out.Rows, "stmt", stmt)
	}
}

func classOf(v parser.Verb) int {
	switch v {
	case parser.Select, parser.With, parser.Show, parser.Describe, parser.Explain, parser.Table, parser.Values:
		return 0
	case parser.Insert, parser.Replace, parser.Update, parser.Delete, parser.Load, parser.Call:
		return 1
	case parser.Begin, parser.StartTransaction, parser.Commit, parser.Rollback, parser.Savepoint, parser.Release:
		return 2
	}
	return 3
}

// totals are the statements so far, and how many were slow.
func (m *metrics) totals() (all, slow uint64) {
	for i := range m.statements {
		all += m.statements[i][0].Load() + m.statements[i][1].Load()
	}
	return all, m.slow.Load()
}

// slowTable counts slow statements by fingerprint, a bounded number of them.
type slowTable struct {
	mu   sync.Mutex
	byFP map[string]*slowStmt
}

type slowStmt struct {
	n   uint64
	sum time.Duration
}

const (
	slowKept   = 200
	slowLength = 200
)

func (t *slowTable) add(fp string, took time.Duration) {
	if len(fp) > slowLength {
		fp = fp[:slowLength]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byFP == nil {
		t.byFP = make(map[string]*slowStmt)
	}
	e := t.byFP[fp]
	if e == nil {
		if len(t.byFP) >= slowKept {
			fp = "(other)"
		}
		if e = t.byFP[fp]; e == nil {
			e = &slowStmt{}
			t.byFP[fp] = e
		}
	}
	e.n++
	e.sum += took
}

// Collector exports the server's numbers to Prometheus.
func (srv *Server) Collector() prometheus.Collector { return collector{srv} }

type collector struct{ srv *Server }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("sluice_"+name, help, labels, nil)
}

var (
	descConns      = desc("client_connections", "Client connections that are open.")
	descConnsMax   = desc("client_connections_highest", "Highest number of client connections open at the same time.")
	descAccepted   = desc("client_connections_total", "Client connections that have logged in.")
	descRefused    = desc("client_connections_refused_total", "Client connections that were not let in.")
	descBusy       = desc("client_connections_running", "Client connections with a statement running.")
	descPinned     = desc("client_connections_pinned", "Client connections that hold a backend connection.")
	descPrepared   = desc("prepared_statements", "Prepared statements that clients have open.")
	descStatements = desc("statements_total", "Statements by verb and outcome.", "verb", "outcome")
	descTook       = desc("statement_duration_seconds", "Time from reading a command to its closing packet.", "class")
	descSlow       = desc("slow_statements_total", "Statements over limits.slow, by fingerprint.", "fingerprint")
	descSlowTime   = desc("slow_statements_seconds_total", "Time of statements over limits.slow, by fingerprint.", "fingerprint")
	descBytes      = desc("sent_bytes_total", "Bytes of replies relayed to clients.")
	descTxn        = desc("transactions_total", "Transactions that clients have ended.", "end")
	descShard      = desc("shard_statements_total", "Statements that ran on a shard.", "database", "shard", "outcome")
	descPlans      = desc("plans_total", "Statements by kind of plan.", "kind")
	descLocator    = desc("locator_lookups_total", "Rows looked up by a key without the tenant.", "outcome")
	descTimeless   = desc("timeless_statements_total", "Statements that look into all partitions of a table, because they do not say of what time its rows are.", "table")
	descErrors     = desc("errors_total", "Errors sent to clients, by MySQL number.", "number")
	descPool       = desc("pool_connections", "Backend connections by state.", "group", "server", "state")
	descWaits      = desc("pool_waits_total", "Statements that had to wait for a backend connection.", "group", "server")
	descTimeouts   = desc("pool_timeouts_total", "Statements that got no backend connection in time.", "group", "server")
	descShed       = desc("pool_shed_total", "Statements refused at once because too many waited for a backend connection.", "group", "server")
	descDials      = desc("pool_dials_total", "Backend connections dialled.", "group", "server", "outcome")
	descClosed     = desc("pool_closed_total", "Backend connections closed, by reason.", "group", "server", "reason")
	descPrimary    = desc("group_primary", "1 for the server that takes the group's writes.", "group", "server")
	descLag        = desc("replica_lag_seconds", "How far a replica is behind, by the heartbeat; missing where it is not known.", "group", "server")
	descHeld       = desc("group_held_statements", "Statements that wait because the group has no primary.", "group")
	descChanges    = desc("group_primary_changes_total", "How often the group's primary has changed.", "group")
	descRivals     = desc("group_rivals", "1 if two servers of the group take writes.", "group")
	descUp         = desc("server_up", "1 if the last attempt to connect succeeded.", "group", "server")
	descCache      = desc("plan_cache_lookups_total", "Lookups in the plan cache.", "outcome")
	descCached     = desc("plan_cache_entries", "Plans in the cache.")
	descDoubt      = desc("transactions_in_doubt", "Transactions that are prepared on a server and not finished.")
	descOldest     = desc("transactions_in_doubt_oldest_seconds", "How long the oldest of them has been known.")
	descRecovered  = desc("transactions_recovered_total", "Prepared transactions finished for a Sluice that had died.", "outcome")
	descMessages   = desc("relay_published_total", "Messages published, by shard.", "shard")
	descMessageErr = desc("relay_errors_total", "Attempts to publish that failed, by shard.", "shard")
	descMessageLag = desc("relay_lag_seconds", "Age of the oldest message that waits, where this process publishes.", "shard")
	descMessageOwn = desc("relay_owner", "1 if this process publishes the messages of the shard.", "shard")
	descGathered   = desc("gathered_bytes_total", "Bytes of rows brought together for queries over several shards.")
	descReads      = desc("reads_total", "Reads that may run on a replica, by the server that answered and the level.", "group", "server", "level")
	descFallbacks  = desc("read_fallbacks_total", "Reads that the primary answered because no replica could, by reason.", "group", "reason")
	descReadWaits  = desc("read_waits_total", "Waits for a replica to catch up with a session's writes.", "group", "outcome")
	descReadWaited = desc("read_waits_seconds_total", "Time of these waits.", "group")
	descRepeated   = desc("reads_repeated_total", "Reads sent to another server because the first was lost.")
	descLookups    = desc("commits_looked_up_total", "Transactions the answer to whose COMMIT was lost and that were looked up, by what was found: committed, rolled back, unknown.", "group", "outcome")
	descReplays    = desc("transactions_replayed_total", "Transactions lost with their server that were to be run again, by outcome: replayed; begun, where the first statement was lost; or why not.", "group", "outcome")
	descEjected    = desc("replica_ejected", "1 if reads leave the server alone because it failed.", "group", "server")
	descSlowly     = desc("replica_slow", "1 if reads leave the server alone because it answers much later than the fastest of its group.", "group", "server")
	descAnswers    = desc("probe_answer_seconds", "How long the server took to answer the last probe.", "group", "server")
	descTaken      = desc("event_loops_taken_over_total", "How often a statement kept an event loop for so long that another thread had to go on with it. It should stay 0 on a machine that is not overloaded.")
	descLoaded     = desc("config_loaded_timestamp_seconds", "When the rules in force were loaded.")
)

func (c collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c collector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	c.sessions(gauge)
	m := c.srv.metrics
	gauge(descConnsMax, float64(m.most.Load()))
	count(descAccepted, m.acceptedN.Load())
	count(descRefused, m.refusedN.Load())
	count(descBytes, m.bytesOut.Load())
	count(descTxn, m.commits.Load(), "commit")
	count(descTxn, m.rollbacks.Load(), "rollback")
	gauge(descDoubt, float64(m.doubtful.Load()))
	gauge(descOldest, time.Duration(m.oldest.Load()).Seconds())
	count(descRecovered, m.recoveries[0].Load(), "committed")
	count(descRecovered, m.recoveries[1].Load(), "rolled back")
	count(descGathered, m.gathered.Load())
	count(descTaken, c.srv.loops.Taken())
	c.statements(ch, count)
	c.replies(ch)
	c.counters(ch)
	c.pools(gauge, count)
	c.replicas(gauge, count)
	c.messages(gauge, count)
	snap := c.srv.snap.Load()
	gauge(descLoaded, float64(snap.made.Unix()))
	cs := snap.plans.Stats()
	count(descCache, cs.Hits, "hit")
	count(descCache, cs.Misses, "miss")
	gauge(descCached, float64(cs.Plans))
}

type (
	gaugeFunc func(*prometheus.Desc, float64, ...string)
	countFunc func(*prometheus.Desc, uint64, ...string)
)

// replicas exports how reads use replicas.
func (c collector) replicas(gauge gaugeFunc, count countFunc) {
	m := c.srv.metrics
	m.reads.Range(func(k, v any) bool {
		key := k.(readKey)
		count(descReads, v.(*atomic.Uint64).Load(), key.group, key.server, key.level)
		return true
	})
	m.fallbacks.Range(func(k, v any) bool {
		key := k.(fallbackKey)
		count(descFallbacks, v.(*atomic.Uint64).Load(), key.group, key.reason)
		return true
	})
	m.replays.Range(func(k, v any) bool {
		key := k.(fallbackKey)
		count(descReplays, v.(*atomic.Uint64).Load(), key.group, key.reason)
		return true
	})
	m.lookups.Range(func(k, v any) bool {
		key := k.(fallbackKey)
		count(descLookups, v.(*atomic.Uint64).Load(), key.group, key.reason)
		return true
	})
	m.waits.Range(func(k, v any) bool {
		w := v.(*waits)
		count(descReadWaits, w.caught.Load(), k.(string), "caught up")
		count(descReadWaits, w.late.Load(), k.(string), "late")
		gauge(descReadWaited, time.Duration(w.nanos.Load()).Seconds(), k.(string))
		return true
	})
	count(descRepeated, m.repeated.Load())
	for _, g := range c.srv.snap.Load().groups {
		for _, s := range g.Replicas() {
			st := s.State()
			gauge(descEjected, oneIf(s.Ejected()), g.Name, s.Addr)
			gauge(descSlowly, oneIf(st.Slow), g.Name, s.Addr)
			gauge(descAnswers, st.Took.Seconds(), g.Name, s.Addr)
		}
	}
}

func (c collector) messages(gauge gaugeFunc, count countFunc) {
	if c.srv.outbox == nil {
		return
	}
	for _, s := range c.srv.outbox.shards {
		s.note(func() {
			owner := 0.0
			if s.owner {
				owner = 1
			}
			gauge(descMessageOwn, owner, s.name)
			gauge(descMessageLag, s.lag.Seconds(), s.name)
			count(descMessages, s.published, s.name)
			count(descMessageErr, s.errors, s.name)
		})
	}
}

func (c collector) sessions(gauge gaugeFunc) {
	open, busy, pinned, prepared := 0, 0, 0, int64(0)
	for _, s := range c.srv.all() {
		open++
		prepared += s.prepared.Load()
		if s.busy.Load() != 0 {
			busy++
		}
		s.mu.Lock()
		if s.pinned != "" {
			pinned++
		}
		s.mu.Unlock()
	}
	gauge(descConns, float64(open))
	gauge(descBusy, float64(busy))
	gauge(descPinned, float64(pinned))
	gauge(descPrepared, float64(prepared))
}

func (c collector) statements(ch chan<- prometheus.Metric, count countFunc) {
	m := c.srv.metrics
	names := [outcomes]string{"ok", "error"}
	for v := range m.statements {
		for o, name := range names {
			if n := m.statements[v][o].Load(); n > 0 {
				count(descStatements, n, parser.Verb(v).String(), name)
			}
		}
	}
	for i := range m.took {
		h := &m.took[i]
		buckets, total := make(map[float64]uint64, len(bounds)), uint64(0)
		for j, b := range bounds {
			total += h.buckets[j].Load()
			buckets[b] = total
		}
		total += h.buckets[len(bounds)].Load()
		ch <- prometheus.MustNewConstHistogram(descTook, total, time.Duration(h.sum.Load()).Seconds(), buckets, classNames[i])
	}
	for i := range m.plans {
		count(descPlans, m.plans[i].Load(), planNames[i])
	}
	for i, name := range [...]string{"hit", "miss", "absent"} {
		count(descLocator, m.locations[i].Load(), name)
	}
	m.shards.Range(func(k, v any) bool {
		for o, name := range names {
			key := k.(shardKey)
			count(descShard, v.(*[outcomes]atomic.Uint64)[o].Load(), key.database, key.shard, name)
		}
		return true
	})
	m.timeless.Range(func(k, v any) bool {
		count(descTimeless, v.(*atomic.Uint64).Load(), k.(string))
		return true
	})
	m.errors.Range(func(k, v any) bool {
		count(descErrors, v.(*atomic.Uint64).Load(), strconv.Itoa(int(k.(uint16))))
		return true
	})
	m.slowBy.mu.Lock()
	defer m.slowBy.mu.Unlock()
	for fp, e := range m.slowBy.byFP {
		count(descSlow, e.n, fp)
		ch <- prometheus.MustNewConstMetric(descSlowTime, prometheus.CounterValue, e.sum.Seconds(), fp)
	}
}

func (c collector) pools(gauge gaugeFunc, count countFunc) {
	for _, g := range c.srv.snap.Load().groups {
		for _, s := range g.Servers() {
			st := s.Stats()
			gauge(descPool, float64(st.Idle), g.Name, s.Addr, "idle")
			gauge(descPool, float64(st.Lent), g.Name, s.Addr, "lent")
			gauge(descPool, float64(st.Waiting), g.Name, s.Addr, "waiting")
			count(descWaits, st.Waits, g.Name, s.Addr)
			count(descTimeouts, st.Timeouts, g.Name, s.Addr)
			count(descShed, st.Shed, g.Name, s.Addr)
			count(descDials, st.Dials-st.DialErrors, g.Name, s.Addr, "ok")
			count(descDials, st.DialErrors, g.Name, s.Addr, "error")
			for reason, n := range st.Closed {
				count(descClosed, n, g.Name, s.Addr, reason)
			}
			up := 1.0
			if st.Err != nil {
				up = 0
			}
			gauge(descUp, up, g.Name, s.Addr)
			c.role(g, s, gauge)
		}
		gauge(descHeld, float64(g.Held()), g.Name)
		gauge(descRivals, oneIf(g.Rivals()), g.Name)
		count(descChanges, g.Changes(), g.Name)
	}
}

func (c collector) role(g *pool.Group, s *pool.Server, gauge gaugeFunc) {
	gauge(descPrimary, oneIf(s == g.Primary()), g.Name, s.Addr)
	if st := s.State(); st.LagKnown && s != g.Primary() {
		gauge(descLag, (st.Lag + time.Since(st.Seen)).Seconds(), g.Name, s.Addr)
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
