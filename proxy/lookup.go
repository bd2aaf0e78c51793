package proxy

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

const (
	// lookupTable lists the lookup tables of a group, and which are complete.
	lookupTable = decisionSchema + ".unique_keys"
	// claimsColumn counts how often a value was claimed.
	claimsColumn = "`sluice claims`"
	// lookupKept is how long it counts that a lookup table is not complete yet, and that
	// a table has no triggers.
	lookupKept = 5 * time.Second
)

// lookup is the lookup table of one enforced key. Its columns are those of the key, with
// their types and collations, so that its server compares values as the table's does.
type lookup struct {
	table  *rules.Table
	key    *rules.Enforced
	name   string // quoted, with its schema
	tenant string // quoted
	// complete: it has a claim for every row, so a value without a claim is in no row.
	// Until then all shards are asked for each new value.
	complete bool
	read     time.Time
}

func newLookup(t *rules.Table, e *rules.Enforced) *lookup {
	return &lookup{table: t, key: e, name: decisionSchema + "." + wire.QuoteIdent(e.Lookup), tenant: wire.QuoteIdent(e.Tenant.Name)}
}

// columns are the quoted columns of the key.
func (l *lookup) columns() []string {
	var out []string
	for _, c := range l.key.Columns {
		out = append(out, wire.QuoteIdent(c.Name))
	}
	return out
}

// insert is the statement that claims values for the first time.
func (l *lookup) insert(c *claim) string {
	return "INSERT INTO " + l.name + " (" + strings.Join(l.columns(), ", ") + ", " + l.tenant + ") VALUES (" + strings.Join(c.values, ", ") + ", " + c.tenant + ")"
}

// is compares the columns of the key with values.
func (l *lookup) is(values []string) string {
	var out []string
	for i, c := range l.columns() {
		out = append(out, c+" = "+values[i])
	}
	return strings.Join(out, " AND ")
}

// find asks a shard for a row with values, waiting for those who are writing one.
func (l *lookup) find(shard *rules.Shard, values []string) string {
	return "SELECT 1 FROM " + wire.QuoteIdent(shard.Schema) + "." + wire.QuoteIdent(l.table.Name) + " WHERE " + l.is(values) + " LIMIT 1 LOCK IN SHARE MODE"
}

// definition is that of the lookup table.
func (l *lookup) definition() string {
	var b strings.Builder
	column := func(c *rules.Column, null string) {
		b.WriteString(wire.QuoteIdent(c.Name) + " " + c.Type)
		if c.Collation != "" && c.Base() != "varbinary" && c.Base() != "binary" {
			b.WriteString(" COLLATE " + c.Collation)
		}
		b.WriteString(" " + null + ", ")
	}
	for i := range l.key.Columns {
		column(&l.key.Columns[i], "NOT NULL")
	}
	column(&l.key.Tenant, "NULL")
	b.WriteString(claimsColumn + " BIGINT UNSIGNED NOT NULL DEFAULT 0, PRIMARY KEY (" + strings.Join(l.columns(), ", ") + ")")
	return b.String()
}

// lookups are the lookup tables that this process knows of. It is safe for concurrent
// use.
type lookups struct {
	mu     sync.Mutex
	tables map[lookupAt]*lookup
	checks map[*rules.Table]time.Time // when a table had no triggers
}

type lookupAt struct {
	group *pool.Group
	name  string
}

// of returns the lookup table of a key, which it makes if need be. A table with triggers
// is refused: they could change the values after they were claimed.
func (ls *lookups) of(ctx context.Context, snap *snapshot, t *rules.Table, e *rules.Enforced) (*lookup, error) {
	if err := ls.triggers(ctx, snap, t); err != nil {
		return nil, err
	}
	at := lookupAt{snap.groups[e.Group], e.Lookup}
	ls.mu.Lock()
	known := ls.tables[at]
	ls.mu.Unlock()
	if known != nil && known.table == t && (known.complete || time.Since(known.read) < lookupKept) {
		return known, nil
	}
	l := newLookup(t, e)
	if err := l.ready(ctx, at.group); err != nil {
		return nil, fmt.Errorf("the lookup table of unique key %s of %s: %w", e.Name, t.Name, err)
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.tables == nil {
		ls.tables = map[lookupAt]*lookup{}
	}
	ls.tables[at] = l
	return l, nil
}

// ready makes the table and reads whether it is complete.
func (l *lookup) ready(ctx context.Context, g *pool.Group) error {
	l.read = time.Now()
	return withConn(ctx, g, func(c *pool.Conn) error {
		err := c.Make(
			pool.OwnTable{Name: lookupTable, Columns: "name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, complete TINYINT NOT NULL"},
			pool.OwnTable{Name: l.name, Columns: l.definition()})
		if err != nil {
			return err
		}
		rows, err := c.QueryAll("SELECT complete FROM " + lookupTable + " WHERE name = " + textLiteral(l.key.Lookup))
		l.complete = len(rows) == 1 && string(rows[0][0]) == "1"
		return err
	})
}

func textLiteral(s string) string { return "_utf8mb4 " + literal(s) }

// triggers refuses a table that has triggers on one of its shards.
func (ls *lookups) triggers(ctx context.Context, snap *snapshot, t *rules.Table) error {
	ls.mu.Lock()
	at := ls.checks[t]
	ls.mu.Unlock()
	if time.Since(at) < lookupKept {
		return nil
	}
	for _, shard := range t.Database.Shards {
		var rows [][][]byte
		err := withConn(ctx, snap.groups[shard.Group], func(c *pool.Conn) (err error) {
			rows, err = c.QueryAll("SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_MANIPULATION <> 'DELETE' AND EVENT_OBJECT_SCHEMA = " + textLiteral(shard.Schema) + " AND EVENT_OBJECT_TABLE = " + textLiteral(t.Name) + " LIMIT 1")
			return err
		})
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return plan.Unsupported("trigger "+string(rows[0][0])+" of "+t.Name+" could change the values of its unique keys, which must hold over all shards", t.Enforced[0].Pos, "drop the trigger, or remove the rule")
		}
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.checks == nil {
		ls.checks = map[*rules.Table]time.Time{}
	}
	if len(ls.checks) > 1000 { // of old snapshots
		clear(ls.checks)
	}
	ls.checks[t] = time.Now()
	return nil
}

// readable reports whether asLiterals can write values of a column.
func readable(c *rules.Column) bool {
	switch c.Base() {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "char", "varchar", "varbinary", "binary", "date":
		return true
	}
	return false
}

func isText(c *rules.Column) bool {
	return slices.Contains([]string{"char", "varchar", "varbinary", "binary"}, c.Base())
}

// readColumns lists columns for a SELECT whose rows asLiterals reads.
func readColumns(columns []*rules.Column) string {
	var out []string
	for _, c := range columns {
		name := wire.QuoteIdent(c.Name)
		if isText(c) {
			name = "HEX(" + name + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// asLiterals writes a row as literals that any server takes for the same values.
func asLiterals(columns []*rules.Column, row [][]byte) ([]string, error) {
	if len(row) != len(columns) {
		return nil, wire.ErrMalformed
	}
	out := make([]string, len(row))
	for i, v := range row {
		c := columns[i]
		if strings.ContainsAny(string(v), "'\\") {
			return nil, wire.ErrMalformed
		}
		charset, _, _ := strings.Cut(c.Collation, "_")
		switch {
		case v == nil:
			out[i] = "NULL"
		case isText(c) && (charset == "" || charset == "binary"):
			out[i] = "X'" + string(v) + "'"
		case isText(c):
			out[i] = "_" + charset + " X'" + string(v) + "'"
		case c.Base() == "date":
			out[i] = "'" + string(v) + "'"
		default:
			out[i] = string(v)
		}
	}
	return out, nil
}

// readValue is a value of a column that readColumns has read.
func readValue(c *rules.Column, text []byte) (value.Value, bool) {
	switch {
	case text == nil:
		return value.Value{}, true
	case isText(c):
		b, err := hex.DecodeString(string(text))
		charset, _, _ := strings.Cut(c.Collation, "_")
		if charset == "utf8mb4" {
			charset = ""
		}
		return value.Value{Kind: value.String, S: string(b), Charset: charset}, err == nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	return value.Value{Kind: value.Int, I: n}, err == nil
}
