package failover

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/sluicetest"
)

// maxLag is what level bounded promises.
const maxLag = time.Second

// TestLevels writes through one of three Sluices and reads back through any, while the
// replicas lag between nothing and ten seconds. LEVELS_FOR says how long.
func TestLevels(t *testing.T) {
	long := 20 * time.Second
	if v := os.Getenv("LEVELS_FOR"); v != "" {
		var err error
		long, err = time.ParseDuration(v)
		require.NoError(t, err)
	}
	c := checkLevels(t, long, nil)
	require.Empty(t, c.violations)
	for _, kind := range []string{"session", "token", "strong", "bounded"} {
		require.NotZero(t, c.checks[kind], kind)
	}
	require.NotZero(t, c.stale, "lag was not seen at all: nothing would have been noticed")
}

// TestLevelsNotice takes out of Sluice what it does for two levels: the checker must see
// that of each.
func TestLevelsNotice(t *testing.T) {
	c := checkLevels(t, 15*time.Second, map[string]string{
		"len(d.Own) == 0 || s.executed().Contains(d.Own)": "true",
		"d.Lag > 0 && (!st.LagKnown":                      "d.Lag < 0 && (!st.LagKnown",
	})
	for _, kind := range []string{"session", "token", "bounded"} {
		require.NotZero(t, c.violations[kind], "reads of kind %s are stale, and nobody has noticed", kind)
	}
	require.Zero(t, c.violations["strong"])
}

// levels counts what was read.
type levels struct {
	*world
	mu         sync.Mutex
	checks     map[string]int
	violations map[string]int
	stale      int // reads that were promised nothing, and were old
}

func (l *levels) check(kind string, want, got int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.checks[kind]++
	switch {
	case got >= want:
	case kind == "any":
		l.stale++
	default:
		if l.violations[kind]++; l.violations[kind] < 5 {
			l.Logf("%s: read %d, promised %d", kind, got, want)
		}
	}
}

// checkLevels lets clients write and read for a while, through a Sluice in whose pool
// some texts have been replaced.
func checkLevels(t *testing.T, long time.Duration, changes map[string]string) *levels {
	w := &world{T: t, dir: sluicetest.Memory(t), group: ", reads: {consistency: session, wait: 1500ms, max_lag: " + maxLag.String() + "}"}
	for range 3 {
		w.addServer([]string{"--max-connections=1000"}, false)
	}
	for i := range w.servers[1:] {
		w.follow(1+i, 0)
	}
	w.define()
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "t.sql"), []byte(definition+";"), 0o600))
	w.binary = sluicetest.Build(t, w.dir, changed(t, w.dir, changes)...)
	for range 3 {
		w.launch()
	}
	l := &levels{world: w, checks: map[string]int{}, violations: map[string]int{}}
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() { l.writeAndRead(ctx, i) })
	}
	wg.Go(func() { l.clock(ctx) })
	wg.Go(func() { l.lag(ctx) })
	wg.Wait()
	t.Logf("checks %v, violations %v, %d reads without a promise were old (%s)", l.checks, l.violations, l.stale, load())
	return l
}

// changed are the flags of a build in which texts of pool/choose.go are replaced.
func changed(t *testing.T, dir string, changes map[string]string) []string {
	t.Helper()
	if len(changes) == 0 {
		return nil
	}
	file, err := filepath.Abs("../../pool/choose.go")
	require.NoError(t, err)
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	text := string(source)
	for from, to := range changes {
		require.Equal(t, 1, strings.Count(text, from), "%s is not there any more", from)
		text = strings.Replace(text, from, to, 1)
	}
	other := filepath.Join(dir, "choose.go")
	require.NoError(t, os.WriteFile(other, []byte(text), 0o600))
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{file: other}})
	require.NoError(t, err)
	overlay := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlay, list, 0o600))
	return []string{"-overlay", overlay}
}

// say runs statements on a connection; the last one's only value is returned.
func (l *levels) say(c *diff.Conn, statements ...string) string {
	out := ""
	for _, sql := range statements {
		a, err := c.Query(sql)
		if err != nil {
			l.Errorf("%s: %v", sql, err)
			return ""
		}
		if out = ""; len(a[0].Rows) == 1 {
			out = a[0].Rows[0][0]
		}
	}
	return out
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// writeAndRead counts a row of its own up, and reads it back at all levels.
func (l *levels) writeAndRead(ctx context.Context, i int) {
	var conns []*diff.Conn
	for _, p := range l.procs {
		c, err := l.connect(p)
		if err != nil {
			l.Errorf("%v", err)
			return
		}
		defer c.Close()
		conns = append(conns, c)
	}
	write := fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('row-%d', 'a', %%d) ON DUPLICATE KEY UPDATE v = VALUES(v)", i)
	read := fmt.Sprintf("SELECT v FROM t WHERE id = 'row-%d' AND tenant_id = 'a' /* sluice:consistency=%%s */", i)
	for n := 1; ctx.Err() == nil && !l.Failed(); n++ {
		here, there, third := conns[rand.IntN(3)], conns[rand.IntN(3)], conns[rand.IntN(3)]
		l.say(here, fmt.Sprintf(write, n))
		l.check("session", n, number(l.say(here, fmt.Sprintf(read, "session"))))
		token := l.say(here, "SHOW SLUICE TOKEN")
		l.check("any", n, number(l.say(third, fmt.Sprintf(read, "any"))))
		l.check("token", n, number(l.say(there, "SET sluice_after = '"+token+"'", fmt.Sprintf(read, "session"))))
		l.check("strong", n, number(l.say(third, fmt.Sprintf(read, "strong"))))
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
	}
}

// clock counts one row up for all, and reads it through any Sluice at level bounded: what
// was acknowledged maxLag before must be there.
func (l *levels) clock(ctx context.Context) {
	var acked []time.Time // of the values from 1 on
	var wg sync.WaitGroup
	c, err := l.connect(l.procs[0])
	if err != nil {
		l.Errorf("%v", err)
		return
	}
	defer c.Close()
	wg.Go(func() {
		for n := 1; ctx.Err() == nil && !l.Failed(); n++ {
			l.say(c, fmt.Sprintf("INSERT INTO t (id, tenant_id, v) VALUES ('clock', 'a', %d) ON DUPLICATE KEY UPDATE v = VALUES(v)", n))
			l.mu.Lock()
			acked = append(acked, time.Now())
			l.mu.Unlock()
			time.Sleep(5 * time.Millisecond)
		}
	})
	for _, p := range l.procs {
		wg.Go(func() {
			c, err := l.connect(p)
			if err != nil {
				l.Errorf("%v", err)
				return
			}
			defer c.Close()
			for ctx.Err() == nil && !l.Failed() {
				l.mu.Lock()
				want, _ := slices.BinarySearchFunc(acked, time.Now().Add(-maxLag), time.Time.Compare)
				l.mu.Unlock()
				l.check("bounded", want, number(l.say(c, "SELECT v FROM t WHERE id = 'clock' AND tenant_id = 'a' /* sluice:consistency=bounded */")))
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	wg.Wait()
}

// lag lets the replicas lag by turns: a delay up to ten seconds, an applier that stands
// still, nothing.
func (l *levels) lag(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		s := l.servers[1+n%2]
		delay := []int{0, 2, 0, 10, 1, 0}[n%6]
		statements := []string{"STOP REPLICA SQL_THREAD", fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_DELAY=%d", delay), "START REPLICA SQL_THREAD"}
		if n%5 == 4 {
			statements = statements[:1]
		}
		if err := s.Exec(context.Background(), statements...); err != nil {
			l.Errorf("lag: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(500+rand.IntN(1500)) * time.Millisecond):
		}
	}
}
