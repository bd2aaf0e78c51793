package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Who is the primary is for the servers to say: it is the one that is writable. Somebody
// may switch it behind Sluice's back (an operator, an orchestrator, a cloud): what the
// probes find is followed.

// judge follows a switch of the primary that the probes have found.
func (g *Group) judge() {
	g.mu.Lock()
	defer g.mu.Unlock()
	old := g.Primary()
	writable := g.writable()
	g.tellRivals(writable)
	g.yieldTo(old)
	switch {
	case len(writable) == 1 && writable[0] != old:
		g.follow(old, writable[0])
	case len(writable) == 0:
		return
	}
	close(g.turn)
	g.turn = make(chan struct{})
}

// writable lists the servers that take writes and have not been replaced: those of the
// highest epoch that any server knows of. g.mu is held.
func (g *Group) writable() []*Server {
	var out []*Server
	up := 0
	for _, s := range g.servers {
		if st := s.State(); st.Up {
			up++
			g.epoch = max(g.epoch, st.Epoch)
		}
	}
	g.seen = g.seen || 2*up > len(g.servers)
	if g.probing.Own.On && !g.seen {
		return nil // a server that we have not seen may know of a newer primary
	}
	for _, s := range g.servers {
		if st := s.State(); st.Up && st.Role == RolePrimary && st.Epoch == g.epoch {
			out = append(out, s)
		}
	}
	if named := slices.DeleteFunc(slices.Clone(out), func(s *Server) bool { st := s.State(); return !st.named() }); len(named) == 1 {
		return named
	}
	return out
}

// tellRivals logs that two servers take writes, and that they no longer do. Which of them
// is right nobody can know: the present one stays. g.mu is held.
func (g *Group) tellRivals(writable []*Server) {
	rivals := len(writable) > 1
	if rivals == g.rivals {
		return
	}
	g.rivals = rivals
	if !rivals {
		g.log.Info("one server of the group is writable again", "group", g.Name)
		return
	}
	g.log.Error("two servers of the group are writable: Sluice stays with the present primary; set super_read_only on the other",
		"group", g.Name, "primary", g.Primary().Addr, "servers", addrs(writable))
}

// follow makes another server the primary. g.mu is held.
func (g *Group) follow(old, s *Server) {
	g.log.Warn("the group has another primary", "group", g.Name, "was", old.Addr, "is", s.Addr, "was_up", old.State().Up)
	g.primary.Store(s)
	g.changes++
	if old.Expire("no longer the primary"); !old.State().Up {
		old.Break("its server was replaced")
	}
	s.Expire("became the primary")
}

func addrs(list []*Server) []string {
	var out []string
	for _, s := range list {
		out = append(out, s.Addr)
	}
	return out
}

// Demote notes that a server has refused a write because it is read only: until the next
// probe it counts as a replica.
func (g *Group) Demote(s *Server) {
	st := s.State()
	st.Role = RoleReplica
	s.SetState(st)
}

// Changes counts how often the primary has changed. Rivals reports whether two servers
// are writable. Held counts the statements that wait for a primary.
func (g *Group) Changes() uint64 { g.mu.Lock(); defer g.mu.Unlock(); return g.changes }
func (g *Group) Rivals() bool    { g.mu.Lock(); defer g.mu.Unlock(); return g.rivals }
func (g *Group) Held() int       { g.mu.Lock(); defer g.mu.Unlock(); return g.held }

// NoPrimaryError says that a group has had no primary for longer than a statement waits,
// or that too many wait already.
type NoPrimaryError struct {
	Group string
	Why   string
	Err   error // of the last attempt; may be nil
}

func (e *NoPrimaryError) Error() string {
	text := "group " + e.Group + " has no primary: " + e.Why
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}
func (e *NoPrimaryError) Unwrap() error { return e.Err }

// ready reports whether the primary is known to take writes, or nothing is known yet.
func (g *Group) ready() bool {
	if g.paused.Load() || g.yields.Load() {
		return false
	}
	st := g.Primary().State()
	if g.probing.Own.On {
		return st.Up && st.Role == RolePrimary && g.newest(st.Epoch)
	}
	return st.Role == RoleUnknown || st.Up && st.Role == RolePrimary
}

// newest reports whether no server is known that was promoted later.
func (g *Group) newest(epoch uint64) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen && epoch == g.epoch
}

// leaseHeld is Lease for a group whose primary may change. What it lends has not been
// used by the statement: waiting, and trying again, changes nothing.
func (g *Group) leaseHeld(ctx context.Context, w *Want) (*Conn, error) {
	var until time.Time
	for {
		var err error
		if g.ready() {
			var c *Conn
			if c, err = g.Primary().Lease(ctx, w); err == nil {
				return c, nil
			}
			if _, down := errors.AsType[*DownError](err); !down {
				return nil, err
			}
		}
		if until.IsZero() {
			until = time.Now().Add(g.probing.Hold)
			if why := g.hold(w.Bytes); why != "" {
				return nil, &NoPrimaryError{g.Name, why, err}
			}
			defer g.unhold(w.Bytes)
		}
		w.Task.Off()
		if werr := g.await(ctx, until, err); werr != nil {
			return nil, werr
		}
	}
}

// hold lets a statement of so many bytes wait, or says why it must not.
func (g *Group) hold(bytes int) (why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.held >= g.probing.Held:
		return fmt.Sprintf("%d statements wait for one already", g.held)
	case g.held > 0 && g.heldBytes+bytes > g.probing.HeldBytes:
		return fmt.Sprintf("statements of %d bytes wait for one already", g.heldBytes)
	}
	g.held++
	g.heldBytes += bytes
	return ""
}

func (g *Group) unhold(bytes int) {
	g.mu.Lock()
	g.held--
	g.heldBytes -= bytes
	g.mu.Unlock()
}

// await waits until the primary may have changed.
func (g *Group) await(ctx context.Context, until time.Time, err error) error {
	g.mu.Lock()
	turn := g.turn
	g.mu.Unlock()
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-g.stop:
		return ErrClosed
	case <-t.C:
		return &NoPrimaryError{g.Name, fmt.Sprintf("none came within %v", g.probing.Hold), err}
	}
}
