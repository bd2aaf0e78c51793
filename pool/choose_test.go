package pool

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// group makes a group of which the first server is the primary; nobody is dialled.
func group(t *testing.T, options ...Options) *Group {
	addrs := make([]string, len(options))
	of := map[string]Options{}
	for i, o := range options {
		addrs[i] = string(rune('a'+i)) + ":1"
		of[addrs[i]] = o
	}
	g := NewGroup("g", addrs, func(addr string) Options { return of[addr] }, slog.New(slog.DiscardHandler))
	t.Cleanup(g.Close)
	for _, s := range g.Servers() {
		s.SetState(State{Role: RoleReplica, Up: true, LagKnown: true, Executed: sourceA + ":1-10", Seen: time.Now()})
	}
	return g
}

func TestChoose(t *testing.T) {
	own := func(text string) GTIDs {
		set, err := ParseGTIDs(text)
		require.NoError(t, err)
		return set
	}
	g := group(t, Options{}, Options{Weight: 1, Zone: "x"}, Options{Weight: 1, Zone: "y"}, Options{Weight: 1, Report: true}, Options{})
	servers := g.Servers()
	now := time.Now()
	times := func(d Demand) map[*Server]int {
		out := map[*Server]int{}
		for range 200 {
			s, _, err := g.Choose(&d, now)
			if err == nil {
				out[s]++
			}
		}
		return out
	}
	require.Len(t, times(Demand{}), 2)
	require.Equal(t, map[*Server]int{servers[2]: 200}, times(Demand{Zone: "y"}))
	require.Len(t, times(Demand{Zone: "z"}), 2, "no replica in the zone")
	require.Equal(t, map[*Server]int{servers[3]: 200}, times(Demand{Report: true}))
	require.Equal(t, map[*Server]int{servers[1]: 200}, times(Demand{Tried: []*Server{servers[2]}}))

	servers[2].SetState(State{Role: RoleReplica, Up: true, LagKnown: true, Lag: time.Second, Executed: sourceA + ":1-5", Seen: now})
	require.Equal(t, map[*Server]int{servers[1]: 200}, times(Demand{Lag: 500 * time.Millisecond}))
	require.Equal(t, map[*Server]int{servers[1]: 200}, times(Demand{Own: own(sourceA + ":7"), Wait: time.Second, Zone: "y"}), "what need not wait comes first")
	_, wait, err := g.Choose(&Demand{Own: own(sourceA + ":11"), Wait: time.Second}, now)
	require.NoError(t, err)
	require.True(t, wait)
	servers[1].reached(own(sourceA + ":11"))
	require.Equal(t, map[*Server]int{servers[1]: 200}, times(Demand{Own: own(sourceA + ":11")}))

	why := func(d Demand, at time.Time) error {
		_, _, err := g.Choose(&d, at)
		return err
	}
	require.Equal(t, AllBehind, why(Demand{Own: own(sourceB + ":1")}, now))
	require.Equal(t, AllBehind, why(Demand{Lag: time.Second}, now.Add(2*time.Second)), "an old measurement says nothing")
	require.Equal(t, AllTried, why(Demand{Report: true, Tried: servers}, now))
	servers[3].SetState(State{})
	require.Equal(t, AllDown, why(Demand{Report: true}, now))
	_, _, err = group(t, Options{}).Choose(&Demand{}, now)
	require.Equal(t, NoneConfigured, err)
}

// TestSlowReplica: a replica whose probes take much longer than those of the fastest
// server gets no reads while another can answer, and does again when they no longer do.
func TestSlowReplica(t *testing.T) {
	g := group(t, Options{}, Options{Weight: 1}, Options{Weight: 1}, Options{Weight: 1, Report: true})
	g.probing.Slow = 100 * time.Millisecond
	probed := func(i, times int, took time.Duration) {
		for range times {
			st := g.servers[i].State()
			st.Took = took
			g.time(g.servers[i], &st)
			g.servers[i].SetState(st)
		}
	}
	chosen := func(d Demand) (out []*Server) {
		for range 50 {
			if s, _, err := g.Choose(&d, time.Now()); err == nil && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
		return out
	}
	probed(1, slowTurns-1, time.Second)
	probed(1, 1, 0)
	probed(1, slowTurns-1, time.Second)
	require.Len(t, chosen(Demand{}), 2, "it was quick once in between")
	probed(1, 1, time.Second)
	require.Equal(t, []*Server{g.servers[2]}, chosen(Demand{}))
	probed(2, slowTurns, 300*time.Millisecond)
	require.Empty(t, chosen(Demand{}))
	_, _, err := g.Choose(&Demand{}, time.Now())
	require.Equal(t, AllSlow, err)
	require.Len(t, chosen(Demand{Slow: true}), 2, "rather slow than none")
	probed(3, slowTurns, time.Second)
	require.Len(t, chosen(Demand{Report: true, Slow: true}), 1)
	probed(1, slowTurns, 10*time.Millisecond)
	require.Equal(t, []*Server{g.servers[1]}, chosen(Demand{Slow: true}))
	probed(0, 1, 300*time.Millisecond)
	probed(1, 1, 300*time.Millisecond)
	probed(3, 1, 300*time.Millisecond)
	probed(2, slowTurns, 300*time.Millisecond)
	require.Len(t, chosen(Demand{}), 2, "none is slow where all are")
}

func TestBreaker(t *testing.T) {
	var b breaker
	now := time.Now()
	b.failed(now)
	require.True(t, b.closed(now), "one failure is no pattern")
	b.served(false, now)
	b.failed(now)
	b.failed(now)
	require.False(t, b.closed(now))
	require.False(t, b.try(now))
	later := now.Add(breakerPause)
	require.True(t, b.try(later), "one read tries")
	require.False(t, b.try(later), "one only")
	b.failed(later)
	require.False(t, b.try(later.Add(breakerPause)), "the pause doubles")
	require.True(t, b.try(later.Add(2*breakerPause)))
	b.served(false, now)
	require.True(t, b.try(later))
	for range 100 {
		b.failed(now)
	}
	require.True(t, b.try(now.Add(breakerLong)))
}

// TestLateReplica: a replica that is late with reads while another is not gets none, but
// for one after each pause, and is an ordinary one again after three that were quick.
func TestLateReplica(t *testing.T) {
	g := group(t, Options{}, Options{Weight: 1}, Options{Weight: 1})
	g.probing.Slow = 100 * time.Millisecond
	for _, s := range g.servers {
		s.pace.limit.Store(int64(g.probing.Slow))
	}
	probed := func() {
		for _, s := range g.servers {
			st := s.State()
			g.time(s, &st)
			s.SetState(st)
		}
	}
	read := func(i, times int, took time.Duration) {
		for range times {
			g.servers[i].Asked()
			g.servers[i].Served(took)
		}
	}
	late := g.servers[1]
	read(1, 20, time.Second)
	probed()
	require.False(t, late.Ejected(), "nobody knows how quick the other is")
	read(2, 20, time.Second)
	probed()
	require.False(t, late.Ejected(), "the reads are heavy")
	for range 40 {
		probed() // all of that is forgotten
	}
	read(1, 20, time.Millisecond)
	read(2, 20, time.Millisecond)
	probed()
	require.False(t, late.Ejected() || g.servers[2].Ejected())
	for range 10 {
		late.Asked() // they never end
		read(2, 4, time.Millisecond)
	}
	for range 4 {
		probed()
		read(2, 4, time.Millisecond)
	}
	require.True(t, late.Ejected())
	require.False(t, g.servers[2].Ejected())
	s, _, err := g.Choose(&Demand{}, time.Now())
	require.NoError(t, err)
	require.Equal(t, g.servers[2], s)
	s, _, err = g.Choose(&Demand{Slow: true, Tried: g.servers[2:]}, time.Now())
	require.NoError(t, err)
	require.Equal(t, late, s, "rather late than none")
	require.True(t, late.breaker.try(time.Now()))

	b := &late.breaker
	read(1, 3, time.Millisecond)
	require.True(t, b.isSlow(), "what was sent before counts for nothing")
	now := b.until
	require.True(t, b.try(now))
	b.served(true, now)
	require.False(t, b.closed(now.Add(breakerPause)), "the pause doubles")
	for range quickTrials {
		require.True(t, b.isSlow())
		now = b.until
		require.True(t, b.try(now))
		b.served(false, now)
	}
	require.False(t, b.isSlow())
	require.True(t, b.closed(now))
}
