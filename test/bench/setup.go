package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/sluicedb/sluice/test/mysqltest"
)

// target is one address to load.
type target struct {
	name string
	addr string
	pid  int  // of the process whose CPU time counts; 0: none
	one  bool // it leads to one shard: only rows of that may be asked for
}

// setup is the servers under measurement.
type setup struct {
	mysql   *mysqltest.Server
	dir     string
	procs   []*exec.Cmd
	targets []target
	version string
}

const (
	shards  = 4
	tenants = 64
	rows    = 10000 // of the tenant with the large result
)

// tenant names are UUID-like, as the customer's.
func tenant(i int) string { return fmt.Sprintf("7d9f2c40-1b5e-4a53-9c7e-%012x", i) }

func setUp(ctx context.Context, o options) (*setup, error) {
	m, err := mysqltest.Launch(ctx, mysqltest.Options{Flags: []string{"--innodb-buffer-pool-size=256M"}})
	if err != nil {
		return nil, err
	}
	s := &setup{mysql: m, version: m.Binary.Version}
	if s.dir, err = os.MkdirTemp("", "bench-"); err != nil {
		s.close()
		return nil, err
	}
	s.targets = []target{{name: "direct", addr: m.Addr(), one: true}}
	steps := []func(context.Context, options) error{s.load, s.startSluice, s.startCaches, s.startHAProxy}
	for _, step := range steps {
		if err := step(ctx, o); err != nil {
			s.close()
			return nil, err
		}
	}
	s.targets = append(s.targets, o.others...)
	return s, nil
}

func (s *setup) close() {
	for _, p := range s.procs {
		_ = p.Process.Signal(syscall.SIGTERM)
		_ = p.Wait()
	}
	s.mysql.Stop()
	_ = os.RemoveAll(s.dir)
}

// load makes one plain schema with everything, and the shards with the same rows in
// each: what is measured is the way there, not what is found.
func (s *setup) load(ctx context.Context, _ options) error {
	db, err := s.mysql.DB("")
	if err != nil {
		return err
	}
	defer db.Close()
	schemas := []string{"bench"}
	for i := range shards {
		schemas = append(schemas, fmt.Sprintf("bench_s%d", i))
	}
	for _, name := range schemas {
		script := fmt.Sprintf("CREATE DATABASE %[1]s; USE %[1]s;"+
			"CREATE TABLE orders (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, status INT NOT NULL, note VARCHAR(100), KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;"+
			"SET cte_max_recursion_depth = 100000;"+
			"INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %[2]d) SELECT CONCAT('t', i), CONCAT('7d9f2c40-1b5e-4a53-9c7e-', LPAD(HEX(i), 12, '0')), i, REPEAT('x', 60) FROM n;"+
			"INSERT INTO orders WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %[3]d) SELECT CONCAT('r', i), 'big', i, REPEAT('x', 60) FROM n;"+
			"ANALYZE TABLE orders", name, tenants-1, rows-1)
		if _, err := db.ExecContext(ctx, script); err != nil {
			return fmt.Errorf("loading %s: %w", name, err)
		}
	}
	return s.mysql.Exec(ctx, "CREATE USER bench IDENTIFIED BY ''", "GRANT ALL ON *.* TO bench")
}

const schemaFile = `CREATE TABLE orders (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, status INT NOT NULL, note VARCHAR(100), KEY (tenant_id)) COLLATE utf8mb4_unicode_ci;
`

// cacheRule keeps everything that the workloads ask for.
const cacheRule = "rules: [{class: hot, rows: 20000, bytes: 4MiB}]"

// startCaches measures Sluices that keep replies: by themselves; with a Redis that each
// answer is checked with; and in Redis alone, since nothing fits into the process.
func (s *setup) startCaches(ctx context.Context, o options) error {
	if !o.cache {
		return nil
	}
	list := [][2]string{{"sluice, kept", "cache: {size: 256MiB, " + cacheRule + "}\n"}}
	if o.redis != "" {
		shared := func(size, process string) string {
			return fmt.Sprintf("cache: {size: %s, %s, redis: {addresses: [%q], process: %s, prefix: bench, deadline: 50ms}}\n", size, cacheRule, o.redis, process)
		}
		list = append(list, [2]string{"sluice, kept and checked", shared("256MiB", "b1")}, [2]string{"sluice, in Redis", shared("1B", "b2")})
	}
	for i, c := range list {
		port, err := freePort()
		if err != nil {
			return err
		}
		file := filepath.Join(s.dir, fmt.Sprintf("cache%d.yaml", i))
		if err := os.WriteFile(file, []byte(s.config(port)+c[1]), 0o644); err != nil {
			return err
		}
		if err := s.start(ctx, c[0], port, false, o.sluice, "serve", "--config", file); err != nil {
			return err
		}
	}
	return nil
}

func (s *setup) config(port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\ndatabase: saas\nlisten: [{address: \"127.0.0.1:%d\"}]\n", port)
	fmt.Fprintf(&b, "users: [{name: bench, password: \"\", hosts: [127.0.0.0/8]}]\n")
	fmt.Fprintf(&b, "groups:\n  g0: {primary: \"%s\", user: root, password: \"\", tls: disabled, pool: {max: 1500}}\n", s.mysql.Addr())
	fmt.Fprintf(&b, "databases:\n  bench:\n    shards:\n")
	for i := range shards {
		fmt.Fprintf(&b, "      - {name: s%d, group: g0, schema: bench_s%d, slots: [%d-%d]}\n", i, i, i*4096/shards, (i+1)*4096/shards-1)
	}
	fmt.Fprintf(&b, "    tables:\n      orders: {kind: sharded, key: tenant_id}\nschema: [schema.sql]\nlog: {level: warn}\n")
	return b.String()
}

func (s *setup) startSluice(ctx context.Context, o options) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "schema.sql"), []byte(schemaFile), 0o644); err != nil {
		return err
	}
	file := filepath.Join(s.dir, "sluice.yaml")
	if err := os.WriteFile(file, []byte(s.config(port)), 0o644); err != nil {
		return err
	}
	return s.start(ctx, "sluice", port, false, o.sluice, "serve", "--config", file)
}

// startHAProxy measures the floor: a proxy that copies bytes.
func (s *setup) startHAProxy(ctx context.Context, o options) error {
	path, err := exec.LookPath("haproxy")
	if !o.haproxy || err != nil {
		return nil //nolint:nilerr // not installed: not measured
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	file := filepath.Join(s.dir, "haproxy.cfg")
	text := fmt.Sprintf("global\n  nbthread 2\n  maxconn 4000\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h\nlisten mysql\n  bind 127.0.0.1:%d\n  server m %s\n", port, s.mysql.Addr())
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	return s.start(ctx, "haproxy", port, true, path, "-db", "-f", file)
}

func (s *setup) start(ctx context.Context, name string, port int, one bool, path string, args ...string) error {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", name, err)
	}
	s.procs = append(s.procs, cmd)
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	for range 200 {
		if c, err := dial(addr, "bench", "bench"); err == nil {
			s.targets = append(s.targets, target{name: name, addr: addr, pid: cmd.Process.Pid, one: one})
			return c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New(name + " does not answer")
}

func freePort() (int, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}
