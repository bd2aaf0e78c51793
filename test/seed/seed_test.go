package seed

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// data is everything that Generate wrote: table -> rows, each by column.
type data map[string][]map[string]any

func generate(t *testing.T, o Options) data {
	t.Helper()
	out := data{}
	require.NoError(t, Generate(o, func(_, table string, columns []string, rows [][]any) error {
		for _, row := range rows {
			require.Len(t, row, len(columns))
			m := map[string]any{}
			for i, c := range columns {
				m[c] = row[i]
			}
			out[table] = append(out[table], m)
		}
		return nil
	}))
	return out
}

func digest(t *testing.T, o Options) string {
	t.Helper()
	h := sha256.New()
	require.NoError(t, Generate(o, func(database, table string, columns []string, rows [][]any) error {
		_, err := fmt.Fprintln(h, database, Insert(table, columns, rows))
		return err
	}))
	return fmt.Sprintf("%x", h.Sum(nil))
}

func small() Options { return Options{Seed: 1, Tenants: 5, Rows: 6, Skew: 6} }

func TestReadTables(t *testing.T) {
	tables, err := readTables()
	require.NoError(t, err)
	require.Len(t, tables, 98)
	var ranged, foreign int
	var global, nullable []string
	for _, tb := range tables {
		foreign += len(tb.foreign)
		if tb.ranged != "" {
			ranged++
		}
		if tb.tenant == "" {
			global = append(global, tb.name)
		}
		if tb.nullable {
			nullable = append(nullable, tb.name)
		}
	}
	require.Equal(t, 7, ranged)
	require.Equal(t, 113, foreign)
	require.Equal(t, []string{"saas_permissions"}, global)
	require.True(t, Reference(global[0]))
	require.Equal(t, []string{
		"saas_login_attempts", "saas_unified_configs", "saas_system_metrics", "saas_health_checks", "message_queue",
	}, nullable)
}

func TestEqualOptionsGiveEqualRows(t *testing.T) {
	require.Equal(t, digest(t, small()), digest(t, small()))
	other := small()
	other.Seed = 2
	require.NotEqual(t, digest(t, small()), digest(t, other))

	// How rows are cut into batches changes nothing.
	narrow := small()
	narrow.Batch = 3
	require.Equal(t, generate(t, small()), generate(t, narrow))
}

func TestEveryTableHasRowsOfEveryTenant(t *testing.T) {
	rows := generate(t, small())
	tables, err := readTables()
	require.NoError(t, err)
	for _, tb := range tables {
		require.NotEmpty(t, rows[tb.name], tb.name)
		seen := map[any]bool{}
		for _, r := range rows[tb.name] {
			seen[r[tb.tenant]] = true
		}
		if tb.tenant == "" {
			continue
		}
		for _, id := range small().TenantIDs() {
			require.True(t, seen[id], "%s has no row of %s", tb.name, id)
		}
		require.Equal(t, tb.nullable, seen[nil], "%s: rows without a tenant", tb.name)
	}
}

func TestBatchesHoldOneTenant(t *testing.T) {
	o := small()
	o.Batch = 4
	require.NoError(t, Generate(o, func(_, table string, columns []string, rows [][]any) error {
		require.LessOrEqual(t, len(rows), 4)
		key := slices.Index(columns, "tenant_id")
		if table == "saas_tenants" {
			require.Len(t, rows, 1)
		}
		for _, r := range rows {
			if key >= 0 {
				require.Equal(t, rows[0][key], r[key], table)
			}
		}
		return nil
	}))
}

// Values fit their columns as strict mode wants them.
func TestValuesFitTheirTypes(t *testing.T) {
	rows := generate(t, small())
	tables, err := readTables()
	require.NoError(t, err)
	for _, tb := range tables {
		for _, r := range rows[tb.name] {
			for _, c := range tb.columns {
				require.NoError(t, fits(c, r[c.name]), "%s.%s", tb.name, c.name)
			}
		}
	}
}

func fits(c column, v any) error {
	if v == nil {
		if !c.nullable {
			return errors.New("NULL")
		}
		return nil
	}
	s, text := v.(string)
	var err error
	switch c.typ {
	case "int", "bigint", "tinyint":
		if text {
			err = fmt.Errorf("%q is no number", s)
		}
	case "enum":
		if !slices.Contains(c.values, s) {
			err = fmt.Errorf("%q is none of %q", s, c.values)
		}
	case "varchar":
		if utf8.RuneCountInString(s) > c.size || s == "" {
			err = fmt.Errorf("%q does not fit %d characters", s, c.size)
		}
	case "json":
		err = json.Unmarshal([]byte(s), new(any))
	case "timestamp":
		_, err = time.Parse(time.DateTime, s)
	case "date":
		_, err = time.Parse(time.DateOnly, s)
	case "time":
		_, err = time.Parse(time.TimeOnly, s)
	case "decimal":
		whole, part, _ := strings.Cut(s, ".")
		if len(whole) > c.size-c.scale || len(part) != c.scale {
			err = fmt.Errorf("%q is no decimal(%d,%d)", s, c.size, c.scale)
		}
	}
	return err
}

// Foreign keys point at rows that were written before, of the same tenant.
func TestForeignKeysAreClosed(t *testing.T) {
	tables, err := readTables()
	require.NoError(t, err)
	byName := map[string]*table{}
	for _, tb := range tables {
		byName[tb.name] = tb
	}
	owner := map[string]map[string]any{} // table -> id -> tenant
	require.NoError(t, Generate(small(), func(_, name string, columns []string, rows [][]any) error {
		tb := byName[name]
		if owner[name] == nil {
			owner[name] = map[string]any{}
		}
		for _, values := range rows {
			row := map[string]any{}
			for i, c := range columns {
				row[c] = values[i]
			}
			tenant := row[tb.tenant]
			for col, parent := range tb.foreign {
				if row[col] == nil {
					continue
				}
				of, ok := owner[parent][strings.ToLower(row[col].(string))]
				require.True(t, ok, "%s.%s: no %s %v", name, col, parent, row[col])
				if !Reference(parent) {
					require.Equal(t, tenant, of, "%s.%s", name, col)
				}
			}
			owner[name][strings.ToLower(row["id"].(string))] = tenant
		}
		return nil
	}))
	for _, tb := range tables {
		require.NotEmpty(t, owner[tb.name], tb.name)
	}
}

func TestUniqueKeysHold(t *testing.T) {
	for _, o := range []Options{small(), {Seed: 3, Tenants: 3, Rows: 20, Skew: 8}} {
		rows := generate(t, o)
		tables, err := readTables()
		require.NoError(t, err)
		for _, tb := range tables {
			for _, unique := range append(tb.uniques, []string{"id"}) {
				seen := map[string]bool{}
				for _, r := range rows[tb.name] {
					var parts []string
					for _, c := range unique {
						if r[c] == nil {
							parts = nil
							break
						}
						parts = append(parts, strings.ToLower(fmt.Sprint(r[c])))
					}
					if parts == nil {
						continue
					}
					k := strings.Join(parts, "\x00")
					require.False(t, seen[k], "%s %v: %q twice", tb.name, unique, parts)
					seen[k] = true
				}
			}
		}
	}
}

// A key of references spreads over both of its parents.
func TestCountedKeysVary(t *testing.T) {
	rows := generate(t, small())
	for table, columns := range map[string][]string{
		"saas_user_roles":          {"user_id", "role_id", "scope_type"},
		"customer_tags":            {"customer_id", "tag_id"},
		"customer_segment_members": {"customer_id", "segment_id"},
		"wework_tag_relations":     {"tag_id", "target_id"},
	} {
		for _, c := range columns {
			seen := map[any]bool{}
			for _, r := range rows[table] {
				if r["tenant_id"] == "default-tenant" {
					seen[r[c]] = true
				}
			}
			require.Greater(t, len(seen), 1, "%s.%s", table, c)
		}
	}
}

func TestLargestTenantIsFiftyTimesTheMedian(t *testing.T) {
	o := Options{Seed: 1, Tenants: 21, Rows: 4}
	rows := generate(t, o)
	counts := map[any]int{}
	for _, r := range rows["customers"] {
		counts[r["tenant_id"]]++
	}
	require.Len(t, counts, 21)
	var sizes []int
	for _, n := range counts {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	require.Equal(t, 4, sizes[10])
	require.Equal(t, 200, sizes[20])
	require.Equal(t, 200, counts[o.TenantIDs()[2]])
	require.Equal(t, sizes[0], counts["system"])
}

func TestTenantIDs(t *testing.T) {
	ids := Options{Seed: 1, Tenants: 5}.TenantIDs()
	require.Equal(t, []string{"default-tenant", "system"}, ids[:2])
	require.Equal(t, strings.ToLower(ids[2]), ids[2])
	require.Equal(t, strings.ToUpper(ids[3]), ids[3])
	require.NotEqual(t, strings.ToUpper(ids[4]), ids[4])
	require.NotEqual(t, strings.ToLower(ids[4]), ids[4])
	require.Empty(t, Options{}.TenantIDs())
}

func TestRespellKeepsTenantsEqual(t *testing.T) {
	o := small()
	o.Respell = true
	ids := map[string]bool{}
	spellings := map[string]bool{}
	for _, r := range generate(t, o)["saas_users"] {
		id := r["tenant_id"].(string)
		spellings[id] = true
		ids[strings.ToLower(id)] = true
	}
	require.Len(t, ids, o.Tenants)
	require.Greater(t, len(spellings), o.Tenants)
}

// Rows of partitioned tables lie in several months, none behind the last partition.
func TestMonths(t *testing.T) {
	rows := generate(t, small())
	tables, err := readTables()
	require.NoError(t, err)
	for _, tb := range tables {
		if tb.ranged == "" {
			continue
		}
		months := map[string]bool{}
		for _, r := range rows[tb.name] {
			months[r[tb.ranged].(string)[:7]] = true
		}
		require.GreaterOrEqual(t, len(months), 6, tb.name)
		for m := range months {
			require.True(t, m >= "2026-05" && m <= "2026-11", "%s: %s", tb.name, m)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	none := func(string, string, []string, [][]any) error { return nil }
	require.Error(t, Generate(Options{}, none))
	require.Error(t, Generate(Options{Tenants: 1, Rows: -1}, none))
	require.Error(t, Generate(Options{Tenants: 1, Skew: 0.5}, none))

	stop := errors.New("stop")
	err := Generate(Options{Tenants: 1}, func(string, string, []string, [][]any) error { return stop })
	require.ErrorIs(t, err, stop)
}

func TestInsert(t *testing.T) {
	got := Insert("t", []string{"a", "b"}, [][]any{{int64(-1), nil}, {`it's \ "x"`, "a\nb"}})
	require.Equal(t, `INSERT INTO t (a, b) VALUES
(-1, NULL),
('it''s \\ "x"', 'a\nb')`, got)
}
