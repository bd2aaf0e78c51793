package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/proxy"
	"github.com/sluicedb/sluice/proxy/admin"
)

// cacheCommand looks at the kept replies of a running Sluice.
func cacheCommand() *cobra.Command {
	c := &cobra.Command{Use: "cache", Short: "Look at the replies that a running Sluice keeps"}
	var o operators
	var tenant, database string
	stats := &cobra.Command{Use: "stats", Short: "What was answered from it, by table and class", Long: statsHelp, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		var st proxy.CacheStats
		if err := o.get("/cache", nil, &st); err != nil {
			return err
		}
		return printCache(cmd.OutOrStdout(), &st)
	}}
	flush := &cobra.Command{Use: "flush [TABLE]", Short: "Put out of date what is kept of a table, or everything", Args: cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		v := url.Values{"table": args, "tenant": {tenant}}
		if len(args) == 0 && tenant != "" {
			return errors.New("--tenant needs a table")
		}
		return o.say(cmd.OutOrStdout(), "/cache/flush", v)
	}}
	flush.Flags().StringVar(&tenant, "tenant", "", "only rows of this tenant")
	explained := &cobra.Command{Use: `explain "SQL"`, Short: "Whether the reply of a statement is kept, and why", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		e, err := explain(&o, admin.Question{SQL: args[0], Database: database}, false)
		if err != nil {
			return err
		}
		why := e.Cache
		switch {
		case why != "":
		case e.Error != "":
			why = "no: " + e.Error
		default:
			why = "no: nothing is kept at all, because cache.size is not set"
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), why)
		return err
	}}
	explained.Flags().StringVar(&database, "database", "", "current database (default: the logical one)")
	forget := &cobra.Command{Use: "forget PROCESS", Short: "Say that a process which is gone without a word writes no more", Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return o.say(cmd.OutOrStdout(), "/cache/forget", url.Values{"process": args})
	}}
	for _, sub := range []*cobra.Command{stats, flush, explained, forget} {
		o.flags(sub)
		c.AddCommand(sub)
	}
	return c
}

const statsHelp = `What was answered from it, by table and class. The table is the first that a statement names.

  HITS       answered from this process
  REDIS      answered from Redis
  WAITED     answered by what another client was fetching
  MISSES     fetched from MySQL
  REFRESHED  fetched anew before they expired, because they are asked for often
  RATE       answered without MySQL, of all but the untrusted
  STORED     kept
  DROPPED    not kept: an error, with warnings, or more than the rule's rows or bytes
  STALE      found, and not used because of a write
  UNTRUSTED  sent to MySQL because nobody could say whether there was a write: Redis, or a
             binary log, did not answer; or a write was lost with its connection
  EVICTED    thrown out to make room
  BYTES      that its replies take
  AGE        of a reply when it was given, on average

Replies that are out of date take room until their time has ended or others need it.`

func printCache(w io.Writer, st *proxy.CacheStats) error {
	fmt.Fprintf(w, "%d replies, %d bytes, with those that are out of date\n", st.Entries, st.Bytes)
	for _, name := range st.Unread {
		fmt.Fprintf(w, "the binary log of group %s is not followed, and no reply of it is used; Sluice's log says why\n", name)
	}
	if st.Shared != "" {
		fmt.Fprintf(w, "redis: %s\n", st.Shared)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TABLE\tCLASS\tHITS\tREDIS\tWAITED\tMISSES\tREFRESHED\tRATE\tSTORED\tDROPPED\tSTALE\tUNTRUSTED\tEVICTED\tBYTES\tAGE")
	for _, c := range st.Tables {
		hits, all := c.Hits+c.SharedHits+c.Waited, c.Hits+c.SharedHits+c.Waited+c.Misses
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%.1f%%\t%d\t%d\t%d\t%d\t%d\t%d\t%.1fs\n", c.Table, c.Class, c.Hits, c.SharedHits, c.Waited, c.Misses, c.Refreshes,
			100*float64(hits)/float64(max(all, 1)), c.Stores, c.Dropped, c.Stale, c.Untrusted, c.Evicted, c.Bytes, c.Age)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	var causes []string
	for cause, n := range st.Causes {
		if n > 0 {
			causes = append(causes, fmt.Sprintf("%s %d", cause, n))
		}
	}
	slices.Sort(causes)
	if len(causes) == 0 {
		causes = []string{"nothing yet"}
	}
	_, err := fmt.Fprintln(w, "dependencies put out of date, by cause: "+strings.Join(causes, ", "))
	return err
}
