package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// report is a Markdown table that is printed as it grows.
type report struct{ b strings.Builder }

func newReport(s *setup) *report {
	r := &report{}
	r.print("MySQL %s, %d shards on one server, %s, %d processors, %s\n\n", s.version, shards, cpuModel(), runtime.NumCPU(), time.Now().UTC().Format("2006-01-02"))
	r.print("| workload | connections | target | per second | p50 | p95 | p99 | of direct | proxy CPU per statement | of haproxy | memory |\n")
	r.print("|---|---|---|---|---|---|---|---|---|---|---|\n")
	return r
}

func (r *report) print(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	r.b.WriteString(s)
	fmt.Print(s)
}

func (r *report) String() string { return r.b.String() }

func (r *report) add(w workload, conns int, results []*result) {
	direct, floor := results[0].qps(), 0.0
	for _, x := range results {
		if x.target.name == "haproxy" {
			floor = perStatement(x)
		}
	}
	for _, x := range results {
		cpu, ratio, mem := "", "", ""
		if x.target.pid != 0 {
			cpu = fmt.Sprintf("%.1f µs", perStatement(x))
			mem = fmt.Sprintf("%d MiB", x.rss>>10)
			if floor > 0 {
				ratio = fmt.Sprintf("%.2f", perStatement(x)/floor)
			}
		}
		r.print("| %s | %d | %s | %.0f | %s | %s | %s | %.2f | %s | %s | %s |\n", w.name, conns, x.target.name, x.qps(),
			micros(x.percentile(.50)), micros(x.percentile(.95)), micros(x.percentile(.99)), x.qps()/direct, cpu, ratio, mem)
	}
}

func perStatement(x *result) float64 { return float64(x.cpu.Microseconds()) / float64(max(1, x.n)) }

func micros(d time.Duration) string { return fmt.Sprintf("%d µs", d.Microseconds()) }

func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, ok := strings.Cut(string(data), "model name")
	if !ok {
		return runtime.GOARCH
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(strings.TrimLeft(line, "\t :"))
}
