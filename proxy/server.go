package proxy

import (
	"context"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/pool/loop"
	"github.com/sluicedb/sluice/proxy/cache"
	"golang.org/x/sync/errgroup"
	"vitess.io/vitess/go/mysql/collations"
)

// Server listens for clients and owns everything they share. Its methods are safe
// for concurrent use.
type Server struct {
	log        *slog.Logger
	ctx        context.Context // ends when the server is closed
	stop       context.CancelFunc
	snap       atomic.Pointer[snapshot]
	collations *collations.Environment
	metrics    *metrics
	recent     *recent
	replies    *replies    // nil: no cache
	loops      *loop.Loops // nil: Go's scheduler waits for the sockets
	started    time.Time

	mu        sync.Mutex
	listeners []net.Listener
	sessions  map[uint32]*session
	entering  int // clients that have been admitted and not logged in yet
	perUser   map[string]int
	draining  bool

	decisions decisions
	lookups   lookups
	journal   journal
	guardMu   sync.Mutex
	guards    atomic.Pointer[guards]
	defined   atomic.Pointer[string] // the version of the journal whose definitions snap has
	defining  sync.Map               // ids of the journal that this process is at
	outbox    *outbox                // nil if nothing is published
	counters  *counters              // nil: there are none
	opening   chan struct{}          // held while snapshots over groups are opened
	musters   musters                // who waits for that
	live      sync.Map               // ids of transactions that are committing in two phases
	point     pointFunc              // called at the named points of a commit; tests set it

	nextID atomic.Uint32
	wg     sync.WaitGroup // accept loops, sessions, the watch, delayed closing of pools
	reload sync.Mutex     // one reload at a time

	keyOnce sync.Once
	key     *rsa.PrivateKey
	keyPEM  []byte
	keyErr  error
	authMu  sync.Mutex
	auth    map[*account]remembered
}

// NewServer compiles the configuration and makes the pools. It does not listen yet.
// Warnings are logged; errors are all returned at once. Groups that cannot be
// reached are logged: Sluice starts without them.
func NewServer(ctx context.Context, c *conf.Config, log *slog.Logger) (*Server, error) {
	loops, err := loop.Start(runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, err
	}
	snap, problems := makeSnapshot(c, nil, nil, loops, log)
	if err := problems.Err(); err != nil {
		loops.Close()
		return nil, err
	}
	for _, p := range problems {
		log.Warn("configuration", "problem", p.String())
	}
	srv := &Server{
		log: log, collations: collations.MySQL8(), sessions: make(map[uint32]*session), perUser: make(map[string]int),
		auth: make(map[*account]remembered), started: time.Now(), recent: newRecent(), metrics: newMetrics(), loops: loops,
		point: points(), opening: make(chan struct{}, 1),
	}
	redis.SetLogger(redisLog{log}) // one for the whole process
	if srv.outbox, err = newOutbox(srv, snap); err != nil {
		snap.closeNew(nil)
		loops.Close()
		return nil, err
	}
	srv.ctx, srv.stop = context.WithCancel(ctx)

	if srv.replies, err = newReplies(c, srv); err != nil {
		srv.stop()
		snap.closeNew(nil)
		loops.Close()
		return nil, fmt.Errorf("cache: %w", err)
	}
	if srv.counters, err = newCounters(c, srv); err != nil {
		srv.stop()
		snap.closeNew(nil)
		loops.Close()
		return nil, fmt.Errorf("counters: %w", err)
	}
	if err := snap.learn(srv.ctx); err != nil {
		log.Warn("some groups do not answer", "err", err)
	}
	srv.snap.Store(snap)
	srv.lookAtJournal()
	srv.nextID.Store(uint32(time.Now().UnixNano()) & 0xffffff)
	return srv, nil
}

// ready makes the tables of decisions where there are several groups: a transaction that
// had begun before they were there could not use them. A group that does not answer is
// tried again with every round of recovery.
func (srv *Server) ready(snap *snapshot) {
	groups := snap.withShards()
	if len(groups) < 2 {
		return
	}
	var g errgroup.Group
	for _, name := range groups {
		g.Go(func() error {
			srv.makeReady(name, snap.groups[name])
			return nil
		})
	}
	_ = g.Wait()
}

// makeReady makes the table of decisions of a group.
func (srv *Server) makeReady(name string, g *pool.Group) {
	ctx, cancel := context.WithTimeout(srv.ctx, readyTime)
	defer cancel()
	if err := srv.decisions.ready(ctx, g); err != nil && srv.ctx.Err() == nil {
		srv.log.Warn("transactions over groups cannot be decided on a group", "group", name, "err", err)
	}
}

// readyTime bounds how long a start waits for groups that do not answer.
const readyTime = 3 * time.Second

// Listen opens every configured address and starts serving. It returns when all are
// open, or closes those that are and returns the error.
func (srv *Server) Listen() error {
	snap := srv.snap.Load()
	if srv.replies != nil {
		srv.followAll() // before anything can be kept
	}
	srv.ready(snap)
	for i, l := range snap.conf.Listen {
		network := "tcp"
		if strings.HasPrefix(l.Address, "/") {
			network = "unix"
		}
		ln, err := (&net.ListenConfig{}).Listen(srv.ctx, network, l.Address)
		if err != nil {
			srv.closeListeners()
			return fmt.Errorf("listening on %s: %w", l.Address, err)
		}
		srv.mu.Lock()
		srv.listeners = append(srv.listeners, ln)
		srv.mu.Unlock()
		srv.wg.Go(func() { srv.accept(ln, i) })
		srv.log.Info("listening", "address", ln.Addr().String())
	}
	srv.wg.Go(srv.watch)
	srv.wg.Go(srv.recoverAlways)
	srv.wg.Go(srv.redefineAlways)
	if srv.replies != nil {
		srv.wg.Go(srv.tendReplies)
		if srv.replies.shared != nil {
			srv.wg.Go(func() { srv.replies.shared.Run(srv.ctx) })
		}
	}
	if srv.counters != nil && srv.counters.behind != nil {
		srv.wg.Go(srv.counters.run)
	}
	if srv.outbox != nil {
		srv.wg.Go(srv.outbox.run)
	}
	return nil
}

// Addrs are the addresses listened on, in the order of the configuration.
func (srv *Server) Addrs() []net.Addr {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	var a []net.Addr
	for _, ln := range srv.listeners {
		a = append(a, ln.Addr())
	}
	return a
}

func (srv *Server) closeListeners() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for _, ln := range srv.listeners {
		_ = ln.Close()
	}
}

// accept serves the clients of listener number i of the configuration.
func (srv *Server) accept(ln net.Listener, i int) {
	for {
		nc, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			srv.log.Warn("accept failed", "err", err)
			select { // out of file descriptors, most likely: let some be closed
			case <-time.After(50 * time.Millisecond):
				continue
			case <-srv.ctx.Done():
				return
			}
		}
		srv.wg.Add(1)
		srv.wg.Go(func() { srv.loops.Go(func(t *loop.Task) { srv.client(nc, i, t) }, srv.wg.Done) })
	}
}

// client serves one client from accept to close, or until it sleeps.
func (srv *Server) client(nc net.Conn, listener int, t *loop.Task) {
	nc = srv.loops.Adopt(nc, net.KeepAliveConfig{})
	srv.loops.Watch(loop.Of(nc)) // for good: the session's task will wait for it
	s := srv.newSession(nc, srv.snap.Load())
	s.task, s.sock = t, loop.Of(nc)
	if !srv.let(s, listener) {
		_ = nc.Close()
		return
	}
	srv.attend(s, nc)
}

// let lets a client in, or refuses it.
func (srv *Server) let(s *session, listener int) bool {
	snap := s.snap
	l := snap.conf.Listen[min(listener, len(snap.conf.Listen)-1)]
	_ = s.conn.Net().SetDeadline(time.Now().Add(snap.conf.Limits.Login))
	if err := srv.admit(l.MaxConnections); err != nil {
		s.refuse(err)
		return false
	}
	if l.ProxyProtocol {
		if err := s.proxyHeader(); err != nil {
			_ = srv.enter(s, err)
			srv.metrics.refused()
			srv.log.Warn("PROXY header refused", "conn", s.id, "peer", s.host, "err", err)
			return false
		}
	}
	var t *tls.Config
	if i := min(listener, len(snap.tls)-1); i >= 0 {
		t = snap.tls[i]
	}
	err := s.login(t, l.TLS != nil && l.TLS.Required)
	if err == nil {
		_ = s.conn.Net().SetDeadline(time.Time{})
	}
	if err := srv.enter(s, err); err != nil {
		s.refuse(err)
		return false
	}
	s.leave()
	srv.log.Debug("connected", "conn", s.id, "user", s.user.Name, "peer", s.host, "db", s.db)
	return true
}

// attend serves a client that has been let in until it leaves, or sleeps: then it goes on
// when the client says something.
func (srv *Server) attend(s *session, nc net.Conn) {
	err := s.serve()
	if err == errSleeps { //nolint:errorlint // our own value, never wrapped
		s.task.Sleep(func(*loop.Task) { srv.attend(s, nc) })
		return
	}
	s.task.Off()
	s.bye()
	srv.remove(s)
	_ = nc.Close()
	srv.log.Debug("disconnected", "conn", s.id, "user", s.user.Name, "err", err)
}

func (srv *Server) newSession(nc net.Conn, snap *snapshot) *session {
	s := &session{srv: srv, id: srv.nextID.Add(1), conn: wire.NewConn(nc, 1<<10), log: srv.log, since: time.Now(), snap: snap}
	s.scan = &s.own
	s.conn.Limit = int(snap.conf.Limits.MaxPacket)
	s.host = peerHost(nc)
	if nc.RemoteAddr().Network() == "unix" {
		s.secure = true
	}
	s.adopt(nil)
	return s
}

func peerHost(nc net.Conn) string {
	if nc.RemoteAddr().Network() == "unix" {
		return "localhost"
	}
	host, _, err := net.SplitHostPort(nc.RemoteAddr().String())
	if err != nil {
		return nc.RemoteAddr().String()
	}
	return host
}

// refuse tells a client why it is not let in.
func (s *session) refuse(err error) {
	s.srv.metrics.refused()
	var e *wire.Error
	if errors.As(err, &e) {
		s.log.Info("login refused", "conn", s.id, "peer", s.host, "number", e.Number)
	} else {
		s.log.Debug("login broken off", "conn", s.id, "peer", s.host, "err", err)
		if !errors.Is(err, wire.ErrMalformed) {
			return
		}
	}
	s.conn.WriteError(toClient(err))
	_ = s.conn.Flush()
}

// admit refuses a client when too many are connected or about to log in, or when we are
// stopping. Who has been admitted must enter.
func (srv *Server) admit(limit int) error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	switch {
	case srv.draining:
		return errShutdown
	case limit > 0 && len(srv.sessions)+srv.entering >= limit:
		return wire.Errorf(1040, "08004", "Too many connections")
	}
	srv.entering++
	return nil
}

// enter takes a client in whose login has succeeded: failed is nil.
func (srv *Server) enter(s *session, failed error) error {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.entering--
	switch {
	case failed != nil:
		return failed
	case srv.draining:
		return errShutdown
	}
	if n := s.user.MaxConnections; n > 0 && srv.perUser[s.user.Name] >= n {
		return wire.Errorf(1226, "42000", "User '%s' has exceeded the 'max_user_connections' resource (current value: %d)", s.user.Name, n)
	}
	s.counted = s.user.Name
	srv.perUser[s.counted]++
	srv.sessions[s.id] = s
	srv.metrics.connected(len(srv.sessions))
	return nil
}

func (srv *Server) remove(s *session) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.sessions, s.id)
	if srv.perUser[s.counted]--; srv.perUser[s.counted] <= 0 {
		delete(srv.perUser, s.counted)
	}
}

// all returns the sessions of this moment.
func (srv *Server) all() []*session { return srv.appendAll(nil) }

// appendAll appends them to a list.
func (srv *Server) appendAll(list []*session) []*session {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	list = slices.Grow(list, len(srv.sessions))
	for _, s := range srv.sessions {
		list = append(list, s)
	}
	return list
}

func (srv *Server) session(id uint32) *session {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.sessions[id]
}

// Shutdown stops listening, lets running statements and open transactions end for at
// most the configured drain time (or until ctx ends), ends the rest, and returns
// when everything is closed.
func (srv *Server) Shutdown(ctx context.Context) {
	srv.mu.Lock()
	srv.draining = true
	srv.mu.Unlock()
	srv.closeListeners()
	drain := srv.snap.Load().conf.Limits.Drain
	srv.log.Info("draining", "limit", drain)
	ctx, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for srv.drainOnce() > 0 {
		select {
		case <-tick.C:
			continue
		case <-ctx.Done():
		}
		break
	}
	kill, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	for _, s := range srv.all() {
		s.end(kill, errShutdown, true)
	}
	if srv.counters != nil && srv.counters.behind != nil {
		srv.counters.behind.Close(kill)
	}
	srv.stop()
	for _, g := range srv.snap.Load().groups {
		g.Close()
	}
	srv.wg.Wait()
	srv.loops.Close()
	if srv.replies != nil && srv.replies.shared != nil {
		srv.replies.shared.Leave(kill)
	}
	srv.log.Info("stopped")
}

// drainOnce ends the sessions that neither run a statement nor have a transaction
// open, and returns how many sessions there are.
func (srv *Server) drainOnce() int {
	list := srv.all()
	for _, s := range list {
		s.mu.Lock()
		free := s.pinned == ""
		s.mu.Unlock()
		if free && s.busy.Load() == 0 {
			s.end(srv.ctx, errShutdown, true)
		}
	}
	return len(list)
}

// Reload compiles another configuration and, if it has no errors, puts it in force
// for the statements that begin afterwards. It is all or nothing; what needs a
// restart is refused, by name.
func (srv *Server) Reload(c *conf.Config) error {
	srv.reload.Lock()
	defer srv.reload.Unlock()
	old := srv.snap.Load()
	if keys := conf.NeedsRestart(old.conf, c); len(keys) > 0 {
		return fmt.Errorf("these settings need a restart: %s", strings.Join(keys, ", "))
	}
	next, problems := makeSnapshot(c, nil, old, srv.loops, srv.log)
	if err := problems.Err(); err != nil {
		return err
	}
	for _, p := range problems {
		srv.log.Warn("configuration", "problem", p.String())
	}
	if err := next.learn(srv.ctx); err != nil {
		srv.log.Warn("some groups do not answer", "err", err)
	}
	srv.ready(next)
	srv.snap.Store(next)
	if srv.replies != nil {
		srv.replies.effects.forgetAll()
		srv.replies.Changed(srv.ctx, []cache.Mark{cache.Everything}, cache.ByReload)
	}
	srv.authMu.Lock()
	clear(srv.auth)
	srv.authMu.Unlock()
	srv.retire(old, next)
	if v := srv.defined.Load(); v != nil && *v != "" {
		srv.redefined(srv.ctx, next.rules.Databases)
	}
	srv.log.Info("configuration reloaded", "file", c.Pos.File)
	return nil
}

// retire closes the pools that a reload has replaced, after the statements that may
// still want a connection from them.
func (srv *Server) retire(old, next *snapshot) {
	grace := time.Second
	for _, g := range old.conf.Groups {
		grace = max(grace, g.Pool.Wait+time.Second)
	}
	srv.wg.Go(func() {
		select {
		case <-time.After(grace):
		case <-srv.ctx.Done():
		}
		old.closeNew(next)
	})
}

func (srv *Server) isDraining() bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.draining
}

// moved counts a session under another account after COM_CHANGE_USER.
func (srv *Server) moved(s *session, a *account) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.perUser[s.counted]--
	s.counted = a.Name
	srv.perUser[s.counted]++
}

// Group is a group in force; nil if there is none of the name.
func (srv *Server) Group(name string) *pool.Group { return srv.snap.Load().groups[name] }

// Pools returns the numbers of every server's pool, by group and address.
func (srv *Server) Pools() map[string]pool.Stats {
	out := make(map[string]pool.Stats)
	for _, g := range srv.snap.Load().groups {
		for _, s := range g.Servers() {
			out[g.Name+" "+s.Addr] = s.Stats()
		}
	}
	return out
}
