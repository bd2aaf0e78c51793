package proxy

import (
	"bytes"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// diagnostic is one row of SHOW WARNINGS.
type diagnostic struct {
	level   string
	code    uint16
	message string
	part    int // of a write on several shards
	row     int // of a write whose rows are on several shards: it came with this row or a later one
}

// remember keeps what the session may ask about its last statement: ROW_COUNT(),
// FOUND_ROWS(), LAST_INSERT_ID() and user variables. They belong to the session, not to
// the connection, so they are fetched while it is still ours.
func (s *session) remember(c *pool.Conn, q *call, out *outcome) error {
	switch {
	case out.Err != nil:
		s.rowCount = -1
	case out.Cursor: // its rows are still to come, and the server knows how many there are
		s.rowCount, q.found = -1, true
	case out.ResultSet:
		s.rowCount, s.found = -1, out.Rows
		switch skipped := q.plan.Skipped(s); {
		case skipped > 0 && out.Rows > 0:
			s.found += skipped
		case skipped > 0:
			q.found = true // there were fewer: only the server knows how many
		}
	default:
		s.rowCount = int64(out.OK.Affected)
		s.foundBy(q.plan, out.OK.Info)
		switch {
		case q.plan == nil:
		case q.class == plan.Call && out.Sets: // its last SELECT counts, and the server knows what came after it
			q.found = true
		case q.class == plan.Read && s.scan.First == parser.Select: // INTO
			s.found = out.OK.Affected
		}
	}
	if out.Err != nil && c.Doubtful() != "" {
		return nil
	}
	return s.rememberValues(c, q, out)
}

// foundUnsure is what a session has found where nobody can tell.
const foundUnsure = math.MaxUint64

// ready returns the error of a statement that the session cannot run as things are.
func (s *session) ready(n plan.Node) error {
	if s.lasts(n) {
		s.endures.Store(true)
	}
	if p, ok := n.(*plan.Relay); ok && p.AsksFound && s.found == foundUnsure {
		return plan.Unsupported("what FOUND_ROWS() says after a CALL, or a write with subqueries, depends on how one server would run them", s.snap.conf.Pos,
			"use ROW_COUNT(), or the number of affected rows")
	}
	return s.lockedOut(n)
}

// foundBy notes what FOUND_ROWS() is after a statement that answers without rows.
func (s *session) foundBy(p *plan.Relay, info []byte) {
	switch {
	case p == nil || p.Found == plan.FoundBefore:
	case p.Found == plan.FoundOne:
		s.found = 1
	case p.Found == plan.FoundNone:
		s.found = 0
	case p.Found == plan.FoundUnsure:
		s.found = foundUnsure
	default:
		if text, found := bytes.CutPrefix(info, []byte("Rows matched: ")); found {
			digits, _, _ := bytes.Cut(text, []byte(" "))
			s.found, _ = strconv.ParseUint(string(digits), 10, 64)
		}
	}
}

// rememberWarnings fetches the warnings of the statement where it had any.
func (s *session) rememberWarnings(c *pool.Conn, out *outcome) error {
	s.diag = s.diag[:0]
	if out.Err == nil && out.OK.Warnings == 0 {
		return nil
	}
	if out.Err != nil {
		s.errState = out.Err.State
	}
	if out.Err != nil && (out.Other || s.whyEnded() != nil) {
		s.diag = append(s.diag, diagnostic{level: "Error", code: out.Err.Number, message: out.Err.Message})
		return nil
	}
	rows, err := c.QueryAll("SHOW WARNINGS")
	if err != nil {
		return err
	}
	for _, d := range warningsOf(rows) {
		d.message = s.relay.names.message(d.message)
		if out.Err != nil && d.code == out.Err.Number && d.code == errSyntax {
			d.message = out.Err.Message
		}
		s.diag = append(s.diag, d)
	}
	s.unlisted = max(int(out.OK.Warnings)-len(s.diag), 0)
	if out.Err != nil && len(s.diag) == 0 {
		s.diag = append(s.diag, diagnostic{level: "Error", code: out.Err.Number, message: out.Err.Message})
	}
	return nil
}

// listed is how many warnings the session keeps (max_error_count).
func (s *session) listed() int {
	if v, own := s.settings.Value("max_error_count"); own {
		if n, err := strconv.Atoi(v); err == nil {
			return n
		}
	}
	return s.snap.base.Listed
}

// warnings is how many warnings the statement before the present one had, listed or not.
func (s *session) warnings() int { return len(s.diag) + s.unlistedBefore }

// warningsOf reads the rows of SHOW WARNINGS.
func warningsOf(rows [][][]byte) []diagnostic {
	var list []diagnostic
	for _, r := range rows {
		code, _ := strconv.ParseUint(string(r[1]), 10, 16)
		list = append(list, diagnostic{level: string(r[0]), code: uint16(code), message: string(r[2])})
	}
	return list
}

// rememberValues fetches in one round trip the values that the statement may have
// changed without saying so.
func (s *session) rememberValues(c *pool.Conn, q *call, out *outcome) error {
	var ask []string
	id := q.setsID && (q.needID || out.Err == nil) || out.Err == nil && out.OK.InsertID != 0
	if id {
		ask = append(ask, "LAST_INSERT_ID()")
	}
	if out.Err != nil && !id && (q.givesID || q.setsID) {
		c.LostInsertID() // it may have made one before it failed
	}
	found := q.found && out.Err == nil
	if found {
		ask = append(ask, "FOUND_ROWS()")
	}
	vars := q.userVars
	if !q.setsVars {
		vars = nil
	}
	for _, v := range vars {
		at := "@" + wire.QuoteIdent(v)
		ask = append(ask, at, "HEX("+at+")", "COLLATION("+at+")")
	}
	if len(ask) == 0 {
		return nil
	}
	res, err := c.Query("SELECT " + strings.Join(ask, ","))
	if err != nil {
		return err
	}
	if len(res.Rows) != 1 || len(res.Rows[0]) != len(ask) {
		return wire.ErrMalformed
	}
	row, cols := res.Rows[0], res.Columns
	if id {
		s.insertID, _ = strconv.ParseUint(string(row[0]), 10, 64)
		c.SawInsertID(s.insertID)
		row, cols = row[1:], cols[1:]
	}
	if found {
		s.found, _ = strconv.ParseUint(string(row[0]), 10, 64)
		row, cols = row[1:], cols[1:]
	}
	for i, name := range vars {
		v := newUserVar(row[3*i], row[3*i+1], string(row[3*i+2]), cols[3*i])
		s.setUserVar(name, v)
	}
	return nil
}

// userVar is the value of a user variable; the zero value is that of one never set.
type userVar struct {
	literal string // SQL that reads back as the same value of the same type and collation
	value   value.Value
}

// plainNull is the value of a variable that was set to NULL before anything else. NULL
// leaves a variable the type that it had.
const plainNull = "NULL"

// in writes the value so that the variable of that name takes its type, too.
func (v userVar) in(name string) string {
	if v.literal == plainNull {
		return "x'',@" + wire.QuoteIdent(name) + "=" + plainNull
	}
	return v.literal
}

// text is what PREPARE .. FROM reads in the variable.
func (v userVar) text() []byte {
	if v.value.Kind == value.Null {
		return []byte(plainNull)
	}
	return textOf(v.value)
}

func (s *session) setUserVar(name string, v userVar) {
	if s.userVars == nil {
		s.userVars = make(map[string]userVar)
	}
	if v == (userVar{}) {
		delete(s.userVars, name)
		return
	}
	s.userVars[name] = v
}

// newNull makes the value of a variable that is NULL; col describes it.
func newNull(col wire.Column) userVar {
	switch col.Type {
	case wire.TypeVarString:
		return userVar{} // never set
	case wire.TypeLongLong:
		return userVar{literal: "CAST(NULL AS SIGNED)"}
	case wire.TypeNewDecimal:
		return userVar{literal: "CAST(NULL AS DECIMAL(65,30))"}
	case wire.TypeDouble:
		return userVar{literal: "NULL+0e0"}
	case wire.TypeMediumBlob:
		return userVar{literal: plainNull}
	}
	return userVar{literal: "CAST(NULL AS CHAR)"}
}

// newUserVar makes the value of a variable that a server returned as text, and in hex
// in the variable's own character set.
func newUserVar(v, digits []byte, collation string, col wire.Column) userVar {
	if v == nil {
		return newNull(col)
	}
	text := string(v)
	switch col.Type {
	case wire.TypeLongLong, wire.TypeLong, wire.TypeShort, wire.TypeTiny, wire.TypeInt24:
		if col.Flags&wire.FlagUnsigned != 0 {
			u, _ := strconv.ParseUint(text, 10, 64)
			return userVar{"CAST(" + text + " AS UNSIGNED)", value.Value{Kind: value.Uint, U: u}}
		}
		i, _ := strconv.ParseInt(text, 10, 64)
		return userVar{text, value.Value{Kind: value.Int, I: i}}
	case wire.TypeNewDecimal, wire.TypeDecimal:
		lit := text
		if !strings.Contains(text, ".") {
			lit = "CAST(" + text + " AS DECIMAL(65,0))"
		}
		return userVar{lit, value.Value{Kind: value.Decimal, S: text}}
	case wire.TypeDouble, wire.TypeFloat:
		lit := text
		if !strings.ContainsAny(text, "eE") {
			lit += "e0"
		}
		return userVar{lit, value.Value{Kind: value.Float, S: text}}
	}
	charset, _, _ := strings.Cut(collation, "_")
	if charset == "binary" || malformed(charset, string(digits)) {
		return userVar{"x'" + string(digits) + "'", value.Value{Kind: value.Binary, S: text}}
	}
	return userVar{"_" + charset + " x'" + string(digits) + "' COLLATE " + collation, textValue(charset, string(digits))}
}

// malformed reports whether a text, in hex, is none in its character set, as LOAD DATA can
// leave one in a variable. No constant could say it.
func malformed(charset, digits string) bool {
	if !strings.HasPrefix(charset, "utf8") {
		return false
	}
	b, err := hex.DecodeString(digits)
	return err == nil && !utf8.Valid(b)
}

// textValue is a text as routing sees it, when a variable with it stands for a
// parameter: in utf8mb4, or unknown.
func textValue(charset, digits string) value.Value {
	b, err := hex.DecodeString(digits)
	if err != nil {
		return value.Value{Kind: value.Other}
	}
	ascii := true
	for _, c := range b {
		ascii = ascii && c < 0x80
	}
	if charset != "utf8mb4" && charset != "utf8mb3" && !ascii {
		return value.Value{Kind: value.Other}
	}
	return value.Value{Kind: value.String, S: string(b)}
}

// showDiagnostics answers SHOW WARNINGS and SHOW ERRORS.
func (s *session) showDiagnostics(errorsOnly bool, offset, limit int, more bool) {
	s.rowCount, s.unlisted = -1, s.unlistedBefore
	var rows [][][]byte
	n := 0
	for _, d := range s.diag {
		if errorsOnly && d.level != "Error" {
			continue
		}
		if n++; n > offset && len(rows) < limit {
			rows = append(rows, [][]byte{[]byte(d.level), []byte(strconv.Itoa(int(d.code))), []byte(d.message)})
		}
	}
	level := wire.Column{Name: "Level", Charset: s.resultCharset(), Length: 28, Type: wire.TypeVarString, Flags: wire.FlagNotNull, Decimals: 31}
	code := wire.Column{Name: "Code", Charset: wire.CollationBinary, Length: 5, Type: wire.TypeLong, Flags: wire.FlagNotNull | wire.FlagUnsigned | wire.FlagBinary}
	msg := wire.Column{Name: "Message", Charset: s.resultCharset(), Length: 2048, Type: wire.TypeVarString, Flags: wire.FlagNotNull, Decimals: 31}
	s.rows([]wire.Column{level, code, msg}, rows, more)
}

// errors is how many of the last statement's diagnostics are errors.
func (s *session) errors() int {
	n := 0
	for _, d := range s.diag {
		if d.level == "Error" {
			n++
		}
	}
	return n
}

// countDiagnostics answers SHOW COUNT(*) WARNINGS and SHOW COUNT(*) ERRORS.
func (s *session) countDiagnostics(errorsOnly, more bool) {
	s.rowCount, s.found, s.unlisted = -1, 1, s.unlistedBefore
	name, n := "@@session.warning_count", s.warnings()
	if errorsOnly {
		name, n = "@@session.error_count", s.errors()
	}
	col := wire.Integer(name, true)
	col.Flags &^= wire.FlagNotNull
	s.rows([]wire.Column{col}, [][][]byte{{[]byte(strconv.Itoa(n))}}, more)
}

// rows buffers a result set of our own.
func (s *session) rows(cols []wire.Column, rows [][][]byte, more bool) {
	s.warnedRows(cols, rows, 0, more)
}

// warnedRows buffers a result set of our own that has warnings.
func (s *session) warnedRows(cols []wire.Column, rows [][][]byte, warnings int, more bool) {
	warned := uint16(min(warnings, math.MaxUint16))
	s.conn.WritePacket(wire.AppendLenenc(nil, uint64(len(cols))))
	for _, c := range cols {
		s.conn.End(c.Append(s.conn.Begin()))
	}
	st := s.status()
	if !s.caps.Has(wire.ClientDeprecateEOF) {
		s.conn.End(wire.AppendEOF(s.conn.Begin(), 0, st))
	}
	for _, r := range rows {
		if s.binary {
			s.conn.End(wire.AppendBinaryRow(s.conn.Begin(), cols, r))
			continue
		}
		s.conn.End(wire.AppendTextRow(s.conn.Begin(), r))
	}
	if more {
		st |= wire.StatusMoreResults
	}
	if s.caps.Has(wire.ClientDeprecateEOF) {
		s.conn.End(wire.OK{Status: st, Warnings: warned}.Append(s.conn.Begin(), wire.HeaderEOF, s.caps))
		return
	}
	s.conn.End(wire.AppendEOF(s.conn.Begin(), warned, st))
}
