package clients

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// bed is one MySQL server with two ways to it: straight, where the database shop is
// the schema shop, and through Sluice, where shop is one shard in the schema shop_0.
type bed struct {
	server *mysqltest.Server
	plain  target
	sluice target
}

// target is one of the ways.
type target struct {
	name string
	port int
}

const (
	user     = "app"
	password = "secret"
)

func (w target) addr() string { return "127.0.0.1:" + strconv.Itoa(w.port) }

// dsn is the address for go-sql-driver.
func (w target) dsn(database, params string) string {
	return user + ":" + password + "@tcp(" + w.addr() + ")/" + database + "?" + params
}

// env tells a script where to go.
func (w target) env() []string {
	return []string{"DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(w.port), "DB_USER=" + user, "DB_PASSWORD=" + password, "DB_NAME=shop"}
}

const layout = `
version: 1
database: app
listen:
  - {address: "127.0.0.1:0", tls: {cert: %q, key: %q}}
users:
  - {name: app, password: secret}
groups:
  g0: {primary: %q, user: app, password: secret} # the clients' own account: it becomes the definer
databases:
  shop:
    shards: [{name: shop-0, group: g0, schema: shop_0}]
  copy:
    shards: [{name: copy-0, group: g0, schema: copy_0}]
  crm:
    shards: [{name: crm-0, group: g0, schema: crm_0}]
    tables:
      crm_orders: {kind: sharded, key: tenant_id}
      crm_plans: {kind: reference}
  wide: # nothing is in it: the others are to look the same beside a database over shards
    shards: [{name: wide-0, group: g0, schema: wide_0, slots: [0-2047]}, {name: wide-1, group: g0, schema: wide_1, slots: [2048-4095]}]
limits: {max_packet: 256MiB}
`

// start runs MySQL and Sluice for the length of the test.
func start(t *testing.T) *bed {
	t.Helper()
	// Addresses are not turned into names, as through Sluice: root is localhost's otherwise.
	accounts := filepath.Join(t.TempDir(), "accounts.sql")
	require.NoError(t, os.WriteFile(accounts, []byte(`CREATE USER root@127.0.0.1; GRANT ALL ON *.* TO root@127.0.0.1 WITH GRANT OPTION;
CREATE USER app@'%' IDENTIFIED BY 'secret'; GRANT ALL ON *.* TO app@'%';`), 0o600))
	s := mysqltest.Start(t, mysqltest.Options{Flags: []string{"--skip-name-resolve", "--init-file=" + accounts, "--log-bin-trust-function-creators=ON"}})
	b := &bed{server: s, plain: target{"plain", s.Port}}
	b.fresh(t)
	cert, key := certificate(t)
	text := fmt.Sprintf(layout, cert, key, s.Addr())
	c, problems := conf.Parse("clients.yaml", []byte(text))
	require.NoError(t, problems.Err())
	var log bytes.Buffer
	srv, err := proxy.NewServer(context.Background(), c, slog.New(slog.NewTextHandler(&log, nil)))
	require.NoError(t, err)
	require.NoError(t, srv.Listen())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		srv.Shutdown(ctx)
		if t.Failed() {
			t.Logf("Sluice's log:\n%s", log.String())
		}
	})
	b.sluice = target{"sluice", srv.Addrs()[0].(*net.TCPAddr).Port}
	return b
}

// fresh empties the databases on both ways.
func (b *bed) fresh(t *testing.T) {
	t.Helper()
	var statements []string
	for _, name := range []string{"shop", "shop_0", "copy", "copy_0", "crm", "crm_0", "wide", "wide_0", "wide_1"} {
		name = "`" + name + "`"
		statements = append(statements, "DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name)
	}
	require.NoError(t, b.server.Exec(t.Context(), statements...))
}

// both runs the same work straight and through Sluice, each on empty databases, and
// demands the same output. It returns it.
func (b *bed) both(t *testing.T, work func(t *testing.T, w target) string) string {
	t.Helper()
	b.fresh(t)
	want := work(t, b.plain)
	require.NotEmpty(t, want, "the program printed nothing")
	got := work(t, b.sluice)
	require.Equal(t, want, got, "plain MySQL and Sluice differ")
	return want
}

// certificate makes a self-signed certificate for 127.0.0.1 and returns its files.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sluice"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	write := func(path, kind string, der []byte) {
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	}
	write(cert, "CERTIFICATE", der)
	write(key, "PRIVATE KEY", keyDER)
	return cert, key
}

// program finds a program, or fails with the command that installs it.
func program(t *testing.T, remedy string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("no %s on this machine: %s", strings.Join(names, " or "), remedy)
	return ""
}

// client finds a client program of the server's own version.
func (b *bed) client(t *testing.T, name string) string {
	t.Helper()
	path, err := b.server.Binary.Client(name)
	require.NoError(t, err, "install the client programs of MySQL 8.0 or later")
	return path
}

// run is one program that runs to its end.
type run struct {
	path  string
	args  []string
	env   []string
	dir   string
	stdin string
	fails bool          // it must fail straight
	time  time.Duration // 0: a minute
}

// on runs the program for one way and returns what it prints, on either stream, and
// its exit status. Straight it must succeed, unless it must fail.
func (r run) on(t *testing.T, w target) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(r.time, time.Minute))
	defer cancel()
	cmd := exec.CommandContext(ctx, r.path, r.args...)
	cmd.Env = append(append(append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+t.TempDir(), "TZ=UTC"), w.env()...), r.env...)
	cmd.Dir = r.dir
	cmd.Stdin = strings.NewReader(r.stdin)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err := cmd.Run()
	text := fmt.Sprintf("%s\n--- complaints\n%s\n--- %v\n", out.String(), complaints.String(), cmd.ProcessState)
	if w.name == "plain" {
		require.Equal(t, r.fails, err != nil, "%s %s\n%s", r.path, r.args, text)
	}
	return text
}
