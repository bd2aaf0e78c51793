package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/conf/schema"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/seed"
)

// world is the MySQL servers of the demo, by group.
type world map[string]*mysqltest.Server

// relaxed are flags of servers whose rows nobody will miss.
func relaxed() []string {
	return []string{
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-flush-method=nosync",
		"--event-scheduler=OFF", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_unicode_ci",
	}
}

// start starts a server for each group. Those that run must be stopped even after an error.
func start(ctx context.Context, dir string, groups ...string) (world, error) {
	w, g, mu := world{}, new(errgroup.Group), new(sync.Mutex)
	for _, name := range groups {
		g.Go(func() error {
			s, err := mysqltest.Launch(ctx, mysqltest.Options{Dir: dir, Flags: relaxed()})
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			w[name] = s
			return nil
		})
	}
	return w, g.Wait()
}

func (w world) stop() {
	for _, s := range w {
		s.Stop()
	}
}

// fill creates the schemas of all shards and writes the tenants' rows, each server's at
// the same time, and returns how many rows there are.
func (w world) fill(ctx context.Context, r *rules.Rules, o seed.Options) (int, error) {
	if err := w.create(ctx, r); err != nil {
		return 0, err
	}
	g, ctx := errgroup.WithContext(ctx)
	queues := make(map[string]chan string, len(w))
	for name, s := range w {
		queue := make(chan string, 64)
		queues[name] = queue
		g.Go(func() error { return write(ctx, s, queue) })
	}
	rows := 0
	g.Go(func() error {
		defer func() {
			for _, queue := range queues {
				close(queue)
			}
		}()
		return seed.Generate(o, func(_, table string, columns []string, values [][]any) error {
			rows += len(values)
			homes, err := home(r, table, columns, values[0])
			for _, shard := range homes {
				select {
				case queues[shard.Group] <- seed.Insert(shard.Schema+"."+table, columns, values):
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return err
		})
	})
	return rows, g.Wait()
}

// create makes every shard's schema, with its events, which stay disabled.
func (w world) create(ctx context.Context, r *rules.Rules) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, d := range r.Databases {
		for _, shard := range d.Shards {
			g.Go(func() error {
				s := w[shard.Group]
				if err := s.Exec(ctx, "CREATE DATABASE "+shard.Schema); err != nil {
					return err
				}
				db, err := s.DB(shard.Schema)
				if err != nil {
					return err
				}
				defer db.Close()
				return schema.Load(ctx, db, d.Name, schema.Tables, schema.Programs, schema.Events)
			})
		}
	}
	return g.Wait()
}

// home returns the shards that rows like this one belong to: all of a reference table, else
// the tenant's.
func home(r *rules.Rules, table string, columns []string, row []any) ([]*rules.Shard, error) {
	t, ok := r.Table(table)
	if !ok {
		return nil, fmt.Errorf("the rules have no table %s", table)
	}
	if t.Kind == rules.Reference {
		return t.Database.Shards, nil
	}
	tenant := value.Value{}
	for i, name := range columns {
		if id, ok := row[i].(string); ok && name == t.Key {
			tenant = value.Value{Kind: value.String, S: id}
		}
	}
	at, ok := r.Locate(t, tenant)
	if !ok {
		return nil, fmt.Errorf("no shard for %s of tenant %q", table, tenant.S)
	}
	return []*rules.Shard{at.Shard}, nil
}

// write runs the statements of a queue on one connection, in one transaction.
func write(ctx context.Context, s *mysqltest.Server, queue <-chan string) (err error) {
	db, err := s.DB("")
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := execAll(ctx, c, "SET time_zone = '+00:00', sql_log_bin = 0, foreign_key_checks = 0, unique_checks = 0", "BEGIN"); err != nil {
		return err
	}
	for q := range queue {
		if err := execAll(ctx, c, q); err != nil {
			return err
		}
	}
	return execAll(ctx, c, "COMMIT")
}

func execAll(ctx context.Context, c *sql.Conn, statements ...string) error {
	for _, q := range statements {
		if _, err := c.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%.100s: %w", q, err)
		}
	}
	return nil
}
