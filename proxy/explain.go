package proxy

import (
	"errors"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// explainVerb answers EXPLAIN ROUTE <statement>; other EXPLAINs go to a server.
func (s *session) explainVerb(text []byte, more bool) (bool, error) {
	if w := s.words(text); len(w) < 3 || w[1] != "ROUTE" {
		return false, nil
	}
	inner := text[s.scan.Tokens[2].Start:]
	r, err := s.explain(inner)
	if err != nil {
		return true, err
	}
	s.explainPartitions(s, r)
	cols := []wire.Column{wire.Text("Item", 20), wire.Text("Value", 4096)}
	var rows [][][]byte
	for _, line := range r.Lines() {
		rows = append(rows, [][]byte{[]byte(line[0]), []byte(line[1])})
	}
	s.quiet()
	s.rows(cols, rows, more)
	return true, nil
}

// explainOnOne lets one shard explain a statement that would run on several, with the
// keys and the statistics that the shard has; refused is why it would not run there.
func (s *session) explainOnOne(p *plan.Relay, text []byte, refused error) (*call, error) {
	r, ok := errors.AsType[*plan.Refusal](refused)
	if !ok || !r.Wide {
		return nil, refused
	}
	if p.Explains == plan.ExplainPlan {
		if t, err := p.On(text, s, p.Sample()); err == nil {
			return s.callOf(p, &t, text), nil
		}
	}
	other := *r
	other.Remedy = "EXPLAIN ROUTE says where the statement itself runs"
	return nil, &other
}

// Explanation is where a statement would run, and why.
type Explanation struct {
	Statement string       `json:"statement"` // fingerprint
	Plan      string       `json:"plan"`
	Tables    []TableRoute `json:"tables,omitempty"`
	DecidedBy string       `json:"decided_by,omitempty"`
	Decision  any          `json:"decision,omitempty"` // plan.Decision; in a client of the operators' address, what its JSON says
	Locate    []string     `json:"locate,omitempty"`   // shards that would be asked first
	Shard     string       `json:"shard,omitempty"`
	Schema    string       `json:"schema,omitempty"`
	Group     string       `json:"group,omitempty"`
	Server    string       `json:"server,omitempty"`
	Answers   string       `json:"answers,omitempty"` // why that server, where there are replicas
	SQL       string       `json:"sql,omitempty"`     // the text sent
	Reads     []string     `json:"reads,omitempty"`   // what is copied to the shard first, and from where
	Parts     []string     `json:"parts,omitempty"`   // of a write on several shards
	Error     string       `json:"error,omitempty"`
	Number    uint16       `json:"number,omitempty"`
	Partition string       `json:"partitions,omitempty"`
	Timeless  []string     `json:"timeless,omitempty"` // tables of whose rows the statement does not say of what time they are
	Cache     string       `json:"cache,omitempty"`    // whether the reply is kept, and why

	sample plan.Target // a shard that can explain the statement, and its text there
}

// TableRoute is what the rules say of a table.
type TableRoute struct {
	Name     string `json:"name"`
	Database string `json:"database"`
	Kind     string `json:"kind"`
	Key      string `json:"key,omitempty"`
	Rule     string `json:"rule"`

	calendar bool // partitioned by month
}

// Lines are the explanation as rows of two columns.
func (e *Explanation) Lines() [][2]string {
	var out [][2]string
	add := func(k, v string) {
		if v != "" {
			out = append(out, [2]string{k, v})
		}
	}
	add("statement", e.Statement)
	for _, t := range e.Tables {
		v := t.Database + "." + t.Name + ": " + t.Kind
		if t.Key != "" {
			v += " by " + t.Key
		}
		add("table", v+" ("+t.Rule+")")
	}
	if e.Error != "" {
		add("refused", e.Error)
		return out
	}
	add("decided by", e.DecidedBy)
	if len(e.Locate) > 0 {
		add("asks first", strings.Join(e.Locate, ", "))
	}
	for _, r := range e.Reads {
		add("copies from", r)
	}
	for _, r := range e.Parts {
		add("runs on", r)
	}
	add("shard", e.Shard)
	add("schema", e.Schema)
	add("group", e.Group)
	add("server", e.Server)
	add("because", e.Answers)
	add("partitions", e.Partition)
	if len(e.Timeless) > 0 {
		add("no time", strings.Join(e.Timeless, ", ")+": all partitions are read")
	}
	add("cache", e.Cache)
	add("sends", e.SQL)
	for _, l := range strings.Split(strings.TrimRight(e.Plan, "\n"), "\n") {
		add("plan", l)
	}
	return out
}

// explain plans a statement as it would be planned now, and runs nothing.
func (s *session) explain(text []byte) (*Explanation, error) {
	if err := s.scan.Run(text, 0, s.dialect); err != nil {
		return nil, err
	}
	e := &Explanation{Statement: parser.Fingerprint(text, s.dialect)}
	en, err := s.plan(text)
	if err != nil {
		return e.refused(err), nil
	}
	e.Plan = plan.Text(en)
	everywhere, ok := en.(*plan.Everywhere)
	if ok {
		return e, s.explainEverywhere(e, everywhere, text)
	}
	p, ok := en.(*plan.Relay)
	if !ok {
		return e, nil
	}
	for _, t := range p.Tables {
		e.Tables = append(e.Tables, TableRoute{t.Name, t.Database.Name, t.Kind.String(), t.Key, t.Pos.String(), t.Calendar != nil})
	}
	for _, t := range p.Timeless {
		e.Timeless = append(e.Timeless, t.Name)
	}
	e.sample = s.sample(p, text)
	t, err := p.Bind(text, s)
	if err != nil {
		if s.srv.replies != nil {
			e.Cache = "no: it runs on several shards"
		}
		return e, s.explainWide(e, p, text, err)
	}
	e.Decision, e.DecidedBy = t.Why, t.Why.String()
	e.Cache = s.explainCache(p, t, text)
	if t.Locate != nil {
		for _, c := range t.Locate.Candidates {
			e.Locate = append(e.Locate, c.Name)
		}
		return e, nil
	}
	e.Shard, e.Schema, e.Group = t.Shard.Name, t.Shard.Schema, t.Shard.Group
	s.explainRead(e, p, text)
	e.SQL = string(text)
	if t.SQL != nil {
		e.SQL = string(t.SQL)
	}
	return e, nil
}

// sample returns a shard that can explain a statement, and its text there.
func (s *session) sample(p *plan.Relay, text []byte) plan.Target {
	t, err := p.On(text, s, p.Sample())
	if err != nil {
		return plan.Target{}
	}
	if t.SQL == nil {
		t.SQL = text
	}
	return t
}

// explainWide explains a statement whose rows are on several shards.
func (s *session) explainWide(e *Explanation, p *plan.Relay, text []byte, refused error) error {
	var r *plan.Refusal
	if !errors.As(refused, &r) || !r.Wide {
		e.refused(refused)
		return nil
	}
	var err error
	if p.Class == plan.Read {
		err = s.explainGather(e, p, text)
	} else {
		err = s.explainSplit(e, p, text, refused)
	}
	if err != nil {
		e.refused(err)
	}
	return nil
}

// explainEverywhere explains a statement that runs on all shards of a database.
func (s *session) explainEverywhere(e *Explanation, p *plan.Everywhere, text []byte) error {
	e.DecidedBy = plan.StepEverywhere
	for _, part := range p.Parts(text) {
		targets, err := s.bindPart(p, part)
		if err != nil {
			e.refused(err)
			return nil
		}
		for _, t := range targets {
			sql := t.SQL
			if sql == nil {
				sql = part.Text
			}
			e.Parts = append(e.Parts, t.Shard.Name+" ("+t.Shard.Group+"): "+string(sql))
		}
	}
	return nil
}

func (s *session) explainGather(e *Explanation, p *plan.Relay, text []byte) error {
	if s.explainScatter(e, p, text) {
		return nil
	}
	g, err := s.gatherPlan(p, text)
	if err != nil {
		return err
	}
	bound, err := g.Bind(text, s, plan.GatherOptions{Scatter: policyOf(s.user.Scatter)})
	if err != nil {
		return err
	}
	e.Plan, e.DecidedBy = plan.Text(g), plan.StepGather
	e.reads(bound)
	e.Shard, e.Schema, e.Group, e.SQL = bound.Host.Name, bound.Host.Schema, bound.Host.Group, string(bound.SQL)
	e.Server = s.snap.groups[e.Group].Primary().Addr
	return nil
}

// explainScatter explains a query that shards can answer each for itself; false if they
// cannot.
func (s *session) explainScatter(e *Explanation, p *plan.Relay, text []byte) bool {
	sc := s.scatterPlan(p, text)
	if sc == nil {
		return false
	}
	bound, err := sc.Bind(text, s, policyOf(s.user.Scatter))
	if err != nil {
		return false
	}
	e.Plan, e.DecidedBy = plan.Text(sc), plan.StepScatter
	for _, t := range bound.Parts {
		e.Parts = append(e.Parts, t.Shard.Name+" ("+t.Shard.Group+"): "+string(t.SQL))
	}
	return true
}

func (s *session) explainSplit(e *Explanation, p *plan.Relay, text []byte, refused error) error {
	sp, rehearsal, err := s.writePlan(p, text, refused)
	if err != nil {
		return err
	}
	if rehearsal != nil {
		return s.explainRehearsal(e, rehearsal, text)
	}
	parts, err := sp.Bind(text, s, plan.GatherOptions{Scatter: policyOf(s.user.Scatter)}, false)
	if err != nil {
		return err
	}
	e.Plan, e.DecidedBy = plan.Text(sp), plan.StepSplit
	for i := range parts {
		e.Parts = append(e.Parts, parts[i].Shard.Name+" ("+parts[i].Shard.Group+"): "+string(parts[i].SQL))
	}
	return nil
}

// explainRehearsal explains a write that runs on copies first.
func (s *session) explainRehearsal(e *Explanation, r *plan.Rehearsal, text []byte) error {
	some, _, err := r.Bind(text, s, plan.GatherOptions{Scatter: policyOf(s.user.Scatter)})
	if err != nil {
		return err
	}
	e.Plan, e.DecidedBy = plan.Text(r), plan.StepRehearsal
	e.reads(some)
	e.Shard, e.Schema, e.Group, e.SQL = some.Host.Name, some.Host.Schema, some.Host.Group, string(some.SQL)
	e.Server = s.snap.groups[e.Group].Primary().Addr
	return nil
}

// reads lists what is copied.
func (e *Explanation) reads(g *plan.Gathering) {
	for i := range g.Copies {
		c := &g.Copies[i]
		for _, from := range c.From {
			e.Reads = append(e.Reads, from.Name+" ("+from.Group+"): "+c.Name+c.Where+c.Locks)
		}
	}
}

func (e *Explanation) refused(err error) *Explanation {
	ce := toClient(err)
	e.Error, e.Number = ce.Message, ce.Number
	return e
}
