package pool

import (
	"context"
	"log/slog"
)

// Group is one replication group. Today every statement goes to its primary.
type Group struct {
	Name    string
	primary *Server
}

// NewGroup makes a group whose primary is at addr.
func NewGroup(name, addr string, o Options, log *slog.Logger) *Group {
	return &Group{Name: name, primary: NewServer(name, addr, o, log)}
}

// Primary is the server that takes writes.
func (g *Group) Primary() *Server { return g.primary }

// Servers lists the group's servers, the primary first.
func (g *Group) Servers() []*Server { return []*Server{g.primary} }

// Lease lends a connection to the primary; see Server.Lease.
func (g *Group) Lease(ctx context.Context, w *Want) (*Conn, error) { return g.primary.Lease(ctx, w) }

// Close closes the group's pools.
func (g *Group) Close() {
	for _, s := range g.Servers() {
		s.Close()
	}
}
