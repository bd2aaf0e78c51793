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
	snap, problems := makeSnapshot(c, nil, nil, slog.New(slog.DiscardHandler))
	if snap == nil {
		return problems
	}
	defer snap.closeNew(nil)
	if live {
		problems = append(problems, snap.checkServers(ctx, timeout)...)
	}
	return problems
}
