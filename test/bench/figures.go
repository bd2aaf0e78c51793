package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// figures is all that a run found out, as it is kept in JSON.
type figures struct {
	Facts facts  `json:"facts"`
	Lines []line `json:"lines"`

	Half  apart[halfLine]  `json:"half_load"` // by -half
	Large apart[largeLine] `json:"large"`     // by -large
}

// apart is what another run has found out, and when.
type apart[T any] struct {
	Facts string `json:"facts"`
	Lines []T    `json:"lines"`
}

func apartOf[T any](f facts, lines []T) apart[T] {
	return apart[T]{fmt.Sprintf("%s, %s, `%s`", f.Date, f.Sluice, f.Command), lines}
}

// halfLine is a target at half of the load that it can bear.
type halfLine struct {
	Workload    string  `json:"workload"`
	Connections int     `json:"connections"`
	Target      string  `json:"target"`
	PerSecond   float64 `json:"per_second"`
	P50         float64 `json:"p50_us"`
	P99         float64 `json:"p99_us"`
}

// largeLine is a statement over shards with many rows; times are medians.
type largeLine struct {
	Statement string  `json:"statement"`
	Rows      int     `json:"rows_each"` // of each shard; the last has half as many again
	Alone     float64 `json:"slowest_alone_us"`
	Together  float64 `json:"all_at_once_us"`
	Sluice    float64 `json:"sluice_us"`
	CPU       float64 `json:"sluice_cpu_us"`
}

// facts are what one must know to repeat a run.
type facts struct {
	Date       string   `json:"date"`
	Command    string   `json:"command"`
	CPU        string   `json:"cpu"`
	Processors int      `json:"processors"`
	Kernel     string   `json:"kernel"`
	MySQL      string   `json:"mysql"`
	Sluice     string   `json:"sluice"`
	Go         string   `json:"go"`
	HAProxy    string   `json:"haproxy,omitempty"`
	Rounds     int      `json:"rounds"`
	Slice      string   `json:"slice"`
	Shards     int      `json:"shards"`
	Others     []string `json:"other_targets,omitempty"`
}

// line is one workload on one target. Times are microseconds for one run of the
// workload, which may be several statements.
type line struct {
	Workload    string  `json:"workload"`
	Connections int     `json:"connections"`
	Target      string  `json:"target"`
	Kind        kind    `json:"kind"`
	Rounds      int     `json:"rounds"`
	PerSecond   spread  `json:"per_second"`
	P50         float64 `json:"p50_us"`
	P95         float64 `json:"p95_us"`
	P99         float64 `json:"p99_us"`
	CPU         *spread `json:"proxy_cpu_us,omitempty"`
	Server      spread  `json:"mysql_cpu_us"`
	Redis       *spread `json:"redis_cpu_us,omitempty"`
	OfHAProxy   *spread `json:"proxy_cpu_of_haproxy,omitempty"`
	OfDirect    spread  `json:"time_of_direct"`                        // direct's statements per second by its own
	Work        spread  `json:"cpu_of_direct"`                         // CPU of MySQL, Redis and proxy by that of MySQL alone
	OfPoint     *spread `json:"proxy_cpu_of_haproxys_point,omitempty"` // by what HAProxy needs for a point select
	Memory      int     `json:"memory_kib,omitempty"`
	Others      float64 `json:"other_processes"` // share of the processors that others took
}

// kind is the part of the report that a workload belongs to.
type kind string

const (
	oneShard   kind = "one shard"
	overShards kind = "over shards"
)

// spread is the median of the rounds with their quartiles.
type spread struct {
	Low    float64 `json:"low"`
	Median float64 `json:"median"`
	High   float64 `json:"high"`
}

// MarshalJSON writes [low, median, high] with four digits each.
func (s spread) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%.4g,%.4g,%.4g]", s.Low, s.Median, s.High), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *spread) UnmarshalJSON(data []byte) error {
	var v [3]float64
	err := json.Unmarshal(data, &v)
	s.Low, s.Median, s.High = v[0], v[1], v[2]
	return err
}

// spreadOf returns the median and quartiles of values, interpolated between neighbours.
func spreadOf(values []float64) spread {
	v := slices.DeleteFunc(slices.Clone(values), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
	if len(v) == 0 {
		return spread{}
	}
	slices.Sort(v)
	at := func(q float64) float64 {
		i, rest := math.Modf(q * float64(len(v)-1))
		return v[int(i)] + rest*(v[min(int(i)+1, len(v)-1)]-v[int(i)])
	}
	return spread{at(.25), at(.5), at(.75)}
}

// ratios are those of slices that ran one after another, round by round, so that a
// machine that changes its speed changes both.
func ratios(of, by []sample, what func(sample) float64) spread {
	var v []float64
	for i := range min(len(of), len(by)) {
		v = append(v, what(of[i])/what(by[i]))
	}
	return spreadOf(v)
}

func each(samples []sample, what func(sample) float64) spread {
	var v []float64
	for _, s := range samples {
		v = append(v, what(s))
	}
	return spreadOf(v)
}

// newLines makes the lines of one workload; the first result is the direct one.
func newLines(w workload, conns int, results []*result) []line {
	direct := results[0]
	var floor *result
	for _, r := range results {
		if r.target.name == "haproxy" {
			floor = r
		}
	}
	var out []line
	for _, r := range results {
		l := line{
			Workload: w.name, Connections: conns, Target: r.target.name, Kind: oneShard, Rounds: len(r.samples), Memory: r.rss,
			PerSecond: each(r.samples, sample.perSecond), Server: each(r.samples, sample.server), Others: r.others(),
			P50: micros(r.percentile(.50)), P95: micros(r.percentile(.95)), P99: micros(r.percentile(.99)),
			OfDirect: ratios(direct.samples, r.samples, sample.perSecond), Work: ratios(r.samples, direct.samples, sample.all),
		}
		if w.shards {
			l.Kind = overShards
		}
		if r.target.name == keptChecked || r.target.name == keptInRedis {
			l.Redis = new(each(r.samples, sample.shared))
		}
		if r.target.pid != 0 {
			l.CPU = new(each(r.samples, sample.proxy))
			if floor != nil {
				l.OfHAProxy = new(ratios(r.samples, floor.samples, sample.proxy))
			}
		}
		out = append(out, l)
	}
	return out
}

func micros(d time.Duration) float64 { return math.Round(float64(d.Nanoseconds())/100) / 10 }

// relate says of statements over shards what they cost beside HAProxy's point select
// on as many connections.
func (f *figures) relate() {
	for i := range f.Lines {
		l := &f.Lines[i]
		point := f.find(pointSelect, l.Connections, "haproxy")
		if l.Kind != overShards || l.CPU == nil || point == nil || point.CPU.Median == 0 {
			continue
		}
		by := point.CPU.Median
		l.OfPoint = &spread{l.CPU.Low / by, l.CPU.Median / by, l.CPU.High / by}
	}
}

func (f *figures) find(workload string, connections int, target string) *line {
	for i := range f.Lines {
		if l := &f.Lines[i]; l.Workload == workload && l.Connections == connections && l.Target == target {
			return l
		}
	}
	return nil
}

// read reads the JSON of an older run.
func read[T any](file string) (*T, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	into := new(T)
	if err := json.Unmarshal(data, into); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return into, nil
}

// write writes one line of text for each line, so that runs can be compared by diff.
func (f *figures) write(file string) error {
	facts, err := json.Marshal(f.Facts)
	if err != nil {
		return err
	}
	text := fmt.Appendf(nil, "{\"facts\":%s,\n\"lines\":[", facts)
	for i := range f.Lines {
		data, err := json.Marshal(&f.Lines[i])
		if err != nil {
			return err
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, '\n'), data...)
	}
	text = append(text, "\n]"...)
	for _, part := range []struct {
		name string
		list any
	}{{"half_load", f.Half}, {"large", f.Large}} {
		data, err := json.Marshal(part.list)
		if err != nil {
			return err
		}
		text = fmt.Appendf(text, ",\n%q:%s", part.name, bytes.ReplaceAll(data, []byte("},{"), []byte("},\n{")))
	}
	return os.WriteFile(file, append(text, "}\n"...), 0o644)
}

// keepApart takes over what other runs have written into the report that is written anew.
func (f *figures) keepApart(dir string) {
	if old, err := read[figures](filepath.Join(dir, "figures.json")); err == nil {
		f.Half, f.Large = old.Half, old.Large
	}
}

// addTo writes the report in a folder anew with what a run of another kind found out.
func addTo(dir string, add func(*figures)) error {
	if dir == "" {
		return nil
	}
	f, err := read[figures](filepath.Join(dir, "figures.json"))
	if err != nil {
		return err
	}
	add(f)
	return f.report(dir)
}
