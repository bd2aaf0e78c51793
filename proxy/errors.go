package proxy

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
)

// Reasons for which a statement or session is ended from outside.
var (
	errKilled         = wire.Errorf(1317, "70100", "Query execution was interrupted")
	errTimeLimit      = wire.Errorf(3024, "HY000", "Query execution was interrupted, maximum statement execution time exceeded")
	errRowLimit       = wire.Errorf(1104, "42000", "The result has more rows than Sluice's limits.result_rows allows; add a LIMIT or a narrower condition")
	errShutdown       = wire.Errorf(1053, "08S01", "Server shutdown in progress")
	errIdle           = wire.Errorf(4031, "HY000", "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.")
	errOutOfOrder     = wire.Errorf(1156, "08S01", "Got packets out of order")
	errUnknownCommand = wire.Errorf(1047, "08S01", "Unknown command")
	// errNotPreparable is for statements that no server prepares either.
	errNotPreparable = wire.Errorf(1295, "HY000", "This command is not supported in the prepared statement protocol yet")
	errGone          = errors.New("client has gone")
	errStalled       = errors.New("client does not read")
)

// toClient gives any error MySQL's number, state and words. It is the only place
// that maps our errors.
func toClient(err error) *wire.Error {
	var (
		e       *wire.Error
		refusal *plan.Refusal
		syntax  *parser.SyntaxError
		down    *pool.DownError
		none    *pool.NoPrimaryError
		lost    *lostError
		unknown *unknownError
		partial *unfinishedError
	)
	switch {
	case errors.As(err, &partial):
		return partial.client()
	case errors.As(err, &unknown):
		return wire.Errorf(1180, "HY000", "The outcome of the COMMIT is not known: group %s, which holds the decision, does not answer. It will be carried out or rolled back as a whole; ask with: sluice tx show %s", unknown.group, unknown.id)
	case errors.As(err, &e):
		return e
	case errors.As(err, &refusal):
		r := *refusal
		r.Rule.File = filepath.Base(r.Rule.File) // clients need not know our folders
		return wire.Errorf(r.Number, r.State, "%s", r.Error())
	case errors.As(err, &syntax):
		return wire.Errorf(1064, "42000", "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near '%s' at line %d", syntax.Near, syntax.Line)
	case errors.As(err, &lost):
		return lost.client()
	case errors.As(err, &none):
		return wire.Errorf(1429, "HY000", "Unable to connect to foreign data source: %v", none)
	case errors.As(err, &down):
		return wire.Errorf(1429, "HY000", "Unable to connect to foreign data source: %v", down)
	case errors.Is(err, errDefined):
		return wire.Errorf(1412, "HY000", "Table definition has changed, please retry transaction")
	case errors.Is(err, pool.ErrExhausted):
		return wire.Errorf(1040, "08004", "Too many connections: %v", err)
	case errors.Is(err, pool.ErrClosed):
		return wire.Errorf(1053, "08S01", "Server shutdown in progress")
	case errors.Is(err, wire.ErrMalformed):
		return wire.Errorf(1835, "HY000", "Malformed communication packet.")
	case errors.Is(err, wire.ErrArguments):
		return wire.Errorf(1210, "HY000", "Incorrect arguments to mysqld_stmt_execute")
	case errors.Is(err, wire.ErrTooLarge):
		return wire.Errorf(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes")
	case errors.Is(err, wire.ErrSequence):
		return errOutOfOrder
	}
	return wire.Errorf(internalError, "HY000", "internal error; see Sluice's log")
}

// internalError is the number of errors that clients can do nothing about.
const internalError = 1105

// lostError says that a server was lost while a statement ran on it.
type lostError struct {
	server string
	write  bool   // the statement may have changed data
	txn    bool   // a transaction was open and is gone
	locks  string // of the session's, that are gone: user locks
	undone bool   // it was rolled back for certain
	err    error
}

func (e *lostError) Error() string {
	return fmt.Sprintf("lost connection to server %s: %v", e.server, e.err)
}
func (e *lostError) Unwrap() error { return e.err }

func (e *lostError) client() *wire.Error {
	switch {
	case e.locks != "":
		return wire.Errorf(1429, "HY000", "Lost connection to server %s, which held the session's %s; the session is ended", e.server, e.locks)
	case e.undone:
		return wire.Errorf(1213, "40001", "Lost connection to server %s before the transaction was committed, and it was rolled back; try restarting transaction", e.server)
	case e.txn:
		return wire.Errorf(1429, "HY000", "Lost connection to server %s; the open transaction was rolled back unless this was its COMMIT: look before you repeat it", e.server)
	case e.write:
		return wire.Errorf(1429, "HY000", "Lost connection to server %s while the statement ran; whether it was carried out is not known: look before you repeat it", e.server)
	}
	return wire.Errorf(1429, "HY000", "Lost connection to server %s while the statement ran; it changed nothing and may be repeated", e.server)
}
