package test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/conf/schema"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/seed"
)

// seeded are the rows that every layout holds: four tenants, one of them larger.
func seeded() seed.Options { return seed.Options{Seed: 7, Tenants: 4, Rows: 4, Skew: 2} }

// quick are flags of servers that need not survive anything.
var quick = []string{"--skip-log-bin", "--innodb-doublewrite=OFF", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--log-bin-trust-function-creators=ON"}

// fast is a folder in memory where there is one.
func fast(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "sluice-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

func server(t *testing.T, dir string, flags ...string) *mysqltest.Server {
	t.Helper()
	s := mysqltest.Start(t, mysqltest.Options{Dir: dir, Flags: slices.Concat(quick, flags)})
	require.NoError(t, s.Exec(t.Context(),
		"CREATE USER sluice@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO sluice@'%' WITH GRANT OPTION",
		"CREATE USER app@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO app@'%'"))
	return s
}

// plain is one MySQL that holds everything twice: each database under its own name, and
// all tables together in saas.
func plain(t *testing.T, dir string, flags ...string) diff.Target {
	t.Helper()
	s := server(t, dir, flags...)
	ctx := t.Context()
	require.NoError(t, s.Exec(ctx, "CREATE DATABASE saas COLLATE utf8mb4_unicode_ci"))
	merged := s.Open(t, "saas")
	merged.SetMaxOpenConns(1)
	for _, d := range schema.Databases() {
		load(t, s, d, d)
		for _, part := range []schema.Part{schema.Tables, schema.Programs} {
			statements, err := schema.Statements(d, part)
			require.NoError(t, err)
			for _, q := range statements {
				_, err := merged.ExecContext(ctx, q)
				if err != nil && strings.Contains(err.Error(), "1304") {
					continue // a procedure that several databases have
				}
				require.NoError(t, err)
			}
		}
	}
	require.NoError(t, seed.Generate(seeded(), func(database, table string, columns []string, rows [][]any) error {
		q := seed.Insert(table, columns, rows)
		return s.Exec(ctx, "USE "+database+"; "+q, "USE saas; "+q)
	}))
	return diff.Target{Name: "MySQL", Addr: s.Addr(), User: "app"}
}

// load makes a physical schema with a database's tables, views and procedures.
func load(t *testing.T, s *mysqltest.Server, database, name string) {
	t.Helper()
	require.NoError(t, s.Exec(t.Context(), "CREATE DATABASE "+name+" COLLATE utf8mb4_unicode_ci"))
	db, err := s.DB(name)
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, schema.Load(t.Context(), db, database))
}

// keepAll is the configuration of a cache that keeps whatever may be kept.
const keepAll = "cache: {size: 64MiB, rules: [{class: result, rows: 1000000, bytes: 8MiB}]}\n"

var shardLine = regexp.MustCompile(`- \{name: (\S+)-0, group: g0, schema: (\S+), slots: \[0-4095\]\}`)

// layout is conf/saas.yaml with so many shards per database, spread over the groups, and
// with further configuration.
func layout(t *testing.T, shards int, groups []string, more string) string {
	t.Helper()
	data, err := os.ReadFile("../conf/saas.yaml")
	require.NoError(t, err)
	text := string(data)
	_, tables, found := strings.Cut(text, "\ndatabases:\n")
	require.True(t, found)
	tables = shardLine.ReplaceAllStringFunc(tables, func(line string) string {
		m := shardLine.FindStringSubmatch(line)
		var out []string
		for i := range shards {
			out = append(out, fmt.Sprintf("- {name: %s-%d, group: g%d, schema: %s, slots: [%d-%d]}", m[1], i, i%len(groups),
				physical(m[2], i), i*rules.Slots/shards, (i+1)*rules.Slots/shards-1))
		}
		return strings.Join(out, "\n      ")
	})
	files, err := filepath.Abs("../conf/schema")
	require.NoError(t, err)
	head := "version: 1\ndatabase: saas\nlisten: [{address: \"127.0.0.1:0\"}]\nusers: [{name: app, password: \"\", hosts: [127.0.0.0/8]}]\nschema: [\"" + files + "/*.sql\"]\ngroups:\n"
	for i, addr := range groups {
		head += fmt.Sprintf("  g%d: {primary: \"%s\", user: sluice, password: \"\"}\n", i, addr)
	}
	return head + more + "databases:\n" + tables
}

func physical(database string, shard int) string { return fmt.Sprintf("%s_s%d", database, shard) }

// sluice starts Sluice with so many shards of each database on so many servers, filled
// with the same rows as the plain server, and with further configuration.
func sluice(t *testing.T, dir string, shards, servers int, more string) (diff.Target, *proxy.Server) {
	t.Helper()
	var started []*mysqltest.Server
	var addrs []string
	for range servers {
		s := server(t, dir)
		started = append(started, s)
		addrs = append(addrs, s.Addr())
	}
	file := filepath.Join(t.TempDir(), "saas.yaml")
	require.NoError(t, os.WriteFile(file, []byte(layout(t, shards, addrs, more)), 0o600))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	var g errgroup.Group
	for _, d := range schema.Databases() {
		for i := range shards {
			g.Go(func() error { load(t, started[i%servers], d, physical(d, i)); return nil })
		}
		require.NoError(t, g.Wait())
	}
	place(t, c, started)
	srv := serve(t, c)
	return diff.Target{Name: fmt.Sprintf("Sluice with %d shards", shards), Addr: srv.Addrs()[0].String(), User: "app"}, srv
}

// serve starts Sluice; it ends with the test.
func serve(t *testing.T, c *conf.Config) *proxy.Server {
	t.Helper()
	var log safeBuffer
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		srv.Shutdown(ctx)
		if t.Failed() {
			t.Logf("Sluice's log:\n%s", log.String())
		}
	})
	return srv
}

// hits is how many replies the cache has given.
func hits(t *testing.T, srv *proxy.Server) (n uint64) {
	t.Helper()
	st, err := proxy.Operator{Server: srv}.CacheStats()
	require.NoError(t, err)
	for _, c := range st.(proxy.CacheStats).Tables {
		n += c.Hits
	}
	return n
}

// place puts the seeded rows where the rules say they live.
func place(t *testing.T, c *conf.Config, servers []*mysqltest.Server) {
	t.Helper()
	r, problems := rules.Compile(c, nil)
	require.NoError(t, problems.Err())
	handles := map[string]*sql.DB{}
	exec := func(s *rules.Shard, q string) error {
		var n int
		_, err := fmt.Sscanf(s.Group, "g%d", &n)
		require.NoError(t, err)
		if handles[s.Schema] == nil {
			handles[s.Schema] = servers[n].Open(t, s.Schema)
		}
		_, err = handles[s.Schema].ExecContext(t.Context(), q)
		return err
	}
	require.NoError(t, seed.Generate(seeded(), func(_, name string, columns []string, rows [][]any) error {
		q := seed.Insert(name, columns, rows)
		table, ok := r.Table(name)
		require.True(t, ok, name)
		if table.Kind == rules.Reference {
			for _, s := range table.Database.Shards {
				if err := exec(s, q); err != nil {
					return err
				}
			}
			return nil
		}
		var key value.Value
		for i, col := range columns {
			if v, ok := rows[0][i].(string); ok && col == table.Key {
				key = value.Value{Kind: value.String, S: v}
			}
		}
		loc, ok := r.Locate(table, key)
		require.True(t, ok, "%s %v", name, key)
		return exec(loc.Shard, q)
	}))
}

// safeBuffer is a buffer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
