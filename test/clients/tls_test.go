package clients

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tlsAtOnce asks for TLS and begins the handshake in one packet of the network, as
// happens to every client now and then.
func (b *bed) tlsAtOnce(t *testing.T) {
	nc, err := net.Dial("tcp", b.sluice.addr())
	require.NoError(t, err)
	defer nc.Close()
	require.NoError(t, nc.SetDeadline(time.Now().Add(10*time.Second)))
	var head [4]byte
	_, err = io.ReadFull(nc, head[:])
	require.NoError(t, err)
	_, err = io.CopyN(io.Discard, nc, int64(head[0]))
	require.NoError(t, err)
	request := make([]byte, 36) // CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_SECURE_CONNECTION
	request[0], request[3] = 32, 1
	binary.LittleEndian.PutUint32(request[4:], 0x200|0x800|0x8000)
	tc := tls.Client(&together{Conn: nc, before: request}, &tls.Config{InsecureSkipVerify: true})
	require.NoError(t, tc.Handshake())
}

// together sends some bytes in one write with the first that is written.
type together struct {
	net.Conn
	before []byte
}

func (c *together) Write(p []byte) (int, error) {
	_, err := c.Conn.Write(append(c.before, p...))
	c.before = nil
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
