package bank

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const (
	groups   = 4 // servers, each with a shard of each database
	sluices  = 2
	tenants  = 8
	accounts = 5 // of each tenant in each table
	money    = 1000
)

// databases have one table with money and one with what was done, each cut by tenant.
var databases = []struct{ name, table string }{{"core", "accounts"}, {"customer", "wallets"}, {"saving", "deposits"}}

// all is the money there is.
const all = 3 * tenants * accounts * money

func tenant(i int) string { return fmt.Sprintf("t%d", i) }

// home is the shard that holds a tenant's rows of a database. Half of the tenants have
// their databases on one group, as is the rule, and half have them apart.
func home(tenant, database int) int {
	if tenant%2 == 0 {
		return tenant / 2 % groups
	}
	return (tenant/2 + database) % groups
}

func definitions(table string) string {
	return "CREATE TABLE " + table + " (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v BIGINT NOT NULL, KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;\n" +
		"CREATE TABLE " + notes(table) + " (id VARCHAR(64) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, transfer VARCHAR(36) NOT NULL, delta BIGINT NOT NULL, KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;\n"
}

func notes(table string) string { return table + "_notes" }

// world is the servers, the Sluice processes, and the connections between them.
type world struct {
	*testing.T
	dir     string
	servers [groups]*mysqltest.Server
	procs   [sluices]*process
	wires   [sluices][groups]*wiring

	trouble   atomic.Int32 // how much of it cannot work at the moment
	untrouble atomic.Int64 // when that ended last
}

func newWorld(t *testing.T, faults string) *world {
	t.Helper()
	w := &world{T: t, dir: memory(t)}
	w.untrouble.Store(time.Now().UnixNano())
	for i := range w.servers {
		w.servers[i] = mysqltest.Start(t, mysqltest.Options{Dir: w.dir, Durable: true})
	}
	binary := filepath.Join(w.dir, "sluice")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "failpoints", "-o", binary, "github.com/sluicedb/sluice/cmd/sluice").CombinedOutput()
	require.NoError(t, err, "%s", out)
	var schema strings.Builder
	for _, d := range databases {
		schema.WriteString(definitions(d.table))
		for i, s := range w.servers {
			require.NoError(t, s.Exec(t.Context(), fmt.Sprintf("CREATE DATABASE %s_%d", d.name, i), fmt.Sprintf("USE %s_%d; %s", d.name, i, definitions(d.table))))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "schema.sql"), []byte(schema.String()), 0o600))
	w.fill()
	for i := range w.procs {
		for g := range w.wires[i] {
			w.wires[i][g] = newWiring(t, w.servers[g].Addr())
		}
		w.procs[i] = w.launch(i, binary, faults)
	}
	return w
}

// memory is a folder in memory where there is one.
func memory(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "sluice-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

func (w *world) fill() {
	for k, d := range databases {
		for i := range tenants {
			for n := range accounts {
				g := home(i, k)
				require.NoError(w, w.servers[g].Exec(w.Context(), fmt.Sprintf("INSERT INTO %s_%d.%s VALUES ('%s-%d', '%s', %d)", d.name, g, d.table, tenant(i), n, tenant(i), money)))
			}
		}
	}
}

func (w *world) config(i, port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ndatabase: saas\nlisten: [{address: \"127.0.0.1:%d\"}]\nschema: [schema.sql]\nusers: [{name: app, password: \"\", hosts: [127.0.0.0/8]}]\nlog: {level: warn}\nlimits: {slow: 1h}\ngroups:\n", port)
	for g := range groups {
		fmt.Fprintf(&b, "  g%d: {primary: %q, user: root, password: \"\", tls: disabled, pool: {max: 60, wait: 3s}}\n", g, w.wires[i][g].addr())
	}
	b.WriteString("databases:\n")
	for _, d := range databases {
		fmt.Fprintf(&b, "  %s:\n    shards:\n", d.name)
		for g := range groups {
			fmt.Fprintf(&b, "      - {name: %s-%d, group: g%d, schema: %s_%d, slots: [%d-%d]}\n", d.name, g, g, d.name, g, g*4096/groups, (g+1)*4096/groups-1)
		}
		fmt.Fprintf(&b, "    tables:\n      %s: {kind: sharded, key: tenant_id}\n      %s: {kind: sharded, key: tenant_id}\n", d.table, notes(d.table))
	}
	b.WriteString("pins:\n")
	for i := range tenants {
		var list []string
		for k, d := range databases {
			list = append(list, fmt.Sprintf("%s-%d", d.name, home(i, k)))
		}
		fmt.Fprintf(&b, "  - {tenant: %s, shards: [%s]}\n", tenant(i), strings.Join(list, ", "))
	}
	return b.String()
}

// connect logs in to a Sluice.
func (w *world) connect(i int) (*diff.Conn, error) {
	return diff.Connect(diff.Target{Addr: w.procs[i].addr, User: "app", Database: "saas"}, 0)
}

// begins and ends of trouble: as long as there is some nobody can be expected to
// recover.
func (w *world) troubled(f func()) {
	w.trouble.Add(1)
	f()
	w.untrouble.Store(time.Now().UnixNano())
	w.trouble.Add(-1)
}

// process is a Sluice that is started again whenever it dies, and woken whenever it
// stands still.
type process struct {
	addr string
	args []string
	env  []string
	log  string

	mu    sync.Mutex
	cmd   *exec.Cmd
	held  bool // stopped by the test, which wakes it
	over  bool
	done  chan struct{}
	since time.Time
}

func (w *world) launch(i int, binary, faults string) *process {
	port, err := mysqltest.FreePort()
	require.NoError(w, err)
	file := filepath.Join(w.dir, fmt.Sprintf("sluice%d.yaml", i))
	require.NoError(w, os.WriteFile(file, []byte(w.config(i, port)), 0o600))
	p := &process{
		addr: fmt.Sprintf("127.0.0.1:%d", port), args: []string{binary, "serve", "--no-watch", "--config", file},
		env: append(os.Environ(), "SLUICE_FAILPOINTS="+faults), log: filepath.Join(w.dir, fmt.Sprintf("sluice%d.log", i)), done: make(chan struct{}),
	}
	go p.run()
	w.Cleanup(p.end)
	return p
}

func (p *process) run() {
	defer close(p.done)
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer out.Close()
	for {
		cmd := exec.Command(p.args[0], p.args[1:]...)
		cmd.Env, cmd.Stderr = p.env, out
		p.mu.Lock()
		if p.over || cmd.Start() != nil {
			p.mu.Unlock()
			return
		}
		p.cmd, p.since = cmd, time.Now()
		p.mu.Unlock()
		gone := make(chan struct{})
		go p.wake(cmd, gone)
		_ = cmd.Wait()
		close(gone)
		time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
	}
}

// wake lets a process go on that has stopped itself.
func (p *process) wake(cmd *exec.Cmd, gone chan struct{}) {
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

func (p *process) signal(s os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

func (p *process) kill() { p.signal(syscall.SIGKILL) }

func (p *process) pause(d time.Duration) {
	p.hold(true)
	p.signal(syscall.SIGSTOP)
	time.Sleep(d)
	p.signal(syscall.SIGCONT)
	p.hold(false)
}

func (p *process) hold(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = on
}

func (p *process) end() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.kill()
	<-p.done
}

// faults counts what the process has done to itself, by name.
func (p *process) faults(into map[string]int) {
	f, err := os.Open(p.log)
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if what, ok := strings.CutPrefix(lines.Text(), "failpoint: "); ok {
			into[what]++
		}
	}
}

// wiring passes bytes between a Sluice and a server until it is told not to.
type wiring struct {
	ln     net.Listener
	to     string
	cut    atomic.Bool // no connections
	frozen atomic.Bool // connections on which nothing passes

	mu    sync.Mutex
	conns map[net.Conn]bool
}

func newWiring(t *testing.T, to string) *wiring {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wiring{ln: ln, to: to, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = ln.Close(); w.closeAll() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go w.serve(c)
		}
	}()
	return w
}

func (w *wiring) addr() string { return w.ln.Addr().String() }

func (w *wiring) serve(c net.Conn) {
	defer c.Close()
	if w.cut.Load() {
		return
	}
	s, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.to)
	if err != nil {
		return
	}
	defer s.Close()
	w.add(c, s)
	defer w.forget(c, s)
	go func() {
		w.pass(s, c)
		_ = s.Close()
		_ = c.Close()
	}()
	w.pass(c, s)
}

func (w *wiring) pass(dst, src net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := src.Read(buf)
		for w.frozen.Load() {
			time.Sleep(5 * time.Millisecond)
		}
		if err != nil {
			return
		}
		if _, err := dst.Write(buf[:n]); err != nil {
			return
		}
	}
}

func (w *wiring) add(list ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range list {
		w.conns[c] = true
	}
}

func (w *wiring) forget(list ...net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range list {
		delete(w.conns, c)
	}
}

func (w *wiring) closeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.conns {
		_ = c.Close()
	}
}
