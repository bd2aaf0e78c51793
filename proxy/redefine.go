package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/rules"
)

// redefineAlways looks for changes of definitions that other Sluice processes have made,
// until the server stops.
func (srv *Server) redefineAlways() {
	for {
		every := srv.snap.Load().conf.Limits.SchemaCheck
		wait := every
		if every == 0 {
			wait = time.Minute // a reload may set it
		}
		select {
		case <-srv.ctx.Done():
			return
		case <-time.After(wait):
		}
		if every > 0 {
			srv.lookAtJournal()
		}
	}
}

// lookAtJournal takes over what the journal says of definitions, if it has changed.
func (srv *Server) lookAtJournal() {
	ctx, cancel := context.WithTimeout(srv.ctx, probeTime)
	defer cancel()
	snap := srv.snap.Load()
	version, err := srv.journal.version(ctx, snap.journalGroup())
	if err != nil {
		srv.log.Warn("changes of definitions cannot be looked for", "err", err)
		return
	}
	if old := srv.defined.Load(); old != nil && *old == version || old == nil && version == "" {
		return
	}
	if err := srv.takeGuards(ctx, snap); err != nil {
		srv.log.Warn("unfinished changes of definitions cannot be listed", "err", err)
		return
	}
	srv.reload.Lock()
	defer srv.reload.Unlock()
	if srv.redefined(srv.ctx, srv.snap.Load().rules.Databases) == nil {
		srv.defined.Store(&version)
	}
}

// takeGuards guards what unfinished statements have left.
func (srv *Server) takeGuards(ctx context.Context, snap *snapshot) error {
	open, err := srv.journal.list(ctx, snap.journalGroup(), journalOpen)
	if err != nil {
		return err
	}
	unfinished := map[uint64]bool{}
	for _, d := range open {
		if _, own := srv.defining.Load(d.ID); own {
			unfinished[d.ID] = true
			continue
		}
		running := d.State == ddlRunning && srv.lockTaken(ctx, snap, d)
		if running && len(d.with(ddlDone)) == 0 || d.State == ddlRunning && !running && srv.ended(ctx, snap, d) {
			continue // all shards are as they were, or have it by now
		}
		unfinished[d.ID] = true
		srv.guard(d.ID, running, d.keys())
	}
	if g := srv.guards.Load(); g != nil {
		for _, o := range g.by {
			if !unfinished[o.id] {
				srv.unguard(o.id)
			}
		}
	}
	return nil
}

// ended reports whether a statement that was running a moment ago has come to its end:
// nobody gives its lock away before the journal says so.
func (srv *Server) ended(ctx context.Context, snap *snapshot, d *Definition) bool {
	list, err := srv.journal.list(ctx, snap.journalGroup(), fmt.Sprintf("id = %d", d.ID))
	return err == nil && len(list) == 1 && list[0].closed()
}

// redefine reads the definitions of databases from their servers and puts them in force
// for the statements that begin afterwards.
func (srv *Server) redefine(ctx context.Context, dbs ...*rules.Database) {
	srv.reload.Lock()
	defer srv.reload.Unlock()
	_ = srv.redefined(ctx, dbs)
}

// redefined is redefine for one who has srv.reload.
func (srv *Server) redefined(ctx context.Context, dbs []*rules.Database) error {
	old := srv.snap.Load()
	schema, err := old.liveSchemas(ctx, dbs)
	var next *snapshot
	if err == nil {
		next, err = old.renewed(schema, srv.log)
	}
	if err != nil {
		srv.log.Error("changed definitions cannot be taken over; statements are planned with the old ones", "err", err)
		var again error
		if next, again = old.renewed(old.schema, srv.log); again != nil { // what was remembered of them is gone in any case
			return errors.Join(err, again)
		}
	}
	srv.snap.Store(next)
	if srv.replies != nil {
		srv.replies.effects.forgetAll()
		srv.replies.Changed(ctx, []cache.Mark{cache.Everything}, cache.ByDDL)
	}
	return err
}

// liveSchemas is the snapshot's schema with some databases as their servers have them now.
// Without a schema nothing is planned by definitions: it stays nil.
func (s *snapshot) liveSchemas(ctx context.Context, dbs []*rules.Database) (*rules.Schema, error) {
	schema := s.schema
	for _, asked := range dbs {
		db, ok := s.rules.Database(asked.Name) // of this snapshot
		if !ok || schema == nil {
			continue
		}
		live, err := s.liveSchema(ctx, db)
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", db.Name, err)
		}
		schema = schema.Refreshed(db, live, func(v *rules.View) bool { return s.router.Owns(db, v) })
	}
	return schema, nil
}

// renewed is the snapshot with another schema, and nothing remembered.
func (s *snapshot) renewed(schema *rules.Schema, log *slog.Logger) (*snapshot, error) {
	next, problems := makeSnapshot(s.conf, schema, s, s.loops, log)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	next.users, next.tls, next.fastOnly = s.users, s.tls, s.fastOnly
	next.base, next.version, next.mariadb = s.base, s.version, s.mariadb
	return next, nil
}

// liveSchema reads the definitions of a database: from its first shard, and those of
// tables that are on one shard from there.
func (s *snapshot) liveSchema(ctx context.Context, db *rules.Database) (*rules.Schema, error) {
	schema, err := s.liveShard(ctx, db.Shards[0])
	if err != nil {
		return nil, err
	}
	homes := map[*rules.Shard]*rules.Schema{db.Shards[0]: schema}
	for _, t := range db.Tables {
		if t.Kind != rules.Single || t.Home == db.Shards[0] {
			continue
		}
		if homes[t.Home] == nil {
			if homes[t.Home], err = s.liveShard(ctx, t.Home); err != nil {
				return nil, err
			}
		}
		key := rules.Key(db.Name, t.Name)
		delete(schema.Tables, key)
		if def, ok := homes[t.Home].Tables[key]; ok {
			schema.Tables[key] = def
		}
	}
	return schema, nil
}

func (s *snapshot) liveShard(ctx context.Context, shard *rules.Shard) (schema *rules.Schema, err error) {
	ctx, cancel := context.WithTimeout(ctx, commitTime)
	defer cancel()
	g := s.groups[shard.Group]
	c, err := g.Lease(ctx, &pool.Want{})
	if err != nil {
		return nil, err
	}
	defer c.Release()
	deadline(c)
	defer undeadline(c)
	schema, err = readSchema(c, shard)
	if err != nil {
		return nil, fmt.Errorf("shard %s: %w", shard.Name, err)
	}
	for _, v := range schema.Views {
		v.Definition = s.logical(shard.Group, v.Definition)
	}
	return schema, nil
}

// logical replaces the names of physical schemas that a server of the group has printed
// by those of their databases.
func (s *snapshot) logical(group, text string) string {
	for _, db := range s.rules.Databases {
		for _, shard := range db.Shards {
			if shard.Group == group && shard.Schema != db.Name {
				text = strings.ReplaceAll(text, wire.QuoteIdent(shard.Schema)+".", wire.QuoteIdent(db.Name)+".")
			}
		}
	}
	return text
}
