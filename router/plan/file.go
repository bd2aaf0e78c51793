package plan

import (
	"slices"
	"strings"

	"github.com/sluicedb/sluice/parser/infile"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// File is how the records of LOAD DATA LOCAL find their shards.
type File struct {
	Format   infile.Format
	Charset  string // that the statement names; empty: the session's
	Variable bool   // the field of the key goes to a user variable first
	Clause   [2]int // the tokens of IGNORE n LINES, which only the whole file has
	At       int    // the token before which the statement could name a character set
}

// BindFile makes what runs on each shard of the table, by Shard.Index. Where the statement
// does not name a character set it is given the one that is not empty.
func (p *Split) BindFile(sql []byte, a Args, charset string) ([]Target, error) {
	b := &binding{rules: p.Relay.Route.Rules, route: &p.Relay.Route, args: a}
	if err := b.confined(); err != nil {
		return nil, err
	}
	edits := slices.Clone(p.Relay.Edits)
	if p.File.Charset == "" && charset != "" {
		edits = append(edits, Edit{First: p.File.At, Last: p.File.At - 1, Behind: true, Text: " CHARACTER SET " + charset})
	}
	if c := p.File.Clause; c[1] > c[0] {
		edits = append(edits, Edit{First: c[0], Last: c[1] - 1})
	}
	if len(edits) > len(p.Relay.Edits) {
		slices.SortStableFunc(edits, func(x, y Edit) int { return x.First - y.First })
	}
	var out []Target
	for _, s := range p.Table.Database.Shards {
		t, err := p.Relay.onShard(sql, a, p.Site, s, edits)
		if err != nil {
			return nil, err
		}
		t.Why.Step, t.Why.Rule = StepSplit, p.Table.Pos
		out = append(out, t)
	}
	return out, nil
}

// Home returns the shard of a record of a file in a character set; false where it is not
// certain what the key column will hold.
func (p *Split) Home(f infile.Field, charset string) (*rules.Shard, bool) {
	loc, ok := p.Relay.Route.Rules.Locate(p.Table, p.loaded(f, charset))
	return loc.Shard, ok
}

// loaded is what the key column holds after LOAD DATA, which stores what it can and
// warns. Where that is an error instead, the row is on no shard.
func (p *Split) loaded(f infile.Field, charset string) value.Value {
	c, known := p.Table.Column(p.Table.Key)
	nullable := known && c.Nullable
	switch {
	case f.Missing && !p.File.Variable && nullable && c.Default == nil, (f.Null || f.Missing && p.File.Variable) && nullable:
		return value.Value{}
	case f.Null || f.Missing:
		return zeroKey(p.Table)
	}
	v := value.Value{Kind: value.String, S: string(f.Text)}
	switch charset {
	case "utf8mb4", "utf8mb3", "utf8", "binary":
	default:
		v.Charset = charset
	}
	return p.Table.Kept(v)
}

// explain writes where the records go.
func (f *File) explain(w *Printer, t *rules.Table) {
	parts := []string{"fields end with " + Show(value.Value{Kind: value.String, S: f.Format.FieldEnd})}
	if f.Format.Quote != "" {
		parts = append(parts, "quoted by "+f.Format.Quote)
	}
	w.Line("records by field %d of %d for %s, %s", f.Format.Key+1, f.Format.Fields, t.Key, strings.Join(parts, ", "))
}
