package proxy

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
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
	s      *session
	plan   *plan.Relay
	bound  *plan.Scattering
	text   []byte
	binary bool
	now    string          // the time on all shards, as the variable timestamp has it
	ctx    context.Context // ends with the statement, on all shards
	cancel context.CancelFunc
	parts  []*scatterPart
	hidden int // columns that are not the client's
	x      *relay
	from   int  // where the reply begins in what is written to the client
	sent   bool // a part of the reply has left
	rows   uint64
	order  rowHeap
}

// scatterPart is one shard's answer.
type scatterPart struct {
	scattering *scattering
	target     plan.Target
	conn       *pool.Conn
	columns    []wire.Column
	row        []byte   // the present row, as the server sent it
	visible    int      // bytes of it that are the client's
	keys       [][]byte // of the present row
	over       bool     // the closing packet has been read
	ok         wire.OK
	stop       func() bool // ends the watch over the connection
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
var errLeave = errors.New("the query cannot be scattered")

// scatter answers a query that Bind has refused because its rows are on several shards,
// if each of them can do its own part. done is false if it cannot.
func (s *session) scatter(p *plan.Relay, text []byte, more bool, refused error) (done bool, err error) {
	var r *plan.Refusal
	if !errors.As(refused, &r) || !r.Wide || p.Class != plan.Read || s.txn.open() || s.txn.conn != nil || !s.autocommit() {
		return false, nil
	}
	if _, limited := s.settings.Value("sql_select_limit"); limited {
		return false, nil
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
		x := &scattering{s: s, plan: p, bound: bound, text: text, binary: s.executing != nil && s.executingBinary()}
		err := x.run(more)
		_, down := errors.AsType[*pool.DownError](err)
		switch {
		case err == errLeave: //nolint:errorlint // our own value, never wrapped
			return false, nil
		case down && !x.sent && try < 2 && s.Err() == nil:
			continue
		case err == nil: // the client has a whole reply, if only one that ends with an error
			s.srv.metrics.planned(planScatter)
			s.srv.recent.add(s, p, bound.Parts[0])
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
	if sc, tried := p.Scatter(); tried {
		return sc
	}
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil
	}
	sc, err := s.snap.router.Scatter(stmt, s.env())
	if err != nil {
		sc = nil
	}
	if p.Cacheable {
		p.KeepScatter(sc)
	}
	return sc
}

// run asks the shards and merges what they say.
func (x *scattering) run(more bool) error {
	x.ctx, x.cancel = context.WithCancel(x.s)
	defer x.cancel()
	now := time.Now()
	x.now = fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000)
	for _, k := range x.bound.Keys {
		x.hidden += k.Kind.Items()
	}
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
	levels := map[string]*demand{}
	need := map[string]int{}
	for i := range x.bound.Parts {
		group := x.bound.Parts[i].Shard.Group
		need[group]++
		if levels[group] == nil {
			q := &call{group: group}
			if err := x.s.readFrom(q, x.plan, x.text); err != nil {
				return err
			}
			levels[group] = q.read
		}
	}
	for group, n := range need {
		if n > x.s.snap.places[group].all {
			return errLeave
		}
	}
	if err := x.s.takePlaces(need); err != nil {
		return err
	}
	for i := range x.bound.Parts {
		p := &scatterPart{scattering: x, target: x.bound.Parts[i]}
		if err := p.ask(levels[p.target.Shard.Group]); err != nil {
			return err
		}
	}
	return nil
}

// want is what a shard's connection must be.
func (x *scattering) want(t *plan.Target) *pool.Want {
	s := x.s
	w := &pool.Want{FoundRows: s.caps.Has(wire.ClientFoundRows), Schema: t.Shard.Schema}
	w.Settings = s.settings.With(pool.Setting{Name: "net_write_timeout", Value: stallsFor})
	if _, own := s.settings.Value("timestamp"); x.bound.Clock && !own {
		w.Settings = w.Settings.With(pool.Setting{Name: "timestamp", Value: x.now})
	}
	return w
}

// ask sends the shard its query.
func (p *scatterPart) ask(level *demand) error {
	x := p.scattering
	want := x.want(&p.target)
	q := &call{group: p.target.Shard.Group}
	if level != nil {
		own := *level // each part tries the servers by itself
		q.read, q.level = &own, own.level
	}
	c, err := x.s.lease(x.ctx, q, want)
	if err != nil {
		return err
	}
	p.conn = c
	x.parts = append(x.parts, p)
	if q.level != "" {
		x.s.srv.metrics.read(q.group, c.Server().Addr, q.level)
	}
	p.stop = stopWith(x.ctx, c, false)
	b, n := c.AppendAdapt(nil, want)
	if x.binary {
		return p.askPrepared(b, want)
	}
	c.WriteCommand(wire.ComQuery, append(b, p.target.SQL...))
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
func (p *scatterPart) askPrepared(adapt []byte, want *pool.Want) error {
	c := p.conn
	if len(adapt) > 0 {
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
	p.over = true
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
		x.s.diag = append(x.s.diag[:0], diagnostic{"Error", e.Number, e.Message})
		x.s.rowCount = -1
		return nil
	}
	return err
}

// head reads the columns of the shard's answer; first passes them on.
func (p *scatterPart) head(first bool) error {
	x, c := p.scattering, p.conn
	b, err := c.ReadPacket()
	if err != nil {
		return p.lost(err)
	}
	if len(b) > 0 && b[0] == wire.HeaderErr {
		e, err := wire.ParseError(b)
		if err != nil {
			return p.lost(err)
		}
		return p.failed(e)
	}
	r := wire.NewReader(b)
	n := int(r.Lenenc())
	if r.Err() != nil || n <= x.hidden || n > 0xffff || r.Len() > 0 {
		return p.lost(wire.ErrMalformed)
	}
	if first {
		x.x.names = x.s.namesOf(x.plan, p.target.Shard)
		x.x.put(wire.AppendLenenc(nil, uint64(n-x.hidden)))
	}
	for i := range n {
		b, err := c.ReadPacket()
		if err != nil {
			return p.lost(err)
		}
		col, err := wire.ParseColumn(b)
		if err != nil {
			return p.lost(err)
		}
		p.columns = append(p.columns, col)
		if first && i < n-x.hidden {
			if err := x.x.column(b); err != nil {
				return err
			}
		}
	}
	if !first && !slices.EqualFunc(p.columns, x.parts[0].columns, sameLooks) {
		return errLeave // the shards' tables differ: what is to be said is Gather's
	}
	return nil
}

// sameLooks reports whether two columns can be described as one.
func sameLooks(a, b wire.Column) bool {
	return a.Name == b.Name && a.Type == b.Type && a.Charset == b.Charset && a.Flags&wire.FlagUnsigned == b.Flags&wire.FlagUnsigned
}

// merge writes the rows in their order.
func (x *scattering) merge() error {
	if len(x.bound.Keys) == 0 {
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
	x.order = rowHeap{keys: x.bound.Keys}
	for _, p := range x.parts {
		if err := p.next(); err != nil {
			return err
		}
		if !p.over {
			x.order.parts = append(x.order.parts, p)
		}
	}
	heap.Init(&x.order)
	for len(x.order.parts) > 0 && !x.enough() {
		p := x.order.parts[0]
		if err := x.write(p); err != nil {
			return err
		}
		if err := p.next(); err != nil {
			return err
		}
		if p.over {
			heap.Pop(&x.order)
		} else {
			heap.Fix(&x.order, 0)
		}
	}
	return nil
}

// enough reports whether LIMIT has been reached.
func (x *scattering) enough() bool { return x.bound.Most >= 0 && x.x.out.Rows >= uint64(x.bound.Most) }

// write passes the present row of a shard on, without the hidden columns.
func (x *scattering) write(p *scatterPart) error {
	if x.rows++; x.rows <= uint64(x.bound.Skip) {
		return nil
	}
	if most := x.s.snap.conf.Limits.ResultRows; most > 0 && x.x.out.Rows >= uint64(most) {
		return errRowLimit
	}
	x.x.out.Rows++
	switch {
	case x.hidden == 0:
		x.x.put(p.row)
	case x.binary:
		x.to(func(b []byte) []byte { return p.appendBinary(b) })
	default:
		x.to(func(b []byte) []byte { return append(b, p.row[:p.visible]...) })
	}
	if held := x.x.to.Pending() - x.from; x.sent && x.x.to.Due() || held > heldBytes {
		x.sent = true
		return x.x.flush()
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
// client's columns only.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
func (p *scatterPart) appendBinary(b []byte) []byte {
	all, own := len(p.columns), len(p.columns)-p.scattering.hidden
	b = append(b, 0)
	bits := p.row[1 : 1+(all+9)/8]
	n := (own + 9) / 8
	b = append(b, bits[:n]...)
	if used := (own + 2) % 8; used > 0 {
		b[len(b)-1] &= 1<<used - 1
	}
	return append(b, p.row[1+len(bits):p.visible]...)
}

// next reads the shard's next row, or its closing packet.
func (p *scatterPart) next() error {
	b, err := p.conn.ReadPacket()
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
	if p.scattering.hidden == 0 {
		return nil
	}
	if err := p.split(); err != nil {
		return p.lost(err)
	}
	return nil
}

// split finds in the present row where the hidden columns begin, and their values.
func (p *scatterPart) split() error {
	own := len(p.columns) - p.scattering.hidden
	r := wire.NewReader(p.row)
	null := func(int) bool { return false }
	if p.scattering.binary {
		r.Uint8()
		bits := r.Bytes(uint64(len(p.columns)+9) / 8)
		if r.Err() != nil {
			return r.Err()
		}
		null = func(i int) bool { return bits[(i+2)/8]&(1<<((i+2)%8)) != 0 }
	}
	p.keys = p.keys[:0]
	for i := range p.columns {
		if i == own {
			p.visible = len(p.row) - r.Len()
		}
		var v []byte
		switch {
		case !p.scattering.binary:
			var none bool
			if v, none = r.LenencNull(); none {
				v = nil
			} else if v == nil {
				v = []byte{}
			}
		case null(i):
		default:
			var err error
			if v, err = wire.BinaryValue(&r, p.columns[i].Type); err != nil {
				return err
			}
		}
		if i >= own {
			p.keys = append(p.keys, v)
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
		ok.Warnings += p.ok.Warnings
	}
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
		if n > drainBytes {
			p.conn.Doubt("rows that nobody wants")
			return false
		}
		if err := p.next(); err != nil {
			return false
		}
	}
	return true
}

// release gives the connections back.
func (x *scattering) release() {
	for _, p := range x.parts {
		if !p.stop() { // the watch has gone off: what it does must not hit the next statement
			p.conn.Doubt("stopped")
		}
		if !p.over {
			p.conn.Doubt("unread rows")
		}
		x.s.srv.metrics.ran(x.s.snap, p.target.Shard, !p.over)
		p.conn.Release()
	}
}

// rowHeap holds the parts that have a row, the one whose row comes first on top.
type rowHeap struct {
	keys  []plan.SortKey
	parts []*scatterPart
}

func (h *rowHeap) Len() int      { return len(h.parts) }
func (h *rowHeap) Swap(i, j int) { h.parts[i], h.parts[j] = h.parts[j], h.parts[i] }
func (h *rowHeap) Push(any)      {} // no part is ever added
func (h *rowHeap) Pop() any {
	h.parts = h.parts[:len(h.parts)-1]
	return nil
}

func (h *rowHeap) Less(i, j int) bool {
	a, b := h.parts[i].keys, h.parts[j].keys
	n := 0
	for _, k := range h.keys {
		c := 0
		switch {
		case a[n] == nil || b[n] == nil:
			c = boolean(a[n] != nil) - boolean(b[n] != nil)
		case k.Kind == plan.SortNumber:
			c = compareNumbers(a[n], b[n])
		case k.Kind == plan.SortFloat:
			c = compareFloats(a[n], b[n])
		case k.Kind == plan.SortText:
			c = compareWeights(a[n], b[n], a[n+1])
		default:
			c = bytes.Compare(a[n], b[n])
		}
		if c != 0 {
			return (c < 0) != k.Desc
		}
		n += k.Kind.Items()
	}
	return false
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compareNumbers compares exact numbers of any length.
func compareNumbers(a, b []byte) int {
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
