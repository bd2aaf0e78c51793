package pool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// maxSmallRows bounds what QueryAll keeps in memory.
const maxSmallRows = 1 << 20

// Result is a small result held in memory.
type Result struct {
	Columns []wire.Column
	Rows    [][][]byte // NULL is nil
	OK      wire.OK    // Info and State are copies
}

// QueryAll runs one or several statements and returns the rows of the last one. It
// is for Sluice's own small questions. A server's error is *wire.Error.
func (c *Conn) QueryAll(sql string) ([][][]byte, error) {
	rs, err := c.Query(sql)
	if err != nil {
		return nil, err
	}
	return rs.Rows, nil
}

// Query is QueryAll with columns and the closing packet.
func (c *Conn) Query(sql string) (*Result, error) {
	if err := c.Ask(sql); err != nil {
		return nil, err
	}
	return c.ReadResult()
}

// Ask sends one or several statements, whose results must then be read, so that several
// servers can work at once.
func (c *Conn) Ask(sql string) error {
	c.await()
	c.WriteCommand(wire.ComQuery, []byte(sql))
	err := c.Flush()
	if err != nil {
		c.Doubt("write failed")
	}
	return err
}

// await sets the deadline of the next answer where each has one.
func (c *Conn) await() {
	if c.patience > 0 {
		_ = c.Net().SetDeadline(time.Now().Add(c.patience))
	}
}

// ReadResult reads the replies to a COM_QUERY and returns the last.
func (c *Conn) ReadResult() (*Result, error) {
	for {
		rs, more, err := c.ReadNext()
		if err != nil || !more {
			return rs, err
		}
	}
}

// ReadNext reads one reply of those to a COM_QUERY; more is whether another follows.
func (c *Conn) ReadNext() (rs *Result, more bool, err error) {
	rs, err = c.readResult()
	if err != nil {
		if _, ok := err.(*wire.Error); !ok { //nolint:errorlint // made a line above, never wrapped
			c.Doubt("protocol error")
		}
		return nil, false, err
	}
	return rs, rs.OK.Status&wire.StatusMoreResults != 0, nil
}

// Requested reads the reply to LOAD DATA LOCAL: the name of the file that the server asks
// for, which must then be sent, or, where there is none, its answer.
func (c *Conn) Requested() (file []byte, r *Result, err error) {
	p, err := c.ReadPacket()
	if err == nil && len(p) > 0 && p[0] == wire.HeaderLocalInfile {
		return append([]byte{}, p[1:]...), nil, nil
	}
	if err == nil {
		r, err = c.result(p)
	}
	if _, ok := errors.AsType[*wire.Error](err); err != nil && !ok {
		c.Doubt("protocol error")
	}
	return nil, r, err
}

func (c *Conn) readResult() (*Result, error) {
	p, err := c.ReadPacket()
	if err != nil {
		return nil, err
	}
	return c.result(p)
}

// result reads a reply that begins with a packet.
func (c *Conn) result(p []byte) (*Result, error) {
	if len(p) == 0 {
		return nil, wire.ErrMalformed
	}
	switch p[0] {
	case wire.HeaderErr:
		return nil, serverError(p)
	case wire.HeaderOK:
		ok, err := c.copyOK(p)
		return &Result{OK: ok}, err
	case wire.HeaderLocalInfile:
		return nil, fmt.Errorf("%w: a file was asked for", wire.ErrMalformed)
	}
	r := wire.NewReader(p)
	n := r.Lenenc()
	if r.Err() != nil || n > 0xffff {
		return nil, wire.ErrMalformed
	}
	rs := &Result{}
	for range n {
		p, err := c.ReadPacket()
		if err != nil {
			return nil, err
		}
		col, err := wire.ParseColumn(p)
		if err != nil {
			return nil, err
		}
		rs.Columns = append(rs.Columns, col)
	}
	return rs, c.readRows(rs)
}

func (c *Conn) readRows(rs *Result) error {
	for {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			return err
		case len(p) == 0:
			return wire.ErrMalformed
		case p[0] == wire.HeaderErr:
			return serverError(p)
		case p[0] == wire.HeaderEOF && len(p) < wire.MaxPayload:
			rs.OK, err = c.copyOK(p)
			return err
		case len(rs.Rows) >= maxSmallRows:
			return fmt.Errorf("more than %d rows", maxSmallRows)
		}
		p = append([]byte(nil), p...)
		row := make([][]byte, len(rs.Columns))
		if err := wire.ParseTextRow(p, row); err != nil {
			return err
		}
		rs.Rows = append(rs.Rows, row)
	}
}

func (c *Conn) copyOK(p []byte) (wire.OK, error) {
	ok, err := wire.ParseOK(p, true)
	if err == nil {
		err = c.Note(ok.State)
	}
	ok.Info = append([]byte(nil), ok.Info...)
	ok.State = append([]byte(nil), ok.State...)
	return ok, err
}

// Kill ends the statement (KILL QUERY) or the connection of a thread. It uses a
// connection of its own, outside the pool's bound, for which it may have to wait until
// ctx ends, and then takes at most the dialer's timeout.
//
// A server that has not read the statement yet when KILL QUERY comes forgets it: who
// must be sure repeats it while the statement goes on.
func (s *Server) Kill(ctx context.Context, thread uint32, connection bool) error {
	select {
	case s.control <- struct{}{}:
		defer func() { <-s.control }()
	case <-ctx.Done():
		return &DownError{Server: s.Addr, Err: context.Cause(ctx)}
	}
	c, err := s.opts.dial(ctx, s.Addr, false, nil)
	if err != nil {
		return &DownError{Server: s.Addr, Err: err}
	}
	defer c.Close()
	_ = c.Net().SetDeadline(time.Now().Add(s.opts.Timeout))
	what := "QUERY "
	if connection {
		what = ""
	}
	if _, err = c.Query(fmt.Sprintf("KILL %s%d", what, thread)); err != nil {
		return fmt.Errorf("killing thread %d on %s: %w", thread, s.Addr, err)
	}
	return nil
}

// SkipOK reads the reply of a statement that has no rows and is not the last of its
// packet.
func (c *Conn) SkipOK() error {
	p, err := c.ReadPacket()
	switch {
	case err != nil:
		c.Doubt("read failed")
		return err
	case len(p) > 0 && p[0] == wire.HeaderErr:
		c.Doubt("a statement before failed")
		return serverError(p)
	case len(p) > 0 && p[0] == wire.HeaderOK:
		var ok wire.OK
		if ok, err = wire.ParseOK(p, true); err == nil && ok.Status&wire.StatusMoreResults != 0 {
			return c.Note(ok.State)
		}
	}
	c.Doubt("protocol error")
	return errors.Join(wire.ErrMalformed, err)
}

// EachRow reads a result set of n columns by the text protocol and calls f with each
// row, whose values are valid during the call. An error of f ends the reading of rows
// and leaves the connection in doubt. It returns the number of warnings.
func (c *Conn) EachRow(n int, f func(row [][]byte) error) (warnings uint16, err error) {
	p, err := c.ReadPacket()
	if err != nil {
		c.Doubt("read failed")
		return 0, err
	}
	if len(p) > 0 && p[0] == wire.HeaderErr {
		return 0, serverError(p)
	}
	r := wire.NewReader(p)
	if cols := r.Lenenc(); r.Err() != nil || cols != uint64(n) {
		c.Doubt("protocol error")
		return 0, wire.ErrMalformed
	}
	for range n {
		if _, err := c.ReadPacket(); err != nil {
			c.Doubt("read failed")
			return 0, err
		}
	}
	row := make([][]byte, n)
	for {
		p, err := c.ReadPacket()
		switch {
		case err != nil:
			c.Doubt("read failed")
			return 0, err
		case len(p) == 0:
			c.Doubt("protocol error")
			return 0, wire.ErrMalformed
		case p[0] == wire.HeaderErr:
			return 0, serverError(p)
		case p[0] == wire.HeaderEOF && len(p) < wire.MaxPayload:
			ok, err := wire.ParseOK(p, true)
			return ok.Warnings, err
		}
		if err = wire.ParseTextRow(p, row); err == nil {
			err = f(row)
		}
		if err != nil {
			c.Doubt("rows unread")
			return 0, err
		}
	}
}
