package plan

import "github.com/sluicedb/sluice/parser/value"

// Values is an answer the router gives itself: no server is asked. Without columns it is
// that of a definition which finds nothing to do.
type Values struct {
	Columns []Column
	Rows    [][]value.Value // one value per column; kinds Null, Int, Uint and String
	Notes   []Note
	Table   string // the one that a definition names first, for a session with locked tables; empty: it is about no tables
}

// Note is one row of SHOW WARNINGS, of the lowest level.
type Note struct {
	Table   string // that it is about
	Number  uint16
	Message string
}

// Column describes one column of Values.
type Column struct {
	Name    string
	Kind    value.Kind // String or Int or Uint
	Length  int        // display length in characters
	NotNull bool
}

// Explain writes the columns and the number of rows.
func (v *Values) Explain(p *Printer) {
	names := make([]string, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = c.Name
	}
	p.Line("values %v", names)
	p.Nest(func() {
		for _, row := range v.Rows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = Show(c)
			}
			p.Line("%v", cells)
		}
		for _, n := range v.Notes {
			p.Line("note %d: %s", n.Number, n.Message)
		}
	})
}
