//go:build failpoints

package proxy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// fault is what happens at a named point, every so often.
type fault struct {
	word   string
	signal syscall.Signal
	every  time.Duration

	mu  sync.Mutex
	due time.Time
}

// points makes this process die or stand still at named points, as the environment
// variable SLUICE_FAILPOINTS says: "prepared=kill/10s,before decision=stop/1m". The times
// are what lies between two faults on average. Only test builds (-tags failpoints) have
// it.
func points() pointFunc {
	signals := map[string]syscall.Signal{"kill": syscall.SIGKILL, "stop": syscall.SIGSTOP}
	at := map[string][]*fault{}
	for _, text := range strings.Split(os.Getenv("SLUICE_FAILPOINTS"), ",") {
		name, what, _ := strings.Cut(text, "=")
		word, every, _ := strings.Cut(what, "/")
		f := &fault{word: word, signal: signals[word]}
		var err error
		if f.every, err = time.ParseDuration(every); err != nil || f.signal == 0 {
			continue
		}
		f.draw()
		at[name] = append(at[name], f)
	}
	return func(name string) {
		for _, f := range at[name] {
			f.reached(name)
		}
	}
}

// draw says when the fault happens next.
func (f *fault) draw() {
	f.due = time.Now().Add(time.Duration(rand.ExpFloat64() * float64(f.every)))
}

func (f *fault) reached(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Now().Before(f.due) {
		return
	}
	fmt.Fprintf(os.Stderr, "failpoint: %s at %s\n", f.word, name)
	_ = syscall.Kill(os.Getpid(), f.signal)
	f.draw()
}

// losses are what the cache of replies is to lose, as the environment variable SLUICE_LOSES
// says: "succession,write".
func losses() []string { return strings.Split(os.Getenv("SLUICE_LOSES"), ",") }
