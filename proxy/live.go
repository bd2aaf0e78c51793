package proxy

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sluicedb/sluice/conf"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/rules"
	"golang.org/x/sync/errgroup"
)

// checkServers asks every group how its servers and shards look.
func (s *snapshot) checkServers(ctx context.Context, timeout time.Duration) conf.Problems {
	var (
		mu       sync.Mutex
		problems conf.Problems
		live     = make(map[*rules.Shard]*rules.Schema)
		bases    = make(map[string]pool.Baseline)
		g        errgroup.Group
	)
	for _, name := range s.rules.Groups {
		g.Go(func() error {
			found, base, err := s.readGroup(ctx, name, timeout)
			mu.Lock()
			defer mu.Unlock()
			for shard, schema := range found {
				live[shard] = schema
			}
			bases[name] = base
			for _, e := range unjoin(err) {
				problems = append(problems, s.conf.Problem("groups."+name, "", "%v", e))
			}
			return nil
		})
	}
	_ = g.Wait()
	problems = append(problems, s.compareBaselines(bases)...)
	problems = append(problems, s.router.Repeated(repeated(live))...)
	return append(problems, s.rules.Drift(live)...)
}

// repeated lists the events that are enabled on more than one shard of their database.
func repeated(live map[*rules.Shard]*rules.Schema) map[string]*rules.EventDef {
	enabled, out := map[string]int{}, map[string]*rules.EventDef{}
	for _, schema := range live {
		for key, e := range schema.Events {
			if e.Enabled {
				enabled[key]++
			}
			if enabled[key] > 1 {
				out[key] = e
			}
		}
	}
	return out
}

// unjoin splits what errors.Join has put together.
func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // the joined error itself
		return j.Unwrap()
	}
	return []error{err}
}

// compareBaselines warns when fresh connections to two groups do not look alike: the
// same statement would mean different things on them.
func (s *snapshot) compareBaselines(bases map[string]pool.Baseline) conf.Problems {
	var problems conf.Problems
	var first string
	for _, name := range s.rules.Groups {
		b := bases[name]
		if !b.Known {
			continue
		}
		if first == "" {
			first = name
			continue
		}
		f := bases[first]
		for _, v := range [...][3]string{
			{"sql_mode", f.SQLMode, b.SQLMode},
			{"collation_connection", f.Collation, b.Collation},
			{"lower_case_table_names", strconv.Itoa(f.LowerCase), strconv.Itoa(b.LowerCase)},
			{"autocommit", strconv.FormatBool(f.Autocommit), strconv.FormatBool(b.Autocommit)},
		} {
			if v[1] != v[2] {
				p := s.conf.Problem("groups."+name, "set it alike on all servers", "%s is %q here and %q on group %s", v[0], v[2], v[1], first)
				p.Severity = conf.Warning
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// readGroup reads the schemas of a group's shards.
func (s *snapshot) readGroup(ctx context.Context, name string, timeout time.Duration) (map[*rules.Shard]*rules.Schema, pool.Baseline, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	c, err := s.groups[name].Lease(ctx, &pool.Want{})
	if errors.Is(err, context.DeadlineExceeded) {
		err = noPrimary(s.groups[name], timeout)
	}
	if err != nil {
		return nil, pool.Baseline{}, err
	}
	defer c.Release()
	deadline, _ := ctx.Deadline()
	_ = c.Net().SetDeadline(deadline)
	defer func() { _ = c.Net().SetDeadline(time.Time{}) }()
	found := make(map[*rules.Shard]*rules.Schema)
	var errs error
	for _, d := range s.rules.Databases {
		for _, shard := range d.Shards {
			if shard.Group != name {
				continue
			}
			schema, err := readSchema(c, shard)
			if err != nil {
				errs = errors.Join(errs, fmt.Errorf("shard %s: %w", shard.Name, err))
				if c.Doubtful() != "" {
					return found, c.Server().Baseline(), errs
				}
				continue
			}
			found[shard] = schema
		}
	}
	return found, c.Server().Baseline(), errs
}

// noPrimary says what is known of the servers of a group none of which was its primary in
// time.
func noPrimary(g *pool.Group, timeout time.Duration) error {
	var why []string
	for _, s := range g.Servers() {
		is, st := "does not answer", s.State()
		if st.Up {
			is = "a replica or read only"
		} else if err := errOr(st.Err, s.Stats().Err); err != nil {
			is = err.Error()
		}
		why = append(why, s.Addr+": "+is)
	}
	return fmt.Errorf("no server of the group was its primary within %s (%s)", timeout, strings.Join(why, "; "))
}

// reader collects one shard's definitions from information_schema.
type reader struct {
	conn   *pool.Conn
	shard  *rules.Shard
	schema *rules.Schema
	err    error
}

func readSchema(c *pool.Conn, shard *rules.Shard) (*rules.Schema, error) {
	r := &reader{conn: c, shard: shard, schema: rules.NewSchema()}
	n := 0
	r.each("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", func([]string) { n++ })
	if r.err == nil && n == 0 {
		return nil, fmt.Errorf("there is no schema %s on this server; create it and load the tables, or correct the shard", shard.Schema)
	}
	r.tables()
	r.columns()
	r.indexes()
	r.foreign()
	r.partitions()
	r.programs()
	return r.schema, r.err
}

// each runs a query in which ? stands for the schema's name, and visits the rows. NULL
// is visited as the empty string, which none of the queries confuses with it.
func (r *reader) each(query string, visit func([]string)) {
	if r.err != nil {
		return
	}
	q := strings.ReplaceAll(query, "?", fmt.Sprintf("_utf8mb4 x'%x'", r.shard.Schema))
	rows, err := r.conn.QueryAll(q)
	if err != nil {
		r.err = err
		return
	}
	for _, row := range rows {
		text := make([]string, len(row))
		for i, v := range row {
			text[i] = string(v)
		}
		visit(text)
	}
}

func (r *reader) table(name string) *rules.TableDef {
	t, ok := r.schema.Table(r.shard.Database.Name, name)
	if !ok {
		return &rules.TableDef{} // a view, or made this very moment
	}
	return t
}

func (r *reader) tables() {
	r.each("SELECT TABLE_NAME, ENGINE, TABLE_COLLATION FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'", func(v []string) {
		r.schema.AddTable(&rules.TableDef{Name: v[0], Database: r.shard.Database.Name, Engine: v[1], Collation: v[2]})
	})
}

func (r *reader) columns() {
	r.each(`SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, COLLATION_NAME, IS_NULLABLE, COLUMN_DEFAULT, COLUMN_DEFAULT IS NULL, EXTRA
		FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`, func(v []string) {
		c := rules.Column{Name: v[1], Type: strings.ToLower(v[2]), Collation: v[3], Nullable: v[4] == "YES"}
		extra := strings.ToLower(v[7])
		c.Numbered = strings.Contains(extra, "auto_increment")
		c.Expression = strings.Contains(extra, "generated") || c.Numbered
		c.Invisible = strings.Contains(extra, "invisible")
		if r.mariaDB() {
			r.plainDefault(&c, v)
		}
		if v[6] == "0" && !c.Expression {
			c.Default = &v[5]
		}
		t := r.table(v[0])
		t.Columns = append(t.Columns, c)
	})
}

func (r *reader) mariaDB() bool {
	return strings.Contains(r.conn.Server().Baseline().Version, "MariaDB")
}

// plainDefault brings a column's default to the form in which MySQL tells it: MariaDB
// tells an expression.
func (r *reader) plainDefault(c *rules.Column, v []string) {
	switch text := v[5]; {
	case text == "" || text == "NULL":
		v[6] = "1"
	case len(text) >= 2 && text[0] == '\'' && text[len(text)-1] == '\'':
		v[5] = strings.ReplaceAll(text[1:len(text)-1], "''", "'")
	default:
		_, err := strconv.ParseFloat(text, 64)
		c.Expression = c.Expression || err != nil
	}
}

func (r *reader) indexes() {
	expression := "EXPRESSION"
	if r.mariaDB() {
		expression = "NULL" // it indexes no expressions
	}
	r.each(`SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, INDEX_TYPE, COLUMN_NAME, `+expression+`, SUB_PART, COLLATION
		FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME, SEQ_IN_INDEX`, func(v []string) {
		t := r.table(v[0])
		n := len(t.Indexes)
		if n == 0 || t.Indexes[n-1].Name != v[1] {
			kind := strings.ToLower(v[3])
			if kind != "fulltext" && kind != "spatial" {
				kind = ""
			}
			t.Indexes = append(t.Indexes, rules.IndexDef{Name: v[1], Unique: v[2] == "0", Kind: kind})
			n++
		}
		prefix, _ := strconv.Atoi(v[6])
		x := &t.Indexes[n-1]
		x.Parts = append(x.Parts, rules.IndexPart{Column: v[4], Expression: v[5], Prefix: prefix, Descending: v[7] == "D"})
	})
}

func (r *reader) foreign() {
	r.each(`SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, c.DELETE_RULE, c.UPDATE_RULE
		FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS c
		ON c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND c.TABLE_NAME = k.TABLE_NAME
		WHERE k.TABLE_SCHEMA = ? AND k.REFERENCED_TABLE_NAME IS NOT NULL ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION`, func(v []string) {
		t := r.table(v[0])
		n := len(t.Foreign)
		if n == 0 || t.Foreign[n-1].Name != v[1] {
			f := rules.ForeignDef{Name: v[1], Table: v[4], OnDelete: v[6], OnUpdate: v[7]}
			if v[3] != r.shard.Schema {
				f.Database = v[3]
			}
			t.Foreign = append(t.Foreign, f)
			n++
		}
		f := &t.Foreign[n-1]
		f.Columns, f.References = append(f.Columns, v[2]), append(f.References, v[5])
	})
}

func (r *reader) partitions() {
	r.each(`SELECT TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, PARTITION_NAME FROM information_schema.PARTITIONS
		WHERE TABLE_SCHEMA = ? AND PARTITION_NAME IS NOT NULL ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION`, func(v []string) {
		t := r.table(v[0])
		if t.Partition == nil {
			t.Partition = &rules.PartitionDef{Method: v[1], Expression: v[2]}
		}
		t.Partition.Names = append(t.Partition.Names, v[3])
	})
}

// programs reads views and procedures. A view's text names the physical schema, which
// differs between shards by right: it is taken out.
func (r *reader) programs() {
	own := wire.QuoteIdent(r.shard.Schema) + "."
	r.each("SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?", func(v []string) {
		r.schema.AddView(&rules.View{Name: v[0], Database: r.shard.Database.Name, Definition: strings.ReplaceAll(v[1], own, "")})
	})
	r.each(`SELECT c.TABLE_NAME, c.COLUMN_NAME FROM information_schema.COLUMNS c JOIN information_schema.VIEWS v USING (TABLE_SCHEMA, TABLE_NAME)
		WHERE TABLE_SCHEMA = ? ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`, func(v []string) {
		if view, ok := r.schema.View(r.shard.Database.Name, v[0]); ok {
			view.Columns = append(view.Columns, v[1])
		}
	})
	r.each(`SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ?
		UNION ALL SELECT 'trigger', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?
		UNION ALL SELECT 'event', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?`, func(v []string) {
		r.schema.Programs[rules.ProgramKey(v[0], r.shard.Database.Name, v[1])] = true
	})
	r.each("SELECT EVENT_NAME, EVENT_DEFINITION, STATUS FROM information_schema.EVENTS WHERE EVENT_SCHEMA = ?", func(v []string) {
		r.schema.AddEvent(&rules.EventDef{Name: v[0], Database: r.shard.Database.Name, Body: v[1], Enabled: v[2] == "ENABLED"})
	})
	r.each("SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND ROUTINE_TYPE = 'PROCEDURE'", func(v []string) {
		r.schema.AddProcedure(&rules.ProcedureDef{Name: v[0], Database: r.shard.Database.Name, Body: v[1]})
	})
	r.each(`SELECT SPECIFIC_NAME, PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER FROM information_schema.PARAMETERS
		WHERE SPECIFIC_SCHEMA = ? AND ROUTINE_TYPE = 'PROCEDURE' ORDER BY SPECIFIC_NAME, ORDINAL_POSITION`, func(v []string) {
		if p, ok := r.schema.Procedure(r.shard.Database.Name, v[0]); ok {
			p.Parameters = append(p.Parameters, rules.Parameter{Mode: v[1], Name: v[2], Type: strings.ToLower(v[3])})
		}
	})
}
