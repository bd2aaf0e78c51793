package proxy

import (
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicedb/sluice/parser"
	"github.com/sluicedb/sluice/parser/value"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// A unique key that Sluice enforces over shards has a lookup table (lookup.go). A write
// that brings in a value
//
//  1. claims it: writes or locks the value's row in the lookup table, so that of two
//     writers of one value the second waits for the first to commit or roll back;
//  2. runs on its shard, whose own unique key compares it with the rows there;
//  3. where the value had been claimed before, asks the other shards whether a row has
//     it. If so the write fails with error 1062; if not, its row has gone, and the
//     claim changes hands.
//
// All of it is one transaction. A claim proves nothing, the row does: so rows may be
// deleted in any way, and nobody has to keep the lookup table up to date.
type claiming struct {
	*splitting
	u       *plan.Unique
	lookups []*lookup // of each of the table's enforced keys
	claims  []claim
}

// claim is one value of one key.
type claim struct {
	row    int // of an INSERT
	key    int // of Table.Enforced
	values []string
	tenant string
	shard  *rules.Shard // of its row
	ask    bool         // a row of another shard may have it
}

// claim runs a write that brings in values of enforced keys.
func (s *session) claim(p *plan.Relay, text []byte, more bool) error {
	if err := s.guarded(p.Tables); err != nil {
		return err
	}
	if err := s.splitAllowed(); err != nil {
		return err
	}
	x := &claiming{splitting: &splitting{s: s, text: text}, u: p.Unique}
	if err := x.exactly(); err != nil {
		return err
	}
	for i := range x.u.Table.Enforced {
		l, err := s.srv.lookups.of(s, s.snap, x.u.Table, &x.u.Table.Enforced[i])
		if err != nil {
			return err
		}
		x.lookups = append(x.lookups, l)
	}
	s.srv.metrics.planned(planSplit)
	if x.u.Rows == nil {
		return x.update(p, more)
	}
	return x.insert(p, more)
}

// exactly refuses to claim where what a server stores may be another value than the one
// it is given.
func (x *claiming) exactly() error {
	s := x.s
	mode, known := s.settings.Value("sql_mode")
	if !known {
		mode = s.snap.base.SQLMode
	}
	if mode = strings.ToUpper(mode); !strings.Contains(mode, "STRICT_TRANS_TABLES") && !strings.Contains(mode, "STRICT_ALL_TABLES") && !strings.Contains(mode, "TRADITIONAL") {
		return x.refuse("a write under an sql_mode that is not strict", "SET sql_mode = 'TRADITIONAL', or add STRICT_TRANS_TABLES to it")
	}
	env := s.env()
	if charset, _, _ := strings.Cut(env.Collation, "_"); env.Collation != "" && env.Charset != "" && !strings.EqualFold(charset, env.Charset) {
		return x.refuse("a write under a character_set_connection that is not character_set_client", "SET NAMES '"+env.Charset+"'")
	}
	return nil
}

func (x *claiming) refuse(what, remedy string) error {
	return plan.Unsupported(what+" cannot be carried out so that the unique keys of "+x.u.Table.Name+" hold over all shards", x.u.Table.Enforced[0].Pos, remedy)
}

// insert runs an INSERT.
func (x *claiming) insert(p *plan.Relay, more bool) error {
	s := x.s
	o := plan.GatherOptions{Scatter: policyOf(s.user.Scatter)}
	if err := x.place(p, o); err != nil {
		return err
	}
	if err := x.rowClaims(); err != nil {
		return err
	}
	for i := range x.parts {
		s.srv.recent.add(s, p, &x.parts[i].Target)
	}
	x.clock = s.oneClock()
	open := s.txn.open()
	if x.u.Meets {
		if err := s.atomically(x.allGroups(), x.oneByOne(o)); err != nil {
			return err
		}
		x.splitting.reply(more)
		return nil
	}
	if err := s.atomically(x.allGroups(), x.all); err != nil {
		s.warned = nil
		if len(x.u.Rows) < 2 || !x.again(err) || s.txn.open() != open || s.quit {
			return err
		}
		if err := s.atomically(x.allGroups(), x.oneByOne(o)); err != nil {
			return err
		}
	}
	x.reply(more)
	return nil
}

// place finds the parts of an INSERT.
func (x *claiming) place(p *plan.Relay, o plan.GatherOptions) (err error) {
	if len(x.u.Rows) > 1 {
		if x.plan, err = x.s.splitPlan(p, x.text); err == nil {
			x.parts, err = x.plan.Bind(x.text, x.s, o, false)
		}
		return err
	}
	q, err := x.s.bind(p, x.text)
	if err != nil {
		return err
	}
	x.plan = &plan.Split{Relay: p, Table: x.u.Table, Rows: make([]plan.SplitRow, 1)}
	x.parts = []plan.Part{{Target: targetOf(q), Rows: []int{0}}}
	return nil
}

// targetOf is where a bound statement runs, and with what text.
func targetOf(q *call) plan.Target {
	t := plan.Target{Shard: q.shard}
	if q.own != nil {
		t.SQL = q.sql
	}
	return t
}

// rowClaims lists what the rows of an INSERT claim.
func (x *claiming) rowClaims() error {
	shards := make([]*rules.Shard, len(x.u.Rows))
	for i := range x.parts {
		for _, row := range x.parts[i].Rows {
			shards[row] = x.parts[i].Shard
		}
	}
	for i := range x.u.Rows {
		r := &x.u.Rows[i]
		tenant, err := x.literal(&x.u.Table.Enforced[0].Tenant, r.Tenant.Value(x.s))
		if err != nil {
			return err
		}
		for k := range r.Keys {
			values, err := x.literals(k, r.Keys[k])
			if err != nil {
				return err
			}
			if values != nil {
				x.claims = append(x.claims, claim{row: i, key: k, values: values, tenant: tenant, shard: shards[i]})
			}
		}
	}
	return nil
}

// literals writes the values of a key; nil: one is NULL, which is equal to nothing.
func (x *claiming) literals(k int, sources []plan.Source) ([]string, error) {
	var out []string
	for i := range sources {
		v := sources[i].Value(x.s)
		if v.Kind == value.Null {
			return nil, nil
		}
		text, err := x.literal(&x.u.Table.Enforced[k].Columns[i], v)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return out, nil
}

var (
	wholeNumber = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,18})$`)
	plainDate   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// literal writes a constant so that it equals what the column stores of it.
func (x *claiming) literal(c *rules.Column, v value.Value) (string, error) {
	text, ok := x.s.columnLiteral(c, v)
	if !ok {
		return "", x.refuse("a write whose value of "+c.Name+" has another type, or spaces at its end that do not fit,", "write the constant as the column has it")
	}
	return text, nil
}

// columnLiteral writes a constant so that it equals what a column stores of it; false
// if that is not certain.
func (s *session) columnLiteral(c *rules.Column, v value.Value) (string, bool) {
	number := ""
	switch v.Kind {
	case value.Null:
		return "NULL", true
	case value.Int:
		number = strconv.FormatInt(v.I, 10)
	case value.Uint:
		number = strconv.FormatUint(v.U, 10)
	}
	switch c.Base() {
	case "char", "varchar", "varbinary":
		switch {
		case number != "":
			return "'" + number + "'", true
		case v.Kind == value.String:
			return s.textLiteral(c, v)
		case v.Kind == value.Binary && c.Base() == "varbinary":
			return "X'" + hex.EncodeToString([]byte(v.S)) + "'", true
		}
		return "", false
	case "date":
		return "'" + v.S + "'", v.Kind == value.String && plainDate.MatchString(v.S)
	}
	if number != "" {
		return number, true
	}
	return v.S, v.Kind == value.String && wholeNumber.MatchString(v.S)
}

func (s *session) textLiteral(c *rules.Column, v value.Value) (string, bool) {
	charset, length := v.Charset, len(v.S)
	if charset == "" {
		charset = s.env().Charset
	}
	if charset == "" || strings.EqualFold(charset, "utf8mb4") {
		charset, length = "utf8mb4", utf8.RuneCountInString(v.S)
	}
	if c.Base() == "char" {
		v.S = strings.TrimRight(v.S, " ") // as the server does
	} else if n := c.Length(); n > 0 && length > n && strings.HasSuffix(v.S, " ") {
		return "", false // the server would cut it
	}
	return "_" + charset + " X'" + hex.EncodeToString([]byte(v.S)) + "'", true
}

// allGroups lists the groups of the parts and of the lookup tables in a fixed order.
func (x *claiming) allGroups() []string {
	of := x.groups()
	for i := range x.u.Table.Enforced {
		used := slices.ContainsFunc(x.claims, func(c claim) bool { return c.key == i }) || slices.Contains(x.u.Keys, i)
		if g := x.u.Table.Enforced[i].Group; used && !slices.Contains(of, g) {
			of = append(of, g)
		}
	}
	var out []string
	for _, g := range x.s.snap.rules.Groups {
		if slices.Contains(of, g) {
			out = append(out, g)
		}
	}
	return out
}

// all runs the whole INSERT.
func (x *claiming) all() error {
	for i := range x.claims {
		if err := x.take(&x.claims[i]); err != nil {
			return x.orOfRows(err, x.run)
		}
	}
	if err := x.run(); err != nil {
		if len(x.u.Rows) == 1 {
			return x.firstDuplicate(err, 0)
		}
		return err
	}
	x.s.srv.point("inserted")
	for i := range x.claims {
		if err := x.prove(&x.claims[i]); err != nil {
			return err
		}
	}
	return nil
}

// oneByOne runs an INSERT row by row, so that the first error in the order of the rows is
// the one that the client sees.
func (x *claiming) oneByOne(o plan.GatherOptions) func() error {
	return func() error {
		*x.splitting = splitting{s: x.s, plan: x.plan, text: x.text, parts: x.parts, clock: x.clock, each: true}
		each := x.parts
		if len(x.u.Rows) > 1 {
			var err error
			if each, err = x.plan.Bind(x.text, x.s, o, true); err != nil {
				return err
			}
		}
		for i := range each {
			if err := x.oneRow(&each[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

func (x *claiming) oneRow(p *plan.Part) error {
	s := x.s
	run := func() error { return x.part(p) }
	for i := range x.claims {
		if x.claims[i].row != p.Rows[0] {
			continue
		}
		if err := x.take(&x.claims[i]); err != nil {
			err = x.orOfRows(err, run)
			if e, ok := errors.AsType[*wire.Error](err); ok && x.u.Meets && x.ignores() && !endsTransaction(e.Number) && e.Number != 1205 && s.whyEnded() == nil {
				return x.refuse("INSERT IGNORE of a value that the column cannot hold", "insert a value that fits")
			}
			return err
		}
	}
	if x.u.Meets {
		if err := x.meets(p.Rows[0]); err != nil {
			return err
		}
	}
	if err := run(); err != nil {
		return x.firstDuplicate(err, p.Rows[0])
	}
	for i := range x.claims {
		if x.claims[i].row != p.Rows[0] || x.u.Meets {
			continue
		}
		if err := x.prove(&x.claims[i]); err != nil {
			return err
		}
	}
	return nil
}

// meets refuses a row that meets one of another shard where that row would decide what
// happens.
func (x *claiming) meets(row int) error {
	for i := range x.claims {
		if x.claims[i].row != row {
			continue
		}
		err := x.prove(&x.claims[i])
		if e, ok := errors.AsType[*wire.Error](err); ok && e.Number == 1062 {
			x.s.warned = nil
			return plan.Unsupported("a row of another shard has a value of this INSERT ("+e.Message+"), and IGNORE, REPLACE and ON DUPLICATE KEY UPDATE reach the rows of one shard only", x.u.Table.Enforced[x.claims[i].key].Pos,
				"use INSERT, and UPDATE where it fails with error 1062")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// firstDuplicate is the error of a row that a shard has refused as a duplicate: where a
// key that a server checks earlier has its value on another shard, that is the error.
func (x *claiming) firstDuplicate(err error, row int) error {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || e.Number != 1062 || !x.s.txn.open() {
		return err
	}
	key := strings.TrimSuffix(e.Message, "'")
	key = key[strings.LastIndexAny(key, ".'")+1:]
	for i := range x.claims {
		c := &x.claims[i]
		if c.row != row || !x.u.Table.CheckedBefore(x.u.Table.Enforced[c.key].Name, key) {
			continue
		}
		if earlier := x.prove(c); earlier != nil {
			return earlier
		}
	}
	return err
}

// orOfRows returns the error of the rows themselves where a claim could not be written:
// a value that does not fit into the lookup table does not fit into the table, and the
// table's server says so in its own words.
func (x *claiming) orOfRows(err error, run func() error) error {
	e, ok := errors.AsType[*wire.Error](err)
	if !ok || !x.s.txn.open() || e.Number == 1205 || endsTransaction(e.Number) || x.s.whyEnded() != nil {
		return err
	}
	if rowErr := run(); rowErr != nil {
		return rowErr
	}
	return err
}

// take writes or locks a value's row in the lookup table.
func (x *claiming) take(c *claim) error {
	e, l := &x.u.Table.Enforced[c.key], x.lookups[c.key]
	r, err := x.write(e.Group, l.insert(c)+" ON DUPLICATE KEY UPDATE "+claimsColumn+" = "+claimsColumn+" + 1, "+l.tenant+" = "+c.tenant)
	if err != nil {
		return err
	}
	x.s.srv.point("claimed")
	c.ask = r.OK.Affected > 1 || !l.complete
	return nil
}

// prove makes sure that no row of another shard has a value that was claimed before.
func (x *claiming) prove(c *claim) error {
	if !c.ask {
		return nil
	}
	t := x.u.Table
	e, l := &t.Enforced[c.key], x.lookups[c.key]
	for _, shard := range t.Database.Shards {
		if shard == c.shard {
			continue // its own unique key has compared them
		}
		r, err := x.s.aside(shard.Group, l.find(shard, c.values))
		if err != nil {
			return err
		}
		if len(r.Rows) > 0 {
			return x.duplicate(e, l, c)
		}
	}
	return nil
}

// duplicate is the error of a server that has the value twice: the lookup table's server
// is asked for it.
func (x *claiming) duplicate(e *rules.Enforced, l *lookup, c *claim) error {
	_, err := x.write(e.Group, l.insert(c))
	w, ok := errors.AsType[*wire.Error](err)
	if !ok || w.Number != 1062 {
		return errOr(err, fmt.Errorf("the claim of %s of %s has gone", e.Name, x.u.Table.Name))
	}
	const before = "' for key '"
	if i := strings.LastIndex(w.Message, before); i >= 0 {
		head, key := w.Message[:i], w.Message[i+len(before):]
		name := e.Name
		if strings.Contains(key, ".") {
			name = x.u.Table.Name + "." + name
		}
		w.Message = head + before + name + "'"
	}
	x.s.warned = slices.DeleteFunc(slices.Clone(x.diag), func(d diagnostic) bool { return d.level == "Error" })
	return w
}

// write changes a lookup table.
func (x *claiming) write(group, sql string) (*pool.Result, error) {
	r, err := x.s.onGroup(group, sql)
	if c := x.s.txn.held(group); c != nil {
		x.s.txn.wroteOn(c)
	}
	return r, err
}

// aside asks a group a question of our own: on the session's connection if it holds one
// there, whose locks would otherwise be in the way.
func (s *session) aside(group, sql string) (r *pool.Result, err error) {
	if s.txn.held(group) != nil {
		return s.onGroup(group, sql)
	}
	err = withConn(s, s.snap.groups[group], func(c *pool.Conn) (err error) {
		r, err = c.Query(sql)
		return err
	})
	return r, err
}

// onGroup runs a statement of our own as a part of the open transaction, on the
// connection that the session holds to a group.
func (s *session) onGroup(group, sql string) (*pool.Result, error) {
	c := s.txn.held(group)
	if c == nil {
		return nil, fmt.Errorf("the transaction has no connection to group %s", group)
	}
	if err := s.lent(c); err != nil {
		return nil, err
	}
	r, err := c.Query(sql)
	e, refused := errors.AsType[*wire.Error](err)
	if err != nil && !refused || c.Doubtful() != "" {
		return nil, s.lose(c, &call{group: group, write: true}, errOr(err, errors.New(c.Doubtful())))
	}
	ended := s.unlent()
	switch {
	case ended != nil:
		absorb(c)
		return nil, ended
	case refused && endsTransaction(e.Number):
		s.rollbackAll()
	}
	return r, err
}

// update runs an UPDATE of columns of enforced keys. Which rows it changes, and what it
// gives them, is read on its shard.
func (x *claiming) update(p *plan.Relay, more bool) error {
	s := x.s
	q, err := s.bind(p, x.text)
	if err != nil {
		if r, ok := errors.AsType[*plan.Refusal](err); ok && r.Wide {
			return x.refuse("an UPDATE of columns of the key on several shards", "name one "+x.u.Table.Key+" per statement")
		}
		return err
	}
	shard := q.shard // q is the session's next call, whatever that is
	x.plan = &plan.Split{Relay: p, Table: x.u.Table}
	x.parts = []plan.Part{{Target: targetOf(q)}}
	where, err := x.conditions(q.sql)
	if err != nil {
		return err
	}
	if err := s.atomically(x.allGroups(), func() error { return x.change(shard, where) }); err != nil {
		return err
	}
	x.reply(more)
	return nil
}

// conditions are what stands in an UPDATE from its table to SET, and from WHERE on.
func (x *claiming) conditions(sql []byte) ([2]string, error) {
	s := x.s
	var scan parser.Scan
	if err := scan.Run(sql, 0, s.dialect); err != nil {
		return [2]string{}, err
	}
	if scan.Params > 0 {
		st, ok := s.executing.(*prepared)
		if !ok {
			return [2]string{}, x.refuse("EXECUTE of an UPDATE of columns of the key", "send it as text with its values")
		}
		var err error
		if sql, err = s.valuesIn(&scan, sql, st); err != nil {
			return [2]string{}, err
		}
		if err := scan.Run(sql, 0, s.dialect); err != nil {
			return [2]string{}, err
		}
	}
	depth, set, where, table := 0, -1, -1, 1
	for i, t := range scan.Tokens {
		word := strings.ToUpper(string(t.Text(sql)))
		switch {
		case word == "(":
			depth++
		case word == ")":
			depth--
		case depth > 0 || t.Kind != parser.Ident:
		case i == table && (word == "LOW_PRIORITY" || word == "IGNORE"):
			table++
		case word == "SET" && set < 0:
			set = i
		case word == "WHERE" && set > 0 && where < 0:
			where = i
		case word == "ORDER" && set > 0 && where < 0:
			where = i
		}
	}
	if set <= table {
		return [2]string{}, x.refuse("an UPDATE whose table is not found in its text", "write it differently")
	}
	out := [2]string{string(sql[scan.Tokens[table].Start:scan.Tokens[set].Start])}
	if where >= 0 {
		out[1] = string(sql[scan.Tokens[where].Start:scan.End])
	}
	return out, nil
}

// change runs the UPDATE between two readings of its rows.
func (x *claiming) change(shard *rules.Shard, where [2]string) error {
	x.claims = nil
	before, err := x.rows(shard, "FROM "+where[0]+" "+where[1]+" FOR UPDATE")
	if err != nil {
		return err
	}
	if err := x.run(); err != nil {
		return err
	}
	if x.matched != uint64(len(before)) {
		return x.refuse("an UPDATE whose conditions choose other rows when they are evaluated again", "compare columns with constants")
	}
	for i := range before {
		if err := x.changedRow(shard, before[i]); err != nil {
			return err
		}
	}
	return nil
}

// changedRow claims the new values of a row.
func (x *claiming) changedRow(shard *rules.Shard, before []string) error {
	t := x.u.Table
	primary := x.u.Primary()
	var is []string
	for i, name := range primary {
		is = append(is, wire.QuoteIdent(name)+" = "+before[i])
	}
	after, err := x.rows(shard, "FROM "+wire.QuoteIdent(shard.Schema)+"."+wire.QuoteIdent(t.Name)+" WHERE "+strings.Join(is, " AND ")+" FOR UPDATE")
	if err != nil {
		return err
	}
	if len(after) != 1 {
		return x.refuse("an UPDATE whose rows cannot be found again", "")
	}
	at := len(primary) + 1
	for _, k := range x.u.Keys {
		n := len(t.Enforced[k].Columns)
		was, is := before[at:at+n], after[0][at:at+n]
		at += n
		if slices.Equal(was, is) || slices.Contains(is, "NULL") {
			continue
		}
		c := claim{key: k, values: is, tenant: after[0][len(primary)], shard: shard}
		if err := x.take(&c); err != nil {
			return err
		}
		if err := x.prove(&c); err != nil {
			return err
		}
	}
	return nil
}

// rows reads the primary keys, the tenants and the values of the keys of rows, as
// literals.
func (x *claiming) rows(shard *rules.Shard, from string) ([][]string, error) {
	s, t := x.s, x.u.Table
	var columns []*rules.Column
	for _, name := range x.u.Primary() {
		c, ok := t.Column(name)
		if !ok || !readable(c) {
			return nil, x.refuse("an UPDATE of a table whose primary key has column "+name, "")
		}
		columns = append(columns, c)
	}
	columns = append(columns, &t.Enforced[0].Tenant)
	for _, k := range x.u.Keys {
		for i := range t.Enforced[k].Columns {
			columns = append(columns, &t.Enforced[k].Columns[i])
		}
	}
	q := s.callOf(x.plan.Relay, &x.parts[0].Target, x.text)
	q.userVars, q.setsVars, q.onlySets, q.pins = x.plan.Relay.UserVars, false, false, 0
	c, err := s.connection(q)
	if err != nil {
		return nil, err
	}
	if err := s.adapt(c, q); err != nil {
		return nil, err
	}
	if err := s.unlent(); err != nil {
		return nil, err
	}
	r, err := s.onGroup(shard.Group, "SELECT "+readColumns(columns)+" "+from)
	if err != nil {
		if e, ok := errors.AsType[*wire.Error](err); ok {
			e.Message = q.names.message(e.Message)
		}
		return nil, err
	}
	var out [][]string
	for _, row := range r.Rows {
		values, err := asLiterals(columns, row)
		if err != nil {
			return nil, err
		}
		out = append(out, values)
	}
	return out, nil
}
