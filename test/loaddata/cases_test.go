package loaddata

import (
	"strings"
	"testing"

	"github.com/sluicedb/sluice/test/spread"
)

const csv = " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"'"

// loadCase is a statement with its file. Over several shards Sluice refuses those whose
// name says so.
type loadCase struct{ name, table, sql, file string }

func (c *loadCase) refused() bool { return strings.HasSuffix(c.name, ": refused") }

var cases = []loadCase{
	{"defaults", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people", "3\ta\tx\t1\t2001-02-03\t1.5\tgood\n3\tb\ty\t2\t\\N\t2.5\tbad\n3\tc\t\\N\t3\t2001-02-03\t9\t\\N\n"},
	{"no end of line", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv, "3,a,x\n4,b,y\n5,c,z"},
	{"empty", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people", ""},
	{"only an end of line", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people", "\n"},
	{"duplicates", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, name)", "1,a,z\n3,b,x\n1,b,y\n2,c,y\n4,a,ann\n5,d,v\n3,b,w\n"},
	{"replace", "people", "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE people" + csv + " (id, tenant_id, name)", "1,a,z\n3,b,x\n1,b,y\n2,c,y\n4,a,ann\n5,d,v\n3,b,w\n"},
	{"ignore", "people", "LOAD DATA LOCAL INFILE 'f' IGNORE INTO TABLE people" + csv + " (id, tenant_id, name)", "1,a,z\n3,b,x\n1,b,y\n2,c,y\n"},
	{"replace fails in the middle", "people", "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE people" + csv + " (id, tenant_id, age)", "7,a,1\n7,b,2\n7,c,3\n7,d,4\n7,e,500\n7,f,6\n7,g,x\n7,a,700\n"},
	{"replace and the check", "people", "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE people" + csv + " (id, tenant_id, age)", "7,a,1\n7,b,2\n7,c,13\n7,d,4\n"},
	{"the check", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, age)", "7,a,1\n7,b,13\n7,c,x\n7,d,13\n7,e,300\n7,f,13\n7,g,7\n1,a,2\n8,a,x\n"},
	{"warnings of all kinds", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv, "7,a,n1,x,2020-13-40,5,good\n7,b\n7,c,n3,1,2020-01-01,abc,ugly,more\n7,d,n4,256,x,1e9,3\n,e,n5\n7,,n6\n7,\\N,n7\n8,NULL,n8\n"},
	{"a key that is too long", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id)", "7,abcdefghij\n7,é中abcdefgh\n7,a          \n7,abcdefghi\n"},
	{"skip", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " IGNORE 2 LINES (id, tenant_id, name)", "id,tenant_id,name\n\"a\nquoted\",b,c\n7,a,x\n7,b,y\n"},
	{"skip, and nothing else is said", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people IGNORE 1 LINES (id, tenant_id, name)", "id\n7\ta\tx\n7\tb\ty\n"},
	{"skip rows", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " IGNORE 1 ROWS (id, tenant_id, name)", "id,tenant_id,name\n7,a,x\n7,b,y\n"},
	{"skip more than there is", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " IGNORE 9 LINES (id, tenant_id, name)", "id,tenant_id,name\n7,a,x\n7,b,y"},
	{"starting by", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " LINES STARTING BY '>>' (id, tenant_id, name)", "x>>7,a,x\nnothing\n>7,b,>>8,b,y\n>>>9,c,z\n"},
	{"lines and fields with several bytes", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY '||' LINES TERMINATED BY '#|#\\r\\n' (id, tenant_id, name)", "7||a||x|y#|#\r\n7||b||#|#\n#|#\r\n8||c||\\||#|#\r\n"},
	{"no end of lines", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' LINES TERMINATED BY ',' (id, tenant_id, name)", "7,a,x,7,b,y,7,c,z,7,d"},
	{"quotes", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' ENCLOSED BY '\"' (id, tenant_id, name)", "\"7\",\"a\",\"x,\"\"y\"\"\nz\"\n\"7\",\"b\",\"q\\\"\"\n7,\"c\",\"open\n8,d,NULL\n8,\"e\",\"NULL\"\n"},
	{"quote is escape", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' ENCLOSED BY '\"' ESCAPED BY '\"' (id, tenant_id, name)", "\"7\",\"a\",\"x,\"\"y\"\"\nz\"\n7,\"b\",\"\\N\"\n"},
	{"no escape", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' ESCAPED BY '' (id, tenant_id, name)", "7,a\\,x\n7,b,\\N\n"},
	{"a bad character", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, name)", "7,a,x\n7,b,\xffy\n7,c,z\n"},
	{"a bad character in the key: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, name)", "7,a,x\n7,c,z\n7,\xc3,y\n"},
	{"latin1", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people CHARACTER SET latin1" + csv + " (id, tenant_id, name)", "7,a,x\xe9\n7,b,\xffy\n7,c,z\n"},
	{"binary", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people CHARACTER SET binary" + csv + " (id, tenant_id, name)", "7,a,xé\n7,b,\xffy\n7,é,z\n"},
	{"gbk", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people CHARACTER SET gbk" + csv + " (id, tenant_id, name)", "7,a,\xd6\xd0\n7,b,\x81\x5c\n7,c,\\\x81\\\x5c\n"},
	{"a computed key: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, @t, name) SET tenant_id = TRIM(@t)", "7, a,x\n"},
	{"rows that are counted: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (@x, tenant_id, name) SET id = (@n := @n + 1)", "7,a,x\n"},
	{"fields of a fixed length: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY '' (id, tenant_id, name)", "7          a                               x\n"},
	{"gb18030: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people CHARACTER SET gb18030" + csv + " (id, tenant_id, name)", "7,a,x\n"},
	{"half a character at the end of a record: refused", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, name)", "7,a,\xe9\n7,b,x\n7,c,\xe9\n7,d,x\n"},
	{"deprecated", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people CHARACTER SET utf8mb3" + csv + " (id, tenant_id, age)", "7,a,x\n7,b,y\n7,c,z\n7,d,x\n"},
	{"no default", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (tenant_id, age)", "a,x\nb,y\nc,3\nd,4\na,5\n"},
	{"variables", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (@id, @t, @n, @x) SET id = @id + 100, tenant_id = @t, name = UPPER(@n), born = DATE(@x)", "7,a,x,2001-01-01 12:00:00\n7,b,y,\n7,c\n8,d,zz,bad\n8,e,f,2001-01-01\n"},
	{"what variables hold then", "people", "SELECT @id, @t, @n, @x", ""},
	{"a constant", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, @t, name) SET tenant_id = 'b'", "7,a,x\n8,b,y\n9,c,bob\n"},
	{"a key that is not there", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, name)", "7,x\n8,y\n"},
	{"a reference table", "codes", "LOAD DATA LOCAL INFILE 'f' INTO TABLE codes" + csv, "a,one\nb,two\na,three\ntoolong,four\nc,中\n"},
	{"a reference table again", "codes", "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE codes" + csv, "a,one\nb,two\n"},
	{"a reference table that fails", "codes", "LOAD DATA LOCAL INFILE 'f' REPLACE INTO TABLE codes" + csv, "d,one\ntoolong,two\n"},
	{"no such column", "people", "LOAD DATA LOCAL INFILE 'f' INTO TABLE people" + csv + " (id, tenant_id, nothing)", "1,2,3\n"},
	{"low priority, qualified", "people", "LOAD DATA LOW_PRIORITY LOCAL INFILE 'f' INTO TABLE saas.people COLUMNS TERMINATED BY ';' ENCLOSED BY '\\'' ESCAPED BY '!' LINES TERMINATED BY '\\r\\n' (id, tenant_id, name)", "7;'a';'x!''\r\n8;b;y!;z\r\n"},
	{"concurrent, hexadecimal", "people", "LOAD DATA CONCURRENT LOCAL INFILE 'f' INTO TABLE people CHARSET latin1 FIELDS TERMINATED BY 0x3b ENCLOSED BY x'27' LINES TERMINATED BY 0x0a (id, tenant_id, name)", "7;'a';'x'\n8;b;y\n"},
}

var numberCases = []loadCase{
	{"numbers made", "counted", "LOAD DATA LOCAL INFILE 'f' INTO TABLE counted" + csv + " (shop, note) SET n = shop * 10, made = '2020-01-01'", "1,a\n2,b\n3,c\n4,\\N\n"},
	{"a number as key", "counted", "LOAD DATA LOCAL INFILE 'f' INTO TABLE counted" + csv + " (n, shop, note) SET made = '2020-01-01'", "1,1,a\n2, 2,b\n3,+3,c\n4,4x,d\n5,,e\n6,\\N,f\n7,99999999999,g\n8,-5,h\n9,x,i\n10,012,j\n11,7 ,k\n12\n13,5\r,z\n"},
}

// TestDatabaseCharset: without CHARACTER SET a file is in the character set of the
// database, unless the session has set another, which USE forgets. mysqlimport sets it.
func TestDatabaseCharset(t *testing.T) {
	eachLayout(t, spread.Start(t, 2), false, func(t *testing.T, p *pair) {
		const load = "LOAD DATA LOCAL INFILE 'f' INTO TABLE people FIELDS TERMINATED BY ',' (id, tenant_id, name)"
		file := []byte("7,a,\xe9\n7,b,\xe9\n7,c,\xe9\n7,d,\xe9\n7,e,\xe9\n7,f,x\n")
		for _, charset := range []string{"latin1", "binary", "cp1251"} {
			p.same(t, "SET character_set_database = "+charset, nil)
			for range 3 {
				p.load(t, "people", load, file)
				p.again(t)
			}
			p.same(t, "USE saas", nil)
			p.load(t, "people", load, []byte("7,a,é\n7,b,x\n7,c,中\n7,d,é\n"))
			p.same(t, "SELECT @@character_set_database", nil)
			p.again(t)
		}
	})
}

func TestCases(t *testing.T) {
	bed := spread.Start(t, 2)
	t.Run("texts", func(t *testing.T) { runCases(t, bed, false, cases) })
	t.Run("numbers", func(t *testing.T) { runCases(t, bed, true, numberCases) })
}

func runCases(t *testing.T, bed *spread.Bed, withNumbers bool, cases []loadCase) {
	eachLayout(t, bed, withNumbers, func(t *testing.T, p *pair) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				defer p.again(t)
				if c.refused() && p.shards > 1 {
					p.refuses(t, c.sql, []byte(c.file))
					p.same(t, "SELECT 1", nil)
					return
				}
				p.load(t, c.table, c.sql, []byte(c.file))
				p.same(t, "SELECT ROW_COUNT(), @@warning_count", nil)
			})
		}
	})
}
