package test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/child"
	"github.com/sluicedb/sluice/test/debian"
	"github.com/sluicedb/sluice/test/diff"
)

// TestMariaDB runs the basics on a MariaDB and through a Sluice with two shards on it.
func TestMariaDB(t *testing.T) {
	addr := startMariaDB(t)
	const table = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT, KEY (tenant_id)) COLLATE utf8mb4_general_ci;"
	db, err := sql.Open("mysql", "root@tcp("+addr+")/?multiStatements=true")
	require.NoError(t, err)
	defer db.Close()
	for _, name := range []string{"app", "app_0", "app_1"} {
		_, err := db.ExecContext(t.Context(), fmt.Sprintf("CREATE DATABASE %s; USE %s; %s", name, name, table))
		require.NoError(t, err)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(table), 0o600))
	file := filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `version: 1
database: saas
listen: [{address: "127.0.0.1:0"}]
schema: [t.sql]
users: [{name: root, password: "", hosts: [127.0.0.0/8]}]
groups:
  g0: {primary: %q, user: root, password: "", tls: disabled}
  g1: {primary: %q, user: root, password: "", tls: disabled}
databases:
  app:
    shards:
      - {name: app-0, group: g0, schema: app_0, slots: [0-2047]}
      - {name: app-1, group: g1, schema: app_1, slots: [2048-4095]}
    tables:
      t: {kind: sharded, key: tenant_id}
`, addr, addr), 0o600))
	c, problems := conf.Load(file)
	require.NoError(t, problems.Err())
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		srv.Shutdown(ctx)
	})
	f, err := diff.Read("testdata/mariadb.sql")
	require.NoError(t, err)
	diff.Run(t, f, diff.Pair{
		Left: diff.Target{Name: "MariaDB", Addr: addr, User: "root"}, Right: diff.Target{Name: "Sluice", Addr: srv.Addrs()[0].String(), User: "root"}, Shards: 2,
	})
}

// startMariaDB starts a MariaDB whose user root has no password, until the test ends.
func startMariaDB(t *testing.T) (addr string) {
	t.Helper()
	path, root, err := debian.Server{Package: "mariadb-server-core", Program: "mariadbd", Env: "SLUICE_MARIADBD"}.Find(t.Context())
	require.NoError(t, err)
	dir, share := t.TempDir(), filepath.Join(root, "/usr/share/mysql")
	data := filepath.Join(dir, "data")
	require.NoError(t, os.Mkdir(data, 0o700))
	flags := []string{"--no-defaults", "--user=root", "--datadir=" + data, "--lc-messages-dir=" + share, "--character-sets-dir=" + share + "/charsets", "--innodb-buffer-pool-size=64M"}

	// The system's tables, as mariadb-install-db makes them, and root from anywhere.
	var tables bytes.Buffer
	tables.WriteString("CREATE DATABASE mysql;\nUSE mysql;\n")
	for _, name := range []string{"mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql"} {
		text, err := os.ReadFile(filepath.Join(share, name))
		require.NoError(t, err)
		tables.Write(text)
	}
	tables.WriteString("\nFLUSH PRIVILEGES;\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n")
	boot := exec.CommandContext(t.Context(), path, append(flags, "--bootstrap")...)
	boot.Stdin = &tables
	out, err := boot.CombinedOutput()
	require.NoError(t, err, "%s", out)

	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr = ln.Addr().String()
	require.NoError(t, ln.Close())
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	server := exec.CommandContext(t.Context(), path, append(flags, "--bind-address=127.0.0.1", "--port="+port, "--socket="+filepath.Join(dir, "sock"), "--pid-file="+filepath.Join(dir, "pid"))...)
	var log bytes.Buffer
	server.Stderr = &log
	done, err := child.Start(server)
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = server.Process.Kill()
		<-done
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", addr) //nolint:noctx // on the loopback
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 60*time.Second, 50*time.Millisecond, "mariadbd does not listen")
	return addr
}
