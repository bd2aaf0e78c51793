package proxy

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// makeTemporary carries out CREATE TEMPORARY TABLE .. SELECT where no shard has all rows of
// the SELECT, or not the one whose connection the session holds: one server makes the
// table of copies, and the session gets one like it, with the same rows, on its own
// connection. refused is why no shard could do it.
func (s *session) makeTemporary(p *plan.Relay, text []byte, more bool, refused error) error {
	name, at := s.temporaryName(text), s.queryAt(text)
	switch w := s.words(text); {
	case at < 0 || p.WritesUserVars:
		return refused
	case s.txn.temporary[name] && len(w) > 3 && w[3] == "IF":
		return s.replyTemporaryExists(name, more)
	case s.txn.temporary[name]:
		return wire.Errorf(1050, "42S01", "Table '%s' already exists", name)
	}
	defer s.reading(text)
	if err := s.reading(text[at:]); err != nil {
		return err
	}
	x, err := s.copiesFor(p, text[at:], refused)
	if err != nil {
		return err
	}
	m := &makingTemporary{rehearsing: x, head: text[:at], name: name, home: s.temporaryHome()}
	if err := m.run(); err != nil {
		return err
	}
	s.recount(temporaries{made: name, shard: m.home})
	m.reply(more)
	return nil
}

// replyTemporaryExists answers CREATE TEMPORARY TABLE IF NOT EXISTS of one that exists: a
// server does not look at its query.
func (s *session) replyTemporaryExists(name string, more bool) error {
	m := &makingTemporary{rehearsing: &rehearsing{splitting: &splitting{s: s}}, id: s.insertID}
	m.said.Warnings = 1
	m.before = []diagnostic{{level: "Note", code: 1050, message: "Table '" + name + "' already exists"}}
	m.reply(more)
	return nil
}

// reading makes a part of the statement's text the present one, or all of it again.
func (s *session) reading(text []byte) error {
	s.current = text
	return s.scan.Run(text, 0, s.dialect)
}

// temporaryEmpty is gatherEmpty for such statements.
func (s *session) temporaryEmpty(p *plan.Relay, text []byte, refused error) (*call, error) {
	at := s.queryAt(text)
	if r, ok := errors.AsType[*plan.Refusal](refused); !ok || !r.Wide || at < 0 || p.WritesUserVars {
		return nil, refused
	}
	defer s.reading(text)
	if err := s.reading(text[at:]); err != nil {
		return nil, err
	}
	x, err := s.copiesFor(p, text[at:], refused)
	if err != nil {
		return nil, err
	}
	x.g.empty = true
	q := x.g.call(x.g.read, x.text)
	q.sql, q.own = slices.Concat(text[:at], q.sql), text
	return q, nil
}

// queryAt is where the query of a CREATE TABLE begins; -1: it has none.
func (s *session) queryAt(text []byte) int {
	depth := 0
	begins := func(i int) bool {
		if i >= len(s.scan.Tokens) || s.scan.Tokens[i].Kind != parser.Ident {
			return false
		}
		word := strings.ToUpper(string(s.scan.Tokens[i].Text(text)))
		return word == "SELECT" || word == "WITH"
	}
	isParen := func(i int, c byte) bool {
		return i < len(s.scan.Tokens) && s.scan.Tokens[i].End-s.scan.Tokens[i].Start == 1 && text[s.scan.Tokens[i].Start] == c
	}
	for i := range s.scan.Tokens {
		switch {
		case depth == 0 && begins(i):
			return s.scan.Tokens[i].Start
		case isParen(i, '('):
			inner := i
			for isParen(inner, '(') {
				inner++
			}
			if depth == 0 && begins(inner) {
				return s.scan.Tokens[i].Start
			}
			depth++
		case isParen(i, ')'):
			depth--
		}
	}
	return -1
}

// beside refuses a temporary table on another shard than that of the others, or on another
// group than that of the connection that the session holds.
func (s *session) beside(shard *rules.Shard) error {
	home, c := s.txn.shard, s.txn.conn
	if (home == nil || home == shard) && (c == nil || c.Server().Group == shard.Group) {
		return nil
	}
	home = s.temporaryHome()
	return &plan.Refusal{
		Number: 1235, State: "42000", Message: "the session's temporary tables are on shard " + home.Name + ", and another cannot be on shard " + shard.Name,
		Remedy: "create it from a SELECT", Rule: shard.Pos, Wide: true,
	}
}

// temporaryHome is where the session's temporary tables are, or the next one will be.
func (s *session) temporaryHome() *rules.Shard {
	if s.txn.shard != nil {
		return s.txn.shard
	}
	dbs := s.snap.rules.Databases
	if db, ok := s.snap.rules.Database(s.db); ok {
		dbs = append([]*rules.Database{db}, dbs...)
	}
	if c := s.txn.conn; c != nil {
		for _, db := range dbs {
			for _, shard := range db.Shards {
				if shard.Group == c.Server().Group {
					return shard
				}
			}
		}
	}
	return dbs[0].Shards[0]
}

// copiesFor plans a query on copies of all rows that it needs.
func (s *session) copiesFor(p *plan.Relay, query []byte, refused error) (*rehearsing, error) {
	stmt, err := parser.Parse(query, s.dialect)
	if err != nil {
		return nil, err
	}
	node, err := s.snap.router.Plan(stmt, s.env())
	if err != nil {
		return nil, err
	}
	read, ok := node.(*plan.Relay)
	if !ok || read.Class != plan.Read {
		return nil, refused
	}
	g, err := s.gatherPlan(read, query)
	if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Number == 1235 {
		return nil, refusedTwice(refused, r)
	}
	if err != nil {
		return nil, err
	}
	o := plan.GatherOptions{CopyAll: true, Scatter: policyOf(s.user.Scatter)}
	some, err := g.Bind(query, s, o)
	if err != nil {
		return nil, err
	}
	o.Whole = true
	whole, err := g.Bind(query, s, o)
	if err != nil {
		return nil, err
	}
	s.srv.metrics.planned(planRehearsal)
	s.target = some.Host
	return &rehearsing{
		splitting: &splitting{s: s, plan: &plan.Split{Relay: p}, text: query, clock: s.oneClock()},
		r:         &plan.Rehearsal{Gather: g}, some: some, whole: whole,
		g: &gathering{s: s, plan: g, bound: some, whole: whole, read: read, text: query},
	}, nil
}

// makingTemporary is one CREATE TEMPORARY TABLE .. SELECT.
type makingTemporary struct {
	*rehearsing
	head []byte // of the statement, before its query
	name string
	home *rules.Shard
	id   uint64 // what LAST_INSERT_ID() is after it
}

// run makes the table on the host, and then the session's own.
func (m *makingTemporary) run() error {
	s := m.s
	if err := s.mayWriteRows(); err != nil {
		return err
	}
	if m.some.Clock {
		m.g.clock = m.clock
	}
	q := m.g.call(m.g.read, m.text)
	q.sql = slices.Concat(m.head, q.sql)
	q.own = slices.Concat(m.head, m.text)
	q.needID, q.setsVars, q.clock, q.before = true, false, m.clock, []byte(m.clock)
	c, err := s.connection(q)
	if err != nil {
		return err
	}
	m.host = c
	c.DropStmt(s.stmtKey(q)) // its tables are made anew
	defer m.dropAll()
	if err := m.perform(q); err != nil {
		return err
	}
	if err := m.numbered(); err != nil {
		return err
	}
	shape, create, err := m.made()
	if err != nil {
		return err
	}
	if err := m.create(create); err != nil {
		return err
	}
	if err := m.fillOwn(shape); err != nil {
		m.undo()
		return err
	}
	return nil
}

// numbered asks the host for the number that it has given to the first row, if it has.
func (m *makingTemporary) numbered() error {
	s := m.s
	before := s.insertID
	err := s.rememberValues(m.host, &call{}, &outcome{OK: m.said})
	m.id, s.insertID = s.insertID, before
	if err != nil {
		m.host.Doubt("protocol error")
		return s.endedOr(err)
	}
	return nil
}

// dropAll drops the table and the copies on the host.
func (m *makingTemporary) dropAll() {
	if c := m.host; c != nil && c.Doubtful() == "" {
		if _, err := c.Query("DROP TEMPORARY TABLE IF EXISTS " + m.g.tableName(m.name)); err != nil {
			c.Doubt("a temporary table remains")
		}
	}
	m.giveBack()
}

// made reads what table the host has made.
func (m *makingTemporary) made() (*definition, string, error) {
	c := m.host
	want := m.reading()
	want.Settings = m.g.loading()
	b, _ := c.AppendAdapt(nil, want)
	rows, err := c.QueryAll(string(append(b, "SHOW CREATE TABLE "+m.g.tableName(m.name)...)))
	if err != nil {
		c.Doubt("a definition could not be read")
		return nil, "", m.s.endedOr(err)
	}
	c.Adapted(want)
	if len(rows) != 1 || len(rows[0]) != 2 {
		return nil, "", wire.ErrMalformed
	}
	text := string(rows[0][1])
	shape, err := readDefinition(text)
	if err != nil {
		return nil, "", err
	}
	looks, err := c.Query("SELECT * FROM " + m.g.tableName(m.name) + " LIMIT 0")
	if err != nil {
		c.Doubt("a definition could not be read")
		return nil, "", m.s.endedOr(err)
	}
	_, body, _ := strings.Cut(text, "\n")
	body = widths(implied(body), looks.Columns)
	return shape, "CREATE TEMPORARY TABLE " + m.ownName() + " (\n" + body, nil
}

// collated is a column's definition up to its collation, and what follows.
var collated = regexp.MustCompile("^(  `(?:[^`]|``)+` [a-z]+(?:\\((?:[^']|'(?:[^']|'')*')*?\\))?) COLLATE (\\w+)(.*)$")

// implied takes away collations of columns that are the table's, and that are none of the
// statement's own: SHOW CREATE TABLE would print the character set, too.
func implied(body string) string {
	lines := strings.Split(body, "\n")
	_, own, _ := strings.Cut(lines[len(lines)-1], " COLLATE=")
	own, _, _ = strings.Cut(own, " ")
	for i, line := range lines {
		if m := collated.FindStringSubmatch(line); m != nil && m[2] == own {
			lines[i] = m[1] + m[3]
		}
	}
	return strings.Join(lines, "\n")
}

// widths adds the display widths of integers, which a column of a query may have and SHOW
// CREATE TABLE does not print.
func widths(body string, columns []wire.Column) string {
	usual := map[string]uint32{"tinyint": 4, "smallint": 6, "mediumint": 9, "int": 11, "bigint": 20}
	lines := strings.Split(body, "\n")
	for i, line := range lines {
		for j := range columns {
			head := "  " + wire.QuoteIdent(columns[j].Name) + " "
			rest, ok := strings.CutPrefix(line, head)
			if !ok {
				continue
			}
			kind, _, _ := strings.Cut(strings.TrimSuffix(rest, ","), " ")
			if w := usual[kind]; w != 0 && w != columns[j].Length && !strings.Contains(rest, "unsigned") {
				lines[i] = head + kind + "(" + strconv.Itoa(int(columns[j].Length)) + ")" + rest[len(kind):]
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (m *makingTemporary) ownName() string {
	return wire.QuoteIdent(m.home.Schema) + "." + wire.QuoteIdent(m.name)
}

// zeroDefault is the default that a column of the query's has and a strict session may not
// write.
var zeroDefault = regexp.MustCompile(` DEFAULT '0000-00-00[^']*'`)

// create makes the session's own table.
func (m *makingTemporary) create(sql string) error {
	err := m.onOwn(sql, plan.PinTempTable)
	if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1067 {
		err = m.onOwn(zeroDefault.ReplaceAllString(sql, ""), plan.PinTempTable)
	}
	return err
}

// onOwn runs a statement on the connection that has the session's temporary tables.
func (m *makingTemporary) onOwn(sql string, pins plan.Reason) error {
	s := m.s
	executing := s.executing
	s.executing = nil
	defer func() { s.executing = executing }()
	q := s.callOf(m.plan.Relay, &plan.Target{Shard: m.home, SQL: []byte(sql)}, m.text)
	q.userVars, q.setsVars, q.pins = nil, false, pins
	out, err := s.collect(q, nil)
	if err == nil && out.Err != nil {
		err = out.Err
	}
	return err
}

// fillOwn brings the rows to the session's own table.
func (m *makingTemporary) fillOwn(shape *definition) error {
	form := newRowForm(slices.DeleteFunc(slices.Clone(shape.columns), func(c definedColumn) bool { return c.generated }))
	names := make([]string, len(form.columns))
	for i := range form.columns {
		names[i] = wire.QuoteIdent(form.columns[i].name)
	}
	head := []byte("INSERT INTO " + m.ownName() + " (" + strings.Join(names, ",") + ") VALUES ")
	m.out = &rowsOut{x: m.splitting, around: func(*rules.Shard) ([]byte, []byte, error) { return head, nil, nil }}
	var sql []byte
	err := m.eachRow("SELECT "+form.list(0)+" FROM "+m.g.tableName(m.name), form.width(), func(row [][]byte) (err error) {
		if sql, err = form.append(sql[:0], row, m.exact); err != nil {
			return err
		}
		return m.out.add(m.home, sql)
	})
	if err != nil {
		return err
	}
	return m.out.flush()
}

// undo drops the session's own table after its rows could not be brought there.
func (m *makingTemporary) undo() {
	s := m.s
	if c := s.txn.conn; c == nil || c.Doubtful() != "" {
		return
	}
	warned := s.warned
	if err := m.onOwn("DROP TEMPORARY TABLE IF EXISTS "+m.ownName(), 0); err != nil {
		s.txn.conn.Doubt("a temporary table remains")
	}
	s.warned = warned
	if len(s.txn.temporary) == 0 {
		s.unpin(plan.PinTempTable)
	}
}

// reply tells the client what the host has said.
func (m *makingTemporary) reply(more bool) {
	s := m.s
	ok := wire.OK{Affected: m.said.Affected, InsertID: m.said.InsertID, Warnings: m.said.Warnings, Info: m.said.Info, Status: s.status()}
	if more {
		ok.Status |= wire.StatusMoreResults
	}
	s.diag, s.rowCount = append(s.diag[:0], m.before...), int64(ok.Affected)
	s.insertID = m.id
	s.relay.out = outcome{OK: ok}
	s.conn.WriteOK(ok, s.caps)
}
