package proxy_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// TestHalfOpenClients lets clients connect that say nothing, or stop in the middle of
// their login or of TLS. They count as connected, so that they are bounded, and are gone
// when the time for a login is over, with all that they took.
func TestHalfOpenClients(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	const most = 30
	cert, key := certificate(t)
	text := config(server.Addr(), "127.0.0.1:0", "max: 20", "limits: {login: 5s}\n")
	text = strings.Replace(text, `address: "127.0.0.1:0"`, `address: "127.0.0.1:0", max_connections: 30, tls: {cert: "`+cert+`", key: "`+key+`"}`, 1)
	b := startBed(t, server, tables, text)
	c := b.connect()
	b.do(c, "SELECT 1", "SELECT COUNT(*) FROM t")
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool { return b.metric("sluice_client_connections") == 0 }, 10*time.Second, 10*time.Millisecond)
	before := runtime.NumGoroutine()

	login := wire.Login{Capabilities: wire.ClientProtocol41 | wire.ClientSSL | wire.ClientSecureConnection, MaxPacket: 1 << 24, Collation: wire.CollationUTF8MB4}
	ssl := login.Append(nil)[:32]
	begun := []string{
		"",
		"\x40\x00\x00\x01\x85\xa6",
		"\x20\x00\x00\x01" + string(ssl),
		"\x20\x00\x00\x01" + string(ssl) + "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
	}
	var half []net.Conn
	for i := range most {
		nc, err := net.DialTimeout("tcp", b.addr, 5*time.Second)
		require.NoError(t, err)
		defer nc.Close()
		require.NoError(t, nc.SetDeadline(time.Now().Add(60*time.Second)))
		_, err = wire.NewConn(nc, 1<<10).ReadPacket()
		require.NoError(t, err)
		_, err = nc.Write([]byte(begun[i%len(begun)]))
		require.NoError(t, err)
		half = append(half, nc)
	}
	nc, err := net.DialTimeout("tcp", b.addr, 5*time.Second)
	require.NoError(t, err)
	defer nc.Close()
	p, err := wire.NewConn(nc, 1<<10).ReadPacket()
	require.NoError(t, err)
	e, err := wire.ParseError(p)
	require.NoError(t, err, "one more than may be connected: %q", p)
	require.Equal(t, 1040, int(e.Number))

	for i, nc := range half {
		_, err := nc.Read(make([]byte, 1))
		require.Error(t, err)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "client %d that says %q is still connected", i, begun[i%len(begun)])
	}
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, 20*time.Second, 50*time.Millisecond, "goroutines of clients that are gone")
	require.Equal(t, "1", b.cell(b.connect(), "SELECT 1"))
}

// certificate makes a self-signed certificate for 127.0.0.1 and returns its files.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(crand.Reader, template, template, &k.PublicKey, k)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return cert, key
}
