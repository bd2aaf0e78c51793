package test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/spread"
)

// TestTPCH asks the 22 questions of TPC-H over four shards and of one server.
// SLUICE_TPCH_ORDERS is the number of orders: 15000 is TPC-H's scale 0.01.
func TestTPCH(t *testing.T) {
	f, err := diff.Read("tpch/tpch.sql")
	require.NoError(t, err)
	require.Len(t, f.Steps, 23)
	if v := os.Getenv("SLUICE_TPCH_ORDERS"); v != "" {
		n, err := strconv.Atoi(v)
		require.NoError(t, err)
		for i, sql := range f.Schema.Setup {
			if strings.HasPrefix(sql, "SET @orders") {
				f.Schema.Setup[i] = fmt.Sprintf("SET @orders = %d", n)
			}
		}
		f.TextOnly = true
	}
	bed := spread.Start(t, 2)
	left := diff.Target{Name: "MySQL", Addr: bed.Plain(t, &f.Schema), User: "app"}
	l := layouts[0]
	right := diff.Target{Name: "Sluice", Addr: bed.Sluice(t, &f.Schema, l), User: "app"}
	diff.Run(t, f, diff.Pair{Left: left, Right: right, Shards: l.Shards})
}
