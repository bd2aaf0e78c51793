package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// txCommand asks a running Sluice for transactions over several groups that somebody
// has left half done. Recovery finishes them by itself; this is for looking.
func txCommand() *cobra.Command {
	c := &cobra.Command{Use: "tx", Short: "Look at transactions over several groups that are prepared and not finished"}
	var path, address, verdict string
	c.PersistentFlags().StringVar(&address, "admin", "", "operators' address of the running Sluice (default: admin.address of the configuration)")
	ask := func(cmd *cobra.Command, method, at string, v url.Values) error {
		address, err := adminAddress(path, address)
		if err != nil {
			return err
		}
		list, err := askTransactions(method, "http://"+address+at+"?"+v.Encode())
		if err != nil {
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
		configFlag(sub, &path)
		c.AddCommand(sub)
	}
	return c
}

func askTransactions(method, address string) ([]proxy.Doubtful, error) {
	req, err := http.NewRequest(method, address, http.NoBody) //nolint:noctx // the client has a timeout
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		return nil, fmt.Errorf("%s", strings.TrimSpace(string(text)))
	}
	var list []proxy.Doubtful
	return list, json.NewDecoder(resp.Body).Decode(&list)
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
