package pool

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
)

// fenceTime is how long a server is given to become read only by itself.
const fenceTime = 300 * time.Millisecond

// fence makes a locked server read only that has been replaced as the primary. With
// semi-synchronous replication commits may wait there for replicas that will never
// answer, and it becomes read only only after them. They must end, and nobody may be told
// that they were carried out: their clients are disconnected first.
func (g *Group) fence(l *locked) error {
	c, err := g.dialProbe(l.Server)
	if err != nil {
		return err
	}
	defer g.closeProbe(c)
	fenced := make(chan struct{})
	var ending errgroup.Group
	ending.Go(func() error { return g.endCommits(c, l, fenced) })
	err = l.run("SET GLOBAL super_read_only=ON")
	close(fenced)
	return errors.Join(err, ending.Wait())
}

// endCommits ends what keeps a server from becoming read only, over another connection.
func (g *Group) endCommits(c *Conn, l *locked, fenced <-chan struct{}) error {
	for {
		select {
		case <-fenced:
			return nil
		case <-time.After(fenceTime):
		}
		_ = c.Net().SetDeadline(time.Now().Add(stepTime))
		// While it waits for its turn no further write begins, so nothing is missed.
		rows, err := c.QueryAll(fmt.Sprintf("SELECT ID FROM information_schema.PROCESSLIST WHERE COMMAND IN ('Query', 'Execute', 'Sleep') AND ID NOT IN (%d, %d)"+
			" AND EXISTS (SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = %[2]d AND STATE LIKE 'Waiting for %%lock')", c.ThreadID, l.conn.ThreadID))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		for _, r := range rows {
			if _, err := c.Query("KILL " + string(r[0])); err != nil {
				if _, said := errors.AsType[*wire.Error](err); !said {
					return err
				} // it has gone by itself
			}
		}
		g.note("%s has commits that wait for replicas: %d clients are disconnected", l.Addr, len(rows))
		if _, err := c.Query("SET GLOBAL rpl_semi_sync_source_enabled=OFF"); err != nil {
			if _, said := errors.AsType[*wire.Error](err); !said {
				return err
			} // it has no such replication
		}
	}
}
