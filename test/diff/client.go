// Package diff runs the same statements on two servers and compares everything that
// they answer: it is how Sluice is held to its contract.
package diff

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// Target is a server to ask.
type Target struct {
	Name     string
	Addr     string
	User     string // without a password
	Database string
	// Collation is the id of the handshake's; 0: that of utf8mb4.
	Collation uint8
}

// Answer is one result of a statement, with every field that a client can see.
type Answer struct {
	Columns []wire.Column
	Rows    [][]string // as text; NULL is "\x00NULL"
	OK      wire.OK
	Info    string
	Set     bool // a result set
}

// null stands for NULL in Rows.
const null = "\x00NULL"

// Conn is a client that hides nothing. It belongs to one goroutine.
type Conn struct {
	*wire.Conn
	// File is sent when a server asks for a file; Packet bounds the bytes of a packet of it.
	File   []byte
	Packet int
	caps   wire.Capability
}

// patience bounds a whole statement.
const patience = 30 * time.Second

// Connect logs in with the capabilities given besides the usual.
func Connect(t Target, extra wire.Capability) (*Conn, error) {
	nc, err := net.DialTimeout("tcp", t.Addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	_ = nc.SetDeadline(time.Now().Add(patience))
	c := &Conn{Conn: wire.NewConn(nc, 16<<10)}
	p, err := c.ReadPacket()
	if err != nil {
		return nil, err
	}
	g, err := wire.ParseGreeting(p)
	if err != nil {
		return nil, err
	}
	c.caps = (wire.ClientLongPassword | wire.ClientLongFlag | wire.ClientProtocol41 | wire.ClientTransactions |
		wire.ClientSecureConnection | wire.ClientPluginAuth | wire.ClientPluginAuthLenencData | wire.ClientMultiResults |
		wire.ClientPSMultiResults | wire.ClientConnectWithDB | wire.ClientDeprecateEOF | extra) & g.Capabilities
	l := wire.Login{Capabilities: c.caps, MaxPacket: 1 << 24, Collation: cmp.Or(uint16(t.Collation), wire.CollationUTF8MB4), User: t.User, Database: t.Database, Plugin: wire.PluginSHA2}
	c.End(l.Append(c.Begin()))
	return c, c.finishLogin(t)
}

func (c *Conn) finishLogin(t Target) error {
	for {
		if err := c.Flush(); err != nil {
			return err
		}
		p, err := c.ReadPacket()
		if err != nil {
			return err
		}
		switch {
		case len(p) > 0 && p[0] == wire.HeaderOK:
			return nil
		case len(p) > 0 && p[0] == wire.HeaderErr:
			e, err := wire.ParseError(p)
			if err != nil {
				return err
			}
			return fmt.Errorf("logging in to %s: %w", t.Name, e)
		case len(p) > 0 && p[0] == wire.HeaderEOF: // MariaDB asks for another plugin: the password is empty for each
			c.WritePacket(nil)
		default:
			return fmt.Errorf("logging in to %s: unexpected packet %x", t.Name, p)
		}
	}
}

// Query runs a statement over the text protocol and returns all its answers. A
// server's error is *wire.Error; what came before it is returned too.
func (c *Conn) Query(sql string) ([]Answer, error) {
	_ = c.Net().SetDeadline(time.Now().Add(patience))
	c.WriteCommand(wire.ComQuery, []byte(sql))
	if err := c.Flush(); err != nil {
		return nil, err
	}
	return c.answers(false)
}

// Prepared is how a server describes a statement that it has prepared.
type Prepared struct {
	Params, Columns []wire.Column
	Warnings        uint16
	id              uint32
}

// Prepare prepares a statement; a server's error is *wire.Error.
func (c *Conn) Prepare(sql string) (*Prepared, error) {
	_ = c.Net().SetDeadline(time.Now().Add(patience))
	c.WriteCommand(wire.ComStmtPrepare, []byte(sql))
	if err := c.Flush(); err != nil {
		return nil, err
	}
	p, err := c.ReadPacket()
	if err != nil {
		return nil, err
	}
	if p[0] == wire.HeaderErr {
		return nil, asError(p)
	}
	head, err := wire.ParsePrepared(p)
	if err != nil {
		return nil, err
	}
	s := &Prepared{Warnings: head.Warnings, id: head.ID}
	if s.Params, err = c.columns(uint64(head.Params)); err != nil {
		return nil, err
	}
	s.Columns, err = c.columns(uint64(head.Columns))
	return s, err
}

// columns reads n column definitions.
func (c *Conn) columns(n uint64) ([]wire.Column, error) {
	var out []wire.Column
	for range n {
		p, err := c.ReadPacket()
		if err != nil {
			return nil, err
		}
		col, err := wire.ParseColumn(p)
		if err != nil {
			return nil, err
		}
		out = append(out, col)
	}
	return out, nil
}

// Execute runs a prepared statement; before are the parameters of its last execution,
// whose types the server remembers.
func (c *Conn) Execute(s *Prepared, params, before []Param) ([]Answer, error) {
	_ = c.Net().SetDeadline(time.Now().Add(patience))
	for i, p := range params {
		if p.Long == nil {
			continue
		}
		for _, piece := range [][]byte{p.Long[:len(p.Long)/2], p.Long[len(p.Long)/2:]} {
			c.WriteCommand(wire.ComStmtSendLongData, wire.AppendUint16(wire.AppendUint32(nil, s.id), uint16(i)), piece)
		}
	}
	c.WriteCommand(wire.ComStmtExecute, execution(s.id, params, before))
	if err := c.Flush(); err != nil {
		return nil, err
	}
	return c.answers(true)
}

// Run prepares a statement without parameters, executes it and closes it.
func (c *Conn) Run(sql string) ([]Answer, error) {
	s, err := c.Prepare(sql)
	if err != nil {
		return nil, err
	}
	answers, err := c.Execute(s, nil, nil)
	var e *wire.Error
	if err != nil && !errors.As(err, &e) {
		return answers, err
	}
	if rerr := c.Release(s); rerr != nil {
		return answers, rerr
	}
	return answers, err
}

// Release closes a prepared statement.
func (c *Conn) Release(s *Prepared) error {
	c.WriteCommand(wire.ComStmtClose, wire.AppendUint32(nil, s.id))
	return c.Flush()
}

func (c *Conn) answers(binaryRows bool) ([]Answer, error) {
	var out []Answer
	for {
		a, err := c.answer(binaryRows)
		if err != nil {
			return out, err
		}
		out = append(out, a)
		if a.OK.Status&wire.StatusMoreResults == 0 {
			return out, nil
		}
	}
}

func (c *Conn) answer(binaryRows bool) (Answer, error) {
	var a Answer
	p, err := c.ReadPacket()
	if err != nil {
		return a, err
	}
	switch {
	case len(p) == 0:
		return a, wire.ErrMalformed
	case p[0] == wire.HeaderErr:
		return a, asError(p)
	case p[0] == wire.HeaderOK:
		return a, c.ok(&a, p)
	case p[0] == wire.HeaderLocalInfile:
		if err := c.send(); err != nil {
			return a, err
		}
		return c.answer(binaryRows)
	}
	r := wire.NewReader(p)
	a.Set = true
	if a.Columns, err = c.columns(r.Lenenc()); err != nil {
		return a, err
	}
	for {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return a, err
		case p[0] == wire.HeaderErr:
			return a, asError(p)
		case p[0] == wire.HeaderEOF && len(p) < wire.MaxPayload:
			return a, c.ok(&a, p)
		}
		row, err := a.row(p, binaryRows)
		if err != nil {
			return a, err
		}
		a.Rows = append(a.Rows, row)
	}
}

// send sends the file that the server has asked for.
func (c *Conn) send() error {
	size := c.Packet
	if size == 0 {
		size = 16 << 10
	}
	for b := c.File; len(b) > 0; {
		n := min(size, len(b))
		c.WritePacket(b[:n])
		if b = b[n:]; c.Due() {
			if err := c.Flush(); err != nil {
				return err
			}
		}
	}
	c.WritePacket(nil)
	return c.Flush()
}

func (c *Conn) ok(a *Answer, p []byte) (err error) {
	a.OK, err = wire.ParseOK(p, false)
	a.Info = string(a.OK.Info)
	a.OK.Info, a.OK.State = nil, nil
	return err
}

func asError(p []byte) error {
	e, err := wire.ParseError(p)
	if err != nil {
		return err
	}
	return e
}

// row reads one row into text; binary values are shown as the bytes they are where no
// number is behind them.
func (a *Answer) row(p []byte, binaryRows bool) ([]string, error) {
	row := make([]string, len(a.Columns))
	if !binaryRows {
		values := make([][]byte, len(row))
		if err := wire.ParseTextRow(p, values); err != nil {
			return nil, err
		}
		for i, v := range values {
			if row[i] = string(v); v == nil {
				row[i] = null
			}
		}
		return row, nil
	}
	r := wire.NewReader(p)
	r.Uint8()
	bitmap := r.Bytes(uint64(len(row)+9) / 8)
	for i, col := range a.Columns {
		if len(bitmap) > (i+2)/8 && bitmap[(i+2)/8]&(1<<((i+2)%8)) != 0 {
			row[i] = null
			continue
		}
		row[i] = binaryValue(&r, col)
	}
	if r.Len() > 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last column", wire.ErrMalformed, r.Len())
	}
	return row, r.Err()
}

func binaryValue(r *wire.Reader, col wire.Column) string {
	switch col.Type {
	case wire.TypeTiny:
		return fmt.Sprint("tiny ", r.Uint8())
	case wire.TypeShort, wire.TypeYear:
		return fmt.Sprint("short ", r.Uint16())
	case wire.TypeLong, wire.TypeInt24:
		return fmt.Sprint("long ", r.Uint32())
	case wire.TypeLongLong:
		return fmt.Sprint("longlong ", r.Uint64())
	case wire.TypeFloat:
		return fmt.Sprint("float ", math.Float32frombits(r.Uint32()))
	case wire.TypeDouble:
		b := r.Bytes(8)
		if b == nil {
			return ""
		}
		return fmt.Sprint("double ", math.Float64frombits(binary.LittleEndian.Uint64(b)))
	case wire.TypeDate, wire.TypeDatetime, wire.TypeTimestamp, wire.TypeTime:
		return fmt.Sprintf("time %x", r.Bytes(uint64(r.Uint8())))
	}
	return string(r.LenencBytes())
}
