package proxy

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// guards are the objects whose definition is not the same on all shards at present. It is
// immutable.
type guards struct {
	by      map[string]guard // by objectKey, with the statement that is to blame
	changed chan struct{}    // closed when there are others
}

// guardTime is how long a statement waits for one that is changing a table's definition.
const guardTime = 10 * time.Second

// errDefined says that definitions have changed while a statement waited, before it was
// sent anywhere: it must be planned anew.
var errDefined = errors.New("definitions have changed")

type guard struct {
	id      uint64
	running bool // somebody is at it
}

// guard makes objects known to be different on the shards; unguard takes that back.
func (srv *Server) guard(id uint64, running bool, keys []string) {
	srv.changeGuards(func(g map[string]guard) {
		for _, k := range keys {
			g[k] = guard{id, running}
		}
	})
}

func (srv *Server) unguard(id uint64) {
	srv.changeGuards(func(g map[string]guard) {
		maps.DeleteFunc(g, func(_ string, o guard) bool { return o.id == id })
	})
}

func (srv *Server) changeGuards(change func(map[string]guard)) {
	srv.guardMu.Lock()
	defer srv.guardMu.Unlock()
	next := &guards{by: map[string]guard{}, changed: make(chan struct{})}
	old := srv.guards.Load()
	if old != nil {
		maps.Copy(next.by, old.by)
	}
	change(next.by)
	if len(next.by) == 0 {
		next = nil
	}
	srv.guards.Store(next)
	if old != nil {
		close(old.changed)
	}
}

// guarded refuses a statement about a table that is not the same on all shards. Where
// somebody is changing it, it waits a while.
func (s *session) guarded(tables []*rules.Table) error {
	var end <-chan time.Time
	for {
		g := s.srv.guards.Load()
		running, refused := g.anyOf(tables)
		switch {
		case refused == nil && end != nil:
			return errDefined
		case refused == nil || !running || s.txn.conn != nil || s.txn.open():
			return refused
		case end == nil:
			end = time.After(guardTime)
		}
		s.task.Off()
		select {
		case <-g.changed:
		case <-end:
			return refused
		case <-s.Done():
			return s.endedOr(refused)
		}
	}
}

// anyOf refuses the first of some tables that is guarded.
func (g *guards) anyOf(tables []*rules.Table) (running bool, refused error) {
	for _, t := range tables {
		if running, refused = g.refuse(t.Database, tableObject(t.Name)); refused != nil {
			break
		}
	}
	return running, refused
}

func tableObject(name string) plan.Object { return plan.Object{Kind: plan.TableObject, Name: name} }

// refuse refuses an object that is guarded, and tells whether somebody is at it.
func (g *guards) refuse(db *rules.Database, o plan.Object) (running bool, refused error) {
	if g == nil {
		return false, nil
	}
	found, ok := g.by[objectKey(db.Name, o)]
	if !ok {
		return false, nil
	}
	id := strconv.FormatUint(found.id, 10)
	why := fmt.Sprintf("%s is not the same on all shards of %s: statement %s has reached only some of them", o.Name, db.Name, id)
	if found.running {
		return true, plan.Unsupported(why+" so far", db.Pos, "wait until it is done: sluice ddl show "+id)
	}
	return false, plan.Unsupported(why, db.Pos, "finish it: sluice ddl resume "+id+"; or take it back: sluice ddl undo "+id)
}

// unlistedColumns refuses an INSERT that does not name its columns into a table that has
// them on some shards only.
func (s *session) unlistedColumns(p *plan.Relay, text []byte) error {
	if p.Class != plan.Write || s.srv.guards.Load() == nil || s.namesColumns(text) {
		return nil
	}
	return s.guarded(p.Tables)
}

// namesColumns reports whether an INSERT names its columns. Other statements do.
func (s *session) namesColumns(text []byte) bool {
	if s.scan.First != parser.Insert && s.scan.First != parser.Replace && s.scan.First != parser.Load {
		return true
	}
	w := s.words(text)
	for i := 1; i < len(w); i++ {
		switch w[i] {
		case "VALUES", "VALUE", "SELECT", "WITH", "TABLE":
			return false
		case "SET":
			return true
		case "(":
			return i+1 < len(w) && w[i+1] != "SELECT" && w[i+1] != "WITH" && w[i+1] != "("
		case "PARTITION":
			for i < len(w) && w[i] != ")" {
				i++
			}
		}
	}
	return false
}
