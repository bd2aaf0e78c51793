package mysqltest

import (
	"context"
	"fmt"
	"testing"
)

// Follow makes the server a read-only replica of another, by GTID.
func (s *Server) Follow(ctx context.Context, source *Server) error {
	return s.Exec(ctx,
		"STOP REPLICA",
		fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=%d, SOURCE_USER='root', SOURCE_AUTO_POSITION=1, "+
			"SOURCE_CONNECT_RETRY=1, GET_SOURCE_PUBLIC_KEY=1", source.Port),
		"SET GLOBAL super_read_only=ON", "START REPLICA")
}

// StartGroup starts a primary and replicas of it, which end with the test.
func StartGroup(tb testing.TB, replicas int, o Options) []*Server {
	tb.Helper()
	list := []*Server{Start(tb, o)}
	for range replicas {
		r := Start(tb, o)
		if err := r.Follow(context.Background(), list[0]); err != nil {
			tb.Fatalf("%v", err)
		}
		list = append(list, r)
	}
	return list
}

// Closed reports whether the server answers and takes no writes, not even an
// administrator's. super_read_only alone says so too early: it shows the new value while
// the SET that gives it still waits for writes to end; read_only does not.
func (s *Server) Closed() bool {
	db, err := s.DB("")
	if err != nil {
		return false
	}
	defer db.Close()
	var closed bool
	return db.QueryRow("SELECT @@GLOBAL.read_only AND @@GLOBAL.super_read_only").Scan(&closed) == nil && closed
}
