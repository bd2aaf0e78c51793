package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/proxy/cache"
	"github.com/sluicedb/sluice/router"
	"github.com/sluicedb/sluice/rules"
)

// session is one client. Its fields belong to its goroutine, but for those below mu
// and the atomics, which KILL, the watch and the process list use.
type session struct {
	// What the watch looks at, ten times a second: on one line of a processor's cache.
	clock       int64        // Ticks when the last statement of the present command ended; 0: none has
	busy        atomic.Int64 // Ticks since when a command runs; 0: idle
	idle        atomic.Int64 // Ticks since when the client is idle
	writing     atomic.Int64 // Ticks since when the rest of a reply is being written; 0: none is
	waitTimeout atomic.Int64 // seconds the client has set as its wait_timeout; 0: none
	awake       atomic.Bool  // it may be told to sleep when it has been idle for long
	endures     atomic.Bool  // the present statement goes on though its client has gone
	closes      atomic.Bool  // there is a reason in closing

	srv   *Server
	id    uint32
	conn  *wire.Conn
	task  *loop.Task // what runs it; nil without loops
	sock  *loop.Conn // the client's socket; nil without loops
	log   *slog.Logger
	since time.Time

	caps    wire.Capability
	user    *account
	counted string // the account it is counted under; guarded by Server.mu
	host    string // peer address without port
	attrs   []wire.Attribute
	secure  bool // TLS or a Unix socket
	snap    *snapshot
	db      string // current database as the client named it
	tenant  string // SET sluice_tenant, login or attribute
	dialect parser.Dialect

	charset     string          // character_set_client
	collation   string          // collation_connection
	commitsEach bool            // autocommit
	familiar    router.Familiar // the plans used last

	settings *pool.Settings
	stalls   *pool.Settings // what stalling made,
	stallsOf *pool.Settings // of these
	userVars map[string]userVar
	track    map[string]bool // session_track_system_variables
	diag     []diagnostic
	errState string       // of the error among them
	warned   []diagnostic // warnings before the error that is about to be told
	insertID uint64       // LAST_INSERT_ID()
	rowCount int64        // ROW_COUNT()
	found    uint64       // FOUND_ROWS()

	txn    txn
	locks  *pool.Conn  // where its user locks are; nil while it has none
	tables *tableLocks // nil while it has none, or on txn.conn
	stmts  statements
	named  map[string]named // statements prepared by SQL, by name in lower case

	consistency conf.Consistency      // sluice_consistency; empty: as the rules say
	replicas    conf.ReplicaRole      // sluice_replicas
	writes      map[string]*writes    // by group, since the session began
	readAfter   map[string]pool.GTIDs // sluice_after

	replays  bool // sluice_replay: a transaction whose server is lost is run again
	certain  bool // sluice_commit = 'known': a COMMIT whose answer is lost is looked up
	size     int  // of the present command, in bytes
	implicit bool // the client knows nothing of the transaction that is open
	lockless bool // sluice_table_locks = 'none'
	single   bool // sluice_atomicity = 'single': a transaction may write on one group only
	naming   bool // the present statement is SET NAMES or SET CHARACTER SET
	multi    bool // CLIENT_MULTI_STATEMENTS, also by COM_SET_OPTION

	scan           *parser.Scan // reading of the present text: own, or that of a prepared statement
	own            parser.Scan
	current        []byte       // the text that scan has read
	lead           []byte       // the comments before it, in its packet
	behind         []byte       // what follows it there
	target         *rules.Shard // where the statement bound last runs
	executing      params       // parameters of the statement that is being executed; nil: none
	near           near         // its group that was asked for last
	next           call
	want           pool.Want
	relay          relay
	vars           []pool.UserVar
	touched        []cache.Mark // what an open or doubtful transaction has changed
	markRoom       []cache.Mark
	keyRoom        []byte
	binary         bool     // our own rows go out in the binary protocol
	places         []taken  // by the present statement
	changing       []string // groups that the present change is on
	wholeTxn       bool     // the present change is all of its transaction: if it fails, all is undone
	unlisted       int      // warnings of the present statement beyond those in diag
	unlistedBefore int      // those of the statement before
	preWarned      uint16   // warnings of the last statement that ran before another in a packet of its own
	key            []byte   // names a prepared statement on a server
	state          []byte   // session state changes for the next OK of our own
	quit           bool     // end the session after the present reply

	killing  sync.Mutex     // held while a KILL is under way, and to change running; taken before mu
	mu       sync.Mutex     // never held while anything is waited for
	running  *pool.Conn     // the lease of the statement that runs now
	ended    error          // why the statement has been ended from outside
	killed   time.Time      // when that was last told to the server
	closing  error          // why the session has been ended from outside
	done     chan struct{}  // closed by end; made when somebody waits
	onEnd    []*func()      // what has to run then
	endings  sync.WaitGroup // what of that runs
	shownDB  string         // the current database, for the process list
	shown    []byte         // the statement that runs now, for the process list
	pinned   string         // why a connection is held
	limit    time.Duration  // statement time limit
	prepared atomic.Int64   // prepared statements open
	unsure   atomic.Bool    // servers may still carry out what the session has changed
}

// errQuit ends a session without a word.
var errQuit = errors.New("quit")

// errSleeps says that the client has been idle for long enough to give up the stack.
var errSleeps = errors.New("sleeps")

// fatal is an error after which the client's stream cannot go on.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// serve answers the client's commands until it leaves or is ended.
func (s *session) serve() (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic in session", "conn", s.id, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			s.conn.WriteError(wire.Errorf(1105, "HY000", "internal error; see Sluice's log"))
			_ = s.conn.Flush()
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	for {
		if err := s.command(); err != nil {
			return err
		}
	}
}

// command reads one command, runs it and writes what is left of its reply.
func (s *session) command() error {
	s.conn.Shrink()
	s.conn.ResetSequence()
	s.task.On(s.sock)
	p, err := s.conn.ReadPacket()
	if err != nil {
		return s.unreadable(err)
	}
	if !staysOnLoop(p) {
		s.task.Off()
	}
	if len(p) == 0 {
		p = []byte{byte(wire.ComSleep)} // as servers read it
	}
	err = s.enter()
	if err == nil {
		err = s.keepsUserLocks()
	}
	if err == nil {
		err = s.keepsTableLocks()
	}
	if err != nil {
		s.conn.WriteError(toClient(err))
		_ = s.conn.Flush()
		return err
	}
	s.size = len(p)
	cmd := wire.Command(p[0])
	if int(cmd) >= len(commands) || commands[cmd] == nil {
		err = errUnknownCommand
	} else {
		err = commands[cmd](s, p[1:])
	}
	s.publish(err)
	s.leave()
	return s.finish(err)
}

// mostOnLoop is the size in bytes of a statement that may be read and planned on an event
// loop, which others wait for.
const mostOnLoop = 16 << 10

// staysOnLoop reports whether a command may be begun on an event loop. What of a statement
// waits for anything but its client and the one server that answers it goes off the loop
// first; other commands do at once.
func staysOnLoop(p []byte) bool {
	if len(p) == 0 || len(p) > mostOnLoop {
		return false
	}
	switch wire.Command(p[0]) {
	case wire.ComQuery, wire.ComStmtExecute, wire.ComPing:
		return true
	}
	return false
}

// unreadable says why the client's stream ended, and tells the client if it can
// still listen.
func (s *session) unreadable(err error) error {
	closing := s.closed()
	switch {
	case closing == errKilled: //nolint:errorlint // our own value, never wrapped
		return closing // without a word, as from a server
	case closing != nil:
		s.task.Off()
		s.conn.WriteError(toClient(closing))
		err = closing
	case errors.Is(err, loop.ErrTired):
		if len(s.conn.Buffered()) > 0 { // a part of a command: the rest is on its way
			return nil
		}
		s.conn.Rest()
		return errSleeps
	case errors.Is(err, wire.ErrTooLarge):
		s.conn.WriteError(wire.Errorf(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes"))
	case errors.Is(err, wire.ErrSequence):
		s.conn.WriteError(errOutOfOrder)
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return io.EOF
	default:
		return err
	}
	_ = s.conn.Net().SetWriteDeadline(time.Now().Add(time.Second))
	_ = s.conn.Flush()
	return err
}

// finish writes the error of a command, if any, and flushes the reply.
func (s *session) finish(err error) error {
	switch _, gone := errors.AsType[fatal](err); {
	case err == nil:
	case errors.Is(err, errQuit):
		_ = s.flush()
		return err
	case gone:
		return err
	case s.closed() == errKilled: //nolint:errorlint // our own value, never wrapped
		_ = s.flush() // a client is not told of a KILL CONNECTION: it is cut off
		return errKilled
	default:
		e := toClient(err)
		s.fail(e)
		s.conn.WriteError(e)
	}
	if err := s.flush(); err != nil {
		return err
	}
	if s.closes.Load() {
		return s.closed()
	}
	if s.quit {
		return errQuit
	}
	return nil
}

// flush writes what is left of a reply. The watch ends the session if the client does not
// read it.
func (s *session) flush() error {
	if s.clock == 0 {
		s.clock = loop.Ticks()
	}
	s.writing.Store(s.clock)
	defer s.writing.Store(0)
	if s.closes.Load() { // what ends replies has taken the deadline away
		_ = s.conn.Net().SetWriteDeadline(time.Now().Add(lastWords))
	}
	return s.conn.Flush()
}

// fail records an error of our own as a server records its.
func (s *session) fail(e *wire.Error) {
	s.rowCount, s.errState = -1, e.State
	d := diagnostic{level: "Error", code: e.Number, message: e.Message}
	s.diag, s.unlisted = append(s.diag[:0], s.warned...), 0
	// A server's own list may spell bytes that are no text differently.
	if n := len(s.warned); !slices.Contains(s.warned, d) && (n == 0 || s.warned[n-1].level != "Error" || s.warned[n-1].code != d.code) {
		s.diag = append(s.diag, d)
	}
	s.warned = nil
	s.srv.metrics.failed(e.Number)
}

// enter marks the session as busy.
func (s *session) enter() error {
	s.busy.Store(s.task.Ticks())
	s.clock, s.scan, s.lead = 0, &s.own, nil
	if s.closes.Load() {
		return s.closed()
	}
	return nil
}

// closed is why the session has been ended from outside; nil: it has not.
func (s *session) closed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// leave marks the session as idle.
func (s *session) leave() {
	s.givePlaces()
	if s.endures.Load() {
		s.endures.Store(false)
	}
	s.mu.Lock()
	s.busy.Store(0) // from here on nobody ends a statement
	if s.ended != nil {
		s.mu.Unlock()
		s.endings.Wait() // they ask why it was ended
		s.mu.Lock()
	}
	s.shown, s.ended, s.done = nil, nil, nil
	if len(s.onEnd) > 0 {
		s.onEnd = nil
	}
	s.mu.Unlock()
	if s.clock == 0 {
		s.clock = loop.Ticks()
	}
	s.idle.Store(s.clock)
	if s.sock != nil && !s.conn.Compressed() && !s.awake.Load() {
		s.awake.Store(true)
	}
}

// outlive has a KILL QUERY end no more than the statement that it has met, which may have
// come to its end all the same: what follows it in its packet runs.
func (s *session) outlive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != errKilled || s.closing != nil { //nolint:errorlint // our own value, never wrapped
		return
	}
	s.mu.Unlock()
	s.task.Off()
	s.endings.Wait() // they ask why it was ended
	s.mu.Lock()
	if s.closing == nil {
		s.ended, s.done, s.onEnd = nil, nil, nil
	}
}

// show lets others see the statement that runs now, and makes the one before it the last. Its text stays valid until leave.
func (s *session) show(text []byte) {
	s.unlistedBefore, s.unlisted = s.unlisted, 0
	s.mu.Lock()
	s.shown = text
	s.mu.Unlock()
}

// killAgain is after how long a statement that goes on after its KILL gets another one.
const killAgain = time.Second

// lastWords is how long a client may take to hear that its session ends.
const lastWords = 5 * time.Second

// end ends the running statement, and with all the whole session, for the given
// reason. It may be called from any goroutine.
func (s *session) end(ctx context.Context, why error, all bool) {
	s.killing.Lock()
	defer s.killing.Unlock()
	if c := s.ending(why, all); c != nil {
		s.killOn(ctx, c, all)
	}
}

// ending records why the statement ends, and returns the connection that it runs on;
// nil if there is nothing to kill.
func (s *session) ending(why error, all bool) *pool.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if all && s.closing == nil {
		s.closing = why
		s.closes.Store(true)
		_ = s.conn.Net().SetReadDeadline(time.Unix(1, 0))
		if why == errShutdown { //nolint:errorlint // our own value
			_ = s.conn.Net().SetWriteDeadline(time.Now().Add(lastWords))
		}
	}
	if all && (why == errStalled || why == errGone) { //nolint:errorlint // our own values
		_ = s.conn.Net().SetWriteDeadline(time.Unix(1, 0))
	}
	if s.busy.Load() == 0 || s.ended != nil {
		return nil
	}
	s.ended, s.killed = why, time.Now()
	if s.done != nil {
		close(s.done)
	}
	for _, f := range s.onEnd {
		s.endings.Go(*f)
	}
	s.onEnd = nil
	return s.running
}

// endAgain repeats the KILL of a statement that goes on: its server had perhaps not read
// it yet when the first one came.
func (s *session) endAgain(ctx context.Context) {
	if !s.killing.TryLock() {
		return // a KILL is under way
	}
	defer s.killing.Unlock()
	s.mu.Lock()
	c, ended, all := s.running, s.ended, s.closing != nil
	s.killed = time.Now()
	s.mu.Unlock()
	if ended != nil && c != nil {
		s.killOn(ctx, c, all)
	}
}

// killOn tells the server to end the statement. The caller holds the lock killing until
// the server has taken the KILL, so that it cannot hit a later statement of the same
// connection: unlent waits for it.
func (s *session) killOn(ctx context.Context, c *pool.Conn, all bool) {
	if err := c.Server().Kill(ctx, c.ThreadID, all); err != nil {
		s.log.Warn("kill failed", "conn", s.id, "server", c.Server().Addr, "err", err)
		c.Interrupt("kill failed")
	}
	if all {
		c.Doubt("killed")
	}
}

// lent publishes the connection that the statement runs on, so that it can be
// killed; it fails if the statement has been ended meanwhile.
func (s *session) lent(c *pool.Conn) error {
	c.BindTo(s.task)
	s.lockKilling()
	defer s.killing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return s.ended
	}
	s.running = c
	return nil
}

// lockKilling waits until no KILL is under way.
func (s *session) lockKilling() {
	if !s.killing.TryLock() {
		s.task.Off()
		s.killing.Lock()
	}
}

// unlent takes it back, and returns why the statement was ended, if it was.
func (s *session) unlent() error {
	s.lockKilling()
	defer s.killing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = nil
	return s.ended
}

// The session is the context of its running statement: it is done when the statement
// has been ended from outside. It carries no values and no deadline.

func (s *session) Deadline() (time.Time, bool) { return time.Time{}, false }
func (s *session) Value(any) any               { return nil }

func (s *session) Done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		s.done = make(chan struct{})
		if s.ended != nil {
			close(s.done)
		}
	}
	return s.done
}

// AfterFunc has f run once the statement has been ended from outside, unless stop comes before:
// with it contexts that derive from the session need no goroutine that waits for its end.
func (s *session) AfterFunc(f func()) (stop func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		s.endings.Go(f)
		return func() bool { return false }
	}
	a := &f
	s.onEnd = append(s.onEnd, a)
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.Index(s.onEnd, a)
		if i >= 0 {
			s.onEnd = slices.Delete(s.onEnd, i, i+1)
		}
		return i >= 0
	}
}

func (s *session) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return context.Canceled
	}
	return nil
}

// status is what the session's own OK packets say of it.
func (s *session) status() wire.Status {
	st := wire.Status(0)
	if s.autocommit() {
		st |= wire.StatusAutocommit
	}
	if s.txn.open() {
		st |= wire.StatusInTrans
	}
	if s.txn.open() && s.readOnly() {
		st |= wire.StatusInTransReadonly
	}
	if s.dialect.Mode&parser.NoBackslashEscapes != 0 {
		st |= wire.StatusNoBackslashEscapes
	}
	return st
}

func (s *session) autocommit() bool { return s.commitsEach }

// ok buffers an OK packet of our own; more says that another result follows.
func (s *session) ok(affected uint64, more bool) { s.okWith(wire.OK{Affected: affected}, more) }

// okInfo is ok with a text that tells the client more.
func (s *session) okInfo(info string, more bool) { s.okWith(wire.OK{Info: []byte(info)}, more) }

func (s *session) okWith(ok wire.OK, more bool) {
	st := s.status()
	if more {
		st |= wire.StatusMoreResults
	}
	s.rowCount = int64(ok.Affected)
	ok.Status, ok.State = st, s.state
	s.conn.WriteOK(ok, s.caps)
	s.state = nil
}
