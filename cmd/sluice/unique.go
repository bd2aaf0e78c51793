package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// uniqueCommand asks a running Sluice about the unique keys that it enforces over shards.
func uniqueCommand() *cobra.Command {
	c := &cobra.Command{Use: "unique", Short: "Look at the unique keys that Sluice enforces over all shards"}
	var path, address string
	c.PersistentFlags().StringVar(&address, "admin", "", "operators' address of the running Sluice (default: admin.address of the configuration)")
	sub := func(use, short, method, at string) *cobra.Command {
		s := &cobra.Command{Use: use + " TABLE", Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			address, err := adminAddress(path, address)
			if err != nil {
				return err
			}
			return askUnique(cmd.OutOrStdout(), method, "http://"+address+at+"?"+url.Values{"table": args}.Encode())
		}}
		configFlag(s, &path)
		return s
	}
	c.AddCommand(
		sub("verify", "Which rows have claimed their values, and which values two shards have", http.MethodGet, "/unique"),
		sub("rebuild", "Claim the values of all rows, and remove claims whose rows have gone", http.MethodPost, "/unique/rebuild"),
	)
	return c
}

// askUnique waits as long as it takes: all rows of a table are read.
func askUnique(w io.Writer, method, address string) error {
	req, err := http.NewRequest(method, address, http.NoBody) //nolint:noctx // the process ends with its user's patience
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		return errors.New(strings.TrimSpace(string(text)))
	}
	var list []proxy.UniqueKey
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
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
