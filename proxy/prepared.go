package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// statements is the client's table of prepared statements.
type statements struct {
	byID map[uint32]*prepared
	last uint32
	long int // bytes of long data kept
}

// prepared is one statement that the client has prepared. Servers prepare it when
// they are first asked to execute it.
type prepared struct {
	id        uint32
	sql       []byte
	node      plan.Node // made anew when rules or settings change
	dialect   parser.Dialect
	cursorKey []byte // under which that connection knows the statement
	made      *snapshot
	db        string // the current database when it was prepared, and whenever it runs
	params    int
	told      []wire.ParamType // of the parameters, as the client last sent them
	types     []wire.ParamType // of the values of the present execution
	history   history
	long      map[int][]byte // parameters sent by COM_STMT_SEND_LONG_DATA
	err       *wire.Error    // of SEND_LONG_DATA, which has no reply of its own
	cursor    *pool.Conn     // an open cursor is on this held connection
	own       bool           // the session answers it itself
	scan      parser.Scan    // its reading
	bound     wire.Execute   // of the present execution
	kinds     []wire.Kind    // of its values
}

func (s *session) statement(p []byte) (*prepared, []byte, error) {
	if len(p) < 4 {
		return nil, nil, wire.ErrMalformed
	}
	id := binary.LittleEndian.Uint32(p)
	st := s.stmts.byID[id]
	if st == nil {
		return nil, nil, wire.Errorf(1243, "HY000", "Unknown prepared statement handler (%d) given to mysql_stmt_precheck", id)
	}
	return st, p[4:], nil
}

// comStmtPrepare prepares a statement on one server of a shard that has its tables,
// to learn its parameters and columns, and keeps it under an id of ours.
func (s *session) comStmtPrepare(p []byte) error {
	if len(s.stmts.byID) >= s.snap.conf.Limits.PreparedStatements {
		return wire.Errorf(1461, "42000", "Can't create more than max_prepared_stmt_count statements (current value: %d)", s.snap.conf.Limits.PreparedStatements)
	}
	s.refresh()
	st := &prepared{sql: append([]byte(nil), p...), db: s.db}
	if err := s.read(st); err != nil {
		return s.orSyntax(st.sql, err)
	}
	if s.scan.Next < len(st.sql) && !s.blank(st.sql, s.scan.Next) {
		rest := bytes.TrimLeft(st.sql[s.scan.Next:], " \t\r\n")
		return syntaxError(st.sql, len(st.sql)-len(rest))
	}
	st.params = s.scan.Params
	if s.asksDiagnostics(st.sql) {
		return errNotPreparable
	}
	if own, err := s.prepareOwn(st); own || err != nil {
		if unread(err) {
			err = s.orOwn(st.sql, err)
		}
		return err
	}
	if err := s.replan(st); err != nil {
		if !s.missedLater(st, err) {
			return err
		}
		s.keep(st, nil) // planned anew when it is executed
		return nil
	}
	if v, ok := st.node.(*plan.Values); ok {
		s.keep(st, describedColumns(s, v))
		return nil
	}
	if err := s.lockedOut(st.node); err != nil {
		return err
	}
	switch p := st.node.(type) {
	case *plan.Everywhere:
		return s.prepareEverywhere(st, p)
	case *plan.TableLocks:
		return wire.Errorf(1295, "HY000", "This command is not supported in the prepared statement protocol yet")
	}
	q, err := s.representative(st)
	if err != nil {
		if q, err = s.gatherEmpty(st, err); err != nil {
			return err
		}
	}
	return s.prepareOn(st, q)
}

// asksDiagnostics reports whether the statement that s.scan has read names a variable that
// counts what the one before it had to say: like SHOW WARNINGS it cannot be prepared.
func (s *session) asksDiagnostics(text []byte) bool {
	return slices.ContainsFunc(s.scan.Tokens, func(t parser.Token) bool {
		if t.Kind != parser.SysVar {
			return false
		}
		name := strings.TrimPrefix(strings.ToLower(string(t.Text(text))), "@@")
		name = strings.TrimPrefix(strings.TrimPrefix(name, "session."), "local.")
		return name == "warning_count" || name == "error_count"
	})
}

// read scans the statement's text anew and makes it the present one.
func (s *session) read(st *prepared) error {
	s.scan, s.current = &st.scan, st.sql
	return s.scan.Run(st.sql, 0, s.dialect)
}

// blank reports whether nothing but space, comments and delimiters follow.
func (s *session) blank(sql []byte, from int) bool {
	var rest parser.Scan
	for from < len(sql) {
		if err := rest.Run(sql, from, s.dialect); err != nil || rest.First != parser.None {
			return false
		}
		from = rest.Next
	}
	return true
}

// prepareOn prepares a new statement on a server and relays the reply under our id.
func (s *session) prepareOn(st *prepared, q *call) error {
	q.keepDiag, q.outside, q.pins = false, true, 0
	c, err := s.connection(q)
	if err != nil {
		return err
	}
	if err := s.adapt(c, q); err != nil {
		return err
	}
	inTrans := s.txn.trans && c == s.txn.conn
	c.WriteCommand(wire.ComStmtPrepare, q.sql)
	if err := c.Flush(); err != nil {
		return s.lose(c, q, err)
	}
	s.stmts.last++
	st.id = s.stmts.last
	x := &s.relay
	*x = relay{from: c, to: s.conn, caps: s.caps, own: q.own, names: q.names}
	head, err := x.prepared(st.id)
	if err != nil {
		return s.lose(c, q, err)
	}
	x.out.OK.Warnings = head.Warnings
	if err := s.rememberWarnings(c, &x.out); err != nil {
		c.Doubt("protocol error")
	}
	if x.out.Err != nil {
		s.rowCount = -1
	} else {
		c.AddStmt(s.stmtKey(q), head)
		st.history = historyOf(st, head.Types, s.snap.mariadb)
		s.register(st)
	}
	s.txn.uses-- // nothing of it is the transaction's
	if q.gathered != nil {
		q.gathered.release()
		s.txn.uses++
	}
	s.settle(c, inTrans, 0)
	return nil
}

func (s *session) register(st *prepared) {
	if s.stmts.byID == nil {
		s.stmts.byID = make(map[uint32]*prepared)
	}
	s.stmts.byID[st.id] = st
	s.prepared.Add(1)
}

// prepareOwn prepares what the session answers itself.
func (s *session) prepareOwn(st *prepared) (bool, error) {
	cols, own, err := s.describeOwn(st)
	if own && err == nil {
		st.own = true
		s.keep(st, cols)
	}
	return own, err
}

// describeOwn returns the columns of what the session answers itself.
func (s *session) describeOwn(st *prepared) (cols []wire.Column, own bool, err error) {
	f := verbOf(s.scan.First)
	if s.dropsPrepared(st.sql) {
		return nil, true, errNotPreparable
	}
	if s.dropsProgram(st.sql) {
		return nil, true, s.orSyntax(st.sql, errNotPreparable)
	}
	if f == nil || s.scan.First == parser.Drop || s.scan.First == parser.Lock || (s.scan.First == parser.Show && !ownShow(s.words(st.sql))) || s.scan.First == parser.Explain {
		return nil, false, nil
	}
	switch s.scan.First {
	case parser.Select:
		c, err := s.counting(s.scan, st.sql)
		if c == nil || err != nil {
			return nil, err != nil, err
		}
		return []wire.Column{wire.Integer(c.column, false)}, true, nil
	case parser.Set:
	case parser.Kill:
		if err := s.orSyntax(st.sql, nil); err != nil {
			return nil, true, err
		}
	case parser.Commit, parser.Rollback:
		if w := s.words(st.sql); slices.Contains(w, "TO") {
			return nil, true, errNotPreparable
		}
		if _, _, err := s.completion(st.sql, 1); err != nil {
			return nil, true, err
		}
	case parser.Show:
		switch w := s.words(st.sql); {
		case statusAsked(w) != "":
			cols = s.statusColumns(w)
		case isToken(w):
			cols = s.tokenColumns()
		case asksGrants(w): // MySQL describes no columns
		case w[len(w)-1] == "PROCESSLIST":
			cols = s.processColumns(w[1] == "FULL")
		default:
			return nil, true, errNotPreparable
		}
	case parser.Begin, parser.StartTransaction, parser.Savepoint, parser.Release, parser.Prepare, parser.Execute, parser.Deallocate,
		parser.Use, parser.Unlock, parser.Get, parser.XA:
		return nil, true, errNotPreparable
	default:
		_, err := f(s, st.sql, false)
		return nil, true, err
	}
	if st.params > 0 && (s.scan.First != parser.Set || !s.assigned(st.sql)) {
		return nil, true, plan.Unsupported(s.scan.First.String()+" with parameters", s.snap.conf.Pos, "send it as text with its values")
	}
	if s.scan.First == parser.Set {
		if err := s.prepareSet(st.sql); err != nil {
			return nil, true, err
		}
	}
	return cols, true, nil
}

// dropsProgram reports whether the statement that s.scan has read drops a stored program of
// a kind for which servers prepare no DROP.
func (s *session) dropsProgram(text []byte) bool {
	if s.scan.First != parser.Drop || len(s.scan.Tokens) < 3 {
		return false
	}
	switch strings.ToUpper(string(s.scan.Tokens[1].Text(text))) {
	case "PROCEDURE", "FUNCTION", "TRIGGER":
		return true
	}
	return false
}

// missedLater reports whether a server would prepare the statement although what it
// names does not exist: these look for it only when they are executed.
func (s *session) missedLater(st *prepared, err error) bool {
	refusal, ok := errors.AsType[*plan.Refusal](err)
	if !ok || st.params > 0 {
		return false
	}
	switch refusal.Number {
	case 1008, 1049, 1051, 1146, 1305, 1539: // no such database (twice), table (twice), routine, event
	default:
		return false
	}
	what := ""
	if w := s.words(st.sql); len(w) > 1 {
		what = w[1]
	}
	switch s.scan.First {
	case parser.Drop, parser.Truncate:
		return true
	case parser.Alter:
		return what == "TABLE" || what == "EVENT" // ALTER VIEW reads the tables of its SELECT
	case parser.Rename:
		return what == "TABLE"
	case parser.Create:
		return refusal.Number == 1049 && (what == "TABLE" || what == "VIEW") || what == "INDEX" || what == "UNIQUE" || what == "FULLTEXT" || what == "SPATIAL"
	case parser.Show:
		return what == "CREATE" // the others describe columns
	}
	return false
}

// keep registers a statement that no server prepares, and tells the client its
// columns.
func (s *session) keep(st *prepared, cols []wire.Column) {
	s.diag, s.unlisted = s.diag[:0], 0
	s.stmts.last++
	st.id = s.stmts.last
	s.register(st)
	head := wire.Prepared{ID: st.id, Params: uint16(st.params), Columns: uint16(len(cols))}
	s.conn.End(head.Append(s.conn.Begin()))
	s.describe(slices.Repeat([]wire.Column{s.paramColumn()}, st.params))
	s.describe(cols)
}

// describe sends the columns or the parameters of a prepared statement.
func (s *session) describe(cols []wire.Column) {
	if len(cols) == 0 {
		return
	}
	for _, c := range cols {
		s.conn.End(c.Append(s.conn.Begin()))
	}
	if !s.caps.Has(wire.ClientDeprecateEOF) {
		s.conn.End(wire.AppendEOF(s.conn.Begin(), 0, s.status()))
	}
}

// executeOwn answers a statement that no server prepares.
func (s *session) executeOwn(st *prepared) error {
	if err := s.read(st); err != nil {
		return err
	}
	s.binary = true
	defer func() { s.binary = false }()
	s.relay.out = outcome{}
	s.show(st.sql)
	m := s.srv.metrics.start(s)
	var err error
	if st.own {
		err = s.runOwn(st)
	} else {
		err = s.run(st.node, st.sql, false)
	}
	m.end(s, err)
	return err
}

// runOwn runs a statement that the session answers itself, which s.scan has read.
func (s *session) runOwn(st *prepared) error {
	s.task.Off()
	text := st.sql
	if st.params > 0 {
		var err error
		if text, err = s.withValues(st); err != nil {
			return err
		}
		s.scan, s.current = &s.own, text
		if err := s.scan.Run(text, 0, s.dialect); err != nil {
			return err
		}
	}
	if s.scan.First == parser.Select {
		return s.countPrepared(st, text)
	}
	_, err := verbOf(s.scan.First)(s, text, false)
	if unread(err) {
		err = s.orSyntax(text, err)
	}
	return err
}

// stmtKey names everything that a server binds when it prepares a statement. It is valid
// until the next call.
func (s *session) stmtKey(q *call) []byte {
	b := append(append(s.key[:0], q.schema...), 0)
	b = append(append(b, s.settings.Key()...), 0)
	s.key = append(b, q.sql...)
	return s.key
}

// prepared relays the reply to COM_STMT_PREPARE under the given id.
func (x *relay) prepared(id uint32) (wire.Prepared, error) {
	x.seq = x.to.Sequence()
	defer func() { x.to.SetSequence(x.seq) }()
	p, n, err := x.packet()
	if err != nil {
		return wire.Prepared{}, err
	}
	if p[0] == wire.HeaderErr {
		return wire.Prepared{}, x.fail(p, n)
	}
	head, err := wire.ParsePrepared(p)
	if err != nil {
		return head, err
	}
	x.from.Discard(n)
	ours := head
	ours.ID = id
	x.put(ours.Append(nil))
	for range head.Params {
		p, _, err := x.packet()
		if err != nil {
			return head, err
		}
		t, err := wire.ParamTypeOf(p)
		if err != nil {
			return head, err
		}
		head.Types = append(head.Types, t)
		if err := x.columns(1); err != nil {
			return head, err
		}
	}
	if head.Params > 0 {
		x.endOfColumns(wire.StatusAutocommit)
	}
	if head.Columns > 0 {
		if err := x.columns(int(head.Columns)); err != nil {
			return head, err
		}
		x.endOfColumns(wire.StatusAutocommit)
	}
	return head, nil
}

// comStmtExecute runs a prepared statement over the binary protocol.
func (s *session) comStmtExecute(p []byte) error {
	st, _, err := s.statement(p)
	if err != nil {
		return err
	}
	if st.err != nil {
		return st.err // until the statement is reset
	}
	e, err := wire.ParseExecute(p, s.caps, st.params, st.told, st.isLong)
	if err != nil {
		st.told = nil
		return err
	}
	if e.Bound {
		st.told = e.Types
	}
	s.closeCursor(st)
	st.bound, st.types = e, st.told
	st.kinds = st.bound.Kinds(st.kinds[:0], st.types[:st.params], st.long)
	if err := s.inherit(st); err != nil {
		s.forgetLong(st)
		return err
	}
	return s.executeHere(st)
}

// executeHere runs the bound execution in the database in which the statement was
// prepared. It has one way out, so that what is deferred costs next to nothing.
func (s *session) executeHere(st *prepared) error {
	was := s.db
	defer func() {
		s.db = was
		s.forgetLong(st)
	}()
	s.refresh()
	s.scan, s.current, s.db = &st.scan, st.sql, st.db
	return s.executeFresh(st)
}

// executeFresh plans the statement anew if what it was planned under has changed, and runs
// the bound execution.
func (s *session) executeFresh(st *prepared) error {
	if st.own {
		return s.executeOwn(st)
	}
	if st.made != s.snap || st.dialect != s.dialect {
		if err := s.read(st); err != nil {
			return err
		}
		if err := s.replan(st); err != nil {
			return s.committed(err)
		}
	}
	switch n := st.node.(type) {
	case *plan.Values:
		return s.executeOwn(st)
	case *plan.Everywhere:
		if !n.Calls {
			return s.executeOwn(st)
		}
	case *plan.Relay:
		if len(n.AddsUp) > 0 && st.params > 0 {
			return plan.Unsupported("SHOW INDEX with parameters, of a table on several shards", s.snap.conf.Pos, "send it as text with its values")
		}
		if len(n.AddsUp) > 0 {
			return s.executeOwn(st)
		}
	}
	return s.execute(st)
}

// forgetLong drops the long data of a statement after an execution.
func (s *session) forgetLong(st *prepared) {
	for _, b := range st.long {
		s.stmts.long -= len(b)
	}
	st.long, st.err = nil, nil
}

// executeOn sends the execution to a server, which prepares the statement first if it
// has not, and relays the reply. There is no outcome where preparing failed and the
// server's error has been relayed.
func (s *session) executeOn(st *prepared, q *call) (*outcome, error) {
	if s.looksUp(q, st) {
		return s.alone(q, func() (*outcome, error) { return s.executeMoving(st, q) })
	}
	return s.executeMoving(st, q)
}

// executeMoving is executeOn, on the next primary if need be.
func (s *session) executeMoving(st *prepared, q *call) (*outcome, error) {
	s.touch(q)
	q.note = s.expect(q, st)
	for {
		out, err := s.executeOnce(st, q)
		if err != errAgain { //nolint:errorlint // our own value, never wrapped
			s.noted(q, out, err)
			return out, err
		}
	}
}

func (s *session) executeOnce(st *prepared, q *call) (*outcome, error) {
	s.mark(q)
	q.moves = true
	c, err := s.connection(q)
	if err != nil {
		return nil, err
	}
	key := s.stmtKey(q)
	if st.bound.Flags&wire.CursorReadOnly != 0 { // whoever else executes it would close its cursor
		key = wire.AppendUint32(append(key, 0), st.id)
	}
	if q.gathered != nil {
		// Its tables are made anew each time, and a server that has to prepare a statement
		// again takes the types of the last values for those of its parameters.
		c.DropStmt(key)
	}
	ps := st.history.alike(c, key, st.kinds)
	if ps == nil {
		ps, key = c.StmtFor(key, st.kinds)
	}
	if ps != nil {
		s.want.Schema = "" // names were bound when it was prepared
	}
	if err := s.adapt(c, q); err != nil {
		return nil, err
	}
	if ps == nil {
		if ps, err = s.prepareQuietly(c, q, key); ps == nil {
			return nil, err
		}
	}
	ps.Take(st.kinds)
	if st.bound.Flags&wire.CursorReadOnly != 0 {
		st.cursorKey = append(st.cursorKey[:0], ps.Key()...)
	}
	for i, data := range st.long {
		head := wire.AppendUint16(wire.AppendUint32(nil, ps.ID), uint16(i))
		c.WriteCommand(wire.ComStmtSendLongData, head, data)
	}
	c.ResetSequence()
	e := st.bound
	e.ID = ps.ID
	c.End(e.Append(append(c.Begin(), byte(wire.ComStmtExecute)), st.types[:st.params]))
	if err := c.Flush(); err != nil {
		return nil, s.lose(c, q, err)
	}
	return s.reply(c, q, 0, true)
}

// prepareQuietly prepares a statement on a connection without telling the client.
func (s *session) prepareQuietly(c *pool.Conn, q *call, key []byte) (*pool.Stmt, error) {
	ps, err := prepareOnConn(c, q.sql, key)
	var e *wire.Error
	switch {
	case errors.As(err, &e) && q.read != nil && elsewhere(e.Number, false) && s.again(c, q, e):
		return nil, errAgain
	case errors.As(err, &e):
		e, other, err := ownSyntax(c, q.own, e)
		if err != nil {
			return nil, s.lose(c, q, err)
		}
		e.Message = q.names.message(e.Message)
		s.after(c, q, &outcome{Err: e, Other: other})
		return nil, e
	case err != nil:
		return nil, s.lose(c, q, err)
	}
	return ps, nil
}

// tryPrepare lets a server prepare a statement that it will not be asked to execute, and
// returns the types that it infers for the parameters, or its error.
func (s *session) tryPrepare(q *call) ([]wire.ParamType, error) {
	c, err := s.connection(q)
	if err != nil {
		return nil, err
	}
	if err := s.adapt(c, q); err != nil {
		return nil, err
	}
	inTrans := s.txn.trans && c == s.txn.conn
	key := s.stmtKey(q)
	ps := c.Stmt(key)
	if ps == nil {
		if ps, err = s.prepareQuietly(c, q, key); err != nil {
			return nil, err
		}
		c.DropStmt(key)
	}
	if q.gathered != nil {
		q.gathered.release()
	}
	s.settle(c, inTrans, 0)
	return ps.Types, nil
}

// comStmtSendLongData keeps a piece of a parameter. It has no reply, unless its head is
// incomplete: what else is wrong is told at the next execution.
func (s *session) comStmtSendLongData(p []byte) error {
	if len(p) < 6 {
		return wire.ErrMalformed
	}
	st, rest, err := s.statement(p)
	if err != nil {
		return nil //nolint:nilerr // the protocol has no reply here
	}
	i := int(binary.LittleEndian.Uint16(rest))
	if i >= st.params {
		st.err = wire.Errorf(1210, "HY000", "Incorrect arguments to mysql_stmt_precheck")
		return nil
	}
	data := rest[2:]
	if s.stmts.long+len(data) > int(s.snap.conf.Limits.LongData) {
		st.err = wire.Errorf(1105, "HY000", "Parameter of prepared statement which is set through mysql_send_long_data() is longer than 'max_allowed_packet' bytes")
		return nil
	}
	if st.long == nil {
		st.long = make(map[int][]byte)
	}
	s.stmts.long += len(data)
	st.long[i] = append(append([]byte{}, st.long[i]...), data...)
	return nil
}

func (s *session) comStmtClose(p []byte) error {
	if len(p) < 4 {
		return wire.ErrMalformed
	}
	st, _, err := s.statement(p)
	if err != nil {
		return nil //nolint:nilerr // the protocol has no reply here
	}
	s.closeCursor(st)
	s.forgetLong(st)
	delete(s.stmts.byID, st.id)
	s.prepared.Add(-1)
	return nil
}

func (s *session) comStmtReset(p []byte) error {
	st, _, err := s.statement(p)
	if err != nil {
		return err
	}
	s.closeCursor(st)
	s.forgetLong(st)
	s.conn.WriteOK(wire.OK{Status: s.status()}, s.caps)
	return nil
}

// comStmtFetch reads rows of an open cursor from the connection that holds it.
func (s *session) comStmtFetch(p []byte) error {
	st, rest, err := s.statement(p)
	if err != nil || len(rest) < 4 {
		return errOr(err, wire.ErrMalformed)
	}
	c := st.cursor
	if c == nil || c != s.txn.conn {
		return wire.Errorf(1421, "HY000", "The statement (%d) has no open cursor.", st.id)
	}
	if err := s.lent(c); err != nil {
		return err
	}
	q := &call{group: c.Server().Group, keepDiag: true, outside: true}
	s.want = pool.Want{FoundRows: c.FoundRows, Settings: c.Settings()}
	ps := c.Stmt(st.cursorKey)
	if ps == nil {
		return wire.Errorf(1421, "HY000", "The statement (%d) has no open cursor.", st.id)
	}
	c.WriteCommand(wire.ComStmtFetch, wire.AppendUint32(nil, ps.ID), rest[:4])
	if err := c.Flush(); err != nil {
		return s.lose(c, q, err)
	}
	x := &s.relay
	*x = relay{from: c, to: s.conn, caps: s.caps, binary: true, owner: s}
	x.seq = s.conn.Sequence()
	_, err = x.rowsOnly()
	s.conn.SetSequence(x.seq)
	if err != nil {
		return s.lose(c, q, err)
	}
	last := x.out.OK.Status&wire.StatusLastRowSent != 0 || x.out.Err != nil
	if last {
		st.cursor = nil
		s.freeCursors()
	}
	s.after(c, q, &x.out)
	return nil
}

// freeCursors no longer holds the session's connection if it has no open cursor.
func (s *session) freeCursors() {
	for _, st := range s.stmts.byID {
		if st.cursor != nil && st.cursor == s.txn.conn {
			return
		}
	}
	s.txn.why &^= pinCursor
}

// rowsOnly passes rows on that no column definitions precede.
func (x *relay) rowsOnly() (bool, error) {
	for {
		if err := x.from.Fill(5); err != nil {
			return false, err
		}
		buf := x.from.Buffered()
		n, closing := x.walk(buf)
		if n > 0 {
			x.out.Bytes += int64(n)
			if err := x.pass(buf[:n], closing); err != nil {
				return false, err
			}
			x.from.Discard(n)
		}
		if closing {
			return x.endRows(false)
		}
	}
}

// pinCursor holds a connection while a cursor is open on it. The router's reasons
// begin at bit 0, the session's own at the top.
const pinCursor plan.Reason = 1 << 15

// closeCursor closes an open cursor of the statement on its server.
func (s *session) closeCursor(st *prepared) {
	c := st.cursor
	if c == nil {
		return
	}
	st.cursor = nil
	if c != s.txn.conn {
		return
	}
	s.freeCursors()
	c.DropStmt(st.cursorKey)
	if s.txn.why == 0 && !s.txn.trans {
		s.txn.conn = nil
		_ = c.Flush()
		c.Release()
	}
	s.note()
}

// closeStatements forgets all prepared statements of the session.
func (s *session) closeStatements() {
	s.prepared.Add(-int64(len(s.stmts.byID)))
	s.stmts = statements{last: s.stmts.last}
}

// isLong reports whether parameter i was sent by COM_STMT_SEND_LONG_DATA.
func (st *prepared) isLong(i int) bool {
	_, ok := st.long[i]
	return ok
}

// paramValue is the value of parameter i as routing sees it.
func (st *prepared) paramValue(i int, charset string) value.Value {
	if b, ok := st.long[i]; ok {
		return value.Value{Kind: value.String, S: string(b), Charset: charset}
	}
	if i >= len(st.types) || st.bound.IsNull(i) || st.types[i].Type == wire.TypeNull {
		return value.Value{}
	}
	b, err := st.bound.Param(i, st.types, st.isLong)
	if err != nil {
		return value.Value{Kind: value.Other}
	}
	t := st.types[i]
	switch t.Type {
	case wire.TypeTiny:
		return integer(uint64(b[0]), 8, t.Unsigned)
	case wire.TypeShort:
		return integer(uint64(binary.LittleEndian.Uint16(b)), 16, t.Unsigned)
	case wire.TypeLong, wire.TypeInt24:
		return integer(uint64(binary.LittleEndian.Uint32(b)), 32, t.Unsigned)
	case wire.TypeLongLong:
		return integer(binary.LittleEndian.Uint64(b), 64, t.Unsigned)
	case wire.TypeString, wire.TypeVarString, wire.TypeVarchar:
		return value.Value{Kind: value.String, S: string(b), Charset: charset}
	case wire.TypeBlob, wire.TypeTinyBlob, wire.TypeMediumBlob, wire.TypeLongBlob:
		// The C API sends text as a blob as well; the server takes it in the
		// connection's character set.
		return value.Value{Kind: value.String, S: string(b), Charset: charset}
	case wire.TypeNewDecimal, wire.TypeDecimal:
		return value.Value{Kind: value.Decimal, S: string(b)}
	}
	return value.Value{Kind: value.Other}
}

func integer(u uint64, bits uint, unsigned bool) value.Value {
	if unsigned {
		return value.Value{Kind: value.Uint, U: u}
	}
	shift := 64 - bits
	return value.Value{Kind: value.Int, I: int64(u<<shift) >> shift}
}

// replan plans the statement of st, which s.scan has just read, under the present
// rules and settings.
func (s *session) replan(st *prepared) error {
	n, err := s.plan(st.sql)
	if err != nil {
		return err
	}
	st.node, st.made, st.dialect = n, s.snap, s.dialect
	return nil
}

// representative is a call of the statement on a server that can say how its
// parameters and columns look, before any value is known.
func (s *session) representative(st *prepared) (*call, error) {
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return nil, plan.Unsupported("this statement cannot be prepared", s.snap.conf.Pos, "send it as text")
	}
	shard := p.Sample()
	if shard == nil {
		return nil, plan.Unsupported("no shard can describe this statement", s.snap.conf.Pos, "")
	}
	t, err := p.On(st.sql, s, shard)
	if err != nil {
		return nil, err
	}
	return s.callOf(p, &t, st.sql), nil
}

// execute runs the bound execution of a prepared statement.
func (s *session) execute(st *prepared) error {
	s.show(st.sql)
	m := s.srv.metrics.start(s)
	err := s.executePlan(st)
	if err == errDefined { //nolint:errorlint // our own value; nothing was sent yet
		s.refresh()
		if err = s.replan(st); err == nil {
			err = s.executePlan(st)
		}
	}
	m.end(s, err)
	return err
}

func (s *session) executePlan(st *prepared) error {
	s.executing = st
	defer func() { s.executing = nil }()
	if st.bound.Flags&wire.CursorReadOnly != 0 {
		return s.executeBy(st, s.bind)
	}
	err := s.executeBy(st, s.aim)
	if err == errAbsent { //nolint:errorlint // our own value, never wrapped
		return s.executeBy(st, s.bind)
	}
	return err
}

// executeBy is executePlan with the way to find the statement's shard.
func (s *session) executeBy(st *prepared, bind binder) error {
	if n, ok := st.node.(*plan.Everywhere); ok {
		s.task.Off()
		if err := s.ready(n); err != nil {
			return err
		}
		return s.callEach(n, st.sql, false)
	}
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return plan.Unsupported("this statement cannot be executed", s.snap.conf.Pos, "send it as text")
	}
	if err := s.ready(p); err != nil {
		return err
	}
	if err := s.commitsFirst(p); err != nil {
		return err
	}
	if p.Unique != nil {
		s.task.Off()
		return s.claim(p, st.sql, false)
	}
	q, err := bind(p, st.sql)
	if err != nil {
		if err := s.heldLocks(); err != nil {
			return err
		}
		if s.txn.open() || !s.autocommit() || s.txn.conn != nil {
			st.bound.Flags &^= wire.CursorReadOnly // the host would be a second held connection
		}
		if st.bound.Flags&wire.CursorReadOnly == 0 {
			if done, err := s.scatter(p, st.sql, false, err); done {
				return err
			}
		}
		s.task.Off()
		q, err = s.gatherFor(p, st.sql, err)
	}
	if err != nil {
		return s.split(p, st.sql, false, err)
	}
	held := s.txn.conn
	switch {
	case q.locks, // a cursor would outlive the statement on a connection of locks
		held != nil && held.Server().Group != q.group, // or on one beside that which is held
		isWrite(s.scan.First),                         // there are no rows for one
		s.scan.First == parser.Explain:                // MySQL opens none, and dies where one is executed so twice
		// The rows come without a cursor, as those of many statements do on servers.
		st.bound.Flags &^= wire.CursorReadOnly
	}
	cursor := st.bound.Flags&wire.CursorReadOnly != 0
	if cursor {
		q.pins |= pinCursor
	}
	if err := s.readFrom(q, p, st.sql); err != nil {
		return err
	}
	if !cursor {
		return s.answered(p, q, st.sql, func() error {
			_, err := s.executeBound(p, st, q)
			return err
		})
	}
	out, err := s.executeBound(p, st, q)
	if err != nil {
		return err
	}
	if out != nil && out.Cursor {
		st.cursor = s.txn.conn
		return nil
	}
	s.freeCursors()
	s.unpin(0)
	return nil
}

// executeBound runs a bound execution on its server.
func (s *session) executeBound(p *plan.Relay, st *prepared, q *call) (*outcome, error) {
	t := s.temporaries(p, st.sql)
	out, err := s.executeOn(st, q)
	if err != nil {
		return nil, err
	}
	if out != nil && out.Absent {
		s.forget(q.tries)
		return nil, errAbsent
	}
	if out != nil && out.Err == nil {
		s.recount(t)
		s.definedHere(p, st.sql, out)
		if p.FreesLocks {
			s.freeLocks()
		}
	}
	return out, nil
}

// unpin ends one reason for holding a connection.
func (s *session) unpin(why plan.Reason) {
	c := s.txn.conn
	if s.txn.why &^= why; c != nil && s.txn.why == 0 && !s.txn.trans {
		s.txn.conn = nil
		c.Release()
	}
	s.note()
}
