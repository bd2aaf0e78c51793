package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
	"github.com/spf13/cobra"
)

func routeCommand() *cobra.Command {
	var o operators
	var database, tenant string
	var asJSON, offline bool
	c := &cobra.Command{
		Use:   `route "SQL"`,
		Short: "Explain where a statement would run, and why",
		Long: `Explain where a statement would run: its tables, the key and where its value comes
from, slot, shard, group and server, the partitions it reads, the text that is sent
and the line of the rules that decided. The running Sluice at admin.address is asked;
with --offline, or when none runs there, the configuration alone.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q := admin.Question{SQL: args[0], Database: database, Tenant: tenant}
			e, err := explain(&o, q, offline)
			if err != nil {
				return err
			}
			return printExplanation(cmd.OutOrStdout(), e, asJSON)
		},
	}
	o.flags(c)
	c.Flags().StringVar(&database, "database", "", "current database (default: the logical one)")
	c.Flags().StringVar(&tenant, "tenant", "", "the session's tenant")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&offline, "offline", false, "do not ask a running Sluice")
	return c
}

// explain asks the running Sluice, or the configuration.
func explain(o *operators, q admin.Question, offline bool) (*proxy.Explanation, error) {
	var c *conf.Config
	if o.address == "" || offline {
		var problems conf.Problems
		if c, problems = conf.Read(o.path); problems.Err() != nil {
			return nil, problems.Err()
		}
	}
	if !offline && (o.address != "" || c.Admin.Address != "") {
		e := &proxy.Explanation{}
		err := o.get("/route", url.Values{"sql": {q.SQL}, "database": {q.Database}, "tenant": {q.Tenant}}, e)
		if err == nil || !errors.As(err, new(*silentError)) || c == nil {
			return e, err
		}
		fmt.Fprintf(os.Stderr, "no Sluice at %s; answering from %s alone\n", c.Admin.Address, o.path)
	}
	return proxy.RouteOffline(c, q)
}

func printExplanation(w io.Writer, e *proxy.Explanation, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range e.Lines() {
		fmt.Fprintf(t, "%s\t%s\n", l[0], l[1])
	}
	return t.Flush()
}

func routesCommand() *cobra.Command {
	var o operators
	var tenant, stmt string
	var last int
	var conn uint32
	var asJSON bool
	c := &cobra.Command{
		Use:   "routes",
		Short: "Show the routing decisions a running Sluice has made lately",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v := url.Values{"last": {strconv.Itoa(last)}, "tenant": {tenant}, "stmt": {stmt}, "conn": {strconv.FormatUint(uint64(conn), 10)}}
			if asJSON {
				var raw json.RawMessage
				if err := o.get("/routes", v, &raw); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), string(raw))
				return err
			}
			var list []routed
			if err := o.get("/routes", v, &list); err != nil {
				return err
			}
			return printRoutes(cmd.OutOrStdout(), list)
		},
	}
	o.flags(c)
	c.Flags().IntVar(&last, "last", 50, "how many decisions")
	c.Flags().Uint32Var(&conn, "conn", 0, "only those of one connection id")
	c.Flags().StringVar(&tenant, "tenant", "", "only those of one tenant")
	c.Flags().StringVar(&stmt, "stmt", "", "only statements whose fingerprint contains this")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// routed is what the table shows of a decision.
type routed struct {
	At    time.Time
	Conn  uint32
	User  string
	Shard string
	Stmt  string
	Why   struct {
		Step, Key, Value string
		Slot             *int
	}
}

func printRoutes(w io.Writer, list []routed) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TIME\tCONN\tUSER\tSHARD\tDECIDED BY\tSTATEMENT")
	for _, r := range list {
		why := r.Why.Step
		if r.Why.Value != "" {
			why += " " + r.Why.Value
		}
		if r.Why.Slot != nil {
			why += fmt.Sprintf(" slot %d", *r.Why.Slot)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\n", r.At.Format("15:04:05.000"), r.Conn, r.User, r.Shard, why, r.Stmt)
	}
	return t.Flush()
}

func reloadCommand() *cobra.Command {
	var o operators
	c := &cobra.Command{
		Use:   "reload",
		Short: "Make a running Sluice read its configuration again: all of it, or nothing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.say(cmd.OutOrStdout(), "/reload", nil)
		},
	}
	o.flags(c)
	return c
}
