package sluicetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// Build builds sluice into a folder, as make does, with further flags of go build, and
// returns its path.
func Build(t *testing.T, dir string, flags ...string) string {
	t.Helper()
	binary := filepath.Join(dir, "sluice")
	args := append(append([]string{"build", "-trimpath"}, flags...), "-o", binary, "github.com/sluicedb/sluice/cmd/sluice")
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// Memory is a folder in memory where there is one; it goes with the test.
func Memory(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "sluice-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

// FreeAddr is an address of this machine that nobody listens on.
func FreeAddr(t *testing.T) string {
	t.Helper()
	port, err := mysqltest.FreePort()
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", port)
}

// Serve starts `sluice serve`, whose log is appended to a file. Whoever starts it waits
// for its end.
func Serve(binary, config, log string, env ...string) (*exec.Cmd, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(binary, "serve", "--no-watch", "--config", config) //nolint:noctx // its owner ends it
	cmd.Stderr, cmd.Env = out, append(os.Environ(), env...)
	return cmd, cmd.Start()
}

// Process is a Sluice that is started again whenever it dies, and woken whenever it has
// stopped itself.
type Process struct {
	Addr string // where it listens, as its configuration says
	Log  string // the file it logs to

	binary, config string
	env            []string

	mu   sync.Mutex
	cmd  *exec.Cmd
	held bool // stopped by the test, which wakes it
	over bool
	done chan struct{}
}

// Launch starts a Sluice with a configuration, which is written to a folder under a name.
// It ends with the test.
func Launch(t *testing.T, binary, dir, name, addr, config string, env ...string) *Process {
	t.Helper()
	p := &Process{
		Addr: addr, Log: filepath.Join(dir, name+".log"), binary: binary, config: filepath.Join(dir, name+".yaml"), env: env, done: make(chan struct{}),
	}
	require.NoError(t, os.WriteFile(p.config, []byte(config), 0o600))
	go p.run()
	t.Cleanup(p.end)
	return p
}

func (p *Process) run() {
	defer close(p.done)
	for {
		p.mu.Lock()
		if p.over {
			p.mu.Unlock()
			return
		}
		cmd, err := Serve(p.binary, p.config, p.Log, p.env...)
		if err != nil {
			p.mu.Unlock()
			return
		}
		p.cmd = cmd
		p.mu.Unlock()
		gone := make(chan struct{})
		go p.wake(cmd, gone)
		_ = cmd.Wait()
		close(gone)
		time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
	}
}

// wake lets a process go on that has stopped itself.
func (p *Process) wake(cmd *exec.Cmd, gone chan struct{}) {
	for {
		select {
		case <-gone:
			return
		case <-time.After(50 * time.Millisecond):
		}
		p.mu.Lock()
		held := p.held
		p.mu.Unlock()
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", cmd.Process.Pid)); err != nil || held || !strings.Contains(string(stat), ") T ") {
			continue
		}
		time.Sleep(time.Duration(200+rand.IntN(7000)) * time.Millisecond)
		_ = cmd.Process.Signal(syscall.SIGCONT)
	}
}

func (p *Process) signal(s os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

// Kill kills it with SIGKILL; it is started again within two seconds.
func (p *Process) Kill() { p.signal(syscall.SIGKILL) }

// Pause stops it with SIGSTOP for a while.
func (p *Process) Pause(d time.Duration) {
	p.hold(true)
	p.signal(syscall.SIGSTOP)
	time.Sleep(d)
	p.signal(syscall.SIGCONT)
	p.hold(false)
}

func (p *Process) hold(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = on
}

func (p *Process) end() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.Kill()
	<-p.done
}
