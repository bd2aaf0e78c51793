//go:build failpoints

package proxy

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// points makes this process die or stand still at named points, as the environment
// variable SLUICE_FAILPOINTS says: "prepared=kill/300,before decision=stop/500" is one
// time in 300 and one in 500. Only test builds (-tags failpoints) have it.
func points() pointFunc {
	type fault struct {
		signal syscall.Signal
		word   string
		one    int
	}
	at := map[string][]fault{}
	for _, text := range strings.Split(os.Getenv("SLUICE_FAILPOINTS"), ",") {
		name, what, _ := strings.Cut(text, "=")
		word, odds, _ := strings.Cut(what, "/")
		one, err := strconv.Atoi(odds)
		if err != nil {
			continue
		}
		signal := syscall.SIGKILL
		if word == "stop" {
			signal = syscall.SIGSTOP
		}
		at[name] = append(at[name], fault{signal, word, one})
	}
	return func(name string) {
		for _, f := range at[name] {
			if rand.IntN(f.one) == 0 {
				fmt.Fprintf(os.Stderr, "failpoint: %s at %s\n", f.word, name)
				_ = syscall.Kill(os.Getpid(), f.signal)
			}
		}
	}
}
