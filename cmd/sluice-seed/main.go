// Command sluice-seed writes sample rows for the customer's 98 tables, into a server or
// into a file of INSERT statements. Equal flags give equal rows.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sluice-seed:", err)
		stop()
		os.Exit(1)
	}
}
