package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/sluicedb/sluice/router/plan"
	"vitess.io/vitess/go/mysql/collations"
)

// Operator answers the operators' questions about a Server (admin.Proxy).
type Operator struct {
	*Server
	// Load reads the configuration for Reload.
	Load func() (*conf.Config, conf.Problems)
}

var _ admin.Proxy = Operator{}

// Route explains a statement as a session of the given database and tenant would run
// it, and has the server's own EXPLAIN say which partitions it reads.
func (o Operator) Route(q admin.Question) (any, error) {
	s := imagine(o.Server, o.snap.Load(), q)
	e, err := s.explain([]byte(q.SQL))
	if err != nil {
		e = (&Explanation{}).refused(err)
	}
	s.explainPartitions(o.ctx, e)
	return e, nil
}

// imagine makes a session without a client, to plan with.
func imagine(srv *Server, snap *snapshot, q admin.Question) *session {
	s := &session{srv: srv, log: srv.log, snap: snap, db: q.Database, tenant: q.Tenant, user: &account{User: &conf.User{Name: "operator"}}}
	s.scan = &s.own
	if s.db == "" {
		s.db = snap.rules.Logical
	}
	settings, _ := s.initialSettings(wire.CollationUTF8MB4) // which every server takes
	s.adopt(settings)
	return s
}

// explainable reports whether the statement reads a partitioned table and a server
// can explain it.
func explainable(e *Explanation) bool {
	if bytes.Contains(e.sample.SQL, []byte("?")) {
		return false
	}
	for _, t := range e.Tables {
		if t.calendar {
			return true
		}
	}
	return false
}

// explainPartitions has the server's own EXPLAIN say which partitions the statement reads.
func (s *session) explainPartitions(ctx context.Context, e *Explanation) {
	if e.sample.Shard == nil || e.Error != "" || !explainable(e) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var err error
	if e.Partition, err = s.partitions(ctx, e); err != nil {
		e.Partition = "unknown: " + err.Error()
	}
}

// partitions asks a server that would run the statement, or its part, which partitions it
// reads: those of all shards are alike.
func (s *session) partitions(ctx context.Context, e *Explanation) (string, error) {
	want := pool.Want{Settings: s.settings, Schema: e.sample.Shard.Schema}
	c, err := s.snap.groups[e.sample.Shard.Group].Lease(ctx, &want)
	if err != nil {
		return "", err
	}
	defer c.Release()
	b, _ := c.AppendAdapt(nil, &want)
	_ = c.Net().SetDeadline(time.Now().Add(5 * time.Second))
	r, err := c.Query(string(b) + "EXPLAIN FORMAT=TRADITIONAL " + string(e.sample.SQL))
	if err != nil {
		c.Doubt("explain failed")
		return "", err
	}
	_ = c.Net().SetDeadline(time.Time{})
	c.Adapted(&want)
	return partitionColumn(r), nil
}

func partitionColumn(r *pool.Result) string {
	at, table := -1, -1
	for i, col := range r.Columns {
		switch col.Name {
		case "partitions":
			at = i
		case "table":
			table = i
		}
	}
	var out []string
	for _, row := range r.Rows {
		if at >= 0 && table >= 0 && row[at] != nil {
			out = append(out, string(row[table])+": "+string(row[at]))
		}
	}
	return strings.Join(out, "; ")
}

// Recent returns the newest decisions that the filter chooses.
func (o Operator) Recent(f admin.Filter) any {
	list := o.recent.last(min(max(f.Last, 1), recentKept), func(r *Routed) bool {
		if f.Conn != 0 && r.Conn != f.Conn {
			return false
		}
		if f.Tenant != "" && !strings.EqualFold(r.Tenant, f.Tenant) && !strings.EqualFold(strings.Trim(plan.Show(r.Why.Value), "'"), f.Tenant) {
			return false
		}
		return f.Stmt == "" || strings.Contains(strings.ToLower(r.Stmt), strings.ToLower(f.Stmt))
	})
	if list == nil {
		list = []Routed{}
	}
	return list
}

// Reload reads the configuration and puts it in force.
func (o Operator) Reload() error {
	c, problems := o.Load()
	if err := problems.Err(); err != nil {
		o.log.Error("configuration not reloaded", "err", err)
		return err
	}
	if err := o.Server.Reload(c); err != nil {
		o.log.Error("configuration not reloaded", "err", err)
		return err
	}
	return nil
}

// Ready returns nil when the server takes clients and every group answered last.
func (o Operator) Ready() error {
	if o.isDraining() {
		return errors.New("draining")
	}
	var errs error
	for _, g := range o.snap.Load().groups {
		if err := g.Primary().Stats().Err; err != nil {
			errs = errors.Join(errs, fmt.Errorf("group %s: %w", g.Name, err))
		}
	}
	return errs
}

// RouteOffline explains a statement from the configuration alone; no server is asked.
func RouteOffline(c *conf.Config, q admin.Question) (*Explanation, error) {
	log := slog.New(slog.DiscardHandler)
	snap, problems := makeSnapshot(c, nil, nil, nil, log)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	defer snap.closeNew(nil)
	snap.unlearned()
	srv := &Server{log: log, collations: collations.MySQL8()}
	s := imagine(srv, snap, q)
	e, err := s.explain([]byte(q.SQL))
	if err != nil {
		return (&Explanation{}).refused(err), nil //nolint:nilerr // a refusal is the answer
	}
	return e, nil
}

// Transactions lists the transactions that are prepared on servers and not finished;
// with an id, what was decided about that one too.
func (o Operator) Transactions(id string) (any, error) {
	ctx, cancel := context.WithTimeout(o.ctx, commitTime)
	defer cancel()
	return o.doubtful(ctx, id)
}

// Resolve finishes one transaction now instead of at the next round of recovery. With
// verdict "commit" or "rollback" a human decides; empty, what was decided holds.
func (o Operator) Resolve(id, verdict string) (any, error) {
	ctx, cancel := context.WithTimeout(o.ctx, commitTime)
	defer cancel()
	return o.resolve(ctx, id, verdict)
}

// Definitions lists the journal of statements about definitions; with an id that one.
func (o Operator) Definitions(id uint64) (any, error) {
	ctx, cancel := context.WithTimeout(o.ctx, commitTime)
	defer cancel()
	list, err := o.definitionList(ctx, id)
	if err != nil {
		return nil, err
	}
	if list == nil {
		list = []*Definition{}
	}
	return list, nil
}

// UndoDefinition takes a statement about definitions back from the shards that have it. It
// takes as long as it takes.
func (o Operator) UndoDefinition(id uint64) (any, error) {
	d, err := o.undo(o.ctx, id)
	if err != nil {
		return nil, err
	}
	return []*Definition{d}, nil
}

// ResumeDefinition runs a statement about definitions on the shards that do not have it.
// It takes as long as it takes.
func (o Operator) ResumeDefinition(id uint64, forget bool) (any, error) {
	d, err := o.resume(o.ctx, id, forget)
	if err != nil {
		return nil, err
	}
	return []*Definition{d}, nil
}
