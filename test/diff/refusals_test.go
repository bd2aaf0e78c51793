package diff

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var rewrite = flag.Bool("rewrite", false, "write REFUSALS.md anew")

// reads matches the statements that change nothing.
var reads = regexp.MustCompile(`(?is)^\s*(/\*.*?\*/\s*)*[(\s]*(select|with|table|values|show|desc|describe|explain|do|help|check|checksum)\b`)

// TestRefusals: REFUSALS.md says what of the corpus is refused over several shards, and
// why; among the reads that is less than one in a hundred. The differential tests see to
// it that what the corpus does not mark as refused is answered.
func TestRefusals(t *testing.T) {
	const file = "REFUSALS.md"
	text, all, refused := refusals(corpus(t, "../corpus"))
	require.Less(t, refused*100, all, "reads of the corpus that are refused, of all %d", all)
	if *rewrite {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	have, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, text, string(have), "make golden writes it anew")
}

// corpus reads all files of a folder.
func corpus(t *testing.T, folder string) []*File {
	t.Helper()
	var files []*File
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".sql" {
			return err
		}
		f, err := Read(path)
		files = append(files, f)
		return err
	}))
	return files
}

// refusals writes the report, and counts the reads and those that are refused.
func refusals(files []*File) (text string, all, refused int) {
	statements := map[bool]int{}
	lost := map[bool]int{}
	reasons := map[string][]string{}
	for _, f := range files {
		for i := range f.Steps {
			s := &f.Steps[i]
			read := reads.MatchString(s.SQL)
			statements[read]++
			if s.Refuse == 0 {
				continue
			}
			lost[read]++
			sql := strings.Join(strings.Fields(s.SQL), " ")
			reasons[s.Why] = append(reasons[s.Why], fmt.Sprintf("`%s` ([%s](%s#L%d))", strings.ReplaceAll(sql, "`", ""), strings.TrimPrefix(f.Path, "../corpus/"), f.Path, s.Line))
		}
	}
	var b strings.Builder
	b.WriteString("# Refused statements of the corpus\n\n`make golden` writes this file from the `refuse` directives of [the corpus](../corpus); the differential tests check that exactly these are refused, for these reasons.\n\n")
	b.WriteString("| statements | in the corpus | refused over several shards |\n|---|---|---|\n")
	for _, k := range []struct {
		name string
		read bool
	}{{"reads", true}, {"others", false}} {
		fmt.Fprintf(&b, "| %s | %d | %d (%.2f %%) |\n", k.name, statements[k.read], lost[k.read], 100*float64(lost[k.read])/float64(statements[k.read]))
	}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&b, "\n## .. %s ..: %d\n\n", why, len(reasons[why]))
		for _, s := range reasons[why] {
			b.WriteString("- " + s + "\n")
		}
	}
	return b.String(), statements[true], lost[true]
}
