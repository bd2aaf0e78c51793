package pool

import (
	"errors"
	"slices"

	"github.com/sluicedb/sluice/parser/wire"
)

// In a group that MySQL's Group Replication runs, the group elects its primary, and
// Sluice follows. It never promotes a server there: what has not been agreed upon in the
// group would be lost.

// membership asks whether a server belongs to such a group, and whether it may be the
// primary as far as that goes. A primary that no longer sees a majority of its group is
// none, though it looks writable: its commits wait, and end nowhere. Neither is a server
// of such a group that takes no part in it.
func membership(c *Conn, st *State) (leads bool, err error) {
	rows, err := c.QueryAll("SELECT @@GLOBAL.group_replication_group_name")
	if _, said := errors.AsType[*wire.Error](err); said {
		return true, nil // it has no such plugin
	}
	if err != nil || len(rows) != 1 {
		return false, errors.Join(err, wire.ErrMalformed)
	}
	if st.Member = len(rows[0][0]) > 0; !st.Member {
		return true, nil
	}
	rows, err = c.QueryAll("SELECT COALESCE(SUM(MEMBER_ID = @@GLOBAL.server_uuid AND MEMBER_STATE = 'ONLINE' AND MEMBER_ROLE = 'PRIMARY'), 0)," +
		" COALESCE(SUM(MEMBER_STATE IN ('ONLINE', 'RECOVERING')), 0), COUNT(*) FROM performance_schema.replication_group_members")
	if _, said := errors.AsType[*wire.Error](err); said {
		return true, nil // not for us to read: its flags must do
	}
	if err != nil || len(rows) != 1 || len(rows[0]) != 3 {
		return false, errors.Join(err, wire.ErrMalformed)
	}
	return string(rows[0][0]) == "1" && 2*number(rows[0][1]) > number(rows[0][2]), nil
}

// number reads a small number.
func number(b []byte) (n int) {
	for _, d := range b {
		n = 10*n + int(d-'0')
	}
	return n
}

// elects reports whether the group elects its primary itself.
func (g *Group) elects() bool {
	return slices.ContainsFunc(g.servers, func(s *Server) bool { return s.State().Member })
}
