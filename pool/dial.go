package pool

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool/loop"
)

// Dialer makes connections to a server: TCP or a Unix socket, TLS, login, and the
// settings every connection of ours has.
type Dialer struct {
	User     string
	Password func() (string, error) // asked at every dial, so that a rotated secret is taken up
	TLS      *tls.Config            // nil: no TLS
	TLSMust  bool                   // refuse a server without TLS
	Timeout  time.Duration          // for each answer while a connection is made; for all together dialTrips times as long
	ReadSize int                    // read buffer of a connection in bytes
	Loops    *loop.Loops            // they watch the connections; nil: Go's scheduler does
}

const want = wire.ClientLongPassword | wire.ClientLongFlag | wire.ClientProtocol41 | wire.ClientTransactions |
	wire.ClientSecureConnection | wire.ClientMultiStatements | wire.ClientMultiResults | wire.ClientPSMultiResults |
	wire.ClientPluginAuth | wire.ClientConnectAttrs | wire.ClientPluginAuthLenencData | wire.ClientSessionTrack |
	wire.ClientDeprecateEOF | wire.ClientLocalFiles

const need = wire.ClientProtocol41 | wire.ClientSecureConnection | wire.ClientPluginAuth | wire.ClientMultiStatements |
	wire.ClientMultiResults | wire.ClientPSMultiResults | wire.ClientSessionTrack | wire.ClientDeprecateEOF

// dialTrips is how many answers it takes to connect and to log in, and to ask what a first
// connection asks, about.
const dialTrips = 10

// dial connects and logs in. then, if not nil, is run on the new connection under the
// same deadlines.
func (d *Dialer) dial(ctx context.Context, addr string, foundRows bool, then func(*Conn) error) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTrips*d.Timeout)
	defer cancel()
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	keep := net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}
	nd := net.Dialer{Timeout: d.Timeout, KeepAliveConfig: keep}
	nc, err := nd.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	nc = d.Loops.Adopt(nc, keep)
	stop := context.AfterFunc(ctx, func() { _ = nc.Close() })
	defer stop()
	c := &Conn{sock: loop.Of(nc), Conn: wire.NewConn(nc, d.ReadSize), FoundRows: foundRows, born: loop.Ticks(), used: loop.Ticks(), patience: d.Timeout}
	err = d.login(c, network == "unix")
	if err == nil && then != nil {
		err = then(c)
	}
	if !stop() {
		err = context.Cause(ctx) // whatever has come of it
	}
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	c.patience = 0
	_ = c.Net().SetDeadline(time.Time{})
	return c, nil
}

func (d *Dialer) login(c *Conn, local bool) error {
	c.await()
	p, err := c.ReadPacket()
	if err != nil {
		return fmt.Errorf("reading the greeting: %w", err)
	}
	if len(p) > 0 && p[0] == wire.HeaderErr {
		return serverError(p)
	}
	g, err := wire.ParseGreeting(p)
	if err != nil {
		return fmt.Errorf("reading the greeting: %w", err)
	}
	if !g.Capabilities.Has(need) {
		return fmt.Errorf("server %s lacks protocol capabilities %#x; MySQL 8.0 or MariaDB 10.11 and later have them", g.Version, uint32(need&^g.Capabilities))
	}
	c.ThreadID = g.ConnectionID
	caps := want & g.Capabilities
	if c.FoundRows {
		caps |= wire.ClientFoundRows
	}
	secure, err := d.secure(c, g, caps)
	if err != nil {
		return err
	}
	if secure {
		caps |= wire.ClientSSL
	}
	return d.authenticate(c, g, caps, secure || local)
}

// secure upgrades to TLS where the dialer and the server allow it.
func (d *Dialer) secure(c *Conn, g wire.Greeting, caps wire.Capability) (bool, error) {
	if d.TLS == nil {
		return false, nil
	}
	if !g.Capabilities.Has(wire.ClientSSL) {
		if d.TLSMust {
			return false, errors.New("the rules demand TLS and the server offers none")
		}
		return false, nil
	}
	l := wire.Login{Capabilities: caps | wire.ClientSSL, MaxPacket: maxPacket, Collation: wire.CollationUTF8MB4}
	c.End(l.AppendSSLRequest(c.Begin()))
	c.await()
	if err := c.Flush(); err != nil {
		return false, err
	}
	t := tls.Client(c.Net(), d.TLS)
	if err := t.Handshake(); err != nil {
		return false, fmt.Errorf("TLS: %w", err)
	}
	return true, c.Secure(t)
}

const maxPacket = 1 << 30

func (d *Dialer) authenticate(c *Conn, g wire.Greeting, caps wire.Capability, safe bool) error {
	secret, err := d.Password()
	if err != nil {
		return err
	}
	a := authenticator{conn: c, password: []byte(secret), plugin: g.Plugin, nonce: g.Nonce, safe: safe}
	answer, err := a.answer()
	if err != nil { // a plugin we do not know: let the server switch
		a.plugin = wire.PluginSHA2
		if answer, err = a.answer(); err != nil {
			return err
		}
	}
	l := wire.Login{
		Capabilities: caps, MaxPacket: maxPacket, Collation: wire.CollationUTF8MB4, User: d.User, Auth: answer, Plugin: a.plugin,
		Attributes: []wire.Attribute{{Name: "_client_name", Value: "sluice"}, {Name: "program_name", Value: "sluice"}},
	}
	if strings.Contains(g.Version, "MariaDB") {
		l.Collation = wire.CollationUTF8MB4G
	}
	c.End(l.Append(c.Begin()))
	c.await()
	if err := c.Flush(); err != nil {
		return err
	}
	return a.run()
}

// authenticator carries on the exchange after the login answer.
type authenticator struct {
	conn     *Conn
	password []byte
	plugin   string
	nonce    []byte
	safe     bool // the stream is TLS or a Unix socket: a clear password may pass
}

func (a *authenticator) answer() ([]byte, error) {
	switch a.plugin {
	case wire.PluginNative:
		return wire.NativeScramble(a.password, a.nonce), nil
	case wire.PluginSHA2:
		return wire.SHA2Scramble(a.password, a.nonce), nil
	case wire.PluginClear:
		if !a.safe {
			return nil, errors.New("server wants the password in clear over an unprotected stream")
		}
		return append(bytes.Clone(a.password), 0), nil
	}
	return nil, fmt.Errorf("server wants authentication plugin %q, which Sluice does not know", a.plugin)
}

// maxAuthSteps bounds the exchange with a server that never ends it.
const maxAuthSteps = 8

func (a *authenticator) run() error {
	for range maxAuthSteps {
		p, err := a.conn.ReadPacket()
		if err != nil {
			return fmt.Errorf("login: %w", err)
		}
		if len(p) == 0 {
			return wire.ErrMalformed
		}
		switch p[0] {
		case wire.HeaderOK:
			return nil
		case wire.HeaderErr:
			return serverError(p)
		case wire.HeaderEOF:
			if a.plugin, a.nonce, err = wire.ParseAuthSwitch(p); err != nil {
				return err
			}
			answer, err := a.answer()
			if err != nil {
				return err
			}
			a.conn.WritePacket(answer)
		case wire.HeaderAuthMore:
			if err := a.more(p[1:]); err != nil {
				return err
			}
		default:
			return wire.ErrMalformed
		}
		a.conn.await()
		if err := a.conn.Flush(); err != nil {
			return err
		}
	}
	return errors.New("login: the server does not come to an end")
}

// more answers an AuthMoreData packet of caching_sha2_password.
func (a *authenticator) more(p []byte) error {
	switch {
	case len(p) == 1 && p[0] == 3: // fast authentication succeeded
		return nil
	case len(p) == 1 && p[0] == 4: // full authentication
		if a.safe {
			a.conn.WritePacket(append(bytes.Clone(a.password), 0))
			return nil
		}
		a.conn.WritePacket([]byte{2})
		return nil
	}
	key, err := wire.ParseRSAPublicKey(p)
	if err != nil {
		return fmt.Errorf("login: the server's public key: %w", err)
	}
	return a.encrypted(key)
}

func (a *authenticator) encrypted(key *rsa.PublicKey) error {
	b, err := wire.RSAEncryptPassword(key, a.password, a.nonce)
	if err != nil {
		return err
	}
	a.conn.WritePacket(b)
	return nil
}

func serverError(p []byte) error {
	e, err := wire.ParseError(p)
	if err != nil {
		return err
	}
	return e
}

// Login proves that the server knows the user and password, by logging in with them.
// A refusal is the server's *wire.Error.
func (s *Server) Login(ctx context.Context, user, password string) error {
	d := s.opts.Dialer
	d.User, d.Password = user, func() (string, error) { return password, nil }
	c, err := d.dial(ctx, s.Addr, false, nil)
	if err != nil {
		return err
	}
	return c.Close()
}
