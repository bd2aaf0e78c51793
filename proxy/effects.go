package proxy

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/rules"
)

// effects are what writes change beside the tables they name, on each group: triggers
// do what they like, and foreign keys carry deletions and new keys to other tables. It
// is read from the servers, because no file tells of triggers. Of a group that has not
// been asked nothing is known, and each write on it counts as one of everything there.
// It is safe for concurrent use.
type effects struct {
	mu     sync.RWMutex
	groups map[string]*groupEffects
	forgot map[string]int // group -> how often; an answer to an older question is not used
}

// groupEffects are those of one group. Names are schema and table in lower case.
type groupEffects struct {
	triggers map[[2]string]bool
	children map[[2]string][][2]string // tables whose rows change with those of the key
	read     time.Time
}

func tableName(schema, table string) [2]string {
	return [2]string{strings.ToLower(schema), strings.ToLower(table)}
}

// forget makes a group unknown, since a definition has changed there.
func (e *effects) forget(group string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.forgot == nil {
		e.forgot = map[string]int{}
	}
	delete(e.groups, group)
	e.forgot[group]++
}

// forgetAll makes all groups unknown.
func (e *effects) forgetAll() {
	e.mu.RLock()
	var names []string
	for name := range e.groups {
		names = append(names, name)
	}
	e.mu.RUnlock()
	for _, name := range names {
		e.forget(name)
	}
}

// further reports whether a write to tables may change what nobody can name.
func (e *effects) further(on *rules.Shard, tables []*rules.Table) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	g := e.groups[on.Group]
	if g == nil {
		return true
	}
	for _, name := range physicalNames(on, tables) {
		for _, t := range g.reached(name) {
			if g.triggers[t] {
				return true
			}
		}
	}
	return false
}

// cascades adds the marks of the tables that foreign keys lead to.
func (e *effects) cascades(list []cache.Mark, on *rules.Shard, tables []*rules.Table) []cache.Mark {
	e.mu.RLock()
	defer e.mu.RUnlock()
	g := e.groups[on.Group]
	if g == nil || len(g.children) == 0 {
		return list
	}
	for _, name := range physicalNames(on, tables) {
		for _, t := range g.reached(name)[1:] {
			list = append(list, rowMark(on.Group, t[0], t[1], "all"), rowMark(on.Group, t[0], t[1], "unknown"))
		}
	}
	return list
}

// physicalNames are the names of tables on the group of a shard.
func physicalNames(on *rules.Shard, tables []*rules.Table) [][2]string {
	var out [][2]string
	for _, t := range tables {
		for _, s := range t.Database.Shards {
			if s.Group == on.Group && (s == on || t.Database != on.Database) {
				out = append(out, tableName(s.Schema, t.Name))
			}
		}
	}
	return out
}

// reached lists a table and all that its foreign keys lead to.
func (g *groupEffects) reached(name [2]string) [][2]string {
	out := [][2]string{name}
	seen := map[[2]string]bool{name: true}
	for i := 0; i < len(out); i++ {
		for _, child := range g.children[out[i]] {
			if !seen[child] {
				seen[child] = true
				out = append(out, child)
			}
		}
	}
	return out
}

// effectsKept is how long what was read counts: definitions also change behind our back.
const effectsKept = 30 * time.Second

// read asks a group, unless it is known.
func (e *effects) read(ctx context.Context, group string, from *pool.Group) error {
	e.mu.RLock()
	known, at := e.groups[group], e.forgot[group]
	e.mu.RUnlock()
	if known != nil && time.Since(known.read) < effectsKept {
		return nil
	}
	g := &groupEffects{triggers: map[[2]string]bool{}, children: map[[2]string][][2]string{}, read: time.Now()}
	err := withConn(ctx, from, func(c *pool.Conn) error {
		rows, err := c.QueryAll("SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS")
		if err != nil {
			return err
		}
		for _, r := range rows {
			g.triggers[tableName(string(r[0]), string(r[1]))] = true
		}
		rows, err = c.QueryAll("SELECT UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, CONSTRAINT_SCHEMA, TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS" +
			" WHERE DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION')")
		for _, r := range rows {
			parent := tableName(string(r[0]), string(r[1]))
			g.children[parent] = append(g.children[parent], tableName(string(r[2]), string(r[3])))
		}
		return err
	})
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil || e.forgot[group] != at {
		return err
	}
	if e.groups == nil {
		e.groups = map[string]*groupEffects{}
	}
	e.groups[group] = g
	return nil
}

// tendReplies keeps what is known of the servers up to date, until the server closes.
func (srv *Server) tendReplies() {
	tick := time.NewTicker(time.Second)
	changes := map[string]uint64{} // of primaries, by group
	defer tick.Stop()
	for {
		srv.followAll()
		snap := srv.snap.Load()
		for name, g := range snap.groups {
			ctx, cancel := context.WithTimeout(srv.ctx, 5*time.Second)
			if n := g.Changes(); n != changes[name] { // what an old primary took with it is gone
				changes[name] = n
				srv.replies.Changed(ctx, []cache.Mark{groupMark(name)}, cache.ByFailover)
			}
			if err := srv.replies.effects.read(ctx, name, g); err != nil && srv.ctx.Err() == nil {
				srv.log.Warn("triggers and foreign keys could not be read", "group", name, "err", err)
				srv.replies.effects.forget(name)
			}
			cancel()
		}
		srv.replies.Tend(srv.ctx)
		select {
		case <-tick.C:
		case <-srv.ctx.Done():
			return
		}
	}
}
