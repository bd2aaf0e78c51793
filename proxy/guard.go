package proxy

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// guards are the objects whose definition is not the same on all shards at present, by
// objectKey, with the statement that is to blame. It is immutable.
type guards map[string]guard

type guard struct {
	id      uint64
	running bool // somebody is at it
}

// guard makes objects known to be different on the shards; unguard takes that back.
func (srv *Server) guard(id uint64, running bool, keys []string) {
	srv.changeGuards(func(g guards) {
		for _, k := range keys {
			g[k] = guard{id, running}
		}
	})
}

func (srv *Server) unguard(id uint64) {
	srv.changeGuards(func(g guards) {
		maps.DeleteFunc(g, func(_ string, o guard) bool { return o.id == id })
	})
}

func (srv *Server) changeGuards(change func(guards)) {
	srv.guardMu.Lock()
	defer srv.guardMu.Unlock()
	next := guards{}
	if old := srv.guards.Load(); old != nil {
		maps.Copy(next, *old)
	}
	change(next)
	if len(next) == 0 {
		srv.guards.Store(nil)
		return
	}
	srv.guards.Store(&next)
}

// guarded refuses a statement about a table that is not the same on all shards.
func (srv *Server) guarded(tables []*rules.Table) error {
	g := srv.guards.Load()
	if g == nil {
		return nil
	}
	for _, t := range tables {
		if err := g.refuse(t.Database, tableObject(t.Name)); err != nil {
			return err
		}
	}
	return nil
}

func tableObject(name string) plan.Object { return plan.Object{Kind: plan.TableObject, Name: name} }

func (g *guards) refuse(db *rules.Database, o plan.Object) error {
	if g == nil {
		return nil
	}
	found, ok := (*g)[objectKey(db.Name, o)]
	if !ok {
		return nil
	}
	id := strconv.FormatUint(found.id, 10)
	why := fmt.Sprintf("%s is not the same on all shards of %s: statement %s has reached only some of them", o.Name, db.Name, id)
	if found.running {
		return plan.Unsupported(why+" so far", db.Pos, "wait until it is done: sluice ddl show "+id)
	}
	return plan.Unsupported(why, db.Pos, "finish it: sluice ddl resume "+id)
}

// unlistedColumns refuses an INSERT that does not name its columns into a table that has
// them on some shards only.
func (s *session) unlistedColumns(p *plan.Relay, text []byte) error {
	if p.Class != plan.Write || s.srv.guards.Load() == nil || s.namesColumns(text) {
		return nil
	}
	return s.srv.guarded(p.Tables)
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
