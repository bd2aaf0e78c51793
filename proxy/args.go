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

// Literal is constant i of the text; for a `?` the parameter that stands there.
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
	return parser.Literal(s.current, t, s.dialect)
}

// Param is parameter i of the prepared statement that is being executed.
func (s *session) Param(i int) value.Value {
	if s.executing == nil {
		return value.Value{Kind: value.Other} // being prepared: not known yet
	}
	cs, _ := s.settings.Value("character_set_client")
	if cs == "utf8mb4" || cs == "utf8mb3" {
		cs = ""
	}
	return s.executing.paramValue(i, cs)
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

// Session is SQL text with the value of one of the session's own functions, and of
// the type that a server's function has.
func (s *session) Session(f plan.Func) string {
	switch f {
	case plan.CurrentDB:
		if s.db == "" {
			return "CONVERT(NULL USING utf8mb3)"
		}
		return "CONVERT(" + hexString(s.db) + " USING utf8mb3)"
	case plan.User:
		return "CONVERT(" + hexString(s.user.Name+"@"+s.host) + " USING utf8mb3)"
	case plan.CurrentUser:
		return "CONVERT(" + hexString(s.user.Name+"@%") + " USING utf8mb3)"
	case plan.ConnectionID:
		return "CAST(" + strconv.FormatUint(uint64(s.id), 10) + " AS UNSIGNED)"
	case plan.FoundRows:
		return "CAST(" + strconv.FormatUint(s.found, 10) + " AS SIGNED)"
	case plan.RowCount:
		return "CAST(" + strconv.FormatInt(s.rowCount, 10) + " AS SIGNED)"
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
}
