package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"
)

// profile loads Sluice alone with each workload in turn, writes where it spends its CPU
// time, and measures nothing: being watched costs something.
func profile(ctx context.Context, s *setup, o options) error {
	type load struct {
		workload
		cs []*client
	}
	sluice := s.targets[1]
	var loads []load
	for _, w := range workloads {
		if !o.only.MatchString(w.name) {
			continue
		}
		cs, err := connect(sluice, w, o.connections[len(o.connections)-1])
		if err != nil {
			return err
		}
		loads = append(loads, load{w, cs})
	}
	if len(loads) == 0 {
		return fmt.Errorf("no workload has such a name")
	}
	all := time.Duration(o.rounds*len(loads)) * o.slice
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return fetchProfile(ctx, s.admin, all, o.profile) })
	g.Go(func() error {
		for range o.rounds {
			for _, l := range loads {
				if err := slice(ctx, l.cs, l.workload, o.slice, &result{target: sluice}); err != nil {
					return fmt.Errorf("%s: %w", l.name, err)
				}
			}
		}
		return nil
	})
	return g.Wait()
}

// fetchProfile writes a CPU profile of what Sluice does in the time from now.
func fetchProfile(ctx context.Context, admin string, d time.Duration, file string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", admin, max(1, int(d.Seconds())))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s", resp.Status)
	}
	return os.WriteFile(file, data, 0o644)
}
