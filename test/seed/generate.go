package seed

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Options say which rows are written. Equal options give equal rows.
type Options struct {
	Seed    uint64
	Tenants int       // how many tenants; the first is "default-tenant", the second "system"
	Rows    int       // rows of the median tenant in a table that grows with its tenant; default 20
	Skew    float64   // how many times the median the largest tenant has; default 50
	Now     time.Time // the newest rows are from shortly before it; default DefaultNow
	Months  int       // over how many months, up to Now, rows are spread; default 6
	Batch   int       // the most rows of one call of emit; default 200
	// Respell writes the tenant's id in the other case into some rows, which MySQL takes
	// as equal under the collation of ids.
	Respell bool
}

// DefaultNow is the moment up to which rows are written where Options name none.
func DefaultNow() time.Time { return time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC) }

func (o Options) complete() (Options, error) {
	if o.Tenants < 1 {
		return o, errors.New("seed: at least one tenant is needed")
	}
	if o.Rows == 0 {
		o.Rows = 20
	}
	if o.Skew == 0 {
		o.Skew = 50
	}
	if o.Now.IsZero() {
		o.Now = DefaultNow()
	}
	if o.Months == 0 {
		o.Months = 6
	}
	if o.Batch == 0 {
		o.Batch = 200
	}
	if o.Rows < 1 || o.Skew < 1 || o.Months < 1 || o.Batch < 1 {
		return o, errors.New("seed: rows, skew, months and batch must be at least 1")
	}
	o.Now = o.Now.UTC().Truncate(time.Second)
	return o, nil
}

// TenantIDs returns the ids of the tenants: default-tenant, system, then UUIDs in lower,
// upper and mixed case. The third is the largest.
func (o Options) TenantIDs() []string {
	out := make([]string, max(o.Tenants, 0))
	for i := range out {
		switch i {
		case 0:
			out[i] = "default-tenant"
		case 1:
			out[i] = "system"
		default:
			out[i] = spell(uuid(key(o.Seed, "tenant", "", i)), i-2)
		}
	}
	return out
}

// Reference says whether the table belongs to no tenant and is the same everywhere. Rows of
// other tables have a tenant, or NULL for the platform.
func Reference(name string) bool { return name == "saas_permissions" }

// Emit receives rows of one table and of one tenant. It must not keep rows. A value is nil,
// an int64, or a string: texts, JSON, decimals, and times in UTC as MySQL writes them.
type Emit func(database, table string, columns []string, rows [][]any) error

// Generate writes every row, in an order that satisfies foreign keys. It ends at the first
// error of emit and returns it.
func Generate(o Options, emit func(database, table string, columns []string, rows [][]any) error) error {
	g, err := newGenerator(o)
	if err != nil {
		return err
	}
	for _, t := range g.tables {
		for tenant := range g.owners(t) {
			if err := g.write(t, tenant, emit); err != nil {
				return fmt.Errorf("seed: %s.%s: %w", t.database, t.name, err)
			}
		}
	}
	return nil
}

// platform stands for the tenant of rows without one.
const platform = -1

// generator holds what rows are computed from. It is not changed after it was made, but for
// the memory of counts.
type generator struct {
	Options
	tables  []*table
	byName  map[string]*table
	tenants []string
	base    []int // rows of a growing table, by tenant
	counts  map[countKey]int
	text    texts
	sizes   sizes
}

type countKey struct {
	table  string
	tenant int
}

func newGenerator(o Options) (*generator, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	tables, err := readTables()
	if err != nil {
		return nil, err
	}
	g := &generator{
		Options: o, tables: tables, tenants: o.TenantIDs(), base: bases(o),
		byName: map[string]*table{}, counts: map[countKey]int{},
		text: newTexts(), sizes: newSizes(),
	}
	for _, t := range tables {
		g.byName[t.name] = t
	}
	return g, nil
}

// bases gives the tenants sizes after Zipf, so that the median has Rows and the largest
// Skew times as many.
func bases(o Options) []int {
	out := make([]int, o.Tenants)
	middle := float64(o.Tenants/2 + 1)
	slope := 0.0
	if o.Tenants > 1 {
		slope = math.Log(o.Skew) / math.Log(middle)
	}
	for rank, tenant := range ranks(o.Tenants) {
		out[tenant] = max(1, int(math.Round(float64(o.Rows)*math.Pow(middle/float64(rank+1), slope))))
	}
	return out
}

// ranks returns the tenants from the largest to the smallest. The largest has a UUID,
// "system" is the smallest.
func ranks(n int) []int {
	var out []int
	for i := 2; i < n; i++ {
		out = append(out, i)
	}
	if n > 0 {
		out = slices.Insert(out, min(1, len(out)), 0)
	}
	if n > 1 {
		out = append(out, 1)
	}
	return out
}

// owners yields the tenants that have rows in the table.
func (g *generator) owners(t *table) func(func(int) bool) {
	return func(yield func(int) bool) {
		if t.tenant == "" || t.nullable {
			if !yield(platform) || t.tenant == "" {
				return
			}
		}
		for i := range g.tenants {
			if !yield(i) {
				return
			}
		}
	}
}

// write emits the rows of one tenant in one table.
func (g *generator) write(t *table, tenant int, emit Emit) error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	n := g.count(t, tenant)
	for first := 0; first < n; first += g.Batch {
		var rows [][]any
		for i := first; i < min(n, first+g.Batch); i++ {
			rows = append(rows, g.row(t, tenant, i))
		}
		if err := emit(t.database, t.name, slices.Clone(names), rows); err != nil {
			return err
		}
	}
	return nil
}
