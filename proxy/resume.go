package proxy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sluicedb/sluice/pool"
)

// definitionList lists the newest statements of the journal; with an id only that one.
func (srv *Server) definitionList(ctx context.Context, id uint64) ([]*Definition, error) {
	where := "TRUE"
	if id != 0 {
		where = fmt.Sprintf("id = %d", id)
	}
	g := srv.snap.Load().journalGroup()
	list, err := srv.journal.list(ctx, g, where)
	if err != nil {
		return nil, fmt.Errorf("group %s, which keeps the journal: %w", g.Name, err)
	}
	if id != 0 && len(list) == 0 {
		return nil, fmt.Errorf("there is no statement %d in the journal: sluice ddl list", id)
	}
	return list, nil
}

// resume finishes a statement that has reached some shards only. With forget it runs
// nothing: it closes the entry if the shards have become alike by other means.
func (srv *Server) resume(ctx context.Context, id uint64, forget bool) (*Definition, error) {
	return srv.withDefinition(ctx, id, func(snap *snapshot, d *Definition) error { return srv.resumed(ctx, snap, d, forget) })
}

// withDefinition runs something for an unfinished statement of the journal while nobody
// else is at it.
func (srv *Server) withDefinition(ctx context.Context, id uint64, run func(*snapshot, *Definition) error) (*Definition, error) {
	list, err := srv.definitionList(ctx, id)
	if err != nil {
		return nil, err
	}
	d := list[0]
	if d.closed() {
		return d, fmt.Errorf("statement %d is %s: there is nothing left to do", id, d.State)
	}
	snap := srv.snap.Load()
	c, err := snap.journalGroup().Lease(ctx, &pool.Want{})
	if err != nil {
		return nil, err
	}
	if err := takeLocks(c, d); err != nil {
		c.Doubt("lock not taken")
		c.Release()
		return nil, err
	}
	defer releaseLocks(c)
	if list, err = srv.definitionList(ctx, id); err != nil { // as whoever had the lock has left it
		return nil, err
	}
	if d = list[0]; d.closed() {
		return d, nil
	}
	return d, run(snap, d)
}

// resumed is resume for one who has the locks.
func (srv *Server) resumed(ctx context.Context, snap *snapshot, d *Definition, forget bool) error {
	apart, err := srv.found(ctx, snap, d)
	switch {
	case err != nil:
		return err
	case forget && apart != "":
		return errors.New(apart + "; make the shards alike first")
	case !forget:
		srv.defining.Store(d.ID, true)
		defer srv.defining.Delete(d.ID)
		srv.guard(d.ID, true, d.keys())
		err = srv.rest(srv.ctx, snap, d, func(*pool.Result, []diagnostic) {})
	}
	srv.finished(snap, d, err)
	if err != nil {
		return errors.New(toClient(err).Message)
	}
	srv.log.Warn("a statement about definitions was finished by an operator", "ddl", d.ID, "forgotten", forget)
	return nil
}

// found looks which shards have a statement already. Those whose definitions are as they
// were before it have not, those whose definitions have changed have: these must be
// alike. apart says how the shards differ at present.
func (srv *Server) found(ctx context.Context, snap *snapshot, d *Definition) (apart string, err error) {
	places := d.places()
	defs, err := snap.definitionsOn(ctx, places, d.Objects)
	if err != nil {
		return "", err
	}
	var changed []string
	for n := range places {
		now := make([]string, len(d.Objects))
		for i := range d.Objects {
			now[i] = defs[i][n].hash()
		}
		sh := &d.Shards[n]
		if strings.Join(now, " ") == strings.Join(d.Before, " ") {
			if sh.State != ddlDone {
				sh.State = ddlWaiting
			}
			continue
		}
		sh.State = ddlDone
		if changed == nil {
			changed = now
		} else if strings.Join(now, " ") != strings.Join(changed, " ") {
			apart = "shards " + strings.Join(d.with(ddlDone), ", ") + " have changed, and not alike"
			return apart, errors.New(apart + ": change them by hand, and close the statement with --forget")
		}
	}
	for i, o := range d.Objects {
		if s := drift(o, places, defs[i]); s != "" {
			return s, nil
		}
	}
	return "", nil
}
