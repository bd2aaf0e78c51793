package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// client is the smallest client that can load a server: it reads replies without
// decoding rows, so that the generator costs little beside what it measures.
type client struct {
	*wire.Conn
	stmt   uint32
	caps   wire.Capability
	target target
}

const wants = wire.ClientLongPassword | wire.ClientLongFlag | wire.ClientProtocol41 | wire.ClientTransactions |
	wire.ClientSecureConnection | wire.ClientPluginAuth | wire.ClientPluginAuthLenencData | wire.ClientConnectWithDB |
	wire.ClientDeprecateEOF | wire.ClientMultiResults

// dial logs in as a user whose password is empty.
func dial(addr, user, database string) (*client, error) {
	return dialWith(addr, user, database, nil)
}

// dialWith is dial with TLS, if there is a configuration for it.
func dialWith(addr, user, database string, t *tls.Config) (*client, error) {
	nc, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	c := &client{Conn: wire.NewConn(nc, 32<<10)}
	p, err := c.ReadPacket()
	if err != nil {
		return nil, err
	}
	g, err := wire.ParseGreeting(p)
	if err != nil {
		return nil, err
	}
	c.caps = wants & g.Capabilities
	l := wire.Login{Capabilities: c.caps, MaxPacket: 1 << 24, Collation: wire.CollationUTF8MB4, User: user, Database: database, Plugin: g.Plugin}
	if t != nil {
		c.caps |= wire.ClientSSL
		l.Capabilities = c.caps
		if err := c.secure(&l, t); err != nil {
			return nil, err
		}
	}
	c.End(l.Append(c.Begin()))
	if err := c.Flush(); err != nil {
		return nil, err
	}
	for {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return nil, err
		case len(p) > 0 && p[0] == wire.HeaderOK:
			return c, nil
		case len(p) > 0 && p[0] == wire.HeaderErr:
			e, _ := wire.ParseError(p)
			return nil, e
		case len(p) > 0 && p[0] == wire.HeaderEOF:
			c.WritePacket(nil) // another plugin, the same empty password
			if err := c.Flush(); err != nil {
				return nil, err
			}
		}
	}
}

// secure begins TLS before the login.
func (c *client) secure(l *wire.Login, t *tls.Config) error {
	const request = 32 // bytes of a login that ask for TLS
	c.WritePacket(l.Append(nil)[:request])
	if err := c.Flush(); err != nil {
		return err
	}
	tc := tls.Client(c.Net(), t)
	if err := tc.Handshake(); err != nil {
		return err
	}
	return c.Conn.Secure(tc)
}

// query runs a statement and returns the number of rows.
func (c *client) query(sql string) (int, error) {
	c.WriteCommand(wire.ComQuery, []byte(sql))
	return c.reply()
}

// prepare prepares the statement that execute runs.
func (c *client) prepare(sql string) error {
	c.WriteCommand(wire.ComStmtPrepare, []byte(sql))
	if err := c.Flush(); err != nil {
		return err
	}
	p, err := c.ReadPacket()
	if err != nil {
		return err
	}
	if p[0] == wire.HeaderErr {
		e, _ := wire.ParseError(p)
		return e
	}
	s, err := wire.ParsePrepared(p)
	if err != nil {
		return err
	}
	c.stmt = s.ID
	for range int(s.Params) + int(s.Columns) {
		if _, err := c.ReadPacket(); err != nil {
			return err
		}
	}
	return nil
}

// execute runs the prepared statement with text parameters.
func (c *client) execute(args ...string) (int, error) {
	e := wire.Execute{ID: c.stmt, Iterations: 1, Null: make([]byte, (len(args)+7)/8)}
	types := make([]wire.ParamType, len(args))
	for i, a := range args {
		types[i].Type = wire.TypeVarString
		e.Values = wire.AppendLenencString(e.Values, a)
	}
	c.ResetSequence()
	c.End(e.Append(append(c.Begin(), byte(wire.ComStmtExecute)), types))
	return c.reply()
}

// reply reads one reply, of which it counts the rows.
func (c *client) reply() (int, error) {
	if err := c.Flush(); err != nil {
		return 0, err
	}
	p, err := c.ReadPacket()
	if err != nil {
		return 0, err
	}
	switch p[0] {
	case wire.HeaderOK:
		return 0, nil
	case wire.HeaderErr:
		e, _ := wire.ParseError(p)
		return 0, e
	case wire.HeaderLocalInfile:
		return 0, errors.New("unexpected request for a file")
	}
	r := wire.NewReader(p)
	for range r.Lenenc() {
		if _, err := c.ReadPacket(); err != nil {
			return 0, err
		}
	}
	for rows := 0; ; rows++ {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return rows, err
		case p[0] == wire.HeaderErr:
			e, _ := wire.ParseError(p)
			return rows, fmt.Errorf("after %d rows: %w", rows, e)
		case p[0] == wire.HeaderEOF && len(p) < wire.MaxPayload:
			return rows, nil
		}
	}
}
