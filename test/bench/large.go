package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// Statements over shards with many rows, of which one has half as many again as the
// others. Each shard is asked for what Sluice asks it for, without its hidden columns.
var large = []struct{ name, sql string }{
	{"ORDER BY LIMIT", "SELECT id, amount FROM events ORDER BY amount DESC, id LIMIT 10"},
	{"ORDER BY LIMIT by index", "SELECT id, happened FROM events ORDER BY happened DESC LIMIT 10"},
	{"GROUP BY", "SELECT kind, COUNT(*), SUM(amount) FROM events GROUP BY kind ORDER BY kind"},
	{"COUNT", "SELECT COUNT(*) FROM events WHERE amount >= 500000"},
}

const largeTable = "CREATE TABLE events (id BIGINT NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, kind INT NOT NULL, amount INT NOT NULL, happened INT NOT NULL, KEY (happened)) COLLATE utf8mb4_unicode_ci"

// fillLarge makes the rows where they belong, on the shards themselves.
func (s *setup) fillLarge(ctx context.Context, each int) error {
	digits := "(SELECT 0 d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
	numbers := "SELECT a.d + 10*b.d + 100*c.d + 1000*e.d + 10000*f.d + 100000*g.d + 1000000*h.d n FROM " + digits + " h, " + digits + " g, " + digits + " f, " + digits + " e, " + digits + " c, " + digits + " b, " + digits + " a"
	for i := range shards {
		n := each
		if i == shards-1 {
			n += each / 2
		}
		home := s.targets[1].home[i]
		err := s.mysql.Exec(ctx, fmt.Sprintf("USE bench_s%d;", i)+
			fmt.Sprintf("INSERT INTO events SELECT n*%d + %d, ELT(1 + n %% %d, '%s'), n %% 10, CRC32(n) %% 1000000, CRC32(n+1) >> 1 FROM (%s LIMIT %d) numbers",
				shards, i, len(home), strings.Join(home, "', '"), numbers, n), fmt.Sprintf("ANALYZE TABLE bench_s%d.events", i))
		if err != nil {
			return fmt.Errorf("loading shard %d: %w", i, err)
		}
	}
	return nil
}

// measureLarge compares statements through Sluice with the slowest shard alone, and with
// all shards asked at once without Sluice, of which the last answer counts: where the
// shards share the processors, as here, no proxy can be as quick as one of them alone.
func measureLarge(ctx context.Context, s *setup, o options, out io.Writer) error {
	if err := s.fillLarge(ctx, o.large); err != nil {
		return err
	}
	var lines []largeLine
	fmt.Fprint(out, largeHead)
	var direct []*client
	for i := range shards {
		c, err := dial(s.targets[0].addr, "bench", fmt.Sprintf("bench_s%d", i))
		if err != nil {
			return err
		}
		defer c.Close()
		direct = append(direct, c)
	}
	sluice, err := dial(s.targets[1].addr, "bench", "bench")
	if err != nil {
		return err
	}
	defer sluice.Close()
	for _, l := range large {
		if !o.only.MatchString(l.name) {
			continue
		}
		ask := func(c *client) error { _, err := c.query(l.sql); return err }
		var alone, together, through []time.Duration
		var cpu time.Duration
		for round := range o.rounds + 1 { // the first warms up
			a, err := took(func() error { return ask(direct[shards-1]) })
			if err != nil {
				return err
			}
			b, err := took(func() error {
				var g errgroup.Group
				for _, c := range direct {
					g.Go(func() error { return ask(c) })
				}
				return g.Wait()
			})
			if err != nil {
				return err
			}
			before := cpuTime(s.targets[1].pid)
			c, err := took(func() error { return ask(sluice) })
			if err != nil {
				return err
			}
			if round > 0 {
				cpu += cpuTime(s.targets[1].pid) - before
				alone, together, through = append(alone, a), append(together, b), append(through, c)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		line := largeLine{
			Statement: l.name, Rows: o.large, Alone: half(alone), Together: half(together), Sluice: half(through),
			CPU: math.Round(float64(cpu.Microseconds()) / float64(o.rounds)),
		}
		fmt.Fprint(out, line.row())
		lines = append(lines, line)
	}
	return addTo(o.report, func(f *figures) { f.Large = apartOf(s.facts(ctx, o), lines) })
}

const largeHead = "| statement | rows on each shard | p50 µs: slowest shard alone | all shards at once, the last answer | Sluice | Sluice ÷ slowest alone | ÷ all at once | Sluice CPU µs |\n|---|--:|--:|--:|--:|--:|--:|--:|\n"

func (l *largeLine) row() string {
	return fmt.Sprintf("| %s | %d | %.0f | %.0f | %.0f | %.2f | %.2f | %.0f |\n", l.Statement, l.Rows, l.Alone, l.Together, l.Sluice, l.Sluice/l.Alone, l.Sluice/l.Together, l.CPU)
}

func took(f func() error) (time.Duration, error) {
	start := time.Now()
	err := f()
	return time.Since(start), err
}

// half is the median in microseconds.
func half(list []time.Duration) float64 {
	slices.Sort(list)
	return micros(list[len(list)/2])
}
