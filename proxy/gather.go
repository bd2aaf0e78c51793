package proxy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
	"golang.org/x/sync/errgroup"
)

// gathering brings the rows that a query needs of several shards to one server, the
// host, on a connection of its own. It lives for one statement.
type gathering struct {
	s      *session
	plan   *plan.Gather
	bound  *plan.Gathering
	whole  *plan.Gathering // the same, all conditions left to the statement itself
	warned atomic.Bool     // a shard gave warnings
	host   *pool.Conn
	empty  bool // no rows: only the looks of the answer are wanted
	tables []gathered
	copied bool // the further tables of those that are read several times, too
	bytes  atomic.Int64
	read   *plan.Relay // the statement's first plan and its text, for the level of the reads
	text   []byte
	clock  string             // the statement that gives all of them one time; empty: none asks for it
	levels map[string]*demand // by group; none: its primary is read
	// of an INSERT that is rehearsed: its plan, and what its rows take along to their shards
	rehearsal      *plan.Rehearsal
	carried        []definedColumn
	carriedOptions string // the default collation of carried
	computes       bool   // copies that are changed have what their tables compute
}

// gathered is one table to copy.
type gathered struct {
	*plan.Copy
	rowForm
	shape *definition
	keys  *string // a condition that has been learned of another table; nil: none
}

// batchBytes is the size from which rows are sent on to the host.
const batchBytes = 256 << 10

// batch is a part of the rows of one table, as the list behind VALUES.
type batch struct {
	table *gathered
	sql   []byte
}

// gather answers a query that Bind has refused because its rows are on several
// shards; refused is that error.
func (s *session) gather(p *plan.Relay, text []byte, refused error) (*gathering, error) {
	var r *plan.Refusal
	if !errors.As(refused, &r) || !r.Wide || p.Class != plan.Read {
		return nil, refused
	}
	if err := s.guarded(p.Tables); err != nil {
		return nil, err
	}
	g, err := s.gatherPlan(p, text)
	if err != nil {
		if errors.As(err, &r) && r.Number == 1235 {
			return nil, s.orMistake(p, text, refusedTwice(refused, r))
		}
		return nil, err
	}
	o := plan.GatherOptions{CopyAll: s.txn.open() || !s.autocommit() || g.Lock != "", Scatter: policyOf(s.user.Scatter)}
	bound, err := g.Bind(text, s, o)
	if err != nil {
		return nil, err
	}
	o.Whole = true
	whole, err := g.Bind(text, s, o)
	if err != nil {
		return nil, err
	}
	s.srv.metrics.planned(planGather)
	s.target = bound.Host
	s.srv.recent.add(s, p, &plan.Target{Shard: bound.Host, Why: plan.Decision{Step: plan.StepGather, Slot: -1, Shard: bound.Host.Name, Rule: r.Rule}})
	out := &gathering{s: s, plan: g, bound: bound, whole: whole, read: p, text: text}
	if bound.Clock {
		out.clock = s.oneClock()
	}
	return out, nil
}

// gatherEmpty lets a server that has all tables of a statement, but none of their rows,
// say how its parameters and columns look.
func (s *session) gatherEmpty(st *prepared, refused error) (*call, error) {
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return nil, refused
	}
	switch {
	case p.Class == plan.Write && p.Pins&plan.PinTempTable != 0:
		return s.temporaryEmpty(p, st.sql, refused)
	case p.Class == plan.Write:
		return s.rehearseEmpty(p, st.sql, refused)
	}
	g, err := s.gather(p, st.sql, refused)
	if err != nil {
		return nil, err
	}
	g.empty = true
	return g.call(p, st.sql), nil
}

// refusedTwice tells why a statement cannot run on one shard, and why its rows cannot
// be brought together either.
func refusedTwice(first error, second *plan.Refusal) error {
	var r *plan.Refusal
	if !errors.As(first, &r) {
		return first
	}
	both := *r
	both.Message += ", and " + second.Message
	return &both
}

func policyOf(p conf.Policy) *rules.Policy {
	var out rules.Policy
	switch p {
	case conf.Allow:
		out = rules.Allow
	case conf.Warn:
		out = rules.Warn
	case conf.Deny:
		out = rules.Deny
	default:
		return nil
	}
	return &out
}

// gatherPlan finds or makes the second plan of a query.
func (s *session) gatherPlan(p *plan.Relay, text []byte) (*plan.Gather, error) {
	if g := p.Gather(); g != nil {
		return g, nil
	}
	stmt, err := parser.Parse(text, s.dialect)
	if err != nil {
		return nil, err
	}
	g, err := s.snap.router.Gather(stmt, s.env())
	if err != nil {
		return nil, s.orOwn(text, err)
	}
	if p.Cacheable {
		p.KeepGather(g)
	}
	return g, nil
}

// call is the statement as the host runs it.
func (g *gathering) call(p *plan.Relay, text []byte) *call {
	s := g.s
	q := s.callOf(p, &plan.Target{Shard: g.bound.Host, SQL: g.bound.SQL}, text)
	q.outside, q.gathered = true, g
	q.before = []byte(g.clock)
	q.names = &names{list: g.renames(p), gathered: g.bound, own: text}
	return q
}

// renames lists what must be hidden in the reply.
func (g *gathering) renames(p *plan.Relay) []rename {
	var list []rename
	for _, d := range p.Route.Databases {
		for _, sh := range d.Shards {
			if sh.Group == g.bound.Host.Group && sh.Schema != p.Show(sh) {
				list = append(list, rename{sh.Schema, p.Show(sh)})
			}
		}
	}
	return list
}

// reading are the settings under which rows are read: conditions mean what they mean
// in the session, and values come as they are stored.
func (g *gathering) reading() *pool.Settings {
	set := g.s.settings
	for _, name := range []string{"autocommit", "sql_select_limit", pool.ResultsCollation} {
		set = set.Without(name)
	}
	if _, now, ok := strings.Cut(g.clock, "="); ok {
		set = set.With(pool.Setting{Name: "timestamp", Value: now})
	}
	return set.With(pool.Setting{Name: "character_set_results", Value: "binary"})
}

// loading are the settings under which rows are written.
func (g *gathering) loading() *pool.Settings {
	return (*pool.Settings)(nil).With(
		pool.Setting{Name: "character_set_client", Value: "utf8mb4"},
		pool.Setting{Name: "character_set_results", Value: "utf8mb4"},
		pool.Setting{Name: "collation_connection", Value: "utf8mb4_bin"},
		pool.Setting{Name: "time_zone", Value: "+00:00"},
		pool.Setting{Name: "sql_mode", Value: "NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES"},
		pool.Setting{Name: "unique_checks", Value: "ON"},
	)
}

// prepare leases the host's connection and fills the temporary tables. After an error
// nothing is left of them.
func (g *gathering) prepare(clean bool) error {
	s := g.s
	want := pool.Want{Clean: clean, FoundRows: s.caps.Has(wire.ClientFoundRows), Settings: g.loading(), Schema: g.bound.Host.Schema}
	if err := s.takePlaces(map[string]int{g.bound.Host.Group: 1}); err != nil {
		return err
	}
	for try := 0; ; try++ {
		lost, err := g.filled(&want)
		switch {
		case err == nil, lost == "":
			return err
		case try == 2:
			return &pool.DownError{Server: lost, Err: err}
		}
	}
}

// filled leases the host's connection and fills the temporary tables. lost is the server
// whose connection has died meanwhile: nothing has happened yet, so this may be tried
// again.
func (g *gathering) filled(want *pool.Want) (lost string, err error) {
	s := g.s
	tables, creations, err := g.shapes()
	if err != nil {
		return "", s.endedOr(g.explain(err))
	}
	c, err := g.lease(want, creations)
	if err != nil {
		return "", s.endedOr(g.explain(err))
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return "", err
	}
	g.host, g.tables, g.copied = c, tables, false
	g.bytes.Store(0)
	g.warned.Store(false)
	err = g.fill()
	if err == nil {
		return "", nil
	}
	ended := s.unlent()
	e, said := errors.AsType[*wire.Error](err)
	if !said && c.Doubtful() != "" {
		lost = c.Server().Addr
	}
	if said && endsTransaction(e.Number) {
		s.rollbackAll() // it has been, where the rows were read
	}
	c.Doubt("gathering failed")
	c.Release()
	if ended != nil {
		return "", ended
	}
	return lost, g.explain(err)
}

// lease gives a connection to the host on which some statements have run, in one packet
// with what it needs for them. One that has died in the pool is replaced.
func (g *gathering) lease(want *pool.Want, first []hostStatement) (*pool.Conn, error) {
	if len(first) == 0 {
		first = []hostStatement{{sql: []byte("DO 0")}}
	}
	for try := 0; ; try++ {
		c, err := g.s.snap.groups[g.bound.Host.Group].Lease(g.s, want)
		if err != nil {
			return nil, err
		}
		deadline(c)
		err = runAll(c, want, first)
		undeadline(c)
		if err == nil {
			return c, nil
		}
		addr := c.Server().Addr
		c.Doubt("adaption failed")
		c.Release()
		if _, ok := errors.AsType[*wire.Error](err); ok {
			return nil, err
		}
		if try == 2 {
			return nil, &pool.DownError{Server: addr, Err: err}
		}
	}
}

// endedOr prefers the reason why the statement was ended to what came of it.
func (s *session) endedOr(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return s.ended
	}
	return err
}

func (g *gathering) fill() error {
	if err := g.catalogue(); err != nil || len(g.bound.Copies) == 0 {
		return err
	}
	if err := g.carry(); err != nil || g.empty {
		return err
	}
	if err := g.enlist(); err != nil {
		return err
	}
	if err := g.readFrom(); err != nil {
		return err
	}
	if err := g.transfer(); err != nil && !g.evaluated(err) {
		return err
	} else if err != nil || g.warned.Load() {
		if err := g.again(); err != nil {
			return err
		}
	}
	if g.copied {
		return nil
	}
	return runAll(g.host, nil, g.multiplications())
}

// evaluated reports whether an error may have come of the conditions, so that the
// statement itself must say it.
func (g *gathering) evaluated(err error) bool {
	var e *wire.Error
	var load *loadError
	if !errors.As(err, &e) || errors.As(err, &load) || g.s.whyEnded() != nil {
		return false
	}
	switch e.Number {
	case 1205, 1213, 1317, 3024, 3572: // waits, deadlocks, limits
		return false
	}
	return slices.ContainsFunc(g.tables, func(t gathered) bool { return t.Asks() })
}

// again reads the rows once more, all of them: the conditions gave warnings on the
// shards, and those must come from the statement itself, for every row.
func (g *gathering) again() error {
	for i := range g.tables {
		t := &g.tables[i]
		if t.Empty {
			continue
		}
		t.Copy = &g.whole.Copies[i]
		if _, err := g.host.Query("TRUNCATE TABLE " + g.tableName(t.Temps[0])); err != nil {
			return fmt.Errorf("emptying a temporary table: %w", err)
		}
	}
	return g.transfer()
}

// enlist opens the session's transaction, if there is one, on all groups that are read.
func (g *gathering) enlist() error {
	s := g.s
	if !s.txn.open() && s.autocommit() {
		return nil
	}
	for i := range g.tables {
		for _, shard := range g.tables[i].From {
			if err := s.enlist(shard.Group); err != nil {
				return err
			}
		}
	}
	return s.lent(g.host)
}

// readFrom finds, for each group that is read, whether its replicas may be.
func (g *gathering) readFrom() error {
	s := g.s
	if !g.read.Replica || s.txn.open() {
		return nil
	}
	g.levels = make(map[string]*demand)
	for i := range g.tables {
		for _, shard := range g.tables[i].From {
			q := &call{group: shard.Group}
			if g.levels[q.group] != nil {
				continue
			}
			if err := s.readFrom(q, g.read, g.text); err != nil {
				return err
			}
			if q.read != nil {
				g.levels[q.group] = q.read
			}
		}
	}
	return s.lent(g.host)
}

// hostStatement is one statement on the host, whose error is told with what was to be done.
type hostStatement struct {
	sql  []byte
	told func(error) error // nil: the error says it
}

// runAll runs statements in one packet, with what the connection needs before them; want
// may be nil. It stops at the first that fails.
func runAll(c *pool.Conn, want *pool.Want, list []hostStatement) error {
	if len(list) == 0 {
		return nil
	}
	c.ResetSequence()
	b, n := append(c.Begin(), byte(wire.ComQuery)), 0
	if want != nil {
		b, n = c.AppendAdapt(b, want)
	}
	for i := range list {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, list[i].sql...)
	}
	c.End(b)
	if err := c.Flush(); err != nil {
		c.Doubt("write failed")
		return err
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return err
		}
	}
	if want != nil {
		c.Adapted(want)
	}
	for i := range list {
		_, more, err := c.ReadNext()
		switch {
		case err != nil && list[i].told != nil:
			return list[i].told(err)
		case err != nil:
			return err
		case more != (i < len(list)-1):
			c.Doubt("protocol error")
			return wire.ErrMalformed
		}
	}
	return nil
}

// shapes finds out what the temporary tables are, and how they are made.
func (g *gathering) shapes() (tables []gathered, creations []hostStatement, err error) {
	for i := range g.bound.Copies {
		t, list, err := g.shapeOf(&g.bound.Copies[i])
		if err != nil {
			return nil, nil, err
		}
		tables, creations = append(tables, t), append(creations, list...)
	}
	return tables, creations, nil
}

// shapeOf says it of the temporary tables of one copy.
func (g *gathering) shapeOf(c *plan.Copy) (gathered, []hostStatement, error) {
	define := g.s.definition
	if c.Home != nil {
		define = g.s.ownDefinition
	}
	shape, err := define(c.Like, c.Name)
	if err != nil {
		return gathered{}, nil, err
	}
	t := gathered{Copy: c, shape: shape, rowForm: newRowForm(shape.pick(c.Columns))}
	if c.Own {
		if err := t.owned(g.computes); err != nil {
			return t, nil, err
		}
	}
	told := func(err error) error { return fmt.Errorf("making a temporary table for %s: %w", c.Name, err) }
	var list []hostStatement
	for i, name := range c.Temps {
		checks := ""
		if c.Own && i == 0 {
			checks = shape.checking(t.columns)
		}
		sql := shape.temporary(g.bound.Host.Schema, name, t.columns, checks)
		if c.Empty {
			sql = shape.empty(g.bound.Host.Schema, name, "InnoDB")
		}
		list = append(list, hostStatement{[]byte(sql), told})
	}
	return t, list, nil
}

// multiplications fill the further temporary tables of tables that are read several times.
func (g *gathering) multiplications() []hostStatement {
	var list []hostStatement
	for i := range g.tables {
		t := &g.tables[i]
		for _, name := range t.Temps[1:] {
			from, to := g.tableName(t.Temps[0]), g.tableName(name)
			told := func(err error) error { return &loadError{t, err} }
			list = append(list, hostStatement{[]byte("INSERT INTO " + to + " SELECT * FROM " + from), told})
		}
	}
	return list
}

func (g *gathering) tableName(name string) string {
	return wire.QuoteIdent(g.bound.Host.Schema) + "." + wire.QuoteIdent(name)
}

// transfer reads the rows of all tables from their shards, several at a time, and
// writes them on the host's connection.
func (g *gathering) transfer() error {
	waves := g.waves()
	for i, wave := range waves {
		if err := g.learn(wave); err != nil {
			return err
		}
		if err := g.transferAll(wave, i == len(waves)-1); err != nil {
			return err
		}
	}
	return nil
}

// transferAll is transfer for some of the tables, the last or not. Few rows are written
// when all have come, in one packet; that of the last tables also fills the further ones.
func (g *gathering) transferAll(tables []*gathered, last bool) error {
	ctx, cancel := context.WithCancel(g.s)
	defer cancel()
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(8)
	batches := make(chan batch, 4)
	var feed errgroup.Group
	feed.Go(func() error { // ends when all readers have: they end when ctx does
		defer close(batches)
		for _, read := range g.reads(tables, batches) {
			readers.Go(func() error { return read(ctx) })
		}
		return readers.Wait()
	})
	var failed error
	var few fewRows
	for b := range batches {
		if failed == nil && !few.add(b) {
			if failed = runAll(g.host, nil, g.insertions(few.take(b))); failed != nil {
				cancel()
			}
		}
	}
	if err := feed.Wait(); failed == nil {
		failed = err
	}
	if failed != nil {
		return failed
	}
	list := g.insertions(few.take(batch{}))
	if g.copied = last && !g.warned.Load(); g.copied {
		list = append(list, g.multiplications()...)
	}
	return runAll(g.host, nil, list)
}

// fewRows are rows that are not worth a packet of their own.
type fewRows struct {
	list []batch // one of each table
	size int
}

// fewBytes is how much of them waits for the end.
const fewBytes = 32 << 10

// add keeps a batch; false if that were too much.
func (f *fewRows) add(b batch) bool {
	if f.size += len(b.sql); f.size > fewBytes {
		return false
	}
	for i := range f.list {
		if f.list[i].table == b.table {
			f.list[i].sql = append(append(f.list[i].sql, ','), b.sql...)
			return true
		}
	}
	f.list = append(f.list, b)
	return true
}

// take gives away what was kept, and a batch that was not.
func (f *fewRows) take(b batch) []batch {
	list := f.list
	if b.table != nil {
		list = append(list, b)
	}
	*f = fewRows{}
	return list
}

// reads lists the readers: one for each table and shard, but what the session reads on
// a connection it holds is read there, one after another.
func (g *gathering) reads(tables []*gathered, to chan<- batch) []func(context.Context) error {
	var out []func(context.Context) error
	held := map[*pool.Conn][]func(context.Context) error{}
	for _, t := range tables {
		for _, shard := range t.From {
			r := &fetcher{g: g, table: t, shard: shard, to: to}
			if r.conn = g.s.txn.held(shard.Group); r.conn != nil {
				held[r.conn] = append(held[r.conn], r.run)
				continue
			}
			out = append(out, r.run)
		}
	}
	for _, list := range held {
		out = append(out, func(ctx context.Context) error {
			for _, run := range list {
				if err := run(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return out
}

// insertions write batches on the host.
func (g *gathering) insertions(list []batch) []hostStatement {
	var out []hostStatement
	for _, b := range list {
		p := append([]byte("INSERT INTO "), g.tableName(b.table.Temps[0])...)
		if len(b.table.columns) > 0 {
			sep := " ("
			for _, col := range b.table.columns {
				p = append(append(p, sep...), wire.QuoteIdent(col.name)...)
				sep = ","
			}
			p = append(p, ')')
		}
		p = append(p, " VALUES "...)
		told := func(err error) error { return &loadError{b.table, err} }
		out = append(out, hostStatement{append(p, b.sql...), told})
	}
	return out
}

// loadError says that rows of a table could not be written on the host.
type loadError struct {
	table *gathered
	err   error
}

func (e *loadError) Error() string { return "copying " + e.table.Name + ": " + e.err.Error() }
func (e *loadError) Unwrap() error { return e.err }

// explain gives the client an error that says what was wrong.
func (g *gathering) explain(err error) error {
	var load *loadError
	var e *wire.Error
	if !errors.As(err, &e) {
		return err
	}
	hide := (&names{list: g.renames(g.plan.Relay)}).message(e.Message)
	if errors.As(err, &load) {
		if e.Number == 1062 {
			return &plan.Refusal{
				Number: 1235, State: "42000", Message: "rows of " + load.table.Name + " on several shards have the same value of a unique key, which one server could not hold: " + hide,
				Remedy: "make the values unique, or name one " + keyOf(load.table) + " in the statement",
			}
		}
		return wire.Errorf(e.Number, e.State, "%s", "bringing the rows of "+load.table.Name+" together: "+hide)
	}
	told := wire.Errorf(e.Number, e.State, "%s", hide)
	g.s.waited(told)
	return told
}

func keyOf(t *gathered) string {
	if t.Table == nil || t.Table.Key == "" {
		return "shard"
	}
	return t.Table.Key
}

// release drops the temporary tables after the statement, or gives the connection up.
func (g *gathering) release() {
	c := g.host
	if c.Doubtful() != "" || len(g.tables) == 0 && len(g.plan.Catalogue) == 0 {
		return
	}
	want := pool.Want{Settings: g.loading()}
	sql := "ROLLBACK; " // with autocommit=0 the query has begun a transaction
	b, _ := c.AppendAdapt([]byte(sql), &want)
	if g.ordinary() {
		b = nil
	}
	var names []string
	for i := range g.tables {
		for _, t := range g.tables[i].Temps {
			names = append(names, g.tableName(t))
		}
	}
	for _, c := range g.plan.Catalogue {
		names = append(names, g.tableName(c.Temp))
	}
	drop := "DROP TEMPORARY TABLE "
	if g.clock != "" {
		drop = "SET @@SESSION.timestamp=DEFAULT; " + drop
	}
	if _, err := c.Query(string(b) + drop + strings.Join(names, ", ")); err != nil {
		c.Doubt("temporary tables remain")
	} else if b != nil {
		c.Adapted(&want)
	}
}

// ordinary reports whether statements of the session's settings commit by themselves
// and may write.
func (g *gathering) ordinary() bool {
	for _, name := range []string{"transaction_read_only", "tx_read_only"} {
		if v, ok := g.s.settings.Value(name); ok && v != "OFF" && v != "0" {
			return false
		}
	}
	return g.s.autocommit()
}

// fetcher reads the rows of one table on one shard.
type fetcher struct {
	g     *gathering
	table *gathered
	shard *rules.Shard
	conn  *pool.Conn // held by the session; nil: a fresh one
	to    chan<- batch
	sent  bool // rows have been handed over
}

func (r *fetcher) sql() string {
	return "SELECT " + r.table.list(r.shard.Index) + " FROM " + wire.QuoteIdent(r.shard.Schema) + "." + wire.QuoteIdent(r.table.Name) + r.table.Selection() + r.table.narrowed() + r.table.Locks
}

// run reads on a connection that nobody else uses meanwhile.
func (r *fetcher) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	want := pool.Want{Settings: r.g.reading(), FoundRows: r.g.s.caps.Has(wire.ClientFoundRows)}
	if c := r.conn; c != nil {
		if v, ok := r.g.s.settings.Value("autocommit"); ok {
			want.Settings = want.Settings.With(pool.Setting{Name: "autocommit", Value: v})
		}
		return r.on(ctx, c, &want)
	}
	for try := 0; ; try++ {
		c, err := r.lease(ctx, &want)
		if err != nil {
			return err
		}
		replica, server := c.Replica, c.Server()
		err = r.on(ctx, c, &want)
		c.Release()
		// A connection that has died in the pool is no reason to fail: nothing was read.
		_, down := errors.AsType[*pool.DownError](err)
		switch {
		case !down && replica:
			server.Answered()
		case replica:
			server.Failed(time.Now())
		}
		if !down || r.sent || try == 4 || ctx.Err() != nil {
			return err
		}
	}
}

// lease gives a connection to a replica where the read's level lets one answer, or else
// to the primary.
func (r *fetcher) lease(ctx context.Context, want *pool.Want) (*pool.Conn, error) {
	q := &call{group: r.shard.Group}
	if d := r.g.levels[q.group]; d != nil {
		own := *d // each reader tries the servers by itself
		q.read = &own
	}
	c, err := r.g.s.lease(ctx, q, want)
	if err == nil && q.read != nil {
		r.g.s.srv.metrics.read(q.group, c.Server().Addr, q.read.level)
	}
	return c, err
}

// on reads on a connection. When ctx ends the server is told to stop.
func (r *fetcher) on(ctx context.Context, c *pool.Conn, want *pool.Want) error {
	stop := stopWith(ctx, c, r.conn == nil)
	err := r.read(c, want)
	if !stop() {
		absorb(c)
		if err == nil {
			err = ctx.Err()
		}
	}
	return err
}

func (r *fetcher) read(c *pool.Conn, want *pool.Want) error {
	b, n := c.AppendAdapt(nil, want)
	c.WriteCommand(wire.ComQuery, append(b, r.sql()...))
	if err := c.Flush(); err != nil {
		c.Doubt("write failed")
		return &pool.DownError{Server: c.Server().Addr, Err: err}
	}
	for range n {
		if err := c.SkipOK(); err != nil {
			return err
		}
	}
	c.Adapted(want)
	var sql []byte
	var failed error // on a connection that the session holds the rest is read all the same
	warnings, err := c.EachRow(r.table.width(), func(row [][]byte) error {
		if failed != nil {
			return nil
		}
		if len(sql) > 0 {
			sql = append(sql, ',')
		}
		if sql, failed = r.table.append(sql, row, (*definedColumn).appendLiteral); failed != nil {
			return r.unheld(failed)
		}
		if len(sql) < batchBytes {
			return nil
		}
		full := sql
		sql = make([]byte, 0, batchBytes+batchBytes/8)
		failed = r.send(full)
		return r.unheld(failed)
	})
	if warnings > 0 && r.table.Asks() {
		r.g.warned.Store(true)
	}
	if err == nil {
		err = failed
	}
	if err == nil && len(sql) > 0 {
		err = r.send(sql)
	}
	var down *pool.DownError
	var e *wire.Error
	if err != nil && !errors.As(err, &down) && !errors.As(err, &e) && c.Doubtful() != "" {
		err = &pool.DownError{Server: c.Server().Addr, Err: err}
	}
	return err
}

// unheld returns the error unless the connection must be read to the end.
func (r *fetcher) unheld(err error) error {
	if r.conn != nil {
		return nil
	}
	return err
}

// errInexact refuses JSON values that cannot be written again as they are.
var errInexact = &plan.Refusal{
	Number: 1235, State: "42000", Message: "a JSON value holds a binary string or a geometry of an SQL type, which cannot be brought to another server as it is",
	Remedy: "confine the statement to one shard, or leave the column out",
}

// send hands a batch over. The channel is read until it is closed, so that this does
// not wait for ever.
func (r *fetcher) send(sql []byte) error {
	g := r.g
	g.s.srv.metrics.gathered.Add(uint64(len(sql)))
	if total := g.bytes.Add(int64(len(sql))); total > int64(g.s.snap.conf.Limits.GatherBytes) {
		return &plan.Refusal{
			Number: 1041, State: "HY000", Message: "too many rows of " + r.table.Name + " would have to be brought together: more than limits.gather_bytes (" + g.s.snap.conf.Limits.GatherBytes.String() + ")",
			Remedy: "add a condition on " + r.table.Name + ", best on " + keyOf(r.table),
		}
	}
	r.sent = true
	r.to <- batch{r.table, sql}
	return nil
}

// definition returns how a table is defined on a shard.
func (s *session) definition(on *rules.Shard, table string) (*definition, error) {
	key := rules.Key(on.Database.Name, table)
	if d, ok := s.snap.definitions.Load(key); ok {
		return d.(*definition), nil
	}
	want := pool.Want{Settings: (*pool.Settings)(nil).With(pool.Setting{Name: "sql_mode", Value: ""})}
	c, err := s.snap.groups[on.Group].Lease(s, &want)
	if err != nil {
		return nil, s.endedOr(err)
	}
	defer c.Release()
	_ = c.Net().SetDeadline(time.Now().Add(probeTime))
	b, _ := c.AppendAdapt(nil, &want)
	b = append(b, "SHOW CREATE TABLE "+wire.QuoteIdent(on.Schema)+"."+wire.QuoteIdent(table)...)
	rows, err := c.QueryAll(string(b))
	if err != nil {
		c.Doubt("a definition could not be read")
		return nil, newNames([]rename{{on.Schema, on.Database.Name}}).wrap(err)
	}
	c.Adapted(&want)
	_ = c.Net().SetDeadline(time.Time{})
	if len(rows) != 1 || len(rows[0]) != 2 {
		return nil, plan.Unsupported(table+" is not a table on shard "+on.Name, on.Pos, "")
	}
	d, err := readDefinition(string(rows[0][1]))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	s.snap.definitions.Store(key, d)
	return d, nil
}

// ownDefinition returns how a temporary table of the session is defined, on the
// connection that it holds.
func (s *session) ownDefinition(on *rules.Shard, table string) (*definition, error) {
	c := s.txn.conn
	if c == nil || c.Server().Group != on.Group {
		return nil, wire.Errorf(1146, "42S02", "Table '%s.%s' doesn't exist", on.Database.Name, table)
	}
	want := pool.Want{FoundRows: s.caps.Has(wire.ClientFoundRows), Settings: s.settings.With(pool.Setting{Name: "sql_mode", Value: ""}).With(pool.Setting{Name: "character_set_results", Value: "utf8mb4"})}
	deadline(c)
	defer undeadline(c)
	b, _ := c.AppendAdapt(nil, &want)
	rows, err := c.QueryAll(string(append(b, "SHOW CREATE TABLE "+wire.QuoteIdent(on.Schema)+"."+wire.QuoteIdent(table)...)))
	if err != nil {
		return nil, newNames([]rename{{on.Schema, on.Database.Name}}).wrap(err)
	}
	c.Adapted(&want)
	if len(rows) != 1 || len(rows[0]) != 2 {
		return nil, plan.Unsupported(table+" is not a table on shard "+on.Name, on.Pos, "")
	}
	d, err := readDefinition(string(rows[0][1]))
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	return d, nil
}

// wrap hides physical names in a server's error; other errors stay as they are.
func (n *names) wrap(err error) error {
	var e *wire.Error
	if errors.As(err, &e) {
		return n.error(e)
	}
	return err
}
