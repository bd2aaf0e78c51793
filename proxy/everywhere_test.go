package proxy_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

func (p *pair) connect(b *bed) *diff.Conn {
	p.Helper()
	c, err := diff.Connect(diff.Target{Addr: b.addr, User: "root", Database: "app"}, 0)
	require.NoError(p, err)
	p.Cleanup(func() { _ = c.Close() })
	return c
}

// columns are the columns of t on each server.
func (p *pair) columns() [2]string {
	p.Helper()
	var out [2]string
	for i, s := range p.servers {
		db, err := s.DB("")
		require.NoError(p, err)
		require.NoError(p, db.QueryRowContext(p.Context(),
			"SELECT COALESCE(GROUP_CONCAT(column_name ORDER BY ordinal_position), '') FROM information_schema.columns WHERE table_schema LIKE 'app%' AND table_name = 't'").Scan(&out[i]))
		require.NoError(p, db.Close())
	}
	return out
}

func TestDefinitionsOnAllShards(t *testing.T) {
	p := newPair(t)
	meanwhile := func() {}
	b := p.start(func(name string) {
		if name == "shards asked" {
			meanwhile()
		}
	})
	other := p.startChecking("200ms")
	p.reset()
	c, d := p.connect(b), p.connect(other)
	must := func(sql string) []diff.Answer {
		t.Helper()
		r, err := c.Query(sql)
		require.NoError(t, err, sql)
		return r
	}
	refused := func(sql string, number uint16, words ...string) {
		t.Helper()
		_, err := c.Query(sql)
		e, ok := errors.AsType[*wire.Error](err)
		require.True(t, ok, "%s: %v", sql, err)
		require.Equal(t, number, e.Number, e.Message)
		for _, w := range words {
			require.Contains(t, e.Message, w)
		}
	}
	before := p.columns()[0]

	t.Run("plans see the new column", func(t *testing.T) {
		must("SELECT * FROM t")
		must("ALTER TABLE t ADD COLUMN extra INT DEFAULT 7")
		require.Equal(t, [2]string{before + ",extra", before + ",extra"}, p.columns())
		r := must("SELECT * FROM t ORDER BY id")
		require.Len(t, r[0].Columns, 5)
		require.Equal(t, "7", r[0].Rows[1][4])
		must("BEGIN")
		must("UPDATE t SET v = 1")
		must("ALTER TABLE t DROP COLUMN extra")
		must("ROLLBACK")
		require.Len(t, must("SELECT * FROM t ORDER BY id")[0].Columns, 4)
		require.Equal(t, [2]string{"1", "1"}, p.values(), "it commits first")
	})
	t.Run("one time for all shards", func(t *testing.T) {
		must("ALTER TABLE t ADD COLUMN made TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)")
		require.Equal(t, [][]string{{"2", "1"}}, must("SELECT COUNT(*), COUNT(DISTINCT made) FROM t")[0].Rows)
		must("ALTER TABLE t DROP COLUMN made")
	})
	t.Run("other processes notice", func(t *testing.T) {
		must("ALTER TABLE t ADD COLUMN seen INT DEFAULT 1")
		require.Eventually(t, func() bool {
			r, err := d.Query("SELECT * FROM t ORDER BY id")
			return err == nil && len(r[0].Columns) == 5
		}, 20*time.Second, 50*time.Millisecond)
		must("ALTER TABLE t DROP COLUMN seen")
	})
	t.Run("an error of the first shard changes nothing", func(t *testing.T) {
		refused("ALTER TABLE t ADD COLUMN v INT", 1060, "Duplicate column name 'v'")
		refused("CREATE TABLE t (tenant_id INT)", 1050, "'t'")
		refused("DROP INDEX nowhere ON t", 1091)
		must("SELECT COUNT(*) FROM t")
		require.Equal(t, [2]string{before, before}, p.columns())
	})
	t.Run("shards that differ", func(t *testing.T) {
		require.NoError(t, p.servers[1].Exec(t.Context(), "ALTER TABLE app_1.t ADD COLUMN stray INT"))
		refused("ALTER TABLE t ADD COLUMN w INT", 1235, "app-0", "app-1", "`stray`")
		require.Equal(t, before, p.columns()[0])
		require.NoError(t, p.servers[1].Exec(t.Context(), "ALTER TABLE app_1.t DROP COLUMN stray"))
	})
	t.Run("the key stays", func(t *testing.T) {
		refused("ALTER TABLE t DROP COLUMN tenant_id", 1235, "tenant_id")
		refused("ALTER TABLE t MODIFY tenant_id VARCHAR(100)", 1235, "tenant_id")
		refused("ALTER TABLE t CONVERT TO CHARACTER SET latin1", 1235, "tenant_id")
		refused("ALTER TABLE t ADD UNIQUE one_v (v)", 1235, "global_keys")
		refused("CREATE UNIQUE INDEX one_v ON t (v)", 1235, "global_keys")
		refused("ALTER TABLE t ADD COLUMN w INT UNIQUE", 1235, "global_keys")
		must("CREATE UNIQUE INDEX one_v ON t (tenant_id, v)")
		must("DROP INDEX one_v ON t")
		refused("CREATE TABLE u (tenant_id INT)", 1235, "rules")
		refused("ALTER TABLE t RENAME TO u", 1235, "rules")
	})
	t.Run("some shards only", func(t *testing.T) {
		meanwhile = func() {
			require.NoError(t, p.servers[1].Exec(t.Context(), "INSERT INTO app_1.t (id, tenant_id, v) VALUES ('b2', 'b', 300)"))
			meanwhile = func() {}
		}
		refused("ALTER TABLE t MODIFY v TINYINT, ADD COLUMN mixed INT", 1264, "ran on shards app-0 and not on app-1", "sluice ddl resume")
		refused("SELECT * FROM t", 1235, "sluice ddl resume")
		refused("UPDATE t SET v = v", 1235, "sluice ddl resume")
		refused("INSERT INTO t VALUES ('a9', 'a', 9, NULL)", 1235, "sluice ddl resume")
		refused("ALTER TABLE t ADD COLUMN w INT", 1235, "sluice ddl resume")
		must("SELECT * FROM t WHERE tenant_id = 'a'")
		must("INSERT INTO t (id, tenant_id, v) VALUES ('a9', 'a', 9)")
		require.Eventually(t, func() bool {
			_, err := d.Query("SELECT * FROM t")
			return err != nil && strings.Contains(err.Error(), "sluice ddl resume")
		}, 20*time.Second, 50*time.Millisecond, "another process must know, too")
		o := proxy.Operator{Server: b.srv}
		id := p.newest(b).ID
		_, err := o.ResumeDefinition(id, false)
		require.ErrorContains(t, err, "Out of range value")
		_, err = o.ResumeDefinition(id, true)
		require.ErrorContains(t, err, "make the shards alike first")
		require.NoError(t, p.servers[1].Exec(t.Context(), "UPDATE app_1.t SET v = 5 WHERE id = 'b2'"))
		_, err = o.ResumeDefinition(id, false)
		require.NoError(t, err)
		require.Equal(t, "done", p.newest(b).State)
		require.Len(t, must("SELECT * FROM t")[0].Columns, 5)
		must("ALTER TABLE t DROP COLUMN mixed")
	})
	t.Run("two at once", func(t *testing.T) {
		var g errgroup.Group
		for n, c := range []*diff.Conn{c, d} {
			g.Go(func() error {
				for i := range 5 {
					if _, err := c.Query(fmt.Sprintf("ALTER TABLE t ADD COLUMN c%d_%d INT", n, i)); err != nil {
						return err
					}
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		got := p.columns()
		require.Equal(t, got[0], got[1])
		require.Len(t, strings.Split(got[0], ","), 14)
		require.Len(t, must("SELECT * FROM t")[0].Columns, 14)
	})
}

// startChecking starts a Sluice that looks often for what others have defined.
func (p *pair) startChecking(every string) *bed {
	p.Helper()
	text, err := os.ReadFile(p.file)
	require.NoError(p, err)
	require.NoError(p, os.WriteFile(p.file, []byte(strings.Replace(string(text), "limits: {", "limits: {schema_check: "+every+", ", 1)), 0o600))
	return p.start(nil)
}

// newest is the newest statement of the journal.
func (p *pair) newest(b *bed) *proxy.Definition {
	p.Helper()
	v, err := proxy.Operator{Server: b.srv}.Definitions(0)
	require.NoError(p, err)
	list, ok := v.([]*proxy.Definition)
	require.True(p, ok)
	require.NotEmpty(p, list)
	return list[0]
}

// TestDefinitionWithKill kills the second server when the first has the definition.
func TestDefinitionWithKill(t *testing.T) {
	p := newPair(t)
	b := p.start(func(name string) {
		if name == "first shard defined" {
			p.servers[1].Kill()
		}
	})
	c := p.connect(b)
	_, err := c.Query("ALTER TABLE t ADD COLUMN late INT")
	require.ErrorContains(t, err, "ran on shards app-0 and not on app-1: sluice ddl resume 1")
	require.NoError(t, p.servers[1].Start(t.Context()))
	next := p.start(nil) // as another process would find it
	n := p.connect(next)
	_, err = n.Query("SELECT * FROM t")
	require.ErrorContains(t, err, "sluice ddl resume 1")
	_, err = proxy.Operator{Server: next.srv}.ResumeDefinition(1, false)
	require.NoError(t, err)
	got := p.columns()
	require.Equal(t, got[0], got[1])
	r, err := n.Query("SELECT * FROM t")
	require.NoError(t, err)
	require.Len(t, r[0].Columns, 5)
}

// TestDefinitionAbandoned finishes what a Sluice that has died left behind: the journal
// does not say that a shard has it.
func TestDefinitionAbandoned(t *testing.T) {
	p := newPair(t)
	b := p.start(func(name string) {
		if name == "first shard defined" {
			panic("this Sluice dies here")
		}
	})
	c := p.connect(b)
	_, err := c.Query("ALTER TABLE t ADD COLUMN late INT")
	require.Error(t, err)
	next := p.start(nil)
	require.Equal(t, "running", p.newest(next).State)
	require.NoError(t, p.servers[0].Exec(t.Context(), `UPDATE sluice.ddl SET details = REPLACE(details, '"done"', '"waiting"')`))
	_, err = proxy.Operator{Server: next.srv}.ResumeDefinition(1, false)
	require.NoError(t, err)
	got := p.columns()
	require.Equal(t, got[0], got[1])
	require.Contains(t, got[0], "late")
}

const sweep = "CREATE PROCEDURE sweep(IN most INT) BEGIN UPDATE t SET v = v + 10 WHERE v <= most; IF most = 13 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'unlucky'; END IF; END"

func TestCallOnAllShards(t *testing.T) {
	p := newPair(t)
	text, err := os.ReadFile(p.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.file, []byte(strings.Replace(string(text), "\npins:", "\n    procedures:\n      sweep: {run: everywhere}\npins:", 1)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(p.file), "t.sql"), []byte(tables+"DELIMITER //\n"+sweep+"\n//\n"), 0o600))
	for i, s := range p.servers {
		db, err := s.DB(fmt.Sprintf("app_%d", i))
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), sweep)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
	p.reset()
	c := p.connect(p.start(nil))
	r, err := c.Query("CALL sweep(5)")
	require.NoError(t, err)
	require.Equal(t, [2]string{"10", "10"}, p.values())
	require.EqualValues(t, 0, r[len(r)-1].OK.Warnings)
	_, err = c.Query("CALL sweep(13)")
	require.ErrorContains(t, err, "unlucky")
	require.Equal(t, [2]string{"10", "10"}, p.values(), "all or nothing")
	_, err = c.Query("BEGIN")
	require.NoError(t, err)
	_, err = c.Query("CALL sweep(20)")
	require.NoError(t, err)
	_, err = c.Query("ROLLBACK")
	require.NoError(t, err)
	require.Equal(t, [2]string{"10", "10"}, p.values())
	st, err := c.Prepare("CALL sweep(?)")
	require.NoError(t, err)
	params, err := diff.Params("20")
	require.NoError(t, err)
	_, err = c.Execute(st, params, nil)
	require.NoError(t, err)
	require.Equal(t, [2]string{"20", "20"}, p.values())
	require.Zero(t, p.prepared())
	_, err = c.Query("SELECT * FROM t")
	require.NoError(t, err)
}

// TestDefinitionMeanwhile asks while some shards have a new column.
func TestDefinitionMeanwhile(t *testing.T) {
	p := newPair(t)
	half, goOn := make(chan bool), make(chan bool)
	b := p.start(func(name string) {
		if name == "first shard defined" {
			half <- true
			<-goOn
		}
	})
	p.reset()
	c, d := p.connect(b), p.connect(b)
	st, err := d.Prepare("SELECT * FROM t")
	require.NoError(t, err)
	var g errgroup.Group
	for i, ask := range []func() ([]diff.Answer, error){
		func() ([]diff.Answer, error) { return d.Query("SELECT * FROM t") },
		func() ([]diff.Answer, error) { return d.Execute(st, nil, nil) },
	} {
		g.Go(func() error {
			_, err := c.Query(fmt.Sprintf("ALTER TABLE t ADD COLUMN c%d INT", i))
			return err
		})
		<-half
		_, err := p.connect(b).Query("SELECT * FROM t WHERE tenant_id = 'a'")
		require.NoError(t, err, "one shard is one shard")
		g.Go(func() error { time.Sleep(300 * time.Millisecond); goOn <- true; return nil })
		r, err := ask()
		require.NoError(t, err)
		require.Len(t, r[0].Columns, 5+i, "the statement waits and sees the new column")
		require.NoError(t, g.Wait())
	}
	_, err = d.Query("BEGIN")
	require.NoError(t, err)
	g.Go(func() error { _, err := c.Query("ALTER TABLE t DROP COLUMN c1"); return err })
	<-half
	_, err = d.Query("SELECT * FROM t")
	require.ErrorContains(t, err, "wait until it is done: sluice ddl show 3", "a transaction keeps its rules")
	goOn <- true
	require.NoError(t, g.Wait())
	answer := httptest.NewRecorder()
	admin.Handler(proxy.Operator{Server: b.srv}).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/ddl?id=3", nil))
	require.Equal(t, 200, answer.Code, answer.Body)
	require.Contains(t, answer.Body.String(), `"statement": "ALTER TABLE t DROP COLUMN c1"`)
	answer = httptest.NewRecorder()
	admin.Handler(proxy.Operator{Server: b.srv}).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "POST", "/ddl/resume?id=3", nil))
	require.Contains(t, answer.Body.String(), "statement 3 is done")
}

// TestDefinitionKilled stops a statement that waits for a transaction on the second shard.
func TestDefinitionKilled(t *testing.T) {
	p := newPair(t)
	b := p.start(nil)
	p.reset()
	c, d := p.connect(b), p.connect(b)
	for _, sql := range []string{"BEGIN", "UPDATE t SET v = 1 WHERE tenant_id = 'b'"} {
		_, err := d.Query(sql)
		require.NoError(t, err)
	}
	r, err := c.Query("SELECT CONNECTION_ID()")
	require.NoError(t, err)
	id := r[0].Rows[0][0]
	var g errgroup.Group
	g.Go(func() error { _, err := c.Query("ALTER TABLE t ADD COLUMN slow INT"); return err })
	second, err := p.servers[1].DB("")
	require.NoError(t, err)
	defer second.Close()
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, second.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'Waiting for table metadata lock'").Scan(&n))
		return n == 1
	}, 20*time.Second, 20*time.Millisecond, "it does not wait on the second shard")
	_, err = p.connect(b).Query("KILL QUERY " + id)
	require.NoError(t, err)
	require.ErrorContains(t, g.Wait(), "interrupted; the statement ran on shards app-0 and not on app-1: sluice ddl resume 1")
	_, err = d.Query("COMMIT")
	require.NoError(t, err)
	_, err = proxy.Operator{Server: b.srv}.ResumeDefinition(1, false)
	require.NoError(t, err)
	got := p.columns()
	require.Equal(t, got[0], got[1])
}

// TestDefinitionRefusedByRows writes, between the question and the statement, a row that a
// shard refuses.
func TestDefinitionRefusedByRows(t *testing.T) {
	p := newPair(t)
	var meanwhile atomic.Pointer[func()]
	b := p.start(func(name string) {
		if f := meanwhile.Load(); name == "shards asked" && f != nil {
			(*f)()
		}
	})
	p.reset()
	c := p.connect(b)
	o := proxy.Operator{Server: b.srv}
	write := func(server int, sql string) func() {
		return func() { require.NoError(t, p.servers[server].Exec(t.Context(), sql)) }
	}
	then := func(f func()) { meanwhile.Store(&f) }
	before := p.columns()
	shown := func() string {
		r, err := c.Query("SHOW CREATE TABLE t")
		require.NoError(t, err)
		return r[0].Rows[0][1]
	}
	was := shown()
	fails := func(sql, why string) {
		t.Helper()
		_, err := c.Query(sql)
		require.ErrorContains(t, err, why)
	}

	write(1, "INSERT INTO app_1.t (id, tenant_id, v) VALUES ('b3', 'b', 300)")()
	_, err := c.Query("ALTER TABLE t MODIFY v TINYINT, ADD COLUMN mixed INT")
	require.EqualError(t, err, "ERROR 1264 (22003): Out of range value for column 'v' at row 3", "that of one server, with the row of the other shard")
	require.Equal(t, "failed", p.newest(b).State)
	require.Equal(t, before, p.columns())
	require.Equal(t, was, shown())

	// A table that is too large is not copied to find out.
	text, err := os.ReadFile(p.file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.file, []byte(strings.Replace(string(text), "limits: {", "limits: {trial_bytes: 16383B, ", 1)), 0o600))
	hasty := p.connect(p.start(nil))
	_, err = hasty.Query("ALTER TABLE t MODIFY v TINYINT")
	require.ErrorContains(t, err, "ran on shards app-0 and not on app-1")
	_, err = o.UndoDefinition(p.newest(b).ID)
	require.NoError(t, err)
	require.Equal(t, was, shown())

	for _, change := range []string{"MODIFY v TINYINT", "MODIFY v TINYINT NOT NULL FIRST, ADD COLUMN mixed INT NOT NULL AFTER id, ADD KEY twice (v, mixed), ADD CONSTRAINT low CHECK (v < 100)"} {
		write(1, "DELETE FROM app_1.t WHERE id = 'b3'")()
		then(write(1, "INSERT INTO app_1.t (id, tenant_id, v) VALUES ('b3', 'b', 300)"))
		fails("ALTER TABLE t "+change, "ran on shards app-0 and not on app-1: sluice ddl resume")
		fails("SELECT * FROM t", "sluice ddl undo")
		_, err = o.UndoDefinition(p.newest(b).ID)
		require.NoError(t, err)
		require.Equal(t, "undone", p.newest(b).State)
		require.Equal(t, was, shown())
		_, err = c.Query("SELECT * FROM t")
		require.NoError(t, err)
	}

	// What would be lost is not taken back.
	write(1, "DELETE FROM app_1.t WHERE id = 'b3'")()
	fails("ALTER TABLE t MODIFY v TINYINT, ADD COLUMN mixed INT", "ran on shards app-0")
	_, err = c.Query("UPDATE t SET mixed = 5 WHERE tenant_id = 'a'")
	require.NoError(t, err)
	id := p.newest(b).ID
	_, err = o.UndoDefinition(id)
	require.ErrorContains(t, err, "values of their own")
	_, err = c.Query("UPDATE t SET mixed = NULL WHERE tenant_id = 'a'")
	require.NoError(t, err)
	_, err = o.UndoDefinition(id)
	require.NoError(t, err)
	require.Equal(t, was, shown())

	for sql, why := range map[string]string{
		"ALTER TABLE t MODIFY v TINYINT, DROP COLUMN b":           "only what a statement has added",
		"ALTER TABLE t MODIFY v TINYINT, MODIFY b VARCHAR(9)":     "values of column b may have been changed",
		"ALTER TABLE t MODIFY v DECIMAL(2,0)":                     "values of column v may have been changed",
		"ALTER TABLE t MODIFY v TINYINT, ROW_FORMAT=COMPRESSED":   "only what a statement has added",
		"ALTER TABLE t MODIFY v TINYINT, CHANGE b bb LONGTEXT":    "only what a statement has added",
		"ALTER TABLE t MODIFY v TINYINT, DROP KEY tenant_id":      "only what a statement has added",
		"ALTER TABLE t MODIFY v TINYINT, RENAME COLUMN b TO bb":   "only what a statement has added",
		"ALTER TABLE t MODIFY v TINYINT, ADD COLUMN d DATE FIRST": "",
	} {
		write(1, "DELETE FROM app_1.t WHERE id = 'b3'")()
		was = shown() // as it was made anew
		fails(sql, "ran on shards app-0")
		id := p.newest(b).ID
		_, err = o.UndoDefinition(id)
		if why == "" {
			require.NoError(t, err, sql)
			require.Equal(t, was, shown())
			continue
		}
		require.ErrorContains(t, err, why, sql)
		write(1, "DELETE FROM app_1.t WHERE id = 'b3'")()
		_, err = o.ResumeDefinition(id, false)
		require.NoError(t, err, sql)
		meanwhile.Store(nil)
		_, err = c.Query("DROP TABLE t")
		require.NoError(t, err)
		_, err = c.Query(was)
		require.NoError(t, err)
		_, err = c.Query("INSERT INTO t (id, tenant_id) VALUES ('a1', 'a'), ('b1', 'b')")
		require.NoError(t, err)
		then(write(1, "INSERT INTO app_1.t (id, tenant_id, v) VALUES ('b3', 'b', 300)"))
	}
}

// TestDefinitionUndoneAfterDeath takes back what a Sluice that has died left behind, and
// what a server that was killed never got.
func TestDefinitionUndoneAfterDeath(t *testing.T) {
	p := newPair(t)
	var point string
	b := p.start(func(name string) {
		switch {
		case name != point:
		case name == "first shard defined":
			panic("this Sluice dies here")
		default:
			p.servers[1].Kill()
		}
	})
	c := p.connect(b)
	before := p.columns()
	point = "first shard defined"
	_, err := c.Query("ALTER TABLE t MODIFY v BIGINT NOT NULL, ADD COLUMN late INT")
	require.Error(t, err)
	next := p.start(nil)
	require.Equal(t, "running", p.newest(next).State)
	require.NotEqual(t, before, p.columns())
	_, err = proxy.Operator{Server: next.srv}.UndoDefinition(1)
	require.NoError(t, err)
	require.Equal(t, before, p.columns())
	n := p.connect(next)
	_, err = n.Query("ALTER TABLE t MODIFY v BIGINT NOT NULL")
	require.NoError(t, err, "nothing is in the way")

	point = "shards asked"
	_, err = p.connect(p.start(func(name string) {
		if name == point {
			p.servers[1].Kill()
		}
	})).Query("ALTER TABLE t MODIFY v INT NOT NULL, ADD KEY by_v (v)")
	require.ErrorContains(t, err, "ran on shards app-0 and not on app-1")
	require.NoError(t, p.servers[1].Start(t.Context()))
	next = p.start(nil)
	_, err = proxy.Operator{Server: next.srv}.UndoDefinition(p.newest(next).ID)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := p.connect(next).Query("SELECT * FROM t")
		return err == nil
	}, 20*time.Second, 100*time.Millisecond)
	require.Equal(t, "undone", p.newest(next).State)
}

// TestRefusedBeforeCommit has a table made that could only be found to exist: it is not there
// on the shards, and the transaction is not committed before that is said.
func TestRefusedBeforeCommit(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	text := config(server.Addr(), "127.0.0.1:0", "max: 20", "")
	b := startBed(t, server, tables+strings.Replace(tables, "TABLE t", "TABLE u", 1), strings.Replace(text, "t: {", "u: {kind: sharded, key: tenant_id}\n      t: {", 1))
	c := b.connect()
	b.do(c, "BEGIN", "INSERT INTO t (id, tenant_id) VALUES ('a1', 'a')")
	b.fails(c, 1235, "CREATE TABLE u SELECT id, tenant_id FROM t")
	b.do(c, "ROLLBACK")
	require.Equal(t, "0", b.cell(c, "SELECT COUNT(*) FROM t"))
}
