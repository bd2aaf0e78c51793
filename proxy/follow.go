package proxy

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/binlog"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/rules"
)

// Writes that bypass Sluice are found in the servers' binary logs. A group whose log
// cannot be followed, or only with delay, is trusted with nothing. Trust ends by itself,
// so that a process which stood still does not answer from before it did. When the log is
// followed again, from its end, everything of the group is put out of date, so that no
// position has to be kept.

const (
	// mostBehind is how long ago everything must have been told. With what a heartbeat's
	// age may be misjudged by, a write is seen within two seconds.
	mostBehind = 1600 * time.Millisecond
	// onceMore is after how long a change is told once more: a transaction is in the log a
	// moment before other connections see it.
	onceMore = 300 * time.Millisecond
)

// following are the groups whose logs are being followed.
type following struct {
	groups sync.Map // name -> *atomic.Int64: until when it is trusted, in unix nanoseconds
}

// begin reports whether the group is not followed yet, and takes it.
func (f *following) begin(group string) bool {
	_, taken := f.groups.LoadOrStore(group, &atomic.Int64{})
	return !taken
}

func (f *following) end(group string) { f.groups.Delete(group) }

// trust lets replies of a group be used until a time.
func (f *following) trust(group string, until time.Time) {
	if at, ok := f.groups.Load(group); ok {
		at.(*atomic.Int64).Store(until.UnixNano())
	}
}

// trusts reports whether replies of a group can be used now.
func (f *following) trusts(group string) bool {
	at, ok := f.groups.Load(group)
	return ok && time.Now().UnixNano() < at.(*atomic.Int64).Load()
}

// followAll follows the logs of all groups that are not followed yet.
func (srv *Server) followAll() {
	snap := srv.snap.Load()
	if !snap.conf.Cache.Binlog {
		return
	}
	for name := range snap.groups {
		if srv.replies.following.begin(name) {
			srv.wg.Go(func() { srv.follow(name) })
		}
	}
}

// follow follows one group's log, until the server closes or the group is configured no
// more.
func (srv *Server) follow(group string) {
	defer srv.replies.following.end(group)
	said := ""
	for srv.ctx.Err() == nil {
		snap := srv.snap.Load()
		g, ok := snap.groups[group]
		if !ok {
			return
		}
		err := srv.followOnce(snap, group, g)
		srv.replies.following.trust(group, time.Time{})
		if err != nil && err.Error() != said && srv.ctx.Err() == nil {
			said = err.Error()
			srv.log.Warn("the binary log is not followed; no replies of the group are used", "group", group, "err", err)
		}
		select {
		case <-time.After(time.Second):
		case <-srv.ctx.Done():
		}
	}
}

// followOnce follows a log from its present end until that fails.
func (srv *Server) followOnce(snap *snapshot, group string, g *pool.Group) error {
	source, err := srv.logEnd(snap, group, g)
	if err != nil {
		return err
	}
	r := &logReader{srv: srv, group: group, from: g, prepared: map[string][]cache.Mark{}}
	if err := r.learn(); err != nil {
		return err
	}
	return binlog.Follow(srv.ctx, source, r)
}

// logEnd asks a group's primary where its log ends.
func (srv *Server) logEnd(snap *snapshot, group string, g *pool.Group) (*binlog.Source, error) {
	ctx, cancel := context.WithTimeout(srv.ctx, 5*time.Second)
	defer cancel()
	out := &binlog.Source{Addr: g.Primary().Addr, At: time.Now()}
	for _, c := range snap.conf.Groups {
		if c.Name != group {
			continue
		}
		var err error
		if out.User = c.User; c.TLS != conf.TLSDisabled && c.TLS != conf.TLSPreferred {
			if out.TLS, err = groupTLS(snap.conf, c, out.Addr); err != nil {
				return nil, err
			}
		}
		if out.Password, err = groupPassword(c)(); err != nil {
			return nil, err
		}
	}
	err := withConn(ctx, g, func(c *pool.Conn) error {
		rows, err := c.QueryAll("SELECT @@GLOBAL.log_bin AND @@GLOBAL.binlog_format = 'ROW' AND @@GLOBAL.binlog_row_image <> 'MINIMAL'")
		if err != nil {
			return err
		}
		if string(rows[0][0]) != "1" {
			return errors.New("the server needs log_bin, binlog_format=ROW and binlog_row_image=FULL or NOBLOB")
		}
		rows, err = c.QueryAll("SHOW BINARY LOG STATUS")
		if err != nil {
			rows, err = c.QueryAll("SHOW MASTER STATUS") // before 8.4
		}
		if err != nil || len(rows) != 1 || len(rows[0]) < 2 {
			return errOr(err, errors.New("the server does not tell the end of its log"))
		}
		at, err := strconv.ParseUint(string(rows[0][1]), 10, 32)
		out.File, out.Position = string(rows[0][0]), uint32(at)
		return err
	})
	return out, err
}

// logReader puts out of date what a log tells of.
type logReader struct {
	srv      *Server
	group    string
	from     *pool.Group
	keys     map[[2]string]int // tables -> where the sharding key is in their rows
	learned  *rules.Rules      // by which these are keys
	prepared map[string][]cache.Mark
	followed bool
	again    []toldOnce
}

// toldOnce are marks to be moved once more.
type toldOnce struct {
	marks []cache.Mark
	at    time.Time
}

// learn asks the server where the sharding keys are: a log has rows without names, and the
// rules may list columns in another order. Keys in character sets that are not Unicode's
// are left out, because the log has their texts in them.
func (r *logReader) learn() error {
	ctx, cancel := context.WithTimeout(r.srv.ctx, 5*time.Second)
	defer cancel()
	keys, snap := map[[2]string]int{}, r.srv.snap.Load()
	err := withConn(ctx, r.from, func(c *pool.Conn) error {
		for _, d := range snap.rules.Databases {
			for _, s := range d.Shards {
				if s.Group != r.group {
					continue
				}
				rows, err := c.QueryAll("SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION FROM information_schema.COLUMNS" +
					" WHERE TABLE_SCHEMA = CONVERT(" + literal(s.Schema) + " USING utf8mb4) AND (CHARACTER_SET_NAME IS NULL OR CHARACTER_SET_NAME LIKE 'utf8%' OR CHARACTER_SET_NAME = 'ascii')")
				if err != nil {
					return err
				}
				for _, row := range rows {
					_, t := physicalTable(snap.rules, r.group, s.Schema, string(row[0]))
					if t == nil || t.Kind != rules.Sharded || !strings.EqualFold(string(row[1]), t.Key) {
						continue
					}
					if at, err := strconv.Atoi(string(row[2])); err == nil {
						keys[tableName(s.Schema, t.Name)] = at - 1
					}
				}
			}
		}
		return nil
	})
	if r.keys, r.learned = keys, snap.rules; err != nil {
		r.keys = nil
	}
	return err
}

// Alive implements binlog.Listener.
func (r *logReader) Alive(complete time.Time) {
	replies := r.srv.replies
	for len(r.again) > 0 && time.Now().After(r.again[0].at) {
		replies.Changed(r.srv.ctx, r.again[0].marks, cache.ByBinlog)
		r.again = r.again[1:]
	}
	if !r.followed {
		// What happened until now is out of date; what happens from now on is told.
		r.moved([]cache.Mark{groupMark(r.group)})
		r.followed = true
	}
	replies.following.trust(r.group, complete.Add(mostBehind))
}

// Unknown implements binlog.Listener.
func (r *logReader) Unknown(string) {
	r.srv.replies.effects.forget(r.group)
	r.moved([]cache.Mark{groupMark(r.group)})
	_ = r.learn() // no key is known then
}

// Changed implements binlog.Listener.
func (r *logReader) Changed(rows binlog.Rows, prepared string) {
	snap := r.srv.snap.Load()
	shard, t := physicalTable(snap.rules, r.group, rows.Schema, rows.Table)
	if t == nil {
		return // nothing is kept of what the rules do not list
	}
	if r.learned != snap.rules {
		_ = r.learn()
	}
	var list []cache.Mark
	for key := range r.keysOf(t, rows) {
		list = appendMarks(list, shard, t.Name, key, true)
	}
	list = r.srv.replies.effects.cascades(list, shard, []*rules.Table{t})
	slices.Sort(list)
	list = slices.Compact(list)
	if prepared != "" {
		r.remember(prepared, list)
	}
	r.moved(list)
}

// mostPrepared bounds what is remembered of a transaction that is prepared, and of how many
// more is remembered than that they have changed something. There are as many as the server
// has prepared.
const mostPrepared = 1000

func (r *logReader) remember(prepared string, list []cache.Mark) {
	list = append(r.prepared[prepared], list...)
	if len(list) > mostPrepared || len(r.prepared) > mostPrepared {
		list = []cache.Mark{groupMark(r.group)}
	}
	r.prepared[prepared] = list
}

// Committed implements binlog.Listener. What was prepared before anybody listened may have
// changed everything.
func (r *logReader) Committed(prepared string) {
	list, ok := r.prepared[prepared]
	if !ok {
		list = []cache.Mark{groupMark(r.group)}
	}
	delete(r.prepared, prepared)
	r.moved(list)
}

// RolledBack implements binlog.Listener.
func (r *logReader) RolledBack(prepared string) { delete(r.prepared, prepared) }

func (r *logReader) moved(list []cache.Mark) {
	r.srv.replies.Changed(r.srv.ctx, list, cache.ByBinlog)
	if n := len(r.again); n < 1000 {
		r.again = append(r.again, toldOnce{slices.Clone(list), time.Now().Add(onceMore)})
	} else {
		r.again[n-1].marks = []cache.Mark{groupMark(r.group)}
	}
}

// physicalTable finds a table of the rules by where it is.
func physicalTable(r *rules.Rules, group, schema, table string) (*rules.Shard, *rules.Table) {
	for _, d := range r.Databases {
		for _, s := range d.Shards {
			if s.Group != group || !strings.EqualFold(s.Schema, schema) {
				continue
			}
			for _, t := range d.Tables {
				if strings.EqualFold(t.Name, table) {
					return s, t
				}
			}
		}
	}
	return nil, nil
}

// keysOf names the keys of rows of a log, "" for one that is not known. A few dozen are
// told apart.
func (r *logReader) keysOf(t *rules.Table, rows binlog.Rows) map[string]bool {
	out := map[string]bool{}
	at, known := r.keys[tableName(rows.Schema, rows.Table)]
	for _, row := range rows.Values {
		key := ""
		if known && at < len(row) {
			if v, ok := logValue(row[at]); ok {
				if h, ok := t.KeyHash(v); ok {
					key = keyName(h)
				}
			}
		}
		if out[key] = true; key == "" || len(out) > 50 {
			return map[string]bool{"": true}
		}
	}
	return out
}

// logValue is a key's value as rules know it.
func logValue(v any) (value.Value, bool) {
	switch v := v.(type) {
	case string:
		return value.Value{Kind: value.String, S: v}, true
	case []byte:
		return value.Value{Kind: value.String, S: string(v)}, true
	case int8:
		return value.Value{Kind: value.Int, I: int64(v)}, v >= 0 // the log does not tell unsigned ones
	case int16:
		return value.Value{Kind: value.Int, I: int64(v)}, v >= 0
	case int32:
		return value.Value{Kind: value.Int, I: int64(v)}, v >= 0
	case int64:
		return value.Value{Kind: value.Int, I: v}, v >= 0
	}
	return value.Value{}, false
}
