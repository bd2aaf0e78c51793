package proxy

import (
	"fmt"
	"strconv"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/router/plan"
)

// The session gives a plan the values of one execution (plan.Args): constants of the
// text that was scanned last, parameters of the statement that is being executed,
// and what its own functions return.

var _ plan.Args = (*session)(nil)

// Literal is constant i of the text; for a `?` the parameter that stands there. It is valid
// while the statement runs.
func (s *session) Literal(i int) value.Value {
	if i >= len(s.scan.Literals) {
		return value.Value{Kind: value.Other}
	}
	t := s.scan.Literals[i]
	if t.Kind == parser.Param {
		n := 0
		for _, l := range s.scan.Literals[:i] {
			if l.Kind == parser.Param {
				n++
			}
		}
		return s.Param(n)
	}
	return parser.View(s.current, t, s.dialect)
}

// Param is parameter i of the prepared statement that is being executed.
func (s *session) Param(i int) value.Value {
	if s.executing == nil {
		return value.Value{Kind: value.Other} // being prepared: not known yet
	}
	cs := s.charset
	if cs == "utf8mb4" || cs == "utf8mb3" {
		cs = ""
	}
	return s.executing.paramValue(i, cs)
}

// Constant is parameter i as SQL text where it is no value that routing can use, such
// as what the binary protocol sends as a number with a floating point or as a time.
func (s *session) Constant(i int) string {
	if s.executing == nil {
		return "NULL" // being prepared
	}
	return s.executing.constant(i)
}

// Token is where token i stands in the text.
func (s *session) Token(i int) (start, end int) {
	t := s.scan.Tokens[i]
	return t.Start, t.End
}

// Tenant is the session's tenant, NULL without one.
func (s *session) Tenant() value.Value {
	if s.tenant == "" {
		return value.Value{}
	}
	return value.Value{Kind: value.String, S: s.tenant}
}

// UserVar is a user variable as it was before the statement. What a procedure may have set
// on the connection that the session holds is not known.
func (s *session) UserVar(name string) value.Value {
	v, known := s.userVars[name]
	if !known && s.txn.why&plan.PinCall != 0 {
		return value.Value{Kind: value.Other}
	}
	return v.value
}

// Session is SQL text with the value of one of the session's own functions. The
// function itself stands in the branch that IF never takes: so the text has the
// function's type, length, collation, coercibility and deprecation warning.
func (s *session) Session(f plan.Func) string {
	switch f {
	case plan.CurrentDB:
		if s.db == "" {
			return "IF(1,NULL,DATABASE())"
		}
		return "IF(1," + hexString(s.db) + ",DATABASE())"
	case plan.User:
		return "IF(1," + hexString(s.user.Name+"@"+s.host) + ",USER())"
	case plan.CurrentUser:
		return "IF(1," + hexString(s.user.Name+"@%") + ",CURRENT_USER())"
	case plan.ConnectionID:
		return "IF(1,CAST(" + strconv.FormatUint(uint64(s.id), 10) + " AS UNSIGNED),CONNECTION_ID())"
	case plan.PseudoThreadID:
		return "IF(1,CAST(" + strconv.FormatUint(uint64(s.id), 10) + " AS UNSIGNED),@@pseudo_thread_id)"
	case plan.FoundRows:
		return "IF(1,CAST(" + strconv.FormatUint(s.found, 10) + " AS SIGNED),FOUND_ROWS())"
	case plan.WarningCount:
		return "IF(1,CAST(" + strconv.Itoa(s.warnings()) + " AS UNSIGNED),NULL)"
	case plan.ErrorCount:
		return "IF(1,CAST(" + strconv.Itoa(s.errors()) + " AS UNSIGNED),NULL)"
	case plan.RowCount:
		return "IF(1," + strconv.FormatInt(s.rowCount, 10) + ",ROW_COUNT())"
	}
	return "NULL"
}

func hexString(v string) string { return fmt.Sprintf("_utf8mb4 x'%x'", v) }

// textOf writes a value as the text protocol does; NULL is nil.
func textOf(v value.Value) []byte {
	switch v.Kind {
	case value.Null:
		return nil
	case value.Int:
		return strconv.AppendInt(nil, v.I, 10)
	case value.Uint:
		return strconv.AppendUint(nil, v.U, 10)
	}
	return []byte(v.S)
}

// params are the parameters of one execution.
type params interface {
	// paramValue is parameter i; text is in the named character set, which is empty
	// for utf8mb4.
	paramValue(i int, charset string) value.Value
	// constant is the SQL text of a parameter that has no such value.
	constant(i int) string
}
