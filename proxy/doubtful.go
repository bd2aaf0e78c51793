package proxy

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy/cache"
)

// Doubtful is a branch that is prepared on a server, as operators see it.
type Doubtful struct {
	ID      string `json:"id"`
	Group   string `json:"group"` // where it is prepared
	Home    string `json:"home"`  // the group that holds the decision
	XID     string `json:"xid"`
	Live    bool   `json:"live"` // this process is committing it
	Decided string `json:"decided,omitempty"`
}

// doubtful asks all groups for prepared branches of ours; id chooses one transaction.
func (srv *Server) doubtful(ctx context.Context, id string) ([]Doubtful, error) {
	snap := srv.snap.Load()
	out := []Doubtful{}
	var failed []error
	for name, g := range snap.groups {
		list, err := preparedOn(ctx, name, g)
		if err != nil {
			failed = append(failed, fmt.Errorf("group %s: %w", name, err))
			continue
		}
		for _, x := range list {
			if id != "" && x.id() != id {
				continue
			}
			_, live := srv.live.Load(x.id())
			out = append(out, Doubtful{ID: x.id(), Group: x.group, Home: x.home(), XID: x.xid(), Live: live})
		}
	}
	if id != "" {
		out = srv.decided(ctx, snap, id, out)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID+out[i].Group < out[j].ID+out[j].Group })
	return out, errors.Join(failed...)
}

// decided adds what was decided about a transaction. One that is prepared nowhere may
// still have its decision.
func (srv *Server) decided(ctx context.Context, snap *snapshot, id string, list []Doubtful) []Doubtful {
	if !isHex(id) {
		return list
	}
	for name, g := range snap.groups {
		verdict, err := decisionOf(ctx, g, id)
		if err != nil || verdict == "" {
			continue
		}
		if len(list) == 0 {
			list = append(list, Doubtful{ID: id, Group: "finished", Home: name})
		}
		for i := range list {
			list[i].Decided = verdict
		}
	}
	return list
}

// decisionOf looks for a decision without making one.
func decisionOf(ctx context.Context, g *pool.Group, id string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	verdict := ""
	err := withConn(ctx, g, func(c *pool.Conn) error {
		rows, err := c.QueryAll("SELECT committed FROM " + decisionTable + " WHERE txid = '" + id + "'")
		if len(rows) == 1 && len(rows[0]) == 1 {
			verdict = "rolled back"
			if string(rows[0][0]) == "1" {
				verdict = "committed"
			}
		}
		return err
	})
	return verdict, err
}

// resolve finishes the prepared branches of a transaction.
func (srv *Server) resolve(ctx context.Context, id, verdict string) ([]Doubtful, error) {
	list, err := srv.doubtful(ctx, id)
	if err != nil && verdict == "" {
		return nil, err
	}
	snap := srv.snap.Load()
	for _, d := range list {
		if d.XID == "" || d.Live {
			continue
		}
		committed := verdict == "commit"
		switch verdict {
		case "commit", "rollback":
		case "":
			home, ok := snap.groups[d.Home]
			if !ok {
				return nil, fmt.Errorf("group %s, which holds the decision, is not configured", d.Home)
			}
			if committed, err = srv.decisions.settle(ctx, home, id); err != nil {
				return nil, fmt.Errorf("group %s, which holds the decision: %w", d.Home, err)
			}
		default:
			return nil, fmt.Errorf("%q is no verdict: commit or rollback", verdict)
		}
		if err := srv.finishOn(ctx, snap.groups[d.Group], d.XID, committed); err != nil {
			return nil, fmt.Errorf("group %s: %w", d.Group, err)
		}
		srv.log.Warn("a prepared transaction was resolved by an operator", "group", d.Group, "tx", id, "committed", committed, "verdict", verdict)
	}
	return srv.doubtful(ctx, id)
}

// finishOn commits or rolls back a prepared branch. One that is gone, or whose
// connection is still there, is left as it is.
func (srv *Server) finishOn(ctx context.Context, g *pool.Group, xid string, committed bool) error {
	verb := "XA ROLLBACK "
	if committed {
		verb = "XA COMMIT "
	}
	err := withConn(ctx, g, func(c *pool.Conn) error {
		_, err := c.Query(verb + xid)
		return err
	})
	if committed && srv.replies != nil {
		srv.replies.Changed(srv.ctx, []cache.Mark{cache.Everything}, cache.ByLoss) // nobody knows what it has changed
	}
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1397 { // XAER_NOTA
		return errNotThere
	}
	return err
}

// errNotThere says that nobody but its own connection can finish a branch.
var errNotThere = errors.New("the branch is finished, or still held by its connection")
