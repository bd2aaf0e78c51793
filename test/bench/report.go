package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// printer prints the figures as they come.
type printer struct{ b strings.Builder }

func newPrinter(f facts) *printer {
	r := &printer{}
	r.print("MySQL %s, %d shards on one server, %d × %s, %s\n\n", f.MySQL, f.Shards, f.Processors, f.CPU, f.Date)
	r.print(allHead)
	return r
}

func (r *printer) print(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	r.b.WriteString(s)
	fmt.Print(s)
}

func (r *printer) add(lines []line) {
	for i := range lines {
		r.print("%s", lines[i].row())
	}
}

const allHead = "| workload | connections | target | per second | p50 µs | p95 µs | p99 µs | time ÷ direct | proxy CPU µs | ÷ HAProxy | MySQL CPU µs | all CPU ÷ direct | memory |\n" +
	"|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"

// row is a line of the table of all figures.
func (l *line) row() string {
	mem := ""
	if l.Memory > 0 {
		mem = fmt.Sprintf("%d MiB", l.Memory>>10)
	}
	return fmt.Sprintf("| %s%s | %d | %s | %.0f | %.0f | %.0f | %.0f | %s | %s | %s | %s | %s | %s |\n", l.Workload, l.loaded(), l.Connections, l.Target,
		l.PerSecond.Median, l.P50, l.P95, l.P99, l.OfDirect, text(l.CPU), text(l.OfHAProxy), l.Server, l.Work, mem)
}

// maxOthers is the share of the processors that other processes may take before a
// figure is marked.
const maxOthers = 0.05

func (l *line) loaded() string {
	if l.Others > maxOthers {
		return " \\*"
	}
	return ""
}

func text(s *spread) string {
	if s == nil {
		return ""
	}
	return s.String()
}

// report writes the figures as JSON, as charts and as text that shows both.
func (f *figures) report(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := f.write(filepath.Join(dir, "figures.json")); err != nil {
		return err
	}
	for name, c := range map[string]*chart{"cpu.svg": f.cpuChart(), "shards.svg": f.shardChart()} {
		if len(c.bars) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(c.svg()), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(f.markdown()), 0o644)
}

func (f *figures) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What Sluice costs\n\nWritten by `%s`; [figures.json](figures.json) has all of it. `make bench` measures anew, `make bench-compare` compares with it.\n\n", f.Facts.Command)
	f.factTable(&b)
	b.WriteString("\nIn each round all targets take turns, a slice each. Figures are medians of the rounds, in brackets the quartiles; ratios are taken within a round, so that a machine that changes its speed changes both sides. ")
	b.WriteString("CPU time is that of the proxy's process, as the operating system counts it, for one run of the workload, which may be several statements. *Direct* is a connection to MySQL without a proxy, HAProxy copies bytes in TCP mode. Load generator, proxy and MySQL share the processors.\n")
	if n := f.loadedLines(); n > 0 {
		fmt.Fprintf(&b, "\n**Taken under load:** in lines marked \\* (%d of %d) other processes took more than %.0f %% of the processors, the most was %.0f %%. Absolute figures of those lines mean little.\n", n, len(f.Lines), maxOthers*100, f.mostOthers()*100)
	}
	f.oneShard(&b)
	f.overShards(&b)
	f.Large.section(&b, "Shards with many rows", aboutLarge, largeHead, (*largeLine).row)
	f.Half.section(&b, "Latencies at half load", aboutHalf, halfHead, (*halfLine).row)
	f.kept(&b)
	b.WriteString("\n## All figures\n\n" + allHead)
	for i := range f.Lines {
		b.WriteString(f.Lines[i].row())
	}
	return b.String()
}

func (f *figures) factTable(b *strings.Builder) {
	x := f.Facts
	fmt.Fprintf(b, "| | |\n|---|---|\n| date | %s |\n| machine | %d × %s, %s |\n| MySQL | %s, %d shards on two groups, which are one server |\n| Sluice | %s, %s |\n", x.Date, x.Processors, x.CPU, x.Kernel, x.MySQL, x.Shards, x.Sluice, x.Go)
	if x.HAProxy != "" {
		fmt.Fprintf(b, "| HAProxy | %s |\n", x.HAProxy)
	}
	fmt.Fprintf(b, "| rounds | %d of %s each, after one that does not count |\n", x.Rounds, x.Slice)
}

func (f *figures) loadedLines() int {
	n := 0
	for i := range f.Lines {
		if f.Lines[i].Others > maxOthers {
			n++
		}
	}
	return n
}

func (f *figures) mostOthers() float64 {
	most := 0.0
	for i := range f.Lines {
		most = max(most, f.Lines[i].Others)
	}
	return most
}

// of lists the lines of one kind and target.
func (f *figures) of(k kind, target string) []*line {
	var out []*line
	for i := range f.Lines {
		if l := &f.Lines[i]; l.Kind == k && l.Target == target {
			out = append(out, l)
		}
	}
	return out
}

func (f *figures) oneShard(b *strings.Builder) {
	list := f.of(oneShard, "sluice")
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## Statements on one shard\n\n")
	if len(f.cpuChart().bars) > 0 {
		b.WriteString("![CPU time of Sluice by that of HAProxy](cpu.svg)\n\n")
	}
	b.WriteString("| workload | connections | HAProxy CPU µs | Sluice CPU µs | Sluice ÷ HAProxy | p50 µs: direct | HAProxy | Sluice | time ÷ direct |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range list {
		h, d := f.find(l.Workload, l.Connections, "haproxy"), f.find(l.Workload, l.Connections, "direct")
		var floor *spread
		p50 := ""
		if h != nil {
			floor, p50 = h.CPU, fmt.Sprintf("%.0f", h.P50)
		}
		fmt.Fprintf(b, "| %s%s | %d | %s | %s | %s | %.0f | %s | %.0f | %s |\n", l.Workload, l.loaded(), l.Connections, text(floor), text(l.CPU), text(l.OfHAProxy), d.P50, p50, l.P50, l.OfDirect)
	}
}

func (f *figures) overShards(b *strings.Builder) {
	list := f.of(overShards, "sluice")
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## Statements over several shards\n\nDirect is one MySQL that holds the same rows in one schema. The last column relates Sluice's CPU time to what HAProxy needs for a point select on as many connections.\n\n![Time over shards by the time of one MySQL](shards.svg)\n\n")
	b.WriteString("| workload | connections | one MySQL p50 µs | Sluice p50 µs | time ÷ one MySQL | CPU of all ÷ one MySQL | Sluice CPU µs | ÷ HAProxy's point select |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range list {
		d := f.find(l.Workload, l.Connections, "direct")
		fmt.Fprintf(b, "| %s%s | %d | %.0f | %.0f | %s | %s | %s | %s |\n", l.Workload, l.loaded(), l.Connections, d.P50, l.P50, l.OfDirect, l.Work, text(l.CPU), text(l.OfPoint))
	}
	f.transactions(b)
}

// transactions relates those over shards to one on a single shard through Sluice.
func (f *figures) transactions(b *strings.Builder) {
	var rows strings.Builder
	for _, l := range f.of(overShards, "sluice") {
		one := f.find("transfer on one shard", l.Connections, "sluice")
		if one == nil || !strings.HasPrefix(l.Workload, "transaction") {
			continue
		}
		fmt.Fprintf(&rows, "| %s | %d | %.2f | %.2f |\n", l.Workload, l.Connections, l.P50/one.P50, l.CPU.Median/one.CPU.Median)
	}
	if rows.Len() > 0 {
		b.WriteString("\nTransactions that write to several shards, beside the same statements on one shard, both through Sluice. The COMMIT of two groups takes three round trips (prepare, decide, commit), that of one group one; two statements and their COMMIT are five instead of three, which alone makes 1.67:\n\n| workload | connections | p50 | Sluice CPU |\n|---|--:|--:|--:|\n" + rows.String())
	}
}

// section is about what was measured apart, if it was: rows are those of its table.
func (a *apart[L]) section(b *strings.Builder, title, about, head string, row func(*L) string) {
	if len(a.Lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n%s Measured apart: %s.\n\n%s", title, about, a.Facts, head)
	for i := range a.Lines {
		b.WriteString(row(&a.Lines[i]))
	}
}

const (
	aboutLarge = "The last shard has half as many rows again as the others, so it is the slowest. All shards are on one server and share its processors, so what can be reached is what they need when they are asked at once without a proxy."
	aboutHalf  = "Each target first runs at its limit, and then at half of that rate, so the rates differ. How far p99 is from p50 without a proxy is what the machine and MySQL make of it."
)

// kept relates replies that Sluice kept to those that it fetched.
func (f *figures) kept(b *strings.Builder) {
	list := append(f.of(oneShard, keptHere), f.of(overShards, keptHere)...)
	var rows strings.Builder
	for _, l := range list {
		s, d := f.find(l.Workload, l.Connections, "sluice"), f.find(l.Workload, l.Connections, "direct")
		if s == nil || l.Server.Median > d.Server.Median/2 { // nothing of it is kept
			continue
		}
		checked, shared := f.find(l.Workload, l.Connections, keptChecked), f.find(l.Workload, l.Connections, keptInRedis)
		fmt.Fprintf(&rows, "| %s%s | %d | %.0f | %.0f | %.0f | %s | %s | %s | %s | %s | %s | %s |\n", l.Workload, l.loaded(), l.Connections, d.P50, s.P50, l.P50, checked.p50(), shared.p50(),
			text(s.CPU), text(l.CPU), checked.cpu(), shared.cpu(), checked.redis())
	}
	if rows.Len() > 0 {
		b.WriteString("\n## Kept replies\n\nEach reply is fetched from MySQL; kept in the process, which is the only one; kept in the process, and each answer checked with Redis, as with several processes; or kept in Redis alone. " +
			"Exactness costs a question to Redis for each answer, which is asked for all sessions that wait at once.\n\n" +
			"| workload | connections | p50 µs: direct | fetched | kept | checked | in Redis | Sluice CPU µs: fetched | kept | checked | in Redis | Redis CPU µs: checked |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n" + rows.String())
	}
}

// p50, cpu and redis are cells of a line that may not be there.
func (l *line) p50() string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%.0f", l.P50)
}

func (l *line) cpu() string {
	if l == nil {
		return ""
	}
	return text(l.CPU)
}

func (l *line) redis() string {
	if l == nil {
		return ""
	}
	return text(l.Redis)
}

func (f *figures) cpuChart() *chart {
	c := &chart{title: "CPU time of Sluice's process, by that of HAProxy in TCP mode", one: "HAProxy"}
	for _, l := range f.of(oneShard, "sluice") {
		h := f.find(l.Workload, l.Connections, "haproxy")
		if h == nil || l.OfHAProxy == nil {
			continue
		}
		c.bars = append(c.bars, bar{barLabel(l), *l.OfHAProxy, fmt.Sprintf("%.2f  (%.0f by %.0f µs)", l.OfHAProxy.Median, l.CPU.Median, h.CPU.Median), barColor(l)})
	}
	return c
}

func (f *figures) shardChart() *chart {
	c := &chart{title: "Time of statements over four shards, by that of one MySQL with the same rows", one: "one MySQL"}
	for _, l := range f.of(overShards, "sluice") {
		d := f.find(l.Workload, l.Connections, "direct")
		c.bars = append(c.bars, bar{barLabel(l), l.OfDirect, fmt.Sprintf("%.2f  (p50 %s by %s)", l.OfDirect.Median, duration(l.P50), duration(d.P50)), barColor(l)})
	}
	return c
}

// duration is so many microseconds in few characters.
func duration(us float64) string {
	if us >= 10000 {
		return fmt.Sprintf("%.0f ms", us/1000)
	}
	return fmt.Sprintf("%.0f µs", us)
}

func barLabel(l *line) string {
	name := strings.TrimPrefix(l.Workload, "transaction, ")
	if name != l.Workload {
		name = "transaction: " + name
	}
	return fmt.Sprintf("%s · %d", name, l.Connections)
}

func barColor(l *line) int {
	if l.Connections == 1 {
		return 1
	}
	return 0
}
