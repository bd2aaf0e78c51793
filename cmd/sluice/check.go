package main

import (
	"fmt"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/proxy"
	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var path string
	var live bool
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration and report everything that is wrong with it",
		Long: `Check the configuration: shape, names, placement, and the schema files it names. With
--live also the servers: that they can be reached, that every shard has every table,
that the shards agree with each other and with the schema, and, where Sluice owns a
group's failover, that its servers replicate so that no acknowledged write can be lost.
The exit status is 1 if there are errors, 0 if there are only warnings.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			read := conf.Read // secrets are only needed to ask servers
			if live {
				read = conf.Load
			}
			c, problems := read(path)
			if problems.Err() == nil {
				problems = append(problems, proxy.Check(cmd.Context(), c, live, timeout)...)
			}
			problems.Sort()
			fmt.Fprint(cmd.OutOrStdout(), problems)
			if problems.Err() != nil {
				return fmt.Errorf("%d errors", len(problems.Of(conf.Error)))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: ok, %d warnings\n", path, len(problems))
			return nil
		},
	}
	configFlag(c, &path)
	c.Flags().BoolVar(&live, "live", false, "also check the servers")
	c.Flags().DurationVar(&timeout, "timeout", 10*time.Second, "how long each server may take")
	return c
}
