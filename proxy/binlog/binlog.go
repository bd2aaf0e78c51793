// Package binlog follows the binary log of a MySQL server from its present end, and tells
// which rows change. It keeps no position: who needs to know what happened while nobody
// followed has to take it that everything did.
package binlog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
)

// Source is a server whose log is followed.
type Source struct {
	Addr     string
	User     string
	Password string
	TLS      *tls.Config // nil: none
	File     string      // the end of its log
	Position uint32
	At       time.Time // when that was its end
}

// Rows are rows of one table that a transaction has changed, as they were or as they are.
type Rows struct {
	Schema, Table string
	Values        [][]any // a column that the log leaves out is nil
}

// Listener is told what a log says. Its methods are called by one goroutine.
type Listener interface {
	// Changed: rows of a transaction that is committed now. With an id it is only prepared.
	Changed(r Rows, prepared string)
	// Committed: a transaction that was prepared before. What it has changed the log told then,
	// perhaps before anybody listened.
	Committed(prepared string)
	// RolledBack is Committed for one that has changed nothing.
	RolledBack(prepared string)
	// Unknown: something may have changed that the log does not name by row, such as what
	// tables there are.
	Unknown(statement string)
	// Alive is called several times a second. Everything that was committed before a
	// time has been told; the clock is ours as long as that of the source is not ahead.
	Alive(complete time.Time)
}

// silence is how long a server may say nothing: it is asked to send heartbeats where
// nothing else is to be said for a while.
const (
	silence   = 2 * time.Second
	heartbeat = silence / 4
)

// Follow reads the log until ctx ends or the connection breaks.
func Follow(ctx context.Context, s *Source, l Listener) error {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return err
	}
	syncer := replication.NewBinlogSyncer(replication.BinlogSyncerConfig{
		ServerID: 1<<31 + rand.Uint32N(1<<31-1), Flavor: mysql.MySQLFlavor, Host: host, Port: uint16(n), User: s.User, Password: s.Password, TLSConfig: s.TLS,
		HeartbeatPeriod: heartbeat, ReadTimeout: silence, DisableRetrySync: true, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	defer syncer.Close()
	stream, err := syncer.StartSync(mysql.Position{Name: s.File, Pos: s.Position})
	if err != nil {
		return err
	}
	f := &follower{listener: l, complete: s.At}
	for last := time.Now(); ; {
		wait, cancel := context.WithTimeout(ctx, silence/10)
		e, err := stream.GetEvent(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case time.Since(last) > silence: // or we stood still, and what comes now is old
			return fmt.Errorf("no sign of life for %v", silence)
		case errors.Is(err, context.DeadlineExceeded):
		case err != nil:
			return err
		default:
			last = time.Now()
			f.event(e)
		}
		l.Alive(f.complete)
	}
}

// follower reads events.
type follower struct {
	listener Listener
	complete time.Time
	prepared string // the id of the transaction that is being read, which is prepared; or empty
}

// reached notes that the log was read up to what was committed at a time.
func (f *follower) reached(at time.Time) {
	if now := time.Now(); at.After(now) {
		at = now
	}
	if at.After(f.complete) {
		f.complete = at
	}
}

func (f *follower) event(e *replication.BinlogEvent) {
	switch x := e.Event.(type) {
	case *replication.RowsEvent:
		f.rows(x)
	case *replication.QueryEvent:
		f.query(string(x.Query))
	case *replication.TransactionPayloadEvent:
		for _, inner := range x.Events {
			f.event(inner)
		}
	case *replication.GTIDEvent: // it begins with one, also without GTIDs
		f.prepared = ""
		f.reached(x.ImmediateCommitTime())
	case *replication.ExecuteLoadQueryEvent:
		f.listener.Unknown("LOAD DATA")
	default:
		if e.Header.EventType == replication.HEARTBEAT_EVENT || e.Header.EventType == replication.HEARTBEAT_LOG_EVENT_V2 {
			// Nothing was left to be sent when it was sent. That may have been some time ago,
			// but a heartbeat later than what came before it; a fifth is for clocks.
			f.reached(f.complete.Add(heartbeat + heartbeat/5))
		}
	}
}

func (f *follower) rows(x *replication.RowsEvent) {
	if x.Table == nil {
		f.listener.Unknown("rows of an unknown table")
		return
	}
	f.listener.Changed(Rows{Schema: string(x.Table.Schema), Table: string(x.Table.Table), Values: x.Rows}, f.prepared)
}

// query tells statements that change something from those that only frame transactions.
func (f *follower) query(sql string) {
	first, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	switch strings.ToUpper(first) {
	case "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT":
		return
	case "XA":
		f.xa(sql)
		return
	}
	f.listener.Unknown(sql)
}

// xa reads a statement about a transaction that is prepared. The server writes the id always
// in one way.
func (f *follower) xa(sql string) {
	words := strings.Fields(sql)
	if len(words) < 3 {
		return
	}
	id := strings.Join(words[2:], " ")
	switch strings.ToUpper(words[1]) {
	case "START", "BEGIN":
		f.prepared = id
	case "COMMIT":
		f.listener.Committed(strings.TrimSuffix(id, " ONE PHASE"))
	case "ROLLBACK":
		f.listener.RolledBack(id)
	}
}
