package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// result is what one target did in all its slices of one workload.
type result struct {
	target    target
	samples   []sample
	latencies []time.Duration
	rss       int // KiB, at the end
}

// sample is one slice.
type sample struct {
	n     int
	took  time.Duration
	cpu   time.Duration // of the proxy
	mysql time.Duration // of the server
	redis time.Duration // of the Redis that was started
	other time.Duration // of processes that have no part in it
}

func (s sample) perSecond() float64 { return float64(s.n) / s.took.Seconds() }
func (s sample) proxy() float64     { return float64(s.cpu.Nanoseconds()) / 1000 / float64(max(1, s.n)) }
func (s sample) server() float64    { return float64(s.mysql.Nanoseconds()) / 1000 / float64(max(1, s.n)) }
func (s sample) shared() float64    { return float64(s.redis.Nanoseconds()) / 1000 / float64(max(1, s.n)) }
func (s sample) all() float64       { return s.proxy() + s.server() + s.shared() }

// others is the share of the processors that other processes took.
func (r *result) others() float64 {
	var other, took time.Duration
	for _, s := range r.samples {
		other += s.other
		took += s.took
	}
	if took == 0 {
		return 0
	}
	return math.Round(100*max(0, other.Seconds())/took.Seconds()/float64(runtime.NumCPU())) / 100
}

func (r *result) percentile(p float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(len(r.latencies)-1, int(p*float64(len(r.latencies))))]
}

// compare runs a workload on all targets in turn.
func compare(ctx context.Context, s *setup, w workload, conns int, o options) ([]*result, error) {
	var results []*result
	var clients [][]*client
	targets := s.of(w)
	for _, t := range targets {
		cs, err := connect(t, w, conns)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		clients = append(clients, cs)
		results = append(results, &result{target: t})
	}
	defer func() {
		for _, cs := range clients {
			for _, c := range cs {
				_ = c.Close()
			}
		}
	}()
	for round := range o.rounds + 1 { // the first warms up
		for i, t := range targets {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			r := results[i]
			if round == 0 {
				r = &result{target: t}
			}
			if err := s.measure(ctx, clients[i], w, o.slice, r); err != nil {
				return nil, fmt.Errorf("%s: %w", t.name, err)
			}
		}
	}
	for _, r := range results {
		slices.Sort(r.latencies)
		r.rss = memory(r.target.pid)
	}
	return results, nil
}

func connect(t target, w workload, n int) ([]*client, error) {
	var cs []*client
	for range n {
		c, err := dial(t.addr, "bench", "bench")
		if err != nil {
			return cs, err
		}
		cs = append(cs, c)
		if w.prepare != "" {
			if err := c.prepare(w.prepare); err != nil {
				return cs, err
			}
		}
	}
	return cs, nil
}

// once runs a workload once.
func (w *workload) once(c *client, r *rand.Rand) error {
	n, err := w.run(c, r)
	if err == nil && n != w.rows && w.rows != anyRows {
		err = fmt.Errorf("got %d rows, want %d", n, w.rows)
	}
	return err
}

// slice loads one target for a while over all its connections.
func slice(ctx context.Context, cs []*client, w workload, d time.Duration, into *result) error {
	g, _ := errgroup.WithContext(ctx)
	all := make([][]time.Duration, len(cs))
	start := time.Now()
	end := start.Add(d)
	for i, c := range cs {
		g.Go(func() error {
			r := rand.New(rand.NewPCG(uint64(i), uint64(start.UnixNano())))
			c.target = into.target
			for at := time.Now(); at.Before(end); {
				if err := w.once(c, r); err != nil {
					return err
				}
				now := time.Now()
				all[i] = append(all[i], now.Sub(at))
				at = now
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	x := sample{took: time.Since(start)}
	for _, l := range all {
		x.n += len(l)
		into.latencies = append(into.latencies, l...)
	}
	into.samples = append(into.samples, x)
	return nil
}

// measure is a slice with what it cost.
func (s *setup) measure(ctx context.Context, cs []*client, w workload, d time.Duration, into *result) error {
	machine, self, server, proxy, redis := busy(), cpuTime(os.Getpid()), cpuTime(s.mysql.PID()), cpuTime(into.target.pid), s.redisTime()
	if err := slice(ctx, cs, w, d, into); err != nil {
		return err
	}
	x := &into.samples[len(into.samples)-1]
	x.cpu, x.mysql = cpuTime(into.target.pid)-proxy, cpuTime(s.mysql.PID())-server
	x.redis = s.redisTime() - redis
	x.other = busy() - machine - x.cpu - x.mysql - x.redis - (cpuTime(os.Getpid()) - self)
	return nil
}

func (s *setup) redisTime() time.Duration {
	if s.redis == nil {
		return 0
	}
	return cpuTime(s.redis.PID())
}

// memory is the resident memory of a process in KiB.
func memory(pid int) int {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	var kib int
	_, _ = fmt.Sscan(rest, &kib)
	return kib
}

// idle opens connections that have each asked something and then do nothing, and tells
// the memory they take.
func idle(s *setup, n int, report *printer) error {
	for _, t := range s.targets {
		if t.pid == 0 || t.name == "haproxy" { // which would open as many to the server
			continue
		}
		before := memory(t.pid)
		cs, err := connect(t, workload{}, n)
		for i := 0; i < len(cs) && err == nil; i++ {
			_, err = cs[i].query("SELECT id, note FROM orders WHERE tenant_id = '" + tenant(i%tenants) + "'")
		}
		if err == nil {
			time.Sleep(5 * time.Second) // a proxy may need some to see that they are idle
			report.print("\n%s: %d idle connections take %.1f KiB each.\n", t.name, n, float64(memory(t.pid)-before)/float64(n))
		}
		for _, c := range cs {
			err = errors.Join(err, c.Close())
		}
		if err != nil {
			return fmt.Errorf("%s: %d idle connections: %w", t.name, n, err)
		}
	}
	return nil
}
