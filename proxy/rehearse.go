package proxy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// rehearsing is a write that a server first carries out on copies of the rows that it
// reads and changes, and whose effect is then brought to the shards. All of it is one
// statement of the session's transaction: rows are read under its locks, on its
// connections, and what fails is undone on all shards.
type rehearsing struct {
	*splitting
	r        *plan.Rehearsal
	some     *plan.Gathering
	whole    *plan.Gathering
	g        *gathering
	host     *pool.Conn // with the copies; nil when it has been given back
	said     wire.OK    // what the host said of the statement
	before   []diagnostic
	unlisted int // warnings of the rehearsal beyond those
	out      *rowsOut
	// inOrder: rows are sent in the order in which they were made, because their errors
	// and warnings are in that order.
	inOrder bool
	// computes: the host computes what the tables compute and store, because the shards have
	// warned of it.
	computes bool
	hostID   uint64 // LAST_INSERT_ID() on the host after the statement, where it calls LAST_INSERT_ID(expr)
}

// rehearse runs a write that is neither for one shard nor for each of several; r is its
// plan.
func (s *session) rehearse(p *plan.Relay, r *plan.Rehearsal, text []byte, more bool) error {
	return s.rehearseOn(p, r, text, more, plan.GatherOptions{})
}

// rehearseOn is rehearse on the rows that o says.
func (s *session) rehearseOn(p *plan.Relay, r *plan.Rehearsal, text []byte, more bool, o plan.GatherOptions) error {
	o.Scatter = policyOf(s.user.Scatter)
	some, whole, err := r.Bind(text, s, o)
	if err != nil {
		return err
	}
	if r.Reads {
		if err := s.readsTarget(p, text, some.Host); err != nil {
			return err
		}
	}
	s.srv.metrics.planned(planRehearsal)
	s.target = some.Host
	s.srv.recent.add(s, p, &plan.Target{Shard: some.Host, Why: plan.Decision{Step: plan.StepRehearsal, Slot: -1, Shard: some.Host.Name, Rule: p.Route.Databases[0].Pos}})
	x := &rehearsing{splitting: &splitting{s: s, text: text, clock: s.oneClock()}, r: r, some: some, whole: whole}
	x.plan = &plan.Split{Relay: p, Rows: make([]plan.SplitRow, 2)}
	if r.Rows != nil && r.Rows.Query {
		x.plan.Rows = nil
	}
	open := s.txn.open()
	err = s.atomically(x.groups(), x.run)
	if err != nil && x.repeats(err) && s.txn.open() == open && !s.quit {
		s.warned = nil
		err = s.atomically(x.groups(), x.run)
	}
	if err != nil {
		return x.shown(err)
	}
	x.answer(more)
	return nil
}

// shown gives an error of a shard, and what was said before it, the names of the statement.
func (x *rehearsing) shown(err error) error {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || x.r.Rows == nil || len(x.r.Rows.Carried) == 0 {
		return err
	}
	e.Message = x.r.Rows.Shown(e.Message)
	for i := range x.s.warned {
		x.s.warned[i].message = x.r.Rows.Shown(x.s.warned[i].message)
	}
	return err
}

// readsTarget returns the error of a server that does not read a table where the
// statement changes it: it depends on how the statement is optimised, and copies of the table
// would hide it.
func (s *session) readsTarget(p *plan.Relay, text []byte, first *rules.Shard) error {
	on := []*rules.Shard{first}
	for _, db := range p.Route.Databases {
		on = append(on, db.Shards...)
	}
	for _, shard := range on {
		t, err := p.On(text, s, shard)
		if err != nil {
			continue
		}
		sql := text
		if t.SQL != nil {
			sql = t.SQL
		}
		const targetRead = 1093
		err = s.try(t.Shard, sql)
		if e, ok := errors.AsType[*wire.Error](err); ok && e.Number != targetRead {
			return s.endedOr(nil)
		}
		return s.endedOr(err)
	}
	return plan.Unsupported("a write on several shards that names a table twice, of databases that no server has all of", s.snap.conf.Pos, "write the rows that it reads into another table first")
}

// rehearseEmpty is gatherEmpty for writes.
func (s *session) rehearseEmpty(p *plan.Relay, text []byte, refused error) (*call, error) {
	if r, ok := errors.AsType[*plan.Refusal](refused); !ok || !r.Wide {
		return nil, refused
	}
	r, err := s.rehearsalPlan(p, text)
	if err != nil {
		return nil, err
	}
	some, whole, err := r.Bind(text, s, plan.GatherOptions{Scatter: policyOf(s.user.Scatter)})
	if err != nil {
		return nil, err
	}
	g := &gathering{s: s, plan: r.Gather, bound: some, whole: whole, read: p, text: text, empty: true, rehearsal: r}
	q := g.call(p, text)
	q.write, q.pins = false, 0
	return q, nil
}

// rehearsalPlan finds or makes the plan; refused is why there is no simpler one.
func (s *session) rehearsalPlan(p *plan.Relay, text []byte) (*plan.Rehearsal, error) {
	if r := p.Rehearsal(); r != nil {
		return r, nil
	}
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil, err
	}
	r, err := s.snap.router.Rehearse(stmt, s.env())
	if err != nil {
		return nil, s.orOwn(text, err)
	}
	if p.Cacheable {
		p.KeepRehearsal(r)
	}
	return r, nil
}

// groups lists the groups on which rows may change, in a fixed order.
func (x *rehearsing) groups() []string {
	var of []string
	for i := range x.r.Changes {
		for _, shard := range x.shardsOf(x.r.Changes[i].Table) {
			of = append(of, shard.Group)
		}
	}
	var out []string
	for _, g := range x.s.snap.rules.Groups {
		if slices.Contains(of, g) {
			out = append(out, g)
		}
	}
	return out
}

// shardsOf lists the shards that may have to change rows of a copied table.
func (x *rehearsing) shardsOf(table int) []*rules.Shard {
	t := &x.r.Gather.Tables[table]
	switch {
	case t.Home != nil:
		return []*rules.Shard{t.Home}
	case t.Table != nil && t.Table.Kind == rules.Reference:
		return t.Database.Shards
	case !t.Empty:
		return x.copyOf(table).From
	case t.Table != nil && t.Table.Kind == rules.Single:
		return []*rules.Shard{t.Table.Home}
	}
	return t.Database.Shards
}

// copyOf returns the copy of a table.
func (x *rehearsing) copyOf(table int) *plan.Copy {
	i := slices.IndexFunc(x.some.Copies, func(c plan.Copy) bool { return c.Gathered == &x.r.Gather.Tables[table] })
	return &x.some.Copies[i]
}

// run rehearses the statement, and carries it out.
func (x *rehearsing) run() error {
	s := x.s
	*x.splitting = splitting{s: s, plan: x.plan, text: x.text, clock: x.clock, each: false}
	x.g = &gathering{s: s, plan: x.r.Gather, bound: x.some, whole: x.whole, read: x.plan.Relay, text: x.text, rehearsal: x.r, computes: x.computes}
	if x.some.Clock {
		x.g.clock = x.clock
	}
	if err := x.unwatched(); err != nil {
		return err
	}
	q := x.g.call(x.plan.Relay, x.text)
	q.write, q.pins, q.setsVars, q.clock, q.before = false, 0, false, x.clock, []byte(x.clock)
	q.needID = q.needID || x.r.GivesID
	if err := s.mayWriteRows(); err != nil {
		return err
	}
	c, err := s.connection(q)
	if err != nil {
		return err
	}
	x.host = c
	defer x.giveBack()
	if x.computes {
		if err := x.compute(); err != nil {
			return s.endedOr(x.g.explain(err))
		}
	}
	if err := x.perform(q); err != nil {
		return x.earlier(q, err)
	}
	if computed, err := x.computedAlike(); err != nil {
		return err
	} else if computed && !x.computes {
		return errUnsaid
	}
	if x.r.Rows != nil {
		return x.insert()
	}
	for i := range x.r.Changes {
		if err := x.change(&x.r.Changes[i]); err != nil {
			return err
		}
		switch {
		case !x.unsaid():
		case x.computes:
			return x.ungenerated(&x.r.Changes[i])
		default:
			return errUnsaid
		}
	}
	return nil
}

// mayWriteRows refuses writes in a session that may only read, as a server does before it
// looks at rows.
func (s *session) mayWriteRows() error {
	if s.readOnly() {
		return wire.Errorf(1792, "25006", "Cannot execute statement in a READ ONLY transaction.")
	}
	return nil
}

// unwatched refuses tables with triggers that would see other rows than those of the
// statement: the host decides which rows are changed, and whether a value can be stored.
func (x *rehearsing) unwatched() error {
	for i := range x.r.Changes {
		ch := &x.r.Changes[i]
		t := &x.r.Gather.Tables[ch.Table]
		on := x.shardsOf(ch.Table)
		if ch.Deletes || len(on) == 0 || t.Home != nil {
			continue
		}
		event, when := "UPDATE", "trigger ON UPDATE"
		ask := "EVENT_MANIPULATION = 'UPDATE'"
		if x.r.Rows != nil {
			event, when, ask = "INSERT", "trigger BEFORE INSERT", "EVENT_MANIPULATION = 'INSERT' AND ACTION_TIMING = 'BEFORE'"
		}
		r, err := x.s.aside(on[0].Group, "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "+hexString(on[0].Schema)+" AND EVENT_OBJECT_TABLE = "+hexString(t.Name)+" AND "+ask)
		if err != nil {
			return err
		}
		if len(r.Rows) > 0 {
			return plan.Unsupported(event+" of rows of "+t.Name+", which has a "+when+", by a statement that needs rows of several shards", x.rule(t), "send one statement per shard")
		}
	}
	return nil
}

func (x *rehearsing) rule(t *plan.Gathered) conf.Pos {
	if t.Table != nil {
		return t.Table.Pos
	}
	return t.Database.Pos
}

// perform runs the statement on the copies.
func (x *rehearsing) perform(q *call) error {
	s, c := x.s, x.host
	x.host = nil // whoever fails below has given it up
	if err := s.adapt(c, q); err != nil {
		return err
	}
	s.relay = relay{names: q.names}
	var err error
	if st, ok := s.executing.(*prepared); ok {
		err = s.sendExecute(c, q, st, nil)
	} else {
		c.WriteCommand(wire.ComQuery, q.sql)
		err = c.Flush()
	}
	var r *pool.Result
	if err == nil {
		r, err = c.ReadResult()
	}
	out := &outcome{}
	e, refused := errors.AsType[*wire.Error](err)
	switch {
	case refused:
		if e, out.Other, err = ownSyntax(c, q.own, e); err != nil {
			return s.lose(c, q, err)
		}
		e.Message = q.names.message(e.Message)
		if why := s.whyEnded(); why != nil && e.Number == errKilled.Number {
			e = why
		}
		out.Err = e
	case err != nil:
		return s.lose(c, q, err)
	default:
		out.OK = r.OK
	}
	x.host = c
	c.LostInsertID() // the copies have numbers of their own
	if err := s.rememberWarnings(c, out); err != nil {
		c.Doubt("protocol error")
		return s.endedOr(err)
	}
	x.unlisted = s.unlisted
	s.diag = slices.DeleteFunc(s.diag, func(d diagnostic) bool { return d.code == mixedEngines })
	x.before = slices.Clone(s.diag)
	if err := x.rememberID(); err != nil {
		return err
	}
	if err := x.rememberVars(out); err != nil {
		c.Doubt("protocol error")
		return s.endedOr(err)
	}
	if out.Err != nil {
		if x.r.GivesID {
			s.insertID = x.hostID
		}
		s.warned = x.before
		return out.Err
	}
	x.said = out.OK
	return x.ofOneRow()
}

// rememberID fetches what LAST_INSERT_ID(expr) was last called with on the host.
func (x *rehearsing) rememberID() error {
	if !x.r.GivesID {
		return nil
	}
	r, err := x.host.Query("SELECT LAST_INSERT_ID()")
	if err != nil {
		x.host.Doubt("protocol error")
		return x.s.endedOr(err)
	}
	x.hostID, _ = strconv.ParseUint(string(r.Rows[0][0]), 10, 64)
	return nil
}

// ofOneRow refuses LAST_INSERT_ID(expr) for several rows of which nobody can say which one
// server would have met last.
func (x *rehearsing) ofOneRow() error {
	n := infoNumbers(string(x.said.Info))
	if !x.r.GivesID || x.r.OfAnyRow || x.said.Affected <= 1 && (len(n) == 0 || n[0] <= 1) {
		return nil
	}
	t := &x.r.Gather.Tables[x.r.Changes[0].Table]
	return plan.Unsupported("the statement calls LAST_INSERT_ID() with a value for several rows, of several shards, in an order of the server's own", x.rule(t), "say the order (ORDER BY)")
}

// rememberVars fetches the user variables that the statement has assigned on the host.
func (x *rehearsing) rememberVars(out *outcome) error {
	p := x.plan.Relay
	if !p.WritesUserVars {
		return nil
	}
	return x.s.rememberValues(x.host, &call{userVars: p.UserVars, setsVars: true}, &outcome{Err: out.Err})
}

// earlier returns the error of an INSERT whose rows could not all be made: one server
// would have stored those before the row that failed, and one of them may have failed there.
// They are made again in a table that keeps them.
func (x *rehearsing) earlier(q *call, err error) error {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || x.r.Rows == nil || x.host == nil || x.host.Doubtful() != "" || x.s.whyEnded() != nil || e.Number == 3024 {
		return err
	}
	said := x.before
	if !x.keeping() {
		return err
	}
	again, ok := errors.AsType[*wire.Error](x.perform(q))
	if !ok || again.Number != e.Number || x.host == nil {
		x.s.warned = said
		return err
	}
	x.inOrder, x.before = true, nil
	failed := x.insert()
	if _, ok := errors.AsType[*wire.Error](failed); ok {
		return failed
	}
	x.s.warned = said
	return err
}

// keeping makes the table for the rows of an INSERT anew, as one that keeps the rows of a
// statement that fails; false if the server cannot.
func (x *rehearsing) keeping() bool {
	s, c := x.s, x.host
	t := x.tableOf(&x.r.Changes[0])
	want := pool.Want{FoundRows: s.want.FoundRows, Settings: x.g.loading()}
	b, _ := c.AppendAdapt(nil, &want)
	sql := "DROP TEMPORARY TABLE " + x.g.tableName(t.Name) + "; " + t.shape.empty(x.g.bound.Host.Schema, t.Name, "MyISAM")
	if _, err := c.Query(string(b) + sql); err != nil {
		c.Doubt("a temporary table could not be made") // what it has is not known
		return false
	}
	c.Adapted(&want)
	if err := x.g.addCarried(); err != nil {
		c.Doubt("a temporary table could not be made")
		return false
	}
	mode, known := s.settings.Value("sql_mode")
	if !known {
		mode = s.snap.base.SQLMode
	}
	if strings.Contains(strings.ToUpper(mode), "STRICT_TRANS_TABLES") {
		s.want.Settings = s.want.Settings.With(pool.Setting{Name: "sql_mode", Value: mode + ",STRICT_ALL_TABLES"})
	}
	return true
}

// mixedEngines warns of a statement that changes an InnoDB table and one of another engine
// (ER_WARN_DEPRECATED_ENGINE_MIX), which only our copies are.
const mixedEngines = 6414

// giveBack drops the copies and gives the host's connection back.
func (x *rehearsing) giveBack() {
	s, c := x.s, x.host
	if c == nil {
		return
	}
	if s.whyEnded() != nil {
		absorb(c)
	}
	if x.clock != "" && c.Doubtful() == "" {
		if _, err := c.Query("SET @@SESSION.timestamp=DEFAULT"); err != nil {
			c.Doubt("its time stands still")
		}
	}
	x.g.release()
	s.settle(c, false, 0)
	x.host = nil
}

// reading are the settings under which the host's rows are read: who reads has deadlines
// of his own.
func (x *rehearsing) reading() *pool.Want {
	return &pool.Want{
		FoundRows: x.s.caps.Has(wire.ClientFoundRows),
		Settings:  x.g.reading().With(pool.Setting{Name: "net_write_timeout", Value: stallsFor}),
	}
}

// each reads rows of the host and hands them over one by one. What f does may take as long
// as it likes, on other connections.
func (x *rehearsing) eachRow(sql string, width int, f func(row [][]byte) error) error {
	s, c := x.s, x.host
	want := x.reading()
	if err := s.lent(c); err != nil {
		return err
	}
	b, n := c.AppendAdapt(nil, want)
	c.WriteCommand(wire.ComQuery, append(b, sql...))
	if err := c.Flush(); err != nil {
		c.Doubt("write failed")
		return s.endedOr(&lostError{server: c.Server().Addr, err: err})
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return s.endedOr(err)
		}
	}
	c.Adapted(want)
	var failed error
	_, err := c.EachRow(width, func(row [][]byte) error {
		if failed = f(row); failed == nil {
			failed = s.lent(c) // f may have used another connection
		}
		return failed
	})
	e, refused := errors.AsType[*wire.Error](err)
	switch {
	case failed != nil:
		return failed
	case refused:
		return s.endedOr(x.g.explain(e))
	case err != nil:
		return s.endedOr(&lostError{server: c.Server().Addr, err: err})
	}
	return nil
}

// tableOf returns the copy of a table that is changed.
func (x *rehearsing) tableOf(ch *plan.Change) *gathered {
	c := x.copyOf(ch.Table)
	i := slices.IndexFunc(x.g.tables, func(t gathered) bool { return t.Gathered == c.Gathered })
	return &x.g.tables[i]
}

// insert sends the rows that the statement has made to their shards.
func (x *rehearsing) insert() error {
	t := x.tableOf(&x.r.Changes[0])
	given, err := x.given(t)
	if err != nil {
		return err
	}
	form, key := x.form(t, given)
	numbered := slices.IndexFunc(form.columns, func(c definedColumn) bool {
		return t.Table != nil && slices.ContainsFunc(t.Table.Columns, func(o rules.Column) bool { return o.Numbered && strings.EqualFold(o.Name, c.name) })
	})
	last := ""
	x.out = &rowsOut{x: x.splitting, copies: t.copies(), around: x.around(len(given)), inOrder: x.inOrder, single: x.inOrder && len(x.before) > 0}
	var sql []byte
	err = x.eachRow("SELECT "+form.list(0)+" FROM "+x.g.tableName(t.Name), form.width(), func(row [][]byte) error {
		shard, err := x.home(form, row, key)
		if err != nil {
			return err
		}
		if sql, err = x.row(sql[:0], form, row, given); err != nil {
			return err
		}
		if numbered >= 0 {
			last = string(row[numbered])
		}
		return x.out.add(shard, sql)
	})
	if err == nil {
		err = x.out.flush()
	}
	if err != nil {
		return err
	}
	if id, ok := idOf(last); ok && !x.made && x.ok.InsertID != 0 && x.r.Rows.Ignore {
		x.ok.InsertID = id // even if its row was passed over
	}
	return x.ordered()
}

// given lists the columns of the rows as the statement has them.
func (x *rehearsing) given(t *gathered) ([]definedColumn, error) {
	var out []definedColumn
	if x.r.Rows.Columns == nil {
		for _, c := range t.shape.columns {
			if !c.invisible() {
				out = append(out, c)
			}
		}
		return out, nil
	}
	for _, name := range x.r.Rows.Columns {
		c := t.shape.column(name)
		if c == nil {
			return nil, fmt.Errorf("table %s has no column %s", t.Name, name)
		}
		out = append(out, *c)
	}
	return out, nil
}

// form says how the rows are read: the columns that they give, and the sharding key, whose
// place it returns; -1: there is none.
func (x *rehearsing) form(t *gathered, given []definedColumn) (*rowForm, int) {
	var columns []definedColumn
	key := -1
	for _, c := range given {
		if c.generated {
			continue
		}
		if t.Table != nil && strings.EqualFold(c.name, t.Table.Key) {
			key = len(columns)
		}
		columns = append(columns, c)
	}
	if t.Table != nil && t.Table.Kind == rules.Sharded && key < 0 {
		if c := t.shape.column(t.Table.Key); c != nil {
			key = len(columns)
			columns = append(columns, *c)
		}
	}
	f := newRowForm(append(columns, x.g.carried...))
	return &f, key
}

// row writes a row as the statement gives it: what the server computes is left to the
// shard's.
func (x *rehearsing) row(sql []byte, form *rowForm, row [][]byte, given []definedColumn) ([]byte, error) {
	if len(x.g.carried) > 0 {
		sql = append(sql, "ROW"...)
	}
	sql = append(sql, '(')
	n := 0
	for i := range given {
		if i > 0 {
			sql = append(sql, ',')
		}
		if given[i].generated {
			sql = append(sql, "DEFAULT"...)
			continue
		}
		var err error
		if sql, err = form.value(sql, row, n, x.exact); err != nil {
			return nil, err
		}
		n++
	}
	for i := range x.g.carried {
		var err error
		at := len(form.columns) - len(x.g.carried) + i
		if sql, err = x.g.appendCarried(append(sql, ','), row[at], &x.g.carried[i]); err != nil {
			return nil, err
		}
	}
	return append(sql, ')'), nil
}

// exact writes a value so that it means the same under the session's settings.
func (x *rehearsing) exact(c *definedColumn, b, v []byte) []byte {
	if c.kind == "timestamp" && v != nil && x.s.snap.mariadb && strings.Trim(string(v), "0.") != "" {
		return append(append(append(b, "FROM_UNIXTIME("...), v...), ')') // it knows no times with a zone
	}
	return c.appendExact(b, v)
}

// home is the shard of a row.
func (x *rehearsing) home(form *rowForm, row [][]byte, key int) (*rules.Shard, error) {
	var v value.Value
	if key >= 0 && row[key] != nil {
		c := &form.columns[key]
		v = value.Value{Kind: value.String, S: string(row[key]), Charset: c.charset}
		switch c.kind {
		case "tinyint", "smallint", "mediumint", "int", "bigint":
			v.Kind = value.Decimal // digits
		case "binary", "varbinary":
			v.Kind = value.Binary
		}
		if c.charset == "utf8mb4" {
			v.Charset = ""
		}
	}
	rows := x.r.Rows
	if shard, ok := rows.Target(x.s.snap.rules, v); ok {
		return shard, nil
	}
	return nil, plan.Unsupported("the shard of a row of "+rows.Table.Name+" cannot be told from its "+rows.Table.Key, rows.Table.Pos, "insert a value that is one of the key's own")
}

// around gives the statement around the rows of a shard, which is the client's own; each
// row has so many values.
func (x *rehearsing) around(values int) func(*rules.Shard) ([]byte, []byte, error) {
	type text struct{ head, tail []byte }
	known := map[*rules.Shard]text{}
	return func(shard *rules.Shard) ([]byte, []byte, error) {
		if t, ok := known[shard]; ok {
			return t.head, t.tail, nil
		}
		head, tail, ok := x.r.Around(x.text, x.s, shard, values)
		if !ok {
			return nil, nil, plan.Unsupported("a parameter of this type in ON DUPLICATE KEY UPDATE over several shards", shard.Pos, "send it as text")
		}
		known[shard] = text{head, tail}
		return head, tail, nil
	}
}

// repeats reports whether a failed attempt is to be made once more, in another way: it may
// have failed in another way than the rows in their order.
func (x *rehearsing) repeats(err error) bool {
	if err == errUnsaid {
		x.computes = true
		return true
	}
	x.inOrder = x.mayDiffer(err)
	return x.inOrder
}

// mayDiffer reports whether rows that are sent in their order may fail in another way.
func (x *rehearsing) mayDiffer(err error) bool {
	return x.out != nil && !x.inOrder && (len(x.out.shards) > 1 || err == errOrder) && x.again(err)
}

// ordered brings the warnings of the rehearsal and those of the shards together.
func (x *rehearsing) ordered() error {
	x.diag = slices.DeleteFunc(x.diag, func(d diagnostic) bool { return x.repeated(d) })
	switch {
	case len(x.diag) == 0:
		x.diag = x.before
		return nil
	case !x.inOrder && len(x.out.shards) > 1, !x.inOrder && len(x.before) > 0:
		return errOrder
	case len(x.before) == 0:
		return nil
	}
	return x.merge()
}

// repeated reports whether a shard has said again what the host has said: of the text, or
// of a value that it has stored just so.
func (x *rehearsing) repeated(d diagnostic) bool {
	switch {
	case warnsOfText(d.code):
		if _, ok := x.s.executing.(*prepared); ok {
			return true // its warning came when it was prepared
		}
		return slices.ContainsFunc(x.before, func(o diagnostic) bool { return o.code == d.code && o.message == d.message })
	}
	switch d.code {
	case 1264, 1265, 1292, 1364, 1366:
		return !x.r.Rows.Updates
	}
	return false
}

// merge puts the warnings of the host and of the shards in the order of the rows.
func (x *rehearsing) merge() error {
	var all []diagnostic
	rest := x.diag
	for _, d := range x.before {
		if warnsOfText(d.code) || d.code == 1364 { // they come before the first row
			all = append(all, d)
			continue
		}
		n := atRow.FindStringSubmatch(d.message)
		if n == nil {
			return plan.Unsupported("warnings of rows on several shards whose order cannot be told", x.s.snap.conf.Pos, "insert values that need no conversion")
		}
		row, _ := strconv.Atoi(n[1])
		for len(rest) > 0 && rest[0].row < row-1 {
			all, rest = append(all, rest[0]), rest[1:]
		}
		all = append(all, d)
	}
	x.diag = append(all, rest...)
	return nil
}

// answer tells the client what has been done.
func (x *rehearsing) answer(more bool) {
	if x.r.Rows == nil {
		x.diag, x.ok = x.before, wire.OK{Affected: x.said.Affected, Warnings: x.said.Warnings, InsertID: x.said.InsertID}
		if x.r.GivesID {
			x.s.insertID = x.hostID
		}
		x.info = string(x.said.Info)
		if n := infoNumbers(x.info); strings.HasPrefix(x.info, "Rows matched:") && len(n) >= 2 {
			x.matched, x.changed = n[0], n[1]
		}
		x.reply(more)
		return
	}
	x.ok.Warnings = uint16(min(len(x.diag)+x.unlisted, 65535))
	if !x.r.Rows.Query && x.out.count == 1 {
		x.plan.Rows = x.plan.Rows[:1]
	}
	if x.r.Rows.Query {
		x.s.found = uint64(x.out.count)
		if x.r.Rows.Updates && !x.made && x.duplicates > 0 {
			x.ok.InsertID = 0 // of rows that were updated
		}
	}
	if n := uint64(x.out.count); x.r.Rows.Ignore {
		x.records, x.duplicates = n, n-min(n, x.ok.Affected)
	} else {
		x.records = n
	}
	x.reply(more)
}

// copies are the shards that have the rows of a table's first shard, too.
func (t *gathered) copies() []*rules.Shard {
	if t.Table == nil || t.Table.Kind != rules.Reference {
		return nil
	}
	return t.Database.Shards[1:]
}

// owned gives a copy whose rows may be changed a column that says from which shard they
// are, and those that a change of others changes; computes: also those that the table computes.
func (t *gathered) owned(computes bool) error {
	if t.Empty {
		return nil
	}
	if t.shape.primary() == nil {
		return plan.Unsupported("rows of "+t.Name+", which has no primary key that can be compared with constants, cannot be changed by a statement that needs several shards", t.Database.Pos, "give the table a primary key")
	}
	columns := slices.Clone(t.columns)
	for _, c := range t.shape.columns {
		if c.follows() && !slices.ContainsFunc(columns, func(o definedColumn) bool { return o.name == c.name }) {
			columns = append(columns, c)
		}
	}
	for _, check := range t.shape.checks {
		of := t.shape.checked(check)
		if !slices.ContainsFunc(of, func(c definedColumn) bool { return hasColumn(columns, c.name) }) {
			continue
		}
		for _, c := range of {
			if !hasColumn(columns, c.name) {
				columns = append(columns, c)
			}
		}
	}
	if computes {
		columns = t.shape.computing(columns)
	}
	name := originColumn(t.Temps[1])
	t.rowForm = newRowForm(append(columns, definedColumn{name: name, text: wire.QuoteIdent(name) + " SMALLINT UNSIGNED", kind: "smallint", origin: true}))
	return nil
}

// originColumn names the column that says from which shard a row is.
func originColumn(temp string) string { return temp + "_shard" }
