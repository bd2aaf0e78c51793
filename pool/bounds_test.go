package pool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// bed is a pool of two connections and the server behind it.
type bed struct {
	*testing.T
	*Server
	mysqld *mysqltest.Server
}

func TestPool(t *testing.T) {
	mysqld := mysqltest.Start(t, mysqltest.Options{})
	for name, f := range map[string]func(*bed){
		"a connection is lent again": lentAgain, "the deadline of waiting": deadline, "a waiter gets what is released": handedOver,
		"a waiter that is given up": givenUp, "closing": closing,
		"settings decide which is lent": matching, "FOUND_ROWS makes room": makesRoom, "idle and minimum": idleClosed,
		"lifetime": lifetime, "killed while idle": killedIdle, "in doubt": inDoubt, "an adaption": adaption,
		"an adaption that fails": failedAdaption, "a server that is down": down, "prepared statements are bounded": boundedStmts,
		"a quiet schema goes first": fair, "a schema has its share": shared, "the queue is bounded": bounded,
	} {
		t.Run(name, func(t *testing.T) {
			b := &bed{T: t, mysqld: mysqld, Server: NewServer("g", mysqld.Addr(), options(), slog.New(slog.DiscardHandler))}
			t.Cleanup(b.Close)
			f(b)
		})
	}
}

func options() Options {
	return Options{
		Dialer: Dialer{User: "root", Password: func() (string, error) { return "", nil }, Timeout: 30 * time.Second, ReadSize: 16 << 10},
		Max:    2, Wait: 100 * time.Millisecond, MaxStmts: 2,
	}
}

// with gives the bed another pool.
func (b *bed) with(change func(*Options)) {
	o := options()
	change(&o)
	b.Close()
	b.Server = NewServer("g", b.mysqld.Addr(), o, slog.New(slog.DiscardHandler))
	b.Cleanup(b.Server.Close)
}

func (b *bed) lease(w *Want) *Conn {
	b.Helper()
	c, err := b.Lease(b.Context(), w)
	require.NoError(b, err)
	return c
}

func (b *bed) cell(c *Conn, sql string) string {
	b.Helper()
	rows, err := c.QueryAll(sql)
	require.NoError(b, err, sql)
	return string(rows[0][0])
}

// adapt brings a lent connection to w and runs a statement behind it.
func (b *bed) adapt(c *Conn, w *Want, sql string) (string, error) {
	adaption, n := c.AppendAdapt(nil, w)
	rows, err := c.QueryAll(string(adaption) + sql)
	if err != nil {
		return "", err
	}
	require.Equal(b, n > 0, len(adaption) > 0)
	c.Adapted(w)
	return string(rows[0][0]), nil
}

func lentAgain(b *bed) {
	c := b.lease(&Want{})
	id := c.ThreadID
	c.Release()
	require.Equal(b, id, b.lease(&Want{}).ThreadID)
	st := b.Stats()
	require.Equal(b, []int{1, 0, 1, 1}, []int{st.Open, st.Idle, st.Lent, int(st.Dials)})
}

func deadline(b *bed) {
	b.lease(&Want{})
	b.lease(&Want{})
	start := time.Now()
	_, err := b.Lease(b.Context(), &Want{})
	require.ErrorIs(b, err, ErrExhausted)
	require.GreaterOrEqual(b, time.Since(start), 100*time.Millisecond)
	st := b.Stats()
	require.Equal(b, []int{2, 0, 1, 1}, []int{st.Open, st.Waiting, int(st.Waits), int(st.Timeouts)})
}

// waiting leases in the background and returns when the lease waits.
func (b *bed) waiting(ctx context.Context, w *Want) <-chan error {
	done := make(chan error, 1)
	go func() {
		c, err := b.Lease(ctx, w)
		if err == nil {
			c.Release()
		}
		done <- err
	}()
	require.Eventually(b, func() bool { return b.Stats().Waiting == 1 }, 10*time.Second, time.Millisecond)
	return done
}

func patient(o *Options) { o.Wait = time.Minute }

func handedOver(b *bed) {
	b.with(patient)
	c := b.lease(&Want{})
	b.lease(&Want{})
	done := b.waiting(b.Context(), &Want{})
	c.Release()
	require.NoError(b, <-done)
	c = b.lease(&Want{})
	done = b.waiting(b.Context(), &Want{})
	c.Doubt("test")
	c.Release() // its place is handed over instead
	require.NoError(b, <-done)
	require.Equal(b, 3, int(b.Stats().Dials))
	require.Equal(b, 2, b.Stats().Open)
}

func givenUp(b *bed) {
	b.with(patient)
	c := b.lease(&Want{})
	b.lease(&Want{})
	why := errors.New("client has gone")
	ctx, cancel := context.WithCancelCause(b.Context())
	done := b.waiting(ctx, &Want{})
	cancel(why)
	require.ErrorIs(b, <-done, why)
	c.Release()
	require.Equal(b, 1, b.Stats().Idle, "nobody waits any more")
}

func closing(b *bed) {
	b.with(patient)
	c := b.lease(&Want{})
	b.lease(&Want{}).Release()
	other := b.lease(&Want{})
	done := b.waiting(b.Context(), &Want{FoundRows: false})
	b.Close()
	require.ErrorIs(b, <-done, ErrClosed)
	_, err := b.Lease(b.Context(), &Want{})
	require.ErrorIs(b, err, ErrClosed)
	require.Equal(b, "1", b.cell(c, "SELECT 1"), "what is lent stays open")
	c.Release()
	other.Release()
	require.Zero(b, b.Stats().Open)
	require.Equal(b, 2, int(b.Stats().Closed["pool closed"]))
}

func matching(b *bed) {
	ansi := &Want{Settings: (*Settings)(nil).With(Setting{"sql_mode", "ANSI"})}
	one, two := b.lease(&Want{}), b.lease(&Want{})
	_, err := b.adapt(one, ansi, "SELECT 1")
	require.NoError(b, err)
	one.Release()
	two.Release() // the one used last
	same := &Want{Settings: (*Settings)(nil).With(Setting{"sql_mode", "ANSI"})}
	require.Same(b, one, b.lease(same))
	require.Same(b, two, b.lease(ansi), "any is better than none")
}

func makesRoom(b *bed) {
	b.lease(&Want{})
	b.lease(&Want{}).Release()
	c := b.lease(&Want{FoundRows: true})
	require.True(b, c.FoundRows)
	require.Equal(b, 1, int(b.Stats().Closed["made room"]))
	require.Equal(b, 2, b.Stats().Open)
}

func idleClosed(b *bed) {
	b.with(func(o *Options) { o.Idle, o.Min = time.Millisecond, 1 })
	one, two := b.lease(&Want{}), b.lease(&Want{})
	one.Release()
	two.Release()
	require.Eventually(b, func() bool { return b.Stats().Open == 1 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(b, 1, int(b.Stats().Closed["idle"]))
	b.Expire("test")
	require.Eventually(b, func() bool { return b.Stats().Idle == 1 }, 10*time.Second, 10*time.Millisecond, "the minimum is opened again")
}

func lifetime(b *bed) {
	b.with(func(o *Options) { o.Lifetime = time.Second })
	lent, idle := b.lease(&Want{}), b.lease(&Want{})
	idle.Release()
	require.Eventually(b, func() bool { return b.Stats().Idle == 0 }, 10*time.Second, 10*time.Millisecond)
	require.Equal(b, "1", b.cell(lent, "SELECT 1"), "a lent one is left alone")
	lent.Release()
	require.Zero(b, b.Stats().Open)
	require.Equal(b, 2, int(b.Stats().Closed["lifetime"]))
}

func killedIdle(b *bed) {
	c := b.lease(&Want{})
	c.Release()
	require.NoError(b, b.mysqld.Exec(b.Context(), fmt.Sprintf("KILL %d", c.ThreadID)))
	require.Eventually(b, func() bool { return !c.alive() }, 10*time.Second, time.Millisecond)
	c.used -= int64(time.Second) // one that was used just now is not looked at
	other := b.lease(&Want{})
	require.NotEqual(b, c.ThreadID, other.ThreadID)
	require.Equal(b, "1", b.cell(other, "SELECT 1"))
	require.Equal(b, 1, int(b.Stats().Closed["closed by server"]))
}

func inDoubt(b *bed) {
	c := b.lease(&Want{})
	c.Doubt("first")
	c.Doubt("second")
	c.Release()
	require.Equal(b, map[string]uint64{"first": 1}, b.Stats().Closed)
	c = b.lease(&Want{})
	c.WriteCommand(wire.ComQuery, []byte("SELECT 1"))
	require.NoError(b, c.Flush())
	require.NoError(b, c.Fill(4))
	c.Release()
	require.Equal(b, 1, int(b.Stats().Closed["unread data"]), "a reply that nobody has read must not reach the next")
}

func adaption(b *bed) {
	w := &Want{
		Settings: (*Settings)(nil).With(Setting{"time_zone", "+03:33"}), Schema: "mysql",
		UserVars: []UserVar{{"me", "'x'"}}, InsertID: 7, NeedID: true,
	}
	c := b.lease(w)
	const all = "SELECT CONCAT_WS(' ', @@time_zone, DATABASE(), @me, LAST_INSERT_ID())"
	got, err := b.adapt(c, w, all)
	require.NoError(b, err)
	require.Equal(b, "+03:33 mysql x 7", got)
	got, err = b.adapt(c, &Want{UserVars: []UserVar{{"me", "NULL"}}, NeedID: true}, all)
	require.NoError(b, err)
	require.Equal(b, "SYSTEM mysql 0", got, "a statement that needs no schema keeps it")
}

func failedAdaption(b *bed) {
	c := b.lease(&Want{})
	bad := &Want{Settings: (*Settings)(nil).With(Setting{"max_execution_time", "5"}, Setting{"sql_mode", "NONSENSE"})}
	_, err := b.adapt(c, bad, "SET @ran = 1")
	var e *wire.Error
	require.ErrorAs(b, err, &e)
	require.Equal(b, 1231, int(e.Number))
	require.Nil(b, c.Settings(), "it counts as what it was")
	require.Equal(b, "0", b.cell(c, "SELECT @@max_execution_time"))
	require.Equal(b, "1", b.cell(c, "SELECT @ran IS NULL"), "the statement behind it has not run")
}

func down(b *bed) {
	b.Server.Addr = "127.0.0.1:1"
	_, err := b.Lease(b.Context(), &Want{})
	var e *DownError
	require.ErrorAs(b, err, &e)
	st := b.Stats()
	require.Equal(b, []int{0, 1}, []int{st.Open, int(st.DialErrors)})
	require.Error(b, st.Err)
}

func boundedStmts(b *bed) {
	c := b.lease(&Want{})
	for i := range 3 {
		c.AddStmt([]byte(fmt.Sprint(i)), b.prepare(c))
	}
	require.Nil(b, c.Stmt([]byte("0")))
	require.NotNil(b, c.Stmt([]byte("1")))
	require.NotNil(b, c.Stmt([]byte("2")))
	c.DropStmt([]byte("1"))
	require.Nil(b, c.Stmt([]byte("1")))
	require.Equal(b, "Prepared_stmt_count 1", b.status(c), "the server has closed them, too")
}

func (b *bed) prepare(c *Conn) wire.Prepared {
	b.Helper()
	c.WriteCommand(wire.ComStmtPrepare, []byte("DO 1"))
	require.NoError(b, c.Flush())
	p, err := c.ReadPacket()
	require.NoError(b, err)
	head, err := wire.ParsePrepared(p)
	require.NoError(b, err)
	return head
}

// status is the number of statements that are prepared on the server.
func (b *bed) status(c *Conn) string {
	b.Helper()
	rows, err := c.QueryAll("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")
	require.NoError(b, err)
	return string(rows[0][0]) + " " + string(rows[0][1])
}
