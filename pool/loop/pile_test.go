//go:build linux

package loop

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// busy is a task that keeps its loop until it is let go, each time its peer says something.
func busy(t *testing.T, ls *Loops) (say func(), letGo chan struct{}) {
	t.Helper()
	c, peer := pair(t, ls)
	letGo = make(chan struct{})
	ready := make(chan struct{}, 1)
	task(ls, func(t *Task) {
		t.On(c)
		for {
			ready <- struct{}{}
			if _, err := c.Read(make([]byte, 1)); err != nil {
				return
			}
			<-letGo
		}
	})
	<-ready
	return func() { _, _ = peer.Write([]byte{1}) }, letGo
}

// answering are tasks that answer a byte with a byte. before is called before they do.
func answering(t *testing.T, ls *Loops, n int, before func()) (peers []net.Conn) {
	t.Helper()
	for range n {
		c, peer := pair(t, ls)
		ready := make(chan struct{})
		task(ls, func(t *Task) {
			t.On(c)
			close(ready)
			buf := make([]byte, 1)
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
				before()
				if _, err := c.Write(buf); err != nil {
					return
				}
			}
		})
		<-ready
		peers = append(peers, peer)
	}
	return peers
}

// TestTogether: what tasks write in one batch of events is sent when all have run.
func TestTogether(t *testing.T) {
	ls := loops(t, 1, time.Hour)
	say, letGo := busy(t, ls)
	const n = 5
	var run, early atomic.Int32
	var peers []net.Conn
	peers = answering(t, ls, n, func() {
		for _, p := range peers {
			_ = p.SetReadDeadline(time.Now().Add(time.Millisecond))
			if m, _ := p.Read(make([]byte, 1)); m > 0 {
				early.Add(1)
			}
		}
		run.Add(1)
	})
	say()
	time.Sleep(20 * time.Millisecond) // it keeps the loop
	for _, p := range peers {
		_, err := p.Write([]byte{1})
		require.NoError(t, err)
	}
	time.Sleep(20 * time.Millisecond)
	letGo <- struct{}{}
	require.Eventually(t, func() bool { return run.Load() == n }, 10*time.Second, time.Millisecond)
	for _, p := range peers {
		_ = p.SetReadDeadline(time.Now().Add(10 * time.Second))
		_, err := p.Read(make([]byte, 1))
		require.NoError(t, err)
	}
	require.Zero(t, early.Load())
}

// TestTogetherTakenOver: what was kept is sent although a later task of the batch keeps the
// loop, and what is written by that task, too.
func TestTogetherTakenOver(t *testing.T) {
	ls := loops(t, 1, longest)
	for range 5 {
		keeps, letGo := busy(t, ls)
		peers := answering(t, ls, 5, func() {})
		hold := make(chan struct{})
		last, lastLetGo := busy(t, ls)
		keeps()
		for _, p := range peers {
			_, err := p.Write([]byte{1})
			require.NoError(t, err)
		}
		last()
		go func() { letGo <- struct{}{}; close(hold) }()
		for _, p := range peers {
			_ = p.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, err := p.Read(make([]byte, 1))
			require.NoError(t, err, "while the last task keeps the loop")
		}
		<-hold
		lastLetGo <- struct{}{}
	}
}

// TestOwed has many tasks write in pieces to peers that read slowly, through small
// buffers: nothing may be lost or be out of order.
func TestOwed(t *testing.T) {
	ls := loops(t, 2, longest)
	var clients sync.WaitGroup
	for i := range 16 {
		c, peer := pair(t, ls)
		require.NoError(t, peer.(*net.TCPConn).SetReadBuffer(4<<10))
		require.NoError(t, setSendBuffer(c, 4<<10))
		end := task(ls, func(t *Task) {
			coin := rand.New(rand.NewPCG(3, uint64(i)))
			ask, out := make([]byte, 4), make([]byte, 64<<10)
			for n := byte(0); ; {
				t.On(c)
				if _, err := io.ReadFull(c, ask); err != nil {
					return
				}
				for left := int(binary.LittleEndian.Uint32(ask)); left > 0; {
					m := min(left, 1+coin.IntN(1<<coin.IntN(13)))
					for j := range out[:m] {
						out[j] = n
						n++
					}
					if _, err := c.Write(out[:m]); err != nil {
						return
					}
					clear(out[:m]) // a write has taken what it was given
					left -= m
					switch coin.IntN(100) {
					case 0:
						t.Off()
					case 1:
						t.Off()
						c.Unwatch()
					case 2:
						t.On(c)
					}
				}
				if coin.IntN(20) == 0 {
					c.Release()
					t.Bind(c)
				}
			}
		})
		clients.Go(func() {
			coin := rand.New(rand.NewPCG(4, uint64(i)))
			in := make([]byte, 64<<10)
			want := byte(0)
			for range 150 {
				size := 1 + coin.IntN(1<<(4+coin.IntN(13)))
				_ = peer.SetDeadline(time.Now().Add(30 * time.Second))
				_, _ = peer.Write(binary.LittleEndian.AppendUint32(nil, uint32(size)))
				for left := size; left > 0; {
					if coin.IntN(30) == 0 {
						time.Sleep(time.Duration(coin.IntN(2000)) * time.Microsecond)
					}
					n, err := peer.Read(in[:min(left, 1+coin.IntN(len(in)))])
					if err != nil {
						t.Errorf("client %d: %v, %d bytes missing", i, err, left)
						return
					}
					for _, b := range in[:n] {
						if b != want {
							t.Errorf("client %d got other bytes than were written", i)
							return
						}
						want++
					}
					left -= n
				}
			}
			_ = peer.Close()
		})
		t.Cleanup(func() { within(t, end) })
	}
	clients.Wait()
}

// setSendBuffer has the kernel keep no more than about so many bytes that were not received.
func setSendBuffer(c *Conn, n int) (err error) {
	raw, _ := c.SyscallConn()
	return errors.Join(raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, n) }), err)
}
