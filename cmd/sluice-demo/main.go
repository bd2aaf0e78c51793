// Command sluice-demo shows Sluice with nothing installed but Go: it starts two private
// MySQL servers in a temporary folder, spreads the customer's six databases over them with
// the rows of three tenants, and runs Sluice in front until it is interrupted.
//
// Its nouns: a world is the two servers and their folder; a layout is the configuration
// that spreads the databases over them. Nothing of it is left behind when it ends, however
// it ends.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-ctx.Done()
		stop() // a second signal ends us at once
	}()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sluice-demo:", err)
		os.Exit(1)
	}
}

// flags are what the command line says.
type flags struct {
	port      int
	adminPort int
	rules     string
	rows      int
	parent    bool
}

func command() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:           "sluice-demo",
		Short:         "Run Sluice in front of six databases on two private MySQL servers",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(c *cobra.Command, _ []string) error { return f.run(c.Context(), c.OutOrStdout()) },
	}
	p := c.Flags()
	p.IntVar(&f.port, "port", 3306, "port of the loopback on which Sluice listens")
	p.IntVar(&f.adminPort, "admin-port", 9306, "port of the loopback for operators; another one if it is taken")
	p.StringVar(&f.rules, "rules", "conf/saas.yaml", "configuration whose databases are spread over the two servers")
	p.IntVar(&f.rows, "rows", 20, "rows of the median tenant in a table that grows")
	p.BoolVar(&f.parent, "with-parent", false, "end when the process ends that started this one")
	c.AddCommand(sweepCommand())
	return c
}

// withParent returns a context that ends when our parent does, killed or not.
func withParent(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	go func() {
		defer cancel()
		for tick := time.NewTicker(300 * time.Millisecond); os.Getppid() == parent; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				tick.Stop()
				return
			}
		}
	}()
	return ctx
}
