// Package debian gets servers for tests out of Debian's packages, unpacked beside the
// system once and kept in the cache folder.
package debian

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed unpack.sh
var script string

// Server is a program of a Debian package.
type Server struct {
	Package, Program string
	Env              string // names the variable with the path of one to use instead
}

// Find returns the program's path: the one its variable names, or the one on PATH, or one
// unpacked into root, which is then the folder that stands for "/"; else root is empty.
func (s Server) Find(ctx context.Context) (path, root string, err error) {
	if path = os.Getenv(s.Env); path != "" {
		return path, "", nil
	}
	if path, err = exec.LookPath(s.Program); err == nil {
		return path, "", nil
	}
	cmd := exec.CommandContext(ctx, "bash", "-c", script, "unpack.sh", s.Package, s.Program)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("no %s on PATH, none in $%s, and unpacking it: %w\n%s", s.Program, s.Env, err, complaints.String())
	}
	dir := strings.TrimSpace(string(out))
	return filepath.Join(dir, "bin", s.Program), filepath.Join(dir, "R"), nil
}
