package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// uniqueCommand asks a running Sluice about the unique keys that it enforces over shards.
func uniqueCommand() *cobra.Command {
	c := &cobra.Command{Use: "unique", Short: "Look at the unique keys that Sluice enforces over all shards"}
	var o operators
	sub := func(use, short, page string) *cobra.Command {
		s := &cobra.Command{Use: use + " TABLE", Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			text, err := o.ask(http.MethodPost, page, url.Values{"table": args})
			if err != nil {
				return err
			}
			return printUnique(cmd.OutOrStdout(), text)
		}}
		o.flags(s)
		return s
	}
	c.AddCommand(
		sub("verify", "Which rows have claimed their values, and which values two shards have", "/unique/verify"),
		sub("rebuild", "Claim the values of all rows, and remove claims whose rows have gone", "/unique/rebuild"),
	)
	return c
}

func printUnique(w io.Writer, text []byte) error {
	var list []proxy.UniqueKey
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tROWS\tUNCLAIMED\tREMOVED\tDUPLICATES\tCOMPLETE\tLOOKUP TABLE")
	duplicates := 0
	for _, k := range list {
		fmt.Fprintf(t, "%s.%s\t%d\t%d\t%d\t%d\t%v\t%s on %s\n", k.Table, k.Key, k.Rows, k.Unclaimed, k.Removed, len(k.Duplicates), k.Complete, k.Lookup, k.Group)
		duplicates += len(k.Duplicates)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, k := range list {
		for _, d := range k.Duplicates {
			fmt.Fprintf(w, "%s.%s: rows of several shards have %s\n", k.Table, k.Key, d)
		}
	}
	if duplicates > 0 {
		return errors.New("there are duplicates: change or delete all rows but one of each")
	}
	return nil
}
