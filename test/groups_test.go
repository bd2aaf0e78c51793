package test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// TestManyGroups starts Sluice in front of the customer's 98 tables in many groups, each
// with a shard of each of the six databases, on two servers. It asks and writes as soon as
// it can. GROUPS_NUMBER is how many groups, 8 if it is not set.
func TestManyGroups(t *testing.T) {
	groups := 8
	if text := os.Getenv("GROUPS_NUMBER"); text != "" {
		var err error
		groups, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	dir := fast(t)
	servers := []*mysqltest.Server{server(t, dir), server(t, dir)}
	began := time.Now()
	files, err := filepath.Glob("../conf/schema/*.sql")
	require.NoError(t, err)
	var loading sync.WaitGroup
	for i, s := range servers {
		loading.Go(func() {
			for g := i; g < groups; g += len(servers) {
				for _, f := range files {
					if strings.Count(filepath.Base(f), ".") > 1 {
						continue
					}
					text, err := os.ReadFile(f)
					if err != nil {
						t.Error(err)
						return
					}
					name := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(f)[3:], ".sql"), "-", "_")
					if err := s.Exec(t.Context(), fmt.Sprintf("CREATE DATABASE %s_%d", name, g), fmt.Sprintf("USE %s_%d; %s", name, g, text)); err != nil {
						t.Error(f, err)
						return
					}
				}
			}
		})
	}
	loading.Wait()
	if t.Failed() {
		return
	}
	t.Log("made in", time.Since(began))
	rules, err := os.ReadFile("../conf/saas.yaml")
	require.NoError(t, err)
	var b strings.Builder
	addr := sluicetest.FreeAddr(t)
	for line := range strings.Lines(string(rules)) {
		switch trimmed := strings.TrimSpace(line); {
		case strings.HasPrefix(trimmed, "- {address:"):
			fmt.Fprintf(&b, "  - {address: %q}\n", addr)
		case strings.HasPrefix(trimmed, "admin:"):
		case strings.HasPrefix(trimmed, "g0:"):
			for g := range groups {
				fmt.Fprintf(&b, "  g%d: {primary: %q, user: sluice, password: \"\", pool: {max: 20}, tls: preferred}\n", g, servers[g%len(servers)].Addr())
			}
		case strings.HasPrefix(trimmed, "- {name:") && strings.Contains(trimmed, "slots: [0-4095]"):
			f := strings.FieldsFunc(trimmed, func(r rune) bool { return strings.ContainsRune("{}:, ", r) })
			for g := range groups {
				fmt.Fprintf(&b, "      - {name: %s-%d, group: g%d, schema: %s_%d, slots: [%d-%d]}\n", strings.TrimSuffix(f[2], "-0"), g, g, f[6], g, g*4096/groups, (g+1)*4096/groups-1)
			}
		case strings.HasPrefix(trimmed, "schema: ["):
			abs, err := filepath.Abs("../conf/schema")
			require.NoError(t, err)
			fmt.Fprintf(&b, "schema: [%s/*.sql]\n", abs)
		default:
			b.WriteString(line)
		}
	}
	binary := sluicetest.Build(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "sluice.yaml")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o600))
	log := filepath.Join(t.TempDir(), "log")
	began = time.Now()
	cmd, err := sluicetest.Serve(binary, file, log)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if text, _ := os.ReadFile(log); t.Failed() {
			t.Log(string(text[max(0, len(text)-3000):]))
		}
	})
	db, err := sql.Open("mysql", "root@tcp("+addr+")/saas")
	require.NoError(t, err)
	defer db.Close()
	require.Eventually(t, func() bool { return db.PingContext(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
	t.Log("answers after", time.Since(began))
	ask := func(sql string, want int) {
		t.Helper()
		at := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var n int
		require.NoError(t, db.QueryRowContext(ctx, sql).Scan(&n), sql)
		require.Equal(t, want, n, sql)
		t.Log(sql, time.Since(at))
	}
	const tenants = 40
	for i := range tenants {
		id := fmt.Sprintf("%08d-0000-4000-8000-000000000000", i*7919)
		_, err := db.ExecContext(t.Context(), "INSERT INTO customers (id, tenant_id, customer_code, name, source_channel) VALUES (?, ?, 'c', 'x', 'import')", "c"+id[1:], id)
		require.NoError(t, err)
		ask("SELECT COUNT(*) FROM customers WHERE tenant_id = '"+id+"'", 1)
	}
	ask("SELECT COUNT(*) FROM customers", tenants)
	ask("SELECT COUNT(*) FROM customers c LEFT JOIN saas_users u ON u.id = c.id", tenants)
	ask("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'saas'", 98)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	require.NoError(t, err)
	_, memory, _ := strings.Cut(string(status), "VmRSS:")
	memory, _, _ = strings.Cut(memory, "\n")
	t.Log("memory", strings.TrimSpace(memory))
}
