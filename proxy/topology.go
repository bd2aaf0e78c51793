package proxy

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sluicedb/sluice/pool"
)

// GroupState is a replication group for operators.
type GroupState struct {
	Name    string        `json:"name"`
	Primary string        `json:"primary"`
	Held    int           `json:"held"` // statements that wait for a primary
	Rivals  bool          `json:"rivals,omitempty"`
	Servers []ServerState `json:"servers"`
	Events  []pool.Event  `json:"events,omitempty"`
	Risks   []pool.Risk   `json:"risks,omitempty"` // of a failover, where Sluice owns it
}

// ServerState is one server of it.
type ServerState struct {
	Addr   string `json:"addr"`
	Role   string `json:"role"`
	Up     bool   `json:"up"`
	Lag    string `json:"lag"` // "-" where it is not known
	Source string `json:"source"`
	Epoch  uint64 `json:"epoch"`
	Err    string `json:"err,omitempty"`
}

// Topology tells of every group its servers and what has happened to it.
func (o Operator) Topology() any {
	var out []GroupState
	for name, g := range o.snap.Load().groups {
		p := g.Primary()
		gs := GroupState{Name: name, Primary: p.Addr, Held: g.Held(), Rivals: g.Rivals(), Events: g.Events(), Risks: g.Assessed()}
		for _, s := range g.Servers() {
			gs.Servers = append(gs.Servers, stateOf(s, s == p, len(g.Servers()) > 1))
		}
		out = append(out, gs)
	}
	slices.SortFunc(out, func(a, b GroupState) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func stateOf(s *pool.Server, primary, watched bool) ServerState {
	st := s.State()
	out := ServerState{Addr: s.Addr, Role: "replica", Up: st.Up, Lag: "-", Source: cmp.Or(st.Source, "-"), Epoch: st.Epoch}
	err := st.Err
	if !watched {
		err = s.Stats().Err
		out.Up = err == nil
	}
	switch {
	case primary:
		out.Role = "primary"
	case st.Role == pool.RolePrimary && !out.Up:
		out.Role = "former primary"
	case st.Role == pool.RolePrimary:
		out.Role = "writable, not the primary"
	case st.Slow:
		out.Role = "replica, slow"
	}
	if !primary && st.Role != pool.RolePrimary && st.LagKnown {
		out.Lag = st.Lag.Round(time.Millisecond).String()
	}
	if err != nil {
		out.Err = err.Error()
	}
	return out
}

// SwitchOver makes another server the primary of a group; drain is how long open
// transactions may take to end; dry: only checks.
func (o Operator) SwitchOver(group, to string, drain time.Duration, dry bool) error {
	g := o.snap.Load().groups[group]
	if g == nil {
		return fmt.Errorf("there is no group %s", group)
	}
	return g.SwitchOver(to, drain, dry)
}
