"""What an application does with PyMySQL; prints what it sees."""
import datetime
import decimal
import os
import warnings

import pymysql
import pymysql.cursors

AT = dict(
    host=os.environ["DB_HOST"], port=int(os.environ["DB_PORT"]), user=os.environ["DB_USER"],
    password=os.environ["DB_PASSWORD"], database=os.environ["DB_NAME"],
)


def attempt(what, work):
    try:
        print(what, repr(work()))
    except pymysql.MySQLError as e:
        print(what, "failed", type(e).__name__, e.args)


def run(cursor, sql, args=None):
    n = cursor.execute(sql, args)
    return n, cursor.fetchall(), cursor.description, cursor.lastrowid, cursor.rowcount


def session(name, **options):
    print("==", name)
    c = pymysql.connect(**AT, **options)
    cur = c.cursor()
    print(c.get_server_info(), c.get_autocommit(), c.character_set_name())
    print(run(cur, "SELECT DATABASE(), USER(), @@autocommit, @@sql_mode"))
    print(run(cur, "CREATE TABLE p (id INT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(50), d DECIMAL(10,2), t DATETIME(6), tm TIME, b VARBINARY(10), j JSON, e SET('a','b'))"))
    print(run(cur, "INSERT INTO p (s, d, t, tm, b, j, e) VALUES (%s, %s, %s, %s, %s, %s, %s)", (
        "it's \\ % é😀" if options.get("charset") != "latin1" else "it's é", decimal.Decimal("1.5"), datetime.datetime(2024, 2, 29, 1, 2, 3, 456789),
        datetime.timedelta(hours=-100, seconds=5), b"\x00\xff'", '{"a": [1]}', "a,b")))
    print(cur.executemany("INSERT INTO p (s, d) VALUES (%s, %s)", [("x", i) for i in range(500)]), cur.lastrowid)
    print(run(cur, "SELECT * FROM p ORDER BY id LIMIT 3"))
    print(run(cur, "SELECT COUNT(*), SUM(d) FROM p"))
    c.rollback()
    print(run(cur, "SELECT COUNT(*) FROM p"))
    cur.execute("INSERT INTO p (s) VALUES ('kept')")
    print(c.insert_id(), c.affected_rows())
    c.commit()
    attempt("duplicate", lambda: run(cur, "INSERT INTO p (id) SELECT MAX(id) FROM p"))
    attempt("missing", lambda: run(cur, "SELECT * FROM nosuch"))
    attempt("syntax", lambda: run(cur, "SELEC"))
    attempt("too long", lambda: run(cur, "INSERT INTO p (s) VALUES (%s)", ("x" * 51,)))
    cur.execute("CREATE PROCEDURE pp(IN a INT, OUT b INT) BEGIN SELECT a AS a; SET b = a * 2; SELECT 'second' AS s; END")
    cur.callproc("pp", (21, 0))
    print(cur.fetchall(), cur.nextset(), cur.fetchall(), cur.nextset())
    print(run(cur, "SELECT @_pp_0, @_pp_1"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print(run(cur, "INSERT IGNORE INTO p (s) VALUES (%s)", ("x" * 60,)))
    print(c.show_warnings())
    c.begin()
    cur.execute("DELETE FROM p")
    c.rollback()
    d = c.cursor(pymysql.cursors.DictCursor)
    print(run(d, "SELECT id, s AS name FROM p ORDER BY id LIMIT 1"))
    u = c.cursor(pymysql.cursors.SSCursor)
    u.execute("SELECT a.s, b.s FROM p a, p b")
    print(u.fetchone(), u.fetchmany(2), len(u.fetchall()))
    u.close()
    c.select_db("copy")
    print(run(cur, "SELECT DATABASE()"))
    c.select_db("shop")
    c.ping(reconnect=False)
    print(run(cur, "DROP TABLE p"), run(cur, "DROP PROCEDURE pp"))
    c.close()


def load():
    print("== local infile")
    path = os.environ["CSV"]
    c = pymysql.connect(**AT, local_infile=True, autocommit=True)
    cur = c.cursor()
    cur.execute("CREATE TABLE l (id INT, s VARCHAR(20))")
    print(cur.execute(f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE l FIELDS TERMINATED BY ','"))
    print(run(cur, "SELECT * FROM l"))
    attempt("no file", lambda: cur.execute("LOAD DATA LOCAL INFILE '/nosuch' INTO TABLE l"))
    print(run(cur, "DROP TABLE l"))
    c.close()


session("plain")
session("autocommit", autocommit=True)
session("found rows, multi", client_flag=pymysql.constants.CLIENT.FOUND_ROWS | pymysql.constants.CLIENT.MULTI_STATEMENTS)
session("latin1", charset="latin1")
session("TLS", ssl={"ca": None, "check_hostname": False, "verify_mode": False})
session("sql mode, init", sql_mode="ANSI_QUOTES", init_command="SET @a = 1", read_timeout=30)
load()
attempt("wrong password", lambda: pymysql.connect(**{**AT, "password": "x"}))
attempt("no database", lambda: pymysql.connect(**{**AT, "database": "nosuch"}))
