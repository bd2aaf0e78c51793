package proxy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// gives reports whether all rows of a part say themselves which id they have. It is asked
// where the id that a server tells is what LAST_INSERT_ID() has been before: the server
// has made it anew if any row leaves it to the server.
func (x *splitting) gives(p *plan.Part) bool {
	if x.plan.Table == nil || len(p.Rows) == 0 {
		return false
	}
	at := x.numberedAt()
	return at >= 0 && !slices.ContainsFunc(p.Rows, func(row int) bool {
		return row >= len(x.plan.Rows) || x.leaves(&x.plan.Rows[row], at)
	})
}

// numberedAt is the place of the AUTO_INCREMENT column in the rows of an INSERT; -1 if they
// do not have it.
func (x *splitting) numberedAt() int {
	columns := x.plan.Table.Columns
	id := slices.IndexFunc(columns, func(c rules.Column) bool { return c.Numbered })
	if id < 0 {
		return -1
	}
	tokens := x.s.scan.Tokens
	end := x.plan.Rows[0].First - 2 // before VALUES
	if end < 0 || end >= len(tokens) || string(tokens[end].Text(x.text)) != ")" {
		at := 0
		for _, c := range columns[:id] {
			if !c.Invisible {
				at++
			}
		}
		return at
	}
	at := 0
	for i := end - 1; i >= 0 && string(tokens[i].Text(x.text)) != "("; i-- {
		if name, ok := x.s.nameAt(x.text, i); ok && strings.EqualFold(name, columns[id].Name) && string(tokens[i+1].Text(x.text)) != "." {
			for j := i - 1; j >= 0 && string(tokens[j].Text(x.text)) != "("; j-- {
				if string(tokens[j].Text(x.text)) == "," {
					at++
				}
			}
			return at
		}
	}
	return -1
}

// leaves reports whether a row leaves the value at a place to the server: it is NULL, 0 or
// DEFAULT.
func (x *splitting) leaves(row *plan.SplitRow, at int) bool {
	item, param := x.item(row, at)
	if len(item) != 1 {
		return false
	}
	if item[0].Kind == parser.Param {
		v := x.s.Param(param)
		return v.Kind == value.Null || string(textOf(v)) == "0"
	}
	switch strings.ToUpper(string(item[0].Text(x.text))) {
	case "NULL", "DEFAULT", "0":
		return true
	}
	return false
}

// item returns the tokens of a row's value, and the number of its parameter.
func (x *splitting) item(row *plan.SplitRow, at int) ([]parser.Token, int) {
	depth, param := 0, row.Params[0]
	var item []parser.Token
	for i := row.First; i <= row.Last && i < len(x.s.scan.Tokens); i++ {
		t := x.s.scan.Tokens[i]
		text := string(t.Text(x.text))
		switch {
		case text == "(":
			if depth++; depth == 1 {
				continue
			}
		case text == ")":
			depth--
		case text == "," && depth == 1:
			at--
			continue
		}
		if at == 0 && depth > 0 {
			item = append(item, t)
		} else if at > 0 && t.Kind == parser.Param {
			param++
		}
	}
	return item, param
}

// lastGiven makes the insert id that of the statement's last row where the rows say
// themselves which they have: a server tells it as soon as it has stored any row, even if
// the last is one that it has passed over, of which the row's own shard says nothing.
// What the row computes or leaves to a server is not known, and the statement is to be undone.
func (x *splitting) lastGiven() error {
	n := len(x.plan.Rows)
	if n == 0 || x.plan.Table == nil || x.made || x.ok.InsertID == 0 || x.numbered == n-1 {
		return nil
	}
	if !x.ignores() && len(x.plan.Table.Uniques) > 1 {
		return nil // it tells that of the row that was there, which another key may have found
	}
	at := x.numberedAt()
	last := &x.plan.Rows[n-1]
	if at < 0 {
		return nil
	}
	id, ok := x.idGiven(last, at)
	if !ok || id == 0 {
		return plan.Unsupported("the insert id of a last row that is passed over and does not say it", x.plan.Table.Pos, "write the id as a number")
	}
	x.ok.InsertID = id
	return nil
}

// idGiven is the id that a row has as a whole number at a place.
func (x *splitting) idGiven(row *plan.SplitRow, at int) (uint64, bool) {
	item, param := x.item(row, at)
	sign := ""
	if len(item) == 2 && item[1].Kind == parser.Int {
		switch string(item[0].Text(x.text)) {
		case "-":
			sign, item = "-", item[1:]
		case "+":
			item = item[1:]
		}
	}
	if len(item) != 1 {
		return 0, false
	}
	v := parser.View(x.text, item[0], x.s.dialect)
	if item[0].Kind == parser.Param {
		v = x.s.Param(param)
	}
	return idOf(sign + string(textOf(v)))
}

// idOf reads an insert id as a server tells it: a negative one as the number of its bits.
func idOf(digits string) (uint64, bool) {
	if id, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return id, true
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return uint64(id), err == nil
}
