package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// instructions is how many instructions of its own Sluice runs per statement, without the
// kernel's. Unlike times they hardly depend on the machine and on what else it does.
type instructions struct {
	Go        string             `json:"go"`            // which compiled Sluice
	Statement map[string]float64 `json:"per_statement"` // by workload
}

// What is counted: each time a few clients send so many statements, and the median of
// several times counts.
const (
	countClients = 4
	countTimes   = 3
	countRows    = 20_000 // as many as a time returns, or countMost statements
	countMost    = 1500
)

// underCallgrind is the command that runs Sluice where its instructions are counted.
// Callgrind does not get on with signals, by which Go interrupts goroutines, too, nor with
// the instruction by which it reads a processor's clock.
func (s *setup) underCallgrind(args []string) (*exec.Cmd, error) {
	if _, err := exec.LookPath("callgrind_control"); err != nil {
		return nil, fmt.Errorf("instructions are counted by Valgrind, which is not installed (Debian package valgrind): %w", err)
	}
	args = append([]string{"-q", "--tool=callgrind", "--callgrind-out-file=" + filepath.Join(s.dir, "counts")}, args...)
	cmd := exec.Command("valgrind", args...)
	s.ends = os.Kill
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1,cpu.rdtscp=off")
	return cmd, nil
}

// count counts the instructions of each workload.
func count(ctx context.Context, s *setup, o options) (*instructions, error) {
	n := &instructions{Go: runtime.Version(), Statement: map[string]float64{}}
	sluice := s.targets[1]
	dumps := 0
	for _, w := range workloads {
		if !o.only.MatchString(w.name) {
			continue
		}
		cs, err := connect(sluice, w, countClients)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
		for _, c := range cs {
			c.target = sluice
		}
		each := max(1, min(countMost, countRows/max(1, w.rows))/countClients)
		var all []float64
		for i := range countTimes + 1 { // the first warms up
			if err := send(ctx, cs, w, each, dumps); err != nil {
				return nil, fmt.Errorf("%s: %w", w.name, err)
			}
			dumps++
			total, err := s.dump(ctx, sluice.pid, dumps)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				all = append(all, float64(total)/float64(each*countClients))
			}
		}
		for _, c := range cs {
			_ = c.Close()
		}
		slices.Sort(all)
		n.Statement[w.name] = math.Round(all[len(all)/2])
	}
	if len(n.Statement) == 0 {
		return nil, errors.New("no workload has such a name")
	}
	if o.profile != "" {
		data, err := os.ReadFile(s.dumpFile(dumps))
		if err != nil {
			return nil, err
		}
		return n, os.WriteFile(o.profile, data, 0o644)
	}
	return n, nil
}

// send sends a workload's statements over each connection, the nth time that it is done.
func send(ctx context.Context, cs []*client, w workload, each, nth int) error {
	g, ctx := errgroup.WithContext(ctx)
	for i, c := range cs {
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(i), uint64(nth)))
			for range each {
				if err := errors.Join(ctx.Err(), w.once(c, r)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

func (s *setup) dumpFile(n int) string { return filepath.Join(s.dir, "counts."+strconv.Itoa(n)) }

var totals = regexp.MustCompile(`(?m)^totals: (\d+)$`)

// dump has Callgrind write what it has counted, begin anew, and returns the total. It is
// the nth time.
func (s *setup) dump(ctx context.Context, pid, nth int) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "callgrind_control", "--dump", strconv.Itoa(pid)).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("callgrind_control: %w: %s", err, out)
	}
	data, err := os.ReadFile(s.dumpFile(nth))
	if err != nil {
		return 0, err
	}
	m := totals.FindSubmatch(data)
	if m == nil {
		return 0, errors.New("callgrind_control: the counts have no total")
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}

func (n *instructions) write(file string) error {
	data, err := json.MarshalIndent(n, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(data, '\n'), 0o644)
}

// against prints both counts, and returns an error if a workload needs more instructions
// by a percentage than before.
func (n *instructions) against(w io.Writer, before *instructions, percent float64) error {
	if before.Go != n.Go {
		fmt.Fprintf(w, "Note: the older count is of %s, this one of %s.\n\n", before.Go, n.Go)
	}
	fmt.Fprintf(w, "| workload | instructions before | now | change |\n|---|--:|--:|--:|\n")
	var compared, worse int
	for _, l := range workloads {
		now, ok := n.Statement[l.name]
		old, known := before.Statement[l.name]
		switch {
		case !ok:
			continue
		case !known:
			fmt.Fprintf(w, "| %s | | %.0f | new |\n", l.name, now)
			continue
		}
		compared++
		mark := ""
		if now > old*(1+percent/100) {
			worse++
			mark = " **worse**"
		}
		fmt.Fprintf(w, "| %s | %.0f | %.0f | %+.1f %%%s |\n", l.name, old, now, 100*(now/old-1), mark)
	}
	switch {
	case compared == 0:
		return errors.New("the two counts have no workload in common")
	case worse > 0:
		return fmt.Errorf("%d of %d need more than %g %% more instructions", worse, compared, percent)
	}
	return nil
}

// countAll counts, and compares with the older count, or writes it anew if there is none.
func countAll(ctx context.Context, s *setup, o options, before *instructions) error {
	n, err := count(ctx, s, o)
	if err != nil {
		return err
	}
	if before != nil {
		return n.against(os.Stdout, before, o.worse)
	}
	return errors.Join(n.write(o.instructions), n.against(os.Stdout, n, o.worse))
}
