package pool

import (
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool/loop"
)

// Conn is one connection to a server. Between Lease and Release it belongs to one
// goroutine; Kill and Interrupt may be called from others while it is lent.
type Conn struct {
	*wire.Conn
	ThreadID  uint32
	FoundRows bool // CLIENT_FOUND_ROWS was agreed
	Replica   bool // it was lent for a read, by LeaseRead

	server   *Server
	sock     *loop.Conn // nil: Go's scheduler waits for it
	line     *line      // whose connection it is while it is lent
	settings *Settings
	tracks   bool // it reports the transactions it commits
	wrote    GTIDs
	schema   string
	stmts    stmtCache
	clean    bool // its user variables are those of whom it is lent to
	insertID uint64
	born     int64         // Ticks
	used     int64         // Ticks when it was last released
	patience time.Duration // for each answer to Query; 0: a deadline that was set before stays
	expires  uint64        // Server.expired when it was made
	suspect  bool          // another connection has died since
	doubt    atomic.Pointer[string]
}

// Want is what a statement needs of a connection before it may run on it.
type Want struct {
	Task      *loop.Task // what the statement belongs to; it goes off its loop before anything is waited for
	FoundRows bool
	Settings  *Settings
	Schema    string    // current database; empty leaves it as it is
	UserVars  []UserVar // user variables that the statement names
	Clean     bool      // it names one that has no value: none of others may be left
	InsertID  uint64    // value of LAST_INSERT_ID(), where NeedID
	NeedID    bool
	Bytes     int  // that the statement keeps in memory while it waits
	GivesID   bool // it may change LAST_INSERT_ID(), which must be InsertID if it does not
}

// unknownID is what a connection's LAST_INSERT_ID() is taken for after a statement that
// may have changed it without a word.
const unknownID = 1<<64 - 1

// SawInsertID records what LAST_INSERT_ID() has been found to be.
func (c *Conn) SawInsertID(id uint64) { c.insertID = id }

// LostInsertID records that LAST_INSERT_ID() may be any number.
func (c *Conn) LostInsertID() { c.insertID = unknownID }

// setsID reports whether the connection must be told which LAST_INSERT_ID() is the
// session's.
func (c *Conn) setsID(w *Want) bool {
	return w.NeedID || w.GivesID && (c.insertID != w.InsertID || c.insertID == unknownID)
}

// UserVar is a user variable and its value as an SQL literal; without one it has never
// been set.
type UserVar struct{ Name, Literal string }

// Server is the server the connection leads to.
func (c *Conn) Server() *Server { return c.server }

// Settings are the session variables the connection has now.
func (c *Conn) Settings() *Settings { return c.settings }

// Doubt marks the connection as not fit to be lent again; reason is for the log.
// The first reason stays.
func (c *Conn) Doubt(reason string) { c.doubt.CompareAndSwap(nil, &reason) }

// Doubtful returns why the connection will be closed, or "".
func (c *Conn) Doubtful() string {
	if r := c.doubt.Load(); r != nil {
		return *r
	}
	return ""
}

// Interrupt makes a blocked read or write return at once. The connection is then in
// doubt.
func (c *Conn) Interrupt(reason string) {
	c.Doubt(reason)
	_ = c.Net().SetDeadline(time.Unix(1, 0))
}

func (c *Conn) matches(w *Want) bool {
	return c.FoundRows == w.FoundRows && (c.schema == w.Schema || w.Schema == "") &&
		c.settings.same(w.Settings)
}

// AppendAdapt appends the statements, each followed by `;`, that give the
// connection what w wants, and returns how many they are. A server runs them and
// the statement after them in order and stops at the first that fails, so that a
// statement never runs under wrong settings. After they succeeded call Adapted.
func (c *Conn) AppendAdapt(b []byte, w *Want) ([]byte, int) {
	n, has := 0, c.settings
	if w.Schema != "" && c.schema != w.Schema {
		b = append(append(b, "USE "...), wire.QuoteIdent(w.Schema)...)
		b = append(b, ';')
		n++
		has = has.OfDatabase()
	}
	if !has.same(w.Settings) {
		b, _ = appendDelta(b, has, w.Settings, c.tracks)
		b = append(b, ';')
		n++
	}
	head := "SET "
	if c.setsID(w) {
		b = append(append(b, head...), "@@SESSION.last_insert_id="...)
		b = appendUint(b, w.InsertID)
		head = ","
	}
	// What a connection holds of these is never assumed: stored programs change them
	// without a word.
	for _, v := range w.UserVars {
		literal := v.Literal
		if literal == "" {
			if c.clean {
				continue
			}
			literal = "NULL" // all that can be done on a connection that is held
		}
		b = append(append(append(b, head...), '@'), wire.QuoteIdent(v.Name)...)
		b = append(append(b, '='), literal...)
		head = ","
	}
	if head == "," {
		b = append(b, ';')
		n++
	}
	return b, n
}

func appendUint(b []byte, v uint64) []byte {
	var d [20]byte
	i := len(d)
	for {
		i--
		d[i] = byte('0' + v%10)
		if v /= 10; v == 0 {
			return append(b, d[i:]...)
		}
	}
}

// Adapted records that the statements of AppendAdapt have succeeded.
func (c *Conn) Adapted(w *Want) {
	if w.Schema != "" {
		c.schema = w.Schema
	}
	c.settings = w.Settings
	if w.NeedID || w.GivesID {
		c.insertID = w.InsertID
	}
}

// SetSettings records settings that a statement of the session itself has changed.
func (c *Conn) SetSettings(s *Settings) { c.settings = s }

// SetSchema records a current database that a statement of the session has changed.
func (c *Conn) SetSchema(schema string) { c.schema = schema }

// alive reports whether the idle connection still stands: nothing may be readable
// on it, neither the end of the stream nor unasked data.
func (c *Conn) alive() bool {
	if len(c.Buffered()) > 0 {
		return false
	}
	return Quiet(c.Net())
}

// Quiet reports whether nothing can be read from nc at this moment: neither data
// nor the end of the stream. It does not block and consumes nothing. Streams other
// than sockets count as quiet.
func Quiet(nc net.Conn) bool {
	if u, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = u.NetConn()
	}
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		_, _, e := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		quiet = e == syscall.EAGAIN || e == syscall.EWOULDBLOCK
	})
	return err == nil && quiet
}

// Closed reports whether the peer has closed nc: its end of stream, or an error, is
// all that can be read. It does not block and consumes nothing.
func Closed(nc net.Conn) bool {
	if u, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = u.NetConn()
	}
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	closed := false
	err = raw.Control(func(fd uintptr) {
		var one [1]byte
		n, _, e := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		closed = (e == nil && n == 0) || (e != nil && e != syscall.EAGAIN && e != syscall.EWOULDBLOCK && e != syscall.EINTR)
	})
	return err != nil || closed
}

// BindTo has a task, while it is on its loop, wait there for the connection. It ends with
// the lease.
func (c *Conn) BindTo(t *loop.Task) { t.Bind(c.sock) }
