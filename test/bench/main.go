// Command bench compares a direct connection to MySQL with Sluice in front of it, and
// with any other address, in one run: the targets take turns in short slices, so that
// a machine that changes its speed changes it for all. It prints, per workload and
// number of connections, statements per second, latencies, the ratio to direct, and
// the CPU time that each proxy's process used per statement, as the operating system
// counts it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type options struct {
	sluice      string
	slice       time.Duration
	rounds      int
	connections []int
	others      []target
	haproxy     bool
	cache       bool
	redis       string
	out         string
	only        *regexp.Regexp
	idle        int
	durable     bool
	beside      []string // further Sluice binaries
	report      string
	compare     string
	worse       float64
	profile     string

	instructions string
	renew        bool
	soak         time.Duration
	half         bool
	large        int
}

func main() {
	var o options
	var conns, others, only, beside string
	flag.StringVar(&o.sluice, "sluice", "bin/sluice", "the sluice binary to measure")
	flag.DurationVar(&o.slice, "slice", time.Second, "how long a target runs at a time")
	flag.IntVar(&o.rounds, "rounds", 5, "slices of each target")
	flag.StringVar(&conns, "connections", "1,16", "numbers of connections")
	flag.StringVar(&others, "also", "", "other targets, name=host:port[@pid], separated by commas")
	flag.BoolVar(&o.haproxy, "haproxy", true, "also measure HAProxy in TCP mode, where it is installed")
	flag.BoolVar(&o.cache, "cache", false, "also measure Sluices that keep replies: alone, checked with a Redis, and in Redis")
	flag.StringVar(&o.redis, "redis", "", "with -cache: address of the Redis (default: one is started)")
	flag.StringVar(&o.out, "out", "", "write the Markdown report to this file as well")
	flag.StringVar(&only, "only", "", "only workloads whose names match this expression")
	flag.IntVar(&o.idle, "idle", 0, "also open so many idle connections to each proxy, and tell what memory each takes")
	flag.BoolVar(&o.durable, "durable", false, "let MySQL sync at every commit, as servers that must not lose any do")
	flag.StringVar(&beside, "beside", "", "further Sluice binaries to measure, separated by commas")
	flag.StringVar(&o.report, "report", "", "write README.md, charts and figures.json to this folder; with an argument, from that figures.json, and measure nothing")
	flag.StringVar(&o.compare, "compare", "", "compare with the figures.json of an older run, and fail if a ratio is worse; with an argument, compare that file and measure nothing")
	flag.Float64Var(&o.worse, "worse", 10, "percentage by which -compare and -instructions let something become worse")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of Sluice under the workloads to this file, and measure nothing")
	flag.StringVar(&o.instructions, "instructions", "", "count Sluice's instructions per statement, and fail if they are more than in this file by -worse percent; -profile then keeps the last count for callgrind_annotate")
	flag.DurationVar(&o.soak, "soak", 0, "load Sluice alone for so long with all workloads mixed, and fail if its memory goes on growing")
	flag.BoolVar(&o.half, "half", false, "measure latencies at half of the load that each target can bear, and nothing else")
	flag.IntVar(&o.large, "large", 0, "compare statements over shards of so many rows with the slowest shard alone, and nothing else")
	flag.BoolVar(&o.renew, "renew", false, "with -instructions: write the file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if beside != "" {
		o.beside = strings.Split(beside, ",")
	}
	err := parse(&o, conns, others)
	if err == nil {
		o.only, err = regexp.Compile(only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	switch {
	case flag.NArg() == 0:
		err = run(ctx, o)
	case o.compare != "":
		err = compareFiles(o, flag.Arg(0))
	default:
		err = rewrite(o, flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parse(o *options, conns, others string) error {
	for _, s := range strings.Split(conns, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return fmt.Errorf("-connections: %q is no number of connections", s)
		}
		o.connections = append(o.connections, n)
	}
	for _, s := range strings.Split(others, ",") {
		if s == "" {
			continue
		}
		name, addr, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("-also: want name=host:port[@pid], not %q", s)
		}
		t := target{name: name}
		addr, pid, ok := strings.Cut(addr, "@")
		if t.addr = addr; ok {
			var err error
			if t.pid, err = strconv.Atoi(pid); err != nil {
				return fmt.Errorf("-also: %q is no process id", pid)
			}
		}
		o.others = append(o.others, t)
	}
	return nil
}

func compareFiles(o options, file string) error {
	before, err := read[figures](o.compare)
	if err != nil {
		return err
	}
	now, err := read[figures](file)
	if err != nil {
		return err
	}
	return against(os.Stdout, before, now, o.worse)
}

// rewrite writes the report of a run that was measured before.
func rewrite(o options, file string) error {
	f, err := read[figures](file)
	if err != nil {
		return err
	}
	if o.report == "" {
		return fmt.Errorf("with %s, say -compare or -report", file)
	}
	return f.report(o.report)
}

func run(ctx context.Context, o options) error {
	var before *figures
	if o.compare != "" { // read first: the report may be written over it
		var err error
		if before, err = read[figures](o.compare); err != nil {
			return err
		}
	}
	var counted *instructions
	if o.instructions != "" && !o.renew {
		var err error
		if counted, err = read[instructions](o.instructions); err != nil {
			return err
		}
	}
	if o.instructions != "" || o.soak > 0 || o.large > 0 {
		o.haproxy, o.cache, o.beside = false, false, nil
	}
	s, err := setUp(ctx, o)
	if err != nil {
		return err
	}
	defer s.close()
	switch {
	case o.instructions != "":
		return countAll(ctx, s, o, counted)
	case o.large > 0:
		return measureLarge(ctx, s, o, os.Stdout)
	case o.half:
		return halfLoad(ctx, s, o, os.Stdout)
	case o.soak > 0:
		return soak(ctx, s, o, os.Stdout)
	case o.profile != "":
		return profile(ctx, s, o)
	}
	f := &figures{Facts: s.facts(ctx, o)}
	p := newPrinter(f.Facts)
	failed := measureAll(ctx, s, o, f, p) // what was measured is reported all the same
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.relate()
	if o.idle > 0 {
		if err := idle(s, o.idle, p); err != nil {
			return err
		}
	}
	if o.out != "" {
		if err := os.WriteFile(o.out, []byte(p.b.String()), 0o644); err != nil {
			return err
		}
	}
	if o.report != "" {
		f.keepApart(o.report)
		if err := f.report(o.report); err != nil {
			return err
		}
	}
	if before != nil {
		failed = errors.Join(failed, against(os.Stdout, before, f, o.worse))
	}
	return failed
}

// measureAll measures each workload; one that fails does not keep the others from it.
func measureAll(ctx context.Context, s *setup, o options, f *figures, p *printer) error {
	var failed error
	for _, w := range workloads {
		if !o.only.MatchString(w.name) {
			continue
		}
		for _, n := range o.connections {
			if w.most > 0 && n > w.most {
				continue
			}
			results, err := compare(ctx, s, w, n, o)
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s at %d connections: %w", w.name, n, err))
				continue
			}
			lines := newLines(w, n, results)
			f.Lines = append(f.Lines, lines...)
			p.add(lines)
		}
	}
	return failed
}
