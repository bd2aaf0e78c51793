package proxy

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// ddlTable is the journal of statements about definitions, on the group that keeps user
// locks. What stands in it tells every Sluice that definitions have changed, and, where
// somebody died in the middle, what is left to do.
const ddlTable = decisionSchema + ".ddl"

// The states of a statement and of its part on a shard.
const (
	ddlWaiting = "waiting"
	ddlRunning = "running"
	ddlDone    = "done"
	ddlFailed  = "failed"  // it changed nothing anywhere
	ddlPartial = "partial" // some shards have it
	ddlUndone  = "undone"  // it was taken back from those that had it
)

// journalOpen chooses the statements that are not finished.
const journalOpen = "state IN ('" + ddlRunning + "', '" + ddlPartial + "')"

// Definition is a statement about definitions in the journal, as operators see it.
type Definition struct {
	ID        uint64            `json:"id"`
	State     string            `json:"state"`
	Statement string            `json:"statement"`
	Database  string            `json:"database"`
	Objects   []plan.Object     `json:"objects"`
	Shards    []DefinitionShard `json:"shards"`
	Started   string            `json:"started"`
	Changed   string            `json:"changed"`

	// How to run it again.
	Settings []pool.Setting `json:"settings,omitempty"`
	Program  bool           `json:"program,omitempty"`
	// Before holds a hash of each object's definition as all shards had it.
	Before []string `json:"before,omitempty"`
}

// DefinitionShard is its part on one shard.
type DefinitionShard struct {
	Name   string `json:"name"`
	Group  string `json:"group"`
	Schema string `json:"schema"`
	Shown  string `json:"shown,omitempty"` // the client's name of the schema
	SQL    []byte `json:"sql,omitempty"`
	State  string `json:"state"`
	Error  string `json:"error,omitempty"`
}

// with lists the shards in a state.
func (d *Definition) with(state string) []string {
	var out []string
	for i := range d.Shards {
		if d.Shards[i].State == state {
			out = append(out, d.Shards[i].Name)
		}
	}
	return out
}

// closed reports whether nothing is left to do.
func (d *Definition) closed() bool {
	return d.State == ddlDone || d.State == ddlFailed || d.State == ddlUndone
}

// keys are the objects' keys among those that are guarded.
func (d *Definition) keys() []string {
	var out []string
	for _, o := range d.Objects {
		out = append(out, objectKey(d.Database, o))
	}
	return out
}

func objectKey(database string, o plan.Object) string {
	return strings.ToLower(string(o.Kind)) + " " + rules.Key(database, o.Name)
}

// journal writes and reads the journal. It is safe for concurrent use.
type journal struct {
	made atomic.Pointer[pool.Group] // the group for which the table is there
}

// ready makes the table.
func (j *journal) ready(ctx context.Context, g *pool.Group) error {
	if j.made.Load() == g {
		return nil
	}
	err := withConn(ctx, g, func(c *pool.Conn) error {
		return c.Make(pool.OwnTable{Name: ddlTable, Columns: `
			id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
			state VARCHAR(16) CHARACTER SET ascii NOT NULL,
			statement LONGBLOB NOT NULL,
			details LONGBLOB NOT NULL,
			started TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
			changed TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
			KEY (state), KEY (changed)`})
	})
	if err == nil {
		j.made.Store(g)
	}
	return err
}

// add writes a new statement and gives it its id.
func (j *journal) add(ctx context.Context, g *pool.Group, d *Definition, text []byte) error {
	if err := j.ready(ctx, g); err != nil {
		return err
	}
	details, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return withConn(ctx, g, func(c *pool.Conn) error {
		r, err := c.Query("INSERT INTO " + ddlTable + " (state, statement, details) VALUES ('" + d.State + "', " + hexLiteral(text) + ", " + hexLiteral(details) + ")")
		c.LostInsertID() // it is now the id of our own row
		if err == nil {
			d.ID = r.OK.InsertID
		}
		return err
	})
}

// save writes what has become of a statement.
func (j *journal) save(ctx context.Context, g *pool.Group, d *Definition) error {
	details, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return withConn(ctx, g, func(c *pool.Conn) error {
		_, err := c.Query(fmt.Sprintf("UPDATE %s SET state = '%s', details = %s WHERE id = %d", ddlTable, d.State, hexLiteral(details), d.ID))
		return err
	})
}

func hexLiteral(b []byte) string {
	if len(b) == 0 {
		return "''"
	}
	return "x'" + hex.EncodeToString(b) + "'"
}

// list reads the statements that a condition chooses, the newest first.
func (j *journal) list(ctx context.Context, g *pool.Group, where string) ([]*Definition, error) {
	var out []*Definition
	err := j.ask(ctx, g, "SELECT id, state, statement, details, started, changed FROM "+ddlTable+" WHERE "+where+" ORDER BY id DESC LIMIT 1000", func(row [][]byte) error {
		d := &Definition{}
		if err := json.Unmarshal(row[3], d); err != nil {
			return fmt.Errorf("the journal's entry %s: %w", row[0], err)
		}
		d.ID, _ = strconv.ParseUint(string(row[0]), 10, 64)
		d.State, d.Statement = string(row[1]), strings.ToValidUTF8(string(row[2]), "?")
		d.Started, d.Changed = string(row[4]), string(row[5])
		out = append(out, d)
		return nil
	})
	return out, err
}

// version names the newest change of the journal; empty when there is none.
func (j *journal) version(ctx context.Context, g *pool.Group) (string, error) {
	version := ""
	err := j.ask(ctx, g, "SELECT CONCAT(MAX(id), ' ', MAX(changed)) FROM "+ddlTable, func(row [][]byte) error {
		version = string(row[0])
		return nil
	})
	return version, err
}

// ask visits the rows of a query. Where nobody has made the journal it is empty.
func (j *journal) ask(ctx context.Context, g *pool.Group, query string, visit func([][]byte) error) error {
	return withConn(ctx, g, func(c *pool.Conn) error {
		rows, err := c.QueryAll(query)
		if e, ok := errors.AsType[*wire.Error](err); ok && (e.Number == 1049 || e.Number == 1146) { // no such database, table
			return nil
		}
		for _, row := range rows {
			if err := visit(row); err != nil {
				return err
			}
		}
		return err
	})
}

// journalGroup keeps the journal, and the locks of those who change definitions.
func (s *snapshot) journalGroup() *pool.Group {
	return s.groups[s.rules.Databases[0].Shards[0].Group]
}
