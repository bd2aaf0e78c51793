package pool

import "github.com/sluicedb/sluice/parser/wire"

// A connection to a group with replicas reports the transactions it commits, so that a
// session's reads can be sent to a replica that has them. The variable is the client's to
// set all the same: its value is kept among the settings, and only what the client is
// told of transactions follows it.
const (
	trackVariable = "session_track_gtids"
	trackOwn      = "@@SESSION." + trackVariable + "=OWN_GTID"
)

// Tracks reports whether the connection reports the transactions it commits.
func (c *Conn) Tracks() bool { return c.tracks }

// Track makes the connection report its transactions again after a client's SET.
func (c *Conn) Track() error {
	if !c.tracks {
		return nil
	}
	_, err := c.Query("SET " + trackOwn)
	return err
}

// Note takes the transactions out of a reply's session state.
func (c *Conn) Note(state []byte) error {
	if !c.tracks || len(state) == 0 {
		return nil
	}
	var err error
	if e := wire.Changes(state, func(ch wire.Change) {
		if ch.Type != wire.ChangeGTIDs {
			return
		}
		set, e := ParseGTIDs(string(ch.Value))
		if e != nil {
			err = e
			return
		}
		c.wrote = c.wrote.Union(set)
	}); e != nil {
		return e
	}
	return err
}

// Wrote returns the transactions that the connection has committed since it was lent, or
// since Wrote was last asked.
func (c *Conn) Wrote() GTIDs {
	g := c.wrote
	c.wrote = nil
	return g
}
