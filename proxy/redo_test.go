package proxy_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const redoSchema = `CREATE TABLE t (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;
CREATE TABLE numbered (id INT NOT NULL AUTO_INCREMENT, tenant_id VARCHAR(36) NOT NULL, PRIMARY KEY (id)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE stamped (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), u VARCHAR(36)) COLLATE utf8mb4_unicode_ci;
`

// redoing is a group behind Sluice whose connections can be cut.
type redoing struct {
	*bed
	server *mysqltest.Server
	cutAt  *atomic.Pointer[string] // the connection that is sent this is cut instead, once
	muteAt *atomic.Pointer[string] // the connection that is sent this is cut when it is answered, once
}

func newRedoing(t *testing.T) *redoing {
	t.Helper()
	servers := mysqltest.StartGroup(t, 1, mysqltest.Options{})
	require.NoError(t, servers[0].Exec(t.Context(), "CREATE DATABASE app_0", "USE app_0; "+redoSchema, "CREATE DATABASE other"))
	r := &redoing{server: servers[0], cutAt: &atomic.Pointer[string]{}, muteAt: &atomic.Pointer[string]{}}
	holds := func(p []byte, at *atomic.Pointer[string]) bool {
		mark := at.Load()
		return mark != nil && bytes.Contains(p, []byte(*mark)) && at.CompareAndSwap(mark, nil)
	}
	front := betweenBoth(t, servers[0], func() (sent, answered func([]byte) bool) {
		var mute atomic.Bool
		sent = func(p []byte) bool {
			if holds(p, r.muteAt) {
				mute.Store(true)
			}
			return !holds(p, r.cutAt)
		}
		return sent, func([]byte) bool { return !mute.Load() }
	})
	r.bed = startBed(t, servers[0], redoSchema, fmt.Sprintf(`version: 1
database: saas
listen: [{address: "127.0.0.1:0"}]
schema: [t.sql]
users:
  - {name: root, password: "", hosts: [127.0.0.0/8]}
  - {name: again, password: "", hosts: [127.0.0.0/8], replay: true}
  - {name: known, password: "", hosts: [127.0.0.0/8], commit: known}
groups:
  g0: {primary: %q, replicas: [%q], reads: {consistency: strong}, user: root, password: "", tls: disabled}
databases:
  app:
    shards: [{name: app-0, group: g0, schema: app_0}]
    tables: {t: {kind: sharded, key: tenant_id}, numbered: {kind: sharded, key: tenant_id}, stamped: {kind: sharded, key: tenant_id}}
limits: {replay_statements: 20, replay_bytes: 4KiB}
`, front.Addr(), servers[1].Addr()))
	return r
}

// lose kills what the primary has of all open transactions, and waits until it is gone.
func (r *redoing) lose() {
	r.Helper()
	time.Sleep(150 * time.Millisecond) // for as long InnoDB shows the same list again
	db := r.server.Open(r.T, "")
	rows, err := db.Query("SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_mysql_thread_id > 0")
	require.NoError(r, err)
	var ids []string
	for rows.Next() {
		var id string
		require.NoError(r, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(r, rows.Err())
	require.NotEmpty(r, ids, "no transaction is open")
	for _, id := range ids {
		_, _ = db.Exec("KILL " + id)
	}
	require.Eventually(r, func() bool {
		var n int
		require.NoError(r, db.QueryRow("SELECT COUNT(*) FROM information_schema.processlist WHERE id IN ("+strings.Join(ids, ",")+")").Scan(&n))
		return n == 0
	}, 10*time.Second, 5*time.Millisecond)
}

// cutting makes the next connection that is sent a mark break before its server has it.
func (r *redoing) cutting(mark string) { r.cutAt.Store(&mark) }

// muting makes the next connection that is sent a mark break when its server answers.
func (r *redoing) muting(mark string) { r.muteAt.Store(&mark) }

// directly runs statements past Sluice, as other clients' transactions do.
func (r *redoing) directly(statements ...string) {
	r.Helper()
	require.NoError(r, r.server.Exec(r.Context(), append([]string{"USE app_0"}, statements...)...))
}

func (r *redoing) again() *diff.Conn {
	r.Helper()
	c := r.connect()
	r.do(c, "SET sluice_replay = 1")
	return c
}

func (r *redoing) outcome(name string) string {
	for _, line := range r.metrics("sluice_transactions_replayed_total") {
		if text, ok := strings.CutPrefix(line, "group=g0 outcome="+name+" "); ok {
			return text
		}
	}
	return "0"
}

// TestRedo loses the server of a transaction, which is then run again.
func TestRedo(t *testing.T) {
	r := newRedoing(t)
	for _, c := range []struct {
		name    string
		f       func(*redoing)
		outcome string // counted once; empty: nothing is
	}{
		{"goes on", redoGoesOn, "replayed"},
		{"is not asked for", redoNotAskedFor, ""},
		{"asked for by the user", redoOfUser, "replayed"},
		{"another has changed a row", redoChanged, "differs"},
		{"another has changed a row and back", redoChangedBack, "replayed"},
		{"another has taken an id", redoNumbered, "differs"},
		{"ids are the same", redoNumberedSame, "replayed"},
		{"lost before COMMIT", redoCommit, "replayed"},
		{"the answer to COMMIT is lost", redoUnknownCommit, ""},
		{"the first statement is lost", redoFirst, "begun"},
		{"savepoints, errors, warnings", redoSavepoints, "replayed"},
		{"without autocommit", redoWithoutAutocommit, "replayed"},
		{"prepared statements", redoPrepared, "replayed"},
		{"times are the first ones", redoTimes, "replayed"},
		{"a time that was seen", redoSeenTime, "differs"},
		{"a COMMIT ends what is remembered", redoAfterCommit, "replayed"},
		{"read only", redoReadOnly, "replayed"},
		{"too many statements", redoTooMany, "size"},
		{"a reply that is too long", redoTooLong, "size"},
		{"a table that is not InnoDB", redoMyISAM, "tables"},
		{"isolation", redoIsolation, "differs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &redoing{bed: &bed{T: t, server: r.server, srv: r.srv, addr: r.addr, file: r.file}, server: r.server, cutAt: r.cutAt, muteAt: r.muteAt}
			r.directly("DELETE FROM t", "DELETE FROM stamped", "TRUNCATE numbered", "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1), ('a2', 'a', 2)")
			before := r.metrics("sluice_transactions_replayed_total")
			n := r.outcome(c.outcome)
			c.f(r)
			if c.outcome == "" {
				require.Equal(t, before, r.metrics("sluice_transactions_replayed_total"))
			} else {
				require.NotEqual(t, n, r.outcome(c.outcome), "%v", r.metrics("sluice_transactions_replayed_total"))
			}
			r.idle()
		})
	}
}

const sumOfA = "SELECT SUM(v) FROM t WHERE tenant_id = 'a'"

func redoGoesOn(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "SELECT id, v FROM t WHERE tenant_id = 'a' ORDER BY id FOR UPDATE", "UPDATE t SET v = v + 10 WHERE tenant_id = 'a'",
		"INSERT INTO t (id, tenant_id, v) VALUES ('a3', 'a', 3)")
	r.lose()
	require.Equal(r, "26", r.cell(c, sumOfA))
	require.Equal(r, "3", r.cell(r.connect(), sumOfA), "it is not committed")
	r.do(c, "DELETE FROM t WHERE tenant_id = 'a' AND id = 'a2'")
	r.lose() // once more: what came after the first time is remembered, too
	r.do(c, "COMMIT")
	require.Equal(r, "14", r.cell(r.connect(), sumOfA))
}

func redoNotAskedFor(r *redoing) {
	c := r.connect()
	r.do(c, "BEGIN", "UPDATE t SET v = 5 WHERE tenant_id = 'a'")
	r.lose()
	r.fails(c, 1213, sumOfA)
	require.Equal(r, "3", r.cell(c, sumOfA))
}

func redoOfUser(r *redoing) {
	c, err := diff.Connect(diff.Target{Addr: r.addr, User: "again", Database: "app"}, 0)
	require.NoError(r, err)
	defer c.Close()
	r.do(c, "BEGIN", "UPDATE t SET v = 5 WHERE tenant_id = 'a'")
	r.lose()
	require.Equal(r, "10", r.cell(c, sumOfA))
	r.do(c, "ROLLBACK", "SET sluice_replay = off", "BEGIN", "UPDATE t SET v = 5 WHERE tenant_id = 'a'")
	r.lose()
	r.fails(c, 1213, sumOfA)
	r.do(c, "SET sluice_replay = DEFAULT")
	r.fails(c, 1231, "SET sluice_replay = 'perhaps'")
}

func redoChanged(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN")
	require.Equal(r, "3", r.cell(c, sumOfA))
	r.do(c, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a' AND id = 'a1'")
	r.lose()
	r.directly("UPDATE t SET v = 7 WHERE id = 'a2'")
	r.fails(c, 1213, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a' AND id = 'a2'")
	require.Equal(r, "8", r.cell(r.connect(), sumOfA), "nothing of it is there")
	r.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "COMMIT")
	require.Equal(r, "10", r.cell(c, sumOfA), "the session goes on")
}

func redoChangedBack(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", sumOfA, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a' AND id = 'a1'")
	r.lose()
	r.directly("UPDATE t SET v = 7 WHERE id = 'a2'", "UPDATE t SET v = 2 WHERE id = 'a2'")
	r.do(c, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a' AND id = 'a2'", "COMMIT")
	require.Equal(r, "5", r.cell(r.connect(), sumOfA))
}

func redoNumbered(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "INSERT INTO numbered (tenant_id) VALUES ('a')")
	r.lose()
	r.directly("INSERT INTO numbered (id, tenant_id) VALUES (20, 'b')")
	r.fails(c, 1213, "SELECT LAST_INSERT_ID()")
}

func redoNumberedSame(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "INSERT INTO numbered (id, tenant_id) VALUES (7, 'a')", "INSERT INTO numbered (tenant_id) VALUES ('a')")
	require.Equal(r, "8", r.cell(c, "SELECT LAST_INSERT_ID()"))
	r.do(c, "ROLLBACK")
	r.directly("TRUNCATE numbered")
	r.do(c, "BEGIN", "INSERT INTO numbered (id, tenant_id) VALUES (7, 'a')")
	r.lose()
	r.directly("TRUNCATE numbered") // the counter is where it was
	require.Equal(r, "8", r.cell(c, "SELECT LAST_INSERT_ID()"), "that of the transaction before")
	r.do(c, "INSERT INTO numbered (tenant_id) VALUES ('a')", "COMMIT")
	require.Equal(r, "7,8", r.cell(r.connect(), "SELECT GROUP_CONCAT(id ORDER BY id) FROM numbered WHERE tenant_id = 'a'"))
}

func redoCommit(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	r.lose()
	r.do(c, "COMMIT")
	require.Equal(r, "5", r.cell(r.connect(), sumOfA))
}

// redoUnknownCommit: the connection breaks when COMMIT is sent. Here it never arrives, but
// nobody can know that.
func redoUnknownCommit(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	r.cutting("commit work")
	require.Contains(r, r.fails(c, 1429, "commit work").Message, "look before you repeat it")
	require.Equal(r, "3", r.cell(r.connect(), sumOfA), "it has not been carried out by Sluice")
	r.do(c, "UPDATE t SET v = 5 WHERE tenant_id = 'a'")
	require.Equal(r, "10", r.cell(r.connect(), sumOfA), "the session goes on, and no transaction is open")
	r.do(c, "BEGIN", "UPDATE t SET v = 6 WHERE tenant_id = 'a'")
	r.cutting("commit and chain")
	r.fails(c, 1429, "commit and chain")
	_, err := c.Query("SELECT 1")
	require.Error(r, err, "the client believes that a transaction is open")
}

func redoFirst(r *redoing) {
	c := r.again()
	for _, begin := range []string{"BEGIN", "SET autocommit = 0"} {
		r.do(c, begin)
		r.cutting("'cut'")
		require.Equal(r, "1", r.cell(c, "SELECT v, 'cut' FROM t WHERE tenant_id = 'a' AND id = 'a1'"))
		r.do(c, "ROLLBACK", begin)
		r.cutting("v + 30")
		r.do(c, "UPDATE t SET v = v + 30 WHERE tenant_id = 'a'")
		require.Equal(r, "3", r.cell(r.connect(), sumOfA), "it is not committed")
		require.Equal(r, "63", r.cell(c, sumOfA))
		r.do(c, "ROLLBACK")
	}
	db, err := sql.Open("mysql", "root@tcp("+r.addr+")/app")
	require.NoError(r, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("SET sluice_replay = 1")
	require.NoError(r, err)
	tx, err := db.Begin()
	require.NoError(r, err)
	r.cutting("30")
	_, err = tx.Exec("UPDATE t SET v = v + ? WHERE tenant_id = ?", "30", "a")
	require.NoError(r, err)
	require.NoError(r, tx.Rollback())
}

func redoSavepoints(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "SAVEPOINT early", "UPDATE t SET v = v + 10 WHERE tenant_id = 'a' AND id = 'a1'", "SAVEPOINT one")
	r.fails(c, 1062, "INSERT INTO t (id, tenant_id) VALUES ('a1', 'a')")
	r.do(c, "INSERT IGNORE INTO t (id, tenant_id) VALUES ('a1', 'a'), ('a3', 'a')", "SAVEPOINT two", "DELETE FROM t WHERE tenant_id = 'a'", "ROLLBACK TO two")
	r.lose()
	r.do(c, "RELEASE SAVEPOINT two")
	require.Equal(r, "13", r.cell(c, sumOfA))
	r.lose()
	r.do(c, "ROLLBACK TO SAVEPOINT one")
	require.Equal(r, "13", r.cell(c, sumOfA))
	r.fails(c, 1305, "ROLLBACK TO two")
	r.lose()
	r.do(c, "ROLLBACK TO early")
	require.Equal(r, "3", r.cell(c, sumOfA))
	r.do(c, "COMMIT")
}

func redoWithoutAutocommit(r *redoing) {
	c := r.again()
	r.do(c, "SET autocommit = 0, sql_mode = 'ANSI_QUOTES', @by = 10", "SELECT 1", `UPDATE "t" SET v = v + @by WHERE tenant_id = 'a'`)
	r.lose()
	require.Equal(r, "23", r.cell(c, sumOfA))
	r.do(c, "COMMIT")
	require.Equal(r, "23", r.cell(r.connect(), sumOfA))
}

func redoPrepared(r *redoing) {
	db, err := sql.Open("mysql", "root@tcp("+r.addr+")/app")
	require.NoError(r, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("SET sluice_replay = 1")
	require.NoError(r, err)
	tx, err := db.Begin()
	require.NoError(r, err)
	var v int
	require.NoError(r, tx.QueryRow("SELECT v FROM t WHERE tenant_id = ? AND id = ? FOR UPDATE", "a", "a1").Scan(&v))
	require.Equal(r, 1, v)
	update, err := tx.Prepare("UPDATE t SET v = v + ? WHERE tenant_id = ? AND id = ?")
	require.NoError(r, err)
	_, err = update.Exec(100, "a", "a1")
	require.NoError(r, err)
	r.lose()
	_, err = update.Exec(1000, "a", "a2")
	require.NoError(r, err)
	require.NoError(r, tx.QueryRow("SELECT SUM(v) FROM t WHERE tenant_id = ?", "a").Scan(&v))
	require.Equal(r, 1103, v)
	r.lose()
	require.NoError(r, tx.Commit())
	require.Equal(r, "1103", r.cell(r.connect(), sumOfA))
}

func redoTimes(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "INSERT INTO stamped (id, tenant_id, u) VALUES ('s', 'a', UUID())")
	first := time.Now()
	time.Sleep(1500 * time.Millisecond)
	r.lose()
	r.do(c, "INSERT INTO stamped (id, tenant_id) VALUES ('later', 'a')", "COMMIT")
	at := func(id string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04:05.999999", r.cell(c, "SELECT at FROM stamped WHERE tenant_id = 'a' AND id = '"+id+"'"), time.Local)
		require.NoError(r, err)
		return v
	}
	require.Less(r, at("s").Sub(first).Abs(), time.Second)
	require.Greater(r, at("later").Sub(at("s")), time.Second)
	require.Equal(r, "1", r.cell(c, "SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(), SYSDATE())) < 2"), "the clock goes on")
}

func redoSeenTime(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "SELECT NOW(6) FROM t WHERE tenant_id = 'a'")
	r.lose()
	r.fails(c, 1213, sumOfA)
}

func redoAfterCommit(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "COMMIT", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'",
		"BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'", "ROLLBACK", "BEGIN", "UPDATE t SET v = v + 100 WHERE tenant_id = 'a'")
	r.lose()
	r.do(c, "COMMIT")
	require.Equal(r, "207", r.cell(c, sumOfA))
}

func redoReadOnly(r *redoing) {
	c := r.again()
	r.do(c, "SET sluice_consistency = 'strong'", "START TRANSACTION READ ONLY")
	require.Equal(r, "3", r.cell(c, sumOfA))
	r.lose()
	require.Equal(r, "3", r.cell(c, sumOfA))
	r.fails(c, 1792, "UPDATE t SET v = 0 WHERE tenant_id = 'a'")
	r.do(c, "COMMIT")
}

func redoTooMany(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN")
	for range 21 {
		r.do(c, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	}
	r.lose()
	r.fails(c, 1213, sumOfA)
}

func redoTooLong(r *redoing) {
	c := r.again()
	r.do(c, "BEGIN", "SELECT REPEAT('x', 1500), id FROM t WHERE tenant_id = 'a'")
	r.lose()
	require.Equal(r, "3", r.cell(c, sumOfA))
	r.do(c, "SELECT REPEAT('x', 3000), id FROM t WHERE tenant_id = 'a'")
	r.lose()
	r.fails(c, 1213, sumOfA)
}

func redoMyISAM(r *redoing) {
	r.directly("CREATE TABLE other.kept (id INT) ENGINE = MyISAM")
	defer r.directly("DROP TABLE other.kept")
	c := r.again()
	r.do(c, "BEGIN", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	r.lose()
	r.fails(c, 1213, sumOfA)
}

// redoIsolation: what the transaction read would be read differently now, though what it
// has changed is as it was.
func redoIsolation(r *redoing) {
	c := r.again()
	r.do(c, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN")
	require.Equal(r, "2", r.cell(c, "SELECT COUNT(*) FROM t WHERE tenant_id = 'a'"))
	r.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a3', 'a', 3)")
	r.lose()
	r.directly("INSERT INTO t (id, tenant_id, v) VALUES ('a4', 'a', 4)")
	r.fails(c, 1213, "COMMIT")
	require.Equal(r, "7", r.cell(r.connect(), sumOfA))
}

// TestNoRedo: transactions that have done what a reply does not show, or that rows do not
// hold, are not run again.
func TestNoRedo(t *testing.T) {
	r := newRedoing(t)
	const update = "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'"
	for _, statements := range [][]string{
		{"BEGIN", update, "SET @a = (SELECT v FROM t WHERE tenant_id = 'a' AND id = 'a1')", update},
		{"BEGIN", "INSERT INTO stamped (id, tenant_id, at) VALUES ('s', 'a', SYSDATE(6))"},
		{"BEGIN", "INSERT INTO stamped (id, tenant_id, u) VALUES ('s', 'a', UUID_SHORT())"},
		{"BEGIN", update, "SET SESSION sql_mode = ''"},
		{"BEGIN", update, "UPDATE t SET v = LAST_INSERT_ID(v + 1) WHERE tenant_id = 'a' AND id = 'a1'"},
		{"BEGIN", update, "SELECT IS_FREE_LOCK('l')"},
		{"START TRANSACTION WITH CONSISTENT SNAPSHOT", update},
		{"BEGIN", update, "SET sluice_replay = 0", update, "SET sluice_replay = 1", update},
		{"SET sluice_replay = 0", "BEGIN", update, "SET sluice_replay = 1", update},
		{"BEGIN", update, "COMMIT AND CHAIN", update},
		{"BEGIN", update, "BEGIN", update},
	} {
		t.Run(statements[len(statements)-2]+" "+statements[len(statements)-1], func(t *testing.T) {
			r := &redoing{bed: &bed{T: t, server: r.server, srv: r.srv, addr: r.addr, file: r.file}, server: r.server, cutAt: r.cutAt, muteAt: r.muteAt}
			r.directly("DELETE FROM t", "DELETE FROM stamped", "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1), ('a2', 'a', 2)")
			c := r.again()
			r.do(c, statements...)
			r.lose()
			r.fails(c, 1213, "DELETE FROM t WHERE tenant_id = 'a'")
			require.Equal(t, "0", r.outcome("replayed"))
			r.idle()
		})
	}
}
