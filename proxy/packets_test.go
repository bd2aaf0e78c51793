package proxy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluicedb/sluice/parser/wire"
	"github.com/sluicedb/sluice/test/diff"
	"github.com/sluicedb/sluice/test/mysqltest"
)

// twin is a bed with one server that holds all its rows, as a client that speaks to it
// directly sees it.
type twin struct{ *bed }

// newTwin starts a bed whose server has the bed's table whole, too.
func newTwin(t *testing.T) twin {
	t.Helper()
	server := mysqltest.Start(t, mysqltest.Options{})
	for _, name := range []string{"app", "app_0", "app_1"} {
		require.NoError(t, server.Exec(t.Context(), "CREATE DATABASE "+name, "USE "+name+"; "+tables))
	}
	w := twin{newBed(t, server, "max: 20", "")}
	for _, target := range w.targets() {
		c, err := diff.Connect(target, 0)
		require.NoError(t, err)
		w.do(c, "INSERT INTO t (id, tenant_id, v) VALUES ('a1', 'a', 1), ('a2', 'a', 2), ('b1', 'b', 3)")
		_ = c.Close()
	}
	return w
}

func (w twin) targets() []diff.Target {
	return []diff.Target{
		{Name: "MySQL", Addr: w.server.Addr(), User: "root", Database: "app"},
		{Name: "Sluice", Addr: w.addr, User: "root", Database: "app"},
	}
}

// alike has a client talk to the server and to Sluice, and wants it to be told the same.
func (w twin) alike(name string, extra wire.Capability, talk func(c *diff.Conn) string) {
	w.Helper()
	var heard [2]string
	for i, target := range w.targets() {
		c, err := diff.Connect(target, extra)
		require.NoError(w, err, name)
		_ = c.Net().SetDeadline(time.Now().Add(10 * time.Second))
		heard[i] = talk(c)
		_ = c.Close()
	}
	require.Equal(w, heard[0], heard[1], name)
}

// tell sends a packet as a command and describes the packet that answers it.
func tell(c *diff.Conn, packet ...byte) string {
	c.ResetSequence()
	c.WritePacket(packet)
	return hear(c)
}

// hear describes the next packet.
func hear(c *diff.Conn) string {
	if err := c.Flush(); err != nil {
		return "gone"
	}
	p, err := c.ReadPacket()
	switch {
	case err != nil:
		return "gone"
	case len(p) > 0 && p[0] == wire.HeaderErr:
		e, err := wire.ParseError(p)
		return fmt.Sprint(e, err)
	}
	return fmt.Sprintf("%x", p)
}

// said is what a statement answers.
func said(c *diff.Conn, sql string) string {
	a, err := c.Query(sql)
	if err != nil {
		return fmt.Sprint(err)
	}
	return fmt.Sprintf("%q", a[len(a)-1].Rows)
}

const characterSets = "SELECT @@character_set_client, @@character_set_connection, @@character_set_results, @@collation_connection, HEX('\xd6\xd0')"

// TestPackets: what a client is told of packets that few send, and what its session is
// afterwards.
func TestPackets(t *testing.T) {
	w := newTwin(t)
	t.Run("character sets of handshakes", func(t *testing.T) { w.handshakes() })
	t.Run("odd packets", func(t *testing.T) { w.oddPackets() })
	t.Run("a session that begins anew", func(t *testing.T) { w.anew() })
	t.Run("cursors", func(t *testing.T) { w.cursors() })
	t.Run("odd parameters", func(t *testing.T) { w.oddParameters() })
	t.Run("warnings between statements", func(t *testing.T) { w.standingWarnings() })
}

// handshakes: a client that names a collation when it logs in never names its character
// set again.
func (w twin) handshakes() {
	for id := 1; id <= 255; id++ {
		var heard [2]string
		for i, target := range w.targets() {
			target.Collation = uint8(id)
			c, err := diff.Connect(target, wire.ClientConnectWithDB)
			var e *wire.Error
			if err != nil {
				require.ErrorAs(w, err, &e)
				heard[i] = e.Error()
				continue
			}
			heard[i] = said(c, characterSets)
			_ = c.Close()
		}
		require.Equal(w, heard[0], heard[1], "collation %d", id)
	}
}

func (w twin) oddPackets() {
	for name, packet := range map[string][]byte{
		"empty":                      {},
		"sleep":                      {0},
		"unknown command":            {0xfe},
		"execute of nothing":         {byte(wire.ComStmtExecute)},
		"execute of an unknown":      {byte(wire.ComStmtExecute), 9, 9, 9, 9, 0, 1, 0, 0, 0},
		"fetch of an unknown":        {byte(wire.ComStmtFetch), 9, 9, 9, 9, 1, 0, 0, 0},
		"short fetch":                {byte(wire.ComStmtFetch), 1},
		"short reset":                {byte(wire.ComStmtReset), 1},
		"short close":                {byte(wire.ComStmtClose), 1, 0, 0},
		"short piece of long data":   {byte(wire.ComStmtSendLongData), 1, 0, 0, 0, 0},
		"option 9":                   {byte(wire.ComSetOption), 9, 0},
		"no option":                  {byte(wire.ComSetOption)},
		"no database":                {byte(wire.ComInitDB)},
		"no text":                    {byte(wire.ComQuery)},
		"change user of nothing":     {byte(wire.ComChangeUser)},
		"change user, long auth":     {byte(wire.ComChangeUser), 'x', 0, 255},
		"change user, half a name":   {byte(wire.ComChangeUser), 'r', 'o'},
		"change user, no more":       {byte(wire.ComChangeUser), 'r', 0},
		"field list without a table": {byte(wire.ComFieldList)},
	} {
		w.alike(name, 0, func(c *diff.Conn) string {
			return tell(c, packet...) + ", then " + tell(c, byte(wire.ComPing))
		})
	}
	w.alike("out of order, in a login", 0, func(c *diff.Conn) string {
		tell(c, append([]byte{byte(wire.ComChangeUser)}, "root\x00\x00app\x00\x2d\x00other\x00"...)...)
		return tell(c, byte(wire.ComPing))
	})
}

// anew: COM_CHANGE_USER and COM_RESET_CONNECTION.
func (w twin) anew() {
	changeUser := func(c *diff.Conn, database string) string {
		tell(c, append([]byte{byte(wire.ComChangeUser)}, "root\x00\x00"+database+"\x00\x1c\x00other\x00"...)...)
		c.WritePacket(nil)
		return hear(c)
	}
	for _, database := range []string{"app", "", "information_schema"} {
		for _, caps := range []wire.Capability{0, wire.ClientSessionTrack} {
			w.alike("change user to "+database, caps, func(c *diff.Conn) string {
				return changeUser(c, database) + said(c, characterSets) + said(c, "SELECT DATABASE()")
			})
		}
	}
	for _, before := range []string{"SELECT 1", "SET NAMES latin1", "SET character_set_results = NULL", "SET collation_connection = utf8mb4_bin"} {
		w.alike("reset after "+before, 0, func(c *diff.Conn) string {
			return said(c, before) + tell(c, byte(wire.ComResetConnection)) + said(c, characterSets)
		})
	}
	w.alike("reset after a login", 0, func(c *diff.Conn) string {
		return changeUser(c, "app") + tell(c, byte(wire.ComResetConnection)) + said(c, characterSets)
	})
}

// oddParameters: values of types that clients do not send. They mean the same, or are refused
// alike, whether a server gets them as they came or constants stand in their place.
func (w twin) oddParameters() {
	number := []byte{5, 0, 0, 0, 0, 0, 0, 0}
	values := map[string][]byte{
		"no types yet":                  append([]byte{0, 0}, number...),
		"a flag of types that is 2":     append([]byte{0, 2, 8, 0}, number...),
		"an unknown flag of the type":   append([]byte{0, 1, 8, 0x40}, number...),
		"an unknown type":               append([]byte{0, 1, 80, 0}, number...),
		"a value of type NULL":          append([]byte{0, 1, 6, 0}, number...),
		"NULL of type NULL":             {1, 1, 6, 0},
		"MEDIUMINT":                     append([]byte{0, 1, 9, 0}, number...),
		"NULL of MEDIUMINT":             {1, 1, 9, 0},
		"YEAR":                          append([]byte{0, 1, 13, 0}, number...),
		"BIT":                           {0, 1, 16, 0, 1, '5'},
		"ENUM":                          {0, 1, 247, 0, 1, '5'},
		"a type of which nothing comes": {0, 1, 247, 0},
		"JSON":                          {0, 1, 245, 0, 1, '2'},
		"VECTOR":                        {0, 1, 242, 0, 1, '2'},
		"not a number":                  {0, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f},
		"infinite":                      {0, 1, 5, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f},
		"minus infinite, FLOAT":         {0, 1, 4, 0, 0, 0, 0x80, 0xff},
		"a time with its zone":          {0, 1, 12, 0, 13, 0xea, 7, 1, 2, 3, 4, 5, 1, 0, 0, 0, 60, 0},
		"a time with long microseconds": {0, 1, 12, 0, 11, 0xea, 7, 1, 2, 3, 4, 5, 255, 255, 255, 255},
	}
	for _, sql := range []string{"SELECT id FROM t WHERE tenant_id = 'a' AND v > ? ORDER BY id", "SELECT id FROM t WHERE v > ? ORDER BY id"} {
		for name, tail := range values {
			w.alike(name+": "+sql, 0, func(c *diff.Conn) string {
				_, err := c.Prepare(sql)
				require.NoError(w, err)
				c.ResetSequence()
				c.WritePacket(append([]byte{byte(wire.ComStmtExecute), 1, 0, 0, 0, 0, 1, 0, 0, 0}, tail...))
				return hearRows(c)
			})
		}
		w.alike("long data for a number: "+sql, 0, func(c *diff.Conn) string {
			_, err := c.Prepare(sql)
			require.NoError(w, err)
			c.ResetSequence()
			c.WritePacket([]byte{byte(wire.ComStmtSendLongData), 1, 0, 0, 0, 0, 0, '2'})
			return tell(c, byte(wire.ComStmtExecute), 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 8, 0)
		})
		w.alike("types that were refused are not kept: "+sql, 0, func(c *diff.Conn) string {
			_, err := c.Prepare(sql)
			require.NoError(w, err)
			head := []byte{byte(wire.ComStmtExecute), 1, 0, 0, 0, 0, 1, 0, 0, 0}
			first := tell(c, append(append(head, 0, 1, 14, 0), number...)...)
			return first + tell(c, append(append(head, 0, 0), number...)...)
		})
	}
}

// hearRows describes an error or a result set, without the flags of its closing packet.
func hearRows(c *diff.Conn) string {
	all := ""
	for {
		switch p := hear(c); {
		case len(p) > 1 && p[:2] == "fe":
			return all
		case p == "gone" || p[:2] == "ER":
			return all + p
		default:
			all += p + " "
		}
	}
}

// standingWarnings: what commands leave of the warnings of the statement before them.
func (w twin) standingWarnings() {
	for _, before := range []string{"SELECT 1", "SELECT nope", "SELECT CAST('x' AS SIGNED)", "SELECT CAST('x' AS SIGNED) FROM t", "INSERT IGNORE INTO t (id, tenant_id) VALUES ('a1', 'a'), ('b1', 'b')"} {
		w.alike("ping after "+before, 0, func(c *diff.Conn) string {
			return said(c, before) + tell(c, byte(wire.ComPing)) + tell(c, append([]byte{byte(wire.ComInitDB)}, "app"...)...) + said(c, "SHOW WARNINGS")
		})
		for _, sql := range []string{"SELECT 1", "SET @a = 1", "SELECT COUNT(*) FROM t", "SELECT SQL_CALC_FOUND_ROWS 1", "SELECT v FROM t WHERE v && 1"} {
			w.alike("preparing "+sql+" after "+before, 0, func(c *diff.Conn) string {
				out := said(c, before)
				_, err := c.Prepare(sql)
				require.NoError(w, err)
				return out + tell(c, byte(wire.ComPing)) + said(c, "SHOW WARNINGS")
			})
		}
	}
}

// opened executes the session's n-th prepared statement with a cursor, and returns the rows
// that come at once, which are none where there is a cursor.
func opened(c *diff.Conn, n byte) (rows string, cursor bool) {
	c.ResetSequence()
	c.WritePacket([]byte{byte(wire.ComStmtExecute), n, 0, 0, 0, wire.CursorReadOnly, 1, 0, 0, 0})
	head := hear(c)
	var columns int
	if n, err := fmt.Sscanf(head, "%02x", &columns); n != 1 || err != nil {
		return head, false
	}
	for range columns {
		hear(c)
	}
	return fetched(c)
}

// fetched returns rows up to the packet that closes them, and whether more are to be fetched.
func fetched(c *diff.Conn) (rows string, more bool) {
	for {
		p, err := c.ReadPacket()
		if err != nil {
			return rows + "gone", false
		}
		switch p[0] {
		case wire.HeaderErr:
			e, err := wire.ParseError(p)
			return fmt.Sprint(rows, e, err), false
		case wire.HeaderEOF:
			ok, err := wire.ParseOK(p, false)
			if err != nil {
				return err.Error(), false
			}
			return rows, ok.Status&wire.StatusCursorExists != 0 && ok.Status&wire.StatusLastRowSent == 0
		}
		rows += fmt.Sprintf("%x ", p)
	}
}

// fetch asks for two rows of a cursor.
func fetch(c *diff.Conn, n byte) (rows string, more bool) {
	c.ResetSequence()
	c.WritePacket([]byte{byte(wire.ComStmtFetch), n, 0, 0, 0, 2, 0, 0, 0})
	if err := c.Flush(); err != nil {
		return "gone", false
	}
	return fetched(c)
}

// cursors: all rows come, in pieces where a cursor is open, and two cursors are two, also of
// one text.
func (w twin) cursors() {
	queries := []string{
		"SELECT id FROM t WHERE tenant_id = 'a' ORDER BY id", "SELECT id FROM t WHERE tenant_id = 'b' ORDER BY id",
		"SELECT id FROM t WHERE v > 0 ORDER BY id", "SELECT COUNT(*) FROM t", "SELECT x.id FROM t x JOIN t y ON x.v < y.v ORDER BY x.v, y.v",
		"SELECT SQL_CALC_FOUND_ROWS id FROM t WHERE tenant_id = 'a' ORDER BY id LIMIT 1",
	}
	for _, before := range [][]string{{"DO 0"}, {"BEGIN"}, {"BEGIN", "UPDATE t SET v = v WHERE tenant_id = 'a'"}, {"BEGIN", "UPDATE t SET v = v WHERE tenant_id = 'b'"}, {"CREATE TEMPORARY TABLE held (a INT)"}} {
		for _, sql := range queries {
			w.alike(fmt.Sprint(before, sql), 0, func(c *diff.Conn) string {
				w.do(c, before...)
				_, err := c.Prepare(sql)
				require.NoError(w, err)
				all := ""
				for range 2 {
					rows, more := opened(c, 1)
					for all += rows; more; all += rows {
						rows, more = fetch(c, 1)
					}
				}
				return all + said(c, "SELECT FOUND_ROWS(), ROW_COUNT()")
			})
		}
	}
	c := w.connect() // MySQL 9.7 dies of the second execution with a cursor
	_, err := c.Prepare("EXPLAIN SELECT id FROM t WHERE tenant_id = 'a'")
	require.NoError(w, err)
	for range 2 {
		rows, cursor := opened(c, 1)
		require.NotEmpty(w, rows)
		require.False(w, cursor)
	}
	const sql = "SELECT id FROM t WHERE tenant_id = 'a' UNION ALL SELECT id FROM t WHERE tenant_id = 'a'"
	for _, end := range []string{"DO 0", "BEGIN", "SELECT COUNT(*) FROM t"} {
		w.alike("two cursors, then "+end, 0, func(c *diff.Conn) string {
			all := ""
			for n := range byte(2) {
				_, err := c.Prepare(sql)
				require.NoError(w, err)
				_, cursor := opened(c, n+1)
				require.True(w, cursor)
			}
			for n := range byte(4) {
				rows, more := fetch(c, n%2+1)
				all += fmt.Sprint(rows, more)
				if n == 1 {
					all += said(c, end)
				}
			}
			return all
		})
	}
}

// TestProcedureWithoutText: rules may name a procedure that no file under schema defines.
func TestProcedureWithoutText(t *testing.T) {
	server := mysqltest.Start(t, mysqltest.Options{})
	rules := strings.Replace(config(server.Addr(), "127.0.0.1:0", "max: 5", ""), "    tables:\n", "    procedures: {p: {tenant_parameter: p_tenant}}\n    tables:\n", 1)
	b := startBed(t, server, tables, rules)
	e := b.fails(b.connect(), 1235, "CALL p('a')")
	require.Contains(t, e.Message, "its text is not known")
}
