package proxy

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sluicedb/sluice/parser/infile"
	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/pool"
	"github.com/sluicedb/sluice/router/plan"
	"github.com/sluicedb/sluice/rules"
)

// A file that LOAD DATA LOCAL brings for several shards is cut into records as it comes.
// A batch of them is held in memory; then each shard gets its own by a LOAD DATA LOCAL of
// its own, whose file is made of their very bytes. Where the order of the records of
// several shards matters, because there are warnings or an error, the batch is undone and
// loaded again in smaller parts.

const (
	// fileBytes and fileRecords bound a batch.
	fileBytes   = 2 << 20
	fileRecords = 1 << 16
	// oneByOne is the size of a part whose records are loaded one by one when their order
	// matters.
	oneByOne = 8
	// recordsSavepoint is set before a part of a batch.
	recordsSavepoint = "`sluice records`"
)

// loading is a LOAD DATA LOCAL on several shards while it runs.
type loading struct {
	s       *session
	plan    *plan.Split
	text    []byte
	targets []plan.Target // by Shard.Index
	clock   string        // the statement that gives all shards one time
	charset string        // of the file
	checked []bool        // by Shard.Index: the shard reads the file in this character set
	most    int           // diagnostics that a server keeps
	file    []byte        // its name, as a server asks for it
	cutter  *infile.Cutter
	sending bool // the client has not sent all of it yet

	data    []byte // the batch: the records' bytes, one after the other
	records []loadRecord

	done    loadCount
	read    uint64       // records read
	opening []diagnostic // those about the statement, which each part gives again
	diag    []diagnostic
	before  uint64 // LAST_INSERT_ID()
	id      uint64 // the first that a server has made; 0: none
	// vars are the user variables before the statement: what a server makes of those that
	// fields are read into depends on what they were. left are those that it leaves.
	vars, left map[string]userVar
}

// loadRecord is a record of a batch.
type loadRecord struct {
	end   int // of its bytes in the batch
	shard int // Shard.Index; -1: every one
}

// loadCount is what servers say of records that they have loaded.
type loadCount struct {
	affected, records, deleted, skipped, warnings uint64
}

func (n *loadCount) add(o loadCount) {
	n.affected += o.affected
	n.records += o.records
	n.deleted += o.deleted
	n.skipped += o.skipped
	n.warnings += o.warnings
}

// loadPart is what one shard has loaded of a part of a batch.
type loadPart struct {
	loadCount
	shard int
	from  int   // the first record of the range that it is of
	rows  []int // numbers of its records in the batch
	diag  []diagnostic
	id    uint64
}

// load runs LOAD DATA LOCAL on several shards.
func (s *session) load(sp *plan.Split, text []byte, more bool) error {
	if !s.caps.Has(wire.ClientLocalFiles) {
		return wire.Errorf(3948, "42000", "Loading local data is disabled; this must be enabled on both the client and server sides")
	}
	x := &loading{s: s, plan: sp, text: text, before: s.insertID, vars: maps.Clone(s.userVars)}
	var err error
	if x.targets, err = sp.BindFile(text, s, ""); err != nil {
		return err
	}
	x.checked = make([]bool, len(x.targets))
	s.srv.metrics.planned(planSplit)
	s.srv.recent.add(s, sp.Relay, &x.targets[0])
	x.clock = s.oneClock()
	err = s.atomically(nil, x.run)
	if x.sending { // an error: the client goes on sending until it has read it
		if derr := x.drain(); derr != nil {
			return derr
		}
	}
	if err != nil {
		s.insertID = x.before
		return err
	}
	x.reply(more)
	return nil
}

// run loads the file.
func (x *loading) run() error {
	if err := x.probe(); err != nil {
		return err
	}
	if err := x.ask(); err != nil {
		return err
	}
	for {
		r, ok := x.cutter.Next()
		switch {
		case ok:
			if err := x.put(r); err != nil {
				return err
			}
		case x.sending:
			if err := x.receive(); err != nil {
				return err
			}
		default:
			return x.flush()
		}
	}
}

// probe loads an empty file on one shard: so what is wrong with the statement itself is
// found before the client is asked for its file, and what a server says of every file.
func (x *loading) probe() error {
	s, t := x.s, x.targets[0]
	out, err := x.send(t, false, func(*pool.Conn) error { return nil })
	if err != nil {
		return err
	}
	if out.Err != nil {
		return out.Err
	}
	x.opening = slices.Clone(s.diag)
	x.diag = slices.Clone(s.diag)
	x.done.warnings = countOf(out).warnings
	x.file = s.next.file
	charset, most, err := x.variables(t.Shard)
	if err != nil {
		return err
	}
	if x.plan.File.Charset != "" {
		charset = x.plan.File.Charset
	}
	x.charset, x.most = charset, most
	if charset != "utf8mb3" { // naming that gives a warning: alike looks instead
		if x.targets, err = x.plan.BindFile(x.text, s, charset); err != nil {
			return err
		}
	}
	if x.cutter, err = infile.NewCutter(&x.plan.File.Format, charset); err != nil {
		return plan.Unsupported("LOAD DATA over several shards: "+err.Error(), x.plan.Table.Pos, "convert the file to utf8mb4")
	}
	return nil
}

// send runs the statement on one shard.
func (x *loading) send(t plan.Target, write bool, f feed) (*outcome, error) {
	s := x.s
	s.insertID, s.userVars = x.before, maps.Clone(x.vars)
	q := s.callOf(x.plan.Relay, &t, x.text)
	q.at = timeOf(x.clock)
	q.write, q.feed = write, f
	return s.collect(q, nil)
}

// variables asks what decides how a shard reads the file, on the connection that has just
// loaded something there.
func (x *loading) variables(on *rules.Shard) (charset string, most int, err error) {
	c := x.s.txn.held(on.Group)
	if c == nil {
		return "", 0, x.s.endedOr(errors.New("no transaction"))
	}
	deadline(c)
	rows, err := c.QueryAll("SELECT @@character_set_database, @@max_error_count")
	undeadline(c)
	if err == nil && (len(rows) != 1 || len(rows[0]) != 2) {
		err = wire.ErrMalformed
	}
	if err != nil {
		x.s.rollbackAll()
		return "", 0, x.s.endedOr(&lostError{server: c.Server().Addr, txn: true, err: err})
	}
	most, err = strconv.Atoi(string(rows[0][1]))
	return string(rows[0][0]), most, err
}

// ask asks the client for its file.
func (x *loading) ask() error {
	c := x.s.conn
	c.Keep() // the statement's text is still needed
	c.End(append(append(c.Begin(), wire.HeaderLocalInfile), x.file...))
	_ = c.Net().SetWriteDeadline(time.Now().Add(x.s.snap.conf.Limits.WriteStall))
	err := c.Flush()
	_ = c.Net().SetWriteDeadline(time.Time{})
	if err != nil {
		return fatal{&clientError{err}}
	}
	x.sending = true
	return nil
}

// receive reads the next packet of the file.
func (x *loading) receive() error {
	if err := x.s.endedOr(nil); err != nil {
		return err
	}
	p, err := x.packet()
	if err != nil {
		return err
	}
	if len(p) == 0 {
		x.sending = false
		x.cutter.End()
		return nil
	}
	x.cutter.Feed(p)
	if limit := int(x.s.snap.conf.Limits.MaxPacket); x.cutter.Held() > limit {
		return wire.Errorf(1153, "08S01", "Got a packet bigger than 'max_allowed_packet' bytes: record %d of the file is longer", x.read+1)
	}
	return nil
}

// packet reads a packet from the client, which has a while to send it.
func (x *loading) packet() ([]byte, error) {
	s := x.s
	if !s.readBy(time.Now().Add(s.snap.conf.Limits.WriteStall)) {
		x.sending = false
		return nil, fatal{s.unreadable(os.ErrDeadlineExceeded)}
	}
	p, err := s.conn.ReadPacket()
	s.readBy(time.Time{})
	if err != nil {
		x.sending = false // nothing can be read any more
		return nil, fatal{s.unreadable(err)}
	}
	return p, nil
}

// readBy gives the client time to send; false if the session has been ended.
func (s *session) readBy(t time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing != nil {
		return false
	}
	_ = s.conn.Net().SetReadDeadline(t)
	return true
}

// drain reads what the client still sends.
func (x *loading) drain() error {
	for x.sending {
		p, err := x.packet()
		if err != nil {
			return err
		}
		x.sending = len(p) > 0
	}
	return nil
}

// put adds a record to the batch.
func (x *loading) put(r infile.Record) error {
	x.read++
	shard := -1
	switch {
	case r.Unclear:
		return plan.Unsupported(fmt.Sprintf("record %d of the file has a character that is none in %s", x.read, x.charset), x.plan.Table.Pos, "correct the file")
	case x.plan.Copies:
	case r.Broken:
		shard = x.targets[0].Shard.Index
	default:
		home, ok := x.plan.Home(r.Key, x.charset)
		if !ok {
			t := x.plan.Table
			return plan.Unsupported(fmt.Sprintf("record %d of the file has a value for sharding key %s.%s of which it is not certain how it would be stored", x.read, t.Name, t.Key), t.Pos, "correct the file")
		}
		shard = home.Index
	}
	x.data = append(x.data, r.Bytes...)
	x.records = append(x.records, loadRecord{len(x.data), shard})
	if len(x.data) >= fileBytes || len(x.records) >= fileRecords {
		return x.flush()
	}
	return nil
}

// flush loads the batch.
func (x *loading) flush() error {
	if err := x.loadRange(0, len(x.records)); err != nil {
		return err
	}
	x.data, x.records = x.data[:0], x.records[:0]
	return nil
}

// loadRange loads the records from one number to another of the batch.
func (x *loading) loadRange(from, to int) error {
	if from == to {
		return nil
	}
	parts := x.parts(from, to)
	for i := range parts {
		if err := x.s.alsoOn(x.group(&parts[i])); err != nil {
			return err
		}
	}
	conns := x.s.conns(x.s.changing)
	if to-from > 1 {
		if err := x.s.onEach(conns, "SAVEPOINT "+recordsSavepoint); err != nil {
			return err
		}
	}
	failed, err := x.loadParts(parts)
	if err != nil {
		return err
	}
	one := to-from == 1
	if failed == nil && (one || x.inOrder(parts)) {
		x.take(parts)
		return nil
	}
	if failed != nil && (one || endsTransaction(failed.Number) || failed.Number == 1205 || x.s.endedOr(nil) != nil) {
		x.s.warned = x.diag
		return failed
	}
	if err := x.s.onEach(conns, "ROLLBACK TO SAVEPOINT "+recordsSavepoint); err != nil {
		return err
	}
	step := (to - from + 1) / 2
	if to-from <= oneByOne {
		step = 1
	}
	for ; from < to; from += step {
		if err := x.loadRange(from, min(from+step, to)); err != nil {
			return err
		}
	}
	return nil
}

func (x *loading) group(p *loadPart) string { return x.targets[p.shard].Shard.Group }

// parts sorts records by their shards, which come in the order of their groups, so that
// two statements seldom wait for each other. The shard of the last record comes last: what
// it leaves in user variables is what the statement does.
func (x *loading) parts(from, to int) []loadPart {
	byShard := make([][]int, len(x.targets))
	last := -1
	for i := from; i < to; i++ {
		if last = x.records[i].shard; last >= 0 {
			byShard[last] = append(byShard[last], i)
			continue
		}
		for s := range byShard {
			byShard[s] = append(byShard[s], i)
		}
	}
	var out []loadPart
	var end []loadPart
	for _, g := range x.s.snap.rules.Groups {
		for s, rows := range byShard {
			switch {
			case len(rows) == 0 || x.targets[s].Shard.Group != g:
			case s == last:
				end = append(end, loadPart{shard: s, from: from, rows: rows})
			default:
				out = append(out, loadPart{shard: s, from: from, rows: rows})
			}
		}
	}
	return append(out, end...)
}

// loadParts loads the parts, one after the other. A server's error about one of them is
// returned by itself.
func (x *loading) loadParts(parts []loadPart) (failed *wire.Error, err error) {
	for i := range parts {
		p := &parts[i]
		t := x.targets[p.shard]
		out, err := x.send(t, true, func(c *pool.Conn) error { return x.feed(c, p) })
		only := len(parts) == 1 || x.plan.Copies
		if err != nil {
			return nil, err
		}
		p.diag = x.ownOf(x.s.diag)
		if out.Err != nil {
			e := *out.Err
			e.Message = x.numbered(p, e.Number, e.Message, only)
			for i := range p.diag {
				d := &p.diag[i]
				d.message = x.numbered(p, d.code, d.message, only)
			}
			if only && len(p.rows) == 1 {
				x.keep(p.diag)
			}
			return &e, nil
		}
		p.loadCount = countOf(out)
		p.warnings -= min(p.warnings, uint64(len(x.opening)))
		if x.s.insertID != x.before {
			p.id = x.s.insertID
		}
		if err := x.alike(t.Shard); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// alike makes sure that a shard reads the file in the character set it is cut in.
func (x *loading) alike(on *rules.Shard) error {
	if x.checked[on.Index] || x.plan.File.Charset != "" || x.charset != "utf8mb3" {
		return nil
	}
	charset, _, err := x.variables(on)
	if err == nil && charset != x.charset {
		err = plan.Unsupported("shard "+on.Name+" reads files in "+charset+" and others in "+x.charset, on.Pos, "add CHARACTER SET to the statement")
	}
	x.checked[on.Index] = err == nil
	return err
}

// feed sends the records of a part.
func (x *loading) feed(c *pool.Conn, p *loadPart) error {
	const packet = 32 << 10
	var out []byte
	write := func() error {
		if len(out) == 0 {
			return nil
		}
		c.WritePacket(out)
		out = out[:0]
		return c.Flush()
	}
	for _, i := range p.rows {
		start := 0
		if i > 0 {
			start = x.records[i-1].end
		}
		for b := x.data[start:x.records[i].end]; len(b) > 0; {
			n := min(len(b), packet-len(out))
			out, b = append(out, b[:n]...), b[n:]
			if len(out) == packet {
				if err := write(); err != nil {
					return err
				}
			}
		}
	}
	return write()
}

// ownOf leaves out what a server says of the statement whatever the file.
func (x *loading) ownOf(diag []diagnostic) []diagnostic {
	if len(diag) >= len(x.opening) && slices.Equal(diag[:len(x.opening)], x.opening) {
		diag = diag[len(x.opening):]
	}
	return slices.Clone(diag)
}

// inOrder reports whether the warnings of the parts can be put into the order of their
// records, with their numbers.
func (x *loading) inOrder(parts []loadPart) bool {
	if len(parts) == 1 || x.plan.Copies || len(x.diag) >= x.most {
		return true
	}
	warned, placed := 0, true
	for i := range parts {
		p := &parts[i]
		if p.warnings == 0 {
			continue
		}
		warned++
		for _, d := range p.diag {
			if _, ok := rowOf(d.code, d.message); !ok {
				placed = false
			}
		}
	}
	if warned == 0 {
		return true
	}
	// Servers do not count records that a CHECK keeps out.
	for i := range parts {
		if parts[i].records != uint64(len(parts[i].rows)) {
			return false
		}
	}
	return placed || warned == 1
}

// take adds up what the parts say.
func (x *loading) take(parts []loadPart) {
	if x.plan.Copies {
		parts = parts[:1]
	}
	var diag []diagnostic
	var at []int
	for i := range parts {
		p := &parts[i]
		row := 0
		for _, d := range p.diag {
			if n, ok := rowOf(d.code, d.message); ok && n <= len(p.rows) {
				row = p.rows[n-1]
			}
			d.message = x.numbered(p, d.code, d.message, len(parts) == 1)
			diag, at = append(diag, d), append(at, row)
		}
	}
	order := make([]int, len(diag))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return at[i] - at[j] })
	sorted := make([]diagnostic, len(diag))
	for i, from := range order {
		sorted[i] = diag[from]
	}
	x.keep(sorted)
	x.left = x.s.userVars
	for i := range parts {
		x.done.add(parts[i].loadCount)
		if x.id == 0 {
			x.id = parts[i].id
		}
	}
}

// keep adds diagnostics, up to as many as a server keeps.
func (x *loading) keep(diag []diagnostic) {
	x.diag = append(x.diag, diag[:min(len(diag), max(x.most-len(x.diag), 0))]...)
}

var (
	endsWithRow = regexp.MustCompile(`at row (\d+)$`)
	startsRow   = regexp.MustCompile(`^Row (\d+) `)
)

// rowPattern finds the number of the row in a diagnostic of LOAD DATA.
func rowPattern(code uint16) *regexp.Regexp {
	if code == 1261 || code == 1262 { // ER_WARN_TOO_FEW_RECORDS, ER_WARN_TOO_MANY_RECORDS
		return startsRow
	}
	return endsWithRow
}

// rowOf is the number of the row that a diagnostic names.
func rowOf(code uint16, message string) (int, bool) {
	m := rowPattern(code).FindStringSubmatch(message)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n > 0
}

// numbered gives a diagnostic of a part the number that the row has in the client's file:
// in the only part of a range it follows those counted before, and where there are others
// every record of the range has been counted (inOrder).
func (x *loading) numbered(p *loadPart, code uint16, message string, only bool) string {
	n, ok := rowOf(code, message)
	if !ok {
		return message
	}
	row := x.done.records + uint64(n)
	if !only && n <= len(p.rows) {
		row = x.done.records + uint64(p.rows[n-1]-p.from) + 1
	}
	at := rowPattern(code).FindStringSubmatchIndex(message)
	return message[:at[2]] + strconv.FormatUint(row, 10) + message[at[3]:]
}

// countOf reads the counts of a server's reply.
func countOf(out *outcome) loadCount {
	n := infoNumbers(string(out.OK.Info))
	c := loadCount{affected: out.OK.Affected, warnings: uint64(out.OK.Warnings)}
	if len(n) >= 4 {
		c.records, c.deleted, c.skipped, c.warnings = n[0], n[1], n[2], n[3]
	}
	return c
}

// reply tells the client what the parts together did.
func (x *loading) reply(more bool) {
	s, n := x.s, x.done
	s.insertID = x.before
	if x.id != 0 {
		s.insertID = x.id
	}
	ok := wire.OK{Affected: n.affected, Warnings: uint16(min(n.warnings, 65535)), Status: s.status()}
	ok.Info = fmt.Appendf(nil, "Records: %d  Deleted: %d  Skipped: %d  Warnings: %d", n.records, n.deleted, n.skipped, n.warnings)
	if s.userVars = x.vars; x.left != nil {
		s.userVars = x.left
	}
	s.diag = append(s.diag[:0], x.diag...)
	s.unlisted = max(int(ok.Warnings)-len(s.diag), 0)
	s.rowCount = int64(n.affected)
	if more {
		ok.Status |= wire.StatusMoreResults
	}
	s.relay.out = outcome{OK: ok}
	s.conn.WriteOK(ok, s.caps)
}
