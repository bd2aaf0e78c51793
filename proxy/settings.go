package proxy

import (
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"vitess.io/vitess/go/mysql/collations"
)

// multibyte lists the client character sets in which a byte of a character may look
// like a quote or a backslash.
var multibyte = map[string]bool{"gbk": true, "big5": true, "sjis": true, "cp932": true, "gb18030": true}

// charset splits a collation's name.
func charsetOf(collation string) string {
	name, _, _ := strings.Cut(collation, "_")
	if name == "utf8" {
		return "utf8mb3"
	}
	return name
}

// unlisted are MySQL's collations that Vitess's list lacks.
var unlisted = map[uint16]string{
	1: "big5_chinese_ci", 2: "latin2_czech_cs", 18: "tis620_thai_ci", 28: "gbk_chinese_ci", 31: "latin1_german2_ci",
	34: "cp1250_czech_cs", 76: "utf8mb3_tolower_ci", 84: "big5_bin", 87: "gbk_bin", 89: "tis620_bin",
	159: "ucs2_general_mysql500_ci", 223: "utf8mb3_general_mysql500_ci", 248: "gb18030_chinese_ci", 249: "gb18030_bin", 250: "gb18030_unicode_520_ci",
}

// collationName is the name of a collation; empty: MySQL has none with that id.
func (srv *Server) collationName(id uint16) string {
	if name := srv.collations.LookupName(collations.ID(id)); name != "" {
		return name
	}
	return unlisted[id]
}

// collationID is the id of a collation; 0: MySQL has none of that name.
func (srv *Server) collationID(name string) uint16 {
	if id := srv.collations.LookupByName(name); id != collations.Unknown {
		return uint16(id)
	}
	for id, n := range unlisted {
		if n == name {
			return id
		}
	}
	return 0
}

// initialSettings are the session variables that a handshake sets by its collation: those
// of the server itself where it knows none of that id. Not every character set can be one
// for statements.
func (s *session) initialSettings(id uint16) (*pool.Settings, error) {
	name := s.srv.collationName(id)
	switch cs := charsetOf(name); cs {
	case "":
		name = s.snap.base.Collation
	case "ucs2", "utf16", "utf16le", "utf32":
		return nil, wire.Errorf(1231, "42000", "Variable 'character_set_client' can't be set to the value of '%s'", cs)
	}
	if name == "utf8mb4_0900_ai_ci" && s.snap.base.Collation != "" {
		// The id that means "utf8mb4": the server's own default collation of it.
		name = s.snap.base.Collation
	}
	cs := charsetOf(name)
	return (*pool.Settings)(nil).With(
		pool.Setting{Name: "character_set_client", Value: cs},
		pool.Setting{Name: "character_set_results", Value: cs},
		pool.Setting{Name: "collation_connection", Value: name},
	), nil
}

// adopt makes the settings the session's and derives from them how it reads SQL.
func (s *session) adopt(set *pool.Settings) {
	s.settings = set
	mode, ok := set.Value("sql_mode")
	if !ok {
		mode = s.snap.base.SQLMode
	}
	s.dialect = parser.Dialect{Mode: parser.ModeOf(mode), Version: s.snap.version, MariaDB: s.snap.mariadb}
	s.commitsEach = s.snap.base.Autocommit
	if v, set := set.Value("autocommit"); set {
		s.commitsEach = v == "ON" || v == "1"
	}
	s.charset, _ = set.Value("character_set_client")
	s.collation, _ = set.Value("collation_connection")
	switch s.charset {
	case "utf8mb4", "utf8mb3", "ascii", "":
	default:
		s.dialect.Charset = s.charset
	}
	name := "wait_timeout"
	if s.caps.Has(wire.ClientInteractive) {
		name = "interactive_timeout"
	}
	v, _ := set.Value(name)
	seconds, _ := strconv.ParseInt(v, 10, 64)
	s.waitTimeout.Store(seconds)
}

// changes applies the session state changes that a reply reported to the session and
// to what is known of the connection.
func (s *session) changes(c *pool.Conn, out *outcome) error {
	if len(out.OK.State) == 0 {
		return nil
	}
	set, charset, untracked := s.settings, false, false
	var list []pool.Setting
	err := wire.Changes(out.OK.State, func(ch wire.Change) {
		switch ch.Type {
		case wire.ChangeVariable:
			name := string(ch.Name)
			switch name {
			case "character_set_connection":
				charset = true
				return
			case "collation_connection":
				charset = true
			case "session_track_gtids":
				untracked = string(ch.Value) != "ALL_GTIDS"
			case "insert_id", "last_insert_id", "identity", "rand_seed1", "rand_seed2":
				return
			}
			list = append(list, pool.Setting{Name: name, Value: string(ch.Value)})
		case wire.ChangeSchema:
			c.SetSchema(string(ch.Value))
		}
	})
	if err != nil {
		return err
	}
	if untracked {
		if err := c.Track(); err != nil {
			return err
		}
	}
	if charset {
		rows, err := c.QueryAll("SELECT @@collation_connection")
		if err != nil || len(rows) != 1 {
			return errOr(err, wire.ErrMalformed)
		}
		list = append(list, pool.Setting{Name: "collation_connection", Value: string(rows[0][0])})
	}
	if len(list) > 0 {
		set = set.With(list...)
		if charset {
			set = s.described(set)
		}
		c.SetSettings(set)
		s.adopt(set)
	}
	return nil
}

// described keeps the collation that results are described by, unless the statement
// has given them another: only SET NAMES does.
func (s *session) described(set *pool.Settings) *pool.Settings {
	set = set.Without(pool.ResultsCollation)
	if s.naming {
		return set
	}
	old, ok := s.settings.Value(pool.ResultsCollation)
	if !ok {
		old, _ = s.settings.Value("collation_connection")
	}
	now, _ := set.Value("collation_connection")
	if old == "" || old == now {
		return set
	}
	return set.With(pool.Setting{Name: pool.ResultsCollation, Value: old})
}

// asksGTIDs reports whether the client wants to be told of its transactions.
func (s *session) asksGTIDs() bool {
	v, _ := s.settings.Value("session_track_gtids")
	return v == "OWN_GTID" || v == "ALL_GTIDS"
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// resultCharset is the id of the character set of the session's own answers.
func (s *session) resultCharset() uint16 {
	v, _ := s.settings.Value("collation_connection")
	if id := s.srv.collationID(v); id != 0 {
		return id
	}
	return wire.CollationUTF8MB4
}
