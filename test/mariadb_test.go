package test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
)

// TestMariaDB runs the basics on a MariaDB and through a Sluice with two shards on it.
// $SLUICE_MARIADB is the address of a server whose user root has no password; the test
// makes its schemas app, app_0 and app_1 anew. There is nothing to test without one.
func TestMariaDB(t *testing.T) {
	addr := os.Getenv("SLUICE_MARIADB")
	if addr == "" {
		t.Skip("SLUICE_MARIADB names no server")
	}
	const table = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT, KEY (tenant_id)) COLLATE utf8mb4_general_ci;"
	db, err := sql.Open("mysql", "root@tcp("+addr+")/?multiStatements=true")
	require.NoError(t, err)
	defer db.Close()
	for _, name := range []string{"app", "app_0", "app_1"} {
		_, err := db.ExecContext(t.Context(), fmt.Sprintf("DROP DATABASE IF EXISTS %s; CREATE DATABASE %s; USE %s; %s", name, name, name, table))
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
