package schema_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/conf/schema"
)

// created lists what a script creates, sorted.
func created(t *testing.T, database string, part schema.Part, what string) []string {
	t.Helper()
	statements, err := schema.Statements(database, part)
	require.NoError(t, err)
	create := regexp.MustCompile(`^CREATE ` + what + ` (\w+)`)
	names := []string{}
	for _, s := range statements {
		if m := create.FindStringSubmatch(s); m != nil {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

// saas.yaml places every table and procedure of every database, and nothing else.
func TestConfigurationPlacesEverything(t *testing.T) {
	c, problems := conf.Read("../saas.yaml")
	require.Empty(t, problems)
	require.Len(t, c.Files, 18)
	kinds := map[conf.Kind]int{}
	homes, calendars := 0, map[string]string{}
	for i, d := range c.Databases {
		require.Equal(t, schema.Databases()[i], d.Name)
		tables, procedures := []string{}, []string{}
		for _, tb := range d.Tables {
			tables = append(tables, tb.Name)
			kinds[tb.Kind]++
			if tb.NullHome != "" {
				homes++
			}
			if tb.Calendar != nil {
				calendars[tb.Name] = tb.Calendar.Column
			}
		}
		for _, p := range d.Procedures {
			procedures = append(procedures, p.Name)
		}
		slices.Sort(tables)
		slices.Sort(procedures)
		require.Equal(t, created(t, d.Name, schema.Tables, "TABLE"), tables)
		require.Equal(t, created(t, d.Name, schema.Programs, "PROCEDURE"), procedures)
	}
	require.Equal(t, map[conf.Kind]int{conf.Sharded: 97, conf.Reference: 1}, kinds)
	require.Equal(t, 5, homes)
	require.Equal(t, ranged(t), calendars)
}

// ranged are the partitioned tables and the columns they are partitioned by.
func ranged(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	partition := regexp.MustCompile(`(?s)^CREATE TABLE (\w+).*PARTITION BY RANGE \(UNIX_TIMESTAMP\((\w+)\)\)`)
	for _, db := range schema.Databases() {
		statements, err := schema.Statements(db, schema.Tables)
		require.NoError(t, err)
		for _, s := range statements {
			if m := partition.FindStringSubmatch(s); m != nil {
				out[m[1]] = m[2]
			}
		}
	}
	require.Len(t, out, 7)
	return out
}
