package redistest

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/child"
	"github.com/sluicedb/sluice/test/debian"
	"github.com/sluicedb/sluice/test/mysqltest"
)

var program = debian.Server{Package: "redis-server", Program: "redis-server", Env: "SLUICE_REDIS"}

// Server is one redis-server, or a Sentinel.
type Server struct {
	t        testing.TB
	port     int
	args     []string
	dir      string
	cmd      *exec.Cmd
	done     <-chan error
	tls      *tls.Config // nil: without
	password string
}

// Start starts a server on a free port; more are further arguments.
func Start(t testing.TB, more ...string) *Server {
	t.Helper()
	s := &Server{t: t, port: freePort(t), dir: t.TempDir()}
	s.args = append([]string{"--bind", "127.0.0.1", "--port", fmt.Sprint(s.port), "--save", "", "--dir", s.dir, "--repl-diskless-sync-delay", "0"}, more...)
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// StartGuarded is Start of a server that asks for a password, its own replicas too.
func StartGuarded(t testing.TB, password string, more ...string) *Server {
	t.Helper()
	s := &Server{t: t, port: freePort(t), dir: t.TempDir(), password: password}
	s.args = append([]string{
		"--bind", "127.0.0.1", "--port", fmt.Sprint(s.port), "--save", "", "--dir", s.dir, "--repl-diskless-sync-delay", "0",
		"--requirepass", password, "--masterauth", password,
	}, more...)
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

func freePort(t testing.TB) int {
	t.Helper()
	port, err := mysqltest.FreePort()
	require.NoError(t, err)
	return port
}

// Sentinel starts a Sentinel that watches a primary under a name.
func Sentinel(t testing.TB, primary *Server, name string) *Server {
	t.Helper()
	return GuardedSentinel(t, primary, name, "")
}

// SentinelOf is Sentinel of a primary that is reached at a port of another program.
func SentinelOf(t testing.TB, port int, name string) *Server {
	t.Helper()
	return Sentinel(t, &Server{port: port}, name)
}

// GuardedSentinel is Sentinel with one that asks for a password of its own.
func GuardedSentinel(t testing.TB, primary *Server, name, password string) *Server {
	t.Helper()
	s := &Server{t: t, port: freePort(t), dir: t.TempDir(), password: password}
	port := s.port
	file := filepath.Join(s.dir, "sentinel.conf")
	text := fmt.Sprintf(
		"port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor %s 127.0.0.1 %d 1\nsentinel down-after-milliseconds %s 500\nsentinel failover-timeout %s 2000\n",
		port, s.dir, name, primary.port, name, name)
	if password != "" {
		text += "requirepass " + password + "\n"
	}
	if primary.password != "" {
		text += "sentinel auth-pass " + name + " " + primary.password + "\n"
	}
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s.args = []string{file, "--sentinel"}
	s.Run()
	t.Cleanup(s.Kill)
	return s
}

// Addr is where it listens.
func (s *Server) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// Port is the port it listens on.
func (s *Server) Port() int { return s.port }

// Launch starts a server for a program that is no test. The caller ends it with Kill and
// removes its folder.
func Launch(ctx context.Context, dir string) (*Server, error) {
	port, err := mysqltest.FreePort()
	if err != nil {
		return nil, err
	}
	s := &Server{port: port, dir: dir, args: []string{"--bind", "127.0.0.1", "--port", fmt.Sprint(port), "--save", "", "--dir", dir}}
	if err := s.run(ctx); err != nil {
		s.Kill()
		return nil, err
	}
	return s, nil
}

// Run starts it, after Kill again with nothing in it.
func (s *Server) Run() {
	s.t.Helper()
	require.NoError(s.t, s.run(s.t.Context()))
}

func (s *Server) run(ctx context.Context) error {
	path, _, err := program.Find(ctx)
	if err != nil {
		return err
	}
	s.cmd = exec.Command(path, s.args...) //nolint:noctx // Kill ends it
	if s.done, err = child.Start(s.cmd); err != nil {
		return err
	}
	c := s.Client()
	defer c.Close()
	for range 1000 {
		if err = c.Ping(ctx).Err(); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("redis-server does not answer: %w", err)
}

// PID is the id of its process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends it at once.
func (s *Server) Kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		<-s.done
	}
}

// Pause stops its process; its sockets stay open. Resume lets it go on.
func (s *Server) Pause() { _ = s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (s *Server) Resume() { _ = s.cmd.Process.Signal(syscall.SIGCONT) }

// Flush empties it.
func (s *Server) Flush() {
	c := s.Client()
	defer c.Close()
	_ = c.FlushAll(s.t.Context()).Err()
}

// Durable are arguments of a server that keeps every write it has acknowledged.
var Durable = []string{"--appendonly", "yes", "--appendfsync", "always"}

// Client is a client of the server; the caller closes it.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1, DisableIdentity: true, TLSConfig: s.tls, Password: s.password})
}
