package test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

// TestDifferential is the contract: what a client sends through Sluice returns what one
// MySQL server holding all the data returns. Two plain servers come first: where they
// differ, the corpus is wrong. Where replies are kept, all that may be are, and queries
// are asked twice and compared the second time.
func TestDifferential(t *testing.T) {
	files := corpus(t)
	dir := fast(t)
	for _, l := range []struct {
		name            string
		shards, servers int
		more            string
	}{{"plain", 1, 0, ""}, {"1 shard", 1, 1, ""}, {"4 shards", 4, 2, ""}, {"1 shard, kept", 1, 1, keepAll}, {"4 shards, kept", 4, 2, keepAll}} {
		t.Run(l.name, func(t *testing.T) {
			p := diff.Pair{Left: plain(t, dir), Shards: l.shards, Twice: l.more != ""}
			var srv *proxy.Server
			if l.servers == 0 {
				p.Shards = 0
				p.Right = plain(t, dir)
				p.Right.Name = "MySQL again"
			} else {
				p.Right, srv = sluice(t, dir, l.shards, l.servers, l.more)
			}
			for _, f := range files {
				if f.Shards != 0 && f.Shards != l.shards || len(f.Schema.Tables) > 0 {
					continue
				}
				t.Run(strings.TrimSuffix(strings.TrimPrefix(f.Path, "corpus/"), ".sql"), func(t *testing.T) { diff.Run(t, f, p) })
			}
			t.Run("contents", func(t *testing.T) { diff.Run(t, contents(t, p.Left), p) })
			if l.more != "" {
				n := hits(t, srv)
				t.Logf("%d replies from the cache", n)
				require.Greater(t, n, uint64(100), "replies from the cache")
			}
		})
	}
}

// TestDifferentialShards is the same for files that bring their own tables, which they
// cut in several ways: shards that share servers, and databases that do not. With
// SLUICE_PLAIN_ONLY set MySQL is compared with a second MySQL, which tests the files.
func TestDifferentialShards(t *testing.T) {
	bed, second := spread.Start(t, 2), (*spread.Bed)(nil)
	if os.Getenv("SLUICE_PLAIN_ONLY") != "" {
		second = spread.Start(t, 0)
	}
	files := 0
	for _, f := range corpus(t) {
		if len(f.Schema.Tables) == 0 {
			continue
		}
		files++
		t.Run(strings.TrimSuffix(filepath.Base(f.Path), ".sql"), func(t *testing.T) {
			left := diff.Target{Name: "MySQL", Addr: bed.Plain(t, &f.Schema), User: "app"}
			if second != nil {
				diff.Run(t, f, diff.Pair{Left: left, Right: diff.Target{Name: "second MySQL", Addr: second.Plain(t, &f.Schema), User: "app"}})
				return
			}
			for _, l := range layouts {
				if slices.ContainsFunc(f.Steps, func(s diff.Step) bool { return s.Always }) {
					l.Apart = true // where all tables are in one place, what is always refused elsewhere may be answered
				}
				t.Run(l.Name, func(t *testing.T) {
					right := diff.Target{Name: "Sluice", Addr: bed.Sluice(t, &f.Schema, l), User: "app"}
					diff.Run(t, f, diff.Pair{Left: left, Right: right, Shards: l.Shards, Twice: l.More != ""})
				})
			}
		})
	}
	if second == nil {
		t.Logf("%d files, %d replies from the cache", files, bed.Hits)
	}
}

var layouts = []spread.Layout{{Name: "4 shards", Shards: 4}, {Name: "3 shards apart", Shards: 3, Apart: true}, {Name: "databases apart", Shards: 1, Apart: true}, {Name: "1 shard, kept", Shards: 1, More: keepAll}}

// contents reads every row of every tenant: after all files both sides must hold the
// same, so that nothing which was refused or failed has left a trace.
func contents(t *testing.T, left diff.Target) *diff.File {
	t.Helper()
	db, err := sql.Open("mysql", left.User+"@tcp("+left.Addr+")/saas")
	require.NoError(t, err)
	defer db.Close()
	column := func(query string) (out []string) {
		rows, err := db.QueryContext(t.Context(), query)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var s string
			require.NoError(t, rows.Scan(&s))
			out = append(out, s)
		}
		require.NoError(t, rows.Err())
		return out
	}
	f := &diff.File{Path: "contents", Database: "saas", TextOnly: true, NoWarnings: true}
	add := func(format string, args ...any) {
		f.Steps = append(f.Steps, diff.Step{Line: len(f.Steps) + 1, SQL: fmt.Sprintf(format, args...)})
	}
	keyed := column("SELECT table_name FROM information_schema.columns NATURAL JOIN information_schema.tables" +
		" WHERE table_schema = 'saas' AND column_name = 'tenant_id' AND table_type = 'BASE TABLE'")
	require.Greater(t, len(keyed), 90)
	for _, tenant := range column("SELECT id FROM saas_tenants") {
		add("SELECT * FROM saas_tenants WHERE id = '%s'", tenant)
		for _, table := range keyed {
			add("SELECT * FROM %s WHERE tenant_id = '%s'", table, tenant)
		}
	}
	for _, table := range keyed {
		add("SELECT * FROM %s WHERE tenant_id IS NULL", table)
	}
	add("SELECT * FROM saas_permissions")
	return f
}

// corpus reads the files of the corpus.
func corpus(t *testing.T) []*diff.File {
	t.Helper()
	var files []*diff.File
	require.NoError(t, filepath.WalkDir("corpus", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".sql" {
			return err
		}
		f, err := diff.Read(path)
		files = append(files, f)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}
