// Package plan holds what the router decided: plans that print themselves and are
// bound to the values of one execution.
//
// A Node is made once per shape of statement, is immutable and may be used by any
// number of sessions at once. What differs between two executions (literals,
// parameters, the session's tenant and its functions) comes in through Args when
// a plan is bound. This package knows no SQL text beyond offsets it was given, no
// packets and no connections.
package plan

import (
	"fmt"
	"io"
	"strings"

	"github.com/sluicedb/sluice/parser/value"
)

// Node is one plan. Relay and Values are the kinds there are.
type Node interface {
	// Explain writes the plan as the golden tests and `sluice route` show it.
	Explain(*Printer)
}

// Args are the values of one execution. Implementations are owned by one
// goroutine and should not allocate: Bind calls them on the hot path.
type Args interface {
	// Literal returns the decoded constant number i of the text, counted as
	// parser.Scan.Literals counts them. For a `?` it returns the parameter.
	Literal(i int) value.Value
	// Param returns the parameter number i of a prepared statement.
	Param(i int) value.Value
	// Constant returns the SQL text of a parameter that routing cannot use
	// (value.Other): NULL while the statement is only being prepared, empty if there is no
	// constant of its type.
	Constant(i int) string
	// Token returns the byte offsets of token i of the text (parser.Scan.Tokens). It
	// is asked only when the plan has edits.
	Token(i int) (start, end int)
	// Session returns the SQL text that stands for a function of the session:
	// 'saas' for DATABASE(), 42 for CONNECTION_ID(). It is asked only for the
	// functions in the plan's Edits.
	Session(f Func) string
	// Tenant returns the session's tenant; NULL when none is set.
	Tenant() value.Value
	// UserVar returns the session's user variable of that name (in lower case); NULL when
	// it was never set, value.Other when its value is not known.
	UserVar(name string) value.Value
}

// Class says what kind of work a statement is.
type Class uint8

// The classes of statements.
const (
	Read  Class = iota // may run on a replica unless Relay.Primary is set
	Write              // changes rows
	DDL                // changes definitions; commits implicitly
	Call               // runs a stored procedure
	Lock               // LOCK TABLES, HANDLER
	Other              // ANALYZE, CHECK, OPTIMIZE, ...
)

func (c Class) String() string {
	return [...]string{"read", "write", "ddl", "call", "lock", "other"}[c]
}

// Func is a function whose answer belongs to the client's session and not to the
// connection it happens to run on.
type Func uint8

// The functions that are spliced.
const (
	NoFunc         Func = iota
	CurrentDB           // DATABASE(), SCHEMA()
	User                // USER(), SESSION_USER(), SYSTEM_USER()
	CurrentUser         // CURRENT_USER, CURRENT_USER()
	ConnectionID        // CONNECTION_ID()
	FoundRows           // FOUND_ROWS()
	RowCount            // ROW_COUNT()
	WarningCount        // @@warning_count
	ErrorCount          // @@error_count
	PseudoThreadID      // @@pseudo_thread_id
)

func (f Func) String() string {
	return [...]string{"", "DATABASE()", "USER()", "CURRENT_USER()", "CONNECTION_ID()", "FOUND_ROWS()", "ROW_COUNT()", "@@warning_count", "@@error_count", "@@pseudo_thread_id"}[f]
}

// Needs is a set of things the session has to provide before the statement runs.
type Needs uint16

// The things a statement may need.
const (
	NeedUserVars   Needs = 1 << iota // reads user variables: Relay.UserVars names them
	NeedInsertID                     // reads LAST_INSERT_ID(), @@last_insert_id or @@identity: set the variable last_insert_id first
	SetsInsertID                     // LAST_INSERT_ID(expr): the value returned becomes the session's
	NeedSession                      // an edit splices the value of Args.Session
	NeedTempTables                   // names a temporary table of the session: only the pinned connection has it
	NeedWarnings                     // SHOW WARNINGS, SHOW ERRORS, GET DIAGNOSTICS: belongs to the session's last statement
	SetsFoundRows                    // SQL_CALC_FOUND_ROWS, INSERT .. SELECT: ask the same connection for FOUND_ROWS() afterwards
	LocalInfile                      // LOAD DATA LOCAL: the server will ask the client for a file
	GivesInsertID                    // INSERT, REPLACE: it may make an id, or only tell one that it was given
)

var needNames = [...]string{"user variables", "last insert id", "sets last insert id", "session functions", "temporary tables", "warnings", "sets found rows", "local infile", ""}

func (n Needs) String() string { return bitNames(uint16(n), needNames[:]) }

// Reason is a set of reasons for pinning a connection to its session after the
// statement has run.
type Reason uint16

// The reasons for a pin.
const (
	PinTempTable  Reason = 1 << iota // CREATE TEMPORARY TABLE
	PinUserLock                      // GET_LOCK()
	PinTableLocks                    // LOCK TABLES
	PinHandler                       // HANDLER ... OPEN
	PinUserVars                      // a query assigned user variables
	PinCall                          // a procedure ran: what it left behind is unknown
)

var reasonNames = [...]string{"temporary table", "user lock", "table locks", "handler", "user variables", "procedure"}

func (r Reason) String() string { return bitNames(uint16(r), reasonNames[:]) }

func bitNames(set uint16, names []string) string {
	if set == 0 { // as for nearly every statement
		return ""
	}
	var out []string
	for i, n := range names {
		if n != "" && set&(1<<i) != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, ", ")
}

// Printer writes an indented plan.
type Printer struct {
	w     io.Writer
	depth int
}

// NewPrinter returns a printer that writes to w. Errors of w are ignored.
func NewPrinter(w io.Writer) *Printer { return &Printer{w: w} }

// Line writes one line at the present depth.
func (p *Printer) Line(format string, args ...any) {
	fmt.Fprintf(p.w, "%s%s\n", strings.Repeat("  ", p.depth), fmt.Sprintf(format, args...))
}

// Nest runs f one level deeper.
func (p *Printer) Nest(f func()) {
	p.depth++
	f()
	p.depth--
}

// Text explains a node as a string.
func Text(n Node) string {
	var b strings.Builder
	n.Explain(NewPrinter(&b))
	return b.String()
}
