package proxy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
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
	host   *pool.Conn
	empty  bool // no rows: only the looks of the answer are wanted
	tables []gathered
	bytes  atomic.Int64
}

// gathered is one table to copy.
type gathered struct {
	*plan.Copy
	columns []definedColumn
	shape   *definition
}

// exact is an expression that is 0 where the text of a JSON value does not say all of
// it: DECIMAL, times and binary strings that functions have put into it would come back
// as other types. It is empty where there are no such columns.
func (t *gathered) exact() string {
	var parts []string
	for i := range t.columns {
		if t.columns[i].kind != "json" {
			continue
		}
		c := wire.QuoteIdent(t.columns[i].name)
		again := "CAST(CAST(" + c + " AS CHAR CHARACTER SET utf8mb4) AS JSON)"
		parts = append(parts, "IFNULL(JSON_STORAGE_SIZE(JSON_EXTRACT("+c+",'$')) = JSON_STORAGE_SIZE("+again+") AND CAST("+c+" AS CHAR) = CAST("+again+" AS CHAR), 1)")
	}
	return strings.Join(parts, " AND ")
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
	g, err := s.gatherPlan(p, text)
	if err != nil {
		if errors.As(err, &r) && r.Number == 1235 {
			return nil, refusedTwice(refused, r)
		}
		return nil, err
	}
	o := plan.GatherOptions{CopyAll: s.txn.open() || !s.autocommit(), Scatter: policyOf(s.user.Scatter)}
	bound, err := g.Bind(text, s, o)
	if err != nil {
		return nil, err
	}
	s.srv.metrics.planned(planGather)
	s.target = bound.Host
	s.srv.recent.add(s, p, plan.Target{Shard: bound.Host, Why: plan.Decision{Step: plan.StepGather, Slot: -1, Shard: bound.Host.Name, Rule: r.Rule}})
	return &gathering{s: s, plan: g, bound: bound}, nil
}

// gatherEmpty lets a server that has all tables of a statement, but none of their rows,
// say how its parameters and columns look.
func (s *session) gatherEmpty(st *prepared, refused error) (*call, error) {
	p, ok := st.node.(*plan.Relay)
	if !ok {
		return nil, refused
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
	q.names = &names{list: g.renames(p), gathered: g.bound}
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

// reading are the settings under which rows are read: values come as they are stored,
// times in UTC. Constants in conditions mean what they mean in the session.
func (g *gathering) reading() *pool.Settings {
	collation, ok := g.s.settings.Value("collation_connection")
	if !ok {
		collation = g.s.snap.base.Collation
	}
	return (*pool.Settings)(nil).With(
		pool.Setting{Name: "character_set_client", Value: "utf8mb4"},
		pool.Setting{Name: "character_set_results", Value: "binary"},
		pool.Setting{Name: "collation_connection", Value: collation},
		pool.Setting{Name: "time_zone", Value: "+00:00"},
		pool.Setting{Name: "sql_mode", Value: ""},
	)
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
func (g *gathering) prepare() error {
	s := g.s
	want := pool.Want{FoundRows: s.caps.Has(wire.ClientFoundRows), Settings: g.loading(), Schema: g.bound.Host.Schema}
	c, err := s.snap.groups[g.bound.Host.Group].Lease(s, &want)
	if err != nil {
		return s.endedOr(err)
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return err
	}
	g.host = c
	if err := g.fill(&want); err != nil {
		ended := s.unlent()
		c.Doubt("gathering failed")
		c.Release()
		if ended != nil {
			return ended
		}
		return g.explain(err)
	}
	return nil
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

func (g *gathering) fill(want *pool.Want) error {
	b, _ := g.host.AppendAdapt(nil, want)
	if _, err := g.host.Query(string(append(b, "DO 0"...))); err != nil {
		return err
	}
	g.host.Adapted(want)
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
	if err := g.transfer(); err != nil {
		return err
	}
	return g.multiply()
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

// create makes the temporary tables of one copy.
func (g *gathering) create(c *plan.Copy) (gathered, error) {
	shape, err := g.s.definition(c.Like, c.Name)
	if err != nil {
		return gathered{}, err
	}
	t := gathered{Copy: c, shape: shape, columns: shape.pick(c.Columns)}
	for _, name := range c.Temps {
		if _, err := g.host.Query(shape.temporary(g.bound.Host.Schema, name, t.columns)); err != nil {
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
	done := make(chan error, 1)
	go func() { // ends when all readers have: they end when ctx does
		for _, read := range g.reads(batches) {
			readers.Go(func() error { return read(ctx) })
		}
		done <- readers.Wait()
		close(batches)
	}()
	var failed error
	for b := range batches {
		if failed == nil {
			if failed = g.write(b); failed != nil {
				cancel()
			}
		}
	}
	if err := <-done; failed == nil {
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
	return wire.Errorf(e.Number, e.State, "%s", hide)
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
	if c.Doubtful() != "" || len(g.tables) == 0 {
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
}

func (r *fetcher) sql() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i := range r.table.columns {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(r.table.columns[i].fetch())
	}
	if len(r.table.columns) == 0 {
		b.WriteString("1")
	}
	if j := r.table.exact(); j != "" {
		b.WriteString("," + j)
	}
	b.WriteString(" FROM " + wire.QuoteIdent(r.shard.Schema) + "." + wire.QuoteIdent(r.table.Name) + r.table.Where)
	return b.String()
}

// run reads on a connection that nobody else uses meanwhile. When ctx ends the server
// is told to stop.
func (r *fetcher) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	want := pool.Want{Settings: r.g.reading(), FoundRows: r.g.s.caps.Has(wire.ClientFoundRows)}
	c := r.conn
	if c == nil {
		var err error
		if c, err = r.g.s.snap.groups[r.shard.Group].Lease(ctx, &want); err != nil {
			return err
		}
		defer c.Release()
	} else if v, ok := r.g.s.settings.Value("autocommit"); ok {
		want.Settings = want.Settings.With(pool.Setting{Name: "autocommit", Value: v})
	}
	var once sync.WaitGroup
	once.Add(1)
	stop := context.AfterFunc(ctx, func() {
		defer once.Done()
		kill, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := c.Server().Kill(kill, c.ThreadID, false); err != nil || r.conn == nil {
			c.Interrupt("stopped")
		}
	})
	err := r.read(c, &want)
	if !stop() {
		once.Wait()
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
	n = max(len(r.table.columns), 1)
	if r.table.exact() != "" {
		n++
	}
	err := c.EachRow(n, func(row [][]byte) error {
		if failed != nil {
			return nil
		}
		if len(row) > len(r.table.columns) && len(r.table.columns) > 0 {
			if string(row[n-1]) == "0" {
				failed = r.inexact()
				return r.unheld(failed)
			}
			row = row[:n-1]
		}
		sql = r.appendRow(sql, row)
		if len(sql) < batchBytes {
			return nil
		}
		full := sql
		sql = make([]byte, 0, batchBytes+batchBytes/8)
		failed = r.send(full)
		return r.unheld(failed)
	})
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

// inexact refuses JSON values that their text does not give back.
func (r *fetcher) inexact() error {
	return &plan.Refusal{
		Number: 1235, State: "42000", Message: "JSON values of " + r.table.Name + " hold numbers or times of SQL types, which cannot be brought to another server as they are",
		Remedy: "name one " + keyOf(r.table) + " in the statement, or leave the column out",
	}
}

func (r *fetcher) appendRow(sql []byte, row [][]byte) []byte {
	if len(sql) > 0 {
		sql = append(sql, ',')
	}
	sql = append(sql, '(')
	if len(r.table.columns) == 0 {
		return append(sql, "1)"...)
	}
	for i, v := range row {
		if i > 0 {
			sql = append(sql, ',')
		}
		sql = r.table.columns[i].appendLiteral(sql, v)
	}
	return append(sql, ')')
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
