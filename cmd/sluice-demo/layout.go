package main

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"

	"github.com/sluicedb/sluice/conf/schema"
)

// addresses are what the demo puts in the place of the configuration's own.
type addresses struct {
	Listen, Admin string // host:port
	G0, G1        string
	Database      string // the logical one
}

// PortOf returns the port of an address.
func (addresses) PortOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

var (
	onlyShard  = regexp.MustCompile(`(?m)^( *- )\{name: (\S+)-0, group: g0, schema: (\S+), slots: \[0-4095\]\}$`)
	onlyGroup  = regexp.MustCompile(`(?m)^  g0: .*$`)
	listenLine = regexp.MustCompile(`(?m)^  - \{address: "127\.0\.0\.1:3306"\}$`)
	adminLine  = regexp.MustCompile(`(?m)^admin: .*$`)
)

// spread rewrites a configuration of one shard per database into two of each, on two
// groups, cut at the same slot: all rows of a tenant are on one server.
func spread(text []byte, a addresses) ([]byte, error) {
	for _, change := range []struct {
		what *regexp.Regexp
		by   string
	}{
		{onlyShard, "$1{name: $2-0, group: g0, schema: ${3}_0, slots: [0-2047]}\n$1{name: $2-1, group: g1, schema: ${3}_1, slots: [2048-4095]}"},
		{onlyGroup, fmt.Sprintf("  g0: {primary: %q, user: root, password: \"\"}\n  g1: {primary: %q, user: root, password: \"\"}", a.G0, a.G1)},
		{listenLine, fmt.Sprintf("  - {address: %q}", a.Listen)},
		{adminLine, fmt.Sprintf("admin: {address: %q}", a.Admin)},
	} {
		if !change.what.Match(text) {
			return nil, fmt.Errorf("nothing in the configuration looks like %s", change.what)
		}
		text = change.what.ReplaceAll(text, []byte(change.by))
	}
	return text, nil
}

// writeLayout writes the demo's configuration and the scripts it names into a folder.
func writeLayout(dir, rules string, a addresses) (path string, err error) {
	text, err := os.ReadFile(rules)
	if err != nil {
		return "", fmt.Errorf("%w (run the demo from the top of the repository)", err)
	}
	if text, err = spread(text, a); err != nil {
		return "", fmt.Errorf("%s: %w", rules, err)
	}
	scripts, err := fs.Glob(schema.FS, "*.sql")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "schema"), 0o755); err != nil {
		return "", err
	}
	for _, name := range scripts {
		script, err := schema.FS.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "schema", name), script, 0o644)
		}
		if err != nil {
			return "", err
		}
	}
	path = filepath.Join(dir, "sluice.yaml")
	return path, os.WriteFile(path, text, 0o644)
}
