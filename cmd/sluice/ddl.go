package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
)

// ddlCommand asks a running Sluice for its journal of statements about definitions.
func ddlCommand() *cobra.Command {
	c := &cobra.Command{Use: "ddl", Short: "Look at statements about tables and programs on several shards, and finish them"}
	var o operators
	var forget bool
	ask := func(method, at string, v url.Values) ([]proxy.Definition, error) {
		text, err := o.ask(method, at, v)
		if err != nil {
			return nil, err
		}
		var list []proxy.Definition
		return list, json.Unmarshal(text, &list)
	}
	list := &cobra.Command{Use: "list", Short: "The newest ones", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		all, err := ask(http.MethodGet, "/ddl", nil)
		if err != nil {
			return err
		}
		return printDefinitions(cmd.OutOrStdout(), all)
	}}
	show := &cobra.Command{Use: "show ID", Short: "One, and what each shard has of it", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		all, err := ask(http.MethodGet, "/ddl", url.Values{"id": args})
		if err != nil {
			return err
		}
		return printDefinition(cmd.OutOrStdout(), all)
	}}
	resume := &cobra.Command{
		Use: "resume ID", Short: "Run one on the shards that do not have it yet", Args: cobra.ExactArgs(1),
		Long: `Run a statement that has reached some shards only on the others. Which shards have it is
seen from their definitions. Where it cannot succeed, make the shards alike by hand, and
close it with --forget.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			v := url.Values{"id": args}
			if forget {
				v.Set("forget", "1")
			}
			all, err := ask(http.MethodPost, "/ddl/resume", v)
			if err != nil {
				return err
			}
			return printDefinition(cmd.OutOrStdout(), all)
		},
	}
	undo := &cobra.Command{
		Use: "undo ID", Short: "Take one back from the shards that have it", Args: cobra.ExactArgs(1),
		Long: `Take a statement about one table that has reached some shards only back from those. That is
done only where nothing can be lost: columns, keys and constraints that it has added are
dropped, if nobody has written to the columns since, and columns that it has changed are
changed back where no value can have become another one. Otherwise it says why not, and
changes nothing on that shard.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := ask(http.MethodPost, "/ddl/undo", url.Values{"id": args})
			if err != nil {
				return err
			}
			return printDefinition(cmd.OutOrStdout(), all)
		},
	}
	resume.Flags().BoolVar(&forget, "forget", false, "run nothing, and close the statement if the shards are alike")
	for _, sub := range []*cobra.Command{list, show, resume, undo} {
		o.flags(sub)
		c.AddCommand(sub)
	}
	return c
}

func printDefinitions(w io.Writer, list []proxy.Definition) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, "none")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTATE\tSTARTED\tDATABASE\tSTATEMENT")
	for i := range list {
		d := &list[i]
		text := strings.Join(strings.Fields(d.Statement), " ")
		if len(text) > 100 {
			text = strings.ToValidUTF8(text[:100], "") + ".."
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\n", d.ID, d.State, d.Started, d.Database, text)
	}
	return t.Flush()
}

func printDefinition(w io.Writer, list []proxy.Definition) error {
	if err := printDefinitions(w, list); err != nil || len(list) != 1 {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nSHARD\tGROUP\tSCHEMA\tSTATE\tERROR")
	for _, s := range list[0].Shards {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", s.Name, s.Group, s.Schema, s.State, s.Error)
	}
	return t.Flush()
}
