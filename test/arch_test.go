package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/sluicedb/sluice/"

// imports is the table of ARCHITECTURE.md: which of our packages a package may import.
var imports = map[string][]string{
	"conf":          {},
	"conf/schema":   {},
	"parser/value":  {},
	"parser/wire":   {"parser/value"},
	"parser/infile": {},
	"parser":        {"parser/infile", "parser/value"},
	"rules":         {"conf", "parser/value"},
	"router/plan":   {"conf", "rules", "parser/infile", "parser/value", "parser/wire"},
	"router":        {"router/plan", "parser", "parser/value", "rules", "conf"},
	"pool/loop":     {},
	"pool":          {"conf", "parser/wire", "pool/loop"},
	"proxy/admin":   {"parser/wire"},
	"proxy/cache":   {},
	"proxy/tally":   {},
	"proxy/binlog":  {},
	"proxy/stream":  {},
	"proxy":         {"conf", "parser", "parser/infile", "parser/value", "parser/wire", "rules", "router", "router/plan", "pool", "pool/loop", "proxy/admin", "proxy/cache", "proxy/tally", "proxy/binlog", "proxy/stream"},
}

// goroutines lists the functions that may start one. Each start has an owner that
// waits for it: the Server's wait group, a pool's Close, an errgroup, or a handler that
// the process ends with.
var goroutines = map[string]bool{
	"pool/server.go:NewServer":           true,
	"pool/loop/task.go:run":              true, // ends with the task, see Loops.Go
	"cmd/sluice/serve.go:serveAdmin":     true,
	"cmd/sluice-demo/main.go:main":       true,
	"cmd/sluice-demo/main.go:withParent": true,
	"cmd/sluice-demo/run.go:serve":       true,
}

// source is one file of ours that is not a test.
type source struct {
	path string // from the root
	dir  string
	tree *ast.File
	set  *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && name != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		out = append(out, source{path: filepath.ToSlash(rel), dir: filepath.ToSlash(filepath.Dir(rel)), tree: tree, set: set})
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, out)
	return out
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		allowed, known := imports[s.dir]
		if !known {
			require.True(t, strings.HasPrefix(s.dir, "cmd/") || strings.HasPrefix(s.dir, "test"), "%s: a package that the import table does not know", s.dir)
			continue
		}
		for _, i := range s.tree.Imports {
			path, err := strconv.Unquote(i.Path.Value)
			require.NoError(t, err)
			if ours, ok := strings.CutPrefix(path, module); ok {
				require.Contains(t, allowed, ours, "%s imports %s", s.path, ours)
			}
		}
	}
}

func TestNoInitNoStrayContextNoStrayGoroutine(t *testing.T) {
	for _, s := range sources(t) {
		test := strings.HasPrefix(s.dir, "test")
		for _, d := range s.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			require.False(t, f.Name.Name == "init" && f.Recv == nil, "%s has an init function", s.path)
			if test {
				continue
			}
			at := s.path + ":" + f.Name.Name
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.GoStmt:
					require.True(t, goroutines[at], "%s starts a goroutine that the list does not know", at)
				case *ast.SelectorExpr:
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "context" && n.Sel.Name == "Background" {
						require.True(t, strings.HasPrefix(s.dir, "cmd/") || at == "pool/server.go:warm" || at == "pool/group.go:NewGroup", "%s makes a context of its own", at)
					}
				}
				return true
			})
		}
	}
}

// TestNamesSaySomething keeps names out that tell a reader nothing.
func TestNamesSaySomething(t *testing.T) {
	empty := regexp.MustCompile(`(?i)(Manager|Handler|Impl|Helper|Util|Common)$`)
	for _, s := range sources(t) {
		for _, d := range s.tree.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok {
					require.False(t, empty.MatchString(ts.Name.Name), "%s: type %s", s.path, ts.Name.Name)
				}
			}
		}
	}
}

// TestDocumentLinks keeps the files that documents name in existence.
func TestDocumentLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	docs, err := filepath.Glob("../*.md")
	require.NoError(t, err)
	require.True(t, slices.Contains(docs, "../README.md"))
	for _, doc := range docs {
		text, err := os.ReadFile(doc)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join("..", m[1]))
			require.NoError(t, err, "%s links to %s", doc, m[1])
		}
	}
}
