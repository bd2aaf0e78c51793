package proxy_test

import (
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
)

// theDecision is in what commits a transaction whose fate is to be known, and in nothing
// else that is sent.
const theDecision = ";COMMIT AND NO CHAIN NO RELEASE"

func (r *redoing) lookups() string {
	return strings.Join(r.metrics("sluice_commits_looked_up_total"), ", ")
}

// known is a session whose commits are looked up, and perhaps run again.
func (r *redoing) known(more ...string) *diff.Conn {
	r.Helper()
	c := r.connect()
	r.do(c, append([]string{"SET sluice_commit = 'known'"}, more...)...)
	return c
}

// TestKnownCommit loses the connection of a COMMIT, before the server has it or when it has
// carried it out: the client is told which of both.
func TestKnownCommit(t *testing.T) {
	r := newRedoing(t)
	const update = "UPDATE t SET v = v + 10 WHERE tenant_id = 'a'"
	for _, c := range []struct {
		name  string
		f     func(*redoing)
		found string // what is looked up
	}{
		{"it was carried out", func(r *redoing) {
			c := r.known("BEGIN", update)
			r.muting(theDecision)
			r.do(c, "COMMIT")
			require.Equal(r, "0", r.cell(c, "SELECT ROW_COUNT()"))
			require.Equal(r, "23", r.cell(c, sumOfA))
			r.do(c, "BEGIN", update, "COMMIT")
			require.Equal(r, "43", r.cell(r.connect(), sumOfA), "the session goes on")
		}, "committed"},
		{"it never arrived", func(r *redoing) {
			c := r.known("BEGIN", update)
			r.cutting(theDecision)
			require.Contains(r, r.fails(c, 1213, "COMMIT").Message, "rolled back")
			require.Equal(r, "3", r.cell(c, sumOfA))
			r.do(c, "BEGIN", update, "COMMIT")
			require.Equal(r, "23", r.cell(r.connect(), sumOfA), "the session goes on")
		}, "rolled back"},
		{"it never arrived, and is run again", func(r *redoing) {
			c := r.known("SET sluice_replay = 1", "BEGIN", update, "SELECT SUM(v) FROM t WHERE tenant_id = 'a'")
			r.cutting(theDecision)
			r.do(c, "COMMIT")
			require.Equal(r, "23", r.cell(r.connect(), sumOfA))
		}, "rolled back"},
		{"it was carried out, and is not run again", func(r *redoing) {
			c := r.known("SET sluice_replay = 1", "BEGIN", update)
			r.muting(theDecision)
			r.do(c, "COMMIT")
			require.Equal(r, "23", r.cell(r.connect(), sumOfA))
		}, "committed"},
		{"it never arrived, and another has changed what it read", func(r *redoing) {
			c := r.known("SET sluice_replay = 1", "BEGIN", sumOfA, update)
			r.cutting(theDecision)
			var wg sync.WaitGroup
			wg.Go(func() { r.directly("UPDATE t SET v = 7 WHERE id = 'a2'") }) // waits for the transaction's lock
			time.Sleep(200 * time.Millisecond)
			_, err := c.Query("COMMIT")
			wg.Wait()
			if err == nil { // it was run again before the other came
				require.Equal(r, "18", r.cell(r.connect(), sumOfA))
			} else {
				require.ErrorContains(r, err, "1213")
				require.Equal(r, "8", r.cell(r.connect(), sumOfA))
			}
		}, "rolled back"},
		{"AND CHAIN", func(r *redoing) {
			c := r.known("BEGIN", update)
			r.muting(theDecision)
			r.do(c, "COMMIT AND CHAIN", update)
			require.Equal(r, "23", r.cell(r.connect(), sumOfA), "the next transaction is open")
			r.do(c, "COMMIT")
			require.Equal(r, "43", r.cell(r.connect(), sumOfA))
		}, "committed"},
		{"without autocommit, in several statements at once", func(r *redoing) {
			c := r.known("SET autocommit = 0")
			r.muting(theDecision)
			a, err := c.Query(update + "; COMMIT; " + sumOfA)
			require.NoError(r, err)
			require.Equal(r, "23", a[2].Rows[0][0])
			r.do(c, "ROLLBACK")
		}, "committed"},
		{"of the user, prepared", func(r *redoing) {
			db, err := sql.Open("mysql", "known@tcp("+r.addr+")/app")
			require.NoError(r, err)
			defer db.Close()
			db.SetMaxOpenConns(1)
			commit, err := db.Prepare("COMMIT")
			require.NoError(r, err)
			_, err = db.Exec("BEGIN")
			require.NoError(r, err)
			_, err = db.Exec("UPDATE t SET v = v + ? WHERE tenant_id = ?", 10, "a")
			require.NoError(r, err)
			r.muting(theDecision)
			_, err = commit.Exec()
			require.NoError(r, err)
			require.Equal(r, "23", r.cell(r.connect(), sumOfA))
		}, "committed"},
		{"its savepoints", func(r *redoing) {
			c := r.known("SET sluice_replay = 1", "BEGIN", update, "SAVEPOINT s", update, "ROLLBACK TO s")
			r.cutting(theDecision)
			r.do(c, "COMMIT")
			require.Equal(r, "23", r.cell(r.connect(), sumOfA))
		}, "rolled back"},
		{"a write by itself, which was carried out", func(r *redoing) {
			c := r.known()
			r.muting(theDecision)
			_, err := c.Query("INSERT INTO t (id, tenant_id, v) VALUES ('a3', 'a', 10), ('a4', 'a', 'x10')")
			require.ErrorContains(r, err, "1366")
			require.Equal(r, "3", r.cell(r.connect(), sumOfA))
			a, err := c.Query("INSERT IGNORE INTO t (id, tenant_id, v) VALUES ('a3', 'a', 10), ('a4', 'a', 'x10'); SHOW WARNINGS; SELECT ROW_COUNT()")
			require.NoError(r, err)
			require.Len(r, a, 3)
			require.EqualValues(r, 2, a[0].OK.Affected)
			require.Equal(r, wire.StatusAutocommit|wire.StatusMoreResults, a[0].OK.Status)
			require.Len(r, a[1].Rows, 1)
			require.Equal(r, "13", r.cell(r.connect(), sumOfA))
			r.do(c, update, "ROLLBACK")
			require.Equal(r, "53", r.cell(r.connect(), sumOfA), "the session goes on")
		}, "committed"},
		{"a write by itself, which never arrived, is sent again", func(r *redoing) {
			c := r.known()
			r.cutting(theDecision)
			r.do(c, update)
			require.Equal(r, "23", r.cell(r.connect(), sumOfA))
			r.cutting("UPDATE")
			r.do(c, update)
			require.Equal(r, "43", r.cell(r.connect(), sumOfA), "its first packet was lost")
		}, "rolled back"},
		{"a prepared write by itself", func(r *redoing) {
			db, err := sql.Open("mysql", "known@tcp("+r.addr+")/app")
			require.NoError(r, err)
			defer db.Close()
			db.SetMaxOpenConns(1)
			update, err := db.Prepare("UPDATE t SET v = v + ? WHERE tenant_id = ?")
			require.NoError(r, err)
			for i, f := range []func(string){r.cutting, r.muting} {
				f(theDecision)
				res, err := update.Exec(10, "a")
				require.NoError(r, err)
				n, _ := res.RowsAffected()
				require.EqualValues(r, 2, n)
				require.Equal(r, []string{"23", "43"}[i], r.cell(r.connect(), sumOfA))
			}
		}, "committed"},
		{"nothing was changed", func(r *redoing) {
			c := r.known("BEGIN", sumOfA)
			r.muting(theDecision)
			r.do(c, "COMMIT", "START TRANSACTION READ ONLY", sumOfA, "COMMIT")
			require.NotNil(r, r.muteAt.Swap(nil), "a decision is written for nothing")
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &redoing{bed: &bed{T: t, server: r.server, srv: r.srv, addr: r.addr, file: r.file}, server: r.server, cutAt: r.cutAt, muteAt: r.muteAt}
			r.directly("DELETE FROM t", "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1), ('a2', 'a', 2)")
			before := r.outcomeOf(c.found)
			c.f(r)
			require.Nil(t, r.muteAt.Load(), "nothing was cut")
			require.Nil(t, r.cutAt.Load(), "nothing was cut")
			if c.found != "" {
				require.NotEqual(t, before, r.outcomeOf(c.found), r.lookups())
			}
			r.idle()
		})
	}
	c := r.connect()
	r.fails(c, 1231, "SET sluice_commit = 'perhaps'")
	r.do(c, "SET sluice_commit = DEFAULT")
}

func (r *redoing) outcomeOf(found string) string {
	for _, line := range r.metrics("sluice_commits_looked_up_total") {
		if text, ok := strings.CutPrefix(line, "group=g0 outcome="+found+" "); ok {
			return text
		}
	}
	return "0"
}
