package router

import (
	"slices"
	"strings"

	"github.com/pingcap/tidb/pkg/parser/ast"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// Scatter plans a query that each shard can answer for its own rows, so that the answers
// only have to be put one behind the other, or merged in the order of ORDER BY. The error
// is a *plan.Refusal, or a *parser.SyntaxError: such queries are left to Gather. The
// statement must be one that Plan made a *plan.Relay of.
func (r *Router) Scatter(stmt *parser.Statement, env Env) (*plan.Scatter, error) {
	if strings.EqualFold(env.Charset, "utf8mb4") {
		env.Charset = ""
	}
	a := &analysis{r: r, env: &env, stmt: stmt, subqueries: map[any]*query{}}
	node, err := a.statement()
	if err != nil {
		return nil, err
	}
	p, ok := node.(*plan.Relay)
	s, isSelect := a.main.Tree.(*ast.SelectStmt)
	if !ok || !isSelect || a.main != a.stmt || len(a.infos) > 0 || !oneBlock(s) || a.countsAll() || !a.plain(p) {
		return nil, errNotScattered
	}
	driver := a.drives(s)
	if driver == nil {
		return nil, errNotScattered
	}
	site := a.site(driver)
	out := &plan.Scatter{Relay: p, Table: driver.table}
	out.Site = slices.IndexFunc(p.Route.Sites, func(o plan.Site) bool {
		site.Database = o.Database
		return p.Route.Databases[o.Database] == driver.database && alike(&o, &site)
	})
	if out.Site < 0 {
		return nil, errNotScattered
	}
	b := &scatterer{gatherer: &gatherer{analysis: a}, s: s, out: out, driver: driver}
	if !b.text() || !b.shape() {
		return nil, errNotScattered
	}
	return out, nil
}

// errNotScattered leaves a query to Gather, which says what is to be said.
var errNotScattered = unsupportedf("the shards cannot answer the query each for itself")

// oneBlock reports whether a query is one block that locks nothing and gives its rows to
// the client.
func oneBlock(s *ast.SelectStmt) bool {
	if s.Kind != ast.SelectStmtKindSelect || s.From == nil || s.With != nil || s.SelectIntoOpt != nil || locks(s) {
		return false
	}
	blocks := 0
	visitAll(s, func(n ast.Node) {
		switch n.(type) {
		case *ast.SelectStmt, *ast.SetOprStmt, *ast.MatchAgainst:
			blocks++
		}
	})
	return blocks == 1
}

// rowByRow reports whether, besides, each row of the answer is made of one row of each
// table.
func rowByRow(s *ast.SelectStmt) bool {
	return oneBlock(s) && s.GroupBy == nil && !s.Distinct && s.Having == nil && !aggregates(s) && !windowed(s)
}

// plain reports whether a statement means the same to all shards: it asks nothing of the
// session, of chance or of variables, sets none that counts for the whole answer, and shows
// no physical name.
func (a *analysis) plain(p *plan.Relay) bool {
	if a.hinted() || len(p.UserVars) > 0 || len(p.Columns) > 0 || p.Needs != 0 || p.Pins != 0 || p.Explains != plan.NoExplain || p.Effects {
		return false
	}
	for i := range p.Edits {
		if p.Edits[i].Func != plan.NoFunc {
			return false
		}
	}
	for i, t := range a.stmt.Tokens {
		switch t.Kind {
		case parser.UserVar, parser.SysVar:
			return false
		case parser.Ident:
			f := strings.ToLower(string(t.Text(a.stmt.SQL)))
			if a.isOp(i+1, "(") && (unsure(f) || sessionFunc(f) != plan.NoFunc || hasSideEffect(f) || f == "last_insert_id") || f == "current_user" || f == "current_role" {
				return false
			}
		}
	}
	return true
}

// hinted reports whether a hint sets a variable on which the answer may depend: what only a
// part of the statement is sent to would not know of it, or would apply it to a part.
func (a *analysis) hinted() bool {
	return slices.ContainsFunc(a.stmt.SetVars(), func(name string) bool {
		return !strings.HasPrefix(name, "optimizer_") && !strings.HasSuffix(name, "_size") && name != "max_execution_time"
	})
}

// drives returns a table of which each row of the answer has exactly one row, and next to
// whose rows all others stand; nil if there is none.
func (a *analysis) drives(s *ast.SelectStmt) *leaf {
	var found *leaf
	for _, name := range always(s.From.TableRefs, nil) {
		i := slices.IndexFunc(a.leaves, func(l *leaf) bool { return l.name == name })
		if i < 0 || a.leaves[i].table == nil || a.leaves[i].table.Kind != rules.Sharded || a.leaves[i].view != nil {
			continue
		}
		if found == nil && a.allBeside(a.leaves[i]) {
			found = a.leaves[i]
		}
	}
	return found
}

func (a *analysis) allBeside(driver *leaf) bool {
	for _, l := range a.leaves {
		if l.view != nil || l.virtual || l.temporary || l.routine || l.metadata || l.database == nil {
			return false
		}
		if l != driver && beside(l, driver) != nil {
			return false
		}
	}
	return true
}

// always lists the tables of a FROM clause that no outer join fills with NULLs.
func always(n ast.ResultSetNode, out []*ast.TableName) []*ast.TableName {
	switch n := n.(type) {
	case *ast.TableSource:
		if t, ok := n.Source.(*ast.TableName); ok {
			out = append(out, t)
		}
	case *ast.Join:
		if n.Tp != ast.RightJoin {
			out = always(n.Left, out)
		}
		if n.Right != nil && n.Tp != ast.LeftJoin {
			out = always(n.Right, out)
		}
	}
	return out
}

// scatterer plans how the text must differ for a shard, and how the shards' rows become
// the answer.
type scatterer struct {
	*gatherer
	s      *ast.SelectStmt
	out    *plan.Scatter
	driver *leaf
	items  [][2]int // the expressions of the SELECT list
	star   bool     // there is one among them: the number of columns is not known
	alone  bool     // DISTINCT has nothing to do on a shard, whose rows differ by their primary key
}

// text finds the places of the text. It reports false where the text cannot be cut.
func (b *scatterer) text() bool {
	depth, out := 0, b.out
	out.From, out.Limit, out.Offset = -1, -1, -1
	for i, t := range b.stmt.Tokens {
		switch {
		case b.isOp(i, "("):
			depth++
		case b.isOp(i, ")"):
			depth--
		case depth == 0 && out.From < 0 && b.stmt.Is(i, "from"):
			out.From = i
		case t.Kind == parser.Param && out.From < 0:
			return false // its value would become the column's name
		case t.Kind == parser.Param:
			out.Params = append(out.Params, i)
		case t.Kind == parser.Ident && changes(strings.ToLower(string(t.Text(b.stmt.SQL)))), b.namesTime(i):
			out.Clock = true
		}
	}
	if out.From < 0 || b.s.Limit != nil && !b.limit(out) {
		return false
	}
	for i, f := range b.s.Fields.Fields {
		b.star = b.star || f.WildCard != nil
		items := b.analysis.items()
		if len(items) != len(b.s.Fields.Fields) {
			return false
		}
		item := items[i]
		if f.AsName.O != "" {
			if item[1]--; b.stmt.Is(item[1], "as") {
				item[1]--
			}
		}
		b.items = append(b.items, item)
	}
	return true
}

// namesTime reports whether a token is one of the functions of time that need no parentheses.
func (a *analysis) namesTime(i int) bool {
	switch t := a.stmt.Tokens[i]; t.Kind {
	case parser.Ident:
		switch strings.ToLower(string(t.Text(a.stmt.SQL))) {
		case "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "utc_timestamp", "utc_date", "utc_time":
			return true
		}
	}
	return false
}

// limit finds the numbers of LIMIT.
func (g *gatherer) limit(out *plan.Scatter) bool {
	at, last := g.clause("limit")
	if at < 0 {
		return false
	}
	count, offset := g.literalAtToken(at+1), -1
	switch {
	case g.isOp(at+2, ",") && last == at+3:
		count, offset = g.literalAtToken(at+3), count
	case g.stmt.Is(at+2, "offset") && last == at+3:
		offset = g.literalAtToken(at + 3)
	case last != at+1:
		return false
	}
	if count < 0 || offset < 0 && last != at+1 {
		return false
	}
	out.Limit, out.Offset, out.LimitTokens = count, offset, [2]int{at, last}
	return true
}

// sortItem writes what a shard adds to its rows so that two of them can be compared as the
// server compares the column; nothing for texts, which are weighed, and for types that
// cannot be compared, whose kind is none of text.
func sortItem(column, typ string) (string, plan.SortKind) {
	switch base(typ) {
	case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "decimal", "numeric", "bool", "boolean":
		return "CAST(" + column + " AS CHAR)", plan.SortNumber
	case "bit", "enum", "set":
		return "CAST(" + column + "+0 AS CHAR)", plan.SortNumber
	case "timestamp": // its text is not in order where clocks are set back
		return "CAST(UNIX_TIMESTAMP(" + column + ") AS CHAR)", plan.SortNumber
	case "time":
		return "CAST(CAST(" + column + " AS DECIMAL(17,6)) AS CHAR)", plan.SortNumber
	case "float", "double", "real":
		return "CAST(" + column + "+0e0 AS CHAR)", plan.SortFloat
	case "date", "datetime":
		return "CAST(" + column + " AS CHAR)", plan.SortBytes
	case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return column, plan.SortBytes
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext":
		return "", plan.SortText
	}
	return "", 0
}
