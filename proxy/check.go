package proxy

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluicedb/sluice/conf"
)

// Check reports everything that is wrong with a configuration that has been read:
// what its names mean together, and with live also what the servers say of it. Each
// server may take as long as timeout.
func Check(ctx context.Context, c *conf.Config, live bool, timeout time.Duration) conf.Problems {
	snap, problems := makeSnapshot(passive(c), nil, nil, nil, slog.New(slog.DiscardHandler))
	if snap == nil {
		return problems
	}
	defer snap.closeNew(nil)
	if live {
		problems = append(problems, snap.checkServers(ctx, timeout)...)
		for _, g := range c.Groups {
			problems = append(problems, snap.checkFailover(ctx, g, timeout)...)
		}
	}
	return problems
}

// passive is a configuration by which nobody is promoted and no heartbeat is written:
// who checks changes nothing.
func passive(c *conf.Config) *conf.Config {
	p := *c
	p.Groups = nil
	for _, g := range c.Groups {
		own := *g
		own.Failover.Own, own.Probe.Heartbeat = false, false
		p.Groups = append(p.Groups, &own)
	}
	return &p
}

// checkFailover warns of what a promotion in the group could lose.
func (s *snapshot) checkFailover(ctx context.Context, g *conf.Group, timeout time.Duration) conf.Problems {
	if len(g.Replicas) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var problems conf.Problems
	for _, r := range s.groups[g.Name].Risks(ctx, g.Failover.Own) {
		remedy := r.Remedy
		r.Remedy = ""
		p := s.conf.Problem(g.Path+".failover", remedy, "%s", r)
		p.Severity = conf.Warning
		problems = append(problems, p)
	}
	return problems
}
