// What an application does with mysql2; prints what it sees.
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
const require = createRequire(process.env.NODE_MODULES + '/');
const callback = require('mysql2');
const mysql = require('mysql2/promise');

// mysql2 complains of how servers number packets under compression.
const complain = console.error;
console.error = (...a) => String(a[0]).includes('packets out of order') || complain(...a);
console.warn = console.error;

const at = {
  host: process.env.DB_HOST, port: Number(process.env.DB_PORT), user: process.env.DB_USER,
  password: process.env.DB_PASSWORD, database: process.env.DB_NAME,
};
const plain = v => Buffer.isBuffer(v) ? 'hex ' + v.toString('hex') : typeof v === 'bigint' ? v + 'n' : v;
const show = (what, v) => console.log(what, JSON.stringify(v, (_, x) =>
  x && x.type === 'Buffer' ? 'hex ' + Buffer.from(x.data).toString('hex') : plain(x)));
const types = fields => (fields ?? []).map(f => f && [f.name, f.columnType ?? f.type, f.columnLength, f.flags, f.characterSet, f.decimals, f.schema ?? f.db, f.table, f.orgTable, f.orgName]);
const attempt = async (what, f) => {
  try { show(what, await f()); } catch (e) { show(what + ' failed', [e.code, e.errno, e.sqlState, e.sqlMessage]); }
};

async function session(name, options) {
  console.log('== ' + name);
  const c = await mysql.createConnection({ ...at, ...options });
  await attempt('who', async () => (await c.query('SELECT DATABASE() AS d, USER() AS u, CURRENT_USER() AS c'))[0]);
  await c.query('CREATE TABLE n (id INT PRIMARY KEY AUTO_INCREMENT, big BIGINT UNSIGNED, d DECIMAL(20,5), s VARCHAR(100), t DATETIME(3), j JSON, b BLOB, bt BIT(1), f FLOAT)');
  const all = 'SELECT * FROM n ORDER BY id';
  await attempt('insert', async () => (await c.execute('INSERT INTO n (big, d, s, t, j, b, bt, f) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    ['18446744073709551615', '1.5', 'é 😀', new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 456)), JSON.stringify({ a: 1 }), Buffer.from([0, 255]), true, 1.25]))[0]);
  await attempt('insert query', async () => (await c.query('INSERT INTO n (s, b) VALUES ?', [[['x', null], ["it's", Buffer.from('y')]]]))[0]);
  await attempt('insert set', async () => (await c.query('INSERT INTO n SET ?', { s: 'set', big: 7 }))[0]);
  for (const m of ['query', 'execute']) {
    await attempt(m, async () => { const [rows, fields] = await c[m](all); types(fields).forEach(f => show(m + ' field', f)); return rows; });
    await attempt(m + ' arrays', async () => (await c[m]({ sql: all, rowsAsArray: true }))[0]);
    await attempt(m + ' where', async () => (await c[m]('SELECT s FROM n WHERE id = ?', [2]))[0]);
    await attempt(m + ' null', async () => (await c[m]('SELECT ? AS a, ? AS b, ? AS c', [null, 1.5, 'x']))[0]);
    await attempt(m + ' missing', async () => (await c[m]('SELECT * FROM nosuch'))[0]);
    await attempt(m + ' duplicate', async () => (await c[m]('INSERT INTO n (id) VALUES (1)'))[0]);
    await attempt(m + ' update', async () => (await c[m]("UPDATE n SET s = 'z' WHERE id IN (1, 2)"))[0]);
    await attempt(m + ' again', async () => (await c[m]("UPDATE n SET s = 'z' WHERE id IN (1, 2)"))[0]);
  }
  await attempt('named', async () => (await c.execute({ sql: 'SELECT :a + 1 AS a, :b AS b', namedPlaceholders: true }, { a: 1, b: 'two' }))[0]);
  await attempt('nested', async () => (await c.query({ sql: 'SELECT a.id, b.id FROM n a JOIN n b ON b.id = a.id ORDER BY a.id LIMIT 1', nestTables: true }))[0]);
  await attempt('multi', async () => (await c.query('SELECT 1 AS a; SELECT 2 AS b; UPDATE n SET s = s'))[0]);
  await attempt('procedure', async () => {
    await c.query('CREATE PROCEDURE np(IN a INT) BEGIN SELECT a AS a; SELECT s FROM n ORDER BY id; END');
    return [(await c.query('CALL np(5)'))[0], (await c.execute('CALL np(?)', [6]))[0]];
  });
  await attempt('transaction', async () => {
    await c.beginTransaction();
    await c.query('DELETE FROM n');
    const [inside] = await c.query('SELECT COUNT(*) AS c FROM n');
    await c.rollback();
    return [inside, (await c.query('SELECT COUNT(*) AS c FROM n'))[0]];
  });
  const s = await c.prepare('SELECT id, s FROM n WHERE id > ? ORDER BY id');
  for (const id of [0, 2, 99]) await attempt('prepared', async () => (await s.execute([id]))[0]);
  await s.close();
  await attempt('bad prepare', async () => c.prepare('SELEC'));
  await attempt('reset', async () => { await c.query('SET @a = 1'); await c.reset?.(); return (await c.query('SELECT @a IS NULL AS a'))[0]; });
  await attempt('warnings', async () => { const [r] = await c.query("INSERT IGNORE INTO n (id, big) VALUES (1, 1)"); return [r, (await c.query('SHOW WARNINGS'))[0]]; });
  await attempt('change user', async () => { await c.changeUser({ database: 'copy' }); return (await c.query('SELECT DATABASE() AS d'))[0]; });
  await attempt('change back', async () => { await c.changeUser({ user: at.user, password: at.password, database: at.database }); return (await c.query('SELECT COUNT(*) AS c FROM n'))[0]; });
  await c.query('DROP TABLE n; DROP PROCEDURE np').catch(async () => { await c.query('DROP TABLE n'); await c.query('DROP PROCEDURE np'); });
  await attempt('ping', () => c.ping());
  await c.end();
}

async function pool() {
  console.log('== pool');
  const p = mysql.createPool({ ...at, connectionLimit: 4 });
  await p.query('CREATE TABLE p (id INT PRIMARY KEY, n INT)');
  await Promise.all(Array.from({ length: 40 }, (_, i) => p.execute('INSERT INTO p VALUES (?, ?)', [i, i * i])));
  show('sum', (await p.query('SELECT COUNT(*) AS c, SUM(n) AS s FROM p'))[0]);
  const c = await p.getConnection();
  await c.beginTransaction();
  await c.execute('UPDATE p SET n = 0 WHERE id = ?', [5]);
  await c.commit();
  c.release();
  show('row', (await p.execute('SELECT * FROM p WHERE id = ?', [5]))[0]);
  await p.query('DROP TABLE p');
  await p.end();
}

function stream() {
  console.log('== stream');
  const c = callback.createConnection(at);
  return new Promise((done, fail) => {
    let n = 0, sum = 0;
    const q = c.query('WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < 1000) SELECT a.i * 1000 + b.i AS i, REPEAT("x", 50) AS x FROM s a, s b WHERE a.i <= 20');
    q.stream({ highWaterMark: 5 }).on('error', fail).pipe(new PassThrough({ objectMode: true }))
      .on('data', r => { n++; sum += r.i; })
      .on('end', () => { show('streamed', [n, sum]); c.end(done); });
  });
}

await session('plain', {});
await session('multiple statements', { multipleStatements: true });
await session('compressed', { compress: true, multipleStatements: true });
await session('TLS', { ssl: { rejectUnauthorized: false } });
await session('strings', { supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, decimalNumbers: true, timezone: 'Z' });
await session('found rows off', { flags: ['-FOUND_ROWS'], charset: 'LATIN1_SWEDISH_CI' });
await pool();
await stream();
await attempt('wrong password', () => mysql.createConnection({ ...at, password: 'x' }));
await attempt('no database', () => mysql.createConnection({ ...at, database: 'nosuch' }));
