package clients

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"
)

// transcript collects what a program written in this package sees.
type transcript struct{ strings.Builder }

func (r *transcript) line(format string, args ...any) { fmt.Fprintf(&r.Builder, format+"\n", args...) }

// fault notes an error by number, state and text.
func (r *transcript) fault(what string, err error) {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		r.line("%s: %d %s %s", what, e.Number, e.SQLState[:], e.Message)
		return
	}
	r.line("%s: %v", what, err)
}

// result notes affected rows and insert id.
func (r *transcript) result(what string, res sql.Result, err error) {
	if err != nil {
		r.fault(what, err)
		return
	}
	n, nerr := res.RowsAffected()
	id, iderr := res.LastInsertId()
	r.line("%s: %d rows %v, id %d %v", what, n, nerr, id, iderr)
}

// rows notes all results of a query, with their column types.
func (r *transcript) rows(what string, rows *sql.Rows, err error) {
	if err != nil {
		r.fault(what, err)
		return
	}
	defer rows.Close()
	for {
		r.set(what, rows)
		if !rows.NextResultSet() {
			break
		}
	}
	if err := rows.Err(); err != nil {
		r.fault(what+" ended", err)
	}
}

func (r *transcript) set(what string, rows *sql.Rows) {
	types, err := rows.ColumnTypes()
	if err != nil {
		r.fault(what, err)
		return
	}
	for _, c := range types {
		length, hasLength := c.Length()
		nullable, hasNullable := c.Nullable()
		precision, scale, hasScale := c.DecimalSize()
		r.line("%s column %s %s %v %d/%v %v/%v %d,%d/%v", what, c.Name(), c.DatabaseTypeName(), c.ScanType(),
			length, hasLength, nullable, hasNullable, precision, scale, hasScale)
	}
	for rows.Next() {
		cells := make([]any, len(types))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			r.fault(what, err)
			return
		}
		var b strings.Builder
		for _, c := range cells {
			switch v := (*c.(*any)).(type) {
			case []byte:
				fmt.Fprintf(&b, " %q", v)
			default:
				fmt.Fprintf(&b, " %T(%v)", v, v)
			}
		}
		r.line("%s row%s", what, b.String())
	}
}

// goDriver is go-sql-driver/mysql, in every way it talks to a server.
func (b *bed) goDriver(t *testing.T) {
	for name, params := range map[string]string{
		"text":         "multiStatements=true",
		"interpolated": "multiStatements=true&interpolateParams=true&parseTime=true&loc=UTC",
		"parsed time":  "parseTime=true&loc=Asia%2FShanghai&time_zone=%27%2B08%3A00%27",
		"TLS":          "tls=skip-verify&multiStatements=true",
		"compressed":   "compress=true&multiStatements=true",
		"found rows":   "clientFoundRows=true&columnsWithAlias=true",
		"latin1":       "charset=latin1&collation=latin1_swedish_ci",
		"settings":     "sql_mode=%27ANSI%27&maxAllowedPacket=0&rejectReadOnly=true&connectionAttributes=program_name:x",
	} {
		t.Run(name, func(t *testing.T) {
			b.both(t, func(t *testing.T, w target) string { return goSession(t, w.dsn("shop", params)) })
		})
	}
	t.Run("cancel", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string { return goCancel(t, w) })
	})
	t.Run("big packets", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string { return goBig(t, w) })
	})
	t.Run("login", func(t *testing.T) {
		b.both(t, func(t *testing.T, w target) string { return goLogin(t, w) })
	})
}

func goSession(t *testing.T, dsn string) string {
	db, err := sql.Open("mysql", dsn)
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	r := &transcript{}
	exec := func(q string, args ...any) {
		res, err := db.ExecContext(t.Context(), q, args...)
		r.result(q, res, err)
	}
	query := func(q string, args ...any) {
		rows, err := db.QueryContext(t.Context(), q, args...)
		r.rows(q, rows, err)
	}
	require.NoError(t, db.PingContext(t.Context()))
	query("SELECT DATABASE(), USER(), CURRENT_USER(), @@sql_mode, @@time_zone, @@collation_connection")
	exec(everyType)
	exec("INSERT INTO every (u, f, d, s, ts, dt, tm, y, bl, j, e, st, b, g) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ST_GeomFromText(?))",
		uint64(1)<<63, 1.25, "12345.6789", "héllo", time.Date(2024, 2, 29, 12, 30, 45, 123456000, time.UTC),
		time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC), "-838:59:59", 2024, []byte{0, 1, 255, '\''}, `{"a":[1,null]}`, "b", "x,y", 5, "POINT(1 2)")
	exec("INSERT INTO every (s) VALUES (?), (?)", nil, "\\'\"\x00\n\r\x1a")
	query("SELECT * FROM every ORDER BY id")
	query("SELECT * FROM every WHERE id = ?", 1)
	query("SELECT ?, ?, ?, ?, ?, ?", 1, -1.5, "x", []byte("y"), nil, true)
	exec("UPDATE every SET s = ? WHERE id = ?", "again", 1)
	exec("UPDATE every SET s = ? WHERE id = ?", "again", 1)
	exec("INSERT INTO every (id) VALUES (?)", 1)
	exec("INSERT INTO every (nosuch) VALUES (?)", 1)
	query("SELECT * FROM nosuch WHERE a = ?", 1)
	query("SELECT every.id AS a FROM every WHERE id IN (?, ?) ORDER BY id", 1, 2)
	query("SELECT 1 AS a; SELECT 2 AS b, 3 AS c; SELECT * FROM nosuch; SELECT 4")
	exec("CREATE PROCEDURE two() BEGIN SELECT 1 AS one; SELECT id FROM every ORDER BY id; UPDATE every SET y = 2000; END")
	query("CALL two()")
	exec("CALL two()")
	stmt, err := db.PrepareContext(t.Context(), "SELECT id, s FROM every WHERE id >= ? ORDER BY id LIMIT ?")
	if err != nil {
		r.fault("prepare", err)
	} else {
		for i := range 3 {
			rows, err := stmt.QueryContext(t.Context(), i, 2)
			r.rows("prepared", rows, err)
		}
		r.fault("close", stmt.Close())
	}
	_, err = db.PrepareContext(t.Context(), "SELECT nosuch FROM every")
	r.fault("prepare", err)
	_, err = db.PrepareContext(t.Context(), "SELEC 1")
	r.fault("prepare", err)
	goTransactions(t, db, r)
	query("SHOW STATUS LIKE 'compression'")
	query("SHOW SESSION STATUS LIKE 'Ssl_version'")
	query("SHOW GLOBAL STATUS LIKE 'Ssl_version'")
	exec("SET @a = ?, @b := ?, @c = ?", "it's \\ \" \x00", 7, 2.5)
	query("SELECT @a, @b, @c")
	exec("SET SESSION sql_select_limit = ?", 1)
	query("SELECT id FROM every ORDER BY id")
	exec("SET SESSION sql_select_limit = ?", "many")
	exec("SET SESSION sql_select_limit = DEFAULT, @a = ?", nil)
	exec("SET time_zone = ?", "+03:00")
	query("SELECT @@time_zone, ts FROM every WHERE id = 1")
	exec("DROP PROCEDURE two")
	exec("DROP TABLE every")
	return r.String()
}

const everyType = `CREATE TABLE every (id INT PRIMARY KEY AUTO_INCREMENT, ti TINYINT DEFAULT -1, si SMALLINT UNSIGNED DEFAULT 65535,
	mi MEDIUMINT DEFAULT -8388608, bi BIGINT DEFAULT -9223372036854775808, u BIGINT UNSIGNED, f FLOAT, db DOUBLE DEFAULT 1e100, d DECIMAL(30,10),
	s VARCHAR(100), c CHAR(5) DEFAULT 'c', tx TEXT, ts TIMESTAMP(6) NULL, dt DATETIME(6), da DATE DEFAULT '2024-02-29', tm TIME, y YEAR, bl BLOB, bn BINARY(4) DEFAULT 'a',
	j JSON, e ENUM('a','b'), st SET('x','y'), b BIT(12), g GEOMETRY, bo BOOL DEFAULT TRUE)`

func goTransactions(t *testing.T, db *sql.DB, r *transcript) {
	for _, o := range []*sql.TxOptions{nil, {ReadOnly: true}, {Isolation: sql.LevelSerializable}, {Isolation: sql.LevelReadCommitted, ReadOnly: true}} {
		tx, err := db.BeginTx(t.Context(), o)
		if err != nil {
			r.fault("begin", err)
			continue
		}
		res, err := tx.ExecContext(t.Context(), "INSERT INTO every (s) VALUES ('in a transaction')")
		r.result("insert", res, err)
		rows, err := tx.QueryContext(t.Context(), "SELECT COUNT(*), @@transaction_isolation, @@transaction_read_only FROM every")
		r.rows("count", rows, err)
		r.fault("rollback", tx.Rollback())
	}
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	res, err := tx.ExecContext(t.Context(), "DELETE FROM every WHERE id > 1")
	r.result("delete", res, err)
	r.fault("commit", tx.Commit())
	rows, err := db.QueryContext(t.Context(), "SELECT COUNT(*) FROM every")
	r.rows("count", rows, err)
}

// goCancel ends statements by their context: the driver closes the connection, and
// nothing may hang.
func goCancel(t *testing.T, w target) string {
	db, err := sql.Open("mysql", w.dsn("shop", ""))
	require.NoError(t, err)
	defer db.Close()
	r := &transcript{}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err = db.ExecContext(ctx, "DO SLEEP(10)")
	r.fault("sleep", err)
	require.Less(t, time.Since(begun), 5*time.Second)
	rows, err := db.QueryContext(t.Context(), "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT /*+ MAX_EXECUTION_TIME(100) */ COUNT(*) FROM n a, n b, n c")
	r.rows("limited", rows, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS c (id INT PRIMARY KEY)")
	r.fault("create", err)
	ctx, cancel = context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = tx.ExecContext(ctx, "INSERT INTO c VALUES (SLEEP(10))")
	r.fault("insert", err)
	r.fault("commit", tx.Commit())
	rows, err = db.QueryContext(t.Context(), "SELECT COUNT(*) FROM c")
	r.rows("count", rows, err)
	return r.String()
}

// goBig sends and receives packets of more than 16 MiB, the border among them.
func goBig(t *testing.T, w target) string {
	r := &transcript{}
	for _, params := range []string{"maxAllowedPacket=0", "maxAllowedPacket=0&interpolateParams=true", "maxAllowedPacket=0&compress=true&interpolateParams=true"} {
		db, err := sql.Open("mysql", w.dsn("shop", params))
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS big (id INT PRIMARY KEY AUTO_INCREMENT, b LONGBLOB)")
		require.NoError(t, err)
		for _, n := range []int{1 << 20, 1<<24 - 30, 1<<24 + 5} {
			data := bytes.Repeat([]byte("0123456789abcde\n"), n/16+1)[:n]
			res, err := db.ExecContext(t.Context(), "INSERT INTO big (b) VALUES (?)", data)
			r.result("insert", res, err)
			var got []byte
			err = db.QueryRowContext(t.Context(), "SELECT b FROM big ORDER BY id DESC LIMIT 1").Scan(&got)
			r.fault("read", err)
			r.line("same: %v", bytes.Equal(data, got))
		}
		for _, n := range []int{1<<24 - 2, 1<<24 - 1, 1 << 24} { // the length of the row packet is at the border
			var got []byte
			err := db.QueryRowContext(t.Context(), "SELECT REPEAT('x', ?)", n-4).Scan(&got)
			r.fault("repeat", err)
			r.line("%d", len(got))
		}
		require.NoError(t, db.Close())
	}
	return r.String()
}

func goLogin(t *testing.T, w target) string {
	r := &transcript{}
	for _, dsn := range []string{
		"app:wrong@tcp(" + w.addr() + ")/shop", "app@tcp(" + w.addr() + ")/shop", "nobody:x@tcp(" + w.addr() + ")/shop",
		"app:secret@tcp(" + w.addr() + ")/nosuch", "app:secret@tcp(" + w.addr() + ")/", "app:secret@tcp(" + w.addr() + ")/shop?nosuch=1",
		"app:secret@tcp(" + w.addr() + ")/information_schema", "app:secret@tcp(" + w.addr() + ")/shop?charset=nosuch",
	} {
		db, err := sql.Open("mysql", dsn)
		require.NoError(t, err)
		r.fault("ping", db.PingContext(t.Context()))
		rows, err := db.QueryContext(t.Context(), "SELECT DATABASE()")
		r.rows("database", rows, err)
		require.NoError(t, db.Close())
	}
	return r.String()
}
