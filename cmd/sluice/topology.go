package main

import (
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// topologyCommand asks a running Sluice who is the primary of each group.
func topologyCommand() *cobra.Command {
	var o operators
	c := &cobra.Command{Use: "topology", Short: "Print the groups of a running Sluice: their servers, roles and lag", Args: cobra.NoArgs}
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		var groups []proxy.GroupState
		if err := o.get("/topology", nil, &groups); err != nil {
			return err
		}
		t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "GROUP\tSERVER\tROLE\tUP\tLAG\tCOPIES\tEPOCH\tERROR")
		for _, g := range groups {
			for _, s := range g.Servers {
				fmt.Fprintf(t, "%s\t%s\t%s\t%v\t%s\t%s\t%d\t%s\n", g.Name, s.Addr, s.Role, s.Up, s.Lag, s.Source, s.Epoch, s.Err)
			}
		}
		err := t.Flush()
		for _, g := range groups {
			for _, r := range g.Risks {
				fmt.Fprintf(cmd.OutOrStdout(), "warning: %s: %s\n", g.Name, r)
			}
		}
		return err
	}
	o.flags(c)
	return c
}

// failoverCommand prints what has happened to the groups.
func failoverCommand() *cobra.Command {
	var o operators
	c := &cobra.Command{Use: "failover", Short: "Look at what a running Sluice did when primaries died"}
	history := &cobra.Command{Use: "history", Short: "Every step, with its time", Args: cobra.NoArgs}
	history.RunE = func(cmd *cobra.Command, _ []string) error {
		var groups []proxy.GroupState
		if err := o.get("/topology", nil, &groups); err != nil {
			return err
		}
		for _, g := range groups {
			for _, e := range g.Events {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s\n", e.At.UTC().Format("2006-01-02T15:04:05.000Z"), g.Name, e.Text)
			}
		}
		return nil
	}
	o.flags(history)
	c.AddCommand(history)
	return c
}

// switchoverCommand makes another server the primary.
func switchoverCommand() *cobra.Command {
	var o operators
	var to string
	var dry bool
	var drain time.Duration
	c := &cobra.Command{Use: "switchover GROUP --to SERVER", Short: "Make another server the primary of a group while all are well", Args: cobra.ExactArgs(1)}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		v := url.Values{"group": args, "to": {to}, "drain": {drain.String()}}
		if dry {
			v.Set("dry", "1")
		}
		return o.say(cmd.OutOrStdout(), "/switchover", v)
	}
	o.flags(c)
	c.Flags().StringVar(&to, "to", "", "address of the new primary, as the configuration writes it")
	c.Flags().BoolVar(&dry, "dry-run", false, "only check whether it can be done")
	c.Flags().DurationVar(&drain, "drain", 5*time.Second, "how long open transactions may take to end, and the new primary to come near; at most 5m")
	_ = c.MarkFlagRequired("to")
	return c
}
