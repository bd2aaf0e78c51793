package bank

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/sluicetest"
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
	procs   [sluices]*sluicetest.Process
	wires   [sluices][groups]*wiring

	trouble   atomic.Int32 // how much of it cannot work at the moment
	untrouble atomic.Int64 // when that ended last
}

func newWorld(t *testing.T, faults string) *world {
	t.Helper()
	w := &world{T: t, dir: sluicetest.Memory(t)}
	w.untrouble.Store(time.Now().UnixNano())
	for i := range w.servers {
		w.servers[i] = mysqltest.Start(t, mysqltest.Options{Dir: w.dir, Durable: true})
	}
	binary := sluicetest.Build(t, w.dir, "-tags", "failpoints")
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
		addr := sluicetest.FreeAddr(t)
		w.procs[i] = sluicetest.Launch(t, binary, w.dir, fmt.Sprint("sluice", i), addr, w.config(i, addr), "SLUICE_FAILPOINTS="+faults)
	}
	return w
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

func (w *world) config(i int, listen string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ndatabase: saas\nlisten: [{address: %q}]\nschema: [schema.sql]\nusers: [{name: app, password: \"\", hosts: [127.0.0.0/8]}]\nlog: {level: warn}\nlimits: {slow: 1h}\ngroups:\n", listen)
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
	return diff.Connect(diff.Target{Addr: w.procs[i].Addr, User: "app", Database: "saas"}, 0)
}

// begins and ends of trouble: as long as there is some nobody can be expected to
// recover.
func (w *world) troubled(f func()) {
	w.trouble.Add(1)
	f()
	w.untrouble.Store(time.Now().UnixNano())
	w.trouble.Add(-1)
}

// faults counts what a process has done to itself, by name.
func faults(p *sluicetest.Process, into map[string]int) {
	f, err := os.Open(p.Log)
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
