package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// halfLoad measures latencies at half of the load that a target can bear: in each round
// the targets first run at their limit for a slice, and then at half of that rate.
func halfLoad(ctx context.Context, s *setup, o options, out io.Writer) error {
	var lines []halfLine
	fmt.Fprint(out, halfHead)
	for _, w := range workloads {
		if !o.only.MatchString(w.name) {
			continue
		}
		for _, n := range o.connections {
			if w.most > 0 && n > w.most {
				continue
			}
			list, err := s.half(ctx, w, n, o)
			if err != nil {
				return fmt.Errorf("%s at %d connections: %w", w.name, n, err)
			}
			for i := range list {
				fmt.Fprint(out, list[i].row())
			}
			lines = append(lines, list...)
		}
	}
	return addTo(o.report, func(f *figures) { f.Half = apartOf(s.facts(ctx, o), lines) })
}

const halfHead = "| workload | connections | target | half load per second | p50 µs | p99 µs | p99 ÷ p50 |\n|---|--:|---|--:|--:|--:|--:|\n"

func (l *halfLine) row() string {
	return fmt.Sprintf("| %s | %d | %s | %.0f | %.0f | %.0f | %.1f |\n", l.Workload, l.Connections, l.Target, l.PerSecond, l.P50, l.P99, l.P99/l.P50)
}

func (s *setup) half(ctx context.Context, w workload, n int, o options) ([]halfLine, error) {
	targets := s.of(w)
	limits, halves := make([]*result, len(targets)), make([]*result, len(targets))
	clients := make([][]*client, len(targets))
	defer func() {
		for _, c := range slices.Concat(clients...) {
			_ = c.Close()
		}
	}()
	for i, t := range targets {
		var err error
		if clients[i], err = connect(t, w, n); err != nil {
			return nil, err
		}
		limits[i], halves[i] = &result{target: t}, &result{target: t}
	}
	for range o.rounds {
		for i := range targets {
			if err := slice(ctx, clients[i], w, o.slice, limits[i]); err != nil {
				return nil, err
			}
			limit := limits[i].samples[len(limits[i].samples)-1].perSecond()
			if err := paced(ctx, clients[i], w, limit/2, o.slice, halves[i]); err != nil {
				return nil, err
			}
		}
	}
	var lines []halfLine
	for _, r := range halves {
		slices.Sort(r.latencies)
		lines = append(lines, halfLine{
			Workload: w.name, Connections: n, Target: r.target.name, P50: micros(r.percentile(0.5)), P99: micros(r.percentile(0.99)),
			PerSecond: math.Round(float64(len(r.latencies)) / (time.Duration(o.rounds) * o.slice).Seconds()),
		})
	}
	return lines, nil
}

// paced loads a target at a rate for a while. A statement that has to wait for the one
// before it on its connection is late from when it was due; the client's own oversleeping
// does not count.
func paced(ctx context.Context, cs []*client, w workload, perSecond float64, d time.Duration, into *result) error {
	g, ctx := errgroup.WithContext(ctx)
	all := make([][]time.Duration, len(cs))
	each := time.Duration(float64(len(cs)) / perSecond * float64(time.Second))
	start := time.Now()
	for i, c := range cs {
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(i), uint64(start.UnixNano())))
			c.target = into.target
			due := start.Add(each * time.Duration(i) / time.Duration(len(cs)))
			for ; due.Sub(start) < d && ctx.Err() == nil; due = due.Add(each) {
				from := due
				if early := time.Until(due); early > 0 {
					time.Sleep(early)
					from = time.Now()
				}
				if err := w.once(c, r); err != nil {
					return err
				}
				all[i] = append(all[i], time.Since(from))
			}
			return nil
		})
	}
	err := g.Wait()
	into.latencies = slices.Concat(into.latencies, slices.Concat(all...))
	return err
}
