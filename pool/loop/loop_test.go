//go:build linux

package loop

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// loops starts loops that end with the test, and proves that they do.
func loops(t *testing.T, n int, keeps time.Duration) *Loops {
	t.Helper()
	ls, err := start(n, keeps)
	require.NoError(t, err)
	t.Cleanup(ls.Close)
	looks(t, ls)
	return ls
}

// looks does what the loops' owner has to do while the test runs.
func looks(t *testing.T, ls *Loops) {
	stop := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(longest)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				ls.Look()
			}
		}
	})
	t.Cleanup(func() {
		close(stop)
		looking.Wait()
	})
}

// pair is a connection of the loops and its peer, which Go's scheduler waits for.
func pair(t *testing.T, ls *Loops) (*Conn, net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	peer, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = peer.Close() })
	nc, err := ln.Accept()
	require.NoError(t, err)
	c := Of(ls.Adopt(nc, net.KeepAliveConfig{}))
	require.NotNil(t, c)
	t.Cleanup(func() { _ = c.Close() })
	return c, peer
}

// task runs f as a task and returns a channel that is closed when it has ended.
func task(ls *Loops, f func(*Task)) <-chan struct{} {
	done := make(chan struct{})
	go ls.Go(f, func() { close(done) })
	return done
}

// within fails the test if c is not closed soon.
func within(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		buf := make([]byte, 1<<20)
		t.Fatalf("still waiting\n%s", buf[:runtime.Stack(buf, true)])
	}
}

// echo answers what c reads, on or off its loop, by the toss of a coin.
func echo(c *Conn, other *Conn) func(*Task) {
	return func(t *Task) {
		coin := rand.New(rand.NewPCG(1, uint64(c.fd)))
		buf := make([]byte, 1<<10)
		for {
			if coin.IntN(2) == 0 {
				t.On(c)
				t.Bind(other)
			}
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			if coin.IntN(3) == 0 {
				t.Off()
				time.Sleep(time.Duration(coin.IntN(100)) * time.Microsecond)
			}
			switch coin.IntN(50) {
			case 0:
				other.Release()
			case 1:
				t.Off()
				other.Unwatch()
			case 2:
				t.Off()
				c.Unwatch()
			}
			if _, err := other.Write(buf[:n]); err != nil {
				return
			}
			for left := n; left > 0; {
				m, err := other.Read(buf[:left])
				if err != nil {
					return
				}
				if _, err := c.Write(buf[:m]); err != nil {
					return
				}
				left -= m
			}
		}
	}
}

// TestRelay lets tasks relay between two sockets each, changing between loop and goroutine
// and sharing the threads of the loops with each other. Nothing may be lost or stick.
func TestRelay(t *testing.T) {
	ls := loops(t, 2, longest)
	var clients sync.WaitGroup
	var ends []<-chan struct{}
	for i := range 20 {
		c, client := pair(t, ls)
		other, server := pair(t, ls)
		go func() { _, _ = io.Copy(server, server) }()
		ends = append(ends, task(ls, echo(c, other)))
		clients.Go(func() {
			coin := rand.New(rand.NewPCG(2, uint64(i)))
			for range 300 {
				out := make([]byte, 1+coin.IntN(5000))
				for j := range out {
					out[j] = byte(coin.Uint32())
				}
				_ = client.SetDeadline(time.Now().Add(20 * time.Second))
				go func() { _, _ = client.Write(out) }()
				in := make([]byte, len(out))
				if _, err := io.ReadFull(client, in); err != nil {
					t.Errorf("client %d: %v", i, err)
					return
				}
				if !bytes.Equal(in, out) {
					t.Errorf("client %d got other bytes than it had sent", i)
					return
				}
			}
			_ = client.Close()
		})
	}
	clients.Wait()
	for _, end := range ends {
		within(t, end)
	}
}

// TestSleep lets tasks give up their stacks while their clients say nothing.
func TestSleep(t *testing.T) {
	ls := loops(t, 2, longest)
	c, client := pair(t, ls)
	var runs, slept atomic.Int32
	var serve func(*Task)
	serve = func(t *Task) {
		runs.Add(1)
		buf := make([]byte, 10)
		for {
			t.On(c)
			n, err := c.Read(buf)
			switch {
			case errors.Is(err, ErrTired):
				slept.Add(1)
				t.Sleep(serve)
				return
			case err != nil:
				return
			}
			_, _ = c.Write(buf[:n])
		}
	}
	tasks := make(chan *Task, 1)
	end := task(ls, func(t *Task) {
		tasks <- t
		serve(t)
	})
	tk := <-tasks
	buf := make([]byte, 1)
	for range 200 {
		tk.Tire() // while it waits, or works: whatever comes first
		_, err := client.Write([]byte{7})
		require.NoError(t, err)
		_ = client.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err = client.Read(buf)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { tk.Tire(); return slept.Load() > 0 && runs.Load() == slept.Load() }, 10*time.Second, 10*time.Millisecond)
	_ = client.Close()
	within(t, end)
}

// TestTakenOver lets a task block on its loop, which no task may. The other tasks of the
// loop go on, and the task ends as it would have. Who sees it is the loops' owner, or
// another loop that gets events.
func TestTakenOver(t *testing.T) {
	t.Run("seen by the owner", func(t *testing.T) { takenOver(t, loops(t, 1, longest)) })
	t.Run("seen by another loop", func(t *testing.T) {
		ls, err := start(2, longest)
		require.NoError(t, err)
		t.Cleanup(ls.Close)
		takenOver(t, ls)
	})
}

// takenOver blocks a task of one loop; of the four others some are on every loop.
func takenOver(t *testing.T, ls *Loops) {
	release := make(chan struct{}, 1)
	release <- struct{}{}
	free := sync.OnceFunc(func() { close(release) })
	t.Cleanup(free)
	serve := func(c *Conn, before func()) func(*Task) {
		return func(t *Task) {
			t.On(c)
			buf := make([]byte, 10)
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				before()
				_, _ = c.Write(buf[:n])
			}
		}
	}
	ask := func(c net.Conn) {
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, err := c.Write([]byte{1})
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		require.NoError(t, err)
	}
	bad, badClient := pair(t, ls)
	ends := []<-chan struct{}{task(ls, serve(bad, func() { <-release }))}
	clients := []net.Conn{badClient}
	for range 4 {
		c, client := pair(t, ls)
		ends, clients = append(ends, task(ls, serve(c, func() {}))), append(clients, client)
	}
	for _, c := range clients {
		ask(c) // from now on it waits on its loop
	}
	_, err := badClient.Write([]byte{1})
	require.NoError(t, err)
	time.Sleep(10 * time.Millisecond)
	var asking sync.WaitGroup
	for _, c := range clients[1:] {
		asking.Go(func() {
			for range 50 {
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				_, err := c.Write([]byte{1})
				if err == nil {
					_, err = c.Read(make([]byte, 1))
				}
				if !assert.NoError(t, err) {
					return
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	asking.Wait()
	require.EqualValues(t, 1, ls.Taken())
	free()
	_ = badClient.SetDeadline(time.Now().Add(10 * time.Second))
	_, err = badClient.Read(make([]byte, 1))
	require.NoError(t, err)
	for _, c := range clients {
		ask(c)
		_ = c.Close()
	}
	for _, end := range ends {
		within(t, end)
	}
}

// TestDeadlines sets deadlines from elsewhere, closes from elsewhere, and lets them pass, on
// the loop and off it.
func TestDeadlines(t *testing.T) {
	tests := []struct {
		about string
		do    func(c *Conn, peer net.Conn)
		want  error
	}{
		{"a deadline that passes", func(c *Conn, _ net.Conn) { _ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)) }, os.ErrDeadlineExceeded},
		{"a deadline in the past", func(c *Conn, _ net.Conn) { _ = c.SetDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
		{"a shorter deadline", func(c *Conn, _ net.Conn) {
			_ = c.SetDeadline(time.Now().Add(time.Hour))
			_ = c.SetDeadline(time.Now().Add(10 * time.Millisecond))
		}, os.ErrDeadlineExceeded},
		{"closed by us", func(c *Conn, _ net.Conn) { _ = c.Close() }, net.ErrClosed},
		{"closed by the peer", func(_ *Conn, peer net.Conn) { _ = peer.Close() }, io.EOF},
	}
	for _, test := range tests {
		for _, on := range []bool{true, false} {
			ls := loops(t, 1, longest)
			c, peer := pair(t, ls)
			var got error
			ready := make(chan struct{})
			end := task(ls, func(t *Task) {
				if on {
					t.On(c)
				}
				close(ready)
				_, got = c.Read(make([]byte, 1))
			})
			<-ready
			time.Sleep(5 * time.Millisecond)
			test.do(c, peer)
			within(t, end)
			require.ErrorIs(t, got, test.want, "%s, on the loop: %v", test.about, on)
		}
	}
	ls := loops(t, 1, longest)
	c, peer := pair(t, ls)
	_ = c.SetDeadline(time.Now().Add(10 * time.Millisecond))
	_ = c.SetDeadline(time.Time{})
	time.Sleep(20 * time.Millisecond)
	_, err := peer.Write([]byte{1})
	require.NoError(t, err)
	_, err = c.Read(make([]byte, 1))
	require.NoError(t, err, "a deadline that was taken back")
}

// TestSlowReader lets a task write more than its peer reads.
func TestSlowReader(t *testing.T) {
	ls := loops(t, 1, longest)
	c, peer := pair(t, ls)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	end := task(ls, func(t *Task) {
		t.On(c)
		_, _ = c.Write(sent)
		_ = c.Close()
	})
	time.Sleep(50 * time.Millisecond)
	got, err := io.ReadAll(peer)
	require.NoError(t, err)
	require.True(t, bytes.Equal(sent, got))
	within(t, end)
}

// TestFairness lets a task read without end from a peer that writes without end; another
// of its loop is served nevertheless.
func TestFairness(t *testing.T) {
	ls := loops(t, 1, time.Hour)
	greedy, flood := pair(t, ls)
	c, client := pair(t, ls)
	go func() {
		b := make([]byte, 1<<20)
		for {
			if _, err := flood.Write(b); err != nil {
				return
			}
		}
	}()
	end := task(ls, func(t *Task) {
		t.On(greedy)
		b := make([]byte, 64)
		for {
			if _, err := greedy.Read(b); err != nil {
				return
			}
		}
	})
	other := task(ls, func(t *Task) {
		t.On(c)
		b := make([]byte, 1)
		for {
			if _, err := c.Read(b); err != nil {
				return
			}
			_, _ = c.Write(b)
		}
	})
	_ = client.SetDeadline(time.Now().Add(20 * time.Second))
	for range 100 {
		_, err := client.Write([]byte{1})
		require.NoError(t, err)
		_, err = client.Read(make([]byte, 1))
		require.NoError(t, err)
	}
	_ = flood.Close()
	_ = client.Close()
	within(t, end)
	within(t, other)
}

// TestNothingAllocated relays on the loop without garbage.
func TestNothingAllocated(t *testing.T) {
	ls := loops(t, 1, longest)
	c, client := pair(t, ls)
	end := task(ls, func(t *Task) {
		b := make([]byte, 100)
		for {
			t.On(c)
			n, err := c.Read(b)
			if err != nil {
				return
			}
			_, _ = c.Write(b[:n])
		}
	})
	b := make([]byte, 10)
	ask := func() {
		_, _ = client.Write(b)
		_, _ = client.Read(b)
	}
	ask()
	require.Less(t, testing.AllocsPerRun(1000, ask), 0.1)
	_ = client.Close()
	within(t, end)
}

// TestDeadlinesMove lets deadlines pass that were set while somebody else watched the
// socket.
func TestDeadlinesMove(t *testing.T) {
	ls := loops(t, 1, longest)
	var errs [3]error
	c, _ := pair(t, ls)
	end := task(ls, func(t *Task) {
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		t.On(c) // from Go's scheduler to the loop
		_, errs[0] = c.Read(make([]byte, 1))
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		t.Off()
		c.Unwatch() // and back
		_, errs[1] = c.Read(make([]byte, 1))
		_ = c.SetReadDeadline(time.Time{})
		t.On(c)
		t.Off()
		c.Unwatch()
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, errs[2] = c.Read(make([]byte, 1))
	})
	within(t, end)
	for _, err := range errs {
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	}
}

// TestWakes tells a task of something at every moment of its going to wait, from a
// goroutine, and from its loop while it goes there. No time may be one at which it does
// not hear.
func TestWakes(t *testing.T) {
	ls := loops(t, 1, longest)
	c, peer := pair(t, ls)
	spin := func(n int) {
		for range n {
			runtime.KeepAlive(n)
		}
	}
	const times = 10000
	var heard atomic.Int64
	end := task(ls, func(t *Task) {
		b := make([]byte, 1)
		for i := range times {
			if i%2 == 0 {
				t.Off() // it will go to the loop from a goroutine
			}
			t.On(c)
			_, err := c.Read(b)
			switch {
			case errors.Is(err, os.ErrDeadlineExceeded):
				_ = c.SetReadDeadline(time.Time{})
			case err != nil:
				return
			}
			heard.Add(1)
		}
	})
	coin := rand.New(rand.NewPCG(3, 3))
	for i := range times {
		spin(coin.IntN(4000))
		if coin.IntN(2) == 0 {
			_ = c.SetReadDeadline(time.Unix(1, 0))
		} else if _, err := peer.Write([]byte{1}); err != nil {
			break
		}
		for from := time.Now(); heard.Load() <= int64(i); runtime.Gosched() {
			if time.Since(from) > 10*time.Second {
				t.Fatalf("it did not hear of number %d", i)
			}
		}
	}
	within(t, end)
}
