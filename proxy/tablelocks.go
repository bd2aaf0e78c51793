package proxy

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Locks of LOCK TABLES for reading are on connections of their own, one for each group,
// and stop all other sessions from writing. The session itself goes on as ever, on other
// connections, because it may only read; what it may name is checked here, as a server
// with the locks would. (Locks for writing are on the one connection that writes.)

// tableLocks are those of a session.
type tableLocks struct {
	conns  []*pool.Conn
	tables []plan.LockedTable
	none   bool // there are none: the session asked to go on without
}

// Numbers of MySQL's errors about table locks.
const (
	errLockedForRead = 1099 // ER_TABLE_NOT_LOCKED_FOR_WRITE
	errNotLocked     = 1100 // ER_TABLE_NOT_LOCKED
	errNoTable       = 1051 // ER_BAD_TABLE_ERROR
	errNoDatabase    = 1008 // ER_DB_DROP_EXISTS
	errActiveLocks   = 1192 // ER_LOCK_OR_ACTIVE_TRANSACTION
)

// lockVerb answers LOCK TABLES where the session wants no locks.
func (s *session) lockVerb(text []byte, more bool) (bool, error) {
	if !s.lockless || !s.locksTables(text) {
		return false, nil
	}
	_, err := s.plan(text)
	if r, ok := errors.AsType[*plan.Refusal](err); err != nil && (!ok || r.Number != 1235) {
		return true, err
	}
	if err := s.endBeforeLocks(); err != nil {
		return true, err
	}
	s.tables = &tableLocks{none: true}
	s.diag = append(s.diag[:0], diagnostic{level: "Note", code: 1235, message: "No table was locked: sluice_table_locks is 'none'"})
	s.ok(0, more)
	return true, nil
}

// locksTables reports whether the present statement is LOCK TABLES.
func (s *session) locksTables(text []byte) bool {
	if s.scan.First != parser.Lock {
		return false
	}
	w := s.words(text)
	return len(w) > 1 && (w[1] == "TABLES" || w[1] == "TABLE")
}

// endBeforeLocks ends what LOCK TABLES ends: the transaction, which is committed, and
// earlier locks.
func (s *session) endBeforeLocks() error {
	if s.txn.why&plan.PinHandler != 0 {
		return plan.Unsupported("the session holds a connection ("+s.txn.why.String()+")", s.snap.conf.Pos, "end that state first")
	}
	s.unlockTables()
	if s.txn.trans {
		if err := s.commitAll(); err != nil {
			return err
		}
	}
	s.txn.forget()
	return s.unlockHeld()
}

// unlockHeld ends locks on the connection that the session holds.
func (s *session) unlockHeld() error {
	c := s.txn.conn
	if c == nil || s.txn.why&plan.PinTableLocks == 0 {
		return nil
	}
	s.txn.why &^= plan.PinTableLocks
	if err := s.stillThere(c, "UNLOCK TABLES"); err != nil {
		s.quit = s.quit || s.txn.why != 0
		s.abandon(c)
		return err
	}
	s.leaveTxn()
	return nil
}

// relock ends earlier locks before LOCK TABLES on the connection that the session holds, or
// will hold.
func (s *session) relock() error {
	s.unlockTables()
	if s.txn.why&plan.PinTableLocks == 0 {
		return nil
	}
	return s.endBeforeLocks()
}

// lockTables takes locks for reading, on all groups or on none. Everybody takes them in
// the order of the groups' names.
func (s *session) lockTables(p *plan.TableLocks, more bool) error {
	if err := s.endBeforeLocks(); err != nil {
		return err
	}
	l := &tableLocks{tables: p.Tables}
	groups := l.groups()
	want := s.lockWant(len(groups) > 1)
	for _, g := range groups {
		if err := s.lockOn(l, g, p, &want); err != nil {
			l.release()
			return err
		}
	}
	s.tables = l
	s.note()
	s.quiet()
	s.rowCount = 0
	status := s.statusMore(more)
	if !s.autocommit() {
		status |= wire.StatusInTrans
	}
	s.conn.WriteOK(wire.OK{Status: status}, s.caps)
	return nil
}

// lockWant are the settings under which locks are waited for and held. On several groups
// two sessions may wait for each other in a way that no server sees; there the wait ends
// as one for a row.
func (s *session) lockWant(several bool) pool.Want {
	settings := s.settings.With(pool.Setting{Name: "wait_timeout", Value: "31536000"}) // the session may be busy elsewhere for days
	if several {
		wait := rowWait
		for _, name := range [...]string{"innodb_lock_wait_timeout", "lock_wait_timeout"} {
			if v, ok := s.settings.Value(name); ok {
				if n, err := strconv.Atoi(v); err == nil && (n < wait || name != "lock_wait_timeout") {
					wait = n
				}
			}
		}
		settings = settings.With(pool.Setting{Name: "lock_wait_timeout", Value: strconv.Itoa(wait)})
	}
	return pool.Want{Settings: settings}
}

// rowWait is MySQL's own innodb_lock_wait_timeout, in seconds.
const rowWait = 50

// groups are those that have one of the tables, in the order of their names.
func (l *tableLocks) groups() []string {
	var out []string
	for _, t := range l.tables {
		for _, sh := range t.Shards {
			out = append(out, sh.Group)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lockOn takes the locks of a group. A KILL of the session ends the wait.
func (s *session) lockOn(l *tableLocks, group string, p *plan.TableLocks, want *pool.Want) error {
	c, err := s.snap.groups[group].Lease(s, want)
	if err != nil {
		return s.endedOr(err)
	}
	l.conns = append(l.conns, c)
	if err := s.lent(c); err != nil {
		return err
	}
	sql, n := c.AppendAdapt(nil, want)
	list, any := l.on(group)
	_, err = c.Query(string(sql) + list)
	ended := s.unlent()
	switch e, said := errors.AsType[*wire.Error](err); {
	case ended != nil:
		c.Doubt("killed")
		return ended
	case said:
		c.Doubt("locks not taken") // whether it was adapted is not known
		e.Message = s.namesOf(p.Relay, any).message(e.Message)
		if e.Number == 1205 {
			e.Message += " (no table is locked now)"
		}
		return e
	case err != nil:
		c.Doubt("lost")
		return &lostError{server: c.Server().Addr, err: err}
	}
	if n > 0 {
		c.Adapted(want)
	}
	return nil
}

// on is the statement that locks what a group has, and one of its shards.
func (l *tableLocks) on(group string) (sql string, any *rules.Shard) {
	var list []string
	for _, t := range l.tables {
		for _, sh := range t.Shards {
			if sh.Group != group {
				continue
			}
			lock := wire.QuoteIdent(sh.Schema) + "." + wire.QuoteIdent(t.Table) + " READ"
			if t.Local {
				lock += " LOCAL"
			}
			if !slices.Contains(list, lock) {
				list = append(list, lock)
			}
			any = sh
		}
	}
	return "LOCK TABLES " + strings.Join(list, ", "), any
}

// release gives the connections back, and with them the locks.
func (l *tableLocks) release() {
	for _, c := range l.conns {
		if c.Doubtful() == "" {
			_ = c.Net().SetDeadline(time.Now().Add(probeTime))
			if _, err := c.Query("UNLOCK TABLES"); err != nil {
				c.Doubt("tables not unlocked")
			}
			undeadline(c)
		}
		c.Release()
	}
	l.conns = nil
}

// unlockTables ends the session's locks for reading.
func (s *session) unlockTables() {
	if s.tables == nil {
		return
	}
	s.tables.release()
	s.tables = nil
	s.note()
}

// keepsTableLocks returns an error if a server has closed a connection of the session's
// table locks: others may have written since.
func (s *session) keepsTableLocks() error {
	if s.tables == nil {
		return nil
	}
	for _, c := range s.tables.conns {
		if pool.Closed(c.Net()) {
			c.Doubt("locks lost")
			return &lostError{server: c.Server().Addr, locks: "table locks", err: io.EOF}
		}
	}
	return nil
}

// lockedOut returns the error that a server with the session's table locks has for a
// statement.
func (s *session) lockedOut(n plan.Node) error {
	held := s.txn.why&plan.PinTableLocks != 0
	if v, ok := n.(*plan.Values); ok && len(v.Columns) == 0 && (held || s.tables != nil && !s.tables.none) {
		return underLocks(v.Table)
	}
	var p *plan.Relay
	switch n := n.(type) {
	case *plan.Relay:
		p = n
	case *plan.Everywhere:
		p = n.Relay
	default:
		return nil
	}
	if held && p.Class == plan.DDL && !s.aboutTable() && !s.concernsTemporary() && !slices.Contains(s.words(s.current), "TRIGGER") {
		return underLocks("")
	}
	if held && len(p.Dropped.Absent) > 0 && !s.concernsTemporary() {
		return notLocked(p.Dropped.Absent[0].Table)
	}
	if s.tables == nil || s.tables.none {
		return nil
	}
	if s.scan.First == parser.Lock {
		return nil
	}
	temporary := len(p.Occurs) == 0 && (p.Needs&plan.NeedTempTables != 0 || s.scan.First == parser.Drop && s.concernsTemporary())
	if p.Class == plan.Lock || p.Class == plan.DDL && !temporary && !s.aboutTable() {
		return underLocks("")
	}
	if err := s.tables.allow(p.Occurs); err != nil {
		return err
	}
	locking := p.Effects && (p.Needs&plan.NeedTempTables == 0 || slices.Contains(s.words(s.current), "FOR"))
	switch {
	case temporary:
	case p.Class == plan.Call, p.Class == plan.Other, p.Class == plan.DDL, p.Acts, locking:
		return plan.Unsupported("the session has locked tables, and what else than rows this statement uses is not known", s.snap.conf.Pos, "UNLOCK TABLES first")
	}
	return nil
}

// aboutTable reports whether the present statement, one about definitions, is about a table
// or an index.
func (s *session) aboutTable() bool {
	for _, w := range s.words(s.current)[1:] {
		switch w {
		case "TABLE", "TABLES", "INDEX":
			return true
		case "UNIQUE", "FULLTEXT", "SPATIAL", "ONLINE", "OFFLINE":
		default:
			return s.scan.First == parser.Truncate
		}
	}
	return false
}

// unknownUnderLocks turns the error about a table that does not exist, or about a view or
// database to be dropped, into what a server with the session's table locks says. LOCK TABLES
// itself has ended them by then.
func (s *session) unknownUnderLocks(err error) error {
	r, ok := errors.AsType[*plan.Refusal](err)
	if !ok || s.tables == nil {
		return err
	}
	dropped := r.Table == "" && s.scan.First == parser.Drop && (r.Number == errNoTable || r.Number == errNoDatabase)
	if r.Table == "" && !dropped {
		return err
	}
	if s.locksTables(s.current) {
		if failed := s.endBeforeLocks(); failed != nil {
			return failed
		}
		return err
	}
	if s.tables.none {
		return err
	}
	return underLocks(r.Table)
}

// allow returns MySQL's error for tables that the locks do not cover. Each lock serves one
// occurrence in a statement.
func (l *tableLocks) allow(list []plan.Occurrence) error {
	taken := make([]bool, len(l.tables))
	for _, o := range list {
		i := slices.IndexFunc(l.tables, func(t plan.LockedTable) bool {
			return t.Database == o.Database && t.Table == o.Table && strings.EqualFold(t.Alias, o.Alias)
		})
		switch {
		case (i < 0 || taken[i]) && slices.ContainsFunc(l.tables, func(t plan.LockedTable) bool { return t.View }):
			return plan.Unsupported("table '"+o.Alias+"' is not locked, unless by one of the views that are", o.Database.Pos, "name it in LOCK TABLES")
		case i < 0 || taken[i]:
			return notLocked(o.Alias)
		}
		taken[i] = true
	}
	for _, o := range list {
		if o.Write {
			return wire.Errorf(errLockedForRead, "HY000", "Table '%s' was locked with a READ lock and can't be updated", o.Alias)
		}
	}
	return nil
}

// underLocks is what a server with locked tables says of a definition of a table that is not
// among them, or of anything but tables.
func underLocks(table string) error {
	if table == "" {
		return wire.Errorf(errActiveLocks, "HY000", "Can't execute the given command because you have active locked tables or an active transaction")
	}
	return notLocked(table)
}

func notLocked(alias string) error {
	return wire.Errorf(errNotLocked, "HY000", "Table '%s' was not locked with LOCK TABLES", alias)
}

// heldLocks refuses what needs several shards while locks are on the connection that the
// session holds: others would wait for them for ever.
func (s *session) heldLocks() error {
	if s.txn.why&plan.PinTableLocks == 0 {
		return nil
	}
	return plan.Unsupported("the session has locked tables on group "+s.txn.conn.Server().Group+", and this statement needs rows of several shards", s.snap.conf.Pos, "UNLOCK TABLES first")
}
