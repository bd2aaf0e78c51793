package main

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const rulesFile = "../../conf/saas.yaml"

// TestMain lets the test binary be the sweeper too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "sweep" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestSpread(t *testing.T) {
	text, err := os.ReadFile(rulesFile)
	require.NoError(t, err)
	text, err = spread(text, addresses{Listen: "127.0.0.1:1", Admin: "127.0.0.1:2", G0: "127.0.0.1:3", G1: "127.0.0.1:4"})
	require.NoError(t, err)
	c, problems := conf.Parse("sluice.yaml", text)
	require.NoError(t, problems.Err())
	require.Len(t, c.Databases, 6)
	for _, d := range c.Databases {
		require.Len(t, d.Shards, 2, d.Name)
		require.Equal(t, "g1", d.Shards[1].Group)
		require.Equal(t, d.Name+"_1", d.Shards[1].Schema)
	}
	require.Equal(t, "127.0.0.1:1", c.Listen[0].Address)
	require.Equal(t, "127.0.0.1:2", c.Admin.Address)
	require.NotContains(t, string(text), "run: single")

	_, err = spread([]byte("version: 1\n"), addresses{})
	require.ErrorContains(t, err, "nothing in the configuration looks like")
}

func TestTakenPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	f := flags{port: ln.Addr().(*net.TCPAddr).Port, adminPort: 9306}
	_, err = f.ports()
	require.ErrorContains(t, err, fmt.Sprintf("port %d is taken; try: make demo PORT=", f.port))
}

// The whole demo: every tenant's rows come through Sluice, and nothing is left.
func TestDemo(t *testing.T) {
	port, err := mysqltest.FreePort()
	require.NoError(t, err)
	admin, err := mysqltest.FreePort()
	require.NoError(t, err)
	f := flags{port: port, adminPort: admin, rules: rulesFile, rows: 3}
	t.Setenv("TMPDIR", t.TempDir())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := f.run(ctx, w)
		_ = w.CloseWithError(cmp.Or(err, io.EOF))
		done <- err
	}()
	printed := readUntil(t, r, "Ctrl-C ends everything")
	go func() { _, _ = io.Copy(io.Discard, r) }()
	folder := strings.TrimSuffix(regexp.MustCompile(`\S+/sluice\.yaml`).FindString(printed), "/sluice.yaml")
	require.DirExists(t, folder)

	db, err := sql.Open("mysql", "root@tcp("+loopback(f.port)+")/saas")
	require.NoError(t, err)
	all := 0
	for _, m := range regexp.MustCompile(`(?m)^  (\S+) +slot +(\d+)  group g[01]$`).FindAllStringSubmatch(printed, -1) {
		slot, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		require.Less(t, slot, 4096)
		var users, tenants int
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM saas_users WHERE tenant_id = '"+m[1]+"'").Scan(&users), m[1])
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM saas_tenants WHERE id = '"+m[1]+"'").Scan(&tenants), m[1])
		require.Positive(t, users, m[1])
		all += users
		require.Equal(t, 1, tenants, m[1])
	}
	var together int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM saas_users").Scan(&together))
	require.Equal(t, all, together, "rows of both servers")
	require.NoError(t, db.Close())

	cancel()
	require.NoError(t, <-done)
	require.NoDirExists(t, folder)
}

// readUntil returns what was printed up to and with a text.
func readUntil(t *testing.T, r io.Reader, text string) string {
	t.Helper()
	var all bytes.Buffer
	one := make([]byte, 4096)
	for deadline := time.Now().Add(2 * time.Minute); !strings.Contains(all.String(), text); {
		require.True(t, time.Now().Before(deadline), "no %q in\n%s", text, all.String())
		n, err := r.Read(one)
		all.Write(one[:n])
		require.NoError(t, err, all.String())
	}
	return all.String()
}
