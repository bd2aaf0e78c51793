package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// splitting is a write on several shards while it runs.
type splitting struct {
	s     *session
	plan  *plan.Split
	text  []byte
	parts []plan.Part
	clock string // the statement that gives all shards one time
	ok    wire.OK
	diag  []diagnostic
	// of the parts' info strings
	records, duplicates, matched, changed uint64
	info                                  string
	each                                  bool   // each row is a part
	made                                  bool   // ok.InsertID was made by a server
	numbered                              int    // and of the part that begins with this row
	ran                                   int    // parts so far
	lastID                                uint64 // what LAST_INSERT_ID() is for all of the statement
}

// split runs a write that Bind has refused because its rows are on several shards;
// refused is that error.
func (s *session) split(p *plan.Relay, text []byte, more bool, refused error) (err error) {
	found := s.found
	defer func() {
		if err != nil {
			s.found = found // whatever was asked meanwhile
		}
	}()
	var r *plan.Refusal
	if !errors.As(refused, &r) || !r.Wide || p.Class != plan.Write {
		return refused
	}
	if err := s.guarded(p.Tables); err != nil {
		return err
	}
	if p.Pins&plan.PinTempTable != 0 {
		return s.makeTemporary(p, text, more, refused)
	}
	if err := s.splitAllowed(); err != nil {
		if errors.As(err, &r) && r.Number == 1235 {
			return refusedTwice(refused, r)
		}
		return err
	}
	sp, rehearsal, err := s.writePlan(p, text, refused)
	if err != nil {
		return err
	}
	switch {
	case rehearsal != nil:
		return s.rehearse(p, rehearsal, text, more)
	case sp.File != nil:
		return s.load(sp, text, more)
	}
	o := plan.GatherOptions{Scatter: policyOf(s.user.Scatter)}
	x := &splitting{s: s, plan: sp, text: text}
	if x.parts, err = sp.Bind(text, s, o, false); err != nil {
		return err
	}
	s.srv.metrics.planned(planSplit)
	if len(x.parts) > 0 {
		s.srv.recent.add(s, p, &x.parts[0].Target)
	}
	x.clock = s.oneClock()
	open := s.txn.open()
	if err := s.atomicallyOn(x.groups(), s.reserve, x.run); err != nil {
		// Only what has been undone may run again, and only in the same transaction.
		if len(x.parts) < 2 || sp.Copies || !x.again(err) || s.txn.open() != open || s.quit {
			return err
		}
		if sp.Rows == nil {
			return x.rehearsed(err, more)
		}
		s.warned = nil
		if each := s.atomicallyOn(x.groups(), s.reserve, x.runEach(o)); each != nil {
			return x.alone(err, each)
		}
	}
	x.reply(more)
	return nil
}

// rehearsed runs an UPDATE or DELETE that has failed, or has warnings, on one server: which
// row they are of, and which comes first, depends on the order of all rows. err is what the
// shards said.
func (x *splitting) rehearsed(err error, more bool) error {
	s := x.s
	if e, ok := errors.AsType[*wire.Error](err); ok && !ofValue(e.Number) {
		return err
	}
	warned := slices.Clone(s.warned)
	r, refused := s.rehearsalPlan(x.plan.Relay, x.text)
	if refused == nil {
		s.warned = nil
		refused = s.rehearseOn(x.plan.Relay, r, x.text, more, plan.GatherOptions{Every: x.scans()})
		if _, ok := errors.AsType[*plan.Refusal](refused); ok { // all rows may be too many
			s.warned = nil
			refused = s.rehearse(x.plan.Relay, r, x.text, more)
		}
	}
	if _, ok := errors.AsType[*plan.Refusal](refused); !ok {
		return refused
	}
	if err == errOrder {
		return plan.Unsupported("warnings of rows on several shards whose order cannot be told", x.plan.Table.Pos, "change the rows of one "+x.plan.Table.Key+" per statement")
	}
	s.warned = warned
	return err
}

// scans reports whether servers look at all rows of the tables: their errors and warnings
// count the rows that they look at. Otherwise they count those that an index finds.
func (x *splitting) scans() bool {
	p := &x.parts[0]
	if st, ok := x.s.executing.(*prepared); ok && st.params > 0 {
		return true // the text has no values
	}
	sql := x.text
	if p.SQL != nil {
		sql = p.SQL
	}
	all := true
	err := x.s.apart(p.Shard, func(c *pool.Conn) error {
		r, err := c.Query("EXPLAIN FORMAT=TRADITIONAL " + string(sql))
		if err != nil {
			return err
		}
		const accessType = 4
		for _, row := range r.Rows {
			if len(row) > accessType {
				how := string(row[accessType])
				all = all && (how == "ALL" || how == "index")
			}
		}
		return nil
	})
	return err != nil || all
}

// ofValue reports whether an error is one of the values of a row.
func ofValue(number uint16) bool {
	switch number {
	case 1048, 1062, 1264, 1265, 1292, 1365, 1366, 1406, 1411, 1441, 1690, 3140, 3156, 3819:
		return true
	}
	return false
}

// alone is the error of an INSERT that ran row by row; first is why it did. A row that is
// the only one of its statement must not have NULL where one of several may, with a warning.
func (x *splitting) alone(first, each error) error {
	if e, ok := errors.AsType[*wire.Error](each); ok && e.Number == 1048 && (first == errOrder || !x.s.strict()) {
		x.s.warned = nil
		return plan.Unsupported("warnings of rows on several shards whose order cannot be told ("+e.Message+")", x.plan.Table.Pos, "insert the rows of one "+x.plan.Table.Key+" per statement")
	}
	return each
}

// strict reports whether values that do not fit are errors.
func (s *session) strict() bool {
	mode, known := s.settings.Value("sql_mode")
	if !known {
		mode = s.snap.base.SQLMode
	}
	mode = strings.ToUpper(mode)
	return strings.Contains(mode, "STRICT_TRANS_TABLES") || strings.Contains(mode, "STRICT_ALL_TABLES") || strings.Contains(mode, "TRADITIONAL")
}

// oneClock is the statement that gives all shards one time; empty where the session has
// stopped it anyway.
func (s *session) oneClock() string {
	if _, own := s.settings.Value("timestamp"); own {
		return ""
	}
	now := time.Now()
	return fmt.Sprintf("SET @@SESSION.timestamp=%d.%06d", now.Unix(), now.Nanosecond()/1000)
}

// timeOf is the time of a statement by oneClock.
func timeOf(clock string) string {
	_, at, _ := strings.Cut(clock, "=")
	return at
}

// leavesRoom are the reasons for holding a connection that let a transaction go on
// elsewhere: it begins on that connection.
const leavesRoom = plan.PinTempTable | plan.PinCall

// splitAllowed refuses a write over shards where the session cannot have one.
func (s *session) splitAllowed() error {
	if why := s.txn.why &^ leavesRoom; why != 0 {
		return plan.Unsupported("the session holds a connection ("+why.String()+")", s.snap.conf.Pos, "end that state first")
	}
	return nil
}

// writePlan finds or makes the plan of a write on several shards: each does its part of
// it, or it is rehearsed.
func (s *session) writePlan(p *plan.Relay, text []byte, refused error) (*plan.Split, *plan.Rehearsal, error) {
	if r := p.Rehearsal(); r != nil {
		return nil, r, nil
	}
	sp, err := s.splitPlan(p, text)
	r, ok := errors.AsType[*plan.Refusal](err)
	if err == nil || !ok || r.Number != 1235 {
		return sp, nil, err
	}
	rehearsal, err := s.rehearsalPlan(p, text)
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Number == 1235 {
		return nil, nil, s.orMistake(p, text, refusedTwice(refused, r))
	}
	return nil, rehearsal, err
}

func (s *session) splitPlan(p *plan.Relay, text []byte) (*plan.Split, error) {
	if sp := p.Split(); sp != nil {
		return sp, nil
	}
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil, err
	}
	sp, err := s.snap.router.Split(stmt, s.env())
	if err != nil {
		return nil, s.orOwn(text, err)
	}
	if p.Cacheable {
		p.KeepSplit(sp)
	}
	return sp, nil
}

// groups lists the groups of the parts in a fixed order, so that two statements cannot
// wait for each other in a circle.
func (x *splitting) groups() []string {
	var out []string
	for _, name := range x.s.snap.rules.Groups {
		for i := range x.parts {
			if x.parts[i].Shard.Group == name {
				out = append(out, name)
				break
			}
		}
	}
	return out
}

// run runs the parts, group by group.
func (x *splitting) run() error {
	for _, group := range x.groups() {
		for i := range x.parts {
			if x.parts[i].Shard.Group != group {
				continue
			}
			if err := x.part(&x.parts[i]); err != nil {
				return err
			}
		}
	}
	if len(x.parts) > 1 && x.plan.Table != nil && !x.plan.Copies && !x.sorted() {
		return errOrder
	}
	return x.lastGiven()
}

// sorted brings the warnings of parts into the order of the rows; false if their order
// cannot be told.
func (x *splitting) sorted() bool {
	of, numbered := 0, x.plan.Rows != nil
	for i := range x.diag {
		d := &x.diag[i]
		d.row = -1
		if x.ofStatement(*d) {
			continue
		}
		if of == 0 {
			of = d.part
		}
		d.row = 0
		if of != d.part {
			of = -1
		}
		if n := atRow.FindStringSubmatch(d.message); n != nil {
			d.row, _ = strconv.Atoi(n[1])
		} else {
			numbered = false
		}
	}
	switch {
	case of < 0 && !numbered && x.allAlike():
		return true
	case of < 0 && !numbered:
		return false
	case of >= 0 && x.plan.Rows == nil && len(x.diag) > 0 && x.aboutRows():
		return false // each shard counts its own rows
	}
	slices.SortStableFunc(x.diag, func(a, b diagnostic) int {
		if of >= 0 { // all of one shard, in its order
			return min(a.row, 0) - min(b.row, 0)
		}
		return a.row - b.row
	})
	return true
}

// allAlike reports whether all warnings of rows say the same, so that their order does not
// matter. Where all shards that have some have as many, they may be of a constant that each
// of them has converted once, as one server would.
func (x *splitting) allAlike() bool {
	var first *diagnostic
	of := map[int]int{}
	for i := range x.diag {
		d := &x.diag[i]
		switch {
		case d.row < 0 || atRow.MatchString(d.message): // of the statement; or of a row that its shard counts
			return false
		case first == nil:
			first = d
		case d.level != first.level || d.code != first.code || d.message != first.message:
			return false
		}
		of[d.part]++
	}
	return x.plan.Rows != nil || slices.ContainsFunc(x.diag, func(d diagnostic) bool { return of[d.part] != of[x.diag[0].part] })
}

// aboutRows reports whether a warning says in which row it came.
func (x *splitting) aboutRows() bool {
	return slices.ContainsFunc(x.diag, func(d diagnostic) bool { return atRow.MatchString(d.message) })
}

// ofStatement reports whether a warning is one of the text, which comes once and before
// those of rows.
func (x *splitting) ofStatement(d diagnostic) bool {
	// 1364: a column that is not named has no default
	return warnsOfText(d.code) || d.code == 1364 && !bytes.Contains(bytes.ToLower(x.text), []byte("default"))
}

// warnsOfText reports whether a warning is of what the text says, whatever the rows are:
// deprecated syntax, INSERT DELAYED, utf8 for utf8mb3, a collation of utf8mb3.
func warnsOfText(code uint16) bool {
	switch code {
	case 1287, 1681, 3005, 3719, 3778:
		return true
	}
	return false
}

// errOrder says that a write has warnings, which come in the order of its rows.
var errOrder = errors.New("warnings in the order of the rows")

// again reports whether the first error in the order of the rows may be another than
// that of the first part that failed.
func (x *splitting) again(err error) bool {
	var e *wire.Error
	return err == errOrder || errors.As(err, &e) && !endsTransaction(e.Number) && e.Number != 1205 && x.s.whyEnded() == nil
}

// runEach runs an INSERT row by row in the order of its rows, which fails as one server
// would.
func (x *splitting) runEach(o plan.GatherOptions) func() error {
	return func() error {
		*x = splitting{s: x.s, plan: x.plan, text: x.text, parts: x.parts, clock: x.clock, each: true}
		each, err := x.plan.Bind(x.text, x.s, o, true)
		if err != nil {
			return err
		}
		for i := range each {
			if err := x.part(&each[i]); err != nil {
				return err
			}
		}
		return x.lastGiven()
	}
}

// part runs one part and adds up what it says.
func (x *splitting) part(p *plan.Part) error {
	s := x.s
	if x.ran == 0 {
		x.lastID = s.insertID
	}
	s.insertID = x.lastID
	q := s.callOf(x.plan.Relay, &p.Target, x.text)
	q.setsVars, q.at = false, timeOf(x.clock)
	q.pins &^= plan.PinCall // what a procedure would leave behind has been looked for
	out, err := s.collect(q, p.Params)
	after := s.insertID
	s.insertID = x.lastID
	if err != nil {
		return err
	}
	x.ran++
	for _, d := range s.diag {
		d.message, d.part = x.rowNumbers(p, d.message), x.ran
		if len(p.Rows) > 0 {
			d.row = p.Rows[0]
		}
		if !x.said(d) {
			x.diag = append(x.diag, d)
		} else if out.OK.Warnings > 0 {
			out.OK.Warnings--
		}
	}
	if out.Err != nil {
		if x.plan.Copies && q.setsID {
			s.insertID = after
		}
		out.Err.Message = x.rowNumbers(p, out.Err.Message)
		s.warned = nil
		for _, d := range x.diag {
			d.row = 0
			s.warned = append(s.warned, d)
		}
		return out.Err
	}
	x.add(p, out, out.OK.InsertID == after && (after != x.lastID || !x.gives(p)))
	return nil
}

// add adds the counts of one part; made is whether its server has made the id that it
// tells. Copies of one table count once.
func (x *splitting) add(p *plan.Part, out *outcome, made bool) {
	info := string(out.OK.Info)
	if x.plan.Copies && x.info != "" {
		return
	}
	x.ok.Affected += out.OK.Affected
	x.ok.Warnings += out.OK.Warnings
	x.number(p, out.OK.InsertID, made)
	n := infoNumbers(info)
	switch {
	case strings.HasPrefix(info, "Records:") && len(n) >= 2:
		x.records, x.duplicates = x.records+n[0], x.duplicates+n[1]
	case strings.HasPrefix(info, "Rows matched:") && len(n) >= 2:
		x.matched, x.changed = x.matched+n[0], x.changed+n[1]
	case len(p.Rows) == 1 && x.ignores():
		switch {
		case out.OK.Affected > 0:
			x.records++
		case x.met(1062), x.met(1526), x.met(1748), len(x.s.diag) == 0: // no partition for it, or another; or the row of the key is as it should become
			x.records, x.duplicates = x.records+1, x.duplicates+1
		}
	case len(p.Rows) == 1:
		x.records++
		x.duplicates += max(out.OK.Affected, 1) - 1
	}
	if x.info = info; info == "" {
		x.info = "-"
	}
}

// number keeps the insert id of the whole: the first that a server has made, in the order
// of the rows, or else the last that the statement gives.
func (x *splitting) number(p *plan.Part, id uint64, made bool) {
	row := 0
	switch {
	case len(p.Rows) > 0 && made:
		row = p.Rows[0]
	case len(p.Rows) > 0:
		row = p.Rows[len(p.Rows)-1]
	}
	switch {
	case id == 0, x.made && !made:
		return
	case x.ok.InsertID != 0 && x.made == made && (row > x.numbered) == made:
		return
	}
	x.ok.InsertID, x.made, x.numbered = id, made, row
}

// said reports whether a warning has been given for another part: copies give all that
// the first does, and of the text that all parts have each gives what it says of it.
func (x *splitting) said(d diagnostic) bool {
	switch {
	case x.plan.Copies:
		return d.part > 1
	case !x.ofStatement(d):
		return false
	case x.plan.Rows != nil && d.code != 1364 && d.code != 3005 && !strings.HasPrefix(d.message, "'VALUES function'"):
		return false // of the row's own text
	}
	return slices.ContainsFunc(x.diag, func(o diagnostic) bool { return o.part != d.part && o.code == d.code && o.message == d.message })
}

// met reports whether the last part has a warning of a number.
func (x *splitting) met(number uint16) bool {
	return slices.ContainsFunc(x.s.diag, func(d diagnostic) bool { return d.code == number })
}

// ignores reports whether the statement is INSERT IGNORE.
func (x *splitting) ignores() bool {
	for _, w := range x.s.words(x.text) {
		switch w {
		case "IGNORE":
			return true
		case "INTO", "VALUES", "(":
			return false
		}
	}
	return false
}

var digits = regexp.MustCompile(`\d+`)

func infoNumbers(info string) []uint64 {
	var out []uint64
	for _, d := range digits.FindAllString(info, -1) {
		n, _ := strconv.ParseUint(d, 10, 64)
		out = append(out, n)
	}
	return out
}

var atRow = regexp.MustCompile(`at row (\d+)`)

// rowNumbers counts the rows of a message as the client's statement has them. Where
// each row is a part, as a server does: rows that it ignored for other reasons than
// their key do not count.
func (x *splitting) rowNumbers(p *plan.Part, m string) string {
	if p.Rows == nil {
		return m
	}
	if x.each {
		return atRow.ReplaceAllString(m, "at row "+strconv.FormatUint(x.records+1, 10))
	}
	return atRow.ReplaceAllStringFunc(m, func(found string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(found, "at row "))
		if err != nil || n < 1 || n > len(p.Rows) {
			return found
		}
		return "at row " + strconv.Itoa(p.Rows[n-1]+1)
	})
}

// reply tells the client what the parts together did.
func (x *splitting) reply(more bool) {
	s := x.s
	ok := x.ok
	warnings := min(len(x.diag), 65535)
	if int(ok.Warnings) < warnings {
		ok.Warnings = uint16(warnings)
	}
	first := s.scan.First
	if strings.HasPrefix(x.info, "Rows matched:") {
		first = parser.Update // it may begin with WITH
	}
	switch first {
	case parser.Update:
		ok.Info = fmt.Appendf(nil, "Rows matched: %d  Changed: %d  Warnings: %d", x.matched, x.changed, ok.Warnings)
	case parser.Insert, parser.Replace:
		if x.plan.Copies && x.info == "-" {
			break // one row
		}
		if len(x.plan.Rows) != 1 {
			ok.Info = fmt.Appendf(nil, "Records: %d  Duplicates: %d  Warnings: %d", x.records, x.duplicates, ok.Warnings)
		}
	}
	if x.made {
		s.insertID = ok.InsertID
	}
	s.foundBy(x.plan.Relay, ok.Info)
	if x.plan.Relay.Needs&plan.SetsFoundRows != 0 {
		s.found = x.records
	}
	s.diag = append(s.diag[:0], x.diag[:min(len(x.diag), s.listed())]...)
	s.unlisted = int(ok.Warnings) - len(s.diag)
	s.rowCount = int64(ok.Affected)
	ok.Status = s.status()
	if more {
		ok.Status |= wire.StatusMoreResults
	}
	s.relay.out = outcome{OK: ok}
	s.conn.WriteOK(ok, s.caps)
}

// atomically runs a change of several groups: all of it happens or nothing does. In an
// open transaction what a failed change has done is undone, and the transaction goes
// on; otherwise the change is a transaction of its own.
func (s *session) atomically(groups []string, run func() error) error {
	return s.atomicallyOn(groups, s.enlist, run)
}

// atomicallyOn is atomically with groups that open has connections to.
func (s *session) atomicallyOn(groups []string, open func(group string) error, run func() error) error {
	had := s.txn.open()
	implicit := !had && s.autocommit()
	once := s.txn.once
	if implicit {
		s.txn.begin = "START TRANSACTION"
	}
	if s.wholeTxn = implicit; !implicit {
		open = s.enlist // for its savepoint
	}
	err := s.change(groups, open, run)
	if had && !s.txn.open() && !isDeadlock(err) {
		s.quit = true // the client must not go on as if its transaction were open
	}
	if !implicit || !s.txn.open() {
		return err
	}
	if err != nil {
		s.txn.forget()
		s.rollbackAll()
		if e, ok := errors.AsType[*wire.Error](err); ok && unspent(e) {
			s.txn.once = once
		}
		return err
	}
	if s.txn.conn == nil {
		s.txn.forget()
		return nil
	}
	return s.commitAll()
}

// isDeadlock reports whether a server has rolled its transaction back and said so: the
// client knows that it is over.
func isDeadlock(err error) bool {
	e, ok := errors.AsType[*wire.Error](err)
	return ok && endsTransaction(e.Number)
}

// change runs a change between two savepoints on the groups, and on those that run adds
// by alsoOn. One that is all of its transaction needs none.
func (s *session) change(groups []string, open func(group string) error, run func() error) error {
	s.changing = s.changing[:0]
	if s.single && len(groups) > 1 {
		return s.notSingle()
	}
	for _, g := range groups {
		if err := open(g); err != nil {
			return err
		}
	}
	if s.wholeTxn {
		s.changing = append(s.changing, groups...)
		return run()
	}
	if err := s.onEach(s.conns(groups), "SAVEPOINT "+ownSavepoint); err != nil {
		return err
	}
	s.changing = append(s.changing, groups...)
	err := run()
	switch {
	case err == nil:
		return s.onEach(s.conns(s.changing), "RELEASE SAVEPOINT "+ownSavepoint)
	case s.txn.open(): // else the failure has ended the transaction
		if back := s.onEach(s.conns(s.changing), "ROLLBACK TO SAVEPOINT "+ownSavepoint); back != nil {
			return back
		}
	}
	return err
}

// alsoOn adds a group to the change that runs.
func (s *session) alsoOn(group string) error {
	if slices.Contains(s.changing, group) {
		return nil
	}
	if s.single && len(s.changing) > 0 {
		return s.notSingle()
	}
	if err := s.enlist(group); err != nil {
		return err
	}
	if !s.wholeTxn {
		if err := s.onEach(s.conns([]string{group}), "SAVEPOINT "+ownSavepoint); err != nil {
			return err
		}
	}
	s.changing = append(s.changing, group)
	return nil
}

// notSingle refuses a change of several groups in a session that wants one only.
func (s *session) notSingle() error {
	return plan.Unsupported("the statement changes rows on several groups, and sluice_atomicity is 'single'", s.snap.conf.Pos, "SET sluice_atomicity = 'xa'")
}

// ownSavepoint is set before a statement that changes several shards.
const ownSavepoint = "`sluice statement`"

// conns are the session's connections to groups of its transaction.
func (s *session) conns(groups []string) []*pool.Conn {
	var out []*pool.Conn
	for _, g := range groups {
		if c := s.txn.held(g); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// onEach runs a statement about savepoints on connections of the open transaction. Where
// one does not carry it out nobody knows any more what the transaction holds: it is over.
func (s *session) onEach(conns []*pool.Conn, sql string) error {
	for _, c := range conns {
		deadline(c)
		_, err := c.Query(sql)
		undeadline(c)
		if err != nil {
			s.rollbackAll()
			return s.endedOr(&lostError{server: c.Server().Addr, txn: true, err: err})
		}
	}
	return nil
}

// collect runs a statement without rows and keeps its reply from the client. Of a
// prepared statement's parameters only those in params are sent; nil: all.
func (s *session) collect(q *call, params []int) (*outcome, error) {
	s.touch(q)
	c, err := s.connection(q)
	if err != nil {
		return nil, err
	}
	s.relay = relay{names: q.names}
	st, binary := s.executing.(*prepared)
	if !binary && !q.alone {
		err = s.sendAfterPrelude(c, q)
	} else if err = s.adapt(c, q); err == nil && q.alone {
		if err := multiStatements(c, false); err != nil {
			return nil, s.lose(c, q, err)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case binary:
		err = s.sendExecute(c, q, st, params)
	case q.alone:
		c.WriteCommand(wire.ComQuery, q.sql)
		err = c.Flush()
	}
	var e *wire.Error
	out := &s.relay.out
	if err == nil {
		var r *pool.Result
		if r, err = answer(c, q); err == nil {
			out.OK, q.answer = r.OK, r
		}
	}
	switch {
	case errors.As(err, &e):
		if e, out.Other, err = ownSyntax(c, q.own, e); err != nil {
			return nil, s.lose(c, q, err)
		}
		e.Message = q.names.message(e.Message)
		s.waited(e)
		if why := s.whyEnded(); why != nil && e.Number == errKilled.Number {
			e = why
		}
		out.Err = e
	case err != nil:
		return nil, s.lose(c, q, err)
	}
	s.srv.metrics.ranOn(s.snap, q.shard)[outcomeOf(out.Err != nil)].Add(1)
	if q.alone && multiStatements(c, true) != nil {
		c.Doubt("takes one statement only")
	}
	kept := *out
	s.afterOwn(c, q, out)
	if kept.Err == nil && c.Doubtful() != "" {
		// What the statement did is lost with the connection, and so is the transaction:
		// what comes after it must not run without it.
		return nil, s.endedOr(&lostError{server: c.Server().Addr, write: q.write, txn: true, err: errors.New(c.Doubtful())})
	}
	return &kept, nil
}

// sendAfterPrelude sends a statement in one packet with what must run before it, of which
// it reads the answers. On failure the connection is settled.
func (s *session) sendAfterPrelude(c *pool.Conn, q *call) error {
	c.ResetSequence()
	b, n := s.prelude(append(c.Begin(), byte(wire.ComQuery)), c, q)
	c.End(append(b, q.sql...))
	if err := c.Flush(); err != nil {
		return s.lose(c, q, err)
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return s.notAdapted(c, q, err)
		}
	}
	if n > 0 {
		s.adapted(c, q)
	}
	return nil
}

// answer reads a server's answer, which may want a file first.
func answer(c *pool.Conn, q *call) (r *pool.Result, err error) {
	if q.feed == nil {
		return c.ReadResult()
	}
	if q.file, r, err = c.Requested(); q.file == nil {
		return r, err
	}
	if err := q.feed(c); err != nil {
		return nil, err
	}
	c.WritePacket(nil)
	if err := c.Flush(); err != nil {
		return nil, err
	}
	return c.ReadResult()
}

// afterOwn brings the session up to date after a statement whose reply is kept.
func (s *session) afterOwn(c *pool.Conn, q *call, out *outcome) {
	if s.whyEnded() != nil {
		absorb(c)
	}
	err := s.rememberWarnings(c, out)
	if err == nil {
		err = s.remember(c, q, out)
	}
	if err != nil {
		c.Doubt("protocol error")
	}
	if q.clock != "" && c.Doubtful() == "" {
		if _, err := c.Query("SET @@SESSION.timestamp=DEFAULT"); err != nil {
			c.Doubt("its time stands still")
		}
	}
	q.keepDiag = true
	s.after(c, q, out)
}

// sendExecute sends the present execution of a prepared statement, which the server
// prepares first if it has not. A server's refusal to prepare is *wire.Error.
func (s *session) sendExecute(c *pool.Conn, q *call, st *prepared, params []int) error {
	isLong := func(i int) bool { _, ok := st.long[i]; return ok }
	e, types := st.bound, st.types[:st.params]
	if params == nil {
		for i := range types {
			params = append(params, i)
		}
	}
	e, types, err := e.Pick(params, types, isLong)
	if err != nil {
		return err
	}
	kinds := make([]wire.Kind, len(params))
	for n, i := range params {
		kinds[n] = st.kinds[i]
	}
	ps, key := c.StmtFor(s.stmtKey(q), kinds)
	if ps == nil {
		if ps, err = prepareOnConn(c, q.sql, key); err != nil {
			return err
		}
	}
	ps.Take(kinds)
	for n, i := range params {
		if data, ok := st.long[i]; ok {
			head := wire.AppendUint16(wire.AppendUint32(nil, ps.ID), uint16(n))
			c.WriteCommand(wire.ComStmtSendLongData, head, data)
		}
	}
	c.ResetSequence()
	e.ID, e.Flags = ps.ID, 0
	c.End(e.Append(append(c.Begin(), byte(wire.ComStmtExecute)), types))
	return c.Flush()
}

// prepareOnConn prepares a statement on a connection.
func prepareOnConn(c *pool.Conn, sql, key []byte) (*pool.Stmt, error) {
	c.WriteCommand(wire.ComStmtPrepare, sql)
	if err := c.Flush(); err != nil {
		return nil, err
	}
	p, err := c.ReadPacket()
	if err != nil {
		return nil, err
	}
	if len(p) > 0 && p[0] == wire.HeaderErr {
		e, err := wire.ParseError(p)
		if err != nil {
			return nil, err
		}
		return nil, e
	}
	head, err := wire.ParsePrepared(p)
	if err != nil {
		return nil, err
	}
	for i := range int(head.Params) + int(head.Columns) {
		p, err := c.ReadPacket()
		if err != nil {
			return nil, err
		}
		if i < int(head.Params) {
			t, err := wire.ParamTypeOf(p)
			if err != nil {
				return nil, err
			}
			head.Types = append(head.Types, t)
		}
	}
	return c.AddStmt(key, head), nil
}
