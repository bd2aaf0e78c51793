package plan

import (
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/rules"
)

// same reports whether two values are one key of the table. It may say no where
// the server would say yes; never the other way round.
func (b *binding) same(t *rules.Table, x, y value.Value) bool {
	if x.Collation != "" || y.Collation != "" {
		return false
	}
	lx, okx := b.rules.Locate(t, x)
	ly, oky := b.rules.Locate(t, y)
	return okx && oky && lx == ly && x.Kind == y.Kind && x.I == y.I && x.U == y.U && x.S == y.S && x.Charset == y.Charset
}
