package plan

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// Scatter runs a query on several shards, each for its own rows. Their answers are the
// statement's when they are merged by Keys, or, without any, put one behind the other. It
// is immutable but for what Keep keeps, and safe for concurrent use.
type Scatter struct {
	Relay  *Relay // the plan it stands in for
	Table  *rules.Table
	Site   int       // of Relay.Route: the table whose rows say which shards are asked
	From   int       // the token FROM, before which items are added
	Hidden [][]Piece // the items that are added to the SELECT list
	Keys   []SortKey // the order of every shard's rows, and, if Groups is nil, of the answer
	// Groups is not nil if rows of several shards with equal Keys are one row of the
	// answer.
	Groups  *Groups
	Whole   bool     // each group has all its rows on one shard
	Splices []Splice // of the text, besides these
	// Limit and Offset are literals of the statement by number, -1: none. LimitTokens are
	// the clause's first and last.
	Limit, Offset int
	LimitTokens   [2]int
	Params        []int // the tokens of parameters
	Positions     []Position
	Unnamed       []Unnamed
	Clock         bool // it asks for the time, which must be the same on all shards

	kept sync.Map // what Keep has kept
}

// Keep remembers what executions of the plan on a shard have in common; any goroutine may.
func (p *Scatter) Keep(on *rules.Shard, v any) { p.kept.Store(on, v) }

// Kept returns what Keep has kept.
func (p *Scatter) Kept(on *rules.Shard) (any, bool) { return p.kept.Load(on) }

// Splice puts other text in the place of tokens, or, with Last one less than First,
// behind token Last.
type Splice struct {
	First, Last int
	Pieces      []Piece
}

// Position is a constant that the plan depends on: it stands for an item of the SELECT
// list.
type Position struct {
	Literal int
	Number  int64
}

// Unnamed is a constant text of the SELECT list that the plan depends on: the item is named
// by its value, and must not have a name that stands for something else.
type Unnamed struct {
	Literal int
	Name    string
}

// fits reports whether the item has surely another name.
func (x Unnamed) fits(v value.Value) bool {
	const edited = "\"'\\" // what the name may be without
	return v.Kind == value.String && v.S != "" && strings.TrimSpace(v.S) == v.S &&
		!strings.ContainsAny(v.S, edited) && !strings.EqualFold(v.S, x.Name)
}

// NoWeights says that a value has no weight strings.
const NoWeights = 1 << 30

// SortKey is one value that rows are sorted by.
type SortKey struct {
	At      int // the item of the SELECT list; ^n is the n-th that is added
	Kind    SortKind
	Weights int // the item with the weight string of a text, before one with that of a space; NoWeights
	Desc    bool
}

// SortKind says how values of a key compare. NULL comes before all.
type SortKind uint8

// The kinds of keys.
const (
	SortBytes  SortKind = iota // byte by byte
	SortNumber                 // an exact number in digits
	SortFloat                  // an approximate number
	SortText                   // by weight strings
	SortTime                   // a TIME
	SortTyped                  // as the type of the shards' column says
)

// Scattering is a Scatter bound to the values of one execution.
type Scattering struct {
	*Scatter
	Parts []Target
	// Skip and Most are what OFFSET and LIMIT say; Most -1: all rows.
	Skip, Most int64
	Having     []string // the numbers that Groups.Having compares with
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
	if p.Groups != nil {
		if err := p.Groups.bind(a, out, p.Table.Pos); err != nil {
			return nil, err
		}
	}
	edits, err := p.edits(sql, a, out)
	if err != nil {
		return nil, err
	}
	out.Parts = make([]Target, 0, set.count())
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

// Fits reports whether the plan was made for the positions and the names of constants that
// this execution has.
func (p *Scatter) Fits(a Args) bool {
	for _, x := range p.Positions {
		if n, ok := integer(a.Literal(x.Literal)); !ok || n != x.Number {
			return false
		}
	}
	for _, x := range p.Unnamed {
		if !x.fits(a.Literal(x.Literal)) {
			return false
		}
	}
	return true
}

// edits are those of the relay and those for the merge.
func (p *Scatter) edits(sql []byte, a Args, out *Scattering) ([]Edit, error) {
	gone := func(token int) bool {
		return slices.ContainsFunc(p.Splices, func(c Splice) bool { return token >= c.First && token <= c.Last })
	}
	edits := make([]Edit, 0, len(p.Relay.Edits)+len(p.Splices)+len(p.Params)+2)
	for i := range p.Relay.Edits {
		if !gone(p.Relay.Edits[i].First) {
			edits = append(edits, p.Relay.Edits[i])
		}
	}
	if len(p.Hidden) > 0 {
		var hidden []byte
		for i, item := range p.Hidden { // under names that nothing in the text can mean
			hidden = appendPieces(append(hidden, ','), item, sql, a, p.Relay.Route.Charset)
			hidden = strconv.AppendInt(append(hidden, " AS sluice_"...), int64(i), 10)
		}
		edits = append(edits, Edit{First: p.From, Last: p.From - 1, Text: string(hidden) + " "})
	}
	for _, c := range p.Splices {
		edits = append(edits, Edit{First: c.First, Last: c.Last, Behind: true, Text: string(appendPieces(nil, c.Pieces, sql, a, p.Relay.Route.Charset))})
	}
	limit := p.LimitTokens
	for i, token := range p.Params {
		if p.Limit >= 0 && token >= limit[0] && token <= limit[1] || gone(token) {
			continue
		}
		text, ok := paramText(i, a, p.Relay.Route.Charset)
		if !ok {
			return nil, Unsupported("a parameter of this type over several shards", p.Table.Pos, "")
		}
		edits = append(edits, Edit{First: token, Last: token, Text: text})
	}
	if p.Limit >= 0 {
		text, err := p.limit(a, out)
		if err != nil {
			return nil, err
		}
		edits = append(edits, Edit{First: limit[0], Last: limit[1], Text: text})
	}
	slices.SortStableFunc(edits, func(x, y Edit) int { return x.First - y.First })
	return edits, nil
}

// limit reads LIMIT, and returns what each shard is told: all rows, where which are the
// first is known only when all have come.
func (p *Scatter) limit(a Args, out *Scattering) (string, error) {
	most, ok := integer(a.Literal(p.Limit))
	skip := int64(0)
	if ok && p.Offset >= 0 {
		skip, ok = integer(a.Literal(p.Offset))
	}
	if !ok || most < 0 || skip < 0 || most+skip < 0 {
		return "", Unsupported("the numbers of LIMIT are too large", p.Table.Pos, "")
	}
	out.Most, out.Skip = most, skip
	if g := p.Groups; g != nil && (len(g.Final) > 0 || len(g.Having) > 0) && most > 0 {
		return "", nil
	}
	return "LIMIT " + strconv.FormatInt(most+skip, 10), nil
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
	if len(p.Keys) > 0 && p.Groups == nil {
		how = "merged by " + strconv.Itoa(len(p.Keys)) + " sort keys"
	}
	what := "rows"
	switch {
	case p.Whole:
		what = "whole groups"
	case p.Groups != nil && p.Groups.Single:
		what, how = "aggregates", "added up to one row"
	case p.Groups != nil:
		what, how = "groups", "added up where their "+strconv.Itoa(len(p.Keys))+" sort keys are equal"
	}
	w.Line("scatter%s: %s of %s, %s", p.Relay.traits(), what, p.Table.Name, how)
	w.Nest(func() {
		if p.Groups != nil {
			p.Groups.explain(w)
		}
		p.Relay.Route.Sites[p.Site].explain(w, &p.Relay.Route)
	})
}
