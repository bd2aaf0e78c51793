package test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
)

// TestDifferential is the contract: what a client sends through Sluice returns what one
// MySQL server holding all the data returns.
func TestDifferential(t *testing.T) {
	files := corpus(t)
	dir := fast(t)
	for _, l := range []struct {
		name            string
		shards, servers int
	}{{"1 shard", 1, 1}, {"4 shards", 4, 2}} {
		t.Run(l.name, func(t *testing.T) {
			p := diff.Pair{Left: plain(t, dir), Right: sluice(t, dir, l.shards, l.servers), Shards: l.shards}
			for _, f := range files {
				if f.Shards != 0 && f.Shards != l.shards {
					continue
				}
				t.Run(strings.TrimSuffix(strings.TrimPrefix(f.Path, "corpus/"), ".sql"), func(t *testing.T) { diff.Run(t, f, p) })
			}
		})
	}
}

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
