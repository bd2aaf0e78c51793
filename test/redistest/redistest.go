// Package redistest starts real Redis servers for tests: $SLUICE_REDIS, or redis-server
// on PATH, or one unpacked from Debian, once, beside the system.
package redistest

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed fetch.sh
var fetchScript string

// Server is one redis-server on the loopback that keeps every write it has
// acknowledged.
type Server struct {
	Addr string

	binary, dir string
	cmd         *exec.Cmd
	done        chan error
}

// Start launches a server for a test; it ends with the test. Without a Redis the test
// fails.
func Start(tb testing.TB) *Server {
	tb.Helper()
	binary, err := find()
	if err != nil {
		tb.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{Addr: ln.Addr().String(), binary: binary, dir: tb.TempDir()}
	_ = ln.Close()
	tb.Cleanup(s.Kill)
	s.Start(tb)
	return s
}

func find() (string, error) {
	if path := os.Getenv("SLUICE_REDIS"); path != "" {
		return path, nil
	}
	if path, err := exec.LookPath("redis-server"); err == nil {
		return path, nil
	}
	cmd := exec.Command("bash", "-c", fetchScript)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("no Redis found and none could be fetched: %w\n%s", err, complaints.String())
	}
	return filepath.Join(strings.TrimSpace(string(out)), "bin", "redis-server"), nil
}

// Start runs the server, after Kill with the data it had, and waits until it answers.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	_, port, _ := net.SplitHostPort(s.Addr)
	s.cmd = exec.Command(s.binary, "--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--logfile", filepath.Join(s.dir, "log"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.done = make(chan error, 1)
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the death signal is bound to the thread that forks
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.done <- s.cmd.Wait()
		}
		close(s.done)
	}()
	if err := <-started; err != nil {
		tb.Fatal(err)
	}
	c := s.Client()
	defer c.Close()
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if err = c.Ping(context.Background()).Err(); err == nil {
			return
		}
	}
	tb.Fatalf("redis-server does not answer: %v", err)
}

// Client is a client of the server; the caller closes it.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1, DisableIdentity: true})
}

// Kill ends the server at once, as a crash does. Start brings it back.
func (s *Server) Kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.done
	s.cmd = nil
}
