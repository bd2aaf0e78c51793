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

// topologyCommand asks a running Sluice who is the primary of each group.
func topologyCommand() *cobra.Command {
	var path, address string
	c := &cobra.Command{Use: "topology", Short: "Print the groups of a running Sluice: their servers, roles and lag", Args: cobra.NoArgs}
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		groups, err := askTopology(path, address)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "GROUP\tSERVER\tROLE\tUP\tLAG\tCOPIES\tEPOCH\tERROR")
		for _, g := range groups {
			for _, s := range g.Servers {
				fmt.Fprintf(t, "%s\t%s\t%s\t%v\t%s\t%s\t%d\t%s\n", g.Name, s.Addr, s.Role, s.Up, s.Lag, s.Source, s.Epoch, s.Err)
			}
		}
		return t.Flush()
	}
	adminFlags(c, &path, &address)
	return c
}

// failoverCommand prints what has happened to the groups.
func failoverCommand() *cobra.Command {
	var path, address string
	c := &cobra.Command{Use: "failover", Short: "Look at what a running Sluice did when primaries died"}
	history := &cobra.Command{Use: "history", Short: "Every step, with its time", Args: cobra.NoArgs}
	history.RunE = func(cmd *cobra.Command, _ []string) error {
		groups, err := askTopology(path, address)
		if err != nil {
			return err
		}
		for _, g := range groups {
			for _, e := range g.Events {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %s\n", e.At.UTC().Format("2006-01-02T15:04:05.000Z"), g.Name, e.Text)
			}
		}
		return nil
	}
	adminFlags(history, &path, &address)
	c.AddCommand(history)
	return c
}

// switchoverCommand makes another server the primary.
func switchoverCommand() *cobra.Command {
	var path, address, to string
	var dry bool
	c := &cobra.Command{Use: "switchover GROUP --to SERVER", Short: "Make another server the primary of a group while all are well", Args: cobra.ExactArgs(1)}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		v := url.Values{"group": args, "to": {to}}
		if dry {
			v.Set("dry", "1")
		}
		text, err := askAdmin(http.MethodPost, path, address, "/switchover", v)
		if err == nil {
			_, err = fmt.Fprint(cmd.OutOrStdout(), string(text))
		}
		return err
	}
	adminFlags(c, &path, &address)
	c.Flags().StringVar(&to, "to", "", "address of the new primary, as the configuration writes it")
	c.Flags().BoolVar(&dry, "dry-run", false, "only check whether it can be done")
	_ = c.MarkFlagRequired("to")
	return c
}

func adminFlags(c *cobra.Command, path, address *string) {
	c.Flags().StringVar(address, "admin", "", "operators' address of the running Sluice (default: admin.address of the configuration)")
	configFlag(c, path)
}

func askTopology(path, address string) ([]proxy.GroupState, error) {
	text, err := askAdmin(http.MethodGet, path, address, "/topology", nil)
	if err != nil {
		return nil, err
	}
	var groups []proxy.GroupState
	return groups, json.Unmarshal(text, &groups)
}

// askAdmin asks the operators' address; an answer that is not OK is an error.
func askAdmin(method, path, address, at string, v url.Values) ([]byte, error) {
	address, err := adminAddress(path, address)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, "http://"+address+at+"?"+v.Encode(), http.NoBody) //nolint:noctx // the client has a timeout
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Timeout: 10 * time.Minute}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", strings.TrimSpace(string(text)))
	}
	return text, err
}
