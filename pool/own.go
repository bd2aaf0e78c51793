package pool

import (
	"errors"

	"github.com/sluicedb/sluice/parser/wire"
)

// OwnSchema is where Sluice keeps on the servers what it must remember.
const OwnSchema = "sluice"

// OwnTable is a table of Sluice's own: its name with the schema, and what CREATE TABLE
// has in parentheses.
type OwnTable struct{ Name, Columns string }

// Make makes those tables that are not there. It looks first: a CREATE .. IF NOT EXISTS
// that finds everything is written to the binary log all the same, and where replication
// is semi-synchronous it holds the schema's metadata lock for as long as no replica
// answers, so that even the probes wait.
func (c *Conn) Make(tables ...OwnTable) error {
	for _, t := range tables {
		_, err := c.Query("SELECT 1 FROM " + t.Name + " LIMIT 0")
		if e, ok := errors.AsType[*wire.Error](err); ok && (e.Number == 1049 || e.Number == 1146) {
			_, err = c.Query("CREATE DATABASE IF NOT EXISTS " + OwnSchema + ";CREATE TABLE IF NOT EXISTS " + t.Name + " (" + t.Columns + ") ENGINE=InnoDB")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
