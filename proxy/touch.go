package proxy

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// What a reply depends on, as marks:
//
//   - everything, and the group it came from;
//   - for each table on each shard it may have read: where all rows have one key, the
//     key's rows and the rows of unknown keys; otherwise all rows.
//
// A write moves, for each table on its shard: all rows, and its key's rows or the rows
// of unknown keys.

// maxMarks bounds what one statement depends on.
const maxMarks = 64

func groupMark(group string) cache.Mark { return cache.MarkOf("group", group) }

// rowMark names rows of a table in a schema of a group: "all", "unknown", or a key.
func rowMark(group, schema, table, rows string) cache.Mark {
	return cache.MarkOf("rows", group, schema, strings.ToLower(table), rows)
}

func keyName(hash uint64) string { return "key " + strconv.FormatUint(hash, 16) }

// marksOf lists what a statement on a shard reads, or, with write, changes. False: too
// much to list.
func (s *session) marksOf(p *plan.Relay, on *rules.Shard, tables []*rules.Table, write bool) ([]cache.Mark, bool) {
	list := s.markRoom[:0]
	if !write {
		list = append(list, cache.Everything, groupMark(on.Group))
	}
	key := ""
	if t, v, ok := p.Key(s); ok {
		if h, ok := t.KeyHash(v); ok {
			key = keyName(h)
		}
	}
	for _, t := range tables {
		of := key
		if t.Kind != rules.Sharded {
			of = ""
		}
		for _, shard := range t.Database.Shards {
			if t.Database == on.Database && shard != on || shard.Group != on.Group {
				continue
			}
			list = appendMarks(list, shard, t.Name, of, write)
		}
	}
	s.markRoom = list
	return list, len(list) <= maxMarks
}

func appendMarks(list []cache.Mark, on *rules.Shard, table, key string, write bool) []cache.Mark {
	mark := func(rows string) { list = append(list, rowMark(on.Group, on.Schema, table, rows)) }
	switch {
	case write && key != "":
		mark("all")
		mark(key)
	case write:
		mark("all")
		mark("unknown")
	case key != "":
		mark(key)
		mark("unknown")
	default:
		mark("all")
	}
	return list
}

// touch notes what a statement that is about to be sent may change. What it has changed
// is out of date once it is committed; see publish.
func (s *session) touch(q *call) {
	r := s.srv.replies
	if r == nil || q.plan == nil || q.shard == nil {
		return
	}
	p := q.plan
	if !q.write && !p.Reply.Unnamed {
		return
	}
	if p.Class == plan.DDL || p.Class == plan.Other {
		if p.Pins&plan.PinTempTable == 0 {
			r.effects.forget(q.group)
		}
	}
	var list []cache.Mark
	ok := !p.Reply.Unnamed && !r.effects.further(q.shard, p.Reply.Writes)
	if ok {
		list, ok = s.marksOf(p, q.shard, p.Reply.Writes, true)
	}
	if !ok {
		list = []cache.Mark{groupMark(q.group)}
	}
	list = r.effects.cascades(list, q.shard, p.Reply.Writes)
	for _, m := range list {
		if !slices.Contains(s.touched, m) {
			s.touched = append(s.touched, m)
		}
	}
	if len(s.touched) > 4*maxMarks {
		s.touched = append(s.touched[:0], cache.Everything)
	}
}

// touchAll notes that a statement may change everything.
func (s *session) touchAll() {
	if r := s.srv.replies; r != nil {
		r.effects.forgetAll()
		s.touched = append(s.touched[:0], cache.Everything)
	}
}

// changed puts out of date what Sluice itself has changed, of any rows of a table on a
// shard. err is how that failed.
func (srv *Server) changed(ctx context.Context, on *rules.Shard, t *rules.Table, err error) {
	r := srv.replies
	if r == nil {
		return
	}
	list := appendMarks(nil, on, t.Name, "", true)
	if r.effects.further(on, []*rules.Table{t}) {
		list = []cache.Mark{groupMark(on.Group)}
	}
	list = r.effects.cascades(list, on, []*rules.Table{t})
	if _, answered := errors.AsType[*wire.Error](err); err != nil && !answered {
		r.Doubted(ctx, list)
		return
	}
	r.Changed(ctx, list, cache.ByWrite)
}

// publish puts out of date what the session has changed, when that may be committed. It
// runs after each statement, before the client can read the reply. err is how the
// statement failed.
func (s *session) publish(err error) {
	if len(s.touched) == 0 {
		s.unsure.Store(false)
		return
	}
	if s.txn.open() && !s.mayCommit() && err == nil {
		return
	}
	s.task.Off()
	s.srv.point("before telling")
	switch {
	case s.unsure.Swap(false) || lostOutcome(err):
		s.srv.replies.Doubted(s.srv.ctx, s.touched)
	case s.definesNow():
		s.srv.replies.effects.forgetAll() // once more: they may have been read before the definition
		s.srv.replies.Changed(s.srv.ctx, s.touched, cache.ByDDL)
	default:
		s.srv.replies.Changed(s.srv.ctx, s.touched, cache.ByWrite)
	}
	if !s.txn.open() {
		s.touched = s.touched[:0]
	}
}

// mayCommit reports whether the present statement may have committed a transaction and
// begun another: any but those that only read or write rows.
func (s *session) mayCommit() bool {
	switch s.scan.First {
	case parser.Select, parser.Insert, parser.Update, parser.Delete, parser.Replace, parser.With, parser.Table, parser.Values, parser.Show, parser.Explain, parser.Describe:
		return false
	}
	return true
}

// definesNow reports whether the present statement is a definition or a call.
func (s *session) definesNow() bool {
	switch s.scan.First {
	case parser.Create, parser.Alter, parser.Drop, parser.Truncate, parser.Rename, parser.Call:
		return true
	}
	return false
}
