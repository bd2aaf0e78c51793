package proxy

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// verb answers a statement for the session itself. done is false when the statement is
// none of the session's business after all and goes to the router.
type verb func(s *session, text []byte, more bool) (done bool, err error)

// verbOf returns what answers statements that begin with v; nil: the router.
func verbOf(v parser.Verb) verb {
	switch v {
	case parser.Select:
		return (*session).countVerb
	case parser.Set:
		return (*session).set
	case parser.Use:
		return (*session).useVerb
	case parser.Begin, parser.StartTransaction:
		return (*session).beginVerb
	case parser.Commit:
		return (*session).commitVerb
	case parser.Rollback:
		return (*session).rollbackVerb
	case parser.Savepoint:
		return (*session).savepointVerb
	case parser.Release:
		return (*session).releaseVerb
	case parser.XA:
		return refuseVerb("XA transactions are Sluice's own", "use BEGIN and COMMIT")
	case parser.Kill:
		return (*session).killVerb
	case parser.Show:
		return (*session).showVerb
	case parser.Get:
		return (*session).getVerb
	case parser.Lock:
		return (*session).lockVerb
	case parser.Unlock:
		return (*session).unlockVerb
	case parser.Prepare:
		return (*session).prepareVerb
	case parser.Execute:
		return (*session).executeVerb
	case parser.Deallocate:
		return (*session).deallocateVerb
	case parser.Drop:
		return (*session).dropVerb
	case parser.Explain:
		return (*session).explainVerb
	case parser.Flush, parser.Grant, parser.Revoke, parser.Install, parser.Uninstall, parser.Purge, parser.Reset, parser.Stop, parser.Change, parser.Shutdown, parser.Restart, parser.Clone, parser.Import, parser.Binlog, parser.Cache:
		return refuseAdmin
	}
	return nil
}

func refuseVerb(why, remedy string) verb {
	return func(s *session, _ []byte, _ bool) (bool, error) {
		return true, plan.Unsupported(why, s.snap.conf.Pos, remedy)
	}
}

// refuseAdmin refuses statements that administer one server: through Sluice they
// would hit one of several.
func refuseAdmin(s *session, _ []byte, _ bool) (bool, error) {
	return true, plan.Unsupported(s.scan.First.String()+" administers one server and is not sent through Sluice", s.snap.conf.Pos,
		"connect to that server itself")
}

// words gives the words of a statement in capitals, for the small grammars below.
func (s *session) words(text []byte) []string {
	w := make([]string, 0, len(s.scan.Tokens))
	for _, t := range s.scan.Tokens {
		if t.Kind == parser.Ident {
			w = append(w, strings.ToUpper(string(t.Text(text))))
		} else {
			w = append(w, string(t.Text(text)))
		}
	}
	return w
}

// nameAt is the identifier that token i is.
func (s *session) nameAt(text []byte, i int) (string, bool) {
	if i >= len(s.scan.Tokens) {
		return "", false
	}
	return s.nameIn(text, s.scan.Tokens[i])
}

// nameIn is the identifier that a token is.
func (s *session) nameIn(text []byte, t parser.Token) (string, bool) {
	if t.Kind != parser.Ident && t.Kind != parser.QuotedIdent {
		return "", false
	}
	return parser.Unquote(text, t, s.dialect), true
}

func (s *session) useVerb(text []byte, more bool) (bool, error) {
	name, ok := s.nameAt(text, 1)
	if !ok || len(s.scan.Tokens) != 2 {
		return true, s.syntax(text, 1)
	}
	if err := s.use(name); err != nil {
		return true, err
	}
	s.quiet()
	s.ok(0, more)
	return true, nil
}

// syntax is MySQL's error at token i.
func (s *session) syntax(text []byte, i int) error {
	at := len(text)
	if i < len(s.scan.Tokens) {
		at = s.scan.Tokens[i].Start
	}
	return syntaxError(text, at)
}

// quiet clears the diagnostics area, as a statement without warnings does.
func (s *session) quiet() { s.diag = s.diag[:0] }

// beginVerb starts a transaction. No server hears of it before the first statement,
// unless one is open already, which it commits.
func (s *session) beginVerb(text []byte, more bool) (bool, error) {
	if err := s.checkBegin(text); err != nil {
		return true, err
	}
	if s.srv.isDraining() {
		return true, errShutdown
	}
	s.unlockTables()
	if err := s.unlockHeld(); err != nil {
		return true, err
	}
	if s.asksSnapshot(text) {
		return true, s.beginSnapshot(text, more)
	}
	if len(s.txn.more) > 0 {
		if err := s.commitAll(); err != nil {
			return true, err
		}
	}
	if err := s.leaveReplica(); err != nil {
		return true, err
	}
	if s.txn.conn != nil {
		err := s.onHeld(text, more)
		s.txn.ended()
		s.txn.opened = strings.Join(s.words(text), " ")
		return true, err
	}
	s.txn.savepoints = nil
	s.txn.begin = strings.Join(s.words(text), " ") // without comments: more text follows it
	s.quiet()
	s.ok(0, more)
	return true, nil
}

// checkBegin accepts the forms of BEGIN and START TRANSACTION.
func (s *session) checkBegin(text []byte) error {
	w := s.words(text)
	if w[0] == "BEGIN" {
		if len(w) == 1 || (len(w) == 2 && w[1] == "WORK") {
			return nil
		}
		return s.syntax(text, 1)
	}
	if len(w) < 2 || w[1] != "TRANSACTION" {
		_, err := refuseAdmin(s, text, false)
		return err
	}
	access := ""
	for i := 2; i < len(w); {
		switch rest := strings.Join(w[i:min(i+3, len(w))], " "); {
		case rest == "WITH CONSISTENT SNAPSHOT":
			i += 3
		case strings.HasPrefix(rest, "READ ONLY"), strings.HasPrefix(rest, "READ WRITE"):
			if access != "" && access != w[i+1] {
				return s.syntax(text, len(w))
			}
			access = w[i+1]
			i += 2
		case strings.HasPrefix(rest, "WITH CONSISTENT"):
			return s.syntax(text, i+2)
		case w[i] == "WITH", w[i] == "READ":
			return s.syntax(text, i+1)
		default:
			return s.syntax(text, i)
		}
		if i < len(w) {
			if w[i] != "," || i+1 == len(w) {
				return s.syntax(text, i)
			}
			i++
		}
	}
	return nil
}

// onHeld relays a statement of the session itself to the connection it holds.
func (s *session) onHeld(text []byte, more bool) error {
	s.next = call{group: s.txn.conn.Server().Group, sql: text, more: more, outside: true}
	_, err := s.text(&s.next)
	return err
}

// completion reads the options of COMMIT and ROLLBACK from token i on.
func (s *session) completion(text []byte, i int) (chain, release bool, err error) {
	w := s.words(text)
	if i < len(w) && w[i] == "WORK" {
		i++
	}
	if i < len(w) && w[i] == "AND" {
		i++
		no := i < len(w) && w[i] == "NO"
		if no {
			i++
		}
		if i >= len(w) || w[i] != "CHAIN" {
			return false, false, s.syntax(text, i)
		}
		chain = !no
		i++
	}
	if i < len(w) && (w[i] == "NO" || w[i] == "RELEASE") {
		no := w[i] == "NO"
		if no {
			i++
		}
		if i >= len(w) || w[i] != "RELEASE" || (chain && !no) {
			return false, false, s.syntax(text, i)
		}
		release = !no
		i++
	}
	if i < len(w) {
		return false, false, s.syntax(text, i)
	}
	switch v, _ := s.settings.Value("completion_type"); v {
	case "CHAIN", "1":
		chain = chain || len(w) == 1
	case "RELEASE", "2":
		release = release || len(w) == 1
	}
	return chain, release, nil
}

func (s *session) commitVerb(text []byte, more bool) (bool, error) {
	return true, s.endTxn(text, 1, more)
}

// endTxn commits or rolls back.
func (s *session) endTxn(text []byte, i int, more bool) error {
	chain, release, err := s.completion(text, i)
	if err != nil {
		return err
	}
	if release {
		s.quit = true
	}
	commit := s.scan.First == parser.Commit
	if commit {
		s.endures.Store(true)
		if err := s.redoUnsent(); err != nil {
			return err
		}
	}
	if len(s.txn.more) > 0 || commit && s.decides() {
		return s.endAll(commit, chain, more)
	}
	if s.txn.conn != nil {
		if release {
			// The server ends its connection after the reply.
			s.txn.conn.Doubt("released by client")
		}
		opened, once := s.txn.opened, s.txn.openedOnce
		err := s.onHeld(text, more)
		if chain && s.txn.trans {
			s.txn.ended()
			s.txn.opened, s.txn.openedOnce = withoutSnapshot(opened), once
		}
		return err
	}
	switch {
	case !chain:
		s.txn.begin, s.txn.once = "", nil
	case s.txn.begin == "":
		s.txn.begin = "BEGIN"
	}
	s.txn.savepoints = nil
	s.quiet()
	s.ok(0, more)
	return nil
}

func (s *session) rollbackVerb(text []byte, more bool) (bool, error) {
	w := s.words(text)
	i := 1
	if i < len(w) && w[i] == "WORK" {
		i++
	}
	if i >= len(w) || w[i] != "TO" {
		return true, s.endTxn(text, 1, more)
	}
	i++
	if i < len(w) && w[i] == "SAVEPOINT" && i+1 < len(w) {
		i++
	}
	return true, s.savepoint(text, i, more, s.txn.rollbackTo)
}

func (s *session) savepointVerb(text []byte, more bool) (bool, error) {
	return true, s.savepoint(text, 1, more, func(name string) bool {
		if s.txn.open() || !s.autocommit() {
			return s.txn.set(name)
		}
		return true
	})
}

func (s *session) releaseVerb(text []byte, more bool) (bool, error) {
	if w := s.words(text); len(w) < 2 || w[1] != "SAVEPOINT" {
		return true, s.syntax(text, 1)
	}
	return true, s.savepoint(text, 2, more, s.txn.release)
}

// savepoint runs a statement about the savepoint whose name is token i: on the held
// connection if there is one, otherwise on the list of those no server knows of.
func (s *session) savepoint(text []byte, i int, more bool, local func(string) bool) error {
	name, ok := s.nameAt(text, i)
	if !ok || len(s.scan.Tokens) != i+1 {
		return s.syntax(text, i)
	}
	if s.txn.conn != nil {
		return s.savepointOnHeld(text, name, more, local)
	}
	if !local(name) {
		return wire.Errorf(1305, "42000", "SAVEPOINT %s does not exist", name)
	}
	s.quiet()
	s.ok(0, more)
	return nil
}

// savepointOnHeld runs a statement about a savepoint on all branches of the
// transaction.
func (s *session) savepointOnHeld(text []byte, name string, more bool, local func(string) bool) error {
	known := find(s.txn.marks, name) >= 0
	if s.txn.trans && (known || s.scan.First == parser.Savepoint) {
		if err := s.eachBranch(string(text)); err != nil {
			s.rollbackAll()
			return err
		}
	}
	if err := s.onHeld(text, more); err != nil || s.relay.out.Err != nil {
		return err
	}
	if s.txn.trans {
		local(name)
	}
	return nil
}

// endAll ends a transaction that is open on several groups.
func (s *session) endAll(commit, chain, more bool) error {
	opened, once := s.txn.opened, s.txn.openedOnce
	var warned []diagnostic
	if commit {
		if err := s.commitAll(); err != nil {
			return err
		}
	} else {
		warned = s.rollbackWarned()
	}
	if chain {
		if s.txn.begin = withoutSnapshot(opened); opened == "" {
			s.txn.begin = "BEGIN"
		}
		s.txn.once = once
	}
	s.diag = append(s.diag[:0], warned...)
	s.okWith(wire.OK{Warnings: s.standing()}, more)
	return nil
}

func (s *session) killVerb(text []byte, more bool) (bool, error) {
	w := s.words(text)
	i, all := 1, true
	if i < len(w) && (w[i] == "QUERY" || w[i] == "CONNECTION") {
		all = w[i] == "CONNECTION"
		i++
	}
	if i == len(w) {
		return true, s.syntax(text, i)
	}
	id, err := strconv.ParseUint(w[i], 10, 32)
	if err != nil || i+1 != len(w) {
		if id, err = s.idOf(text, i); err != nil {
			return true, err
		}
	}
	if err := s.kill(uint32(id), all); err != nil {
		return true, err
	}
	s.quiet()
	s.ok(0, more)
	return true, nil
}

// idOf is the value of the expression that begins at token i and ends with the statement,
// as KILL reads it.
func (s *session) idOf(text []byte, i int) (uint64, error) {
	if e, ok := errors.AsType[*wire.Error](s.try(s.home(), text)); ok && e.Number == errSyntax {
		return 0, e
	}
	query := append([]byte("SELECT CAST("), text[s.scan.Tokens[i].Start:s.scan.Tokens[len(s.scan.Tokens)-1].End]...)
	query = append(query, " AS SIGNED)"...)
	if err := s.scan.Run(query, 0, s.dialect); err != nil {
		return 0, err
	}
	n, err := s.plan(query)
	if err != nil {
		return 0, err
	}
	p, ok := n.(*plan.Relay)
	if !ok {
		return 0, plan.Unsupported("KILL with an expression of this kind", s.snap.conf.Pos, "write the number")
	}
	if len(p.Route.Databases) > 0 {
		return 0, wire.Errorf(1235, "42000", "This version of MySQL doesn't yet support 'Usage of subqueries or stored function calls as part of this statement'")
	}
	q, err := s.bind(p, query)
	if err != nil {
		return 0, err
	}
	out, err := s.collect(q, nil)
	switch {
	case err != nil:
		return 0, err
	case out.Err != nil:
		return 0, out.Err
	case len(q.answer.Rows) != 1:
		return 0, wire.ErrMalformed
	}
	id, _ := strconv.ParseInt(string(q.answer.Rows[0][0]), 10, 64) // NULL is 0
	return uint64(id), nil
}

func (s *session) unlockVerb(text []byte, more bool) (bool, error) {
	if w := s.words(text); len(w) != 2 || w[1] != "TABLES" && w[1] != "TABLE" && w[1] != "INSTANCE" {
		return true, s.syntax(text, 1)
	}
	if s.tables != nil {
		s.unlockTables()
		if s.txn.trans {
			if err := s.commitAll(); err != nil {
				return true, err
			}
		}
		s.quiet()
		s.ok(0, more)
		return true, nil
	}
	if s.txn.conn == nil {
		s.quiet()
		s.ok(0, more)
		return true, nil
	}
	s.txn.why &^= plan.PinTableLocks
	return true, s.onHeld(text, more)
}

// showVerb answers what only the session knows: its warnings, and the sessions.
func (s *session) showVerb(text []byte, more bool) (bool, error) {
	w := s.words(text)
	if !ownShow(w) {
		return false, nil
	}
	switch {
	case len(w) >= 2 && (w[1] == "WARNINGS" || w[1] == "ERRORS"):
		offset, limit, err := s.limitClause(text, w, 2)
		if err != nil {
			return true, err
		}
		s.showDiagnostics(w[1] == "ERRORS", offset, limit, more)
		return true, nil
	case len(w) == 6 && w[1] == "COUNT" && w[2] == "(" && w[3] == "*" && (w[5] == "WARNINGS" || w[5] == "ERRORS"):
		s.countDiagnostics(w[5] == "ERRORS", more)
		return true, nil
	case isToken(w):
		return true, s.showToken(more)
	case asksGrants(w):
		return true, s.showGrants(w, text, more)
	case statusAsked(w) != "":
		s.quiet()
		s.showStatus(w, more)
		return true, nil
	default:
		s.quiet()
		s.processList(w[1] == "FULL", more)
		return true, nil
	}
}

// limitClause reads LIMIT n, LIMIT o, n or LIMIT n OFFSET o from token i on.
func (s *session) limitClause(text []byte, w []string, i int) (offset, limit int, err error) {
	limit = int(^uint(0) >> 1)
	if i == len(w) {
		return 0, limit, nil
	}
	number := func(k int) int {
		if k >= len(w) {
			return -1
		}
		n, err := strconv.ParseUint(w[k], 10, 31)
		if err != nil {
			return -1
		}
		return int(n)
	}
	a, b := number(i+1), number(i+3)
	switch {
	case w[i] == "LIMIT" && a >= 0 && len(w) == i+2:
		return 0, a, nil
	case w[i] == "LIMIT" && a >= 0 && b >= 0 && len(w) == i+4 && w[i+2] == ",":
		return a, b, nil
	case w[i] == "LIMIT" && a >= 0 && b >= 0 && len(w) == i+4 && w[i+2] == "OFFSET":
		return b, a, nil
	}
	return 0, 0, s.syntax(text, i)
}

// ownShow reports whether a SHOW is one that only the session can answer.
func ownShow(w []string) bool {
	switch {
	case len(w) >= 2 && (w[1] == "WARNINGS" || w[1] == "ERRORS"):
		return true
	case len(w) == 6 && w[1] == "COUNT" && w[2] == "(" && w[3] == "*" && (w[5] == "WARNINGS" || w[5] == "ERRORS"):
		return true
	}
	return isToken(w) || asksGrants(w) || statusAsked(w) != "" || len(w) == 2 && w[1] == "PROCESSLIST" || len(w) == 3 && w[1] == "FULL" && w[2] == "PROCESSLIST"
}
