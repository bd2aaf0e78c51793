package plan

import (
	"fmt"
	"strings"

	"github.com/sluicedb/sluice/rules"
)

// Explain writes the route with symbolic values.
func (p *Relay) Explain(w *Printer) {
	w.Line("relay %s%s", p.Class, p.traits())
	w.Nest(func() {
		for i := range p.Route.Sites {
			p.Route.Sites[i].explain(w, &p.Route)
		}
		for i := range p.Route.Probes {
			p.Route.Probes[i].explain(w, i, p.Proves)
		}
		for i := range p.Route.Checks {
			c := &p.Route.Checks[i]
			if c.Computed {
				w.Line("check %s.%s is not changed", c.Table.Name, c.Table.Key)
				continue
			}
			w.Line("check %s.%s := %s stays on the shard", c.Table.Name, c.Table.Key, c.Source.String())
		}
		if len(p.AddsUp) > 0 {
			w.Line("cardinality added over %d shards", len(p.AddsUp))
		}
		for _, n := range p.Dropped.Absent {
			w.Line("note %d: %s", n.Number, n.Message)
		}
		if p.Unique != nil {
			p.Unique.explain(w)
		}
		if len(p.Route.Databases) == 0 {
			w.Line("any shard")
		}
		if len(p.Names) > 0 {
			w.Line("shown as %s", p.shown())
		}
	})
}

func (p *Relay) traits() string {
	var out []string
	if p.Class == Read && p.Primary {
		out = append(out, "primary")
	}
	if needs := p.Needs &^ GivesInsertID; needs != 0 {
		out = append(out, "needs "+needs.String())
	}
	if p.Pins != 0 {
		out = append(out, "pins "+p.Pins.String())
	}
	if !p.Cacheable {
		out = append(out, "not cached")
	}
	if p.Route.TenantOnly {
		out = append(out, "tenant only")
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, "; ") + ")"
}

func (p *Relay) shown() string {
	parts := make([]string, len(p.Names))
	for i, n := range p.Names {
		parts[i] = n.Database.Name + " as " + n.Show
	}
	return strings.Join(parts, ", ")
}

func (s *Site) explain(w *Printer, r *Route) {
	db := r.Databases[s.Database]
	line := db.Name + ": " + s.Name
	switch {
	case s.Free:
		line += ", any shard"
	case len(db.Shards) == 1:
		line += ", only shard"
	case s.Table == nil:
	case s.Table.Kind == rules.Single:
		line += ", on " + s.Table.Home.Name
	case s.Table.Kind == rules.Reference:
		line += ", every shard"
	default:
		line += fmt.Sprintf(", %s %s", s.Table.Key, s.Set)
	}
	for _, c := range s.Considered {
		line += "; " + c
	}
	w.Line("%s", line)
}

func (p *Probe) explain(w *Printer, i int, proves bool) {
	var parts []string
	for j, c := range p.Columns {
		var vs []string
		for k := range p.Values[j] {
			vs = append(vs, p.Values[j][k].String())
		}
		parts = append(parts, c+" in ("+strings.Join(vs, ", ")+")")
	}
	how := "rows may be on several shards"
	if p.Exclusive {
		how = "unique"
		if proves {
			how = "unique, proven by the answer"
		}
	}
	line := fmt.Sprintf("probe %d: %s, %s, %s", i, p.Table.Name, strings.Join(parts, ", "), how)
	if p.Foreign != "" {
		line += "; " + p.Foreign
	}
	for _, t := range p.Also {
		line += "; or " + t.Name
	}
	if p.Caller != nil {
		line += "; must be found"
	}
	w.Line("%s", line)
}
