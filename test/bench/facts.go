package main

import (
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// facts collects what one must know to repeat the run, without the machine's name and
// paths.
func (s *setup) facts(ctx context.Context, o options) facts {
	f := facts{
		Date: time.Now().UTC().Format("2006-01-02 15:04 UTC"), Command: command(os.Args[1:]), CPU: cpuModel(), Processors: runtime.NumCPU(),
		MySQL: s.version, Rounds: o.rounds, Slice: o.slice.String(), Shards: shards,
	}
	if data, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		version, _, _ := strings.Cut(string(data), "-") // what follows may name a workplace
		f.Kernel = "Linux " + strings.TrimSpace(version)
	}
	f.Sluice, f.Go = build(o.sluice)
	if out, err := exec.CommandContext(ctx, "haproxy", "-v").Output(); err == nil && o.haproxy {
		f.HAProxy = strings.TrimPrefix(strings.Fields(string(out) + " ? ? ?")[2], "version ")
	}
	for _, t := range s.targets {
		if t.name != "direct" && t.name != "haproxy" && t.name != "sluice" {
			f.Others = append(f.Others, t.name)
		}
	}
	return f
}

// build tells the commit a binary was built from, and the Go that built it.
func build(file string) (commit, version string) {
	b, err := buildinfo.ReadFile(file)
	if err != nil {
		return "unknown", "unknown"
	}
	commit = "unknown commit"
	var dirty, pgo bool
	for _, x := range b.Settings {
		switch x.Key {
		case "vcs.revision":
			commit = "commit " + x.Value[:min(12, len(x.Value))]
		case "vcs.modified":
			dirty = x.Value == "true"
		case "-pgo":
			pgo = true
		}
	}
	if dirty {
		commit += " with changes"
	}
	if pgo {
		commit += ", built by its profile"
	}
	return commit, b.GoVersion
}

// command is how the run was started; of absolute paths only the names.
func command(args []string) string {
	out := []string{"go run ./test/bench"}
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		switch {
		case ok && filepath.IsAbs(value):
			a = name + "=" + filepath.Base(value)
		case filepath.IsAbs(a):
			a = filepath.Base(a)
		}
		if strings.ContainsAny(a, " |()*?$&;") {
			a = "'" + a + "'"
		}
		out = append(out, a)
	}
	return strings.Join(out, " ")
}

func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, ok := strings.Cut(string(data), "model name")
	if !ok {
		return runtime.GOARCH
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(strings.TrimLeft(line, "\t :"))
}
