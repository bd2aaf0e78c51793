package pool

import "time"

// Role is what a server is in its group, as it says itself.
type Role uint8

// The roles.
const (
	RoleUnknown Role = iota // never reached
	RolePrimary             // writable
	RoleReplica             // read only, copies another server
)

// State is what the last probe of a server found. The zero value says that there was none.
type State struct {
	Role     Role
	Up       bool          // the last probe was answered in time
	Lag      time.Duration // behind its source, by the heartbeat; 0 on a primary
	LagKnown bool
	Executed string        // gtid_executed
	Epoch    uint64        // of the last promotion by Sluice that it knows of
	UUID     string        // server_uuid
	Promoted string        // that of the server which was promoted then; empty: not known
	Source   string        // whom it copies, as the server writes it; empty: nobody
	Listens  bool          // it is connected to its source
	Began    bool          // it is read only because it was started so: nobody has made it
	SemiSync bool          // as a primary its commits wait, or would wait, for a replica
	Member   bool          // of a group that MySQL's Group Replication runs: who is primary is its decision
	Switches bool          // some Sluice makes another server the primary
	Beat     time.Time     // of the newest heartbeat it has, of any process
	Seen     time.Time     // of the last answered probe
	Took     time.Duration // its first question
	Slow     bool          // it answers much later than the fastest of the group
	Waited   bool          // SemiSync when it was last seen as the primary
	Firm     bool          // and nobody heard of a write that no replica had acknowledged, however long that took
	firm     bool          // the same, were it the primary
	reads    paced         // that it has answered as a replica, lately
	turns    int           // probes in a row that say otherwise
	Down     time.Time     // since when probes fail; zero: they do not
	Err      error         // of the last probe
}

// named reports whether the last promotion it knows of was its own, for all it knows. A
// server that was made anew from the primary knows the same promotion, of another.
func (st *State) named() bool { return st.Promoted == "" || st.Promoted == st.UUID }

// State returns what the last probe found.
func (s *Server) State() State {
	if p := s.state.Load(); p != nil {
		return *p
	}
	return State{}
}

// SetState records what a probe found.
func (s *Server) SetState(st State) { s.state.Store(&st) }
