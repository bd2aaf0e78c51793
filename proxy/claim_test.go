package proxy_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const coupons = "CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, code VARCHAR(20), a INT NOT NULL DEFAULT 0, b CHAR(5), v INT NOT NULL DEFAULT 0, UNIQUE KEY uk_code (code), UNIQUE KEY uk_ab (a, b), KEY (tenant_id)) COLLATE utf8mb4_0900_ai_ci;\n" +
	"CREATE TABLE other (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, code VARCHAR(20)) COLLATE utf8mb4_0900_ai_ci;\n"

// newUnique is a pair whose table has unique keys that Sluice enforces; tenant a is on
// the first server, b on the second, which keeps the claims of neither by itself.
func newUnique(t *testing.T) *pair {
	t.Helper()
	p := &pair{T: t}
	for i := range p.servers {
		p.servers[i] = mysqltest.Start(t, mysqltest.Options{})
		name := fmt.Sprintf("app_%d", i)
		require.NoError(t, p.servers[i].Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+coupons))
	}
	p.relay = newLossy(t, p.servers[0].Addr())
	dir := t.TempDir()
	p.file = filepath.Join(dir, "sluice.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(coupons), 0o600))
	text := strings.Replace(config(p.servers[1].Addr(), "127.0.0.1:0", "max: 20", "limits: {slow: 0s}\n"), p.servers[1].Addr(), p.relay.addr(), 1)
	text = strings.Replace(text, "t: {kind: sharded, key: tenant_id}", "t: {kind: sharded, key: tenant_id, unique: {keys: [PRIMARY, uk_code, uk_ab]}}\n      other: {kind: sharded, key: tenant_id}", 1)
	require.NoError(t, os.WriteFile(p.file, []byte(text), 0o600))
	return p
}

func TestUniqueOverShards(t *testing.T) {
	p := newUnique(t)
	b := p.start(nil)
	c := b.connect()
	duplicate := func(t *testing.T, entry, key, sql string, args ...any) {
		t.Helper()
		_, err := c.Query(sql)
		require.ErrorContains(t, err, "1062")
		require.ErrorContains(t, err, "Duplicate entry '"+entry+"' for key 't."+key+"'")
	}
	b.do(c, "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('1', 'a', 'X', 1, 'p')")
	t.Run("INSERT", func(t *testing.T) {
		duplicate(t, "x", "uk_code", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('2', 'b', 'x', 2, 'p')")
		duplicate(t, "1-p", "uk_ab", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('2', 'b', 'y', 1, 'p  ')")
		duplicate(t, "1", "PRIMARY", "INSERT INTO t (id, tenant_id, code, a, b) VALUES (1, 'b', 'y', 2, 'p')")
		require.Equal(t, "1", b.cell(c, "SELECT COUNT(*) FROM t"))
		b.do(c, "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('2', 'b', NULL, 2, 'p')", "INSERT INTO t (id, tenant_id, a) VALUES ('3', 'a', 2)", "INSERT INTO t (id, tenant_id, a) VALUES ('4', 'b', 2)")
		require.Equal(t, "4", b.cell(c, "SELECT COUNT(*) FROM t"))
	})
	t.Run("the first row that fails", func(t *testing.T) {
		duplicate(t, "1-P", "uk_ab", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('5', 'a', 'n5', 5, 'p'), ('6', 'b', 'n6', 1, 'P'), ('7', 'a', 'X', 7, 'p')")
		duplicate(t, "X", "uk_code", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('5', 'a', 'n5', 5, 'p'), ('7', 'a', 'X', 7, 'p'), ('6', 'b', 'n6', 1, 'p')")
		duplicate(t, "n5", "uk_code", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('5', 'a', 'N5', 5, 'p'), ('6', 'b', 'n5', 6, 'p')")
		require.Equal(t, "4", b.cell(c, "SELECT COUNT(*) FROM t"))
	})
	t.Run("a row that has gone frees its value", func(t *testing.T) {
		b.do(c, "DELETE FROM t WHERE tenant_id = 'a' AND id = '1'", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('1', 'b', 'X', 1, 'p')")
		duplicate(t, "X", "uk_code", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('8', 'a', 'X', 8, 'p')")
		b.do(c, "BEGIN", "DELETE FROM t WHERE tenant_id = 'b' AND id = '1'", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('1', 'a', 'X', 1, 'p')", "COMMIT")
		require.Equal(t, "a", b.cell(c, "SELECT tenant_id FROM t WHERE code = 'X'"))
		b.do(c, "TRUNCATE TABLE t", "INSERT INTO t (id, tenant_id, code, a, b) VALUES ('1', 'b', 'X', 1, 'p')")
	})
	t.Run("transactions and savepoints", func(t *testing.T) {
		b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id, code, a) VALUES ('20', 'a', 'free', 1)", "ROLLBACK")
		b.do(c, "BEGIN", "SAVEPOINT s", "INSERT INTO t (id, tenant_id, code, a) VALUES ('20', 'a', 'free', 1)", "ROLLBACK TO s",
			"INSERT INTO t (id, tenant_id, code, a) VALUES ('20', 'b', 'free', 1)")
		duplicate(t, "free", "uk_code", "INSERT INTO t (id, tenant_id, code, a) VALUES ('21', 'a', 'free', 1)")
		b.do(c, "INSERT INTO t (id, tenant_id, code, a) VALUES ('21', 'a', 'kept', 1)", "COMMIT")
		require.Equal(t, "2", b.cell(c, "SELECT COUNT(*) FROM t WHERE code IN ('free', 'kept')"))
		require.Equal(t, 0, p.prepared())
	})
	t.Run("UPDATE", func(t *testing.T) {
		duplicate(t, "FREE", "uk_code", "UPDATE t SET code = 'FREE' WHERE tenant_id = 'a' AND id = '21'")
		require.Equal(t, "kept", b.cell(c, "SELECT code FROM t WHERE id = '21'"))
		b.do(c, "UPDATE t SET code = UPPER(code), v = 3 WHERE tenant_id = 'a' AND id = '21'", "UPDATE t SET v = v + 1 WHERE tenant_id IN ('a', 'b')",
			"UPDATE t SET code = CONCAT(code, '2') WHERE tenant_id = 'a' AND id = '21'")
		require.Equal(t, "KEPT2 4", b.cell(c, "SELECT CONCAT(code, ' ', v) FROM t WHERE id = '21'"))
		duplicate(t, "kept2", "uk_code", "INSERT INTO t (id, tenant_id, code, a) VALUES ('22', 'b', 'kept2', 1)")
		b.do(c, "INSERT INTO t (id, tenant_id, code, a) VALUES ('22', 'b', 'kept', 1)")
		duplicate(t, "kept", "uk_code", "UPDATE t SET code = LOWER('KEPT') WHERE tenant_id = 'a' AND id = '21'")
	})
	t.Run("prepared statements", func(t *testing.T) {
		db := b.open2()
		defer db.Close()
		_, err := db.ExecContext(t.Context(), "INSERT INTO t (id, tenant_id, code, a) VALUES (?, ?, ?, ?)", "30", "a", "prepared", 5)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "INSERT INTO t (id, tenant_id, code, a) VALUES (?, ?, ?, ?)", "31", "b", "PREPARED", 5)
		require.ErrorContains(t, err, "Duplicate entry 'PREPARED' for key 't.uk_code'")
		_, err = db.ExecContext(t.Context(), "UPDATE t SET code = ? WHERE tenant_id = ? AND id = ?", "free", "a", "30")
		require.ErrorContains(t, err, "Duplicate entry 'free' for key 't.uk_code'")
		r, err := db.ExecContext(t.Context(), "UPDATE t SET code = ? WHERE tenant_id = ? AND id = ?", "other", "a", "30")
		require.NoError(t, err)
		n, _ := r.RowsAffected()
		require.EqualValues(t, 1, n)
	})
	t.Run("statements prepared by text", func(t *testing.T) {
		b.do(c, "PREPARE ins FROM 'INSERT INTO t (id, tenant_id, code) VALUES (?, ?, ?)'", "SET @id = 'n1', @tenant = 'a', @code = 'named'", "EXECUTE ins USING @id, @tenant, @code", "SET @id = 'n2', @tenant = 'b', @code = 'Named'")
		duplicate(t, "Named", "uk_code", "EXECUTE ins USING @id, @tenant, @code")
		b.do(c, "PREPARE upd FROM 'UPDATE t SET code = ? WHERE tenant_id = ? AND id = ?'", "SET @code = 'another', @tenant = 'a', @id = 'n1'", "EXECUTE upd USING @code, @tenant, @id")
		duplicate(t, "ANOTHER", "uk_code", "INSERT INTO t (id, tenant_id, code) VALUES ('n3', 'b', 'ANOTHER')")
	})
	t.Run("what is refused has no effect", func(t *testing.T) {
		was := b.cell(c, "SELECT COUNT(*), SUM(v) FROM t")
		for _, sql := range []string{
			"REPLACE INTO t (id, tenant_id, code) VALUES ('40', 'a', 'n1'), ('41', 'b', 'n1')", "INSERT IGNORE INTO t (id, tenant_id, code) VALUES ('40', 'a', 'kept')",
			"INSERT INTO t (id, tenant_id, code) VALUES ('40', 'a', 'n'), ('22', 'a', 'n2') ON DUPLICATE KEY UPDATE v = 1", "INSERT INTO t (id, tenant_id, code) VALUES ('40', 'a', 'r') ON DUPLICATE KEY UPDATE code = 'q'",
			"INSERT IGNORE INTO t (id, tenant_id, code) VALUES ('40', 'a', REPEAT('x', 30))", "INSERT IGNORE INTO t (id, tenant_id, code) VALUES ('40', 'a', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", "INSERT INTO t (id, tenant_id, code) SELECT id, tenant_id, code FROM other WHERE tenant_id = 'a'",
			"INSERT INTO t (id, tenant_id, code) VALUES ('40', 'a', UUID())", "UPDATE t SET code = 'z' WHERE tenant_id IN ('a', 'b')", "UPDATE t SET code = 'z' WHERE tenant_id = 'a' LIMIT 1",
			"UPDATE IGNORE t SET code = 'z' WHERE tenant_id = 'a'", "UPDATE t JOIN other o USING (tenant_id) SET t.code = 'z' WHERE t.tenant_id = 'a'", "UPDATE t SET id = 'z' WHERE tenant_id = 'a' AND id = '30'",
			"LOAD DATA LOCAL INFILE 'x' INTO TABLE t", "ALTER TABLE t MODIFY code VARCHAR(30)", "ALTER TABLE t DROP KEY uk_code", "DROP INDEX uk_code ON t", "RENAME TABLE t TO other",
			"ALTER TABLE t CONVERT TO CHARACTER SET latin1", "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.code = 'q'", "CREATE TRIGGER x AFTER INSERT ON other FOR EACH ROW INSERT INTO t (id) VALUES (1)",
			"EXPLAIN ANALYZE UPDATE t SET code = 'z' WHERE tenant_id = 'a'",
		} {
			b.fails(c, 1235, sql)
		}
		b.do(c, "SET sql_mode = ''")
		b.fails(c, 1235, "INSERT INTO t (id, tenant_id, code) VALUES ('40', 'a', 'r')")
		b.do(c, "SET sql_mode = DEFAULT", "EXPLAIN UPDATE t SET code = 'z' WHERE tenant_id = 'a'", "ALTER TABLE t ADD COLUMN w INT", "INSERT INTO t VALUES ('50', 'a', 'w', 50, 'p', 0, 0)", "DELETE FROM t WHERE tenant_id = 'a' AND id = '50'")
		require.Equal(t, was, b.cell(c, "SELECT COUNT(*), SUM(v) FROM t"))
	})
}

// open2 is a database/sql client with prepared statements.
func (b *bed) open2() *sql.DB {
	b.Helper()
	db, err := sql.Open("mysql", "root@tcp("+b.addr+")/saas")
	require.NoError(b, err)
	return db
}

// Two clients of two processes insert one value over different shards: exactly one wins,
// and the other waits for it.
func TestUniqueRaces(t *testing.T) {
	p := newUnique(t)
	one, two := p.start(nil), p.start(nil)
	c, d := one.connect(), two.connect()
	t.Run("the loser waits", func(t *testing.T) {
		for i, end := range []string{"COMMIT", "ROLLBACK"} {
			one.do(c, "BEGIN", fmt.Sprintf("INSERT INTO t (id, tenant_id, code, a) VALUES ('a%d', 'a', 'v%d', 1)", i, i))
			got := make(chan error, 1)
			go func() {
				_, err := d.Query(fmt.Sprintf("INSERT INTO t (id, tenant_id, code, a) VALUES ('b%d', 'b', 'V%d', 1)", i, i))
				got <- err
			}()
			select {
			case err := <-got:
				t.Fatalf("it did not wait: %v", err)
			case <-time.After(500 * time.Millisecond):
			}
			one.do(c, end)
			err := <-got
			if end == "COMMIT" {
				require.ErrorContains(t, err, "1062")
			} else {
				require.NoError(t, err)
			}
		}
	})
	t.Run("exactly one wins", func(t *testing.T) {
		for i := range 40 {
			var wg sync.WaitGroup
			errs := make([]error, 2)
			wg.Go(func() {
				_, errs[0] = c.Query(fmt.Sprintf("INSERT INTO t (id, tenant_id, code, a) VALUES ('ra%d', 'a', 'r%d', 1)", i, i))
			})
			wg.Go(func() {
				_, errs[1] = d.Query(fmt.Sprintf("INSERT INTO t (id, tenant_id, code, a) VALUES ('rb%d', 'b', 'r%d', 1)", i, i))
			})
			wg.Wait()
			require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v, %v", errs[0], errs[1])
			for _, err := range errs {
				if err != nil {
					require.ErrorContains(t, err, "1062")
				}
			}
			require.Equal(t, "1", one.cell(c, fmt.Sprintf("SELECT COUNT(*) FROM t WHERE code = 'r%d'", i)))
		}
	})
}

// A lookup table that is filled from the rows answers alone.
func TestUniqueRebuild(t *testing.T) {
	p := newUnique(t)
	for i, tenant := range []string{"a", "b"} {
		require.NoError(t, p.servers[i].Exec(t.Context(), fmt.Sprintf("USE app_%d", i), // behind Sluice
			fmt.Sprintf("INSERT INTO app_%d.t (id, tenant_id, code, a, b) SELECT CONCAT('%s', n), '%s', CONCAT('%s', n), n, '%s' FROM (WITH RECURSIVE r AS (SELECT 1 n UNION ALL SELECT n + 1 FROM r WHERE n < 700) SELECT n FROM r) x", i, tenant, tenant, tenant, tenant),
			fmt.Sprintf("INSERT INTO app_%d.t (id, tenant_id, code) VALUES ('%sd', '%s', '%s')", i, tenant, tenant, []string{"Twice", "twice"}[i])))
	}
	b := p.start(nil)
	c := b.connect()
	b.fails(c, 1062, "INSERT INTO t (id, tenant_id, code) VALUES ('x', 'a', 'b7')") // although nobody has claimed it
	ask := func(rebuild bool) []*proxy.UniqueKey {
		out, err := proxy.Operator{Server: b.srv}.Unique("t", rebuild)
		require.NoError(t, err)
		return out.([]*proxy.UniqueKey)
	}
	keys := ask(false)
	require.Len(t, keys, 3)
	require.Equal(t, []string{"PRIMARY", "uk_code", "uk_ab"}, []string{keys[0].Key, keys[1].Key, keys[2].Key})
	require.Equal(t, []int{1402, 1402}, []int{keys[1].Rows, keys[1].Unclaimed})
	require.False(t, keys[1].Complete)
	require.Equal(t, []string{"(_utf8mb4 X'" + fmt.Sprintf("%X", "Twice") + "')"}, keys[1].Duplicates)
	b.do(c, "UPDATE t SET code = 'once' WHERE tenant_id = 'b' AND id = 'bd'")
	keys = ask(true)
	for _, k := range keys {
		require.True(t, k.Complete)
		require.Empty(t, k.Duplicates)
	}
	for _, k := range ask(false) {
		require.Zero(t, k.Unclaimed, k.Key)
	}
	b.fails(c, 1062, "INSERT INTO t (id, tenant_id, code) VALUES ('x', 'a', 'b8')")
	b.do(c, "DELETE FROM t WHERE tenant_id = 'b' AND a BETWEEN 1 AND 10", "INSERT INTO t (id, tenant_id, code) VALUES ('x', 'a', 'b8')", "INSERT INTO t (id, tenant_id, code) VALUES ('y', 'a', 'new')")
	b.fails(c, 1062, "INSERT INTO t (id, tenant_id, code) VALUES ('z', 'b', 'b8')")
	require.Equal(t, 9, ask(true)[1].Removed)
	b.fails(c, 1062, "INSERT INTO t (id, tenant_id, code) VALUES ('z', 'b', 'NEW')")
}

// Connections are killed at each step: a value is in one row at most, and free where it
// is in none.
func TestUniqueKilled(t *testing.T) {
	p := newUnique(t)
	n := 0
	for _, point := range []string{"claimed", "inserted", "prepared", "before decision", "after decision", "branch committed"} {
		for kill := range 2 {
			t.Run(fmt.Sprintf("%s, server %d", point, kill), func(t *testing.T) {
				n++
				var armed atomic.Bool
				armed.Store(true)
				b := p.start(func(name string) {
					if name == point && armed.Swap(false) {
						p.killAll(kill)
					}
				})
				insert := func(id, tenant string) string {
					return fmt.Sprintf("INSERT INTO t (id, tenant_id, code, a) VALUES ('%s%d', '%s', 'k%d', 1)", id, n, tenant, n)
				}
				_, err := b.connect().Query(insert("first", "b"))
				t.Log(err)
				require.Eventually(t, func() bool { return p.prepared() == 0 }, 30*time.Second, 50*time.Millisecond)
				other := p.start(nil)
				c := other.connect()
				count := fmt.Sprintf("SELECT COUNT(*) FROM t WHERE code = 'k%d'", n)
				if other.cell(c, count) == "1" {
					other.fails(c, 1062, insert("second", "a"))
				} else {
					require.Error(t, err)
					other.do(c, insert("second", "a"))
				}
				require.Equal(t, "1", other.cell(c, count))
			})
		}
	}
}

// A complete lookup table says where a row is: no other shard is asked.
func TestUniqueLocates(t *testing.T) {
	p := newUnique(t)
	b := p.start(nil)
	c := b.connect()
	b.do(c, "INSERT INTO t (id, tenant_id, code) VALUES ('1', 'a', 'X'), ('2', 'b', 'Y')")
	_, err := proxy.Operator{Server: b.srv}.Unique("t", true)
	require.NoError(t, err)
	require.NoError(t, p.servers[1].Exec(t.Context(), "SET GLOBAL log_output = 'TABLE'", "SET GLOBAL general_log = ON"))
	require.Equal(t, "1", b.cell(c, "SELECT id FROM t WHERE code = 'x'"))
	b.do(c, "UPDATE t SET v = 5 WHERE code = 'x'", "BEGIN", "UPDATE t SET code = 'Z' WHERE code = 'X'")
	require.Equal(t, "1", b.cell(c, "SELECT id FROM t WHERE code = 'z'"))
	b.do(c, "COMMIT")
	require.NoError(t, p.servers[1].Exec(t.Context(), "SET GLOBAL general_log = OFF"))
	db, err := p.servers[1].DB("mysql")
	require.NoError(t, err)
	defer db.Close()
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM general_log WHERE CONVERT(argument USING utf8mb4) LIKE '%app_1%code%'").Scan(&n))
	require.Zero(t, n, "the other shard was asked")
	require.Equal(t, "2", b.cell(c, "SELECT id FROM t WHERE code = 'y'"))
}

// Random writes give what one server with the same keys gives, errors word for word.
func TestUniqueLikeOneServer(t *testing.T) {
	p := newUnique(t)
	b := p.start(nil)
	require.NoError(t, p.servers[1].Exec(t.Context(), "CREATE DATABASE one", "USE one; "+coupons))
	one, err := p.servers[1].DB("one")
	require.NoError(t, err)
	defer one.Close()
	many := b.open2()
	defer many.Close()
	conns := [2]*sql.Conn{}
	for i, db := range []*sql.DB{one, many} {
		conns[i], err = db.Conn(t.Context())
		require.NoError(t, err)
		defer conns[i].Close()
	}
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	rows := "SELECT id, tenant_id, code, a, b, v FROM t ORDER BY id"
	failed, refused := 0, 0
	for i := range 600 {
		if i == 300 {
			for _, c := range conns { // whose locks the rebuild would wait for
				_, err := c.ExecContext(t.Context(), "COMMIT")
				require.NoError(t, err)
			}
			_, err := proxy.Operator{Server: b.srv}.Unique("t", true)
			require.NoError(t, err)
		}
		stmt := randomWrite(r)
		said := [2]string{}
		for _, k := range []int{1, 0} { // what is refused does not run on the one server either
			res, err := conns[k].ExecContext(t.Context(), stmt)
			if err != nil {
				said[k] = err.Error()
				failed++
			} else {
				n, _ := res.RowsAffected()
				said[k] = fmt.Sprint(n)
			}
			if k == 1 && strings.Contains(said[k], "Error 1235") {
				refused++
				said[0] = said[1]
				break
			}
			said[k] += fmt.Sprint(warnings(t, conns[k]))
		}
		require.Equal(t, said[0], said[1], "%d: %s", i, stmt)
		if i%20 == 19 {
			require.Equal(t, contents(t, conns[0], rows), contents(t, conns[1], rows), "after %d: %s", i, stmt)
		}
	}
	t.Logf("%d failed, %d of them were refused", failed, refused)
	require.Greater(t, failed-refused, 100, "too few statements meet a duplicate to prove anything")
}

// randomWrite is a statement whose values often meet.
func randomWrite(r *rand.Rand) string {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	tenant := func() string { return one("'a'", "'b'") }
	code := func() string {
		return one("'p'", "'P'", "'q'", "'q '", "'r'", "'é'", "'e'", "'s'", "'t'", "NULL", "5", "'5'")
	}
	row := func() string {
		return fmt.Sprintf("('%d', %s, %s, %d, %s, 0)", r.IntN(30), tenant(), code(), r.IntN(6), one("'x'", "'X'", "'y'", "'y  '", "NULL", "'too long'"))
	}
	rows := row()
	for range r.IntN(3) {
		rows += ", " + row()
	}
	where := fmt.Sprintf(" WHERE tenant_id = %s AND id = '%d'", tenant(), r.IntN(30))
	switch r.IntN(17) {
	case 0, 1, 2, 3:
		return "INSERT INTO t (id, tenant_id, code, a, b, v) VALUES " + row()
	case 4, 5:
		return "INSERT INTO t VALUES " + row() + ", " + row() + ", " + row()
	case 6:
		return "UPDATE t SET code = " + code() + where
	case 7:
		return fmt.Sprintf("UPDATE t SET a = %d, b = %s%s", r.IntN(6), one("'x'", "'z'"), where)
	case 8:
		return "DELETE FROM t" + where
	case 9:
		return "DELETE FROM t WHERE code = " + one("'p'", "'q'", "'E'") // a number would be compared with all texts
	case 14:
		return "INSERT INTO t SET id = '" + fmt.Sprint(r.IntN(30)) + "', tenant_id = " + tenant() + ", code = " + code()
	case 11:
		return "INSERT IGNORE INTO t VALUES " + rows
	case 12:
		return "REPLACE INTO t VALUES " + rows
	case 13:
		return "INSERT INTO t VALUES " + rows + " ON DUPLICATE KEY UPDATE v = v + 1"
	case 10:
		return "UPDATE t SET v = v + 1 WHERE a = " + fmt.Sprint(r.IntN(6))
	}
	return one("BEGIN", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s")
}

// warnings are what SHOW WARNINGS has to say.
func warnings(t *testing.T, c *sql.Conn) (out []string) {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), "SHOW WARNINGS")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var v [3]string
		require.NoError(t, rows.Scan(&v[0], &v[1], &v[2]))
		out = append(out, fmt.Sprint(v))
	}
	require.NoError(t, rows.Err())
	return out
}

// contents are all rows of a query.
func contents(t *testing.T, c *sql.Conn, query string) []string {
	t.Helper()
	rows, err := c.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	var out []string
	for rows.Next() {
		var v [6]sql.NullString
		require.NoError(t, rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5]))
		out = append(out, fmt.Sprint(v))
	}
	require.NoError(t, rows.Err())
	return out
}
