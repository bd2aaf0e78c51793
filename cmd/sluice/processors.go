package main

import (
	"context"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"syscall"
	"time"
)

// Relaying is short work after short waits. Spread over more processors than it fills,
// it pays for threads that wake each other and find nothing: a point select took a
// fifth more CPU time on two processors than on one that was enough. So Go's scheduler
// is given as many as the work fills: more at once where it does not suffice, fewer
// when it would have sufficed for a while.
const (
	tick    = 25 * time.Millisecond
	settled = 5 * time.Second // how long fewer would have sufficed, before there are fewer
	full    = 0.8             // of the processors in use: more are needed
	roomy   = 0.65            // of fewer processors in use: those suffice
	long    = 1e-3            // seconds a goroutine waits for a processor, when that is long
	many    = 0.1             // of the goroutines that became ready and waited long: more processors are needed
)

// processors decides on how many processors goroutines run.
type processors struct {
	n, most int
	peak    float64       // the most in use at a time since calm began
	calm    time.Duration // since n was last too small, or was changed
}

// next returns how many processors there should be after a time in which so many were
// in use and that part of the goroutines waited long.
func (p *processors) next(in time.Duration, used, waited float64) int {
	if used > full*float64(p.n) || waited > many {
		p.n = min(2*p.n, p.most)
		p.calm, p.peak = 0, 0
		return p.n
	}
	p.peak = max(p.peak, used)
	if p.calm += in; p.calm >= settled {
		p.n = min(p.n, max(1, int(math.Ceil(p.peak/roomy))))
		p.calm, p.peak = 0, 0
	}
	return p.n
}

// fitProcessors keeps GOMAXPROCS at what the work needs until ctx ends. If the
// environment says how many there are to be, it does nothing.
func fitProcessors(ctx context.Context) {
	most := runtime.GOMAXPROCS(0)
	if most == 1 || os.Getenv("GOMAXPROCS") != "" {
		return
	}
	defer runtime.SetDefaultGOMAXPROCS()
	p := processors{n: most, most: most}
	w := newWaits()
	t := time.NewTicker(tick)
	defer t.Stop()
	then, used := time.Now(), cpuTime()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now, u := time.Now(), cpuTime()
		in := now.Sub(then)
		if n := p.next(in, float64(u-used)/float64(in), w.long()); n != runtime.GOMAXPROCS(0) {
			runtime.GOMAXPROCS(n)
		}
		then, used = now, u
	}
}

// cpuTime returns the CPU time that the process has used.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// waits tells how long goroutines wait for a processor.
type waits struct {
	sample    []metrics.Sample
	all, over uint64 // waits up to now, and the long ones among them
}

func newWaits() *waits {
	w := &waits{sample: []metrics.Sample{{Name: "/sched/latencies:seconds"}}}
	w.long()
	return w
}

// long returns which part of the waits since the last call were long.
func (w *waits) long() float64 {
	metrics.Read(w.sample)
	if w.sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return 0 // a Go without this metric: then CPU time alone decides
	}
	h := w.sample[0].Value.Float64Histogram()
	var all, over uint64
	for i, n := range h.Counts {
		all += n
		if h.Buckets[i] >= long {
			over += n
		}
	}
	some, slow := all-w.all, over-w.over
	w.all, w.over = all, over
	if some == 0 {
		return 0
	}
	return float64(slow) / float64(some)
}
