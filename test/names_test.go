package test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

// physical matches the names of schemas and tables that clients must never see.
var physicalName = regexp.MustCompile(`(shop|depot)_s\d|sluice_\d`)

// TestPhysicalNames looks for physical names in everything that servers answer to
// statements about tables, over both protocols.
func TestPhysicalNames(t *testing.T) {
	bed := spread.Start(t, 2)
	f, err := diff.Read("corpus/shards/catalogue.sql")
	require.NoError(t, err)
	for _, l := range layouts {
		t.Run(l.Name, func(t *testing.T) {
			c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: bed.Sluice(t, &f.Schema, l), User: "app", Database: "shop"}, 0)
			require.NoError(t, err)
			defer c.Close()
			for _, sql := range aboutTables {
				for _, run := range []func(string) ([]diff.Answer, error){c.Query, c.Run} {
					answers, err := run(sql)
					if refusal := (*wire.Error)(nil); err != nil && !errors.As(err, &refusal) {
						require.NoError(t, err, sql)
					}
					warnings, warned := c.Query("SHOW WARNINGS")
					require.NoError(t, warned)
					found := physicalName.FindString(fmt.Sprintf("%v %v %v", answers, err, warnings))
					assert.Empty(t, found, "%s\n%v %v %v", sql, answers, err, warnings)
				}
			}
		})
	}
}

var aboutTables = []string{
	"SHOW TABLES", "SHOW FULL TABLES FROM depot", "SHOW TABLE STATUS", "SHOW TABLE STATUS FROM shop LIKE 'o%'", "SHOW INDEX FROM orders",
	"SHOW CREATE TABLE orders", "SHOW CREATE TABLE depot.boxes", "SHOW CREATE VIEW named", "SHOW CREATE DATABASE shop", "SHOW CREATE SCHEMA depot",
	"SHOW COLUMNS FROM named", "SHOW OPEN TABLES", "SHOW TRIGGERS", "SHOW EVENTS", "SHOW PROCEDURE STATUS", "SHOW FUNCTION STATUS", "SHOW DATABASES",
	"SHOW CREATE PROCEDURE nothing", "SHOW GRANTS", "SHOW PROCESSLIST", "SHOW ENGINE INNODB STATUS",
	"CHECK TABLE orders", "CHECK TABLE kinds, orders", "CHECK TABLE depot.boxes, orders EXTENDED", "ANALYZE TABLE kinds", "CHECKSUM TABLE kinds", "OPTIMIZE TABLE kinds", "REPAIR TABLE kinds",
	"DESCRIBE orders", "EXPLAIN orders", "EXPLAIN depot.boxes",
	"EXPLAIN SELECT * FROM orders WHERE tenant_id = 'a'",
	"EXPLAIN FORMAT=TREE SELECT * FROM orders o JOIN kinds k ON k.id = o.kind WHERE o.tenant_id = 'a' AND k.name > o.note",
	"EXPLAIN FORMAT=JSON SELECT * FROM orders WHERE tenant_id = 'a' AND note > 'b'",
	"EXPLAIN FORMAT=TRADITIONAL SELECT * FROM orders WHERE tenant_id = 'a' AND note > 'b'",
	"EXPLAIN ANALYZE SELECT * FROM orders WHERE tenant_id = 'a' AND note > 'b'",
	"EXPLAIN FORMAT=JSON UPDATE orders SET note = 'n' WHERE tenant_id = 'a'",
	"EXPLAIN FORMAT=JSON DELETE FROM orders WHERE tenant_id = 'a' AND id > 7",
	"EXPLAIN FORMAT=JSON INSERT INTO orders (tenant_id, id) VALUES ('a', 9)",
	"EXPLAIN FORMAT=JSON SELECT * FROM named WHERE tenant_id = 'a'",
	"EXPLAIN SELECT * FROM orders", "EXPLAIN FORMAT=TREE SELECT * FROM orders", "EXPLAIN FORMAT=JSON SELECT note FROM orders ORDER BY note",
	"EXPLAIN ANALYZE SELECT COUNT(*) FROM orders", "EXPLAIN FORMAT=JSON SELECT * FROM orders o JOIN depot.boxes b ON b.id = o.id WHERE b.n > 10",
	"EXPLAIN UPDATE orders SET note = 'n'", "EXPLAIN DELETE FROM orders WHERE id > 7",
	"EXPLAIN FORMAT=JSON INTO @plan SELECT * FROM orders WHERE tenant_id = 'a'", "SELECT @plan",
	"EXPLAIN FORMAT=TREE FOR SCHEMA depot SELECT * FROM boxes WHERE tenant_id = 'a'",
	"EXPLAIN FOR CONNECTION 1", "SELECT * FROM nowhere", "SELECT nothing FROM orders WHERE tenant_id = 'a'", "SELECT * FROM depot.nowhere",
	"SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA NOT IN ('mysql', 'sys')",
	"SELECT * FROM information_schema.STATISTICS", "SELECT * FROM information_schema.PARTITIONS WHERE PARTITION_NAME IS NOT NULL",
	"SELECT * FROM information_schema.VIEWS WHERE TABLE_SCHEMA <> 'sys'", "SELECT * FROM information_schema.SCHEMATA_EXTENSIONS", "SELECT * FROM information_schema.VIEW_ROUTINE_USAGE",
	"SELECT * FROM information_schema.SCHEMA_PRIVILEGES", "TABLE information_schema.SCHEMATA",
}
