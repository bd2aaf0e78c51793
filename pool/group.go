package pool

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
)

// Group is one replication group: a primary, and replicas that copy it. It is safe for
// concurrent use.
type Group struct {
	Name    string
	servers []*Server // as configured, the configured primary first
	primary atomic.Pointer[Server]
	log     *slog.Logger

	probing   Probing
	watching  sync.WaitGroup
	stop      chan struct{}
	ctx       context.Context // of connections being made; it ends with the group
	end       context.CancelFunc
	paused    atomic.Bool // statements wait although there is a primary: it is being switched
	switching atomic.Bool // by this process, which does not yield to itself
	yields    atomic.Bool // the same, and another Sluice switches
	probes    sync.Map    // connections of the probes: *Conn -> true

	mu        sync.Mutex
	turn      chan struct{} // closed, and made anew, when the primary or its state changes
	held      int           // statements that wait for a primary
	heldBytes int           // of the statements that are held
	rivals    bool          // two servers are writable
	changes   uint64        // of the primary
	epoch     uint64        // the highest that was seen
	seen      bool          // a majority of the servers has been seen
	events    []Event
	risks     []Risk
	said      map[*Server]string // the last thing wrong with a server
	closed    bool
}

// NewGroup makes a group of the servers at addrs. The first is its primary until a probe
// finds another.
func NewGroup(name string, addrs []string, o func(addr string) Options, log *slog.Logger) *Group {
	g := &Group{Name: name, log: log, stop: make(chan struct{}), turn: make(chan struct{}), said: make(map[*Server]string)}
	g.ctx, g.end = context.WithCancel(context.Background())
	for _, addr := range addrs {
		g.servers = append(g.servers, NewServer(name, addr, o(addr), log))
	}
	g.primary.Store(g.servers[0])
	return g
}

// Primary is the server that takes writes.
func (g *Group) Primary() *Server { return g.primary.Load() }

// Servers lists the group's servers as configured.
func (g *Group) Servers() []*Server { return g.servers }

// Replicas lists the servers that are not the primary now.
func (g *Group) Replicas() []*Server {
	var out []*Server
	p := g.Primary()
	for _, s := range g.servers {
		if s != p {
			out = append(out, s)
		}
	}
	return out
}

// Lease lends a connection to the primary; see Server.Lease. While the group has none,
// the caller waits for one.
func (g *Group) Lease(ctx context.Context, w *Want) (*Conn, error) {
	if g.probing.Interval == 0 {
		return g.Primary().Lease(ctx, w)
	}
	return g.leaseHeld(ctx, w)
}

func (g *Group) stopped() bool {
	select {
	case <-g.stop:
		return true
	default:
		return false
	}
}

// Close closes the group's pools.
func (g *Group) Close() {
	g.mu.Lock()
	again := g.closed
	g.closed = true
	g.mu.Unlock()
	if again {
		return
	}
	g.stopWatching()
	for _, s := range g.servers {
		s.Close()
	}
}
