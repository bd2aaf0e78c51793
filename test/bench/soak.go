package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	soakPause = 10 * time.Millisecond // of a client behind each statement
	soakLooks = 60                    // how often the memory is looked at
	soakGrow  = 1.10                  // how much more the second half may take than the second quarter
)

// soak loads Sluice alone with all workloads mixed, each client with one drawn by lot after
// the other, prints its memory from time to time, and fails if it goes on growing.
func soak(ctx context.Context, s *setup, o options, w io.Writer) error {
	sluice := s.targets[1]
	var mix []workload
	for _, l := range workloads {
		if o.only.MatchString(l.name) && l.prepare == "" {
			mix = append(mix, l)
		}
	}
	if len(mix) == 0 {
		return fmt.Errorf("no workload has such a name")
	}
	cs, err := connect(sluice, workload{}, o.connections[len(o.connections)-1])
	if err != nil {
		return err
	}
	end := time.Now().Add(o.soak)
	var ran atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for i, c := range cs {
		c.target = sluice
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for time.Now().Before(end) && ctx.Err() == nil {
				l := mix[r.IntN(len(mix))]
				if err := l.once(c, r); err != nil {
					return fmt.Errorf("%s: %w", l.name, err)
				}
				ran.Add(1)
				time.Sleep(soakPause)
			}
			return nil
		})
	}
	var seen []int // KiB
	g.Go(func() error {
		fmt.Fprintf(w, "| after | workloads run | memory KiB |\n|--:|--:|--:|\n")
		tick := time.NewTicker(o.soak / soakLooks)
		defer tick.Stop()
		for len(seen) < soakLooks {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-tick.C:
			}
			seen = append(seen, memory(sluice.pid))
			fmt.Fprintf(w, "| %s | %d | %d |\n", o.soak/soakLooks*time.Duration(len(seen)), ran.Load(), seen[len(seen)-1])
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	early, late := middle(seen[soakLooks/4:soakLooks/2]), middle(seen[soakLooks/2:])
	if float64(late) > soakGrow*float64(early) {
		return fmt.Errorf("the memory grows: %d KiB in the second quarter, %d KiB in the second half", early, late)
	}
	return nil
}

// middle is the median.
func middle(list []int) int {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}
