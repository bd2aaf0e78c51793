package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/sluicedb/sluice/rules"
	"github.com/sluicedb/sluice/test/mysqltest"
	"github.com/sluicedb/sluice/test/seed"
)

// run is the whole demo, from the check of the port to the end of the last process.
func (f *flags) run(ctx context.Context, out io.Writer) (err error) {
	if f.parent {
		ctx = withParent(ctx)
	}
	addr, err := f.ports()
	if err != nil {
		return err
	}
	binary, err := mysqltest.Find(ctx)
	if err != nil {
		return err
	}
	dir, err := makeFolder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.remove()) }()
	if err := os.Setenv("TMPDIR", dir.path); err != nil { // what servers write goes there too
		return err
	}

	say := progress(out)
	servers, err := start(ctx, dir.path, "g0", "g1")
	defer servers.stop()
	if err != nil {
		return unlessEnded(ctx, err)
	}
	addr.G0, addr.G1 = servers["g0"].Addr(), servers["g1"].Addr()
	say("two MySQL %s servers: g0 on %s, g1 on %s", binary.Version, addr.G0, addr.G1)

	path, err := writeLayout(dir.path, f.rules, addr)
	if err != nil {
		return err
	}
	c, problems := conf.Load(path)
	if err := problems.Err(); err != nil {
		return err
	}
	r, problems := rules.Compile(c, nil) // for placement the keys' collation is known well enough
	if err := problems.Err(); err != nil {
		return err
	}
	o := seed.Options{Seed: 1, Tenants: 3, Rows: f.rows, Skew: 5, Now: time.Now(), Months: 6}
	rows, err := servers.fill(ctx, r, o)
	if err != nil {
		return unlessEnded(ctx, err)
	}
	say("six databases with two shards each, 98 tables, %d rows of %d tenants", rows, o.Tenants)

	addr.Database = c.Database
	g, err := newGuide(addr, path, binary, r, o.TenantIDs())
	if err != nil {
		return err
	}
	return serve(ctx, path, c, func() error {
		say("Sluice on %s", addr.Listen)
		return g.print(out)
	})
}

// progress returns a function that prints a line with the time since the demo began.
func progress(out io.Writer) func(format string, args ...any) {
	began := time.Now()
	return func(format string, args ...any) {
		fmt.Fprintf(out, "%5.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
}

// unlessEnded returns the error, or nil when it came from our being interrupted.
func unlessEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// ports chooses the addresses to listen on, or says which port would do.
func (f *flags) ports() (addresses, error) {
	var a addresses
	a.Listen = loopback(f.port)
	if !free(a.Listen) {
		other := 0
		for p := 3316; p < 65536 && other == 0; p += 10 {
			if free(loopback(p)) {
				other = p
			}
		}
		return a, fmt.Errorf("port %d is taken; try: make demo PORT=%d", f.port, other)
	}
	a.Admin = loopback(f.adminPort)
	for p := f.adminPort + 10; !free(a.Admin) && p < 65536; p += 10 {
		a.Admin = loopback(p)
	}
	return a, nil
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func free(address string) bool {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	return ln.Close() == nil
}

// serve runs Sluice until ctx ends; ready is called when it takes clients.
func serve(ctx context.Context, path string, c *conf.Config, ready func() error) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	srv, err := proxy.NewServer(context.WithoutCancel(ctx), c, log)
	if err != nil {
		return err
	}
	defer shutdown(ctx, srv)
	if err := srv.Listen(); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Admin.Address)
	if err != nil {
		return err
	}
	op := proxy.Operator{Server: srv, Load: func() (*conf.Config, conf.Problems) { return conf.Load(path) }}
	web := &http.Server{Handler: admin.Handler(op), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(ln) }()
	defer web.Close()
	if err := ready(); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// shutdown ends Sluice; transactions that are open get two seconds.
func shutdown(ctx context.Context, srv *proxy.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	srv.Shutdown(ctx)
}
