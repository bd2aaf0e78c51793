package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// txCommand asks a running Sluice for transactions over several groups that somebody
// has left half done. Recovery finishes them by itself; this is for looking.
func txCommand() *cobra.Command {
	c := &cobra.Command{Use: "tx", Short: "Look at transactions over several groups that are prepared and not finished"}
	var o operators
	var verdict string
	ask := func(cmd *cobra.Command, method, at string, v url.Values) error {
		text, err := o.ask(method, at, v)
		if err != nil {
			return err
		}
		var list []proxy.Doubtful
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		return printTransactions(cmd.OutOrStdout(), list)
	}
	list := &cobra.Command{Use: "list", Short: "All of them", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return ask(cmd, http.MethodGet, "/tx", nil)
	}}
	show := &cobra.Command{Use: "show ID", Short: "One, and what was decided about it", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return ask(cmd, http.MethodGet, "/tx", url.Values{"id": args})
	}}
	resolve := &cobra.Command{Use: "resolve ID", Short: "Finish one now, as was decided", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return ask(cmd, http.MethodPost, "/tx/resolve", url.Values{"id": args, "verdict": {verdict}})
	}}
	resolve.Flags().StringVar(&verdict, "verdict", "", "commit or rollback, where the group that holds the decision is lost for good")
	for _, sub := range []*cobra.Command{list, show, resolve} {
		o.flags(sub)
		c.AddCommand(sub)
	}
	return c
}

func printTransactions(w io.Writer, list []proxy.Doubtful) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TRANSACTION\tPREPARED ON\tDECISION ON\tDECIDED\tLIVE")
	for _, d := range list {
		decided := d.Decided
		if decided == "" {
			decided = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%v\n", d.ID, d.Group, d.Home, decided, d.Live)
	}
	return t.Flush()
}
