package proxy

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// comQuery answers one COM_QUERY: one statement, or several where the client may
// send several.
func (s *session) comQuery(p []byte) error {
	sql, attrs, err := wire.ParseQuery(p, s.caps)
	if err != nil {
		return err
	}
	s.refresh()
	tenant := s.tenant
	s.tenantAttribute(attrs)
	defer func() {
		if len(attrs) > 0 {
			s.tenant = tenant
		}
		s.behind = nil
	}()
	ran, more := false, false
	for from := 0; from < len(sql) || !ran; {
		if from > 0 || !s.familiar.Read(s.scan, sql, s.dialect) {
			if err := s.scan.Run(sql, from, s.dialect); err != nil {
				return s.orSyntax(sql[from:], err) // which may stop before what cannot be read
			}
		}
		if s.scan.First == parser.None {
			if s.scan.Next >= len(sql) {
				if more { // a comment behind the last delimiter, which is a statement of its own
					s.quiet()
					s.ok(0, false)
				}
				break
			}
			if more && follows(sql, s.scan.Next) || !s.blank(sql, s.scan.Next) { // no statement before a delimiter
				return syntaxError(sql, s.scan.Next-1)
			}
			from = s.scan.Next
			continue
		}
		s.lead = sql[from:s.scan.Start]
		from = s.scan.Next
		more = follows(sql, from)
		if more && !s.multi && s.blank(sql, from) {
			more, sql = false, sql[:from]
		}
		if more && !s.multi {
			whole := bytes.TrimRight(sql, "; \t\r\n\f\v")
			rest := bytes.TrimLeft(whole[from:], " \t\r\n")
			return syntaxError(whole, len(whole)-len(rest))
		}
		text := sql[s.scan.Start:s.scan.End]
		s.behind = nil
		if more {
			s.behind = bytes.TrimRight(sql[s.scan.End:], "; \t\r\n\f\v")
		}
		if s.scan.Start > 0 {
			if err := s.scan.Run(text, 0, s.dialect); err != nil {
				return err
			}
		}
		ran = true
		if stopped, err := s.one(text, more); err != nil || stopped {
			return err
		}
		if more {
			s.outlive()
		}
	}
	if !ran {
		if len(bytes.Trim(sql, " \t\r\n\f\v;")) > 0 { // nothing but comments, as in scripts
			s.quiet()
			s.ok(0, false)
			return nil
		}
		return wire.Errorf(1065, "42000", "Query was empty")
	}
	return nil
}

// follows reports whether a server takes what follows a statement for another one, if only
// for a comment.
func follows(sql []byte, from int) bool {
	return from < len(sql) && len(bytes.TrimLeft(sql[from:], "; \t\r\n\f\v")) > 0
}

// syntaxError is MySQL's error for text that cannot stand where it stands.
func syntaxError(sql []byte, at int) error {
	return &parser.SyntaxError{Pos: at, Near: string(sql[at:min(len(sql), at+80)]), Line: 1 + bytes.Count(sql[:at], []byte("\n"))}
}

// tenantAttribute lets a query attribute name the tenant of one packet.
func (s *session) tenantAttribute(attrs []wire.Attribute) {
	for _, a := range attrs {
		if a.Name == "sluice_tenant" && s.user.Tenant == "" {
			s.tenant = a.Value
		}
	}
}

// refresh takes the newest snapshot, unless the session holds something that belongs
// to its own.
func (s *session) refresh() {
	newest := s.srv.snap.Load()
	switch {
	case newest == s.snap || s.tables != nil || s.txn.open():
		return
	case s.txn.conn != nil || s.locks != nil:
		if newest.conf != s.snap.conf {
			return
		}
		if s.txn.shard != nil { // only definitions have changed: the shards are the same
			s.txn.shard, _ = newest.rules.Shard(s.txn.shard.Name)
		}
	}
	s.snap = newest
}

// one runs one statement. stopped is true when a server's error has been relayed, so
// that the rest of the packet must not run.
func (s *session) one(text []byte, more bool) (stopped bool, err error) {
	s.relay.out.Err = nil
	s.show(text)
	m := s.srv.metrics.start(s)
	defer func() {
		s.publish(err)
		m.end(s, err)
	}()
	if s.scan.Params > 0 {
		if i := slices.IndexFunc(s.scan.Tokens, isParam); i >= 0 {
			return false, s.syntax(text, i)
		}
	}
	if err = s.dispatch(text, more); err != nil {
		return false, s.quoting(text, err)
	}
	return s.relay.out.Err != nil, nil
}

// dispatch runs the statement that s.scan has just read.
func (s *session) dispatch(text []byte, more bool) error {
	if f := verbOf(s.scan.First); f != nil {
		if !s.verbStays() {
			s.task.Off()
		}
		done, err := f(s, text, more)
		if unread(err) {
			err = s.orOwn(text, err)
		}
		if err != nil || done {
			s.srv.metrics.planned(planSession)
			return err
		}
	}
	err := s.planAndRun(text, more)
	if err == errDefined { //nolint:errorlint // our own value; nothing was sent yet
		s.refresh()
		err = s.planAndRun(text, more)
	}
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Programs && s.txn.conn == nil && !s.txn.open() {
		s.srv.redefine(s.srv.ctx, s.snap.rules.Databases...)
		s.refresh()
		err = s.planAndRun(text, more)
	}
	return err
}

// verbStays reports whether a statement about the session itself, which s.scan has read,
// waits for nothing but its client and the server that the session holds.
func (s *session) verbStays() bool {
	switch s.scan.First {
	case parser.Select:
		return true
	case parser.Begin:
		return s.txn.conn == nil && len(s.txn.more) == 0
	case parser.Commit, parser.Rollback:
		return len(s.txn.more) == 0 && !s.certain && len(s.scan.Tokens) == 1
	}
	return false
}

// isParam reports whether a token is a ?, which only a prepared statement may have.
func isParam(t parser.Token) bool { return t.Kind == parser.Param }

// unread reports whether the verb of a statement has been answered by an error that says
// nothing of the rest of the text: a server may be unable to read it, and know better
// from where on.
func unread(err error) bool {
	if _, ok := errors.AsType[*parser.SyntaxError](err); ok {
		return true
	}
	r, ok := errors.AsType[*plan.Refusal](err)
	return ok && r.Number == 1235
}

func (s *session) planAndRun(text []byte, more bool) error {
	n, err := s.plan(text)
	if err != nil {
		return s.committed(err)
	}
	return s.run(n, text, more)
}

// committed is the error of a statement that has no plan. Where it is MySQL's own and says
// of a definition that something is not there, the definition has committed what was open.
func (s *session) committed(err error) error {
	r, ok := errors.AsType[*plan.Refusal](err)
	if !ok || !s.txn.open() || s.tables != nil {
		return err
	}
	switch r.Number {
	case 1235, 1046, 1064: // ours, no database selected, unreadable: nothing has begun
		return err
	}
	switch s.scan.First {
	case parser.Create, parser.Alter, parser.Drop, parser.Truncate, parser.Rename, parser.Lock, parser.Analyze, parser.Optimize, parser.Check, parser.Repair:
	default:
		return err
	}
	if s.concernsTemporary() {
		return err
	}
	return cmp.Or(s.commitsAll(), err)
}

// plan finds or makes the plan of the text that s.scan has just read.
func (s *session) plan(text []byte) (plan.Node, error) {
	s.current = text
	env := s.env()
	if n, ok := s.snap.plans.Find(s.scan, &env, &s.familiar); ok {
		return n, nil
	}
	s.task.Off() // to plan takes longer than others should wait
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil, err
	}
	n, err := s.snap.router.Plan(stmt, env)
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Number != 1235 && stmt.Tree == nil {
		return nil, s.orSyntax(text, err)
	}
	if err := s.unknownUnderLocks(err); err != nil {
		return nil, s.orOwn(text, err)
	}
	if p, ok := n.(*plan.Relay); ok {
		p.UserLocks, p.FreesLocks = concernsLocks(stmt.Functions)
	}
	s.snap.plans.Keep(s.scan, text, &env, n)
	return n, nil
}

// env is what of the session decides about a plan.
func (s *session) env() router.Env {
	return router.Env{
		Database: s.db, Tenant: s.tenant, TenantOnly: s.user.TenantOnly, Dialect: s.dialect, Charset: s.charset, Collation: s.collation,
		Temporary: s.txn.temporary, Pinned: s.txn.shard,
	}
}

// run carries a plan out.
func (s *session) run(node plan.Node, text []byte, more bool) error {
	err := s.runBy(node, text, more, s.aim)
	if err == errAbsent { //nolint:errorlint // our own value, never wrapped
		return s.runBy(node, text, more, s.bind)
	}
	return err
}

// binder finds the shard of a plan for the values of an execution.
type binder func(*plan.Relay, []byte) (*call, error)

// runBy is run with the way to find the shard of a plan.
func (s *session) runBy(node plan.Node, text []byte, more bool, bind binder) error {
	if err := s.ready(node); err != nil {
		return err
	}
	switch n := node.(type) {
	case *plan.TableLocks:
		s.task.Off()
		return s.lockTables(n, more)
	case *plan.Values:
		s.srv.metrics.planned(planValues)
		if len(n.Columns) == 0 {
			return s.nothingToDo(n, more)
		}
		return s.values(n, more)
	case *plan.Everywhere:
		s.task.Off()
		return s.everywhere(n, text, more)
	case *plan.Relay:
		if len(n.AddsUp) > 0 {
			s.task.Off()
			return s.showIndex(n, text, more)
		}
		if s.locksTables(text) {
			if err := s.relock(); err != nil {
				return err
			}
		}
		if err := s.commitsFirst(n); err != nil {
			return err
		}
		if n.Unique != nil || n.UserLocks || s.scan.First == parser.Load || n.Class != plan.Read && n.Class != plan.Write {
			s.task.Off()
		}
		if n.Unique != nil {
			return s.claim(n, text, more)
		}
		q, err := bind(n, text)
		if err != nil {
			if err := s.heldLocks(); err != nil {
				return err
			}
			if done, err := s.analyzed(n, text, more, err); done {
				return err
			}
			if done, err := s.scatter(n, text, more, err); done {
				return err
			}
			s.task.Off()
			q, err = s.gatherFor(n, text, err)
		}
		if err != nil {
			return s.split(n, text, more, err)
		}
		q.more = more
		if err := s.readFrom(q, n, text); err != nil {
			return err
		}
		return s.answered(n, q, text, func() error { return s.runText(n, q, text) })
	}
	return plan.Unsupported("this kind of plan cannot run", s.snap.conf.Pos, "")
}

// runText runs a bound statement.
func (s *session) runText(p *plan.Relay, q *call, text []byte) error {
	t := s.temporaries(p, text)
	out, err := s.text(q)
	switch {
	case err != nil:
		return err
	case out.Absent:
		s.forget(q.tries)
		return errAbsent
	case out.Err != nil:
		return nil
	}
	s.recount(t)
	s.definedHere(p, text, out)
	if p.FreesLocks {
		s.freeLocks()
	}
	return nil
}

// commitsFirst commits a transaction that is open on several groups before a statement
// that commits by itself.
func (s *session) commitsFirst(p *plan.Relay) error {
	if len(s.txn.more) == 0 || p.Pins&plan.PinTempTable != 0 || p.Needs&plan.NeedTempTables != 0 || !s.commits(p.Class) {
		return nil
	}
	s.task.Off()
	return s.commitAll()
}

// commits reports whether the present statement, which is of a class, commits before it
// runs. HANDLER, CHECKSUM TABLE and definitions of temporary tables do not.
func (s *session) commits(class plan.Class) bool {
	switch class {
	case plan.DDL:
		return !s.concernsTemporary()
	case plan.Lock:
		return s.scan.First == parser.Lock
	case plan.Other:
		return s.scan.First != parser.Checksum
	}
	return false
}

// concernsTemporary reports whether the present statement is CREATE or DROP TEMPORARY TABLE.
func (s *session) concernsTemporary() bool {
	if s.scan.First != parser.Create && s.scan.First != parser.Drop || len(s.scan.Tokens) < 2 {
		return false
	}
	return bytes.EqualFold(s.scan.Tokens[1].Text(s.current), []byte("temporary"))
}

// bindOrGather binds a plan, or, where its rows are on several shards, prepares to bring
// them together.
func (s *session) bindOrGather(p *plan.Relay, text []byte) (*call, error) {
	if p.Unique != nil { // whoever forgets to call claim must not write
		return nil, plan.Unsupported("a write that would not be seen by the unique keys of "+p.Unique.Table.Name, p.Unique.Table.Enforced[0].Pos, "send it as a statement of its own")
	}
	q, err := s.bind(p, text)
	if err != nil {
		return s.gatherFor(p, text, err)
	}
	return q, nil
}

// gatherFor makes the call of a statement whose rows must be brought together, because
// Bind has refused it.
func (s *session) gatherFor(p *plan.Relay, text []byte, refused error) (*call, error) {
	if p.Explains != plan.NoExplain && !p.Collects {
		return s.explainOnOne(p, text, refused)
	}
	g, err := s.gather(p, text, refused)
	if err != nil {
		return nil, err
	}
	return g.call(p, text), nil
}

// bind finds the shard of a plan for the values of this execution, asking the shards
// where the rows are if need be.
func (s *session) bind(p *plan.Relay, text []byte) (*call, error) {
	return s.bindBy(p, text, s.locate)
}

// bindBy is bind with the way to find rows.
func (s *session) bindBy(p *plan.Relay, text []byte, locate func(*plan.Locate) (*rules.Shard, error)) (*call, error) {
	if err := s.unlistedColumns(p, text); err != nil {
		return nil, err
	}
	for _, t := range p.Timeless {
		counter(&s.srv.metrics.timeless, t.Name).Add(1)
	}
	var t plan.Target
	if err := p.BindInto(&t, text, s); err != nil {
		return nil, err
	}
	s.srv.metrics.planned(planRelay)
	if t.Locate != nil {
		s.srv.metrics.planned(planLocate)
		shard, err := locate(t.Locate)
		switch {
		case err != nil:
		case shard == nil && t.Locate.Must():
			err = t.Locate.Absent()
		case shard == nil:
			t, err = p.BindNone(text, s, t.Locate)
		default:
			t, err = p.BindTo(text, s, shard)
		}
		if err != nil {
			return nil, err
		}
	} else if t.Free && !p.UserLocks {
		var err error
		if t, err = s.nearer(p, text, t); err != nil {
			return nil, err
		}
	}
	if p.UserLocks {
		var err error
		if t, err = s.atLocks(p, text, t); err != nil {
			return nil, err
		}
	}
	if p.Pins&plan.PinTempTable != 0 {
		if err := s.beside(t.Shard); err != nil {
			return nil, err
		}
	}
	s.target = t.Shard
	s.srv.recent.add(s, p, &t)
	q := s.callOf(p, &t, text)
	if p.UserLocks {
		return q, s.lockCall(p, q)
	}
	if p.Class == plan.Call {
		return q, s.locksInside(p, text)
	}
	return q, nil
}

// atLocks sends statements about user locks to the one group that owns them all, so
// that a lock means the same whatever a session's current database is.
func (s *session) atLocks(p *plan.Relay, text []byte, t plan.Target) (plan.Target, error) {
	home := s.snap.rules.Locks
	if t.Shard.Group == home.Group {
		return t, nil
	}
	if !t.Free || len(p.Route.Databases) > 0 {
		return t, plan.Unsupported("user locks are kept on group "+home.Group+" and the statement's tables are on group "+t.Shard.Group, home.Pos,
			"take the lock in a statement of its own")
	}
	return p.BindTo(text, s, home)
}

// nearer prefers, where any shard would do, the one whose group the session already
// holds a connection on.
func (s *session) nearer(p *plan.Relay, text []byte, t plan.Target) (plan.Target, error) {
	c := s.txn.conn
	if c == nil || t.Shard == nil || t.Shard.Group == c.Server().Group {
		return t, nil
	}
	for _, d := range s.snap.rules.Databases {
		for _, shard := range d.Shards {
			if shard.Group != c.Server().Group || (len(p.Route.Databases) > 0 && p.Route.Databases[0] != d) {
				continue
			}
			return p.BindTo(text, s, shard)
		}
	}
	return t, nil
}

// callOf makes the call of a bound plan.
func (s *session) callOf(p *plan.Relay, t *plan.Target, text []byte) *call {
	q := &s.next
	*q = call{} // a literal with its fields would be made elsewhere and copied
	q.plan, q.group, q.schema, q.shard, q.sql = p, t.Shard.Group, t.Shard.Schema, t.Shard, text
	q.write, q.class, q.effects, q.pins = p.Class != plan.Read || p.Acts, p.Class, p.Effects, p.Pins&^plan.PinUserVars
	q.userVars, q.setsVars = p.UserVars, p.WritesUserVars
	q.needID, q.givesID, q.setsID = p.Needs&(plan.NeedInsertID|plan.SetsInsertID) != 0, p.Needs&plan.GivesInsertID != 0, p.Needs&plan.SetsInsertID != 0 || p.Class == plan.Call
	q.found = p.Needs&plan.SetsFoundRows != 0
	if t.SQL != nil {
		q.sql, q.own = t.SQL, text
	}
	switch s.scan.First {
	case parser.Show, parser.Describe: // definitions are in no transaction: none is opened on a further group for them
		q.outside = s.txn.trans && s.txn.conn.Server().Group != q.group
	}
	if isServers(s.db) {
		q.schema = s.db
	}
	q.home = s.group(q.group)
	q.spot = s.spotOf(p, t.Shard)
	q.names = q.spot.names
	if p.Class == plan.Call && s.leavesState(p, text) {
		q.pins |= plan.PinCall
		q.userVars, q.setsVars = s.withKnownVars(q.userVars), true
	}
	if q.alone = p.Class == plan.DDL && s.scan.DefinesProgram(text, s.dialect); q.alone {
		q.userVars, q.setsVars = nil, false // its body names them, it does not use them
	}
	return q
}

// withKnownVars adds all user variables that have a value to some: a procedure may read
// and set any of them.
func (s *session) withKnownVars(some []string) []string {
	all := slices.Clone(some)
	for name := range s.userVars {
		if !slices.Contains(some, name) {
			all = append(all, name)
		}
	}
	return all
}

// leavesState reports whether a procedure may leave user variables or temporary tables
// on its connection, as far as its text tells. The text of an unknown one tells nothing.
func (s *session) leavesState(p *plan.Relay, text []byte) bool {
	body, known := s.bodyOf(p, text)
	return !known || strings.ContainsAny(body, "@") || strings.Contains(body, "temporary") || strings.Contains(body, "call")
}

// bodyOf is the text of the procedure that a CALL names, in lower case.
func (s *session) bodyOf(p *plan.Relay, text []byte) (body string, known bool) {
	name, ok := s.nameAt(text, 1)
	if n, qualified := s.nameAt(text, 3); qualified && s.scan.Tokens[2].End-s.scan.Tokens[2].Start == 1 && text[s.scan.Tokens[2].Start] == '.' {
		name = n
	}
	if !ok || s.snap.schema == nil || len(p.Route.Databases) == 0 {
		return "", false
	}
	def, ok := s.snap.schema.Procedure(p.Route.Databases[0].Name, name)
	if !ok {
		return "", false
	}
	return strings.ToLower(def.Body), true
}

// isServers reports whether a schema is one that every server has for itself.
func isServers(schema string) bool {
	switch len(schema) {
	case len("sys"):
		return strings.EqualFold(schema, "sys")
	case len("mysql"):
		return strings.EqualFold(schema, "mysql")
	case len("information_schema"): // and of the other
		return strings.EqualFold(schema, "information_schema") || strings.EqualFold(schema, "performance_schema")
	}
	return false
}

// namesOf lists what must be hidden in the reply of a plan that runs on a shard's
// group.
func (s *session) namesOf(p *plan.Relay, on *rules.Shard) *names { return s.spotOf(p, on).names }

func newNamesOf(p *plan.Relay, on *rules.Shard) *names {
	var list []rename
	for _, d := range p.Route.Databases {
		for _, sh := range d.Shards {
			if sh.Group == on.Group {
				list = append(list, rename{sh.Schema, p.Show(sh)})
			}
		}
	}
	return newNames(list)
}

// values writes an answer that the router gave itself.
func (s *session) values(v *plan.Values, more bool) error {
	cols := valuesColumns(s, v)
	rows := make([][][]byte, min(uint64(len(v.Rows)), s.selectLimit()))
	for i, r := range v.Rows[:len(rows)] {
		for _, c := range r {
			rows[i] = append(rows[i], textOf(c))
		}
	}
	s.rowCount, s.found = -1, uint64(len(rows))
	s.diag = s.diag[:0]
	s.rows(cols, rows, more)
	return nil
}

// selectLimit is how many rows a query may return that has no LIMIT of its own; SHOW is one
// to a server.
func (s *session) selectLimit() uint64 {
	text, _ := s.settings.Value("sql_select_limit")
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n
	}
	return math.MaxUint64
}

// nothingToDo answers a definition that finds nothing to do: like any, it commits first.
func (s *session) nothingToDo(v *plan.Values, more bool) error {
	if s.tables == nil {
		if err := s.commitsAll(); err != nil {
			return err
		}
	}
	s.quiet()
	s.diag = append(s.diag, s.notes(v.Notes)...)
	s.okWith(wire.OK{Warnings: uint16(len(s.diag))}, more)
	return nil
}

// notes are the diagnostics that the session wants of some notes.
func (s *session) notes(some []plan.Note) []diagnostic {
	var out []diagnostic
	if wanted, set := s.settings.Value("sql_notes"); !set || wanted == "ON" || wanted == "1" {
		for _, n := range some {
			out = append(out, diagnostic{level: "Note", code: n.Number, message: n.Message})
		}
	}
	return out
}

// withAbsent adds to what a server says of the names that it was to drop what is known of
// those that it was not sent, in the order of the names.
func (s *session) withAbsent(diag []diagnostic, p *plan.Relay) []diagnostic {
	more := s.notes(p.Dropped.Absent)
	if len(more) == 0 {
		return diag
	}
	diag = append(diag, more...)
	at := func(d diagnostic) int {
		return slices.IndexFunc(p.Dropped.All, func(n plan.Note) bool { return n.Number == d.code && n.Message == d.message })
	}
	slices.SortStableFunc(diag, func(x, y diagnostic) int { return at(x) - at(y) })
	return diag
}

// asCatalogue gives the columns of SHOW TABLES and SHOW DATABASES the looks that they
// have from a server, which reads them from its data dictionary.
func asCatalogue(c *wire.Column, first string, only bool) {
	const fromView = wire.FlagNotNull | wire.FlagBinary | 4096 // NO_DEFAULT_VALUE_FLAG
	table := ""
	switch {
	case (first == "Database" || strings.HasPrefix(first, "Database (")) && only:
		table = "SCHEMATA"
	case strings.HasPrefix(first, "Tables_in_"):
		table = "TABLES"
	default:
		return
	}
	c.Table, c.OrgTable, c.OrgName, c.Decimals = table, strings.ToLower(table), c.Name, 0
	c.Flags |= fromView
	if c.Name == "Table_type" {
		c.Type, c.Length = wire.TypeString, 44
		c.Flags |= 256 // ENUM_FLAG
	}
}

// valuesColumns are the columns of an answer that the router gave itself.
func valuesColumns(s *session, v *plan.Values) []wire.Column {
	cols := make([]wire.Column, len(v.Columns))
	for i, c := range v.Columns {
		switch c.Kind {
		case value.String:
			cols[i] = wire.Text(c.Name, uint32(c.Length))
			cols[i].Charset = s.resultCharset()
		default:
			cols[i] = wire.Integer(c.Name, c.Kind == value.Uint)
		}
		cols[i].Flags &^= wire.FlagNotNull
		if c.NotNull {
			cols[i].Flags |= wire.FlagNotNull
		}
		asCatalogue(&cols[i], v.Columns[0].Name, len(v.Columns) == 1)
	}
	return cols
}

// describedColumns are the columns of such an answer as a server describes them when it
// has only prepared the statement: those of its data dictionary's views, which name the
// tables below by other aliases than the temporary table that execution fills.
func describedColumns(s *session, v *plan.Values) []wire.Column {
	const partOfKey, startsKey = 16384, 8 // PART_KEY_FLAG, MULTIPLE_KEY_FLAG
	cols := valuesColumns(s, v)
	for i := range cols {
		c := &cols[i]
		switch c.OrgTable {
		case "tables":
			c.OrgTable = "tbl"
		case "schemata":
			c.OrgTable, c.OrgName = "sch", "Database"
		default:
			continue
		}
		c.Schema = "information_schema"
		c.Flags |= partOfKey
		if c.Name == "Table_type" {
			c.Flags |= startsKey
		}
	}
	return cols
}
