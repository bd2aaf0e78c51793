package proxy

import (
	"errors"
	"fmt"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
)

// relay passes the reply of one statement from a server to the client. No row is
// decoded: packet headers get the client's sequence numbers, column definitions a
// new schema name where the physical one must not show, and the closing packet the
// session's status. It lives for one statement and is used by one goroutine.
type relay struct {
	from *pool.Conn
	to   *wire.Conn
	caps wire.Capability // the client's

	own    []byte        // the client's text, where the server was given an edited one
	skip   int           // replies to statements that Sluice put before the client's
	binary bool          // the reply is to COM_STMT_EXECUTE
	stall  time.Duration // how long the client may take to read; 0: for ever
	more   bool          // another statement of the same packet follows
	status *wire.Status  // what to say of the session; nil: what the server says
	calls  bool          // a procedure runs: its end is a result of its own
	names  *names        // physical names to hide; nil: none
	spot   *spot         // where the head of the reply may be known; nil: nowhere
	inRows bool          // they may stand in the rows, too
	owner  ender         // whose statement it is; may be nil
	most   uint64        // rows the result may have; 0: any number
	call   *call         // what runs; nil where no other server could
	gtids  bool          // the client has asked for its transactions
	keep   *keep         // the reply is held back, to be kept; nil: it is not
	notes  uint16        // warnings of Sluice's own that the reply must count
	tries  bool          // the reply is held back until it shows that the row is on this server

	seq   byte          // sequence number of the client's next packet
	last  byte          // sequence number of the server's last whole packet
	left  int           // bytes of the present row packet not yet passed on
	cont  bool          // the present row packet goes on in the next one
	timed bool          // the client's stream has a write deadline
	over  bool          // the result has more rows than it may
	heads []wire.Column // the columns; with inRows only
	info  []byte        // holds out.OK.Info; it is used again by the next statement
	out   outcome
}

// ender knows why a statement was ended from outside, and can end it.
type ender interface {
	whyEnded() *wire.Error // nil: it was not, or for reasons that the client does not hear
	stop(why error)        // on the server, too
	// leaves reports whether another server may answer instead of the one that gave an
	// error, before the statement itself or to it.
	leaves(c *pool.Conn, q *call, e *wire.Error, before bool) bool
	waited(e *wire.Error) // says of a lock wait over several groups what it may be
	quotes(e *wire.Error) // quotes what follows a statement that a server cannot read
}

// outcome is what the closing packet of a reply said.
type outcome struct {
	OK        wire.OK     // of the last result; Info and State are copies
	Err       *wire.Error // the server's error, if it closed with one
	ResultSet bool        // the last result was a result set
	Rows      uint64      // rows of the last result set
	Sets      bool        // one of the results was a result set
	Bytes     int64       // bytes passed to the client
	Prefix    bool        // Err belongs to a statement that Sluice put before the client's
	Cursor    bool        // a cursor was opened
	Other     bool        // the connection's diagnostics are not those of Err
	Absent    bool        // the row is not on this server, and the client has been told nothing
}

// clientError marks an error of the client's stream, as opposed to the server's.
type clientError struct{ err error }

func (e *clientError) Error() string { return "client: " + e.err.Error() }
func (e *clientError) Unwrap() error { return e.err }

// midReplyError says that the server was lost after a part of its reply had gone to
// the client; whole is true if the client's stream is at the end of a packet.
type midReplyError struct {
	err   error
	whole bool
}

func (e *midReplyError) Error() string { return e.err.Error() }
func (e *midReplyError) Unwrap() error { return e.err }

// flushRows is the number of bytes up to which rows are copied behind what is
// already buffered, so that a small reply leaves in one write.
const flushRows = 8 << 10

// run passes the whole reply on: all results of the statement. The last packets may
// stay buffered for the client; the caller flushes.
func (x *relay) run() error {
	x.seq = x.to.Sequence()
	if x.keep != nil {
		x.keep.from, x.keep.seq = x.to.Pending(), x.seq
	}
	from, seq := x.to.Pending(), x.seq
	err := x.results()
	if x.out.Absent {
		x.to.Drop(from)
		x.seq, x.out.Bytes = seq, 0
	}
	x.to.SetSequence(x.seq)
	if x.timed {
		_ = x.to.Net().SetWriteDeadline(time.Time{})
	}
	if err == nil || x.out.Bytes == 0 {
		return err
	}
	if _, ok := errors.AsType[*clientError](err); ok {
		return err
	}
	return &midReplyError{err, x.left == 0 && !x.cont}
}

func (x *relay) results() error {
	for {
		more, err := x.result()
		if err != nil || !more {
			return err
		}
	}
}

// packet makes sure that the next packet of the server is buffered whole and returns
// its payload; consumed is what to Discard afterwards.
func (x *relay) packet() (p []byte, consumed int, err error) {
	if err := x.from.Fill(4); err != nil {
		return nil, 0, err
	}
	h := x.from.Buffered()
	n := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
	x.last = h[3]
	if err := x.from.Fill(4 + n); err != nil {
		return nil, 0, err
	}
	if n == 0 {
		return nil, 0, fmt.Errorf("server: %w", wire.ErrMalformed)
	}
	return x.from.Buffered()[4 : 4+n], 4 + n, nil
}

// put passes one packet on as it is, under the client's sequence number.
func (x *relay) put(p []byte) {
	x.to.SetSequence(x.seq)
	x.to.WritePacket(p)
	x.seq = x.to.Sequence()
	x.out.Bytes += int64(len(p)) + 4
}

// result passes one result on and reports whether another follows.
func (x *relay) result() (bool, error) {
	if err := x.from.Fill(4); err != nil {
		return false, err
	}
	if x.known() {
		x.out.ResultSet, x.out.Sets, x.out.Rows, x.out.Cursor = true, true, 0, false
		return x.rows()
	}
	p, n, err := x.packet()
	if err != nil {
		return false, err
	}
	switch p[0] {
	case wire.HeaderOK:
		more, err := x.close(p, wire.HeaderOK)
		x.from.Discard(n)
		return more, err
	case wire.HeaderErr:
		return false, x.fail(p, n)
	case wire.HeaderLocalInfile:
		x.put(p)
		x.from.Discard(n)
		if err := x.localInfile(); err != nil {
			return false, err
		}
		return true, nil
	}
	r := wire.NewReader(p)
	columns := r.Lenenc()
	if r.Err() != nil || columns == 0 || columns > 0xffff || r.Len() > 0 {
		return false, fmt.Errorf("server: %w", wire.ErrMalformed)
	}
	lesson, sent, pending := x.lesson(), x.to.Sent(), x.to.Pending()
	x.put(p)
	x.from.Discard(n)
	x.heads = x.heads[:0]
	if err := x.columns(int(columns)); err != nil {
		return false, err
	}
	if lesson != nil {
		x.learn(lesson, int(columns), sent, pending)
	}
	x.out.ResultSet, x.out.Sets, x.out.Rows, x.out.Cursor = true, true, 0, false
	return x.rows()
}

// columns passes n column definitions on.
func (x *relay) columns(n int) error {
	for range n {
		p, used, err := x.packet()
		if err != nil {
			return err
		}
		if err := x.column(p); err != nil {
			return err
		}
		x.from.Discard(used)
		if x.to.Due() && !x.held() {
			if err := x.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// held reports whether the reply is still held back.
func (x *relay) held() bool {
	if x.tries {
		return true
	}
	k := x.keep
	if k == nil || k.over {
		return false
	}
	k.over = x.out.Bytes > int64(k.most)
	return !k.over
}

func (x *relay) column(p []byte) error {
	if x.names == nil {
		x.put(p)
		return nil
	}
	if x.inRows {
		q, head, err := x.names.head(p)
		if err != nil {
			return err
		}
		p, x.heads = q, append(x.heads, head)
	}
	if x.names.gathered != nil {
		return x.gatheredColumn(p)
	}
	x.to.SetSequence(x.seq)
	before := x.to.Pending()
	b, err := wire.ReplaceSchema(x.to.Begin(), p, x.names.schema)
	if err != nil {
		return fmt.Errorf("server: column definition: %w", err)
	}
	x.to.End(b)
	x.seq = x.to.Sequence()
	x.out.Bytes += int64(x.to.Pending() - before)
	return nil
}

// gatheredColumn passes on the definition of a column that may be one of a temporary
// table.
func (x *relay) gatheredColumn(p []byte) error {
	c, err := wire.ParseColumn(p)
	if err != nil {
		return fmt.Errorf("server: column definition: %w", err)
	}
	if db, table := x.names.gathered.Show(c.Schema, c.Table, c.OrgTable); db != "" || c.Schema == "" {
		c.Schema, c.OrgTable = db, table
	} else if db, ok := x.names.schema([]byte(c.Schema)); ok {
		c.Schema = db
	}
	x.put(c.Append(nil))
	return nil
}

// statusOr returns the status to tell the client.
func (x *relay) statusOr(st wire.Status) wire.Status {
	const ofSession = wire.StatusAutocommit | wire.StatusInTrans | wire.StatusInTransReadonly
	if x.status == nil {
		return st
	}
	return st&^ofSession | *x.status&ofSession
}

// patience gives the client a while to read what is written next.
func (x *relay) patience() {
	if x.stall > 0 {
		x.timed = true
		_ = x.to.Net().SetWriteDeadline(time.Now().Add(x.stall))
	}
}

func (x *relay) flush() error {
	x.patience()
	if err := x.to.Flush(); err != nil {
		return &clientError{err}
	}
	return nil
}

// endOfColumns writes the EOF packet that clients expect between columns and rows
// when they do not deprecate it.
func (x *relay) endOfColumns(status wire.Status) {
	if x.caps.Has(wire.ClientDeprecateEOF) {
		return
	}
	status = x.statusOr(status)
	if x.more || x.calls {
		status |= wire.StatusMoreResults
	}
	var b [5]byte
	x.put(wire.AppendEOF(b[:0], 0, status))
}

// rows passes rows on until the closing packet.
func (x *relay) rows() (bool, error) {
	if x.inRows {
		return x.texts()
	}
	const inRows = wire.StatusAutocommit
	first := true
	for {
		if err := x.from.Fill(5); err != nil {
			return false, err
		}
		buf := x.from.Buffered()
		if first && !closes(buf) { // before walk: the packet takes the number ahead of the rows'
			x.endOfColumns(inRows | x.out.OK.Status&wire.StatusInTrans)
			first, x.tries = false, false
		}
		n, closing := x.walk(buf)
		if n > 0 {
			x.out.Bytes += int64(n)
			if err := x.pass(buf[:n], closing); err != nil {
				return false, err
			}
			x.from.Discard(n)
		}
		switch {
		case x.over:
			return x.tooMany()
		case closing:
			return x.endRows(first)
		}
	}
}

// tooMany ends a result set that has more rows than the limit: the server is told to
// stop, what it still sends is thrown away, and an error closes the result.
func (x *relay) tooMany() (bool, error) {
	seq := x.seq
	x.owner.stop(errRowLimit)
	x.most = 0
	for closing, n := false, 0; !closing; x.from.Discard(n) {
		if err := x.from.Fill(5); err != nil {
			return false, err
		}
		n, closing = x.walk(x.from.Buffered())
	}
	_, n, err := x.packet()
	if err != nil {
		return false, err
	}
	x.from.Discard(n)
	x.seq, x.out.Err = seq, errRowLimit
	x.put(errRowLimit.Append(nil))
	return false, nil
}

// pass writes rows; what little there is before a closing packet only joins the
// buffer.
func (x *relay) pass(rows []byte, closing bool) error {
	if closing && len(rows)+x.to.Pending() <= flushRows || x.held() {
		x.to.Append(rows)
		return nil
	}
	x.patience()
	if err := x.to.WriteThrough(rows); err != nil {
		return &clientError{err}
	}
	return nil
}

// walk numbers the row packets in buf for the client and returns how many bytes of
// it belong to rows; closing is true if the packet after them closes the rows.
func (x *relay) walk(buf []byte) (n int, closing bool) {
	for {
		if x.left > 0 {
			k := min(x.left, len(buf)-n)
			n += k
			if x.left -= k; x.left > 0 {
				return n, false
			}
		}
		if len(buf)-n < 5 {
			return n, false
		}
		h := buf[n : n+5]
		size := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
		if !x.cont {
			if closes(h) {
				return n, true
			}
			if x.most > 0 && x.out.Rows >= x.most {
				x.over = true
				return n, false
			}
			x.out.Rows++
		}
		h[3] = x.seq
		x.seq++
		x.cont = size == wire.MaxPayload
		x.left = size
		n += 4
	}
}

// closes reports whether the packet with the header and first byte h ends the rows.
func closes(h []byte) bool {
	size := int(h[0]) | int(h[1])<<8 | int(h[2])<<16
	return h[4] == wire.HeaderErr || (h[4] == wire.HeaderEOF && size < wire.MaxPayload)
}

// endRows passes the packet on that closes a result set.
func (x *relay) endRows(noRows bool) (bool, error) {
	p, n, err := x.packet()
	if err != nil {
		return false, err
	}
	if p[0] == wire.HeaderErr {
		if noRows {
			x.endOfColumns(wire.StatusAutocommit)
		}
		return false, x.fail(p, n)
	}
	defer x.from.Discard(n)
	if noRows {
		ok, err := wire.ParseOK(p, true)
		if err != nil {
			return false, err
		}
		if x.out.Cursor = ok.Status&wire.StatusCursorExists != 0; !x.out.Cursor {
			x.endOfColumns(ok.Status &^ wire.StatusMoreResults)
		}
	}
	return x.close(p, wire.HeaderEOF)
}

// close passes an OK packet on that ends a result and reports whether another result
// follows from the server.
func (x *relay) close(p []byte, header byte) (bool, error) {
	ok, err := wire.ParseOK(p, true)
	if err != nil {
		return false, fmt.Errorf("server: closing packet: %w", err)
	}
	if err := x.from.Note(ok.State); err != nil {
		return false, fmt.Errorf("server: session state: %w", err)
	}
	more := ok.Status&wire.StatusMoreResults != 0
	if x.skip > 0 {
		x.skip--
		if !more {
			return false, fmt.Errorf("server: fewer replies than statements: %w", wire.ErrMalformed)
		}
		return true, nil
	}
	if header == wire.HeaderOK {
		x.out.ResultSet, x.out.Rows = false, 0
	}
	x.out.Absent = x.tries && !foundRow(&ok)
	x.out.OK = wire.OK{Affected: ok.Affected, InsertID: ok.InsertID, Status: ok.Status, Warnings: ok.Warnings}
	if len(ok.Info) > 0 {
		x.info = append(x.info[:0], ok.Info...)
		x.out.OK.Info = x.info
	}
	if len(ok.State) > 0 {
		x.out.OK.State = append(x.out.OK.State, ok.State...)
		ok.State = x.names.clientState(ok.State, x.caps, x.gtids || !x.from.Tracks())
	}
	ok.Warnings += x.notes
	ok.Status = x.statusOr(ok.Status)
	if x.more {
		ok.Status |= wire.StatusMoreResults
	}
	x.to.SetSequence(x.seq)
	before := x.to.Pending()
	if header == wire.HeaderEOF && !x.caps.Has(wire.ClientDeprecateEOF) {
		x.to.End(wire.AppendEOF(x.to.Begin(), ok.Warnings, ok.Status))
	} else {
		x.to.End(ok.Append(x.to.Begin(), header, x.caps))
	}
	x.seq = x.to.Sequence()
	x.out.Bytes += int64(x.to.Pending() - before)
	return more, nil
}

// fail passes an error of the server on, a packet of n bytes.
func (x *relay) fail(p []byte, n int) error {
	e, err := wire.ParseError(p)
	x.from.Discard(n)
	if err == nil && x.call != nil && x.owner.leaves(x.from, x.call, e, x.skip > 0) {
		return e
	}
	if err == nil && x.tries && x.skip == 0 && repeatable(e.Number) {
		x.out.Err, x.out.Absent = e, true
		return nil
	}
	if err == nil && x.skip == 0 && x.out.Bytes == 0 {
		e, x.out.Other, err = ownSyntax(x.from, x.own, e)
	}
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	x.out.Err = e
	if x.skip > 0 {
		x.out.Prefix = true
	}
	e.Message = x.names.message(e.Message)
	if x.owner != nil {
		x.owner.waited(e)
		x.owner.quotes(e)
	}
	if x.owner != nil && e.Number == errKilled.Number {
		if why := x.owner.whyEnded(); why != nil {
			e = why
			x.out.Err = e
		}
	}
	x.put(e.Append(nil))
	return nil
}

// localInfile passes the file that the server asked for from the client to it. The file
// must not overwrite the client's command: its text is still needed, and statements after
// this one may follow in it.
func (x *relay) localInfile() error {
	x.to.Keep()
	if err := x.flush(); err != nil {
		return err
	}
	x.to.SetSequence(x.seq)
	x.from.SetSequence(x.last + 1)
	for {
		p, err := x.to.ReadPacket()
		if err != nil {
			return &clientError{err}
		}
		x.from.WritePacket(p)
		if len(p) == 0 || x.from.Due() {
			if err := x.from.Flush(); err != nil {
				return err
			}
		}
		if len(p) == 0 {
			x.seq = x.to.Sequence()
			return nil
		}
	}
}
