// Command sluice is the sharding proxy and its operators' tool.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{
		Use:           "sluice",
		Short:         "A MySQL sharding proxy: many databases and shards, one logical database",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.AddCommand(serveCommand(), checkCommand(), routeCommand(), routesCommand(), reloadCommand(), txCommand(), ddlCommand(), topologyCommand(), switchoverCommand(), failoverCommand(), cacheCommand(), uniqueCommand())
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// version is that of the module, or of the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}

// configFlag adds --config.
func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", envOr("SLUICE_CONFIG", "sluice.yaml"), "configuration file (or $SLUICE_CONFIG)")
}

func envOr(name, other string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return other
}
