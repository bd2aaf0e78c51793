package main

import (
	"context"
	crand "crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sluicedb/sluice/test/child"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/redistest"
)

// target is one address to load.
type target struct {
	name string
	addr string
	pid  int              // of the process whose CPU time counts; 0: none
	home [shards][]string // tenants by shard
}

// onShard is a tenant that lives on a shard.
func (t *target) onShard(i int, r *rand.Rand) string { return t.home[i][r.IntN(len(t.home[i]))] }

// of lists the targets that can answer a workload.
func (s *setup) of(w workload) []target {
	return slices.DeleteFunc(slices.Clone(s.targets), func(t target) bool { return w.shards && t.name == "haproxy" })
}

// setup is the servers under measurement.
type setup struct {
	mysql   *mysqltest.Server
	redis   *redistest.Server // nil: there is none
	dir     string
	procs   []process
	ends    os.Signal // what they are ended by
	targets []target
	version string
	admin   string // Sluice's operators' address; with -profile only
}

// The shards are on two groups, which are one server: what is measured is the way there.
const shards = 4

// tenant names are UUID-like, as the customer's.
func tenant(i int) string { return fmt.Sprintf("7d9f2c40-1b5e-4a53-9c7e-%012x", i) }

func setUp(ctx context.Context, o options) (*setup, error) {
	m, err := mysqltest.Launch(ctx, mysqltest.Options{Durable: o.durable, Flags: []string{"--innodb-buffer-pool-size=" + buffers(o) + "", "--max-connections=4000"}})
	if err != nil {
		return nil, err
	}
	s := &setup{mysql: m, version: m.Binary.Version, ends: syscall.SIGTERM}
	if s.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		s.close()
		return nil, err
	}
	s.targets = []target{{name: "direct", addr: m.Addr()}}
	steps := []func(context.Context, options) error{s.schemas, s.certify, s.startSluice, s.startCaches, s.startHAProxy, s.startBeside, s.load}
	for _, step := range steps {
		if err := step(ctx, o); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

// buffers is as much memory as the server needs for the rows.
func buffers(o options) string {
	if o.large > 0 {
		return "2G"
	}
	return "256M"
}

// process is a target that was started.
type process struct {
	cmd  *exec.Cmd
	done <-chan error
}

func (s *setup) close() {
	for _, p := range s.procs {
		_ = p.cmd.Process.Signal(s.ends)
		<-p.done
	}
	s.mysql.Stop()
	if s.redis != nil {
		s.redis.Kill()
	}
	_ = os.RemoveAll(s.dir)
}

const schemaFile = `
CREATE TABLE orders (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, status INT NOT NULL, note VARCHAR(100), KEY (tenant_id, status), KEY (status)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE items (order_id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, sku VARCHAR(20), KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE log (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, note VARCHAR(100)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE counters (tenant_id VARCHAR(36) NOT NULL PRIMARY KEY, n BIGINT NOT NULL) COLLATE utf8mb4_unicode_ci;
`

// schemas makes the plain schema, which a direct connection and HAProxy lead to, and
// those of the shards.
func (s *setup) schemas(ctx context.Context, _ options) error {
	names := []string{"bench"}
	for i := range shards {
		names = append(names, fmt.Sprintf("bench_s%d", i))
	}
	for _, name := range names {
		if err := s.mysql.Exec(ctx, "CREATE DATABASE "+name, "USE "+name+";"+schemaFile+largeTable); err != nil {
			return err
		}
	}
	return s.mysql.Exec(ctx, "CREATE USER bench IDENTIFIED BY ''", "GRANT ALL ON *.* TO bench")
}

// certify makes Sluice's certificate, of the kind that MySQL makes for itself, so that both
// have the same to compute.
func (s *setup) certify(context.Context, options) error {
	const bits = 2048
	k, err := rsa.GenerateKey(crand.Reader, bits)
	if err != nil {
		return err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(crand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		return err
	}
	write := func(file, kind string, der []byte) error {
		return os.WriteFile(filepath.Join(s.dir, file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
	}
	return errors.Join(write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", private))
}

// load writes the same rows directly and through Sluice, and asks the shards which
// tenants they have.
func (s *setup) load(ctx context.Context, o options) error {
	var homes [shards][]string
	for _, addr := range []string{s.targets[0].addr, s.targets[1].addr} {
		c, err := dial(addr, "bench", "bench")
		if err != nil {
			return err
		}
		if err := errors.Join(fill(c), c.Close()); err != nil {
			return fmt.Errorf("loading %s: %w", addr, err)
		}
	}
	for i := range homes {
		db, err := s.mysql.DB(fmt.Sprintf("bench_s%d", i))
		if err != nil {
			return err
		}
		for n := range tenants {
			var found int
			if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM counters WHERE tenant_id = ?", tenant(n)).Scan(&found); err != nil {
				return err
			}
			if found > 0 {
				homes[i] = append(homes[i], tenant(n))
			}
		}
	}
	s.targets = append(s.targets, o.others...)
	for i := range s.targets {
		s.targets[i].home = homes
	}
	return s.mysql.Exec(ctx, "ANALYZE TABLE bench.orders, bench_s0.orders, bench_s1.orders, bench_s2.orders, bench_s3.orders")
}

// fill writes the rows.
func fill(c *client) error {
	note := strings.Repeat("x", 60)
	var orders, items, counters []string
	for i := range tenants {
		t := tenant(i)
		orders = append(orders, fmt.Sprintf("('t%d', '%s', %d, '%s')", i, t, i, note))
		counters = append(counters, fmt.Sprintf("('%s', 0)", t))
		for k := range ofRange {
			id := fmt.Sprintf("p%d-%d", i, k)
			orders = append(orders, fmt.Sprintf("('%s', '%s', %d, '%s')", id, t, 1000+k, note))
			items = append(items, fmt.Sprintf("('%s', '%s', 'sku %d')", id, t, k))
		}
	}
	for i := range rows {
		orders = append(orders, fmt.Sprintf("('r%d', 'big', 0, '%s')", i, note))
	}
	for table, list := range map[string][]string{"orders (id, tenant_id, status, note)": orders, "items (order_id, tenant_id, sku)": items, "counters (tenant_id, n)": counters} {
		for chunk := range slices.Chunk(list, 500) {
			if _, err := c.query("INSERT INTO " + table + " VALUES " + strings.Join(chunk, ", ")); err != nil {
				return err
			}
		}
	}
	return nil
}

// cacheRule keeps everything that the workloads ask for.
const cacheRule = "rules: [{class: hot, rows: 20000, bytes: 4MiB}]"

// The Sluices that keep replies.
const (
	keptHere    = "sluice, kept"             // in the process, which is the only one
	keptChecked = "sluice, kept and checked" // in the process, and each answer is checked with Redis
	keptInRedis = "sluice, in Redis"         // nothing fits into the process
)

// startCaches measures Sluices that keep replies.
func (s *setup) startCaches(ctx context.Context, o options) error {
	if !o.cache {
		return nil
	}
	addr := o.redis
	if addr == "" {
		var err error
		if s.redis, err = redistest.Launch(ctx, s.dir); err != nil {
			return err
		}
		addr = s.redis.Addr()
	}
	shared := func(size, process string) string {
		return fmt.Sprintf("cache: {size: %s, %s, redis: {addresses: [%q], process: %s, prefix: bench, deadline: 50ms}}\n", size, cacheRule, addr, process)
	}
	for i, c := range [][2]string{{keptHere, "cache: {size: 256MiB, " + cacheRule + "}\n"}, {keptChecked, shared("256MiB", "b1")}, {keptInRedis, shared("1B", "b2")}} {
		port, err := mysqltest.FreePort()
		if err != nil {
			return err
		}
		file := filepath.Join(s.dir, fmt.Sprintf("cache%d.yaml", i))
		if err := os.WriteFile(file, []byte(s.config(port)+c[1]), 0o644); err != nil {
			return err
		}
		if err := s.start(ctx, c[0], port, o.sluice, "serve", "--config", file); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) config(port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ndatabase: saas\nlisten: [{address: \"127.0.0.1:%d\", tls: {cert: cert.pem, key: key.pem}}]\n", port)
	fmt.Fprintf(&b, "users: [{name: bench, password: \"\", hosts: [127.0.0.0/8]}]\ngroups:\n")
	for i := range 2 {
		fmt.Fprintf(&b, "  g%d: {primary: \"%s\", user: root, password: \"\", tls: disabled, pool: {max: 700}}\n", i, s.mysql.Addr())
	}
	fmt.Fprintf(&b, "databases:\n  bench:\n    global_keys: [PRIMARY]\n    shards:\n")
	for i := range shards {
		fmt.Fprintf(&b, "      - {name: s%d, group: g%d, schema: bench_s%d, slots: [%d-%d]}\n", i, i*2/shards, i, i*4096/shards, (i+1)*4096/shards-1)
	}
	fmt.Fprintf(&b, "    tables:\n")
	for _, t := range []string{"orders", "items", "log", "counters", "events"} {
		fmt.Fprintf(&b, "      %s: {kind: sharded, key: tenant_id}\n", t)
	}
	fmt.Fprintf(&b, "schema: [schema.sql]\nlog: {level: warn}\nlimits: {slow: 1h}\n")
	return b.String()
}

func (s *setup) startSluice(ctx context.Context, o options) error {
	port, err := mysqltest.FreePort()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "schema.sql"), []byte(schemaFile+largeTable+";"), 0o644); err != nil {
		return err
	}
	file := filepath.Join(s.dir, "sluice.yaml")
	text := s.config(port)
	if o.profile != "" {
		adminPort, err := mysqltest.FreePort()
		if err != nil {
			return err
		}
		s.admin = fmt.Sprintf("127.0.0.1:%d", adminPort)
		text += "admin: {address: \"" + s.admin + "\"}\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	if o.instructions != "" {
		cmd, err := s.underCallgrind([]string{o.sluice, "serve", "--config", file})
		if err != nil {
			return err
		}
		return s.startCommand("sluice", port, cmd)
	}
	return s.start(ctx, "sluice", port, o.sluice, "serve", "--config", file)
}

// startBeside measures further builds of Sluice, by the same configuration.
func (s *setup) startBeside(ctx context.Context, o options) error {
	for i, binary := range o.beside {
		port, err := mysqltest.FreePort()
		if err != nil {
			return err
		}
		file := filepath.Join(s.dir, fmt.Sprintf("beside%d.yaml", i))
		if err := os.WriteFile(file, []byte(s.config(port)), 0o644); err != nil {
			return err
		}
		if err := s.start(ctx, "sluice, "+filepath.Base(binary), port, binary, "serve", "--config", file); err != nil {
			return err
		}
	}
	return nil
}

// startHAProxy measures the floor: a proxy that copies bytes.
func (s *setup) startHAProxy(ctx context.Context, o options) error {
	path, err := exec.LookPath("haproxy")
	if !o.haproxy || err != nil {
		return nil //nolint:nilerr // not installed: not measured
	}
	port, err := mysqltest.FreePort()
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "haproxy.cfg")
	text := fmt.Sprintf("global\n  nbthread 2\n  maxconn 4000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\nlisten mysql\n  bind 127.0.0.1:%d\n  server m %s\n", port, s.mysql.Addr())
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	return s.start(ctx, "haproxy", port, path, "-db", "-f", file)
}

func (s *setup) start(ctx context.Context, name string, port int, path string, args ...string) error {
	return s.startCommand(name, port, exec.CommandContext(ctx, path, args...))
}

// startCommand starts a target, and waits until it answers.
func (s *setup) startCommand(name string, port int, cmd *exec.Cmd) error {
	cmd.Stderr = os.Stderr
	done, err := child.Start(cmd)
	if err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	s.procs = append(s.procs, process{cmd, done})
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	for range 600 {
		if c, err := dial(addr, "bench", "bench"); err == nil {
			s.targets = append(s.targets, target{name: name, addr: addr, pid: cmd.Process.Pid})
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New(name + " does not answer")
}
