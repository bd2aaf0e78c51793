package spread

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/router"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// Bed is a plain server and some for shards. All know the user app without a password.
type Bed struct {
	Hits uint64 // replies that Sluices gave from their caches, once their tests have ended

	plain   *mysqltest.Server
	servers []*mysqltest.Server
}

// quick are flags of servers that need not survive anything.
var quick = []string{"--skip-log-bin", "--innodb-doublewrite=OFF", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0"}

// Start starts the plain server and so many for shards. They end with the test.
func Start(t testing.TB, servers int) *Bed {
	t.Helper()
	dir := memory(t)
	b := &Bed{plain: server(t, dir)}
	for range servers {
		b.servers = append(b.servers, server(t, dir))
	}
	return b
}

// Kill ends a server for shards at once, as a crash does; Restart brings it back.
func (b *Bed) Kill(server int) { b.servers[server].Kill() }

// Restart starts a server again that Kill has ended.
func (b *Bed) Restart(ctx context.Context, server int) error { return b.servers[server].Start(ctx) }

// Exec runs statements on all servers for shards.
func (b *Bed) Exec(ctx context.Context, statements ...string) error {
	for _, s := range b.servers {
		if err := s.Exec(ctx, statements...); err != nil {
			return err
		}
	}
	return nil
}

// memory is a folder in memory where there is one.
func memory(t testing.TB) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "sluice-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

func server(t testing.TB, dir string) *mysqltest.Server {
	t.Helper()
	s := mysqltest.Start(t, mysqltest.Options{Dir: dir, Flags: quick})
	require.NoError(t, s.Exec(context.Background(),
		"CREATE USER sluice@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO sluice@'%' WITH GRANT OPTION",
		"CREATE USER app@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO app@'%'"))
	return s
}

// Plain puts the schema on the plain server, every database under its own name and all
// tables together in Logical, and returns the server's address. The test's end drops it.
func (b *Bed) Plain(t testing.TB, s *Schema) string {
	t.Helper()
	for _, d := range s.databases() {
		require.NoError(t, load(t, b.plain, d, s.of(d)))
	}
	require.NoError(t, load(t, b.plain, Logical, s.of("")))
	return b.plain.Addr()
}

// load makes a database by running the statements in it.
func load(t testing.TB, s *mysqltest.Server, name string, statements []string) error {
	ctx := context.Background()
	if err := s.Exec(ctx, "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name+" COLLATE utf8mb4_unicode_ci"); err != nil {
		return err
	}
	t.Cleanup(func() { _ = s.Exec(context.Background(), "DROP DATABASE IF EXISTS "+name) })
	db, err := s.DB(name)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // so that settings last
	if _, err := db.ExecContext(ctx, "SET NAMES utf8mb4"); err != nil {
		return err
	}
	for _, q := range statements {
		if _, err := db.ExecContext(ctx, q); err != nil && (name != Logical || !programTwice(err)) {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

// programTwice reports whether a procedure or event could not be made because another
// database's, which came first, has the same name.
func programTwice(err error) bool {
	e, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && (e.Number == 1304 || e.Number == 1537)
}

// Sluice puts the schema on the shards and starts a Sluice in front of them; it returns
// the address. Both end with the test.
func (b *Bed) Sluice(t testing.TB, s *Schema, l Layout) string {
	t.Helper()
	dir := t.TempDir()
	var addrs []string
	for _, srv := range b.servers {
		addrs = append(addrs, srv.Addr())
	}
	file := filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "schema.sql"), []byte(s.script()), 0o600))
	require.NoError(t, os.WriteFile(file, []byte(s.config(l, addrs)), 0o600))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	known, err := router.ReadSchema([]router.Script{{Name: "schema.sql", Text: []byte(s.script())}})
	require.NoError(t, err)
	r, problems := rules.Compile(c, known)
	require.NoError(t, problems.Err())
	for _, d := range r.Databases {
		for _, shard := range d.Shards {
			b.fill(t, r, s, shard)
		}
	}
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if st, err := (proxy.Operator{Server: srv}).CacheStats(); err == nil {
			hits, misses := uint64(0), uint64(0)
			for _, c := range st.(proxy.CacheStats).Tables {
				hits, misses = hits+c.Hits, misses+c.Misses
			}
			b.Hits += hits
			t.Logf("cache: %d hits, %d misses", hits, misses)
		}
		srv.Shutdown(ctx)
	})
	return srv.Addrs()[0].String()
}

// fill gives a shard all rows of its database and then takes away those of other
// shards: so a row's bytes, and what AUTO_INCREMENT has counted, are the plain server's.
func (b *Bed) fill(t testing.TB, r *rules.Rules, s *Schema, shard *rules.Shard) {
	t.Helper()
	var n int
	_, err := fmt.Sscanf(shard.Group, "g%d", &n)
	require.NoError(t, err)
	srv := b.servers[n]
	database, _, _ := strings.Cut(shard.Name, "-")
	require.NoError(t, load(t, srv, shard.Schema, s.of(database)))
	db, err := srv.DB(shard.Schema)
	require.NoError(t, err)
	defer db.Close()
	for _, tab := range s.Tables {
		if tab.Database != database || tab.Kind == "reference" {
			continue
		}
		table, ok := r.Table(tab.Name)
		require.True(t, ok, tab.Name)
		where, err := strangers(db, r, table, shard)
		require.NoError(t, err, tab.Name)
		_, err = db.ExecContext(context.Background(), "DELETE FROM "+wire.QuoteIdent(tab.Name)+" WHERE "+where)
		require.NoError(t, err, tab.Name)
	}
}

// strangers is the condition of the rows that live on other shards.
func strangers(db *sql.DB, r *rules.Rules, table *rules.Table, shard *rules.Shard) (string, error) {
	if table.Kind == rules.Single {
		return fmt.Sprint(table.Home != shard), nil
	}
	keys, err := keysOf(db, table)
	if err != nil {
		return "", err
	}
	where, list, key := []string{"FALSE"}, []string(nil), wire.QuoteIdent(table.Key)
	introducer := "_utf8mb4"
	if c, ok := table.Column(table.Key); ok && strings.Contains(c.Type, "binary") {
		introducer = "_binary"
	}
	for _, k := range keys {
		switch l, ok := r.Locate(table, k); {
		case !ok:
			return "", fmt.Errorf("key %v has no shard", k)
		case l.Shard == shard:
		case k.Kind == value.Null:
			where = append(where, key+" IS NULL")
		case k.Kind == value.Int:
			list = append(list, fmt.Sprint(k.I))
		default:
			list = append(list, fmt.Sprintf("%s x'%x'", introducer, k.S))
		}
	}
	if len(list) > 0 {
		where = append(where, key+" IN ("+strings.Join(list, ",")+")")
	}
	return strings.Join(where, " OR "), nil
}

// keysOf lists the keys that rows of a table have.
func keysOf(db *sql.DB, table *rules.Table) ([]value.Value, error) {
	key := wire.QuoteIdent(table.Key)
	rows, err := db.QueryContext(context.Background(), "SELECT DISTINCT "+key+", "+key+" IS NULL FROM "+wire.QuoteIdent(table.Name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	number := strings.Contains(types[0].DatabaseTypeName(), "INT")
	var out []value.Value
	for rows.Next() {
		var text sql.NullString
		var null bool
		if err := rows.Scan(&text, &null); err != nil {
			return nil, err
		}
		v := value.Value{Kind: value.String, S: text.String}
		switch {
		case null:
			v = value.Value{}
		case number:
			v = value.Value{Kind: value.Int}
			if _, err := fmt.Sscan(text.String, &v.I); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
