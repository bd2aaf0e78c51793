package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/spf13/cobra"

	"github.com/sluicedb/sluice/test/seed"
)

// flags are what the command line says.
type flags struct {
	options seed.Options
	dsn     string
	out     string
	now     string
	qualify bool
	list    bool
}

func command() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "sluice-seed (--dsn DSN | --out FILE)",
		Short: "Write sample rows for the customer's 98 tables",
		Long: `Write sample rows for the customer's 98 tables, which must exist and be empty.

Each INSERT holds rows of one tenant, so that it can go through Sluice; the rows of
saas_permissions, which belong to no tenant, are written once. Times are UTC.`,
		Example: `  sluice-seed --dsn 'root@tcp(127.0.0.1:3306)/saas' --tenants 3 --rows 20
  sluice-seed --out rows.sql --tenants 10 --seed 7
  sluice-seed --dsn 'root@tcp(127.0.0.1:3307)/' --qualify --tenants 3`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(c *cobra.Command, _ []string) error { return f.run(c.Context(), c.OutOrStdout()) },
	}
	p := c.Flags()
	p.StringVar(&f.dsn, "dsn", "", "write into this server: user[:password]@tcp(host:port)/database")
	p.StringVar(&f.out, "out", "", "write INSERT statements into this file; - is the standard output")
	p.BoolVar(&f.qualify, "qualify", false, "put the name of its database before each table")
	p.BoolVar(&f.list, "list", false, "print the ids of the tenants and write nothing")
	p.Uint64Var(&f.options.Seed, "seed", 1, "number that all values come from")
	p.IntVar(&f.options.Tenants, "tenants", 3, "number of tenants")
	p.IntVar(&f.options.Rows, "rows", 20, "rows of the median tenant in a table that grows")
	p.Float64Var(&f.options.Skew, "skew", 50, "how many times the median the largest tenant has")
	p.IntVar(&f.options.Months, "months", 6, "number of months that rows are spread over")
	p.IntVar(&f.options.Batch, "batch", 200, "the most rows of one INSERT")
	p.StringVar(&f.now, "now", seed.DefaultNow().Format(time.RFC3339), "time of the newest rows")
	p.BoolVar(&f.options.Respell, "respell", false, "write some tenant ids in the other case")
	c.MarkFlagsMutuallyExclusive("dsn", "out", "list")
	c.MarkFlagsOneRequired("dsn", "out", "list")
	return c
}

func (f *flags) run(ctx context.Context, stdout io.Writer) error {
	now, err := time.Parse(time.RFC3339, f.now)
	if err != nil {
		return fmt.Errorf("--now: %w", err)
	}
	f.options.Now = now
	switch {
	case f.list:
		for _, id := range f.options.TenantIDs() {
			fmt.Fprintln(stdout, id)
		}
		return nil
	case f.out == "-":
		return f.write(ctx, stdout)
	case f.out != "":
		return f.file(ctx)
	}
	return f.load(ctx, stdout)
}

// file writes the statements into a new file.
func (f *flags) file(ctx context.Context) (err error) {
	w, err := os.Create(f.out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return f.write(ctx, w)
}

// write writes the statements as a script for the mysql client.
func (f *flags) write(ctx context.Context, to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprint(w, "SET NAMES utf8mb4;\nSET time_zone = '+00:00';\n")
	err := seed.Generate(f.options, func(database, table string, columns []string, rows [][]any) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "%s;\n", seed.Insert(f.table(database, table), columns, rows))
		return err
	})
	return errors.Join(err, w.Flush())
}

// load runs the statements on one connection.
func (f *flags) load(ctx context.Context, stdout io.Writer) error {
	c, err := mysql.ParseDSN(f.dsn)
	if err != nil {
		return fmt.Errorf("--dsn: %w", err)
	}
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params["time_zone"] = "'+00:00'"
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return fmt.Errorf("--dsn: %w", err)
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(1)

	began, written, tables := time.Now(), 0, map[string]bool{}
	err = seed.Generate(f.options, func(database, table string, columns []string, rows [][]any) error {
		written += len(rows)
		tables[table] = true
		_, err := db.ExecContext(ctx, seed.Insert(f.table(database, table), columns, rows))
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%d rows in %d tables in %s\n", written, len(tables), time.Since(began).Round(time.Millisecond))
	return err
}

func (f *flags) table(database, table string) string {
	if f.qualify {
		return database + "." + table
	}
	return table
}
