package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

const keepAll = "cache: {size: 16MiB, rules: [{class: hot}]}\n"

// queries is how many statements a server has been sent.
func queries(t *testing.T, server *mysqltest.Server, what string) int {
	t.Helper()
	db, err := server.DB("")
	require.NoError(t, err)
	var name string
	var n int
	require.NoError(t, db.QueryRow("SHOW GLOBAL STATUS LIKE '"+what+"'").Scan(&name, &n))
	return n
}

// selects is how many SELECTs of the test's table a server runs while f runs.
func (b *bed) selects(f func()) int {
	b.Helper()
	before := queries(b.T, b.server, "Innodb_rows_read")
	f()
	return queries(b.T, b.server, "Innodb_rows_read") - before
}

// unread reports whether a server reads no row while f runs. Sluice itself reads rows now
// and then, of its own tables, and a Sluice that finishes the transactions of another puts
// everything out of date: f runs again where that may be why rows were read, which is where
// it asked for nothing that was not kept, or where something else than a write has put
// replies out of date.
func (b *bed) unread(f func()) bool {
	b.Helper()
	for again := 0; ; again++ {
		surprises, missed := b.asked()
		n := b.selects(f)
		surprisesNow, missedNow := b.asked()
		if n == 0 || surprises == surprisesNow && missed != missedNow || again == 5 {
			return n == 0
		}
	}
}

// hit reports whether a reply is found in this process while f runs.
func (b *bed) hit(f func()) bool {
	b.Helper()
	hits := func() (n uint64) {
		for _, c := range b.state2().(proxy.CacheStats).Tables {
			n += c.Hits
		}
		return n
	}
	before := hits()
	f()
	return hits() != before
}

// asked counts what has put replies out of date that is no write, and the questions whose
// replies were not kept.
func (b *bed) asked() (surprises, missed uint64) {
	st := b.state2().(proxy.CacheStats)
	for cause, n := range st.Causes {
		if cause != "write" {
			surprises += n
		}
	}
	for _, c := range st.Tables {
		missed += c.Misses + c.Dropped + c.Untrusted + c.Refreshes
	}
	return surprises, missed
}

func TestReplies(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	for name, f := range map[string]func(*bed){
		"a second ask costs no server": keptReply, "writes": keptAndWritten, "transactions": keptInTransactions,
		"not everything is kept": notKept, "text and binary": keptBinary, "one fetch for all": oneFetch,
		"formats": keptFormats, "no tenant answers another": keptApart, "no parameter answers another": keptApartPrepared, "triggers and cascades": keptEffects,
		"many numbers": keptNumbers, "seeing and flushing": keptSeen, "a hint": keptByHint,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBed(t, server, "max: 50", keepAll+"limits: {slow: 0s}\n")
			b.do(b.connect(), "DELETE FROM t WHERE tenant_id = 'a'", "DELETE FROM t WHERE tenant_id = 'b'",
				"INSERT INTO t (id, tenant_id) VALUES ('a1', 'a'), ('a2', 'a')", "INSERT INTO t (id, tenant_id) VALUES ('b1', 'b')")
			f(b)
		})
	}
}

// kept reports whether a query is answered without reading a row.
func (b *bed) kept(c *diff.Conn, sql string) bool {
	b.Helper()
	b.do(c, sql)
	return b.unread(func() { b.do(c, sql) })
}

const ofA = "SELECT id, v FROM t WHERE tenant_id = 'a' ORDER BY id"

func keptReply(b *bed) {
	c, other := b.connect(), b.connect()
	first, err := c.Query(ofA)
	require.NoError(b, err)
	require.True(b, b.unread(func() {
		for range 5 {
			again, err := other.Query(ofA)
			require.NoError(b, err)
			require.Equal(b, first, again)
		}
	}))
	require.Equal(b, "2", b.cell(other, "SELECT FOUND_ROWS()"))
	require.True(b, b.unread(func() { b.do(c, ofA) }))
	require.Equal(b, "-1", b.cell(c, "SELECT ROW_COUNT()"))
}

func keptAndWritten(b *bed) {
	c, other := b.connect(), b.connect()
	ofB := strings.ReplaceAll(ofA, "'a'", "'b'")
	all := "SELECT COUNT(*) FROM t"
	for i, sql := range []string{
		"UPDATE t SET v = %d WHERE tenant_id = 'a' AND id = 'a1'",
		"UPDATE t SET v = %d WHERE id = 'a1'",
		"UPDATE t SET v = %d",
		"INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 0) ON DUPLICATE KEY UPDATE v = %d",
		"REPLACE INTO t (id, tenant_id, v) VALUES ('a1', 'a', %d)",
		"INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 0), ('b1', 'b', 0) ON DUPLICATE KEY UPDATE v = %d",
		"UPDATE t SET v = %d WHERE tenant_id IN ('a', 'b')",
	} {
		b.do(c, ofA, ofB, all)
		b.do(other, fmt.Sprintf(sql, i+1))
		a, err := c.Query(ofA)
		require.NoError(b, err)
		require.Equal(b, strconv.Itoa(i+1), a[0].Rows[0][1], sql)
	}
	b.do(c, ofA, ofB)
	b.do(other, "UPDATE t SET v = 99 WHERE tenant_id = 'b'")
	require.True(b, b.unread(func() { b.do(c, ofA) }), "a write of another tenant")
	require.NotZero(b, b.selects(func() { b.do(c, ofB) }))
	// A row of another tenant is replaced, because its key is the same.
	b.do(c, "INSERT INTO t (id, tenant_id) VALUES ('a9', 'a')", ofA)
	b.do(other, "UPDATE t SET tenant_id = 'a' WHERE tenant_id = 'a' AND id = 'a9'")
	b.do(c, ofA)
	b.do(other, "DELETE FROM t WHERE tenant_id = 'a' AND id = 'a9'")
	a, err := c.Query(ofA)
	require.NoError(b, err)
	require.Len(b, a[0].Rows, 2)
}

func keptInTransactions(b *bed) {
	c, other := b.connect(), b.connect()
	value := func(c *diff.Conn) string { return b.cell(c, "SELECT v FROM t WHERE tenant_id = 'a' AND id = 'a1'") }
	n := 100
	for _, end := range [][]string{
		{"COMMIT"}, {"BEGIN", "COMMIT"}, {"COMMIT AND CHAIN", "COMMIT"}, {"SET autocommit = 0", "SET autocommit = 1"},
		{"SET autocommit = 0", "COMMIT", "SET autocommit = 1"}, {"COMMIT RELEASE"},
	} {
		n++
		require.Equal(b, value(other), value(other))
		w := b.connect()
		b.do(w, "BEGIN", fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a' AND id = 'a1'", n))
		require.Equal(b, strconv.Itoa(n), value(w), "its own write")
		require.NotEqual(b, strconv.Itoa(n), value(c), "not committed")
		for i, sql := range end {
			b.do(w, sql)
			if i == 0 && !strings.HasPrefix(sql, "SET") {
				require.Equal(b, strconv.Itoa(n), value(c), sql)
			}
		}
		require.Equal(b, map[bool]string{true: strconv.Itoa(n)}[true], value(c), "%v", end)
		require.Equal(b, strconv.Itoa(n), value(other))
	}
	w := b.connect()
	b.do(w, "BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'a'", "UPDATE t SET v = 1 WHERE tenant_id = 'b'")
	before := value(c)
	b.do(w, "ROLLBACK")
	require.Equal(b, before, value(c))
	b.do(w, "BEGIN", "UPDATE t SET v = 7 WHERE tenant_id = 'a'", "UPDATE t SET v = 7 WHERE tenant_id = 'b'")
	require.Equal(b, before, value(c))
	b.do(w, "COMMIT")
	require.Equal(b, "7", value(c))
	b.do(w, "SET autocommit = 0", "UPDATE t SET v = 8 WHERE tenant_id = 'a'")
	require.Equal(b, "7", value(c))
	b.do(w, "COMMIT")
	require.Equal(b, "8", value(c))
	b.do(w, "UPDATE t SET v = 9 WHERE tenant_id = 'a'; SELECT 1; COMMIT; SELECT 2")
	require.Equal(b, "9", value(c))
}

func notKept(b *bed) {
	c := b.connect()
	b.do(c, "SET @x = 1")
	for _, sql := range []string{
		"SELECT id, NOW() FROM t WHERE tenant_id = 'a'", "SELECT id, RAND() FROM t WHERE tenant_id = 'a'", "SELECT id, UUID() FROM t WHERE tenant_id = 'a'",
		"SELECT id, CONNECTION_ID() FROM t WHERE tenant_id = 'a'", "SELECT id, CURRENT_TIMESTAMP FROM t WHERE tenant_id = 'a'",
		"SELECT id FROM t WHERE tenant_id = 'a' AND v < @x", "SELECT id, @@sql_mode FROM t WHERE tenant_id = 'a'",
		"SELECT id FROM t WHERE tenant_id = 'a' FOR UPDATE", "SELECT id FROM t WHERE tenant_id = 'a' LOCK IN SHARE MODE",
		"SELECT SQL_NO_CACHE id FROM t WHERE tenant_id = 'a'", "SELECT id, LAST_INSERT_ID() FROM t WHERE tenant_id = 'a'",
		"SELECT id, CAST('10:00' AS TIME) FROM t WHERE tenant_id = 'a'", "SELECT id, 1/0 FROM t WHERE tenant_id = 'a' AND CAST('x' AS SIGNED) = 0",
		"SELECT id FROM t WHERE tenant_id = 'a'; SELECT 1", "SELECT SQL_CALC_FOUND_ROWS id FROM t WHERE tenant_id = 'a'",
	} {
		require.False(b, b.kept(c, sql), sql)
	}
	for _, sql := range []string{
		ofA, "SELECT COUNT(*), MAX(v), GROUP_CONCAT(id) FROM t WHERE tenant_id = 'a'", "(SELECT id FROM t WHERE tenant_id = 'a') UNION SELECT 'x' FROM t WHERE tenant_id = 'a'",
		"WITH x AS (SELECT * FROM t WHERE tenant_id = 'a') SELECT id FROM x", "SELECT 1 FROM t WHERE tenant_id = 'a' AND id = 'nobody'",
		"SELECT DATE_FORMAT('2026-01-01', '%Y'), IF(v > 1, 'x', id) FROM t WHERE tenant_id = 'a' AND id IN ('a1', 'a2') AND v BETWEEN 0 AND 9999",
		"SELECT x.id FROM t x JOIN t y ON x.id = y.id WHERE x.tenant_id = 'a' AND y.tenant_id = 'a'", "SELECT app.t.id, DATABASE() FROM app.t WHERE t.tenant_id = 'a'",
	} {
		require.True(b, b.kept(c, sql), sql)
	}
	b.do(c, "BEGIN")
	require.False(b, b.kept(c, ofA), "in a transaction")
	b.do(c, "COMMIT")
	require.True(b, b.kept(c, ofA))
	long := "SELECT REPEAT('x', 60000), id FROM t WHERE tenant_id = 'a'"
	require.False(b, b.kept(c, long), "too long")
}

// keptBinary compares what prepared statements answer with and without the cache.
func keptBinary(b *bed) {
	c, other := b.connect(), b.connect()
	b.do(c, ofA)
	id := b.prepare(c, strings.ReplaceAll(ofA, "'a'", "?"))
	run := func(c *diff.Conn, id uint32, v string) [][]byte {
		p := append(wire.AppendUint32(nil, id), 0, 1, 0, 0, 0, 0, 1, byte(wire.TypeVarString), 0)
		p = append(append(p, byte(len(v))), v...)
		c.WriteCommand(wire.ComStmtExecute, p)
		require.NoError(b, c.Flush())
		var out [][]byte
		for _, p := range b.packets(c) {
			out = append(out, append([]byte(nil), p...))
		}
		return out
	}
	first := run(c, id, "a")
	id2 := b.prepare(other, strings.ReplaceAll(ofA, "'a'", "?"))
	require.True(b, b.unread(func() {
		require.Equal(b, first, run(c, id, "a"))
		require.Equal(b, first, run(other, id2, "a"))
	}))
	require.NotEqual(b, first, run(other, id2, "b"))
	b.do(other, "UPDATE t SET v = v + 1 WHERE tenant_id = 'a'")
	require.NotEqual(b, first, run(c, id, "a"))
	require.NotEqual(b, first, run(other, id2, "b"))
}

// oneFetch lets a thousand clients ask for one reply that nobody has.
func oneFetch(b *bed) {
	const clients = 1000
	sql := "SELECT id, BENCHMARK_FREE FROM (SELECT id, v AS BENCHMARK_FREE FROM t WHERE tenant_id = 'a') x WHERE id = 'a1'"
	conns := make([]*diff.Conn, clients)
	for i := range conns {
		conns[i] = b.connect()
	}
	b.do(conns[0], sql)
	rows := func(ask func()) (n int, missed uint64, surprised bool) {
		surprises, before := b.asked()
		n = b.selects(func() {
			b.do(conns[0], "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'a' AND id = 'a2'")
			ask()
		})
		surprisesNow, now := b.asked()
		return n, now - before, surprises != surprisesNow
	}
	all := func() {
		var wg sync.WaitGroup
		start := make(chan struct{})
		var failed atomic.Int64
		for _, c := range conns {
			wg.Go(func() {
				<-start
				if _, err := c.Query(sql); err != nil {
					failed.Add(1)
				}
			})
		}
		close(start)
		wg.Wait()
		require.Zero(b, failed.Load())
	}
	for again := 0; ; again++ { // Sluice reads rows of its own now and then
		want, _, _ := rows(func() { b.do(conns[0], sql) })
		got, missed, surprised := rows(all)
		require.True(b, missed == 1 || surprised, "%d replies were fetched", missed)
		if want == got && missed == 1 {
			return
		}
		require.Less(b, again, 5, "%d rows read for one fetch, and %d by a thousand clients", want, got)
	}
}

// keptFormats asks for the same rows as clients that read replies in different ways.
func keptFormats(b *bed) {
	for range 2 {
		var rows [][]string
		for _, caps := range []wire.Capability{wire.ClientMultiStatements, 0, wire.ClientFoundRows, wire.ClientSessionTrack} {
			c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: b.addr, User: "root", Database: "app"}, caps)
			require.NoError(b, err)
			for range 2 {
				a, err := c.Query(ofA)
				require.NoError(b, err)
				if rows == nil {
					rows = a[0].Rows
				}
				require.Equal(b, rows, a[0].Rows)
			}
			_ = c.Close()
		}
	}
	c := b.connect()
	a, err := c.Query("SELECT 1; SELECT 2; " + ofA)
	require.NoError(b, err)
	require.Len(b, a, 3)
	require.Len(b, a[2].Rows, 2)
	b.do(c, "SET NAMES latin1")
	a, err = c.Query(ofA)
	require.NoError(b, err)
	require.Equal(b, uint16(8), a[0].Columns[0].Charset)
	b.do(c, "SET NAMES utf8mb4", "USE saas")
	a, err = c.Query(ofA)
	require.NoError(b, err)
	require.Equal(b, "saas", a[0].Columns[0].Schema)
}

// neighbours gives several tenants, of whom some are on one shard, rows with a value each.
func (b *bed) neighbours(c *diff.Conn) map[string]string {
	b.Helper()
	of := map[string]string{}
	for i, tenant := range []string{"a", "b", "c", "d", "e", "f"} {
		of[tenant] = fmt.Sprint(i + 1)
		b.do(c, fmt.Sprintf("REPLACE INTO t (id, tenant_id) VALUES ('%s1', '%s')", tenant, tenant), fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = '%s'", i+1, tenant))
	}
	return of
}

// charsets are those in which sessions of the fuzz speak.
var charsets = []string{"utf8mb4", "latin1", "gbk", "utf8mb4 COLLATE utf8mb4_bin"}

// spellings of a tenant's name: case, padding, introducers, hexadecimal, escapes.
func spellings(tenant string) []string {
	upper := strings.ToUpper(tenant)
	return []string{
		"'" + tenant + "'", `"` + tenant + `"`, "'" + upper + "'", fmt.Sprintf("0x%x", tenant), fmt.Sprintf("X'%x'", upper), "_utf8mb4'" + tenant + "'", "_latin1'" + upper + "'",
		"'" + tenant + " '", `'\` + tenant[:1] + tenant[1:] + "'", "'' '" + tenant + "'", "N'" + tenant + "'",
	}
}

// keptApart asks in many spellings for rows of one tenant or the other, and must never
// get the other's.
func keptApart(b *bed) {
	var c []*diff.Conn
	for _, charset := range charsets {
		c = append(c, b.connect())
		b.do(c[len(c)-1], "SET NAMES "+charset)
	}
	of := b.neighbours(c[0])
	pick := func(list ...string) string { return list[rand.IntN(len(list))] }
	answered := map[string]int{}
	type question struct{ sql, tenant string }
	var questions []question
	for len(questions) < 250 {
		tenant, other := pick("a", "b", "c", "d", "e", "f"), pick("a", "b", "c", "d", "e", "f")
		space := pick(" ", "  ", "\t", " /* "+other+" */ ", " /* '"+other+"' */ ", "\n-- "+other+"\n", " # tenant_id = '"+other+"'\n", " /*! */ ", " /*!80000 */ ")
		sql := pick("SELECT", "select", "SeLeCt") + space + pick("v", "V", "`v`", "t.v", "'"+other+"', v") + space + "FROM" + space + pick("t", "t AS t") + space + "WHERE" + space +
			pick("tenant_id", "TENANT_ID", "`Tenant_Id`") + space + "=" + space + pick(spellings(tenant)...) +
			pick("", space+"AND 'b' = 'b'", space+"AND 'a' = 'a'", " LIMIT 1", " -- "+other, " /* "+tenant+" */")
		questions = append(questions, question{sql, tenant})
	}
	for range 4000 {
		n, q := rand.IntN(len(c)), questions[rand.IntN(len(questions))]
		a, err := c[n].Query(q.sql)
		require.NoError(b, err, "%s\n%s", charsets[n], q.sql)
		for _, r := range a[0].Rows {
			require.Equal(b, of[q.tenant], r[len(r)-1], "%s\n%s", charsets[n], q.sql)
			answered[q.tenant]++
		}
	}
	for tenant := range of {
		require.Greater(b, answered[tenant], 200, "most found nothing")
	}
	require.Greater(b, b.state2().(proxy.CacheStats).Tables[0].Hits, uint64(100))
}

// textParam is a parameter of type VARCHAR.
func textParam(s string) diff.Param {
	return diff.Param{Type: wire.ParamType{Type: wire.TypeVarString}, Value: append([]byte{byte(len(s))}, s...)}
}

// intParam is a parameter of type BIGINT.
func intParam(n byte) diff.Param {
	return diff.Param{Type: wire.ParamType{Type: wire.TypeLongLong}, Value: []byte{n, 0, 0, 0, 0, 0, 0, 0}}
}

// keptApartPrepared is keptApart with parameters: of two types, in another order, that look
// like the end of one and the beginning of the next, or are NULL.
func keptApartPrepared(b *bed) {
	var c []*diff.Conn
	texts := []string{"SELECT ?, v FROM t WHERE tenant_id = ? AND ? <> 'x'", "SELECT ?, v FROM t WHERE ? <> 'x' AND tenant_id = ?"}
	want, values := map[string]string{}, []string{}
	list := make([][]*diff.Prepared, len(charsets)) // of each session, for each text one for heads of each type, and one for both
	for i, charset := range charsets {
		x := b.connect()
		b.do(x, "SET NAMES "+charset)
		if i == 0 {
			for tenant, v := range b.neighbours(x) {
				for _, text := range []string{tenant, strings.ToUpper(tenant), tenant + " "} {
					want[text] = v
					values = append(values, text)
				}
			}
		}
		for n := range 6 {
			p, err := x.Prepare(texts[n%2])
			require.NoError(b, err)
			list[i] = append(list[i], p)
		}
		c = append(c, x)
	}
	answered := 0
	for range 4000 {
		i, order, use, v, other := rand.IntN(len(c)), rand.IntN(2), rand.IntN(3), values[rand.IntN(len(values))], values[rand.IntN(len(values))]
		head, says := textParam(other), other
		if use == 1 || use == 2 && rand.IntN(2) == 0 {
			n := byte(rand.IntN(3))
			head, says = intParam(n), fmt.Sprint("longlong ", n)
		}
		params := []diff.Param{head, textParam(v), textParam(other + strings.Repeat(v, rand.IntN(2)))}
		if order == 1 {
			params[1], params[2] = params[2], params[1]
		}
		answers, err := c[i].Execute(list[i][2*use+order], params, nil)
		if e, ok := errors.AsType[*wire.Error](err); ok && use == 2 && e.Number == 1235 && head.Type != intParam(0).Type {
			continue // it had a number before, and one server would take the text for one
		}
		require.NoError(b, err)
		for _, r := range answers[0].Rows {
			require.Contains(b, r[1], want[v], "%q %q", v, other)
			require.Equal(b, says, r[0]) // not what a server makes of a text after a number
			answered++
		}
	}
	require.Greater(b, answered, 1000)
	require.Greater(b, b.state2().(proxy.CacheStats).Tables[0].Hits, uint64(100))
}

// keptEffects changes rows that the statement does not name.
func keptEffects(b *bed) {
	more := "CREATE TABLE child (id VARCHAR(36) PRIMARY KEY, parent VARCHAR(36), tenant_id VARCHAR(36) NOT NULL, v INT, " +
		"FOREIGN KEY (parent) REFERENCES t (id) ON DELETE CASCADE) COLLATE utf8mb4_unicode_ci;\n"
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(b, b.server.Exec(b.Context(), "USE "+name+"; "+more))
		b.Cleanup(func() { _ = b.server.Exec(context.Background(), "USE "+name+"; DROP TABLE child") })
	}
	conf := config(b.server.Addr(), "127.0.0.1:0", "max: 5", keepAll)
	two := startBed(b.T, b.server, tables+more, strings.Replace(conf, "    tables:\n", "    tables:\n      child: {kind: sharded, key: tenant_id}\n", 1))
	c, other := two.connect(), two.connect()
	two.do(c, "INSERT INTO child VALUES ('c1', 'a2', 'a', 0)")
	count := func() string { return two.cell(c, "SELECT COUNT(*) FROM child WHERE tenant_id = 'a'") }
	require.Equal(b, "1", count())
	require.Eventually(b, func() bool { // until triggers and foreign keys are known
		b.do(c, ofA)
		two.do(c, "SELECT v FROM child WHERE tenant_id = 'a'", "UPDATE t SET v = v + 1 WHERE tenant_id = 'b'")
		return two.selects(func() { two.do(c, "SELECT v FROM child WHERE tenant_id = 'a'") }) == 0
	}, 10*time.Second, 50*time.Millisecond)
	two.do(other, "DELETE FROM t WHERE tenant_id = 'a' AND id = 'a2'")
	require.Equal(b, "0", count(), "a row that a foreign key has deleted")

	two.do(c, "INSERT INTO child VALUES ('c2', 'a1', 'a', 0)")
	require.NoError(b, b.server.Exec(b.Context(), "USE app_0; CREATE TRIGGER sluice_t AFTER UPDATE ON t FOR EACH ROW UPDATE child SET v = NEW.v"))
	b.Cleanup(func() { _ = b.server.Exec(context.Background(), "USE app_0; DROP TRIGGER sluice_t") })
	three := startBed(b.T, b.server, tables+more, strings.Replace(conf, "    tables:\n", "    tables:\n      child: {kind: sharded, key: tenant_id}\n", 1))
	for i := range 20 { // before and after the trigger is known
		c, other := three.connect(), three.connect()
		three.do(c, "SELECT v FROM child WHERE tenant_id = 'a'")
		three.do(other, fmt.Sprintf("UPDATE t SET v = %d WHERE tenant_id = 'a' AND id = 'a1'", 700+i))
		require.Equal(b, strconv.Itoa(700+i), three.cell(c, "SELECT v FROM child WHERE tenant_id = 'a'"), "a row that a trigger has changed")
		time.Sleep(20 * time.Millisecond)
	}
}

// keptNumbers keeps a reply of more packets than there are sequence numbers.
func keptNumbers(b *bed) {
	c := b.connect()
	for i := range 600 {
		b.do(c, fmt.Sprintf("INSERT INTO t (id, tenant_id) VALUES ('a-%d', 'a')", i))
	}
	require.True(b, b.kept(c, ofA))
	a, err := c.Query(ofA)
	require.NoError(b, err)
	require.Len(b, a[0].Rows, 602)
	a, err = c.Query("SELECT 1; " + ofA)
	require.NoError(b, err)
	require.Len(b, a[1].Rows, 602)
}

func keptByHint(b *bed) {
	server := b.server
	plain := newBed(b.T, server, "max: 5", "cache: {size: 1MiB}\n")
	c := plain.connect()
	require.False(b, plain.kept(c, ofA), "no rule")
	hinted := strings.Replace(ofA, "SELECT", "SELECT /*+ sluice_cache(60s) */", 1)
	require.True(b, plain.kept(c, hinted))
	require.Equal(b, "0", plain.cell(c, "SELECT @@warning_count"))
	require.True(b, plain.kept(c, "/* sluice: cache=30s */ "+ofA))
	require.False(b, plain.kept(c, strings.Replace(ofA, "SELECT", "SELECT /*+ sluice_cache(nonsense) */", 1)))
}

func keptSeen(b *bed) {
	c, o := b.connect(), proxy.Operator{Server: b.srv}
	why := func(sql string) string {
		a, err := c.Query("EXPLAIN ROUTE " + sql)
		require.NoError(b, err)
		for _, r := range a[0].Rows {
			if r[0] == "cache" {
				return r[1]
			}
		}
		return ""
	}
	require.Contains(b, why(ofA), "hot for 1m0s, exact")
	require.Contains(b, why(ofA), "until a write to rows of 'a'")
	require.Contains(b, why("SELECT NOW() FROM t WHERE tenant_id = 'a'"), "no: the answer of now() may differ")
	require.Contains(b, why("SELECT COUNT(*) FROM t"), "no: it runs on several shards")
	require.Contains(b, why("UPDATE t SET v = 1 WHERE tenant_id = 'a'"), "no: it is no SELECT")
	read := func() bool { return !b.hit(func() { b.do(c, ofA) }) }
	b.do(c, ofA)
	require.False(b, read())
	require.NoError(b, o.CacheFlush("t", "b"))
	require.False(b, read())
	for _, f := range [][2]string{{"t", "a"}, {"t", ""}, {"", ""}} {
		require.NoError(b, o.CacheFlush(f[0], f[1]))
		require.True(b, read(), "%v", f)
		require.False(b, read())
	}
	require.Error(b, o.CacheFlush("nothing", ""))
	st, err := o.CacheStats()
	require.NoError(b, err)
	got := st.(proxy.CacheStats).Tables[0]
	require.Equal(b, "t hot", got.Table+" "+got.Class)
	require.EqualValues(b, 4, got.Misses)
	require.EqualValues(b, 5, got.Hits)
	require.EqualValues(b, 2, got.Stale) // what is flushed as a whole is not there any more
	require.Positive(b, got.Bytes)
}

// TestStale lets writers and readers work on a few rows through one Sluice. No reader may
// see less than what was acknowledged before it asked.
func TestStale(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 50", keepAll)
	reads, kept := checkStale(t, []*bed{b}, seconds(t, 5), nil)
	t.Logf("%d reads, %d stale", reads, kept)
	require.Zero(t, kept, "stale reads")
}

// TestStaleIsNoticed shows that the check fails where a process forgets its own writes.
func TestStaleIsNoticed(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	b := newBed(t, server, "max: 50", keepAll)
	b.srv.Lose("write")
	reads, stale := checkStale(t, []*bed{b}, time.Second, nil)
	t.Logf("%d reads, %d stale", reads, stale)
	require.Positive(t, stale, "the check does not notice stale reads")
}

func seconds(t *testing.T, n int) time.Duration {
	if v := os.Getenv("STALE_SECONDS"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(t, err)
	}
	return time.Duration(n) * time.Second
}

// checkStale writes and reads through several Sluices for a while and returns how many
// reads there were, and how many were older than a write acknowledged before them. A
// statement may fail; a reader then asks again.
func checkStale(t *testing.T, beds []*bed, d time.Duration, disturb func(ctx context.Context)) (reads, stale int64) {
	t.Helper()
	const rows = 2
	tenants := []string{"a", "b", "c", "d", "e", "f"}
	var acked [6][rows]atomic.Int64
	var setup []string
	for _, tenant := range tenants {
		for n := range rows {
			setup = append(setup, fmt.Sprintf("REPLACE INTO t (id, tenant_id, v) VALUES ('%s%d', '%s', 0)", tenant, n, tenant))
		}
	}
	require.Eventually(t, func() bool { // a process may die meanwhile
		c, err := diff.Connect(diff.Target{Addr: beds[0].addr, User: "root", Database: "app"}, wire.ClientMultiStatements)
		if err != nil {
			return false
		}
		defer c.Close()
		_, err = c.Query(strings.Join(setup, "; "))
		return err == nil
	}, 20*time.Second, 100*time.Millisecond)
	ctx, stop := context.WithTimeout(t.Context(), d)
	defer stop()
	var wg sync.WaitGroup
	var readsN, staleN, wrote atomic.Int64
	connect := func(b *bed) *diff.Conn {
		for ctx.Err() == nil {
			if c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, wire.ClientMultiStatements); err == nil {
				return c
			}
			time.Sleep(20 * time.Millisecond)
		}
		return nil
	}
	// One writer for each row: values only grow, and what is acknowledged is known. The rows
	// of half of the tenants are written seldom and all through one Sluice, so that what is
	// not told of one write is not made up for by the next.
	for i := range tenants {
		for n := range rows {
			wg.Go(func() {
				b, pause := beds[(i+n)%len(beds)], 150
				if i >= len(tenants)/2 {
					b, pause = beds[i%len(beds)], 3000
				}
				c := connect(b)
				for v := int64(1); c != nil && ctx.Err() == nil; v++ {
					if err := write(c, tenants[i], n, v); err != nil {
						var e *wire.Error
						if errors.As(err, &e) && e.Number != 1429 {
							_, _ = c.Query("ROLLBACK")
							continue
						}
						_ = c.Close()
						if c = connect(b); c != nil && unsure(ctx, c, tenants[i], n, &acked[i][n]) {
							sleep(ctx, time.Duration(rand.IntN(2000))*time.Millisecond)
						}
						continue
					}
					wrote.Add(1)
					acked[i][n].Store(v)
					if a, err := c.Query(valueOf(tenants[i], n)); err == nil && (len(a[0].Rows) != 1 || a[0].Rows[0][0] != fmt.Sprint(v)) {
						staleN.Add(1) // the writer's own write, and nobody else writes this row
					}
					for end := time.Now().Add(time.Duration(rand.IntN(pause)) * time.Millisecond); ctx.Err() == nil && time.Now().Before(end); {
						time.Sleep(time.Duration(min(pause/20, 50)) * time.Millisecond)
					}
				}
				if c != nil {
					_ = c.Close()
				}
			})
		}
	}
	for k := range 16 {
		wg.Go(func() {
			b := beds[k%len(beds)]
			c := connect(b)
			for c != nil && ctx.Err() == nil {
				i, n := rand.IntN(len(tenants)), rand.IntN(rows)
				sql := valueOf(tenants[i], n)
				if rand.IntN(3) == 0 {
					sql = fmt.Sprintf("SELECT v FROM t WHERE id = '%s%d'", tenants[i], n)
				}
				low := acked[i][n].Load()
				a, err := c.Query(sql)
				if err != nil || len(a[0].Rows) != 1 {
					_ = c.Close()
					c = connect(b)
					continue
				}
				readsN.Add(1)
				if got, _ := strconv.ParseInt(a[0].Rows[0][0], 10, 64); got < low {
					staleN.Add(1)
				}
			}
			if c != nil {
				_ = c.Close()
			}
		})
	}
	if disturb != nil {
		wg.Go(func() { disturb(ctx) })
	}
	wg.Wait()
	require.Positive(t, readsN.Load())
	require.Positive(t, wrote.Load())
	t.Logf("%d writes", wrote.Load())
	return readsN.Load(), staleN.Load()
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// unsure finds out whether a write whose answer was lost has been made: somebody has seen
// then what it wrote, and nobody may see less. Before that those who keep replies may rely
// for a while on a process that has died.
func unsure(ctx context.Context, c *diff.Conn, tenant string, n int, acked *atomic.Int64) bool {
	sleep(ctx, 1500*time.Millisecond)
	a, err := c.Query(valueOf(tenant, n) + " FOR UPDATE") // which nobody keeps
	if err != nil || len(a[0].Rows) != 1 {
		return false
	}
	v, err := strconv.ParseInt(a[0].Rows[0][0], 10, 64)
	if err == nil && v > acked.Load() {
		acked.Store(v)
	}
	return err == nil
}

func valueOf(tenant string, n int) string {
	return fmt.Sprintf("SELECT v FROM t WHERE tenant_id = '%s' AND id = '%s%d'", tenant, tenant, n)
}

// write raises a row's value in one of several ways. It never lowers it: a server may
// still carry out what a Sluice has sent that was killed or stood still since.
func write(c *diff.Conn, tenant string, n int, v int64) error {
	id := fmt.Sprintf("%s%d", tenant, n)
	set := fmt.Sprintf("UPDATE t SET v = %d WHERE v < %d AND id = '%s'", v, v, id)
	ofTenant := set + " AND tenant_id = '" + tenant + "'"
	var list []string
	switch rand.IntN(5) {
	case 0:
		list = []string{set}
	case 1:
		list = []string{"BEGIN", ofTenant, "COMMIT"}
	case 2:
		list = []string{fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('%s', '%s', %d) ON DUPLICATE KEY UPDATE v = GREATEST(v, %d)", id, tenant, v, v)}
	case 3:
		list = []string{ofTenant + "; SELECT 1"}
	default:
		list = []string{ofTenant}
	}
	for _, sql := range list {
		if _, err := c.Query(sql); err != nil {
			return err
		}
	}
	return nil
}
