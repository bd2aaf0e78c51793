package failover

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// link passes bytes to one server. All connect through it, and it knows who each of them
// is, so that it can part some from the server and not others.
type link struct {
	ln net.Listener
	to string

	mu    sync.Mutex
	over  bool
	names map[int]string // process id -> who it is
	conns map[*passage]bool
	gone  map[string]bool          // nothing passes between them and the server
	slow  map[string]time.Duration // what they say arrives so much later
}

// passage is one connection through a link.
type passage struct {
	who            string
	client, server net.Conn
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &link{ln: ln, to: to, names: map[int]string{}, conns: map[*passage]bool{}, gone: map[string]bool{}, slow: map[string]time.Duration{}}
	t.Cleanup(l.end)
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go l.serve(c)
		}
	}()
	return l
}

func (l *link) end() {
	_ = l.ln.Close()
	l.mu.Lock()
	l.over = true
	l.mu.Unlock()
	l.closeAll(func(string) bool { return true })
}

func (l *link) addr() string { return l.ln.Addr().String() }
func (l *link) port() int    { return l.ln.Addr().(*net.TCPAddr).Port }

// know says who a process is.
func (l *link) know(pid int, who string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names[pid] = who
}

// part lets nothing pass any more between some and the server; join ends it. Connections
// that were open then are closed, as a network does that has forgotten them.
func (l *link) part(who ...string) { l.set(true, who) }
func (l *link) join(who ...string) {
	l.set(false, who)
	l.closeAll(func(name string) bool { return slices.Contains(who, name) })
}

func (l *link) set(gone bool, who []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range who {
		l.gone[name] = gone
	}
}

func (l *link) delay(d time.Duration, who ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range who {
		l.slow[name] = d
	}
}

func (l *link) closeAll(of func(who string) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.conns {
		if of(p.who) {
			_ = p.client.Close()
			if p.server != nil {
				_ = p.server.Close()
			}
		}
	}
}

func (l *link) serve(c net.Conn) {
	defer c.Close()
	p := &passage{client: c, who: l.whoIs(c.RemoteAddr().(*net.TCPAddr).Port)}
	l.keep(p, true)
	defer l.keep(p, false)
	for l.stopped(p) { // it has been accepted, and nobody ever answers
		time.Sleep(5 * time.Millisecond)
	}
	s, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", l.to)
	if err != nil {
		return
	}
	defer s.Close()
	l.mu.Lock()
	p.server = s
	l.mu.Unlock()
	go func() {
		l.pass(p, s, c)
		_ = s.Close()
		_ = c.Close()
	}()
	l.pass(p, c, s)
}

func (l *link) keep(p *passage, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if on {
		l.conns[p] = true
	} else {
		delete(l.conns, p)
	}
}

func (l *link) stopped(p *passage) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone[p.who] && !l.over
}

func (l *link) late(p *passage) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.slow[p.who]
}

func (l *link) pass(p *passage, dst, src net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := src.Read(buf)
		for l.stopped(p) {
			time.Sleep(5 * time.Millisecond)
		}
		if err != nil {
			return
		}
		if src == p.client {
			time.Sleep(l.late(p))
		}
		if _, err := dst.Write(buf[:n]); err != nil {
			return
		}
	}
}

// whoIs is the process that has the local port, as the system knows it.
func (l *link) whoIs(port int) string {
	inode := inodeOf(port)
	if inode == "" {
		return ""
	}
	l.mu.Lock()
	names := maps.Clone(l.names)
	l.mu.Unlock()
	for pid, who := range names {
		dir := fmt.Sprintf("/proc/%d/fd", pid)
		list, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, f := range list {
			if to, err := os.Readlink(filepath.Join(dir, f.Name())); err == nil && to == "socket:["+inode+"]" {
				return who
			}
		}
	}
	return ""
}

func inodeOf(port int) string {
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		end := fmt.Sprintf(":%04X", port)
		for line := range strings.Lines(string(text)) {
			f := strings.Fields(line)
			if len(f) > 9 && strings.HasSuffix(f[1], end) && f[3] == "01" && f[9] != "0" {
				return f[9]
			}
		}
	}
	return ""
}
