package pool

import (
	"container/list"
	"slices"

	"github.com/sluicedb/sluice/parser/wire"
)

// Stmt is a statement prepared on one connection.
type Stmt struct {
	wire.Prepared
	key  string
	made []wire.Kind // of the values for which the server has prepared it anew; nil: it has not
}

// Take notes the kinds of the values that the statement is executed with, which fit.
func (s *Stmt) Take(kinds []wire.Kind) {
	if s.made != nil {
		return
	}
	for i, k := range kinds {
		if i >= len(s.Types) || !s.Types[i].Accepts(k) {
			s.made = slices.Clone(kinds)
			return
		}
	}
}

// Fits reports whether the server answers to values of the kinds as if it had prepared the
// statement for them. Where it has to prepare a statement anew for a value, it remembers:
// then a text after a number is a number, and a NULL has the type of the value before it.
func (s *Stmt) Fits(kinds []wire.Kind) bool { return s.made == nil || slices.Equal(s.made, kinds) }

// stmtCache keeps the most recently used prepared statements of a connection.
type stmtCache struct {
	byKey map[string]*list.Element
	order list.List // front: most recently used; values are *Stmt
}

// StmtFor returns the prepared statement with that key which fits values of some kinds, or
// nil, and the key under which to keep it. The key must name everything the server binds at
// preparation: schema, settings and text.
func (c *Conn) StmtFor(key []byte, kinds []wire.Kind) (*Stmt, []byte) {
	s := c.Stmt(key)
	if s == nil || s.Fits(kinds) {
		return s, key
	}
	key = keyFor(key, kinds)
	return c.Stmt(key), key
}

// StmtMade returns the prepared statement with that key that the server has prepared anew for
// values of the kinds, or nil.
func (c *Conn) StmtMade(key []byte, kinds []wire.Kind) *Stmt {
	for _, key := range [][]byte{key, keyFor(key, kinds)} {
		if s := c.Stmt(key); s != nil && s.made != nil && s.Fits(kinds) {
			return s
		}
	}
	return nil
}

func keyFor(key []byte, kinds []wire.Kind) []byte {
	key = append(key, 0)
	for _, k := range kinds {
		key = append(key, byte(k))
	}
	return key
}

// Stmt returns the prepared statement with that key, or nil.
func (c *Conn) Stmt(key []byte) *Stmt {
	e := c.stmts.byKey[string(key)]
	if e == nil {
		return nil
	}
	c.stmts.order.MoveToFront(e)
	return e.Value.(*Stmt)
}

// AddStmt keeps a prepared statement. When the connection holds more than its bound
// the least recently used one is closed: its COM_STMT_CLOSE, which has no reply, is
// buffered and goes out with the next command.
func (c *Conn) AddStmt(key []byte, p wire.Prepared) *Stmt {
	if c.stmts.byKey == nil {
		c.stmts.byKey = make(map[string]*list.Element)
	}
	s := &Stmt{Prepared: p, key: string(key)}
	c.stmts.byKey[s.key] = c.stmts.order.PushFront(s)
	if c.stmts.order.Len() > c.server.opts.MaxStmts {
		c.dropStmt(c.stmts.order.Back())
	}
	return s
}

// Key is the key under which the connection keeps the statement.
func (s *Stmt) Key() string { return s.key }

// DropStmt closes a prepared statement, as AddStmt does with one too many.
func (c *Conn) DropStmt(key []byte) {
	if e := c.stmts.byKey[string(key)]; e != nil {
		c.dropStmt(e)
	}
}

// forgetStmts drops the statements that the server has dropped itself.
func (c *Conn) forgetStmts() { c.stmts = stmtCache{} }

func (c *Conn) dropStmt(e *list.Element) {
	s := c.stmts.order.Remove(e).(*Stmt)
	delete(c.stmts.byKey, s.key)
	c.WriteCommand(wire.ComStmtClose, wire.AppendUint32(nil, s.ID))
}
