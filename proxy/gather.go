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
	bytes  atomic.Int64
	read   *plan.Relay // the statement's first plan and its text, for the level of the reads
	text   []byte
	levels map[string]*demand // by group; none: its primary is read
}

// gathered is one table to copy.
type gathered struct {
	*plan.Copy
	rowForm
	shape *definition
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
			return nil, refusedTwice(refused, r)
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
	s.srv.recent.add(s, p, plan.Target{Shard: bound.Host, Why: plan.Decision{Step: plan.StepGather, Slot: -1, Shard: bound.Host.Name, Rule: r.Rule}})
	return &gathering{s: s, plan: g, bound: bound, whole: whole, read: p, text: text}, nil
}

// gatherEmpty lets a server that has all tables of a statement, but none of their rows,
// say how its parameters and columns look.
func (s *session) gatherEmpty(st *prepared, refused error) (*call, error) {
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return nil, refused
	}
	if p.Class == plan.Write {
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
	q := s.callOf(p, plan.Target{Shard: g.bound.Host, SQL: g.bound.SQL}, text)
	q.outside, q.gathered = true, g
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
	c, err := g.lease(want)
	if err != nil {
		return "", s.endedOr(err)
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return "", err
	}
	g.host, g.tables = c, nil
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

// lease gives a connection to the host that is known to stand: one that has died in
// the pool is replaced.
func (g *gathering) lease(want *pool.Want) (*pool.Conn, error) {
	for try := 0; ; try++ {
		c, err := g.s.snap.groups[g.bound.Host.Group].Lease(g.s, want)
		if err != nil {
			return nil, err
		}
		deadline(c)
		b, _ := c.AppendAdapt(nil, want)
		_, err = c.Query(string(append(b, "DO 0"...)))
		undeadline(c)
		if err == nil {
			c.Adapted(want)
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
	for i := range g.bound.Copies {
		t, err := g.create(&g.bound.Copies[i])
		if err != nil {
			return err
		}
		g.tables = append(g.tables, t)
	}
	if g.empty {
		return nil
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
	return g.multiply()
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
	return slices.ContainsFunc(g.tables, func(t gathered) bool { return t.Tail != nil })
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

// create makes the temporary tables of one copy.
func (g *gathering) create(c *plan.Copy) (gathered, error) {
	shape, err := g.s.definition(c.Like, c.Name)
	if err != nil {
		return gathered{}, err
	}
	t := gathered{Copy: c, shape: shape, rowForm: newRowForm(shape.pick(c.Columns))}
	if c.Own {
		if err := t.owned(); err != nil {
			return t, err
		}
	}
	for _, name := range c.Temps {
		sql := shape.temporary(g.bound.Host.Schema, name, t.columns)
		if c.Empty {
			sql = shape.empty(g.bound.Host.Schema, name, "InnoDB")
		}
		if _, err := g.host.Query(sql); err != nil {
			return t, fmt.Errorf("making a temporary table for %s: %w", c.Name, err)
		}
	}
	return t, nil
}

// multiply fills the further temporary tables of tables that are read several times.
func (g *gathering) multiply() error {
	for i := range g.tables {
		t := &g.tables[i]
		for _, name := range t.Temps[1:] {
			from, to := g.tableName(t.Temps[0]), g.tableName(name)
			if _, err := g.host.Query("INSERT INTO " + to + " SELECT * FROM " + from); err != nil {
				return fmt.Errorf("copying %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

func (g *gathering) tableName(name string) string {
	return wire.QuoteIdent(g.bound.Host.Schema) + "." + wire.QuoteIdent(name)
}

// transfer reads the rows of all tables from their shards, several at a time, and
// writes them on the host's connection.
func (g *gathering) transfer() error {
	ctx, cancel := context.WithCancel(g.s)
	defer cancel()
	readers, ctx := errgroup.WithContext(ctx)
	readers.SetLimit(8)
	batches := make(chan batch, 4)
	var feed errgroup.Group
	feed.Go(func() error { // ends when all readers have: they end when ctx does
		defer close(batches)
		for _, read := range g.reads(batches) {
			readers.Go(func() error { return read(ctx) })
		}
		return readers.Wait()
	})
	var failed error
	for b := range batches {
		if failed == nil {
			if failed = g.write(b); failed != nil {
				cancel()
			}
		}
	}
	if err := feed.Wait(); failed == nil {
		failed = err
	}
	return failed
}

// reads lists the readers: one for each table and shard, but what the session reads on
// a connection it holds is read there, one after another.
func (g *gathering) reads(to chan<- batch) []func(context.Context) error {
	var out []func(context.Context) error
	held := map[*pool.Conn][]func(context.Context) error{}
	for i := range g.tables {
		t := &g.tables[i]
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

// write sends one batch to the host.
func (g *gathering) write(b batch) error {
	c := g.host
	c.ResetSequence()
	p := append(c.Begin(), byte(wire.ComQuery))
	p = append(p, "INSERT INTO "...)
	p = append(p, g.tableName(b.table.Temps[0])...)
	if len(b.table.columns) > 0 {
		sep := " ("
		for _, col := range b.table.columns {
			p = append(append(p, sep...), wire.QuoteIdent(col.name)...)
			sep = ","
		}
		p = append(p, ')')
	}
	p = append(p, " VALUES "...)
	c.End(append(p, b.sql...))
	if err := c.Flush(); err != nil {
		c.Doubt("write failed")
		return err
	}
	_, err := c.ReadResult()
	if err != nil {
		return &loadError{b.table, err}
	}
	return nil
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
	if _, err := c.Query(string(b) + "DROP TEMPORARY TABLE " + strings.Join(names, ", ")); err != nil {
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
	return "SELECT " + r.table.list(r.shard.Index) + " FROM " + wire.QuoteIdent(r.shard.Schema) + "." + wire.QuoteIdent(r.table.Name) + r.table.Where
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
	if warnings > 0 && r.table.Tail != nil {
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

// wrap hides physical names in a server's error; other errors stay as they are.
func (n *names) wrap(err error) error {
	var e *wire.Error
	if errors.As(err, &e) {
		return n.error(e)
	}
	return err
}
