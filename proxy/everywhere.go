package proxy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// A statement about definitions that concerns several shards runs like this:
//
//  1. nobody else changes the same objects meanwhile: a user lock sees to it;
//  2. all shards answer, and have the same definition;
//  3. they are asked whether their tables are free (tablefree.go), and whether their rows
//     refuse it (asking.go);
//  4. the journal says what is about to happen;
//  5. the first shard runs it: its error is the client's, and nothing has happened;
//  6. the other shards run it, in parallel;
//  7. the journal says what has happened, and plans are made by the new definitions.
//
// MySQL commits each shard's part by itself, so a failure in step 6 leaves shards that
// have it and shards that have not. Such tables are guarded (guard.go) until
// `sluice ddl resume` has finished the work (resume.go) or `sluice ddl undo` has taken it
// back (undo.go).

// lockTime is how long a statement waits for another one about the same object.
const lockTime = 30 * time.Second

// defining is a statement about definitions while it runs.
type defining struct {
	s       *session
	plan    *plan.Everywhere
	text    []byte
	targets []plan.Target
	entry   *Definition
	clock   string // the statement that gives all shards one time
	ok      wire.OK
	diag    []diagnostic
	before  int     // rows of other shards before the one that the first shard's error names
	shown   []shown // what each object was, on the first shard
}

// everywhere runs a statement about definitions on every shard.
func (s *session) everywhere(p *plan.Everywhere, text []byte, more bool) error {
	if p.Calls {
		return s.callEach(p, text, more)
	}
	if s.txn.why&(plan.PinTableLocks|plan.PinHandler) != 0 {
		return plan.Unsupported("the session holds a connection ("+s.txn.why.String()+")", s.snap.conf.Pos, "end that state first")
	}
	var err error
	parts := p.Parts(text)
	bound := make([][]plan.Target, len(parts))
	for i, part := range parts {
		if bound[i], err = s.bindPart(p, part); err != nil {
			return err
		}
	}
	targets := bound[0]
	x := &defining{s: s, plan: p, text: text, targets: targets}
	if p.New != nil && s.txn.open() {
		if err := x.existing(); err != nil {
			return err
		}
	}
	switch {
	case s.scan.First != parser.Checksum:
		if err = s.readable(text); err == nil {
			err = s.commitsAll()
		}
	case s.txn.open():
		err = plan.Unsupported("the sum over several shards is that of what is committed, and a transaction is open", s.snap.conf.Pos, "COMMIT first")
	}
	if err != nil {
		return err
	}
	s.srv.metrics.planned(planEverywhere)
	s.srv.recent.add(s, p.Relay, &targets[0])
	s.touchAll()
	if p.Answers {
		return s.lookAfter(parts, bound, more)
	}
	if err := x.run(); err != nil {
		return err
	}
	s.refresh() // for what follows in the same packet
	x.reply(more)
	return nil
}

// existing refuses before the transaction is committed what could only be done if its object
// were there on all shards.
func (x *defining) existing() error {
	defs, err := x.definitions(x.describe().places())
	if err != nil {
		return err
	}
	for _, d := range defs {
		if slices.Contains(d, "") {
			return x.plan.New
		}
	}
	return nil
}

// bindPart binds a part of a statement; a turn has a text, and a reading of it, of its own.
func (s *session) bindPart(p *plan.Everywhere, part plan.Turn) ([]plan.Target, error) {
	if part.Plan == p {
		return p.Bind(part.Text, s)
	}
	whole := s.scan
	defer func() { s.scan = whole }()
	s.scan = new(parser.Scan)
	if err := s.scan.Run(part.Text, 0, s.dialect); err != nil {
		return nil, err
	}
	return part.Plan.Bind(part.Text, s)
}

// prepareEverywhere prepares such a statement.
func (s *session) prepareEverywhere(st *prepared, p *plan.Everywhere) error {
	if err := s.tryEverywhere(st, p); err != nil {
		return err
	}
	s.keep(st, nil)
	return nil
}

// tryEverywhere lets the first shard say whether such a statement can be prepared.
func (s *session) tryEverywhere(st *prepared, p *plan.Everywhere) error {
	part := p.Parts(st.sql)[0]
	targets, err := s.bindPart(p, part)
	if err != nil {
		return err
	}
	t := targets[0]
	sql := t.SQL
	if sql == nil {
		sql = part.Text
	}
	if err := s.try(t.Shard, sql); err != nil {
		if e, ok := errors.AsType[*wire.Error](err); ok {
			e.Message = s.namesOf(p.Relay, t.Shard).message(e.Message)
		}
		return s.endedOr(err)
	}
	if st.params > 0 && !p.Calls {
		return plan.Unsupported("a definition with parameters", s.snap.conf.Pos, "send it as text with its values")
	}
	return nil
}

// callEach calls a procedure on every shard, on all of them or on none.
func (s *session) callEach(p *plan.Everywhere, text []byte, more bool) error {
	if err := s.splitAllowed(); err != nil {
		return err
	}
	targets, err := p.Bind(text, s)
	if err != nil {
		return err
	}
	s.srv.metrics.planned(planEverywhere)
	s.srv.recent.add(s, p.Relay, &targets[0])
	x := &splitting{s: s, plan: &plan.Split{Relay: p.Relay}, text: text, clock: s.oneClock()}
	for _, t := range targets {
		x.parts = append(x.parts, plan.Part{Target: t})
	}
	if err := s.atomically(x.groups(), x.run); err != nil {
		return err
	}
	x.reply(more)
	return nil
}

// readable returns the error of a text that no server can read: it leaves a transaction open.
func (s *session) readable(text []byte) error {
	if !s.txn.open() {
		return nil
	}
	if e, ok := errors.AsType[*wire.Error](s.try(s.home(), text)); ok && ofText(e.Number) {
		return e
	}
	return nil
}

// commitsAll commits the session's transaction, as every definition does.
func (s *session) commitsAll() error {
	if s.txn.trans {
		return s.commitAll()
	}
	s.txn.forget()
	return nil
}

func (x *defining) run() error {
	srv, snap := x.s.srv, x.s.snap
	x.entry = x.describe()
	if x.clock = x.s.oneClock(); x.clock != "" {
		_, now, _ := strings.Cut(x.clock, "=")
		x.entry.Settings = append(slices.Clone(x.entry.Settings), pool.Setting{Name: "timestamp", Value: now})
	}
	unlock, err := x.lock(snap.journalGroup())
	if err != nil {
		return err
	}
	defer unlock()
	if err := x.check(); err != nil {
		return err
	}
	ctx, cancel := x.untilKilled()
	defer cancel()
	if err := x.tablesFree(ctx); err != nil {
		return err
	}
	if err := x.ask(ctx); err != nil {
		return err
	}
	srv.point("shards asked")
	if err := srv.journal.add(srv.ctx, snap.journalGroup(), x.entry, x.text); err != nil {
		return fmt.Errorf("the journal cannot be written: %w", err)
	}
	srv.defining.Store(x.entry.ID, true)
	defer srv.defining.Delete(x.entry.ID)
	defer x.unseen()
	if err := x.first(); err != nil {
		return err
	}
	srv.guard(x.entry.ID, true, x.entry.keys())
	srv.point("first shard defined")
	err = srv.rest(ctx, snap, x.entry, x.add)
	srv.finished(snap, x.entry, err)
	return err
}

// unseen notes that the session has changed groups over connections that are not its own:
// its reads must ask their primaries how far a replica has to be.
func (x *defining) unseen() {
	for _, t := range x.targets {
		if len(x.s.snap.groups[t.Shard.Group].Servers()) > 1 {
			x.s.writesOn(t.Shard.Group).ask = true
		}
	}
}

// untilKilled ends when the client's statement is killed. That the client has gone, or
// that it takes long, is no reason to leave the shards different.
func (x *defining) untilKilled() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(x.s.srv.ctx)
	stop := context.AfterFunc(x.s, func() {
		if x.s.whyEnded() == errKilled {
			cancel()
		}
	})
	return ctx, func() { stop(); cancel() }
}

// describe is the journal's entry.
func (x *defining) describe() *Definition {
	d := &Definition{
		State: ddlRunning, Database: x.plan.Database.Name, Objects: x.plan.Objects,
		Settings: x.s.settings.All(), Program: x.s.scan.DefinesProgram(x.text, x.s.dialect),
	}
	for _, t := range x.targets {
		sql := t.SQL
		if sql == nil {
			sql = slices.Clone(x.text)
		}
		d.Shards = append(d.Shards, DefinitionShard{Name: t.Shard.Name, Group: t.Shard.Group, Schema: t.Shard.Schema, Shown: x.plan.Relay.Show(t.Shard), SQL: sql, State: ddlWaiting})
	}
	return d
}

// lock waits until nobody else changes the objects. A KILL of the session ends the wait.
func (x *defining) lock(g *pool.Group) (unlock func(), err error) {
	s := x.s
	c, err := g.Lease(s, &pool.Want{})
	if err != nil {
		return nil, s.endedOr(err)
	}
	if err := s.lent(c); err != nil {
		c.Release()
		return nil, err
	}
	err = takeLocks(c, x.entry)
	if ended := s.unlent(); ended != nil {
		err = ended
	}
	if err != nil {
		c.Doubt("lock not taken")
		c.Release()
		return nil, err
	}
	return func() { releaseLocks(c) }, nil
}

// takeLocks takes the locks of all objects on a connection, in one order for everybody.
func takeLocks(c *pool.Conn, d *Definition) error {
	until := time.Now().Add(lockTime)
	names := d.keys()
	slices.Sort(names)
	_ = c.Net().SetDeadline(until.Add(commitTime))
	defer undeadline(c)
	for _, name := range slices.Compact(names) {
		rows, err := c.QueryAll(fmt.Sprintf("SELECT GET_LOCK('%s', %.3f)", lockName(name), max(time.Until(until).Seconds(), 0)))
		if err != nil {
			return err
		}
		if len(rows) != 1 || string(rows[0][0]) != "1" {
			return wire.Errorf(1205, "HY000", "Lock wait timeout exceeded; another statement is changing %s: sluice ddl list", strings.SplitN(name, ".", 2)[1])
		}
	}
	return nil
}

// lockName is the user lock of an object: its name may be longer than MySQL allows.
func lockName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "sluice ddl " + hex.EncodeToString(sum[:16])
}

func releaseLocks(c *pool.Conn) {
	deadline(c)
	if _, err := c.QueryAll("SELECT RELEASE_ALL_LOCKS()"); err != nil {
		c.Doubt("locks not released")
	}
	undeadline(c)
	c.Release()
}

// lockTaken reports whether somebody is at a statement of the journal.
func (srv *Server) lockTaken(ctx context.Context, snap *snapshot, d *Definition) bool {
	taken := false
	err := srv.journal.ask(ctx, snap.journalGroup(), "SELECT IS_USED_LOCK('"+lockName(d.keys()[0])+"') IS NOT NULL", func(row [][]byte) error {
		taken = string(row[0]) == "1"
		return nil
	})
	return taken || err != nil
}

// check makes sure that all shards answer and are alike.
func (x *defining) check() error {
	if err := x.unfinishedBefore(); err != nil {
		return err
	}
	places := x.entry.places()
	defs, err := x.definitions(places)
	if err != nil {
		return err
	}
	if o := x.plan.Objects; len(o) == 1 && o[0].Kind == plan.TriggerObject && x.s.scan.First == parser.Drop {
		places, defs[0] = x.where(places, defs[0])
	}
	for i, o := range x.plan.Objects {
		if d := drift(o, places, defs[i]); d != "" && !x.plan.Converges {
			return plan.Unsupported(d, x.plan.Database.Pos, "make the shards alike first: sluice check --live")
		}
		if x.plan.New != nil && slices.Contains(defs[i], "") {
			return x.plan.New
		}
		x.entry.Before = append(x.entry.Before, defs[i][0].hash())
		x.shown = append(x.shown, defs[i][0])
	}
	return nil
}

// definitions asks all shards how the objects are defined.
func (x *defining) definitions(places []place) ([][]shown, error) {
	defs, err := x.s.snap.definitionsOn(x.s, places, x.plan.Objects)
	if err == nil {
		return defs, nil
	}
	e, ok := errors.AsType[*wire.Error](err)
	if !ok {
		e = wire.Errorf(1429, "HY000", "The statement ran nowhere, because not all shards can be asked: %v", err)
	}
	return nil, x.s.endedOr(e)
}

// where leaves only the shards that have what is to be dropped, if there are some: a trigger
// is where its table is, and nothing but the shards themselves says of which table it is.
func (x *defining) where(places []place, defs []shown) ([]place, []shown) {
	var at []int
	for i, d := range defs {
		if d != "" {
			at = append(at, i)
		}
	}
	if len(at) == 0 || len(at) == len(defs) {
		return places, defs
	}
	targets, shards := x.targets, x.entry.Shards
	x.targets, x.entry.Shards = nil, nil
	var keptPlaces []place
	var kept []shown
	for _, i := range at {
		x.targets, x.entry.Shards = append(x.targets, targets[i]), append(x.entry.Shards, shards[i])
		keptPlaces, kept = append(keptPlaces, places[i]), append(kept, defs[i])
	}
	return keptPlaces, kept
}

// unfinishedBefore refuses a statement while another one has not reached all shards. Who
// has the locks knows that nobody is at that one any more.
func (x *defining) unfinishedBefore() error {
	srv, snap := x.s.srv, x.s.snap
	open, err := srv.journal.list(x.s, snap.journalGroup(), journalOpen)
	if err != nil {
		return x.s.endedOr(fmt.Errorf("the journal cannot be read: %w", err))
	}
	mine := x.entry.keys()
	for _, d := range open {
		if !slices.ContainsFunc(d.keys(), func(k string) bool { return slices.Contains(mine, k) }) {
			continue
		}
		srv.guard(d.ID, false, d.keys())
		for _, o := range x.plan.Objects {
			if _, err := srv.guards.Load().refuse(x.plan.Database, o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Definition) places() []place {
	var out []place
	for i := range d.Shards {
		out = append(out, place{d.Shards[i].Name, d.Shards[i].Group, d.Shards[i].Schema})
	}
	return out
}

// first runs the statement on the first shard.
func (x *defining) first() error {
	s, srv := x.s, x.s.srv
	q := s.callOf(x.plan.Relay, &x.targets[0], x.text)
	q.outside, q.setsVars = true, false
	q.clock, q.before = x.clock, []byte(x.clock)
	executing := s.executing
	s.executing = nil // it is sent as text
	out, err := s.collect(q, nil)
	s.executing = executing
	sh := &x.entry.Shards[0]
	switch {
	case err != nil && unsent(err):
		sh.State, sh.Error, x.entry.State = ddlFailed, err.Error(), ddlFailed
		srv.save(s.snap, x.entry)
		return err
	case err != nil:
		// Whether the shard has it is not known.
		sh.State, sh.Error = ddlWaiting, err.Error()
		srv.finished(s.snap, x.entry, err)
		return x.entry.unfinished(err)
	case out.Err != nil:
		sh.State, sh.Error, x.entry.State = ddlFailed, out.Err.Message, ddlFailed
		srv.save(s.snap, x.entry)
		s.warned = slices.Clone(s.diag)
		said := out.Err.Message
		e := x.renumbered(out.Err)
		for i := range s.warned {
			if s.warned[i].message == said {
				s.warned[i].message = e.Message
			}
		}
		return e
	}
	sh.State = ddlDone
	srv.save(s.snap, x.entry)
	x.ok, x.diag = out.OK, s.withAbsent(slices.Clone(s.diag), x.plan.Relay)
	return nil
}

// unsent reports whether an error is one of finding a connection.
func unsent(err error) bool {
	_, refused := errors.AsType[*plan.Refusal](err)
	_, down := errors.AsType[*pool.DownError](err)
	return refused || down || errors.Is(err, pool.ErrExhausted) || errors.Is(err, pool.ErrClosed)
}

// add adds what the statement has done on another shard.
func (x *defining) add(r *pool.Result, warnings []diagnostic) {
	known := uint64(0)
	for _, d := range warnings {
		if slices.Contains(x.diag, d) && !atRow.MatchString(d.message) { // two rows are not one
			known++
			continue
		}
		x.diag = append(x.diag, d)
	}
	if x.plan.Copies {
		return
	}
	x.ok.Affected += r.OK.Affected
	mine, other := infoNumbers(string(x.ok.Info)), infoNumbers(string(r.OK.Info))
	if len(mine) == 3 && len(other) == 3 {
		x.ok.Info = fmt.Appendf(nil, "Records: %d  Duplicates: %d  Warnings: %d", mine[0]+other[0], mine[1]+other[1], mine[2]+max(other[2], known)-known)
	}
}

// save writes an entry of the journal, whatever becomes of the session.
func (srv *Server) save(snap *snapshot, d *Definition) {
	if err := srv.journal.save(srv.ctx, snap.journalGroup(), d); err != nil {
		srv.log.Error("the journal of definitions cannot be written", "ddl", d.ID, "state", d.State, "err", err)
	}
}

// rest runs a statement on the shards that wait for it, in parallel, and reports each
// one's answer. The error is the first shard's that failed.
func (srv *Server) rest(ctx context.Context, snap *snapshot, d *Definition, report func(*pool.Result, []diagnostic)) error {
	results := make([]*pool.Result, len(d.Shards))
	warnings := make([][]diagnostic, len(d.Shards))
	errs := make([]error, len(d.Shards))
	waiting := d.waiting()
	var g errgroup.Group
	for i := range d.Shards {
		if d.Shards[i].State == ddlDone {
			continue
		}
		g.Go(func() error {
			results[i], warnings[i], errs[i] = srv.defineOn(ctx, snap, waiting, &d.Shards[i])
			return nil
		})
	}
	_ = g.Wait()
	var first error
	for i, err := range errs {
		sh := &d.Shards[i]
		switch {
		case err != nil:
			sh.State, sh.Error = ddlFailed, err.Error()
			if first == nil {
				first = err
			}
		case results[i] != nil:
			sh.State, sh.Error = ddlDone, ""
			report(results[i], warnings[i])
		}
	}
	if first != nil {
		return d.unfinished(first)
	}
	return nil
}

// defineOn runs a statement on one shard, on a connection of its own and without a limit
// of time. When ctx ends the server is told to stop it.
func (srv *Server) defineOn(ctx context.Context, snap *snapshot, d *Definition, sh *DefinitionShard) (r *pool.Result, warnings []diagnostic, err error) {
	srv.point("defining " + sh.Name)
	c, stop, err := srv.leaseFor(ctx, snap, d, sh)
	if err != nil {
		return nil, nil, err
	}
	defer c.Release()
	defer stop()
	if err := multiStatements(c, !d.Program); err != nil {
		c.Doubt("protocol error")
		return nil, nil, err
	}
	if r, err = c.Query(string(sh.SQL)); err == nil && r.OK.Warnings > 0 {
		warnings, err = sh.warnings(c)
	}
	if d.Program {
		if multiStatements(c, true) != nil {
			c.Doubt("takes one statement only")
		}
	}
	if e, ok := errors.AsType[*wire.Error](err); ok {
		e.Message = sh.names().message(e.Message)
	}
	return r, warnings, err
}

// leaseFor leases a connection to a shard with the settings of a statement. When ctx ends
// before stop is called the server is told to stop what runs on it.
func (srv *Server) leaseFor(ctx context.Context, snap *snapshot, d *Definition, sh *DefinitionShard) (c *pool.Conn, stop func(), err error) {
	group, ok := snap.groups[sh.Group]
	if !ok {
		return nil, nil, fmt.Errorf("group %s is not configured", sh.Group)
	}
	want := pool.Want{Schema: sh.Schema, Settings: (*pool.Settings)(nil).With(d.Settings...)}
	if c, err = group.Lease(ctx, &want); err != nil {
		return nil, nil, err
	}
	if b, n := c.AppendAdapt(nil, &want); n > 0 {
		if _, err := c.Query(string(b[:len(b)-1])); err != nil {
			c.Doubt("adaption failed")
			c.Release()
			return nil, nil, err
		}
		c.Adapted(&want)
	}
	over := stopWith(ctx, c, false)
	return c, func() {
		if !over() {
			c.Doubt("killed")
		}
	}, nil
}

// warnings fetches a statement's warnings with logical names.
func (sh *DefinitionShard) warnings(c *pool.Conn) ([]diagnostic, error) {
	rows, err := c.QueryAll("SHOW WARNINGS")
	var out []diagnostic
	for _, r := range rows {
		if len(r) == 3 {
			out = append(out, diagnostic{level: string(r[0]), code: uint16(atoi(r[1])), message: sh.names().message(string(r[2]))})
		}
	}
	return out, err
}

func atoi(b []byte) (n int) {
	_, _ = fmt.Sscan(string(b), &n)
	return n
}

// names hides the physical schema of a shard in messages.
func (sh *DefinitionShard) names() *names { return newNames([]rename{{sh.Schema, sh.Shown}}) }

// unfinishedError says that a statement has reached some shards only.
type unfinishedError struct {
	d   *Definition
	err error
}

func (d *Definition) unfinished(err error) error { return &unfinishedError{d, err} }

func (e *unfinishedError) Error() string { return e.err.Error() }
func (e *unfinishedError) Unwrap() error { return e.err }

// client tells which shards have the statement, with the cause's number.
func (e *unfinishedError) client() *wire.Error {
	cause := *toClient(e.err)
	have := "it is not known which shards have it"
	if done := e.d.with(ddlDone); len(done) > 0 {
		have = "the statement ran on shards " + strings.Join(done, ", ") + " and not on " + strings.Join(append(e.d.with(ddlFailed), e.d.with(ddlWaiting)...), ", ")
	}
	cause.Message = fmt.Sprintf("%s; %s: sluice ddl resume %d, or sluice ddl undo %d", strings.TrimSuffix(cause.Message, "."), have, e.d.ID, e.d.ID)
	return &cause
}

// finished writes how a statement has ended and lets plans see it.
func (srv *Server) finished(snap *snapshot, d *Definition, err error) {
	d.State = ddlDone
	if err != nil {
		d.State = ddlPartial
		srv.guard(d.ID, false, d.keys())
		srv.log.Error("a statement about definitions has not reached all shards", "ddl", d.ID, "done", d.with(ddlDone), "failed", d.with(ddlFailed), "err", err)
	}
	srv.save(snap, d)
	if err == nil {
		if db, ok := snap.rules.Database(d.Database); ok {
			srv.redefine(srv.ctx, db)
		}
		srv.unguard(d.ID)
	}
}

// reply tells the client what the shards together did.
func (x *defining) reply(more bool) {
	s, ok := x.s, x.ok
	s.diag = append(s.diag[:0], x.diag...)
	ok.Warnings = uint16(min(max(int(ok.Warnings), len(x.diag)), 65535))
	s.rowCount = int64(ok.Affected)
	ok.Status = s.status()
	if more {
		ok.Status |= wire.StatusMoreResults
	}
	ok.State = nil
	s.relay.out = outcome{OK: ok}
	s.conn.WriteOK(ok, s.caps)
}

// definedHere notes that a statement about definitions has run on one shard: what was
// remembered of them is gone, here and, by the journal, in other processes.
func (s *session) definedHere(p *plan.Relay, text []byte, out *outcome) {
	if p.Class != plan.DDL || out == nil || out.Err != nil || p.Needs&plan.NeedTempTables != 0 || len(p.Route.Databases) == 0 {
		return
	}
	srv := s.srv
	d := &Definition{State: ddlDone, Database: p.Route.Databases[0].Name}
	for _, t := range p.Tables {
		d.Objects = append(d.Objects, tableObject(t.Name))
	}
	if s.target != nil {
		d.Shards = []DefinitionShard{{Name: s.target.Name, Group: s.target.Group, Schema: s.target.Schema, State: ddlDone}}
	}
	if err := srv.journal.add(srv.ctx, s.snap.journalGroup(), d, text); err != nil {
		srv.log.Warn("other processes do not hear of a changed definition", "err", err)
	}
	srv.redefine(srv.ctx, p.Route.Databases...)
	s.refresh()
}
