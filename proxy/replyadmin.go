package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

var errNoCache = errors.New("there is no cache: cache.size is not set")

// CacheStats are the numbers of the cache as `sluice cache stats` shows them.
type CacheStats struct {
	Entries int               `json:"entries"`
	Bytes   uint64            `json:"bytes"`
	Shared  string            `json:"shared,omitempty"`        // the state of Redis; empty without
	Unread  []string          `json:"logs_not_read,omitempty"` // groups whose binary logs should be followed and are not
	Tables  []CacheCounts     `json:"tables"`
	Causes  map[string]uint64 `json:"invalidations"`
}

// CacheCounts are those of one table and class.
type CacheCounts struct {
	Table      string  `json:"table"`
	Class      string  `json:"class"`
	Hits       uint64  `json:"hits"`
	SharedHits uint64  `json:"shared_hits"`
	Waited     uint64  `json:"waited"`
	Misses     uint64  `json:"misses"`
	Refreshes  uint64  `json:"refreshes"`
	Stores     uint64  `json:"stores"`
	Dropped    uint64  `json:"dropped"`
	Stale      uint64  `json:"stale_avoided"`
	Untrusted  uint64  `json:"untrusted"`
	Evicted    uint64  `json:"evicted"`
	Bytes      int64   `json:"bytes"`
	Age        float64 `json:"age_seconds"` // of the replies that were hits, on average
}

// CacheStats returns the numbers of the cache.
func (o Operator) CacheStats() (any, error) {
	if o.replies == nil {
		return nil, errNoCache
	}
	st := CacheStats{Tables: []CacheCounts{}, Causes: map[string]uint64{}}
	st.Entries, st.Bytes = o.replies.Size()
	if o.replies.shared != nil {
		st.Shared = o.replies.shared.State()
	}
	if snap := o.snap.Load(); snap.conf.Cache.Binlog {
		for name := range snap.groups {
			if !o.replies.following.trusts(name) {
				st.Unread = append(st.Unread, name)
			}
		}
		slices.Sort(st.Unread)
	}
	o.replies.EachCause(func(cause string, n uint64) { st.Causes[cause] = n })
	o.replies.EachCounts(func(l cache.Label, c *cache.Counts) {
		st.Tables = append(st.Tables, CacheCounts{
			Table: l.Table, Class: l.Class, Hits: c.Hits.Load(), SharedHits: c.SharedHits.Load(), Waited: c.Waited.Load(), Misses: c.Misses.Load(), Refreshes: c.Refreshes.Load(),
			Age:    time.Duration(c.Age.Load()).Seconds() / float64(max(1, c.Hits.Load()+c.SharedHits.Load())),
			Stores: c.Stores.Load(), Dropped: c.Dropped.Load(), Stale: c.Stale.Load(), Untrusted: c.Untrusted.Load(), Evicted: c.Evicted.Load(), Bytes: c.Bytes.Load(),
		})
	})
	slices.SortFunc(st.Tables, func(a, b CacheCounts) int { return strings.Compare(a.Table+" "+a.Class, b.Table+" "+b.Class) })
	return st, nil
}

// CacheFlush puts out of date what is kept of a table, of one tenant or of all; without
// a table everything.
func (o Operator) CacheFlush(table, tenant string) error {
	if o.replies == nil {
		return errNoCache
	}
	if table == "" {
		o.replies.Changed(o.ctx, []cache.Mark{cache.Everything}, cache.ByPerson)
		o.replies.Empty()
		return nil
	}
	t, ok := o.snap.Load().rules.Table(table)
	if !ok {
		return fmt.Errorf("the rules list no table %s", table)
	}
	key := ""
	if tenant != "" {
		h, ok := uint64(0), t.Kind == rules.Sharded
		if ok {
			h, ok = t.KeyHash(value.Value{Kind: value.String, S: tenant})
		}
		if !ok {
			return fmt.Errorf("%s has no rows of a tenant %q", t.Name, tenant)
		}
		key = keyName(h)
	}
	var list []cache.Mark
	for _, s := range t.Database.Shards {
		list = appendMarks(list, s, t.Name, key, true)
	}
	o.replies.Changed(o.ctx, list, cache.ByPerson)
	return nil
}

// CacheForget lets exact replies be used again though another process has gone without a
// word. It must not be running any more.
func (o Operator) CacheForget(process string) error {
	if o.replies == nil || o.replies.shared == nil {
		return errors.New("there is no Redis: cache.redis is not set")
	}
	return o.replies.shared.Forget(o.ctx, process)
}

// explainCache says whether the reply of a statement is kept, and why.
func (s *session) explainCache(p *plan.Relay, t plan.Target, text []byte) string {
	if s.srv.replies == nil && s.snap.conf.Cache.Size == 0 {
		return ""
	}
	if !p.Reply.Stable {
		return "no: " + p.Reply.Unstable
	}
	r := s.snap.keeping.of(s, p, text)
	if r == nil {
		if p.Reply.Hint != "" {
			return "no: the hint sluice_cache(" + p.Reply.Hint + ") is no time, and no rule fits"
		}
		return "no: no rule fits"
	}
	out := fmt.Sprintf("%s for %s, %s (%s)", r.Class, r.TTL, consistency(r.Stale), r.at)
	if table, v, ok := p.Key(s); ok {
		if _, ok := table.KeyHash(v); ok {
			return out + "; until a write to rows of " + plan.Show(v)
		}
	}
	where := "the shard of its rows"
	if t.Shard != nil {
		where = t.Shard.Name
	}
	return out + "; until a write to its tables on " + where
}

func consistency(stale time.Duration) string {
	if stale > 0 {
		return "bounded by " + stale.String()
	}
	return "exact"
}

var (
	descReplies    = desc("cache_requests_total", "Statements that a rule lets the cache answer, by what came of them.", "table", "class", "outcome")
	descReplyBytes = desc("cache_bytes", "Bytes of kept replies.", "table", "class")
	descReplySize  = desc("cache_entries", "Replies that are kept.")
	descReplyAge   = desc("cache_hit_age_seconds_total", "Ages of the replies that were hits, added up.", "table", "class")
	descReplyEvict = desc("cache_evictions_total", "Replies that made room for others.", "table", "class")
	descReplyMoves = desc("cache_invalidations_total", "Dependencies put out of date, by cause.", "cause")
)

// replies exports the numbers of the cache.
func (c collector) replies(ch chan<- prometheus.Metric) {
	r := c.srv.replies
	if r == nil {
		return
	}
	put := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	entries, _ := r.Size()
	put(descReplySize, prometheus.GaugeValue, float64(entries))
	r.EachCause(func(cause string, n uint64) { put(descReplyMoves, prometheus.CounterValue, float64(n), cause) })
	r.EachCounts(func(l cache.Label, n *cache.Counts) {
		for outcome, v := range map[string]uint64{
			"hit": n.Hits.Load(), "shared_hit": n.SharedHits.Load(), "waited": n.Waited.Load(), "miss": n.Misses.Load(), "refresh": n.Refreshes.Load(), "stored": n.Stores.Load(),
			"dropped": n.Dropped.Load(), "stale_avoided": n.Stale.Load(), "untrusted": n.Untrusted.Load(),
		} {
			put(descReplies, prometheus.CounterValue, float64(v), l.Table, l.Class, outcome)
		}
		put(descReplyBytes, prometheus.GaugeValue, float64(n.Bytes.Load()), l.Table, l.Class)
		put(descReplyAge, prometheus.CounterValue, time.Duration(n.Age.Load()).Seconds(), l.Table, l.Class)
		put(descReplyEvict, prometheus.CounterValue, float64(n.Evicted.Load()), l.Table, l.Class)
	})
}
