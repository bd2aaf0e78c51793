package plan

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/rules"
)

// Carried is a column of the SELECT of an INSERT that ON DUPLICATE KEY UPDATE names. The
// host keeps its value next to each row that it makes, and the row takes it along to its
// shard.
type Carried struct {
	Text  string   // as the statement has it
	Shown string   // as a server names it in its errors
	At    [][2]int // its first and last tokens, wherever it stands
}

// Carry notes that a column stands at some tokens.
func (p *RowsOf) Carry(text, shown string, first, last int) {
	for i := range p.Carried {
		if p.Carried[i].Text == text {
			p.Carried[i].At = append(p.Carried[i].At, [2]int{first, last})
			return
		}
	}
	p.Carried = append(p.Carried, Carried{Text: text, Shown: shown, At: [][2]int{{first, last}}})
}

// Shown gives what a shard says of carried columns their own names.
func (p *RowsOf) Shown(message string) string {
	for i := range p.Carried {
		message = strings.ReplaceAll(message, carriedAs(i), p.Carried[i].Shown)
	}
	return message
}

// carriedAs is how a shard's statement names a carried column.
func carriedAs(i int) string { return "`sluice_rows`." + CarriedName(i) }

// CarriedName is the name of a carried column on the host and on the shards.
func CarriedName(i int) string { return "`sluice_carried_" + strconv.Itoa(i) + "`" }

// valueName is the name of one of a row's own values where others are carried with it.
func valueName(i int) string { return "`sluice_value_" + strconv.Itoa(i) + "`" }

// named are the edits that let a shard's ON DUPLICATE KEY UPDATE find what is carried.
func (p *RowsOf) named(edits []Edit) []Edit {
	for i, c := range p.Carried {
		for _, at := range c.At {
			edits = insertEdit(edits, Edit{First: at[0], Last: at[1], Text: carriedAs(i)})
		}
	}
	return edits
}

// selects writes what stands before and behind rows of so many values, of which each
// carries further ones.
func (p *RowsOf) selects(values int) (head, tail []byte) {
	var own, all bytes.Buffer
	for i := range values {
		if i > 0 {
			own.WriteByte(',')
		}
		own.WriteString(valueName(i))
	}
	all.Write(own.Bytes())
	for i := range p.Carried {
		all.WriteString("," + CarriedName(i))
	}
	return []byte(" SELECT " + own.String() + " FROM (VALUES "), []byte(") AS `sluice_rows` (" + all.String() + ") ")
}

// Buffers is the option that makes the host keep the rows of a query before it stores the
// first. A derived table must not have it.
const Buffers = "SQL_BUFFER_RESULT "

// Types writes a query, for the host, that has the types of what the rows carry, and no
// rows. False: a parameter has no constant of its type.
func (p *Rehearsal) Types(sql []byte, a Args, host *rules.Shard, values int) ([]byte, bool) {
	rows, relay := p.Rows, p.Gather.Relay
	var edits []Edit
	for _, e := range p.Gather.edits(sql, a, host, make([]*rules.Shard, len(p.Gather.Tables))) {
		if e.First >= rows.First && e.First <= rows.Last && e.Text != Buffers {
			edits = append(edits, e)
		}
	}
	for i, token := range rows.Params {
		if token < rows.First || token > rows.Last {
			continue
		}
		text, ok := paramText(i, a, relay.Route.Charset)
		if !ok {
			return nil, false
		}
		edits = insertEdit(edits, Edit{First: token, Last: token, Text: text})
	}
	from, _ := a.Token(rows.First)
	_, to := a.Token(rows.Last)
	_, tail := rows.selects(values)
	out := []byte("SELECT ")
	for i := range rows.Carried {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, CarriedName(i)...)
	}
	out = append(out, " FROM ("...)
	out = append(out, applyIn(sql, from, to, edits, a, p.Gather.schemaOn(host))...)
	return append(append(out, tail...), "LIMIT 0"...), true
}
