package pool

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
)

// Baseline is what a fresh connection looks like on a server.
type Baseline struct {
	Version    string
	SQLMode    string
	Collation  string
	LowerCase  int
	Autocommit bool
	Known      bool
	// Settable are the session variables that a session may change. The server reports
	// every change of them; a variable that is not among them cannot be carried from
	// one connection to another.
	Settable map[string]bool

	track string // their names, for session_track_system_variables
}

// connect makes a connection for the pool: one that reports every change of a session
// variable.
func (s *Server) connect(ctx context.Context, foundRows bool) (*Conn, error) {
	base := s.Baseline()
	if !base.Known {
		var err error
		if base, err = s.learn(ctx); err != nil {
			return nil, err
		}
	}
	return s.opts.dial(ctx, s.Addr, foundRows, func(c *Conn) error {
		_, err := c.QueryAll("SET SESSION session_track_system_variables='" + base.track + "', session_track_schema=1")
		if err != nil {
			return fmt.Errorf("preparing the connection: %w", err)
		}
		return nil
	})
}

// learn finds out how a fresh connection looks, on one that is closed afterwards.
func (s *Server) learn(ctx context.Context) (Baseline, error) {
	var base Baseline
	c, err := s.opts.dial(ctx, s.Addr, false, func(c *Conn) (err error) {
		base, err = c.baseline()
		return err
	})
	if err != nil {
		return Baseline{}, err
	}
	_ = c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.base = base
	return base, nil
}

func (c *Conn) baseline() (Baseline, error) {
	rows, err := c.QueryAll("SELECT @@version, @@sql_mode, @@collation_connection, @@lower_case_table_names, @@autocommit")
	if err != nil {
		return Baseline{}, fmt.Errorf("asking how a fresh connection looks: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 5 {
		return Baseline{}, wire.ErrMalformed
	}
	r := rows[0]
	lower, _ := strconv.Atoi(string(r[3]))
	b := Baseline{
		Version: string(r[0]), SQLMode: string(r[1]), Collation: string(r[2]), LowerCase: lower,
		Autocommit: string(r[4]) == "1", Known: true,
	}
	names, err := c.settable()
	if err != nil {
		return Baseline{}, err
	}
	b.Settable = make(map[string]bool, len(names))
	for _, n := range names {
		b.Settable[n] = true
	}
	b.track = strings.Join(names, ",")
	return b, nil
}

// settable lists the session variables that can be set, found by setting each to the
// value it has: no server says it in a way that all versions share. A list, because
// with '*' servers report variables that nobody set, in every reply.
func (c *Conn) settable() ([]string, error) {
	rows, err := c.QueryAll("SHOW SESSION VARIABLES")
	if err != nil {
		return nil, fmt.Errorf("listing session variables: %w", err)
	}
	var names []string
	for _, r := range rows {
		name := string(r[0])
		switch name {
		case "session_track_system_variables", "session_track_schema":
			continue
		}
		_, err := c.QueryAll("SET @@SESSION." + name + " = @@SESSION." + name)
		var refused *wire.Error
		switch {
		case err == nil:
		case !errors.As(err, &refused):
			return nil, err
		case refused.Number == 1238 || refused.Number == 1229 || refused.Number == 1193: // read-only, global, unknown
			continue
		}
		names = append(names, name)
	}
	return names, nil
}
