package proxy_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// replicaSchema has, beside tables, everything that may hide in a read what is none.
const replicaSchema = `CREATE TABLE t (id INT NOT NULL PRIMARY KEY, v INT NOT NULL DEFAULT 0, b LONGTEXT);
CREATE TABLE strict (id INT NOT NULL PRIMARY KEY, v INT NOT NULL DEFAULT 0);
CREATE TABLE loose (id INT NOT NULL PRIMARY KEY, v INT NOT NULL DEFAULT 0);
CREATE TABLE numbered (id INT NOT NULL PRIMARY KEY AUTO_INCREMENT, v INT NOT NULL DEFAULT 0);
CREATE VIEW plain AS SELECT id, v FROM t;
CREATE VIEW locking AS SELECT id, GET_LOCK('hidden', 0) AS got FROM t;
CREATE VIEW calling AS SELECT id, twice(v) AS v FROM t;
CREATE VIEW nested AS SELECT id FROM calling;
`

const replicaPrograms = `CREATE FUNCTION twice(n INT) RETURNS INT READS SQL DATA RETURN 2 * n;
CREATE FUNCTION bump(n INT) RETURNS INT MODIFIES SQL DATA BEGIN UPDATE t SET v = v + 1 WHERE id = n; RETURN n; END;
CREATE PROCEDURE adds(n INT) BEGIN INSERT INTO t (id, v) VALUES (n, 1); SELECT 1; END;
CREATE PROCEDURE fails(n INT) BEGIN INSERT INTO t (id, v) VALUES (n, 1); SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'on purpose'; END;
`

// parted is the table of the database with two shards.
const parted = "CREATE TABLE parted (id INT NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, v INT NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;\n"

// replicated is a primary with two replicas behind Sluice processes.
type replicated struct {
	*testing.T
	servers []*mysqltest.Server
	point   func(string) // of the next Sluice; nil: nothing happens at its points
}

func newReplicated(t *testing.T) *replicated {
	t.Helper()
	r := &replicated{T: t, servers: mysqltest.StartGroup(t, 2, mysqltest.Options{Flags: []string{"--log-bin-trust-function-creators=ON"}})}
	ctx := t.Context()
	tables := replicaSchema[:strings.Index(replicaSchema, "CREATE VIEW")]
	views := strings.TrimPrefix(replicaSchema, tables)
	require.NoError(t, r.servers[0].Exec(ctx, "CREATE DATABASE app_0", "USE app_0; "+tables))
	for _, program := range strings.Split(strings.TrimSpace(replicaPrograms), "\nCREATE ") {
		require.NoError(t, r.servers[0].Exec(ctx, "USE app_0; CREATE "+strings.TrimPrefix(program, "CREATE ")))
	}
	require.NoError(t, r.servers[0].Exec(ctx, "USE app_0; "+views, "CREATE DATABASE heart", "CREATE TABLE heart.beat (id INT PRIMARY KEY, at DATETIME(6))"))
	for _, name := range []string{"wide_0", "wide_1"} {
		require.NoError(t, r.servers[0].Exec(ctx, "CREATE DATABASE "+name, "USE "+name+"; "+parted))
	}
	r.caughtUp()
	return r
}

// caughtUp waits until all replicas have what the primary has.
func (r *replicated) caughtUp() {
	r.Helper()
	var set string
	require.NoError(r, r.servers[0].Open(r.T, "").QueryRow("SELECT @@GLOBAL.gtid_executed").Scan(&set))
	for _, s := range r.servers[1:] {
		var late int
		require.NoError(r, s.Open(r.T, "").QueryRow("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 20)", set).Scan(&late))
		require.Zero(r, late, "%v", r.status(s))
	}
}

// status is what a replica says of its replication where that has stopped.
func (r *replicated) status(s *mysqltest.Server) string {
	rows, err := s.Open(r.T, "").Query("SHOW REPLICA STATUS")
	require.NoError(r, err)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(r, err)
	values := make([]sql.NullString, len(names))
	into := make([]any, len(names))
	for i := range into {
		into[i] = &values[i]
	}
	var out []string
	for rows.Next() {
		require.NoError(r, rows.Scan(into...))
		for i, name := range names {
			if strings.Contains(name, "Error") || strings.Contains(name, "Running") || strings.Contains(name, "Gtid") {
				out = append(out, name+": "+values[i].String)
			}
		}
	}
	require.NoError(r, rows.Err())
	return strings.Join(out, "\n")
}

// start starts a Sluice process; what is between replicas and reads in the group's rules
// is given.
func (r *replicated) start(reads, top string, replicas ...string) *bed {
	r.Helper()
	dir := r.TempDir()
	if len(replicas) == 0 {
		replicas = []string{r.servers[1].Addr(), r.servers[2].Addr()}
	}
	text := fmt.Sprintf(`version: 1
database: saas
listen: [{address: "127.0.0.1:0"}]
schema: [t.sql]
users:
  - {name: root, password: "", hosts: [127.0.0.0/8]}
  - {name: careful, password: "", hosts: [127.0.0.0/8], consistency: strong}
  - {name: reporter, password: "", hosts: [127.0.0.0/8], consistency: any, replicas: report}
groups:
  g0: {primary: %[1]q, replicas: [%[2]s], reads: {%[3]s}, user: root, password: "", tls: disabled, pool: {max: 30}}
  g1: {primary: %[1]q, replicas: [%[2]s], reads: {%[3]s}, user: root, password: "", tls: disabled, pool: {max: 30}}
databases:
  app:
    shards: [{name: app-0, group: g0, schema: app_0}]
    tables:
      t: {kind: single}
      strict: {kind: single, consistency: strong}
      loose: {kind: single, consistency: any}
      numbered: {kind: single}
    procedures:
      adds: {run: single, shard: app-0}
      fails: {run: single, shard: app-0}
  wide:
    shards: [{name: wide-0, group: g0, schema: wide_0, slots: [0-2047]}, {name: wide-1, group: g1, schema: wide_1, slots: [2048-4095]}]
    tables:
      parted: {kind: sharded, key: tenant_id}
pins:
  - {tenant: a, shards: [wide-0]}
  - {tenant: b, shards: [wide-1]}
%[4]s`, r.servers[0].Addr(), strings.Join(replicas, ", "), reads, top)
	require.NoError(r, os.WriteFile(filepath.Join(dir, "t.sql"), []byte(replicaSchema+parted), 0o600))
	file := filepath.Join(dir, "sluice.yaml")
	require.NoError(r, os.WriteFile(file, []byte(text), 0o600))
	c, problems := conf.Load(file)
	require.NoError(r, problems.Err())
	srv, err := proxy.NewServer(context.Background(), c, logger())
	require.NoError(r, err)
	if r.point != nil {
		srv.SetPoint(r.point)
	}
	require.NoError(r, srv.Listen())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		wg.Go(func() { r.probe(ctx, srv.Group("g0")) })
		r.probe(ctx, srv.Group("g1"))
		wg.Wait()
	}()
	r.Cleanup(func() {
		stop()
		<-done
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		srv.Shutdown(ctx)
	})
	b := &bed{T: r.T, srv: srv, addr: srv.Addrs()[0].String()}
	require.Eventually(r, func() bool {
		for _, s := range append(srv.Group("g0").Servers(), srv.Group("g1").Servers()...) {
			if !s.State().Up {
				return false
			}
		}
		return true
	}, 30*time.Second, 10*time.Millisecond)
	return b
}

// probe stands for the group's own: it finds the servers' states.
func (r *replicated) probe(ctx context.Context, g *pool.Group) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for i, s := range g.Servers() {
		wg.Go(func() {
			db, err := r.servers[i].DB("")
			if err != nil {
				return
			}
			defer db.Close()
			for ctx.Err() == nil {
				st := s.State()
				look, cancel := context.WithTimeout(ctx, time.Second)
				var behind int64
				if i == 0 {
					_, err = db.ExecContext(look, "REPLACE heart.beat VALUES (1, NOW(6))")
					st.Role = pool.RolePrimary
				} else {
					err = db.QueryRowContext(look, "SELECT TIMESTAMPDIFF(MICROSECOND, at, NOW(6)) FROM heart.beat").Scan(&behind)
					st.Role = pool.RoleReplica
				}
				if err == nil {
					err = db.QueryRowContext(look, "SELECT @@GLOBAL.gtid_executed").Scan(&st.Executed)
				}
				cancel()
				if st.Up, st.Err = err == nil, err; err == nil {
					st.Lag, st.LagKnown, st.Seen = time.Duration(behind)*time.Microsecond, true, time.Now()
				}
				s.SetState(st)
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
}

func (b *bed) as(user string) *diff.Conn {
	b.Helper()
	c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: b.addr, User: user, Database: "app"}, wire.ClientMultiStatements)
	require.NoError(b, err)
	b.Cleanup(func() { _ = c.Close() })
	return c
}

// lag stops the replicas from applying, until the returned function is called.
func (r *replicated) lag() (goOn func()) {
	r.Helper()
	for _, s := range r.servers[1:] {
		require.NoError(r, s.Exec(r.Context(), "STOP REPLICA SQL_THREAD"))
	}
	on := func() {
		for _, s := range r.servers[1:] {
			require.NoError(r, s.Exec(context.Background(), "START REPLICA SQL_THREAD"))
		}
		r.caughtUp()
	}
	return sync.OnceFunc(on)
}

// answered counts the reads by the port of the server that answered them.
func (r *replicated) answered(b *bed) map[int]uint64 {
	out := map[int]uint64{}
	for _, line := range b.metrics("sluice_reads_total") {
		for i, s := range r.servers {
			if strings.Contains(line, s.Addr()) {
				n, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
				require.NoError(r, err)
				out[i] += uint64(n)
			}
		}
	}
	return out
}

// metrics are the lines of one metric.
func (b *bed) metrics(name string) []string {
	b.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(b.srv.Collector())
	families, err := reg.Gather()
	require.NoError(b, err)
	var out []string
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			v := m.GetCounter().GetValue() + m.GetGauge().GetValue()
			if f.GetName() == name {
				out = append(out, fmt.Sprintf("%s %v", strings.Join(labels, " "), v))
			}
		}
	}
	return out
}

// logged tells which servers have been sent a statement with the mark in it.
func (r *replicated) logged(mark string) []int {
	r.Helper()
	var out []int
	for i, s := range r.servers {
		log, err := os.ReadFile(filepath.Join(s.Dir, "general.log"))
		require.NoError(r, err)
		if strings.Contains(string(log), mark) {
			out = append(out, i)
		}
	}
	return out
}

func TestReplicas(t *testing.T) {
	r := newReplicated(t)
	for _, s := range r.servers {
		require.NoError(t, s.Exec(t.Context(), "SET GLOBAL general_log_file='"+filepath.Join(s.Dir, "general.log")+"'", "SET GLOBAL general_log=ON"))
	}
	for name, f := range map[string]func(*replicated){
		"what must not leave the primary": trapsOfSplitting, "levels": levelsOfReads, "read-only transactions": readOnlyTransactions,
		"own writes": ownWrites, "a token": tokens, "who may be chosen": chosen, "a replica dies": replicaDies, "a replica reads late": lateReads, "a replica dies in the middle of rows": diesInRows,
		"prepared": preparedReads, "over shards": gatheredReads, "defined over shards": definedOverShards, "what clients see": clientsSee, "explained": explainedReads,
	} {
		t.Run(name, func(t *testing.T) {
			here := *r
			here.T = t
			require.NoError(t, r.servers[0].Exec(t.Context(), "DELETE FROM app_0.t", "DELETE FROM app_0.strict", "DELETE FROM app_0.loose",
				"INSERT INTO app_0.t (id, v) VALUES (1, 1), (2, 2)", "INSERT INTO app_0.strict VALUES (1, 1)", "INSERT INTO app_0.loose VALUES (1, 1)"))
			here.caughtUp()
			f(&here)
		})
	}
}

// trapsOfSplitting: none of these is a plain read.
func trapsOfSplitting(r *replicated) {
	b := r.start("consistency: any", "")
	for i, sql := range []string{
		"SELECT v FROM t WHERE id = 1 FOR UPDATE",
		"SELECT v FROM t WHERE id = 1 FOR SHARE",
		"SELECT v FROM t WHERE id = 1 LOCK IN SHARE MODE",
		"SELECT v FROM t WHERE id = 1 FOR UPDATE SKIP LOCKED",
		"SELECT * FROM (SELECT v FROM t WHERE id = 1 FOR UPDATE) x",
		"SELECT v, GET_LOCK('a', 0) FROM t WHERE id = 1; DO RELEASE_ALL_LOCKS()",
		"SELECT v, IS_FREE_LOCK('a') FROM t WHERE id = 1",
		"SELECT v, SLEEP(0) FROM t WHERE id = 1",
		"SELECT v, LAST_INSERT_ID() FROM t WHERE id = 1",
		"SELECT v, LAST_INSERT_ID(v) FROM t WHERE id = 1",
		"SELECT v FROM t WHERE id = @@last_insert_id",
		"SELECT v INTO @x FROM t WHERE id = 1",
		"SELECT @x := v FROM t WHERE id = 1",
		"SELECT v, @x := 5 FROM t WHERE id = 1",
		"SELECT SQL_CALC_FOUND_ROWS v FROM t LIMIT 1",
		"SELECT twice(v) FROM t WHERE id = 1",
		"SELECT v FROM t WHERE id = bump(1)",
		"SELECT v FROM t WHERE id = app.twice(1)",
		"SELECT sys.version_major(), v FROM t WHERE id = 1",
		"SELECT id FROM calling",
		"SELECT id FROM nested",
		"SELECT id FROM locking; DO RELEASE_ALL_LOCKS()",
		"SELECT v, @@server_id FROM t WHERE id = 1",
		"SELECT @@server_id",
		"SELECT 1",
		"SHOW CREATE TABLE t",
		"SHOW COLUMNS FROM t",
		"SHOW VARIABLES LIKE 'server_id'",
		"SELECT table_name FROM information_schema.tables WHERE table_schema = 'app'",
		"SELECT v FROM t JOIN information_schema.engines LIMIT 1",
		"EXPLAIN SELECT v FROM t",
		"SELECT v INTO OUTFILE '%DIR%/out%N%' FROM t",
		"INSERT INTO t (id) SELECT MAX(id) + 100 FROM plain",
		"UPDATE t SET v = 3 WHERE id = 1",
		"DELETE FROM t WHERE id = 77",
		"REPLACE INTO t (id, v) VALUES (5, 5)",
		"CALL adds(6)",
		"BEGIN; SELECT v FROM t WHERE id = 1; COMMIT",
		"START TRANSACTION READ WRITE; SELECT v FROM t WHERE id = 1; COMMIT",
		"SET autocommit = 0; SELECT v FROM t WHERE id = 1; COMMIT; SET autocommit = 1",
		"CREATE TEMPORARY TABLE tmp (id INT); SELECT id FROM t; SELECT id FROM tmp; DROP TEMPORARY TABLE tmp",
		"DO GET_LOCK('mine', 0); SELECT id FROM t; DO RELEASE_ALL_LOCKS()",
		"SELECT v FROM strict",
		"SELECT v FROM strict JOIN loose USING (id, v)",
		"/* sluice:consistency=strong */ SELECT v FROM loose",
		"SELECT v /* sluice:consistency=strong */ FROM loose",
		"/* sluice: consistency=strong, tenant=a */ SELECT v FROM loose",
		"SELECT /*+ sluice_consistency(strong) */ v FROM loose",
		"SELECT v FROM loose -- sluice:consistency=strong",
		"SET sluice_consistency = 'strong'; SELECT v FROM loose",
		"LOCK TABLES t READ; SELECT v FROM t; UNLOCK TABLES",
		"HANDLER t OPEN; SELECT v FROM t; HANDLER t CLOSE",
	} {
		mark := fmt.Sprintf("trap %d.", i)
		sql = strings.NewReplacer("%DIR%", r.servers[0].Dir, "%N%", strconv.Itoa(i)).Replace(sql)
		c := b.as("root")
		for _, part := range strings.Split(sql, "; ") {
			_, err := c.Query("/* " + mark + " */ " + part)
			if err != nil {
				r.Logf("%s: %v", part, err)
			}
		}
		require.NotContains(r, r.logged(mark), 1, sql)
		require.NotContains(r, r.logged(mark), 2, sql)
		require.NoError(r, c.Close())
	}
	c := b.as("careful")
	b.do(c, "SELECT v FROM loose /* trap of the user */")
	require.Equal(r, []int{0}, r.logged("trap of the user"))
	for i, sql := range []string{
		"SELECT v FROM t WHERE id = 1", "SELECT v FROM plain", "SELECT COUNT(*) FROM t", "SELECT NOW(6), UUID(), RAND(), v FROM t", "TABLE t", "WITH x AS (SELECT v FROM t) SELECT * FROM x",
		"SELECT v FROM t UNION SELECT v FROM loose", "(SELECT v FROM t) ORDER BY 1", "SELECT v FROM t WHERE v = (SELECT MAX(v) FROM loose)", "SELECT v, DATABASE(), FOUND_ROWS() FROM t",
		"SELECT v FROM t WHERE id = @unset", "SELECT v FROM loose WHERE '/* sluice:consistency=strong */' <> ''", "SELECT v FROM app.t",
	} {
		mark := fmt.Sprintf("read %d.", i)
		b.do(b.as("root"), sql+" /* "+mark+" */")
		require.NotContains(r, r.logged(mark), 0, sql)
		require.NotEmpty(r, r.logged(mark), sql)
	}
}

func levelsOfReads(r *replicated) {
	b := r.start("max_lag: 2s", "")
	c := b.as("root")
	read := func(level string) string {
		return b.cell(c, "SELECT v FROM t WHERE id = 1 /* sluice:consistency="+level+" */")
	}
	for _, level := range []string{"strong", "session", "bounded", "any"} {
		require.Equal(r, "1", read(level))
	}
	goOn := r.lag()
	defer goOn()
	require.NoError(r, r.servers[0].Exec(r.Context(), "UPDATE app_0.t SET v = 9 WHERE id = 1"))
	require.Equal(r, "9", read("strong"))
	require.Equal(r, "1", read("session"), "another session's write need not be seen")
	require.Equal(r, "1", read("any"))
	require.Eventually(r, func() bool { return read("bounded") == "9" }, 30*time.Second, 50*time.Millisecond, "the bound has passed")
	require.Equal(r, "1", read("any"))
	b.fails(c, 1231, "SELECT v FROM t /* sluice:consistency=weak */")
	b.fails(c, 1231, "SET sluice_consistency = 'weak'")
	b.do(c, "SET sluice_consistency = 'any'")
	require.Equal(r, "1", b.cell(c, "SELECT v FROM t WHERE id = 1"))
	b.do(c, "SET sluice_consistency = 'strong'")
	require.Equal(r, "9", b.cell(c, "SELECT v FROM t WHERE id = 1"))
	b.do(c, "SET sluice_consistency = DEFAULT")
	require.Equal(r, "1", b.cell(c, "SELECT v FROM t WHERE id = 1"))
	goOn()
	require.Eventually(r, func() bool { return read("bounded") == "9" && read("any") == "9" }, 30*time.Second, 50*time.Millisecond)
}

// ownWrites: whatever wrote, by whatever way, is seen by the session's next read.
func ownWrites(r *replicated) {
	b := r.start("wait: 50ms", "")
	goOn := r.lag()
	defer goOn()
	for i, w := range []struct{ write, read, want string }{
		{"INSERT INTO t (id, v) VALUES (100, 7)", "SELECT v FROM t WHERE id = 100", "7"},
		{"BEGIN; UPDATE t SET v = 70 WHERE id = 1; COMMIT", "SELECT v FROM t WHERE id = 1", "70"},
		{"SET autocommit = 0; UPDATE t SET v = 71 WHERE id = 1; COMMIT; SET autocommit = 1", "SELECT v FROM t WHERE id = 1", "71"},
		{"BEGIN; UPDATE t SET v = 72 WHERE id = 1; BEGIN; ROLLBACK", "SELECT v FROM t WHERE id = 1", "72"},
		{"SET autocommit = 0; UPDATE t SET v = 73 WHERE id = 1; SET autocommit = 1", "SELECT v FROM t WHERE id = 1", "73"},
		{"CALL adds(101)", "SELECT COUNT(*) FROM t WHERE id = 101", "1"},
		{"CALL fails(102)", "SELECT COUNT(*) FROM t WHERE id = 102", "1"},
		{"SELECT bump(2)", "SELECT v FROM t WHERE id = 2", "3"},
		{"DELETE FROM t WHERE id = 101", "SELECT COUNT(*) FROM t WHERE id = 101", "0"},
		{"ALTER TABLE t COMMENT 'x'; INSERT INTO t (id) VALUES (103)", "SELECT COUNT(*) FROM t WHERE id = 103", "1"},
		{"SET session_track_gtids = OFF; UPDATE t SET v = 74 WHERE id = 1", "SELECT v FROM t WHERE id = 1", "74"},
		{"SET session_track_gtids = OWN_GTID; UPDATE t SET v = 75 WHERE id = 1", "SELECT v FROM t WHERE id = 1", "75"},
		{"SET session_track_gtids = DEFAULT; UPDATE t SET v = 76 WHERE id = 1", "SELECT v FROM t WHERE id = 1", "76"},
		{"INSERT INTO t (id, v) VALUES (104, 7); INSERT INTO t (id, v) VALUES (1, 7)", "SELECT v FROM t WHERE id = 104", "7"},
	} {
		c := b.as("root")
		for _, part := range strings.Split(w.write, "; ") {
			_, _ = c.Query(part)
		}
		for range 5 {
			require.Equal(r, w.want, b.cell(c, w.read), "%d: %s", i, w.write)
		}
		require.NoError(r, c.Close())
	}
	c := b.as("root")
	b.do(c, "REPLACE INTO wide.parted (id, tenant_id, v) VALUES (1, 'a', 1), (2, 'b', 1)")
	for i, w := range []string{
		"UPDATE wide.parted SET v = %d WHERE id IN (1, 2)",
		"BEGIN; UPDATE wide.parted SET v = %d WHERE tenant_id = 'a'; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'b'; COMMIT",
		"BEGIN; UPDATE wide.parted SET v = %d WHERE tenant_id = 'b'; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'a'; COMMIT",
		"BEGIN; SELECT v FROM wide.parted WHERE tenant_id = 'b'; UPDATE wide.parted SET v = %d WHERE tenant_id = 'a'; COMMIT; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'b'",
		"BEGIN; SELECT v FROM wide.parted WHERE tenant_id = 'a'; UPDATE wide.parted SET v = %d WHERE tenant_id = 'b'; COMMIT; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'a'",
		"SET autocommit = 0; UPDATE wide.parted SET v = %d WHERE tenant_id = 'b'; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'a'; SET autocommit = 1",
		"BEGIN; UPDATE wide.parted SET v = %d WHERE tenant_id = 'b'; UPDATE wide.parted SET v = %[1]d WHERE tenant_id = 'a'; BEGIN; COMMIT",
	} {
		c := b.as("root")
		b.do(c, strings.Split(fmt.Sprintf(w, 100+i), "; ")...)
		for _, tenant := range []string{"b", "a"} {
			require.Equal(r, strconv.Itoa(100+i), b.cell(c, "SELECT v FROM wide.parted WHERE tenant_id = '"+tenant+"'"), w)
		}
		require.NoError(r, c.Close())
	}
	for i := range 150 { // with gaps between them
		b.do(c, "REPLACE INTO t (id, v) VALUES (200, "+strconv.Itoa(i)+")")
		require.NoError(r, r.servers[0].Exec(r.Context(), "REPLACE INTO app_0.loose VALUES (5, 5)"))
	}
	require.Equal(r, "149", b.cell(c, "SELECT v FROM t WHERE id = 200"))
	require.NotEmpty(r, b.metrics("sluice_read_waits_total"))
	require.NotEmpty(r, b.metrics("sluice_read_fallbacks_total"))
	goOn()
	before := r.answered(b)
	require.Equal(r, "149", b.cell(c, "SELECT v FROM t WHERE id = 200"))
	after := r.answered(b)
	require.Equal(r, before[0], after[0], "a replica that has caught up is not used")
}

func tokens(r *replicated) {
	a, b := r.start("wait: 20ms", ""), r.start("wait: 20ms", "")
	goOn := r.lag()
	defer goOn()
	c, d, other := a.as("root"), b.as("root"), b.as("root")
	require.Equal(r, "", a.cell(c, "SHOW SLUICE TOKEN"))
	a.do(c, "UPDATE t SET v = 60 WHERE id = 1")
	token := a.cell(c, "SHOW SLUICE TOKEN")
	require.Regexp(r, `^g0=[0-9a-f-]{36}:\d+$`, token)
	b.do(d, "SET sluice_after = '"+token+"'")
	require.Equal(r, "60", b.cell(d, "SELECT v FROM t WHERE id = 1"))
	require.Equal(r, token, b.cell(d, "SHOW SLUICE TOKEN"))
	require.Equal(r, "1", b.cell(other, "SELECT v FROM t WHERE id = 1"), "without the token")
	b.do(d, "SET sluice_after = DEFAULT")
	require.Equal(r, "1", b.cell(d, "SELECT v FROM t WHERE id = 1"))
	for _, wrong := range []string{"x", "g9=" + token[3:], "g0=x", "g0=" + token[3:] + "-1"} {
		b.fails(d, 1231, "SET sluice_after = '"+wrong+"'")
	}
}

func readOnlyTransactions(r *replicated) {
	b := r.start("consistency: any", "limits: {slow: 0s}")
	c := b.as("root")
	ro := func(mark string) {
		b.do(c, "SET sluice_consistency = 'any'", "START TRANSACTION READ ONLY", "SELECT v FROM t WHERE id = 1 /* "+mark+" */", "SELECT v FROM strict /* "+mark+" */")
	}
	ro("ro one")
	require.Len(r, r.logged("ro one"), 1)
	require.NotContains(r, r.logged("ro one"), 0)
	b.fails(c, 1792, "UPDATE t SET v = 5")
	b.fails(c, 1792, "CREATE TABLE never (id INT)")
	for _, sql := range []string{"SELECT v FROM t FOR UPDATE", "CREATE TEMPORARY TABLE tmp (id INT)", "CALL adds(9)", "SELECT twice(v) FROM t"} {
		require.Contains(r, b.fails(c, 1235, sql).Message, "replica")
	}
	b.do(c, "DO GET_LOCK('x', 0)", "DO RELEASE_ALL_LOCKS()") // these have a connection of their own
	b.do(c, "SELECT @kept := v FROM t WHERE id = 1", "SAVEPOINT a", "ROLLBACK TO a", "SELECT @@server_id", "COMMIT")
	require.Equal(r, "1", b.cell(c, "SELECT @kept"))
	b.do(c, "UPDATE t SET v = 5 WHERE id = 1")
	ro("ro two")
	b.do(c, "BEGIN", "UPDATE t SET v = 6 WHERE id = 1", "COMMIT")
	ro("ro three")
	b.do(c, "START TRANSACTION", "UPDATE t SET v = 7 WHERE id = 1", "COMMIT")
	ro("ro four")
	b.do(c, "COMMIT", "SET autocommit = 0", "UPDATE loose SET v = 2", "ROLLBACK", "SET autocommit = 1")
	require.Equal(r, "7", b.cell(c, "SELECT v FROM t WHERE id = 1 FOR UPDATE"))
	b.do(c, "SET sluice_consistency = DEFAULT", "START TRANSACTION READ ONLY", "SELECT v FROM loose /* ro five */", "COMMIT")
	require.Equal(r, []int{0}, r.logged("ro five"), "a table of the rules is strong")
	b.idle()
}

// chosen: zones, weights, roles.
func chosen(r *replicated) {
	one, two := r.servers[1].Addr(), r.servers[2].Addr()
	reads := func(b *bed, user string, n int) map[int]uint64 {
		c := b.as(user)
		for range n {
			b.do(c, "SELECT v FROM t WHERE id = 1 /* sluice:consistency=any */")
		}
		return r.answered(b)
	}
	got := reads(r.start("", ""), "root", 400)
	require.Zero(r, got[0])
	require.InDelta(r, 200, got[1], 80)
	got = reads(r.start("", "", "{address: \""+one+"\", weight: 9}", two), "root", 400)
	require.InDelta(r, 360, got[1], 60)
	got = reads(r.start("", "", "{address: \""+one+"\", weight: 0}", two), "root", 50)
	require.Equal(r, map[int]uint64{2: 50}, got)
	got = reads(r.start("zone: east", "", "{address: \""+one+"\", zone: west}", "{address: \""+two+"\", zone: east}"), "root", 50)
	require.Equal(r, map[int]uint64{2: 50}, got)
	b := r.start("", "", one, "{address: \""+two+"\", role: report}")
	require.Equal(r, map[int]uint64{1: 50}, reads(b, "root", 50))
	require.Equal(r, map[int]uint64{1: 50, 2: 50}, reads(b, "reporter", 50))
	c := b.as("root")
	b.do(c, "SELECT v FROM t /* sluice:replicas=report reporting one */", "SET sluice_replicas = 'report'", "SELECT v FROM t /* reporting two */",
		"SET sluice_replicas = 'read'", "SELECT v FROM t /* reporting three */")
	require.Equal(r, []int{2}, r.logged("reporting one"))
	require.Equal(r, []int{2}, r.logged("reporting two"))
	require.Equal(r, []int{1}, r.logged("reporting three"))
	b.fails(c, 1231, "SET sluice_replicas = 'all'")
}

// replicaDies: reads go on, wherever the replica is when it dies.
func replicaDies(r *replicated) {
	b := r.start("consistency: any", "limits: {slow: 0s}")
	refusing := r.start("consistency: any, all_replicas_down: refuse", "")
	c := b.as("root")
	var wg sync.WaitGroup
	fails := make(chan error, 100)
	stop := make(chan struct{})
	for range 8 {
		reader := b.as("root")
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				sql := "SELECT v FROM t WHERE id = 1"
				if n%3 == 0 {
					sql = "SELECT COUNT(*) FROM t a JOIN t b JOIN (SELECT MAX(v) FROM loose) c"
				}
				_ = reader.Net().SetDeadline(time.Now().Add(time.Minute))
				if _, err := reader.Query(sql); err != nil {
					fails <- err
					return
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	r.servers[1].Kill()
	time.Sleep(300 * time.Millisecond)
	require.NoError(r, r.servers[2].Signal(syscall.SIGSTOP))
	time.Sleep(6 * time.Second)
	require.NoError(r, r.servers[2].Signal(syscall.SIGCONT))
	require.Eventually(r, func() bool { return b.srv.Group("g0").Servers()[2].State().Up }, 30*time.Second, 50*time.Millisecond)
	before := r.answered(b)
	require.Eventually(r, func() bool { return r.answered(b)[2] > before[2] }, time.Minute, 50*time.Millisecond, "it does not come back")
	require.NotEqual(r, " 0", b.metrics("sluice_reads_repeated_total")[0])
	r.servers[2].Kill()
	time.Sleep(time.Second)
	close(stop)
	wg.Wait()
	close(fails)
	for err := range fails {
		r.Errorf("a read failed: %v", err)
	}
	require.Equal(r, "1", b.cell(c, "SELECT v FROM t WHERE id = 1"))
	down := refusing.as("root")
	require.Eventually(r, func() bool {
		_, err := down.Query("SELECT v FROM t WHERE id = 1")
		var e *wire.Error
		return errors.As(err, &e) && e.Number == 1429 && strings.Contains(e.Message, "no replica of group g0 answers")
	}, 30*time.Second, 50*time.Millisecond)
	refusing.do(down, "UPDATE t SET v = 8 WHERE id = 1", "SET sluice_consistency = 'strong'", "SELECT v FROM t WHERE id = 1")
	for _, s := range r.servers[1:] {
		require.NoError(r, s.Start(r.Context()))
		require.NoError(r, s.Exec(r.Context(), "SET GLOBAL super_read_only=ON", "SET GLOBAL general_log_file='"+filepath.Join(s.Dir, "general.log")+"'", "SET GLOBAL general_log=ON"))
	}
	r.caughtUp()
	require.Eventually(r, func() bool {
		b.do(c, "SELECT v FROM t WHERE id = 1")
		got := r.answered(b)
		return got[1] > before[1] && got[2] > before[2]
	}, time.Minute, 20*time.Millisecond, "they do not come back by themselves: %v", r.answered(b))
}

// lateReads: a replica that answers probes at once and reads late gets none but a few that
// try, and is an ordinary one again by itself.
func lateReads(r *replicated) {
	var late atomic.Bool
	front := between(r.T, r.servers[1], func(p []byte) bool {
		if late.Load() && bytes.Contains(p, []byte("'mark'")) {
			time.Sleep(600 * time.Millisecond)
		}
		return true
	})
	b := r.start("consistency: any", "", front.Addr(), r.servers[2].Addr())
	var wg sync.WaitGroup
	var waited atomic.Int64
	stop := make(chan struct{})
	for range 8 {
		c := b.as("root")
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				from := time.Now()
				if _, err := c.Query("SELECT v, 'mark' FROM t WHERE id = 1"); err != nil {
					r.Error(err)
					return
				}
				if time.Since(from) > 500*time.Millisecond {
					waited.Add(1)
				}
			}
		})
	}
	number := func(name string) (n float64) {
		for _, line := range b.metrics(name) {
			if strings.Contains(line, "group=g0 ") && strings.Contains(line, "server="+front.Addr()) {
				v, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
				require.NoError(r, err)
				n += v
			}
		}
		return n
	}
	require.Eventually(r, func() bool { return number("sluice_reads_total") > 20 }, 20*time.Second, 10*time.Millisecond)
	time.Sleep(time.Second)
	require.Zero(r, number("sluice_replica_ejected"))
	late.Store(true)
	require.Eventually(r, func() bool { return number("sluice_replica_ejected") == 1 }, 20*time.Second, 10*time.Millisecond)
	time.Sleep(700 * time.Millisecond) // what had been sent is answered
	waited.Store(0)
	time.Sleep(3 * time.Second)
	require.LessOrEqual(r, waited.Load(), int64(4), "reads go to the slow replica")
	require.True(r, b.srv.Group("g0").Servers()[1].State().Up && !b.srv.Group("g0").Servers()[1].State().Slow, "its probes are quick")
	late.Store(false)
	before := number("sluice_reads_total")
	require.Eventually(r, func() bool { return number("sluice_replica_ejected") == 0 && number("sluice_reads_total") > before+50 }, 40*time.Second, 20*time.Millisecond, "it does not come back")
	close(stop)
	wg.Wait()
}

// diesInRows: what has begun to arrive is not begun again.
func diesInRows(r *replicated) {
	b := r.start("consistency: any", "limits: {slow: 0s}", r.servers[1].Addr())
	c := b.as("root")
	_ = c.Net().SetDeadline(time.Now().Add(time.Minute))
	c.WriteCommand(wire.ComQuery, []byte("SELECT REPEAT('x', 1000000), v FROM t JOIN t b USING (v) JOIN (VALUES ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8)) x JOIN (VALUES ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8)) y"))
	require.NoError(r, c.Flush())
	for range 5 { // the head and the first row
		_, err := c.ReadPacket()
		require.NoError(r, err)
	}
	r.servers[1].Kill()
	defer func() {
		require.NoError(r, r.servers[1].Start(r.Context()))
		require.NoError(r, r.servers[1].Exec(r.Context(), "SET GLOBAL super_read_only=ON", "SET GLOBAL general_log_file='"+filepath.Join(r.servers[1].Dir, "general.log")+"'", "SET GLOBAL general_log=ON"))
		r.caughtUp()
	}()
	rows := 1
	for ; ; rows++ {
		p, err := c.ReadPacket()
		if err != nil {
			break // cut: the client knows that rows are missing
		}
		if p[0] == wire.HeaderErr {
			break
		}
		require.False(r, p[0] == wire.HeaderEOF && len(p) < wire.MaxPayload, "the result ends as if it were whole, after %d rows", rows)
	}
	require.Less(r, rows, 128)
	require.Equal(r, "1", b.cell(b.as("root"), "SELECT v FROM t WHERE id = 1"))
}

func preparedReads(r *replicated) {
	b := r.start("", "")
	db, err := sql.Open("mysql", "root@tcp("+b.addr+")/app")
	require.NoError(r, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	get, err := db.Prepare("SELECT v FROM t WHERE id = ? /* prepared get */")
	require.NoError(r, err)
	for i := range 20 {
		var v int
		require.NoError(r, get.QueryRow(1+i%2).Scan(&v))
		require.Equal(r, 1+i%2, v)
	}
	require.Zero(r, r.answered(b)[0])
	require.Equal(r, uint64(20), r.answered(b)[1]+r.answered(b)[2])
	tx, err := db.BeginTx(r.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(r, err)
	var v int
	require.NoError(r, tx.QueryRow("SELECT v FROM t WHERE id = ?", 2).Scan(&v))
	require.NoError(r, tx.Commit())
	_, err = db.Exec("UPDATE t SET v = ? WHERE id = ?", 44, 1)
	require.NoError(r, err)
	require.NoError(r, db.QueryRow("SELECT v FROM t WHERE id = 1").Scan(&v))
	require.Equal(r, 44, v)
}

// gatheredReads: what is brought together comes from replicas, too, under the same level.
func gatheredReads(r *replicated) {
	b := r.start("wait: 50ms", "")
	c := b.as("root")
	b.do(c, "DELETE FROM wide.parted", "INSERT INTO wide.parted (id, tenant_id, v) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)")
	r.caughtUp()
	require.Equal(r, "4", b.cell(c, "SELECT COUNT(*) FROM wide.parted"))
	got := r.answered(b)
	require.Zero(r, got[0])
	require.NotZero(r, got[1]+got[2])
	goOn := r.lag()
	defer goOn()
	b.do(c, "UPDATE wide.parted SET v = v + 10")
	require.Equal(r, "50", b.cell(c, "SELECT SUM(v) FROM wide.parted"))
	require.Equal(r, "10", b.cell(b.as("root"), "SELECT SUM(v) FROM wide.parted"))
	require.Equal(r, "50", b.cell(b.as("careful"), "SELECT SUM(v) FROM wide.parted"))
	b.do(c, "START TRANSACTION READ ONLY")
	require.Equal(r, "50", b.cell(c, "SELECT SUM(v) FROM wide.parted"))
	b.do(c, "COMMIT")
	for _, sql := range []string{"SELECT id, v FROM wide.parted ORDER BY v DESC LIMIT 2", "SELECT id FROM wide.parted WHERE v > 11"} {
		rows, err := c.Query(sql)
		require.NoError(r, err)
		stale, err := b.as("root").Query(sql)
		require.NoError(r, err)
		require.NotEqual(r, rows[0].Rows, stale[0].Rows, sql)
	}
	b.idle()
}

// definedOverShards: the replicas know the definition of one shard and not of the other.
func definedOverShards(r *replicated) {
	var goOn atomic.Pointer[func()]
	var over atomic.Bool
	r.point = func(name string) {
		if name == "first shard defined" && !over.Load() {
			r.caughtUp()
			end := r.lag()
			goOn.Store(&end)
		}
	}
	b := r.start("wait: 50ms", "")
	r.point = nil
	defer func() {
		if end := goOn.Load(); end != nil {
			(*end)()
		}
	}()
	c := b.as("root")
	b.do(c, "ALTER TABLE wide.parted ADD COLUMN extra INT DEFAULT 7", "SELECT extra FROM wide.parted", "SELECT SUM(extra) FROM wide.parted")
	for _, tenant := range []string{"a", "b", "c", "d"} {
		b.do(c, "SELECT extra FROM wide.parted WHERE tenant_id = '"+tenant+"'")
	}
	over.Store(true)
	b.do(c, "ALTER TABLE wide.parted DROP COLUMN extra")
}

// clientsSee: what Sluice has servers report is not for clients that have not asked.
func clientsSee(r *replicated) {
	b := r.start("", "")
	gtids := func(sql string) bool {
		c, err := diff.Connect(diff.Target{Name: "Sluice", Addr: b.addr, User: "root", Database: "app"}, wire.ClientMultiStatements|wire.ClientSessionTrack)
		require.NoError(r, err)
		defer c.Close()
		found := false
		for _, part := range strings.Split(sql, "; ") {
			found = false
			c.WriteCommand(wire.ComQuery, []byte(part))
			require.NoError(r, c.Flush())
			p, err := c.ReadPacket()
			require.NoError(r, err)
			ok, err := wire.ParseOK(p, true)
			require.NoError(r, err, part)
			require.NoError(r, wire.Changes(ok.State, func(ch wire.Change) { found = found || ch.Type == wire.ChangeGTIDs }))
		}
		return found
	}
	require.False(r, gtids("UPDATE t SET v = v + 1 WHERE id = 1"))
	require.True(r, gtids("SET session_track_gtids = OWN_GTID; UPDATE t SET v = v + 1 WHERE id = 1"))
	require.True(r, gtids("SET session_track_gtids = ALL_GTIDS; UPDATE t SET v = v + 1 WHERE id = 1"))
	require.False(r, gtids("SET session_track_gtids = OWN_GTID; SET session_track_gtids = OFF; UPDATE t SET v = v + 1 WHERE id = 1"))
	require.False(r, gtids("UPDATE t SET v = v + 1 WHERE id = 1"))
}

func explainedReads(r *replicated) {
	b := r.start("", "")
	c := b.as("root")
	because := func(sql string) string {
		a, err := c.Query("EXPLAIN ROUTE " + sql)
		require.NoError(r, err)
		for _, row := range a[0].Rows {
			if row[0] == "because" {
				return row[1]
			}
		}
		return ""
	}
	require.Equal(r, "replica: session by group g0", because("SELECT v FROM t"))
	require.Equal(r, "replica: any by a comment in the statement", because("SELECT v FROM t /* sluice:consistency=any */"))
	require.Contains(r, because("SELECT v FROM strict"), "primary: strong by table strict, ")
	require.Equal(r, "primary: the statement is no plain read of known tables", because("SELECT v FROM t FOR UPDATE"))
	require.Empty(r, because("UPDATE t SET v = 1"))
	goOn := r.lag()
	defer goOn()
	b.do(c, "UPDATE t SET v = 2 WHERE id = 1")
	require.Eventually(r, func() bool { // on a busy machine a probe may have failed
		return because("SELECT v FROM t") == "replica, after it has caught up with the session's writes: session by group g0"
	}, 20*time.Second, 100*time.Millisecond)
	b.do(c, "BEGIN")
	require.Equal(r, "primary: the session holds a connection or a transaction", because("SELECT v FROM t"))
}

// TestReadYourWrites writes and reads back through two Sluice processes while the
// replicas lag, in the same session and, with a token, in another. With broken on
// purpose set it must see violations, or the test could not.
func TestReadYourWrites(t *testing.T) {
	r := newReplicated(t)
	for _, s := range r.servers[1:] {
		require.NoError(t, s.Exec(t.Context(), "STOP REPLICA SQL_THREAD", "CHANGE REPLICATION SOURCE TO SOURCE_DELAY=1", "START REPLICA SQL_THREAD"))
	}
	a, b := r.start("wait: 1500ms, max_lag: 300ms", ""), r.start("wait: 50ms, max_lag: 300ms", "")
	const writers = 8
	var mu sync.Mutex
	violations, broken, checks := 0, 0, 0
	check := func(want, got int, purpose bool) {
		mu.Lock()
		defer mu.Unlock()
		checks++
		switch {
		case got >= want:
		case purpose:
			broken++
		default:
			violations++
			t.Logf("want %d, got %d", want, got)
		}
	}
	until := time.Now().Add(12 * time.Second)
	var wg sync.WaitGroup
	for w := range writers {
		here, there := a, b
		if w%2 == 1 {
			here, there = b, a
		}
		c, d, e := here.as("root"), there.as("root"), there.as("root")
		here.do(c, fmt.Sprintf("INSERT INTO t (id) VALUES (%d)", 1000+w))
		read := fmt.Sprintf("SELECT COALESCE(MAX(v), 0) FROM t WHERE id = %d", 1000+w)
		wg.Go(func() {
			for n := 1; time.Now().Before(until); n++ {
				_, err := c.Query(fmt.Sprintf("UPDATE t SET v = %d WHERE id = %d", n, 1000+w))
				if err != nil {
					t.Errorf("write: %v", err)
					return
				}
				for _, level := range []string{"", " /* sluice:consistency=session */", " /* sluice:consistency=strong */"} {
					check(n, number(t, c, read+level), false)
				}
				token := text(t, c, "SHOW SLUICE TOKEN")
				check(n, number(t, e, read+" /* sluice:consistency=any */"), true)
				if _, err := d.Query("SET sluice_after = '" + token + "'"); err != nil {
					t.Errorf("token: %v", err)
				}
				check(n, number(t, d, read), false)
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	// Staleness: a read at level bounded sees all that was acknowledged max_lag ago.
	var acked []time.Time // the n-th value of the clock, n from 1
	clock := r.servers[0].Open(t, "app_0")
	_, err := clock.Exec("INSERT INTO t (id, v) VALUES (1, 0)")
	require.NoError(t, err)
	wg.Go(func() {
		for n := 1; time.Now().Before(until); n++ {
			if _, err := clock.Exec("UPDATE t SET v = ? WHERE id = 1", n); err != nil {
				t.Errorf("clock: %v", err)
				return
			}
			mu.Lock()
			acked = append(acked, time.Now())
			mu.Unlock()
		}
	})
	f := b.as("root")
	wg.Go(func() {
		for time.Now().Before(until) {
			before := time.Now().Add(-300 * time.Millisecond)
			mu.Lock()
			want, _ := slices.BinarySearchFunc(acked, before, time.Time.Compare)
			mu.Unlock()
			check(want, number(t, f, "SELECT v FROM t WHERE id = 1 /* sluice:consistency=bounded */"), false)
			time.Sleep(5 * time.Millisecond)
		}
	})
	// The lag comes and goes.
	wg.Go(func() {
		for n := 0; time.Now().Before(until); n++ {
			err := r.servers[1+n%2].Exec(context.Background(), "STOP REPLICA SQL_THREAD", fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_DELAY=%d", n/2%2), "START REPLICA SQL_THREAD")
			if err != nil {
				t.Errorf("lag: %v", err)
			}
			time.Sleep(time.Second)
		}
	})
	wg.Wait()
	t.Logf("%d checks, %d violations, %d with reads from any replica; reads by server %v and %v; fallbacks %v", checks, violations, broken,
		r.answered(a), r.answered(b), append(a.metrics("sluice_read_fallbacks_total"), b.metrics("sluice_read_fallbacks_total")...))
	for _, line := range append(a.metrics("sluice_reads_total"), b.metrics("sluice_reads_total")...) {
		t.Log(line)
	}
	require.Zero(t, violations)
	require.NotZero(t, broken, "lag was not seen at all: the test would not notice a violation")
}

func text(t *testing.T, c *diff.Conn, sql string) string {
	_ = c.Net().SetDeadline(time.Now().Add(time.Minute))
	a, err := c.Query(sql)
	if err != nil || len(a) == 0 || len(a[0].Rows) == 0 {
		t.Errorf("%s: %v", sql, err)
		return ""
	}
	return a[0].Rows[0][0]
}

func number(t *testing.T, c *diff.Conn, sql string) int {
	n, err := strconv.Atoi(text(t, c, sql))
	if err != nil {
		t.Errorf("%s: %v", sql, err)
	}
	return n
}
