package mysqltest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

//go:embed fetch.sh
var fetchScript string

// Binary is a mysqld that can be started.
type Binary struct {
	Mysqld  string
	Version string // "9.7.4"
	Base    string // --basedir of an unpacked server; empty for an installed one
}

// Cache is the folder that keeps the unpacked server and prepared data folders:
// $SLUICE_CACHE, or sluice in the user's cache folder.
func Cache() (string, error) {
	if dir := os.Getenv("SLUICE_CACHE"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "sluice"), nil
}

// Find returns a MySQL 8.0 or later: $SLUICE_MYSQLD, or else mysqld on PATH, or else
// the unpacked one, which is fetched if it is not there.
func Find(ctx context.Context) (Binary, error) {
	if path := os.Getenv("SLUICE_MYSQLD"); path != "" {
		return probe(ctx, path)
	}
	if path, err := exec.LookPath("mysqld"); err == nil {
		if b, err := probe(ctx, path); err == nil {
			return b, nil
		}
	}
	return fetched(ctx)
}

// Installed is Find without fetching anything.
func Installed(ctx context.Context) (Binary, error) {
	if path := os.Getenv("SLUICE_MYSQLD"); path != "" {
		return probe(ctx, path)
	}
	if path, err := exec.LookPath("mysqld"); err == nil {
		if b, err := probe(ctx, path); err == nil {
			return b, nil
		}
	}
	dir, err := Cache()
	if err != nil {
		return Binary{}, err
	}
	return unpacked(ctx, filepath.Join(dir, "mysql"))
}

func fetched(ctx context.Context) (Binary, error) {
	cmd := exec.CommandContext(ctx, "bash", "-c", fetchScript)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return Binary{}, fmt.Errorf("no MySQL found and none could be fetched: %w\n%s", err, complaints.String())
	}
	return unpacked(ctx, strings.TrimSpace(string(out)))
}

func unpacked(ctx context.Context, root string) (Binary, error) {
	b, err := probe(ctx, filepath.Join(root, "bin", "mysqld"))
	b.Base = filepath.Join(root, "R", "usr")
	return b, err
}

var versionPattern = regexp.MustCompile(`Ver (\d+)\.(\d+)\.(\d+)`)

func probe(ctx context.Context, path string) (Binary, error) {
	out, err := exec.CommandContext(ctx, path, "--version").CombinedOutput()
	if err != nil {
		return Binary{}, fmt.Errorf("%s --version: %w", path, err)
	}
	m := versionPattern.FindStringSubmatch(string(out))
	if m == nil || strings.Contains(string(out), "MariaDB") {
		return Binary{}, fmt.Errorf("%s is not a MySQL server: %s", path, strings.TrimSpace(string(out)))
	}
	if major, _ := strconv.Atoi(m[1]); major < 8 {
		return Binary{}, errors.New(path + " is older than MySQL 8.0")
	}
	return Binary{Mysqld: path, Version: strings.Join(m[1:], ".")}, nil
}

// Client is the path of a client program (mysql, mysqldump) that belongs to the
// server, or of the one on PATH.
func (b Binary) Client(name string) (string, error) {
	if b.Base != "" {
		path := filepath.Join(filepath.Dir(b.Mysqld), name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(name)
}
