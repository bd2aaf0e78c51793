// Package schema holds the SQL scripts of the customer's six databases and loads them.
//
// Every database has three scripts, its parts: the tables, the programs (views and
// procedures) and the events. No script names its database, so one script fills any
// schema: saas_unified_core as well as saas_unified_core_0. The package knows nothing
// about placement; the file conf/saas.yaml says which table lives where.
package schema

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// FS holds the scripts, at its top level.
//
//go:embed *.sql
var FS embed.FS

// Part is one of a database's scripts.
type Part uint8

// The parts, in the order in which they must be loaded.
const (
	Tables   Part = iota // CREATE TABLE, and the session settings they need
	Programs             // views and procedures
	Events               // events, created disabled
)

// suffix is the end of the file names of a part.
func (p Part) suffix() string {
	return [...]string{".sql", ".programs.sql", ".events.sql"}[p]
}

// Databases returns the names of the databases in the order of their scripts.
func Databases() []string {
	return []string{
		"saas_unified_core", "ai_agent_platform", "wework_platform",
		"core_business_platform", "customer_management", "health_management",
	}
}

// File returns the name of a script inside FS, such as "01-saas-unified-core.sql".
func File(database string, part Part) (string, error) {
	i := slices.Index(Databases(), database)
	if i < 0 {
		return "", fmt.Errorf("schema: no database %q; there are %s", database, strings.Join(Databases(), ", "))
	}
	return fmt.Sprintf("%02d-%s%s", i+1, strings.ReplaceAll(database, "_", "-"), part.suffix()), nil
}

// Statements returns the statements of a script in their order, without delimiters and
// without the comments in front of them.
func Statements(database string, part Part) ([]string, error) {
	name, err := File(database, part)
	if err != nil {
		return nil, err
	}
	script, err := fs.ReadFile(FS, name)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	return Split(string(script)), nil
}

// Execer runs one statement. *sql.DB, *sql.Conn and *sql.Tx are Execers.
type Execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Load runs the scripts of one of the six databases in the current schema of db, whatever
// that schema's name; without parts it loads Tables and Programs. The schema should be
// empty: nothing is dropped or replaced.
//
// The scripts set the session's time zone and character set. Of a *sql.DB one connection is
// used, and closed afterwards; a *sql.Conn keeps the settings.
func Load(ctx context.Context, db Execer, database string, parts ...Part) error {
	if len(parts) == 0 {
		parts = []Part{Tables, Programs}
	}
	if pool, ok := db.(*sql.DB); ok {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("schema: connecting: %w", err)
		}
		defer discard(conn)
		db = conn
	}
	for _, part := range parts {
		if err := load(ctx, db, database, part); err != nil {
			return err
		}
	}
	return nil
}

func load(ctx context.Context, db Execer, database string, part Part) error {
	statements, err := Statements(database, part)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			name, _ := File(database, part)
			first, _, _ := strings.Cut(s, "\n")
			return fmt.Errorf("schema: loading %s, %q: %w", name, first, err)
		}
	}
	return nil
}

// discard closes the connection itself instead of giving it back to its pool.
func discard(conn *sql.Conn) {
	// A driver.ErrBadConn out of Raw makes database/sql drop the connection.
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}
