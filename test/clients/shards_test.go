package clients

import (
	"context"
	"database/sql"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/spread"
)

// TestDumpOverShards dumps databases whose tables are on two shards, loads the dump into
// a plain MySQL, and finds the rows that are there.
func TestDumpOverShards(t *testing.T) {
	schema := &spread.Schema{Setup: []string{
		"CREATE TABLE orders (tenant_id VARCHAR(20) NOT NULL, id BIGINT AUTO_INCREMENT PRIMARY KEY, kind INT, note TEXT, at TIMESTAMP NULL, raw VARBINARY(20), doc JSON, KEY by_kind (kind)) COMMENT = 'what was bought'",
		"CREATE TABLE kinds (id INT PRIMARY KEY, name VARCHAR(20))",
		"CREATE TABLE settings (id INT PRIMARY KEY, v DECIMAL(30, 10))",
		"CREATE VIEW named AS SELECT o.tenant_id, o.id, k.name FROM orders o JOIN kinds k ON k.id = o.kind",
		`INSERT INTO orders VALUES ('a', 1, 1, 'it''s \\ "x"', '2026-01-02 03:04:05', x'00ff27', '{"a": [1, 2.50]}'), ('b', 2, 1, '米\n', NULL, NULL, NULL), ('c', 3, 2, NULL, '2025-06-30 22:00:00', '', 'null')`,
		"INSERT INTO orders (tenant_id, kind, note) WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT CONCAT('t', i % 40), i % 3, REPEAT('row ', i % 30) FROM n",
		"INSERT INTO kinds VALUES (1, 'food'), (2, 'tools')",
		"INSERT INTO settings VALUES (1, 1.5), (2, -0.0000000001)",
		"USE depot",
		"CREATE TABLE boxes (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, n INT)",
		"INSERT INTO boxes VALUES ('a', 1, 10), ('b', 2, 20), ('c', 3, 30)",
	}}
	require.NoError(t, schema.Place("sharded", "shop.orders by tenant_id"))
	require.NoError(t, schema.Place("reference", "shop.kinds"))
	require.NoError(t, schema.Place("single", "shop.settings"))
	require.NoError(t, schema.Place("sharded", "depot.boxes by tenant_id"))
	bed := spread.Start(t, 2)
	plain := bed.Plain(t, schema)
	through := bed.Sluice(t, schema, spread.Layout{Shards: 2})
	want := contents(t, plain, "shop", "depot")
	require.Equal(t, want, contents(t, through, "shop", "depot"))
	binary, err := mysqltest.Find(t.Context())
	require.NoError(t, err)
	dump, err := binary.Client("mysqldump")
	require.NoError(t, err)
	client, err := binary.Client("mysql")
	require.NoError(t, err)
	maria := program(t, "apt-get install mariadb-client", "mariadb-dump", "mysqldump")
	for _, c := range []struct {
		name, path string
		args       []string
		rows       bool
	}{
		{"mysqldump", dump, []string{"--set-gtid-purged=OFF", "--skip-lock-tables", "--routines", "--triggers"}, true},
		{"whole columns", dump, []string{"--set-gtid-purged=OFF", "--skip-lock-tables", "--hex-blob", "--complete-insert", "--order-by-primary"}, true},
		{"without rows", dump, []string{"--set-gtid-purged=OFF", "--no-data", "--single-transaction"}, false},
		{"MariaDB", maria, []string{"--skip-lock-tables"}, true},
		{"MariaDB without rows", maria, []string{"--no-data", "--single-transaction"}, false},
		{"one snapshot", dump, []string{"--set-gtid-purged=OFF", "--single-transaction"}, true},
		{"locks", dump, []string{"--set-gtid-purged=OFF"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			host, port, err := net.SplitHostPort(through)
			require.NoError(t, err)
			args := append([]string{"--no-defaults", "-h" + host, "-P" + port, "-uapp"}, c.args...)
			args = append(args, "--databases", "shop", "depot")
			text := output(t, "", c.path, args...)
			require.NotRegexp(t, `_s\d`, text, "a physical name")
			fresh := mysqltest.Start(t, mysqltest.Options{})
			require.NoError(t, fresh.Exec(t.Context(), "CREATE USER app@'%' IDENTIFIED BY ''", "GRANT ALL ON *.* TO app@'%'"))
			output(t, text, client, "--no-defaults", "-h127.0.0.1", "-P"+target{port: fresh.Port}.addr()[len("127.0.0.1:"):], "-uroot")
			got := contents(t, fresh.Addr(), "shop", "depot")
			if c.rows {
				require.Equal(t, want, got)
				return
			}
			require.NotEmpty(t, got)
			for table, rows := range got {
				require.Empty(t, rows, table)
			}
		})
	}
	t.Run("load", func(t *testing.T) { // the dump of the logical database into itself: its LOCK TABLES .. WRITE lock nothing
		host, port, err := net.SplitHostPort(through)
		require.NoError(t, err)
		at := []string{"--no-defaults", "-h" + host, "-P" + port, "-uapp"}
		text := output(t, "", dump, append(at, "--set-gtid-purged=OFF", "shop")...)
		require.Contains(t, text, "LOCK TABLES `orders` WRITE")
		output(t, text, client, append(at, "--init-command=SET sluice_table_locks = 'none'", "shop")...)
		require.Equal(t, want, contents(t, through, "shop", "depot"))
	})
}

// output runs a program that must succeed.
func output(t *testing.T, stdin, path string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TZ=UTC")
	cmd.Stdin = strings.NewReader(stdin)
	var out, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaints
	require.NoError(t, cmd.Run(), "%s %v\n%s", filepath.Base(path), args, complaints.String())
	return out.String()
}

// contents reads all rows of all tables and views, in an order of their own.
func contents(t *testing.T, addr string, databases ...string) map[string][]string {
	t.Helper()
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.User = "tcp", addr, "app"
	connector, err := mysql.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	defer db.Close()
	out := map[string][]string{}
	for _, name := range databases {
		for _, table := range column(t, db, "SHOW TABLES FROM "+name) {
			cols := column(t, db, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '"+name+"' AND TABLE_NAME = '"+table+"' ORDER BY ORDINAL_POSITION")
			for i, c := range cols {
				cols[i] = "IFNULL(HEX(CONCAT(" + c + ")), '-')"
			}
			out[name+"."+table] = column(t, db, "SELECT CONCAT_WS(',', "+strings.Join(cols, ", ")+") AS r FROM "+name+"."+table+" ORDER BY r")
		}
	}
	return out
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err, query)
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s), query)
		out = append(out, s)
	}
	require.NoError(t, rows.Err(), query)
	return out
}
