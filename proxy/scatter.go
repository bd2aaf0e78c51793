package proxy

import (
	"bytes"
	"cmp"
	"container/heap"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// scattering is a query on several shards while it runs. Each shard answers for its own
// rows, already in order; one row of each is looked at at a time, so that memory does not
// depend on how many there are, and a shard goes on only as fast as the client reads.
type scattering struct {
	s        *session
	plan     *plan.Relay
	bound    *plan.Scattering
	text     []byte
	binary   bool
	settings *pool.Settings // of all shards' connections
	stopper  stopper        // of the shards' parts; stops when the statement is ended
	parts    []*scatterPart
	hidden   int // columns that are not the client's
	x        *relay
	from     int  // where the reply begins in what is written to the client
	sent     bool // a part of the reply has left
	rows     uint64
	order    rowHeap

	extents  []extent      // room for those of the parts' values
	columns  []wire.Column // of the first shard
	own      int           // of them, those of the client
	looked   []bool        // in the binary protocol: values of the column are compared
	folds    []folder
	final    []sorter
	held     []heldRow
	heldSize int64
	turn     int // counts groups

	inTxn    bool // the shards are asked on the connections of the session's transaction
	keptSize int  // of the answers that are kept
}

// scatterPart is one shard's answer.
type scatterPart struct {
	scattering *scattering
	target     plan.Target
	want       pool.Want
	conn       *pool.Conn
	columns    []wire.Column
	tuple           // the present row
	turn       int  // the group to which it has added last
	over       bool // the closing packet has been read
	ok         wire.OK
	watch      stoppable

	// In a transaction:
	kept  *keptAnswer // nil: the answer is still to be read from the connection
	taken int         // packets that have been read from there
	heads int         // how many of them come before the rows
	said  bool        // all have been
}

// stallsFor is how long a server lets a shard wait whose rows are not due yet, in seconds:
// who reads has deadlines of his own.
const stallsFor = "86400"

// drainBytes is how much of a shard's answer is read to its end when no more rows are
// wanted; the connection of one with more is closed.
const drainBytes = 256 << 10

// heldBytes is how much of a reply waits to be sent. What a server says of rows, as errors
// and warnings, depends on the order in which it reads them: a reply with any that has not
// left is thrown away, and the query gathered.
const heldBytes = 256 << 10

// errLeave says that a query has to be gathered; the client has seen nothing of it.
// errNever says it of all executions of its plan.
var (
	errLeave = errors.New("the query cannot be scattered")
	errNever = errors.New("the query can never be scattered")
)

// scatter answers a query that Bind has refused because its rows are on several shards,
// if each of them can do its own part. done is false if it cannot.
func (s *session) scatter(p *plan.Relay, text []byte, more bool, refused error) (done bool, err error) {
	var r *plan.Refusal
	inTxn := s.txn.open() || !s.autocommit()
	if !errors.As(refused, &r) || !r.Wide || p.Class != plan.Read || s.txn.why != 0 || !inTxn && s.txn.conn != nil {
		return false, nil
	}
	if _, limited := s.settings.Value("sql_select_limit"); limited {
		return false, nil
	}
	if inTxn {
		s.task.Off()
	}
	sc := s.scatterPlan(p, text)
	if sc == nil {
		return false, nil
	}
	bound, err := sc.Bind(text, s, policyOf(s.user.Scatter))
	if err != nil || len(bound.Parts) < 2 {
		return false, nil //nolint:nilerr // Gather says what is wrong
	}
	if err := s.guarded(p.Tables); err != nil {
		return true, err
	}
	for try := 0; ; try++ {
		x := &scattering{s: s, plan: p, bound: bound, text: text, binary: s.executing != nil && s.executingBinary(), inTxn: inTxn}
		err := x.inTransaction(x.run(more))
		_, down := errors.AsType[*pool.DownError](err)
		switch {
		case err == errLeave: //nolint:errorlint // our own value, never wrapped
			return false, nil
		case err == errNever: //nolint:errorlint // as well
			if p.Cacheable {
				p.KeepScatter(nil)
			}
			return false, nil
		case down && !x.sent && !inTxn && try < 2 && s.Err() == nil:
			continue
		case err == nil: // the client has a whole reply, if only one that ends with an error
			s.srv.metrics.planned(planScatter)
			s.srv.recent.add(s, p, &bound.Parts[0])
			s.spentOn(s.relay.out.Err)
			return true, nil
		}
		return true, s.endedOr(err)
	}
}

// executingBinary reports whether rows go out over the binary protocol.
func (s *session) executingBinary() bool {
	_, ok := s.executing.(*prepared)
	return ok
}

// scatterPlan finds or makes the plan; nil if there is none.
func (s *session) scatterPlan(p *plan.Relay, text []byte) *plan.Scatter {
	sc, tried := p.Scatter()
	if tried && (sc == nil || sc.Fits(s)) {
		return sc
	}
	s.task.Off()
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil
	}
	made, err := s.snap.router.Scatter(stmt, s.env())
	if err != nil {
		made = nil
	}
	if p.Cacheable && !tried {
		p.KeepScatter(made)
	}
	return made
}

// run asks the shards and merges what they say.
func (x *scattering) run(more bool) error {
	x.stopper.ctx = x.s.srv.ctx
	defer x.s.AfterFunc(x.stopper.stop)()
	if x.settings = x.s.stalling(); x.bound.Clock {
		if _, own := x.s.settings.Value("timestamp"); !own {
			now := time.Now()
			x.settings = x.settings.With(pool.Setting{Name: "timestamp", Value: fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)})
		}
	}
	x.hidden = len(x.bound.Hidden)
	defer x.release()
	if err := x.ask(); err != nil {
		return err
	}
	s := x.s
	x.x = &s.relay
	*x.x = relay{to: s.conn, info: x.x.info, caps: s.caps, stall: s.snap.conf.Limits.WriteStall, more: more, owner: s, seq: s.conn.Sequence()}
	x.from = s.conn.Pending()
	seq := x.x.seq
	err := x.answer()
	if err != nil && !x.sent {
		s.conn.Drop(x.from)
		s.conn.SetSequence(seq)
		return err
	}
	s.conn.SetSequence(x.x.seq)
	if x.x.timed {
		_ = s.conn.Net().SetWriteDeadline(time.Time{})
	}
	if _, ok := errors.AsType[*clientError](err); ok {
		return fatal{err}
	}
	return err
}

// ask leases a connection for each shard and sends it its query. Places on a group are
// taken for all its shards at once, so that no two queries wait for each other.
func (x *scattering) ask() error {
	if x.inTxn {
		return x.askHeld()
	}
	levels := map[string]*demand{}
	need := map[string]int{}
	q := &call{}
	for i := range x.bound.Parts {
		group := x.bound.Parts[i].Shard.Group
		if need[group]++; need[group] > 1 {
			continue
		}
		if q.group = group; !x.plan.Replica {
			continue // the primary answers
		}
		if err := x.s.readFrom(q, x.plan, x.text); err != nil {
			return err
		}
		levels[group] = q.read
	}
	for group, n := range need {
		if n > x.s.snap.places[group].all {
			return errLeave
		}
	}
	if err := x.s.takePlaces(need); err != nil {
		return err
	}
	parts := make([]scatterPart, len(x.bound.Parts))
	x.parts = make([]*scatterPart, 0, len(parts))
	x.stopper.under = make([]*stoppable, 0, len(parts))
	for i := range parts {
		p := &parts[i]
		p.scattering, p.target = x, x.bound.Parts[i]
		if err := p.ask(q, levels[p.target.Shard.Group]); err != nil {
			return err
		}
	}
	return nil
}

// want is what a shard's connection must be.
func (x *scattering) want(t *plan.Target) pool.Want {
	return pool.Want{Task: x.s.task, FoundRows: x.s.caps.Has(wire.ClientFoundRows), Schema: t.Shard.Schema, Settings: x.settings}
}

// stalling are the session's settings on connections that wait for others, kept while
// they stay the same.
func (s *session) stalling() *pool.Settings {
	if s.stalls == nil || s.stallsOf != s.settings {
		s.stalls, s.stallsOf = s.settings.With(pool.Setting{Name: "net_write_timeout", Value: stallsFor}), s.settings
	}
	return s.stalls
}

// ask sends the shard its query. q is used by one after another.
func (p *scatterPart) ask(q *call, level *demand) error {
	x := p.scattering
	p.want = x.want(&p.target)
	q.group, q.read, q.level = p.target.Shard.Group, nil, ""
	if level != nil {
		own := *level // each part tries the servers by itself
		q.read, q.level = &own, own.level
	}
	c, err := x.s.lease(x.s, q, &p.want)
	if err != nil {
		return err
	}
	if q.level != "" {
		x.s.srv.metrics.read(q.group, c.Server().Addr, q.level)
	}
	return p.askOn(c)
}

// askOn sends the shard its query on a connection, which must become what it wants.
func (p *scatterPart) askOn(c *pool.Conn) error {
	x, want := p.scattering, &p.want
	p.conn = c
	c.BindTo(x.s.task)
	x.parts = append(x.parts, p)
	x.stopper.watch(&p.watch, c)
	if x.binary {
		return p.askPrepared(want)
	}
	c.ResetSequence()
	b, n := c.AppendAdapt(append(c.Begin(), byte(wire.ComQuery)), want)
	c.End(append(b, p.target.SQL...))
	if err := c.Flush(); err != nil {
		return p.lost(err)
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return p.failed(err)
		}
	}
	c.Adapted(want)
	return nil
}

// askPrepared lets the shard prepare and execute its query: its rows are then those of the
// binary protocol.
func (p *scatterPart) askPrepared(want *pool.Want) error {
	c := p.conn
	if adapt, _ := c.AppendAdapt(nil, want); len(adapt) > 0 {
		if _, err := c.Query(string(adapt[:len(adapt)-1])); err != nil {
			return p.failed(err)
		}
	}
	c.Adapted(want)
	st, err := prepareOnConn(c, p.target.SQL, p.target.SQL)
	if err != nil {
		return p.failed(err)
	}
	c.ResetSequence()
	c.End(wire.Execute{ID: st.ID, Iterations: 1}.Append(append(c.Begin(), byte(wire.ComStmtExecute)), nil))
	c.DropStmt(p.target.SQL)
	if err := c.Flush(); err != nil {
		return p.lost(err)
	}
	return nil
}

// lost says that the shard's server is gone.
func (p *scatterPart) lost(err error) error {
	p.conn.Doubt("lost")
	return &pool.DownError{Server: p.conn.Server().Addr, Err: err}
}

// failed tells an error of the server from the loss of it. What a server says to the query
// itself is said again when the query is gathered.
func (p *scatterPart) failed(err error) error {
	var e *wire.Error
	if !errors.As(err, &e) {
		return p.lost(err)
	}
	p.over, p.said = true, true
	if x := p.scattering; x.sent || x.s.whyEnded() != nil || endsTransaction(e.Number) || e.Number == 3024 {
		return x.hide(p, e)
	}
	return errLeave
}

// hide gives an error logical names.
func (x *scattering) hide(p *scatterPart, e *wire.Error) error {
	if why := x.s.whyEnded(); why != nil {
		return why
	}
	e.Message = x.s.namesOf(x.plan, p.target.Shard).message(e.Message)
	return e
}

// answer passes the columns of the first shard on, the rows of all, and what closes them.
func (x *scattering) answer() error {
	for i, p := range x.parts {
		if err := p.head(i == 0); err != nil {
			return err
		}
	}
	if err := x.understand(); err != nil {
		return err
	}
	const inRows = wire.StatusAutocommit
	st := x.s.status()
	x.x.status = &st
	x.x.endOfColumns(inRows)
	err := x.merge()
	var e *wire.Error
	switch {
	case err == nil:
		return x.close()
	case errors.As(err, &e) && (x.sent || err == errRowLimit): //nolint:errorlint // our own value
		x.x.out.Err = e
		x.x.put(e.Append(nil))
		x.s.errState = e.State
		x.s.diag = append(x.s.diag[:0], diagnostic{level: "Error", code: e.Number, message: e.Message})
		x.s.rowCount = -1
		return nil
	}
	return err
}

// understand resolves what the plan says of columns by their types.
func (x *scattering) understand() error {
	x.columns, x.own = x.parts[0].columns, len(x.parts[0].columns)-x.hidden
	var ok bool
	if x.order.keys, ok = x.sorters(x.bound.Keys); !ok {
		return errNever
	}
	g := x.bound.Groups
	if g == nil {
		return nil
	}
	if x.final, ok = x.sorters(g.Final); !ok || !x.folders(g) {
		return errNever
	}
	for _, c := range g.Having {
		if kind, ok := kindOf(&x.columns[x.column(c.At)], false, false); !ok || kind != plan.SortNumber {
			return errNever
		}
	}
	return nil
}

// merge writes the rows in their order.
func (x *scattering) merge() error {
	if len(x.bound.Keys) == 0 && x.bound.Groups == nil {
		for _, p := range x.parts {
			for !x.enough() {
				if err := p.next(); err != nil {
					return err
				}
				if p.over {
					break
				}
				if err := x.write(p); err != nil {
					return err
				}
			}
		}
		return nil
	}
	x.order.parts = make([]*scatterPart, 0, len(x.parts))
	for _, p := range x.parts {
		if err := p.next(); err != nil {
			return err
		}
		if !p.over {
			x.order.parts = append(x.order.parts, p)
		}
	}
	heap.Init(&x.order)
	if x.bound.Groups != nil {
		return x.groups()
	}
	for len(x.order.parts) > 0 && !x.enough() {
		if err := x.write(x.order.parts[0]); err != nil {
			return err
		}
		if err := x.advance(); err != nil {
			return err
		}
	}
	return nil
}

// advance goes on to the next row of the shard whose row came first.
func (x *scattering) advance() error {
	p := x.order.parts[0]
	if err := p.next(); err != nil {
		return err
	}
	if p.over {
		heap.Pop(&x.order)
	} else {
		heap.Fix(&x.order, 0)
	}
	return nil
}

// enough reports whether LIMIT has been reached.
func (x *scattering) enough() bool { return x.bound.Most >= 0 && x.x.out.Rows >= uint64(x.bound.Most) }

// write passes the present row of a shard on, without the hidden columns.
func (x *scattering) write(p *scatterPart) error {
	return x.emit(func(b []byte) []byte {
		switch {
		case x.hidden == 0:
			return append(b, p.row...)
		case x.binary:
			return p.appendBinary(b, len(p.columns), x.own)
		}
		return append(b, p.row[:p.visible]...)
	})
}

// emit writes a row for the client, unless OFFSET skips it.
func (x *scattering) emit(row func([]byte) []byte) error {
	if x.rows++; x.rows <= uint64(x.bound.Skip) {
		return nil
	}
	if most := x.s.snap.conf.Limits.ResultRows; most > 0 && x.x.out.Rows >= uint64(most) {
		return errRowLimit
	}
	x.x.out.Rows++
	x.to(row)
	if held := x.x.to.Pending() - x.from; x.sent && x.x.to.Due() || held > heldBytes {
		x.sent = true
		if err := x.x.flush(); err != nil {
			return err
		}
		if why := x.s.whyEnded(); why != nil { // the servers may be long in hearing of it
			return why
		}
	}
	return nil
}

// to writes a packet for the client.
func (x *scattering) to(row func([]byte) []byte) {
	c := x.x.to
	c.SetSequence(x.x.seq)
	before := c.Pending()
	c.End(row(c.Begin()))
	x.x.seq = c.Sequence()
	x.x.out.Bytes += int64(c.Pending() - before)
}

// appendBinary appends the row of the binary protocol with the bits and the values of the
// client's columns, the first of all.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
func (t *tuple) appendBinary(b []byte, all, own int) []byte {
	b = append(b, 0)
	bits := t.row[1 : 1+(all+9)/8]
	n := (own + 9) / 8
	b = append(b, bits[:n]...)
	if used := (own + 2) % 8; used > 0 {
		b[len(b)-1] &= 1<<used - 1
	}
	return append(b, t.row[1+len(bits):t.visible]...)
}

// next reads the shard's next row and finds its values, or reads its closing packet.
func (p *scatterPart) next() error {
	if err := p.pass(); err != nil || p.over {
		return err
	}
	if x := p.scattering; x.hidden == 0 && len(x.order.keys) == 0 && x.bound.Groups == nil {
		return nil
	}
	if err := p.split(); err != nil {
		return p.lost(err)
	}
	return nil
}

// pass reads the shard's next row, or its closing packet.
func (p *scatterPart) pass() error {
	b, err := p.packet()
	if err != nil {
		return p.lost(err)
	}
	if len(b) == 0 {
		return p.lost(wire.ErrMalformed)
	}
	switch {
	case b[0] == wire.HeaderErr:
		e, err := wire.ParseError(b)
		if err != nil {
			return p.lost(err)
		}
		return p.failed(e)
	case b[0] == wire.HeaderEOF && len(b) < wire.MaxPayload:
		p.over = true
		if p.ok, err = wire.ParseOK(b, true); err != nil {
			return p.lost(err)
		}
		return p.conn.Note(p.ok.State)
	}
	p.row = b
	return nil
}

// split finds the values of the present row, and where the hidden columns begin.
func (p *scatterPart) split() error {
	p.at = p.at[:0]
	p.visible = len(p.row)
	r := wire.NewReader(p.row)
	if p.scattering.binary {
		return p.splitBinary(&r)
	}
	for i := range p.columns {
		if i == p.scattering.own {
			p.visible = len(p.row) - r.Len()
		}
		v, null := r.LenencNull()
		if null {
			p.at = append(p.at, nothing)
			continue
		}
		end := len(p.row) - r.Len()
		p.at = append(p.at, extent{end - len(v), end})
	}
	return r.Err()
}

// splitBinary does it for the binary protocol.
func (p *scatterPart) splitBinary(r *wire.Reader) error {
	x := p.scattering
	r.Uint8()
	bits := r.Bytes(uint64(len(p.columns)+9) / 8)
	if r.Err() != nil {
		return r.Err()
	}
	p.other, p.otherAt = p.other[:0], p.otherAt[:0]
	for i := range p.columns {
		if i == x.own {
			p.visible = len(p.row) - r.Len()
		}
		p.otherAt = append(p.otherAt, nothing)
		if bits[(i+2)/8]&(1<<((i+2)%8)) != 0 {
			p.at = append(p.at, nothing)
			continue
		}
		v, err := wire.BinaryValue(r, p.columns[i].Type)
		if err != nil {
			return err
		}
		end := len(p.row) - r.Len()
		p.at = append(p.at, extent{end - len(v), end})
		if len(x.looked) > 0 && x.looked[i] {
			from := len(p.other)
			var other bool
			if p.other, other = appendComparable(p.other, &p.columns[i], v); other {
				p.otherAt[i] = extent{from, len(p.other)}
			}
		}
	}
	return r.Err()
}

// close ends the result. What the shards say of warnings is added up.
func (x *scattering) close() error {
	s := x.s
	s.diag = s.diag[:0]
	var ok wire.OK
	for _, p := range x.parts {
		if !p.drained() {
			continue
		}
		ok.Status |= p.ok.Status &^ wire.StatusMoreResults
		switch {
		case p.ok.Warnings == 0:
			continue
		case !x.sent:
			return errLeave
		}
		rows, err := p.conn.QueryAll("SHOW WARNINGS")
		if err != nil {
			return p.lost(err)
		}
		for _, d := range warningsOf(rows) {
			d.message = s.namesOf(x.plan, p.target.Shard).message(d.message)
			s.diag = append(s.diag, d)
		}
		ok.Warnings = uint16(min(int(ok.Warnings)+int(p.ok.Warnings), math.MaxUint16))
	}
	s.diag = s.diag[:min(len(s.diag), s.listed())]
	s.unlisted = int(ok.Warnings) - len(s.diag)
	out := x.x
	ok.Status = out.statusOr(ok.Status)
	if out.more {
		ok.Status |= wire.StatusMoreResults
	}
	out.out.OK, out.out.ResultSet = ok, true
	s.rowCount, s.found = -1, x.rows // with those that OFFSET skips
	x.to(func(b []byte) []byte {
		if !s.caps.Has(wire.ClientDeprecateEOF) {
			return wire.AppendEOF(b, ok.Warnings, ok.Status)
		}
		return ok.Append(b, wire.HeaderEOF, s.caps)
	})
	return nil
}

// drained reads the rest of an answer of which no more rows are wanted. It reports false
// where that would take long: the connection is then given up.
func (p *scatterPart) drained() bool {
	for n := 0; !p.over; n += len(p.row) {
		if n > drainBytes && !p.scattering.inTxn {
			p.conn.Doubt("rows that nobody wants")
			return false
		}
		if err := p.pass(); err != nil {
			return false
		}
	}
	return true
}

// release gives the connections back.
func (x *scattering) release() {
	if x.inTxn {
		x.leave()
		return
	}
	for _, p := range x.parts {
		if !p.watch.over(x.s.task) { // the watch has gone off: what it does must not hit the next statement
			p.conn.Doubt("stopped")
		}
		if !p.over {
			p.conn.Doubt("unread rows")
		}
		x.s.srv.metrics.ranOn(x.s.snap, p.target.Shard)[outcomeOf(!p.over)].Add(1)
		p.conn.Release()
	}
}

// rowHeap holds the parts that have a row, the one whose row comes first on top.
type rowHeap struct {
	keys  []sorter
	parts []*scatterPart
}

func (h *rowHeap) Len() int           { return len(h.parts) }
func (h *rowHeap) Swap(i, j int)      { h.parts[i], h.parts[j] = h.parts[j], h.parts[i] }
func (h *rowHeap) Less(i, j int) bool { return compareRows(h.keys, h.parts[i], h.parts[j]) < 0 }
func (h *rowHeap) Push(any)           {} // no part is ever added
func (h *rowHeap) Pop() any {
	h.parts = h.parts[:len(h.parts)-1]
	return nil
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNumbers compares exact numbers of any length.
func compareNumbers(a, b []byte) int {
	if x, ok := shortNumber(a); ok {
		if y, ok := shortNumber(b); ok {
			return cmp.Compare(x, y)
		}
	}
	return compareLong(a, b)
}

// shortNumber is the value of a whole number that surely fits; false of all others.
func shortNumber(n []byte) (v int64, ok bool) {
	digits := n
	if len(n) > 0 && n[0] == '-' {
		digits = n[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		v = 10*v + int64(d-'0')
	}
	if len(digits) < len(n) {
		v = -v
	}
	return v, true
}

// unsigned is the value of a whole number that is not negative; false of all others.
func unsigned(n []byte) (uint64, bool) {
	if v, ok := shortNumber(n); ok {
		return uint64(v), v >= 0
	}
	v, err := strconv.ParseUint(string(n), 10, 64)
	return v, err == nil
}

func compareLong(a, b []byte) int {
	minusA, minusB := len(a) > 0 && a[0] == '-', len(b) > 0 && b[0] == '-'
	wholeA, partA := digitsOf(a)
	wholeB, partB := digitsOf(b)
	c := len(wholeA) - len(wholeB)
	if c == 0 {
		c = bytes.Compare(wholeA, wholeB)
	}
	if c == 0 {
		c = bytes.Compare(partA, partB)
	}
	zeroA, zeroB := len(wholeA)+len(partA) == 0, len(wholeB)+len(partB) == 0
	switch {
	case zeroA && zeroB:
		return 0
	case minusA != minusB:
		return boolean(minusB) - boolean(minusA)
	case minusA:
		return -c
	}
	return c
}

// digitsOf cuts a number into the digits before and behind its point, without the zeros
// that say nothing.
func digitsOf(n []byte) (whole, part []byte) {
	n = bytes.TrimPrefix(n, []byte("-"))
	whole, part, _ = bytes.Cut(n, []byte("."))
	return bytes.TrimLeft(whole, "0"), bytes.TrimRight(part, "0")
}

func compareFloats(a, b []byte) int {
	x, _ := strconv.ParseFloat(string(a), 64)
	y, _ := strconv.ParseFloat(string(b), 64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// compareWeights compares two weight strings; the shorter is filled up with the weight of
// a space, if there is one.
func compareWeights(a, b, space []byte) int {
	n := min(len(a), len(b))
	if c := bytes.Compare(a[:n], b[:n]); c != 0 || len(space) == 0 || len(a) == len(b) {
		if c == 0 {
			c = len(a) - len(b)
		}
		return c
	}
	rest, sign := a[n:], 1
	if len(b) > n {
		rest, sign = b[n:], -1
	}
	for len(rest) >= len(space) {
		if c := bytes.Compare(rest[:len(space)], space); c != 0 {
			return sign * c
		}
		rest = rest[len(space):]
	}
	return 0
}
