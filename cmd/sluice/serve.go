package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/spf13/cobra"
)

func serveCommand() *cobra.Command {
	var path string
	var noWatch bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the proxy",
		Long: `Run the proxy until SIGTERM or SIGINT, which drain it: running statements and open
transactions may end (limits.drain), then it stops. SIGHUP, a change of the
configuration file, or "sluice reload" reload the configuration.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), path, !noWatch) },
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&noWatch, "no-watch", false, "do not reload when the configuration file changes")
	return c
}

func serve(ctx context.Context, path string, watch bool) error {
	c, problems := conf.Load(path)
	if err := problems.Err(); err != nil {
		return err
	}
	level := new(slog.LevelVar)
	log := logger(c, level)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	fitCollector()
	srv, err := proxy.NewServer(context.WithoutCancel(ctx), c, log)
	if err != nil {
		return err
	}
	op := proxy.Operator{Server: srv, Load: func() (*conf.Config, conf.Problems) {
		c, problems := conf.Load(path)
		if problems.Err() == nil {
			_ = level.UnmarshalText([]byte(c.Log.Level))
		}
		return c, problems
	}}
	if err := srv.Listen(); err != nil {
		return errors.Join(err, drain(srv))
	}
	web, err := serveAdmin(c.Admin.Address, op, log)
	if err != nil {
		return errors.Join(err, drain(srv))
	}
	reloads(ctx, op, path, watch, log)
	if web != nil {
		_ = web.Close()
	}
	return drain(srv)
}

func drain(srv *proxy.Server) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT) // the second signal ends the drain
	defer cancel()
	srv.Shutdown(ctx)
	return nil
}

func logger(c *conf.Config, level *slog.LevelVar) *slog.Logger {
	_ = level.UnmarshalText([]byte(c.Log.Level))
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

// serveAdmin opens the operators' address; a nil server means that none is wanted.
func serveAdmin(address string, op proxy.Operator, log *slog.Logger) (*http.Server, error) {
	if address == "" {
		return nil, nil
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("admin address: %w", err)
	}
	web := &http.Server{Handler: admin.Handler(op), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := web.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			log.Error("admin address failed", "err", err)
		}
	}()
	log.Info("admin", "address", ln.Addr().String())
	return web, nil
}

// reloads waits for signals and changes of the file until ctx ends.
func reloads(ctx context.Context, op proxy.Operator, path string, watch bool, log *slog.Logger) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	var events chan fsnotify.Event
	if watch {
		w, err := fsnotify.NewWatcher()
		if err == nil {
			// The folder, not the file: editors and Kubernetes replace files.
			err = w.Add(filepath.Dir(path))
		}
		if err != nil {
			log.Warn("the configuration file is not watched", "err", err)
		} else {
			defer w.Close()
			events = w.Events
		}
	}
	settle := time.NewTimer(time.Hour)
	settle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			_ = op.Reload() // logs its error
		case e := <-events:
			if concerns(e.Name, path) {
				settle.Reset(200 * time.Millisecond)
			}
		case <-settle.C:
			_ = op.Reload()
		}
	}
}

// concerns reports whether a change of a file may have changed the configuration:
// the file itself, or the link farm that Kubernetes makes of a ConfigMap.
func concerns(changed, path string) bool {
	base := filepath.Base(changed)
	return base == filepath.Base(path) || strings.HasPrefix(base, "..data")
}
