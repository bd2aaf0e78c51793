package bank

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// points are the named points of the protocol (proxy/commit.go, recover.go, barrier.go).
var points = []string{"prepared", "before decision", "after decision", "branch committed", "before commit", "settled", "barrier up"}

// failpoints makes processes die and stand still at all of them: on average each does
// each every 90 seconds.
func failpoints() string {
	text := ""
	for _, name := range points {
		text += fmt.Sprintf("%s=kill/90s,%s=stop/90s,", name, name)
	}
	return text
}

// chaos disturbs the world until ctx ends, and then waits until everything is up again.
type chaos struct {
	w     *world
	busy  sync.Map // what is being disturbed
	wg    sync.WaitGroup
	mu    sync.Mutex
	count map[string]int
}

func (c *chaos) run(ctx context.Context) {
	calm := time.Now().Add(10 * time.Second)
	for ctx.Err() == nil {
		pause := time.Duration(500+rand.IntN(2500)) * time.Millisecond
		if time.Now().After(calm) {
			calm, pause = time.Now().Add(30*time.Second), 10*time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
			c.event()
		}
	}
	c.wg.Wait()
}

func upTo(d time.Duration) time.Duration { return time.Duration(rand.Int64N(int64(d))) }

// event does one thing to one of the world's parts, if nothing is being done to that.
func (c *chaos) event() {
	w, s, g := c.w, rand.IntN(sluices), rand.IntN(groups)
	process, server, wire := fmt.Sprint("process ", s), fmt.Sprint("server ", g), fmt.Sprint("wire ", s, g)
	switch n := rand.IntN(100); {
	case n < 20:
		c.do("process killed", process, w.procs[s].Kill)
	case n < 35:
		c.do("process stopped", process, func() { w.procs[s].Pause(upTo(7 * time.Second)) })
	case n < 50:
		c.do("server killed", server, func() { w.troubled(func() { w.crash(g) }) })
	case n < 60:
		c.do("server stopped", server, func() {
			w.troubled(func() {
				_ = w.servers[g].Signal(syscall.SIGSTOP)
				time.Sleep(upTo(4 * time.Second))
				_ = w.servers[g].Signal(syscall.SIGCONT)
			})
		})
	case n < 78:
		c.do("wire cut", wire, func() {
			w.troubled(func() {
				w.wires[s][g].cut.Store(true)
				w.wires[s][g].closeAll()
				time.Sleep(upTo(2 * time.Second))
				w.wires[s][g].cut.Store(false)
			})
		})
	case n < 88:
		c.do("wire frozen", wire, func() {
			w.troubled(func() {
				w.wires[s][g].frozen.Store(true)
				time.Sleep(upTo(5 * time.Second))
				if rand.IntN(2) == 0 {
					w.wires[s][g].closeAll()
				}
				w.wires[s][g].frozen.Store(false)
			})
		})
	default:
		c.do("wire broken", wire, w.wires[s][g].closeAll)
	}
}

func (c *chaos) do(what, to string, f func()) {
	if _, busy := c.busy.LoadOrStore(to, true); busy {
		return
	}
	c.mu.Lock()
	c.count[what]++
	c.mu.Unlock()
	c.wg.Go(func() {
		defer c.busy.Delete(to)
		f()
	})
}

// crash kills a server as a power cut of its process does, and starts it again.
func (w *world) crash(g int) {
	w.servers[g].Kill()
	time.Sleep(upTo(1500 * time.Millisecond))
	for w.Context().Err() == nil {
		if err := w.servers[g].Start(w.Context()); err == nil {
			return
		}
		w.servers[g].Kill()
	}
}
