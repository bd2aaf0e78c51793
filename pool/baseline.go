package pool

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluicedb/sluice/parser/wire"
)

// Baseline is what a fresh connection looks like on a server.
type Baseline struct {
	Version    string
	SQLMode    string
	Collation  string
	LowerCase  int
	Autocommit bool
	Listed     int // how many warnings a session keeps
	Known      bool
	// Resets is whether COM_RESET_CONNECTION makes a connection a fresh one. From MySQL 9.6
	// on foreign keys are checked above the storage engine, but on a connection that has
	// been reset by InnoDB again, with other counts and other row numbers in messages.
	Resets  bool
	GTIDs   bool   // every transaction has one, and connections can report theirs
	Meaning string // the session variables that can change what a statement returns
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
		c.clean, c.tracks = true, s.opts.Track && base.GTIDs
		return c.watch(&base)
	})
}

// watch makes the server report every change of a session variable.
func (c *Conn) watch(base *Baseline) error {
	set := "SET SESSION session_track_system_variables='" + base.track + "', session_track_schema=1"
	if c.tracks {
		set += ", " + trackOwn
	}
	if _, err := c.QueryAll(set); err != nil {
		return fmt.Errorf("preparing the connection: %w", err)
	}
	return nil
}

// reset makes the connection a fresh one again, without the user variables of those it
// was lent to (COM_RESET_CONNECTION).
func (c *Conn) reset(timeout time.Duration) error {
	base := c.server.Baseline()
	_ = c.Net().SetDeadline(time.Now().Add(timeout))
	c.WriteCommand(wire.ComResetConnection)
	if err := c.Flush(); err != nil {
		return err
	}
	if _, err := c.ReadResult(); err != nil {
		return err
	}
	charset, _, _ := strings.Cut(base.Collation, "_")
	if _, err := c.QueryAll("SET NAMES " + charset + " COLLATE " + base.Collation); err != nil {
		return err
	}
	if err := c.watch(&base); err != nil {
		return err
	}
	c.forgetStmts()
	c.settings, c.schema, c.clean, c.insertID = nil, "", true, 0
	return c.Net().SetDeadline(time.Time{})
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
	rows, err := c.QueryAll("SELECT @@version, @@sql_mode, @@collation_connection, @@lower_case_table_names, @@autocommit, @@max_error_count")
	if err != nil {
		return Baseline{}, fmt.Errorf("asking how a fresh connection looks: %w", err)
	}
	if len(rows) != 1 || len(rows[0]) != 6 {
		return Baseline{}, wire.ErrMalformed
	}
	r := rows[0]
	lower, _ := strconv.Atoi(string(r[3]))
	listed, _ := strconv.Atoi(string(r[5]))
	b := Baseline{
		Version: string(r[0]), SQLMode: string(r[1]), Collation: string(r[2]), LowerCase: lower,
		Autocommit: string(r[4]) == "1", Listed: listed, Known: true,
	}
	rows, err = c.QueryAll("SHOW GLOBAL VARIABLES LIKE 'innodb_native_foreign_keys'")
	if err != nil {
		return Baseline{}, fmt.Errorf("asking how foreign keys are checked: %w", err)
	}
	b.Resets = len(rows) != 1 || string(rows[0][1]) == "ON"
	names, meaning, err := c.settable()
	if err != nil {
		return Baseline{}, err
	}
	b.Meaning = meaning
	b.Settable = make(map[string]bool, len(names))
	for _, n := range names {
		b.Settable[n] = true
	}
	b.track = strings.Join(names, ",")
	b.GTIDs, err = c.gtids()
	b.GTIDs = b.GTIDs && b.Settable["session_track_gtids"]
	return b, err
}

// gtids reports whether the server gives every transaction a GTID.
func (c *Conn) gtids() (bool, error) {
	rows, err := c.QueryAll("SHOW GLOBAL VARIABLES LIKE 'gtid_mode'")
	if err != nil {
		return false, fmt.Errorf("asking for GTIDs: %w", err)
	}
	return len(rows) == 1 && (string(rows[0][1]) == "ON" || string(rows[0][1]) == "ON_PERMISSIVE"), nil
}

// settable lists the session variables that can be set, found by setting each to the
// value it has: no server says it in a way that all versions share. A list, because
// with '*' servers report variables that nobody set, in every reply.
//
// meaning are those, with their values, that can change what a statement returns.
func (c *Conn) settable() (names []string, meaning string, err error) {
	rows, err := c.QueryAll("SHOW SESSION VARIABLES")
	if err != nil {
		return nil, "", fmt.Errorf("listing session variables: %w", err)
	}
	var tried []string
	for _, r := range rows {
		name := string(r[0])
		if means(name) {
			meaning += name + "=" + string(r[1]) + "\n"
		}
		switch name {
		case "session_track_system_variables", "session_track_schema":
			continue
		}
		tried = append(tried, name)
	}
	refused, err := c.trySets(tried)
	if err != nil {
		return nil, "", err
	}
	for i, name := range tried {
		switch refused[i] {
		case 1238, 1229, 1193: // read-only, global, unknown
		default:
			names = append(names, name)
		}
	}
	return names, meaning, nil
}

// trySets sets session variables to what they are, and returns the numbers of the errors
// that the server answers. All go out before the first answer is read: they are hundreds,
// and a server may be far away.
func (c *Conn) trySets(names []string) ([]uint16, error) {
	for _, name := range names {
		c.WriteCommand(wire.ComQuery, []byte("SET @@SESSION."+name+" = @@SESSION."+name))
	}
	c.await()
	if err := c.Flush(); err != nil {
		return nil, err
	}
	refused := make([]uint16, len(names))
	for i := range names {
		c.await()
		c.SetSequence(1) // each is a command of its own
		_, err := c.ReadResult()
		if e, said := errors.AsType[*wire.Error](err); said {
			refused[i] = e.Number
		} else if err != nil {
			return nil, err
		}
	}
	return refused, nil
}

// means reports whether a variable can change what a query returns.
func means(name string) bool {
	switch name {
	case "sql_mode", "time_zone", "system_time_zone", "lower_case_table_names", "div_precision_increment", "group_concat_max_len",
		"default_week_format", "lc_time_names", "sql_select_limit", "sql_auto_is_null", "max_sort_length", "block_encryption_mode",
		"windowing_use_high_precision", "default_collation_for_utf8mb4", "explicit_defaults_for_timestamp", "sql_big_selects",
		"max_join_size", "max_execution_time", "cte_max_recursion_depth", "transaction_isolation", "max_allowed_packet":
		return true
	}
	return strings.HasPrefix(name, "character_set_") && name != "character_sets_dir" && name != "character_set_filesystem" || strings.HasPrefix(name, "collation_")
}
