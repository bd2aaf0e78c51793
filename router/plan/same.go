package plan

import (
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// same reports whether two values are certainly one key of the table.
func (b *binding) same(t *rules.Table, x, y value.Value) bool {
	same, certain := t.SameKey(x, y)
	return same && certain
}

func text(s string) value.Value { return value.Value{Kind: value.String, S: s} }
