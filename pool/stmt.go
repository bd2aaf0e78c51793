package pool

import (
	"container/list"

	"github.com/sluicedb/sluice/parser/wire"
)

// Stmt is a statement prepared on one connection.
type Stmt struct {
	wire.Prepared
	key   string
	types []wire.ParamType // it was executed with
}

// Take notes the types that the statement is executed with, which fit.
func (s *Stmt) Take(types []wire.ParamType) { s.types, _ = wire.MergeTypes(s.types, types) }

// Fits reports whether the server answers to values of the types as if it had prepared
// the statement for them. It remembers what it was given before: a text after a number
// is a number, and after a date nothing that is no date. What it was given before may be
// another session's, or on another connection.
func (s *Stmt) Fits(types []wire.ParamType) bool {
	for i, t := range types {
		if i < len(s.types) && s.types[i] != t && s.types[i].Type != wire.TypeNull && t.Type != wire.TypeNull {
			return false
		}
	}
	return true
}

// stmtCache keeps the most recently used prepared statements of a connection.
type stmtCache struct {
	byKey map[string]*list.Element
	order list.List // front: most recently used; values are *Stmt
}

// Stmt returns the prepared statement with that key, or nil. The key must name
// everything the server binds at preparation: schema, settings and text.
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
