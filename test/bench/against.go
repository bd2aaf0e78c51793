package main

import (
	"fmt"
	"io"
)

// against compares the ratios of a run with those of an older one, prints both, and
// returns an error if a workload became more expensive. Ratios to HAProxy's CPU time,
// or to direct where HAProxy has no part, are compared, because the machine may be
// another; what lies within the quartiles of either run is no change.
func against(w io.Writer, before, now *figures, percent float64) error {
	if before.Facts.Processors != now.Facts.Processors || before.Facts.CPU != now.Facts.CPU {
		fmt.Fprintf(w, "\nNote: the older run was on another machine (%d × %s).\n", before.Facts.Processors, before.Facts.CPU)
	}
	fmt.Fprintf(w, "\n| workload | connections | target | ratio | before | now | change |\n|---|--:|---|---|--:|--:|--:|\n")
	var compared, worse int
	for i := range now.Lines {
		l := &now.Lines[i]
		old := before.find(l.Workload, l.Connections, l.Target)
		if old == nil || l.Target == "direct" || l.Target == "haproxy" {
			continue
		}
		what, a, b := ratioOf(old, l)
		compared++
		mark := ""
		if worsened(a, b, percent) {
			worse++
			mark = " **worse**"
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %s | %+.0f %%%s |\n", l.Workload, l.Connections, l.Target, what, a, b, 100*(b.Median/a.Median-1), mark)
	}
	switch {
	case compared == 0:
		return fmt.Errorf("the two runs have no workload in common")
	case worse > 0:
		return fmt.Errorf("%d of %d became more than %g %% worse", worse, compared, percent)
	}
	return nil
}

// ratioOf chooses the ratio that both lines have.
func ratioOf(a, b *line) (string, spread, spread) {
	if a.OfHAProxy != nil && b.OfHAProxy != nil {
		return "CPU ÷ HAProxy's", *a.OfHAProxy, *b.OfHAProxy
	}
	return "time ÷ direct", a.OfDirect, b.OfDirect
}

// worsened reports whether a ratio grew by more than a percentage, and not only within
// the spread of the rounds: the quartiles of the two runs are apart.
func worsened(before, now spread, percent float64) bool {
	return now.Median > before.Median*(1+percent/100) && now.Low > before.High
}

func (s spread) String() string {
	digits := 2
	switch {
	case s.Median >= 100:
		digits = 0
	case s.Median >= 10:
		digits = 1
	}
	return fmt.Sprintf("%.*f (%.*f–%.*f)", digits, s.Median, digits, s.Low, digits, s.High)
}
