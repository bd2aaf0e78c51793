-- about: aggregates over shards have the value, the type, the scale and the name that MySQL gives them
-- any plan
-- database: bank
-- sharded: bank.entries by tenant_id, bank.accounts by tenant_id, audit.checks by tenant_id
-- reference: bank.rates
CREATE TABLE accounts (tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, owner VARCHAR(20), PRIMARY KEY (tenant_id, id));
CREATE TABLE entries (
  tenant_id VARCHAR(20) NOT NULL, id INT NOT NULL, account_id INT, cents BIGINT, amount DECIMAL(12,3), small TINYINT UNSIGNED, big BIGINT UNSIGNED,
  ratio DOUBLE, part FLOAT, label VARCHAR(20), code ENUM('in', 'out', 'fee'), at DATETIME(3), mask BIT(8), PRIMARY KEY (tenant_id, id));
CREATE TABLE rates (code CHAR(3) PRIMARY KEY, rate DECIMAL(10,4));
INSERT INTO accounts VALUES ('a', 1, 'ann'), ('a', 2, 'bob'), ('b', 1, 'cyd'), ('c', 1, NULL), ('d', 1, 'ann'), ('h', 1, 'hal');
INSERT INTO entries VALUES
  ('a', 1, 1, 100, 1.005, 1, 1, 0.5, 0.25, 'x', 'in', '2026-01-01 00:00:00.001', b'11'), ('a', 2, 1, -250, 2.675, 255, 18446744073709551615, 1.5, 0.5, 'y', 'out', '2026-01-02', b'101'),
  ('a', 3, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL), ('b', 1, 1, 9223372036854775807, 999999999.999, 0, 0, 2.0, 4, 'X', 'in', '2025-01-01', b'11111111'),
  ('b', 2, 1, 5, -0.001, 7, 9, 4.0, 8, 'z', 'fee', '2026-06-30 23:59:59.999', b'1'), ('c', 1, 1, 0, 0, 3, 8, -8.0, 16, '', 'out', '2026-01-01', b'0'),
  ('d', 1, 1, 100, 1.005, 1, 1, 0.5, 0.25, 'x', 'in', '2026-01-01 00:00:00.001', b'11'), ('e', 1, 9, 7, 7.000, 2, 2, 32.0, 1, '中', 'fee', '2026-01-01', b'110'), ('f', 1, NULL, 1, 0.5, 1, 3, 0.25, 2, '12abc', 'in', NULL, NULL);
INSERT INTO rates VALUES ('EUR', 1), ('CNY', 7.8);
USE audit;
CREATE TABLE checks (tenant_id VARCHAR(20) NOT NULL, entry_id INT NOT NULL, ok TINYINT(1), score DECIMAL(4,1), PRIMARY KEY (tenant_id, entry_id));
INSERT INTO checks VALUES ('a', 1, 1, 9.5), ('a', 2, 0, 1.0), ('b', 1, 1, NULL), ('c', 1, NULL, 5.5), ('g', 1, 1, 7.0);
-- cases
SELECT COUNT(*) FROM entries;
SELECT COUNT(*), COUNT(1), COUNT(NULL), COUNT(cents), COUNT(ratio) FROM entries;
SELECT COUNT(*) AS n, count( * ), COUNT(  cents ) FROM entries;
SELECT SUM(cents) FROM entries;
SELECT SUM(amount), SUM(small), SUM(big), SUM(ratio), SUM(part) FROM entries;
SELECT AVG(cents), AVG(amount), AVG(small), AVG(ratio) FROM entries WHERE tenant_id <> 'b';
SELECT AVG(amount) * 2, ROUND(AVG(amount), 1), SUM(amount) / COUNT(*), AVG(amount) = SUM(amount) / COUNT(amount) FROM entries;
SELECT MIN(cents), MAX(cents), MIN(amount), MAX(amount), MIN(big), MAX(big) FROM entries;
SELECT MIN(label), MAX(label), MIN(code), MAX(code), MIN(at), MAX(at), HEX(MAX(mask)) FROM entries WHERE label <> 'X';
SELECT MAX(code), MAX(code + 0), MIN(CONCAT(code)) FROM entries;
# The last digits of these depend on the order in which MySQL happens to read.
SELECT ROUND(STD(ratio), 9), ROUND(STDDEV(ratio), 9), ROUND(STDDEV_POP(ratio), 9) FROM entries;
SELECT ROUND(STDDEV_SAMP(ratio), 9), ROUND(VAR_POP(ratio), 9), ROUND(VARIANCE(ratio), 9), ROUND(VAR_SAMP(ratio), 9) FROM entries;
SELECT VAR_POP(small), STD(small), VAR_SAMP(cents), STDDEV_SAMP(cents) FROM entries WHERE id = 2 AND tenant_id IN ('a', 'b');
SELECT STD(small), VAR_SAMP(small), STDDEV_SAMP(cents) FROM entries WHERE tenant_id = 'e';
SELECT BIT_AND(small), BIT_OR(small), BIT_XOR(small) FROM entries;
SELECT BIT_AND(big), BIT_OR(big), BIT_XOR(big), BIT_OR(mask), BIT_XOR(cents) FROM entries;
SELECT HEX(BIT_OR(CAST(label AS BINARY(4)))), HEX(BIT_AND(CAST(label AS BINARY(4)))) FROM entries WHERE LENGTH(label) < 5;
SELECT ANY_VALUE(1), ANY_VALUE(tenant_id) FROM entries WHERE tenant_id = 'c';
SELECT tenant_id, ANY_VALUE(UPPER(tenant_id)), COUNT(*) FROM entries GROUP BY tenant_id ORDER BY 1;
SELECT SUM(cents > 5), SUM(cents IS NULL), COUNT(cents > 5 OR NULL), COUNT(IF(cents < 0, 1, NULL)) FROM entries;
SELECT SUM(IF(code = 'in', amount, 0)) AS received, SUM(CASE code WHEN 'out' THEN amount ELSE 0 END) AS paid FROM entries;
SELECT SUM(label) FROM entries WHERE label IN ('12abc', '');
SELECT SUM(code), AVG(code), MAX(code), COUNT(code) FROM entries;
SELECT SUM(at), MAX(DATE(at)), MIN(TIME(at)), AVG(YEAR(at)) FROM entries WHERE tenant_id IN ('a', 'b', 'd');
SELECT MAX(amount) - MIN(amount), MAX(cents) - 1, SUM(cents) DIV 2, SUM(small) % 7, -SUM(small) FROM entries;
SELECT COUNT(*) + SUM(small), CONCAT('n=', COUNT(*)), IF(COUNT(*) > 5, 'many', 'few'), COALESCE(SUM(cents), 0) FROM entries;
# DISTINCT, several in one statement, with and without groups.
SELECT COUNT(DISTINCT cents), COUNT(DISTINCT amount), COUNT(DISTINCT label), COUNT(DISTINCT code), COUNT(DISTINCT at) FROM entries;
SELECT COUNT(DISTINCT tenant_id, account_id), COUNT(DISTINCT account_id, cents) FROM entries;
SELECT SUM(DISTINCT small), AVG(DISTINCT small), SUM(DISTINCT amount), AVG(DISTINCT amount), SUM(small), AVG(amount) FROM entries;
SELECT MIN(DISTINCT label), MAX(DISTINCT big), COUNT(DISTINCT big), BIT_XOR(small), COUNT(*) FROM entries;
SELECT code, COUNT(DISTINCT tenant_id), COUNT(DISTINCT account_id), SUM(DISTINCT cents), COUNT(*) FROM entries GROUP BY code ORDER BY code;
SELECT COUNT(DISTINCT account_id % 2), COUNT(DISTINCT UPPER(label)), COUNT(DISTINCT NULL) FROM entries;
SELECT COUNT(DISTINCT cents - 1, code) FROM entries;
# Over joins and other databases, above and below other things.
SELECT COUNT(*), SUM(e.amount), AVG(c.score), MIN(c.ok) FROM entries e JOIN audit.checks c ON c.tenant_id = e.tenant_id AND c.entry_id = e.id;
SELECT a.owner, COUNT(*), SUM(e.cents), AVG(e.amount) FROM accounts a JOIN entries e ON e.tenant_id = a.tenant_id AND e.account_id = a.id WHERE a.tenant_id <> 'b' GROUP BY a.owner ORDER BY a.owner;
SELECT a.owner, COUNT(e.id), COUNT(DISTINCT e.tenant_id) FROM accounts a LEFT JOIN entries e ON e.tenant_id = a.tenant_id AND e.account_id = a.id GROUP BY a.owner ORDER BY a.owner;
SELECT SUM(e.amount * r.rate) AS total, COUNT(*) FROM entries e JOIN rates r WHERE r.code = 'CNY';
SELECT SUM(n), MAX(n), AVG(n), COUNT(*) FROM (SELECT COUNT(*) AS n FROM entries GROUP BY tenant_id) x;
SELECT (SELECT COUNT(*) FROM entries) + (SELECT COUNT(*) FROM audit.checks) AS total;
SELECT (SELECT MAX(amount) FROM entries) - (SELECT AVG(score) FROM audit.checks) AS difference, (SELECT COUNT(*) FROM rates);
SELECT COUNT(*) FROM entries WHERE amount > (SELECT AVG(amount) FROM entries);
SELECT code, SUM(amount), SUM(SUM(amount)) OVER () FROM entries GROUP BY code ORDER BY code;
SELECT COUNT(*) FROM entries WHERE tenant_id IN ('a', 'b');
SELECT COUNT(*) FROM entries WHERE tenant_id > 'c';
SELECT COUNT(*), SUM(cents) FROM entries WHERE NOT tenant_id = 'a' HAVING COUNT(*) > 3;
SET sql_mode = 'ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION', div_precision_increment = 8;
SELECT AVG(amount), AVG(small), SUM(amount) / 3, 1 / COUNT(*) FROM entries;
# Wrong ones.
-- error: 1111
SELECT COUNT(*) FROM entries WHERE COUNT(*) > 1;
-- error: 1140
SELECT tenant_id, COUNT(*) FROM entries;
-- error: 1111
SELECT SUM(COUNT(*)) FROM entries;
-- error: 1064
SELECT COUNT(DISTINCT *) FROM entries;
-- error: 1054
SELECT SUM(nothing) FROM entries;
-- error: 1690
SELECT SUM(cents) FROM entries WHERE 9223372036854775807 + cents > 0;
