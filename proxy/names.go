package proxy

import (
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
)

// names hides the physical schema names of a statement's shards behind the names
// that the client used. It is immutable; the nil pointer hides nothing.
type names struct {
	list []rename
	// gathered tells how to describe columns of temporary tables; nil: there are none.
	gathered *plan.Gathering
	own      []byte // the client's text, where the server's is another; nil: not known
}

type rename struct{ physical, shown string }

func newNames(list []rename) *names {
	kept := list[:0:0]
	for _, r := range list {
		if r.physical != r.shown {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return &names{list: kept}
}

// schema returns the name to show for a physical schema name.
func (n *names) schema(physical []byte) (string, bool) {
	if n == nil {
		return "", false
	}
	for _, r := range n.list {
		if r.physical == string(physical) {
			return r.shown, true
		}
	}
	return "", false
}

// message replaces physical schema names where a server's message quotes them: as
// 'schema.table', as `schema`.`table`, as 'schema', and in lists; and the names of temporary
// tables by those of the tables that were copied into them.
func (n *names) message(m string) string {
	if n == nil {
		return m
	}
	m = n.quoted(m)
	if n.gathered != nil && strings.Contains(m, "sluice_") {
		for _, c := range n.gathered.Copies {
			for _, temp := range c.Temps {
				m = strings.ReplaceAll(m, temp, c.Name)
			}
		}
	}
	for _, r := range n.list {
		if !strings.Contains(m, r.physical) {
			continue
		}
		for _, form := range [...][2]string{{"'", "."}, {"`", "`"}, {"'", "'"}, {" ", "."}, {",", "."}, {"[", "."}} {
			m = strings.ReplaceAll(m, form[0]+r.physical+form[1], form[0]+r.shown+form[1])
		}
	}
	return m
}

// quotes is how many characters of a text a server quotes that it cannot read.
const quotes = 80

// quoted puts the client's own text in the place of the one that a server has quoted
// because of an optimizer hint in it.
func (n *names) quoted(m string) string {
	const head = "Optimizer hint syntax error near '"
	if n.own == nil || !strings.HasPrefix(m, head) {
		return m
	}
	end := strings.LastIndex(m, "' at line ")
	if end < len(head) {
		return m
	}
	near := m[len(head):end]
	hint, _, _ := strings.Cut(near, "*/")
	i := strings.Index(string(n.own), hint)
	if i < 0 || strings.Count(string(n.own), hint) > 1 {
		return m
	}
	own := []rune(string(n.own[i:]))
	return head + string(own[:min(len(own), quotes)]) + m[end:]
}

// clientState is what of a server's session state changes the client may see: the
// variables it tracks are sent by the session itself, the physical schema never, and its
// transactions only if it asked for them.
func (n *names) clientState(state []byte, caps wire.Capability, gtids bool) []byte {
	if !caps.Has(wire.ClientSessionTrack) {
		return nil
	}
	var out []byte
	_ = wire.Changes(state, func(c wire.Change) {
		switch c.Type {
		case wire.ChangeVariable:
			if !trackedByDefault(string(c.Name)) {
				return
			}
		case wire.ChangeSchema:
			return
		case wire.ChangeGTIDs:
			if !gtids {
				return
			}
		}
		out = wire.AppendChange(out, c)
	})
	return out
}

// trackedByDefault says which variables a server reports when nothing else was asked
// (session_track_system_variables).
func trackedByDefault(name string) bool {
	switch name {
	case "time_zone", "autocommit", "character_set_client", "character_set_results", "character_set_connection":
		return true
	}
	return false
}
