package plan

import (
	"slices"
	"strconv"

	"github.com/sluicedb/sluice/rules"
)

// Scatter runs a query on several shards, each for its own rows. Their answers are the
// statement's when they are merged by Keys, or, without any, put one behind the other. It
// is immutable and safe for concurrent use.
type Scatter struct {
	Relay *Relay // the plan it stands in for
	Table *rules.Table
	Site  int // of Relay.Route: the table whose rows say which shards are asked
	From  int // the token FROM, before which the keys' items are added
	Keys  []SortKey
	// Limit and Offset are literals of the statement by number, -1: none. LimitTokens are
	// the clause's first and last.
	Limit, Offset int
	LimitTokens   [2]int
	Params        []int // the tokens of parameters
	Clock         bool  // it asks for the time, which must be the same on all shards
}

// SortKey is one item of ORDER BY.
type SortKey struct {
	Items string // what is added to the SELECT list
	Kind  SortKind
	Desc  bool
}

// SortKind says how values of a key compare. NULL comes before all.
type SortKind uint8

// The kinds of keys.
const (
	SortBytes  SortKind = iota // byte by byte
	SortNumber                 // an exact number in digits
	SortFloat                  // an approximate number
	SortText                   // a weight string, and the weight of a space to fill it up with
)

// Items is how many items a key of the kind adds.
func (k SortKind) Items() int {
	if k == SortText {
		return 2
	}
	return 1
}

// Scattering is a Scatter bound to the values of one execution.
type Scattering struct {
	*Scatter
	Parts []Target
	// Skip and Most are what OFFSET and LIMIT say; Most -1: all rows.
	Skip, Most int64
}

// Bind finds the shards and their texts for the values of one execution. The error is a
// *Refusal.
func (p *Scatter) Bind(sql []byte, a Args, policy *rules.Policy) (*Scattering, error) {
	b := &binding{rules: p.Relay.Route.Rules, route: &p.Relay.Route, args: a}
	if err := b.confined(); err != nil {
		return nil, err
	}
	site := &p.Relay.Route.Sites[p.Site]
	set := b.site(site)
	if policy == nil {
		policy = &p.Table.Scatter
	}
	shards := p.Table.Database.Shards
	if n := set.count(); n > 1 && n == len(shards) && *policy == rules.Deny {
		return nil, b.spread(site)
	}
	out := &Scattering{Scatter: p, Most: -1}
	edits, err := p.edits(a, out)
	if err != nil {
		return nil, err
	}
	set.each(func(i int) {
		if err != nil {
			return
		}
		var t Target
		t, err = p.Relay.onShard(sql, a, p.Site, shards[i], edits)
		t.Why.Step, t.Why.Rule = StepScatter, p.Table.Pos
		out.Parts = append(out.Parts, t)
	})
	return out, err
}

// edits are those of the relay and those for the merge.
func (p *Scatter) edits(a Args, out *Scattering) ([]Edit, error) {
	edits := slices.Clone(p.Relay.Edits)
	hidden := ""
	for i := range p.Keys {
		hidden += "," + p.Keys[i].Items
	}
	if hidden != "" {
		edits = append(edits, Edit{First: p.From, Last: p.From - 1, Text: hidden + " "})
	}
	limit := p.LimitTokens
	for i, token := range p.Params {
		if p.Limit >= 0 && token >= limit[0] && token <= limit[1] {
			continue
		}
		text, ok := paramText(i, a, p.Relay.Route.Charset)
		if !ok {
			return nil, Unsupported("a parameter of this type over several shards", p.Table.Pos, "")
		}
		edits = append(edits, Edit{First: token, Last: token, Text: text})
	}
	if p.Limit >= 0 {
		most, ok := integer(a.Literal(p.Limit))
		skip := int64(0)
		if ok && p.Offset >= 0 {
			skip, ok = integer(a.Literal(p.Offset))
		}
		if !ok || most < 0 || skip < 0 || most+skip < 0 {
			return nil, Unsupported("the numbers of LIMIT are too large", p.Table.Pos, "")
		}
		out.Most, out.Skip = most, skip
		edits = append(edits, Edit{First: limit[0], Last: limit[1], Text: "LIMIT " + strconv.FormatInt(most+skip, 10)})
	}
	slices.SortStableFunc(edits, func(x, y Edit) int { return x.First - y.First })
	return edits, nil
}

// onShard makes the target of a statement on one shard of a site's table.
func (p *Relay) onShard(sql []byte, a Args, site int, s *rules.Shard, edits []Edit) (Target, error) {
	b := binding{rules: p.Route.Rules, route: &p.Route, args: a, prefer: s}
	b.choices = make([]choice, len(p.Route.Databases))
	b.choices[p.Route.Sites[site].Database].shard = s
	if err := b.settle(); err != nil {
		return Target{}, err
	}
	t := Target{Shard: b.main(), Why: Decision{Slot: -1, Shard: s.Name}}
	t.SQL = apply(sql, edits, a, b.shardOf)
	return t, nil
}

// Explain writes what the shards are asked, with symbolic values.
func (p *Scatter) Explain(w *Printer) {
	how := "one behind the other"
	if len(p.Keys) > 0 {
		how = "merged by " + strconv.Itoa(len(p.Keys)) + " sort keys"
	}
	w.Line("scatter%s: rows of %s, %s", p.Relay.traits(), p.Table.Name, how)
	w.Nest(func() { p.Relay.Route.Sites[p.Site].explain(w, &p.Relay.Route) })
}
