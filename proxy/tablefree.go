package proxy

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// A statement about definitions waits for whoever uses its tables, on each shard, and as long
// as lock_wait_timeout says. On one server it then fails and nothing has happened; over shards
// some would have it. So a session that has said how long it waits has each shard's tables
// locked for a moment before any shard runs the statement, and the shards that follow the
// first one wait for as long as it takes.

// lockWait is MySQL's setting for how long a statement waits for a table.
const lockWait = "lock_wait_timeout"

// longestLockWait is its default, a year.
const longestLockWait = "31536000"

// tablesFree returns error 1205 if a shard's tables are not free within the time that the
// session has set.
func (x *defining) tablesFree(ctx context.Context) error {
	tables := x.lockedTables()
	if len(tables) == 0 || len(x.targets) < 2 || !slices.ContainsFunc(x.entry.Settings, func(v pool.Setting) bool { return v.Name == lockWait }) {
		return nil
	}
	errs := make([]error, len(x.entry.Shards))
	var g errgroup.Group
	for i := range x.entry.Shards {
		g.Go(func() error {
			errs[i] = x.s.srv.tablesFreeOn(ctx, x.s.snap, x.entry, &x.entry.Shards[i], tables)
			return nil
		})
	}
	_ = g.Wait()
	for _, err := range errs {
		const lockWaitTimeout = 1205
		if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == lockWaitTimeout {
			return e
		}
	}
	return x.s.endedOr(nil)
}

// lockedTables lists the tables that the statement locks: CREATE TABLE and CREATE VIEW lock
// none that there is, and views are none.
func (x *defining) lockedTables() []string {
	if x.s.scan.First == parser.Create {
		if _, ok := readAlteration(x.entry.Shards[0].SQL, x.s.dialect); !ok {
			return nil
		}
	}
	var out []string
	for i, o := range x.plan.Objects {
		if o.Kind == plan.TableObject && strings.HasPrefix(string(x.shown[i]), "CREATE TABLE") {
			out = append(out, o.Name)
		}
	}
	return out
}

// tablesFreeOn waits until nobody uses some tables of a shard, under the settings of a
// statement.
func (srv *Server) tablesFreeOn(ctx context.Context, snap *snapshot, d *Definition, sh *DefinitionShard, tables []string) error {
	c, stop, err := srv.leaseFor(ctx, snap, d, sh)
	if err != nil {
		return err
	}
	defer c.Release()
	defer stop()
	locks := make([]string, len(tables))
	for i, name := range tables {
		locks[i] = wire.QuoteIdent(sh.Schema) + "." + wire.QuoteIdent(name) + " WRITE"
	}
	if _, err := c.Query("LOCK TABLES " + strings.Join(locks, ", ")); err != nil {
		return err // without the right to lock tables nothing is known
	}
	if _, err := c.Query("UNLOCK TABLES"); err != nil {
		c.Doubt("tables not unlocked")
	}
	return nil
}

// waiting is a statement whose shards wait for their tables as long as it takes.
func (d *Definition) waiting() *Definition {
	out := *d
	out.Settings = append(slices.Clone(d.Settings), pool.Setting{Name: lockWait, Value: longestLockWait})
	return &out
}
