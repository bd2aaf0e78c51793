package proxy

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// set answers SET. The server itself checks names and values: the statement runs on
// one connection under the session's settings, and what the server reports as
// changed becomes the session's settings. What no server may see is handled here.
func (s *session) set(text []byte, more bool) (bool, error) {
	stmt, list, err := s.readSet(text)
	switch {
	case err != nil:
		return true, err
	case ownVariable(list[0]):
		return true, s.setOwn(list, more)
	case list[0].Scope == parser.ScopeTransaction:
		return true, s.setTransaction(text, more)
	}
	if q, err := queryOf(stmt, list); err != nil {
		return true, err
	} else if q != nil {
		return true, s.setByQuery(q, more)
	}
	return true, s.setOnServer(stmt, list, text, more)
}

// readSet reads a SET and refuses what must not be set through Sluice. All or none of
// the variables are Sluice's own.
func (s *session) readSet(text []byte) (*parser.Statement, []parser.Assignment, error) {
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil, nil, err
	}
	list, err := parser.Assignments(stmt)
	if err != nil {
		return nil, nil, err
	}
	own := 0
	for i := range list {
		if ownVariable(list[i]) {
			own++
		} else if err := s.checkSet(&list[i]); err != nil {
			return nil, nil, err
		}
	}
	if own > 0 && own < len(list) {
		return nil, nil, plan.Unsupported("sluice_* variables cannot be set together with others", s.snap.conf.Pos, "use a SET of their own")
	}
	return stmt, list, nil
}

// prepareSet lets a server check a SET as it does when it prepares one: it knows the
// names of variables, character sets and functions then, and values only later.
func (s *session) prepareSet(text []byte) error {
	stmt, list, err := s.readSet(text)
	if err != nil || ownVariable(list[0]) || list[0].Scope == parser.ScopeTransaction {
		return err
	}
	if q, err := queryOf(stmt, list); err != nil {
		return err
	} else if q != nil {
		return s.prepareQuery(q)
	}
	q := s.setCall(stmt, list, text)
	if err := s.needsDatabase(stmt, q.group); err != nil {
		return err
	}
	_, err = s.tryPrepare(q)
	return err
}

// queryOf returns the query that has the effect of a SET whose values are read from
// tables, or by stored functions, which may read some; nil if there are none.
func queryOf(stmt *parser.Statement, list []parser.Assignment) ([]byte, error) {
	reads := false
	for _, a := range list {
		query := false
		for i := a.First; i <= a.Last; i++ {
			query = query || stmt.Is(i, "select")
			reads = reads || isLockFunc(stmt, i)
			reads = reads || query && stmt.Is(i, "from") || stmt.Is(i, "table")
		}
		reads = reads || calls(stmt, a) && router.CallsStored(stmt.SQL[stmt.Tokens[a.First].Start:stmt.Tokens[a.Last].End], stmt.Dialect)
	}
	if !reads {
		return nil, nil
	}
	var values, names []string
	for _, a := range list {
		if a.Scope != parser.ScopeUserVar {
			return nil, plan.Unsupported("a system variable that is set together with values of a query", conf.Pos{}, "read the value into a user variable first")
		}
		for i := a.First; i <= a.Last; i++ {
			if stmt.Tokens[i].Kind == parser.UserVar && slices.Contains(names, userVarName(stmt, i)) {
				return nil, plan.Unsupported("a SET that reads tables and uses a variable that it sets itself", conf.Pos{}, "write two statements")
			}
		}
		values = append(values, string(stmt.SQL[stmt.Tokens[a.First].Start:stmt.Tokens[a.Last].End]))
		names = append(names, "@"+wire.QuoteIdent(a.Name))
	}
	return []byte("SELECT " + strings.Join(values, ", ") + " INTO " + strings.Join(names, ", ")), nil
}

// calls reports whether the value of an assignment may call a function.
func calls(stmt *parser.Statement, a parser.Assignment) bool {
	for i := a.First + 1; i <= a.Last; i++ {
		if string(stmt.Tokens[i].Text(stmt.SQL)) == "(" {
			return true
		}
	}
	return false
}

// isLockFunc reports whether token i may be a function about user locks, which have a
// connection of their own.
func isLockFunc(stmt *parser.Statement, i int) bool {
	for _, name := range [...]string{"get_lock", "release_lock", "release_all_locks", "is_free_lock", "is_used_lock"} {
		if stmt.Is(i, name) {
			return true
		}
	}
	return false
}

// userVarName is the user variable that token i names, as queryOf writes it.
func userVarName(stmt *parser.Statement, i int) string {
	return "@" + wire.QuoteIdent(varName(stmt.SQL, stmt.Tokens[i], stmt.Dialect))
}

// setByQuery sets user variables to what a query finds, wherever its rows are.
func (s *session) setByQuery(sql []byte, more bool) error {
	if err := s.scan.Run(sql, 0, s.dialect); err != nil {
		return err
	}
	n, err := s.plan(sql)
	if err != nil {
		return err
	}
	p, ok := n.(*plan.Relay)
	if err := s.ready(n); err != nil {
		return err
	}
	if !ok {
		return plan.Unsupported("SET with a query of this kind", s.snap.conf.Pos, "use SELECT .. INTO")
	}
	q, err := s.bindOrGather(p, sql)
	if err != nil {
		return err
	}
	found := s.found
	out, err := s.collect(q, nil)
	if err != nil {
		return err
	}
	s.found = found // the query is none that the client has sent
	if out.Err != nil {
		s.warned = slices.Clone(s.diag)
		return out.Err
	}
	s.rowCount = 0
	s.conn.WriteOK(wire.OK{Status: s.statusMore(more), Warnings: uint16(len(s.diag))}, s.caps)
	return nil
}

// prepareQuery lets a server check the query that a SET stands for.
func (s *session) prepareQuery(sql []byte) error {
	scan, current := s.scan, s.current
	defer func() { s.scan, s.current = scan, current }()
	st := &prepared{sql: sql}
	if err := s.read(st); err != nil {
		return err
	}
	if err := s.replan(st); err != nil {
		return err
	}
	q, err := s.representative(st)
	if err != nil {
		if q, err = s.gatherEmpty(st, err); err != nil {
			return err
		}
	}
	_, err = s.tryPrepare(q)
	return err
}

// statusMore is the session's status, saying whether another result follows.
func (s *session) statusMore(more bool) wire.Status {
	st := s.status()
	if more {
		st |= wire.StatusMoreResults
	}
	return st
}

func ownVariable(a parser.Assignment) bool {
	return a.Scope == parser.ScopeSession && strings.HasPrefix(a.Name, "sluice_")
}

// checkSet refuses what would reach beyond the session, or break what Sluice keeps.
func (s *session) checkSet(a *parser.Assignment) error {
	refuse := func(why, remedy string) error { return plan.Unsupported(why, s.snap.conf.Pos, remedy) }
	switch a.Scope {
	case parser.ScopeGlobal, parser.ScopePersist, parser.ScopePersistOnly:
		return refuse("SET "+strings.ToUpper(a.Scope.String())+" changes one server of several", "set it on each server")
	case parser.ScopeOther:
		return refuse("SET "+strings.ToUpper(a.Name)+" is not sent through Sluice", "change accounts and roles on the servers and in Sluice's rules")
	}
	switch a.Name {
	case "gtid_next", "sql_log_bin", "insert_id", "rand_seed1", "rand_seed2", "pseudo_thread_id", "pseudo_replica_mode", "pseudo_slave_mode":
		if a.Scope == parser.ScopeSession {
			return refuse("the session variable "+a.Name+" cannot be carried between servers",
				"leave it out (mysqldump: --set-gtid-purged=OFF)")
		}
	case "session_track_system_variables", "session_track_schema":
		if a.Scope == parser.ScopeSession { // by them Sluice learns what a session has set
			return refuse("the session variable "+a.Name+" is Sluice's own on its connections, and clients are told what servers report by default",
				"leave it out")
		}
	}
	return nil
}

// setOwn sets Sluice's own session variables.
func (s *session) setOwn(list []parser.Assignment, more bool) error {
	tenant, limit, single, replays, certain, lockless := s.tenant, s.limit, s.single, s.replays, s.certain, s.lockless
	consistency, replicas, after := s.consistency, s.replicas, s.readAfter
	for _, a := range list {
		switch a.Name {
		case "sluice_tenant":
			if s.user.Tenant != "" && !strings.EqualFold(a.Text, s.user.Tenant) {
				return wire.Errorf(1227, "42000", "Access denied; user %s is bound to its tenant by %s", s.user.Name, s.user.Pos)
			}
			if !a.Constant && !a.Default {
				return wire.Errorf(1232, "42000", "Incorrect argument type to variable 'sluice_tenant'")
			}
			if tenant = a.Text; a.Default {
				tenant = s.user.Tenant
			}
		case "sluice_atomicity":
			switch {
			case a.Default || strings.EqualFold(a.Text, "xa"):
				single = false
			case strings.EqualFold(a.Text, "single"):
				single = true
			default:
				return wire.Errorf(1231, "42000", "Variable 'sluice_atomicity' can't be set to the value of '%s'", a.Text)
			}
		case "sluice_table_locks":
			if lockless = strings.EqualFold(a.Text, "none"); !lockless && !a.Default && !strings.EqualFold(a.Text, "exact") {
				return wrongValue(a.Name, a.Text)
			}
		case "sluice_replay":
			switch strings.ToLower(a.Text) {
			case "1", "on", "true":
				replays = true
			case "0", "off", "false":
				replays = false
			default:
				if replays = s.user.Replay; !a.Default {
					return wrongValue(a.Name, a.Text)
				}
			}
		case "sluice_commit":
			how := conf.Commit(strings.ToLower(a.Text))
			if a.Default {
				how = s.user.Commit
			} else if how != conf.CommitPlain && how != conf.CommitKnown {
				return wrongValue(a.Name, a.Text)
			}
			certain = how == conf.CommitKnown
		case "sluice_consistency":
			if consistency = conf.Consistency(strings.ToLower(a.Text)); a.Default {
				consistency = ""
			} else if !isLevel(consistency) {
				return wrongValue(a.Name, a.Text)
			}
		case "sluice_replicas":
			if replicas = conf.ReplicaRole(strings.ToLower(a.Text)); a.Default {
				replicas = s.user.Replicas
			} else if !isReplicaRole(string(replicas)) {
				return wrongValue(a.Name, a.Text)
			}
		case "sluice_after":
			var err error
			if a.Default {
				a.Text = ""
			}
			if after, err = s.readToken(a.Text); err != nil {
				return err
			}
		case "sluice_statement_time":
			n, err := strconv.ParseUint(a.Text, 10, 32)
			if err != nil && !a.Default {
				return wire.Errorf(1232, "42000", "Incorrect argument type to variable 'sluice_statement_time'")
			}
			limit = time.Duration(n) * time.Millisecond
		default:
			return wire.Errorf(1193, "HY000", "Unknown system variable '%s'", a.Name)
		}
	}
	s.tenant, s.single, s.replays, s.certain, s.lockless = tenant, single, replays, certain, lockless
	s.consistency, s.replicas, s.readAfter = consistency, replicas, after
	s.mu.Lock()
	s.limit = limit
	s.mu.Unlock()
	s.quiet()
	s.ok(0, more)
	return nil
}

// setTransaction keeps SET TRANSACTION for the next transaction.
func (s *session) setTransaction(text []byte, more bool) error {
	if s.txn.open() {
		return wire.Errorf(1568, "25001", "Transaction characteristics can't be changed while a transaction is in progress")
	}
	if s.txn.conn != nil {
		return s.onHeld(text, more)
	}
	s.txn.once = append(s.txn.once, strings.Join(s.words(text), " "))
	s.quiet()
	s.ok(0, more)
	return nil
}

// setOnServer lets a server carry the statement out.
func (s *session) setOnServer(stmt *parser.Statement, list []parser.Assignment, text []byte, more bool) error {
	for i := range list {
		if list[i].Scope == parser.ScopeSession && list[i].Name == "autocommit" {
			if err := s.beforeAutocommit(stmt, list, &list[i]); err != nil {
				return err
			}
		}
	}
	q := s.setCall(stmt, list, text)
	if err := s.needsDatabase(stmt, q.group); err != nil {
		return err
	}
	q.more = more
	s.naming = slices.ContainsFunc(list, func(a parser.Assignment) bool {
		return a.Scope == parser.ScopeNames || a.Scope == parser.ScopeCharacterSet
	})
	out, err := s.text(q)
	s.naming = false
	if err != nil || out.Err != nil {
		return err
	}
	for _, a := range list {
		if a.Scope == parser.ScopeSession && (a.Default || a.Text == "0") && a.Name == "timestamp" {
			s.adopt(s.settings.Without("timestamp"))
		}
	}
	return nil
}

// beforeAutocommit brings the open transaction to where one server's autocommit does what it
// does to one server's transaction. A server commits only once all values of the statement
// are right.
func (s *session) beforeAutocommit(stmt *parser.Statement, list []parser.Assignment, a *parser.Assignment) error {
	on := false
	if !s.autocommit() {
		var err error
		if on, err = s.switchesOn(stmt, a); err != nil {
			return err
		}
	}
	// What would be tried must say the same elsewhere, and leave nothing there.
	constant := len(stmt.UserVars) == 0 && len(stmt.Functions) == 0
	if on && len(list) > 1 && !constant && len(s.txn.more) > 0 {
		return plan.Unsupported("SET autocommit together with user variables or functions in a transaction on several servers", conf.Pos{}, "set it alone, or COMMIT first")
	}
	if on && len(list) > 1 && constant && (s.txn.conn == nil || len(s.txn.more) > 0) {
		if err := s.rehearseSet(stmt); err != nil {
			return err
		}
	}
	switch {
	case on && s.txn.conn == nil:
		s.txn.forget() // it ends a transaction, and no server knows of this one
	case on && len(s.txn.more) > 0:
		return s.commitAll() // as a server does
	case s.txn.begin != "":
		return s.enlist(s.anyGroup()) // whose reply says that it is open
	}
	return nil
}

// rehearseSet returns the error that a SET fails with, before it has any effect.
func (s *session) rehearseSet(stmt *parser.Statement) error {
	return s.apart(s.home(), func(c *pool.Conn) error {
		_, err := c.Query(string(stmt.SQL))
		c.Doubt("it has other settings now")
		return err
	})
}

// switchesOn reports whether an assignment to autocommit switches it on, which ends the
// transaction that is open. Where that is on several groups, the value must be known before
// a server is asked: each would commit its own part.
func (s *session) switchesOn(stmt *parser.Statement, a *parser.Assignment) (bool, error) {
	first := stmt.Tokens[min(a.First, len(stmt.Tokens)-1)]
	switch {
	case a.Default:
		return s.snap.base.Autocommit, nil
	case a.Constant:
		on := strings.EqualFold(a.Text, "on") || first.Kind != parser.String && (a.Text == "1" || strings.EqualFold(a.Text, "true"))
		return on, nil
	case a.First == a.Last && first.Kind == parser.UserVar:
		v := s.UserVar(varName(stmt.SQL, first, stmt.Dialect))
		return v.Kind == value.Int && v.I == 1 || v.Kind == value.Uint && v.U == 1 || v.Kind == value.String && strings.EqualFold(v.S, "on"), nil
	case len(s.txn.more) > 0:
		return false, plan.Unsupported("SET autocommit to an expression in a transaction on several servers", conf.Pos{}, "set it to 0 or 1, or COMMIT first")
	}
	return false, nil
}

// setCall makes the call of a SET that a server carries out.
func (s *session) setCall(stmt *parser.Statement, list []parser.Assignment, text []byte) *call {
	q := &s.next
	*q = call{group: s.anyGroup(), sql: text, outside: true, userVars: stmt.UserVars, setsVars: stmt.WritesUserVars}
	constant := true
	for _, a := range list {
		if a.Name == "last_insert_id" || a.Name == "identity" {
			q.setsID = true
		}
		constant = constant && (a.Constant || a.Default)
	}
	q.onlySets = !slices.ContainsFunc(list, func(a parser.Assignment) bool { return readsVariables(stmt, &a) })
	if !constant {
		q.names, q.schema = s.namesOn(q.group), s.schemaOn(q.group)
		if told := s.withAnswers(stmt, list); told != nil {
			q.sql, q.own = told, text
		}
	}
	for _, f := range stmt.Functions {
		if f == "last_insert_id" {
			q.needID = true
		}
	}
	return q
}

// withAnswers is the text of a SET with the session's answers in the places of its
// functions, whose values on a server are those of a connection; nil if there are none.
func (s *session) withAnswers(stmt *parser.Statement, list []parser.Assignment) []byte {
	var out []byte
	from := 0
	for _, a := range list {
		for i := a.First; i <= a.Last; i++ {
			f, last := router.SessionCall(stmt, i)
			if f == plan.NoFunc {
				continue
			}
			out = append(append(out, stmt.SQL[from:stmt.Tokens[i].Start]...), s.Session(f)...)
			from, i = int(stmt.Tokens[last].End), last
		}
	}
	if out == nil {
		return nil
	}
	return append(out, stmt.SQL[from:]...)
}

// needsDatabase returns MySQL's error for a SET that calls a stored function although the
// session has no current database: the connection it would run on has one.
func (s *session) needsDatabase(stmt *parser.Statement, group string) error {
	dotted := func(t parser.Token) bool { return string(t.Text(stmt.SQL)) == "." }
	if s.db != "" || len(stmt.Functions) == 0 || slices.ContainsFunc(stmt.Tokens, dotted) {
		return nil
	}
	nowhere := &rules.Shard{Group: group, Schema: "information_schema"}
	if e, ok := errors.AsType[*wire.Error](s.try(nowhere, stmt.SQL)); ok && e.Number == errNoRoutine {
		return plan.NoDatabase()
	}
	return nil
}

// readsVariables reports whether the value of an assignment is made of user variables.
func readsVariables(stmt *parser.Statement, a *parser.Assignment) bool {
	for i := a.First; i <= a.Last; i++ {
		if stmt.Tokens[i].Kind == parser.UserVar {
			return true
		}
	}
	return false
}

// namesOn hides the schema that a connection to the group happens to be in behind the
// session's current database: a server's message about a function names it.
func (s *session) namesOn(group string) *names {
	var list []rename
	for _, d := range s.snap.rules.Databases {
		for _, shard := range d.Shards {
			if shard.Group == group {
				list = append(list, rename{shard.Schema, cmp.Or(s.db, d.Name)})
			}
		}
	}
	return newNames(list)
}

// schemaOn is a schema on a group that may stand for the session's current database, where
// functions are looked for; empty: the session has none, or the group.
func (s *session) schemaOn(group string) string {
	schema := ""
	for _, d := range s.snap.rules.Databases {
		for _, shard := range d.Shards {
			if s.db != "" && shard.Group == group && (schema == "" || d.Name == s.db) {
				schema = shard.Schema
			}
		}
	}
	return schema
}

// anyGroup is where a statement runs that concerns no table: where the session already
// holds a connection, or else the group of the current database's first shard.
func (s *session) anyGroup() string {
	if c := s.txn.conn; c != nil {
		return c.Server().Group
	}
	if d, ok := s.snap.rules.Database(s.db); ok {
		return d.Shards[0].Group
	}
	return s.snap.rules.Databases[0].Shards[0].Group
}
