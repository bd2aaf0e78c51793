-- about: the 22 questions of TPC-H over four shards, on rows that the file makes itself
-- any plan
-- no warnings
-- database: tpch
-- sharded: tpch.supplier by s_suppkey, tpch.part by p_partkey, tpch.partsupp by ps_partkey, tpch.customer by c_custkey, tpch.orders by o_orderkey, tpch.lineitem by l_orderkey
-- reference: tpch.region, tpch.nation
# The number of orders; TPC-H's scale 1 has 1500000. The other tables follow it.
SET @orders = 1500;
SET @customers = GREATEST(@orders DIV 10, 50), @parts = GREATEST(@orders * 2 DIV 15, 80), @suppliers = GREATEST(@orders DIV 150, 25);
SET cte_max_recursion_depth = 10000000;
CREATE TABLE region (r_regionkey INT PRIMARY KEY, r_name CHAR(25) NOT NULL, r_comment VARCHAR(152));
INSERT INTO region VALUES (0, 'AFRICA', 'far'), (1, 'AMERICA', 'wide'), (2, 'ASIA', 'large'), (3, 'EUROPE', 'old'), (4, 'MIDDLE EAST', 'dry');
CREATE TABLE nation (n_nationkey INT PRIMARY KEY, n_name CHAR(25) NOT NULL, n_regionkey INT NOT NULL, n_comment VARCHAR(152));
INSERT INTO nation (n_nationkey, n_name, n_regionkey) VALUES
  (0, 'ALGERIA', 0), (1, 'ARGENTINA', 1), (2, 'BRAZIL', 1), (3, 'CANADA', 1), (4, 'EGYPT', 4), (5, 'ETHIOPIA', 0), (6, 'FRANCE', 3), (7, 'GERMANY', 3), (8, 'INDIA', 2),
  (9, 'INDONESIA', 2), (10, 'IRAN', 4), (11, 'IRAQ', 4), (12, 'JAPAN', 2), (13, 'JORDAN', 4), (14, 'KENYA', 0), (15, 'MOROCCO', 0), (16, 'MOZAMBIQUE', 0), (17, 'PERU', 1),
  (18, 'CHINA', 2), (19, 'ROMANIA', 3), (20, 'SAUDI ARABIA', 4), (21, 'VIETNAM', 2), (22, 'RUSSIA', 3), (23, 'UNITED KINGDOM', 3), (24, 'UNITED STATES', 1);
CREATE TABLE supplier (s_suppkey INT PRIMARY KEY, s_name CHAR(25) NOT NULL, s_address VARCHAR(40), s_nationkey INT NOT NULL, s_phone CHAR(15), s_acctbal DECIMAL(15,2) NOT NULL, s_comment VARCHAR(101), KEY (s_nationkey));
INSERT INTO supplier
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @suppliers)
  SELECT i, CONCAT('Supplier#', LPAD(i, 9, '0')), CONCAT('street ', CRC32(CONCAT('sa', i)) % 900), (i * 7) % 25, CONCAT(10 + (i * 7) % 25, '-', LPAD(CRC32(CONCAT('sp', i)) % 1000, 3, '0')),
    (CRC32(CONCAT('sb', i)) % 1100000) / 100 - 1000, IF(i % 9 = 0, 'many Customer said Complaints of it', 'quick and quiet') FROM n;
CREATE TABLE part (p_partkey INT PRIMARY KEY, p_name VARCHAR(55) NOT NULL, p_mfgr CHAR(25), p_brand CHAR(10), p_type VARCHAR(25), p_size INT, p_container CHAR(10), p_retailprice DECIMAL(15,2), p_comment VARCHAR(23));
INSERT INTO part
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @parts)
  SELECT i, CONCAT(ELT(1 + CRC32(CONCAT('pn', i)) % 6, 'forest', 'green', 'ivory', 'lemon', 'navy', 'rose'), ' ', ELT(1 + CRC32(CONCAT('pm', i)) % 4, 'green', 'almond', 'snow', 'sky')),
    CONCAT('Manufacturer#', 1 + i % 5), CONCAT('Brand#', 1 + i % 5, 1 + CRC32(CONCAT('pb', i)) % 5),
    CONCAT(ELT(1 + i % 6, 'STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'), ' ', ELT(1 + CRC32(CONCAT('pt', i)) % 3, 'ANODIZED', 'PLATED', 'POLISHED'), ' ', ELT(1 + CRC32(CONCAT('pu', i)) % 3, 'STEEL', 'BRASS', 'TIN')),
    1 + CRC32(CONCAT('ps', i)) % 50, CONCAT(ELT(1 + CRC32(CONCAT('pc', i)) % 4, 'SM', 'MED', 'LG', 'JUMBO'), ' ', ELT(1 + CRC32(CONCAT('pd', i)) % 4, 'BOX', 'CASE', 'PACK', 'BAG')), 900 + i % 1000 + (i % 100) / 100, 'part' FROM n;
CREATE TABLE partsupp (ps_partkey INT, ps_suppkey INT, ps_availqty INT NOT NULL, ps_supplycost DECIMAL(15,2) NOT NULL, ps_comment VARCHAR(199), PRIMARY KEY (ps_partkey, ps_suppkey), KEY (ps_suppkey));
INSERT INTO partsupp
  SELECT p_partkey, 1 + (p_partkey * 3 + k.i * (@suppliers DIV 4 + 1)) % @suppliers, 1 + CRC32(CONCAT('qa', p_partkey, k.i)) % 9999, 1 + (CRC32(CONCAT('qc', p_partkey, k.i)) % 100000) / 100, 'offer'
  FROM part, (SELECT 0 AS i UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) k;
CREATE TABLE customer (c_custkey INT PRIMARY KEY, c_name VARCHAR(25) NOT NULL, c_address VARCHAR(40), c_nationkey INT NOT NULL, c_phone CHAR(15) NOT NULL, c_acctbal DECIMAL(15,2) NOT NULL, c_mktsegment CHAR(10), c_comment VARCHAR(117), KEY (c_nationkey));
INSERT INTO customer
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @customers)
  SELECT i, CONCAT('Customer#', LPAD(i, 9, '0')), CONCAT('road ', i % 77), CRC32(CONCAT('cn', i)) % 25, CONCAT(10 + CRC32(CONCAT('cn', i)) % 25, '-', LPAD(i % 1000, 3, '0')),
    (CRC32(CONCAT('cb', i)) % 1100000) / 100 - 1000, ELT(1 + CRC32(CONCAT('cm', i)) % 5, 'AUTOMOBILE', 'BUILDING', 'FURNITURE', 'HOUSEHOLD', 'MACHINERY'), 'regular' FROM n;
CREATE TABLE orders (o_orderkey INT PRIMARY KEY, o_custkey INT NOT NULL, o_orderstatus CHAR(1), o_totalprice DECIMAL(15,2), o_orderdate DATE NOT NULL, o_orderpriority CHAR(15), o_clerk CHAR(15), o_shippriority INT, o_comment VARCHAR(79), KEY (o_custkey), KEY (o_orderdate));
INSERT INTO orders
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @orders)
  SELECT i, 1 + 3 * (CRC32(CONCAT('oc', i)) % (@customers DIV 3)), ELT(1 + i % 3, 'F', 'O', 'P'), 0, '1992-01-01' + INTERVAL CRC32(CONCAT('od', i)) % 2400 DAY,
    ELT(1 + CRC32(CONCAT('op', i)) % 5, '1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'), CONCAT('Clerk#', i % 100), 0, IF(i % 11 = 0, 'special packages requests', 'plain') FROM n;
CREATE TABLE lineitem (l_orderkey INT, l_partkey INT NOT NULL, l_suppkey INT NOT NULL, l_linenumber INT, l_quantity DECIMAL(15,2) NOT NULL, l_extendedprice DECIMAL(15,2) NOT NULL, l_discount DECIMAL(15,2) NOT NULL, l_tax DECIMAL(15,2) NOT NULL,
  l_returnflag CHAR(1), l_linestatus CHAR(1), l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct CHAR(25), l_shipmode CHAR(10), l_comment VARCHAR(44), PRIMARY KEY (l_orderkey, l_linenumber), KEY (l_partkey, l_suppkey));
INSERT INTO lineitem
  SELECT x.o_orderkey, x.part, 1 + (x.part * 3 + x.line % 4 * (@suppliers DIV 4 + 1)) % @suppliers, x.line, x.quantity, x.quantity * (900 + x.part % 1000), (x.h % 11) / 100, (x.h DIV 11 % 9) / 100,
    IF(x.ship + INTERVAL 10 DAY <= '1995-06-17', ELT(1 + x.h % 2, 'R', 'A'), 'N'), IF(x.ship > '1995-06-17', 'O', 'F'),
    x.ship, x.o_orderdate + INTERVAL 30 + x.h % 60 DAY, x.ship + INTERVAL 1 + x.h % 30 DAY, ELT(1 + x.h DIV 7 % 4, 'DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'),
    ELT(1 + x.h DIV 31 % 7, 'REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB'), 'line'
  FROM (SELECT o_orderkey, o_orderdate, k.i AS line, CRC32(CONCAT('lh', o_orderkey, '-', k.i)) AS h, 1 + CRC32(CONCAT('lp', o_orderkey, '-', k.i)) % @parts AS part,
          1 + CRC32(CONCAT('lq', o_orderkey, '-', k.i)) % 50 AS quantity, o_orderdate + INTERVAL 1 + CRC32(CONCAT('ls', o_orderkey, '-', k.i)) % 120 DAY AS ship
        FROM orders, (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) k
        WHERE k.i <= 1 + CRC32(CONCAT('ln', o_orderkey)) % 7) x;
UPDATE orders SET o_totalprice = (SELECT SUM(l_extendedprice * (1 + l_tax) * (1 - l_discount)) FROM lineitem WHERE l_orderkey = o_orderkey);
-- cases
# Every table has rows, and the sums are those of one server.
SELECT (SELECT COUNT(*) FROM supplier) s, (SELECT COUNT(*) FROM part) p, (SELECT COUNT(*) FROM partsupp) ps, (SELECT COUNT(*) FROM customer) c, (SELECT COUNT(*) FROM orders) o, COUNT(*) l FROM lineitem;
# 1: prices of what was shipped
SELECT l_returnflag, l_linestatus, SUM(l_quantity) AS quantity, SUM(l_extendedprice) AS base, SUM(l_extendedprice * (1 - l_discount)) AS reduced,
  SUM(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS charge, AVG(l_quantity), AVG(l_extendedprice), AVG(l_discount), COUNT(*) AS n
FROM lineitem WHERE l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAY GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus;
# 2: the cheapest supplier of a part
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone FROM part, supplier, partsupp, nation, region
WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND p_size < 25 AND p_type LIKE '%BRASS' AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE'
  AND ps_supplycost = (SELECT MIN(ps_supplycost) FROM partsupp, supplier, nation, region
    WHERE p_partkey = ps_partkey AND s_suppkey = ps_suppkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey AND r_name = 'EUROPE')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey LIMIT 100;
# 3: orders not shipped yet, by what they are worth
SELECT l_orderkey, SUM(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate, o_shippriority FROM customer, orders, lineitem
WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate, l_orderkey LIMIT 10;
# 4: orders that came late, by priority
SELECT o_orderpriority, COUNT(*) AS n FROM orders WHERE o_orderdate >= DATE '1993-07-01' AND o_orderdate < DATE '1993-07-01' + INTERVAL 3 MONTH
  AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey AND l_commitdate < l_receiptdate)
GROUP BY o_orderpriority ORDER BY o_orderpriority;
# 5: what suppliers sold in their own country
SELECT n_name, SUM(l_extendedprice * (1 - l_discount)) AS revenue FROM customer, orders, lineitem, supplier, nation, region
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey AND c_nationkey = s_nationkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey
  AND r_name IN ('ASIA', 'EUROPE') AND o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1994-01-01' + INTERVAL 3 YEAR
GROUP BY n_name ORDER BY revenue DESC;
# 6: what smaller discounts would have brought
SELECT SUM(l_extendedprice * l_discount) AS revenue FROM lineitem
WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL 1 YEAR AND l_discount BETWEEN 0.06 - 0.01 AND 0.06 + 0.01 AND l_quantity < 24;
# 7: goods between two countries
SELECT supp_nation, cust_nation, l_year, SUM(volume) AS revenue FROM (
  SELECT n1.n_name AS supp_nation, n2.n_name AS cust_nation, EXTRACT(YEAR FROM l_shipdate) AS l_year, l_extendedprice * (1 - l_discount) AS volume
  FROM supplier, lineitem, orders, customer, nation n1, nation n2
  WHERE s_suppkey = l_suppkey AND o_orderkey = l_orderkey AND c_custkey = o_custkey AND s_nationkey = n1.n_nationkey AND c_nationkey = n2.n_nationkey
    AND ((n1.n_regionkey = 3 AND n2.n_regionkey = 2) OR (n1.n_regionkey = 2 AND n2.n_regionkey = 3)) AND l_shipdate BETWEEN DATE '1995-01-01' AND DATE '1996-12-31') AS shipping
GROUP BY supp_nation, cust_nation, l_year ORDER BY supp_nation, cust_nation, l_year;
# 8: share of a market
SELECT o_year, SUM(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / SUM(volume) AS share FROM (
  SELECT EXTRACT(YEAR FROM o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) AS volume, n2.n_name AS nation
  FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
  WHERE p_partkey = l_partkey AND s_suppkey = l_suppkey AND l_orderkey = o_orderkey AND o_custkey = c_custkey AND c_nationkey = n1.n_nationkey AND n1.n_regionkey = r_regionkey
    AND r_name = 'AMERICA' AND s_nationkey = n2.n_nationkey AND o_orderdate BETWEEN DATE '1994-01-01' AND DATE '1997-12-31' AND p_type LIKE 'ECONOMY%') AS all_nations
GROUP BY o_year ORDER BY o_year;
# 9: profit by country and year
SELECT nation, o_year, SUM(amount) AS profit FROM (
  SELECT n_name AS nation, EXTRACT(YEAR FROM o_orderdate) AS o_year, l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
  FROM part, supplier, lineitem, partsupp, orders, nation
  WHERE s_suppkey = l_suppkey AND ps_suppkey = l_suppkey AND ps_partkey = l_partkey AND p_partkey = l_partkey AND o_orderkey = l_orderkey AND s_nationkey = n_nationkey AND p_name LIKE '%green%') AS profit
GROUP BY nation, o_year ORDER BY nation, o_year DESC;
# 10: customers who sent goods back
SELECT c_custkey, c_name, SUM(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_address, c_phone, c_comment FROM customer, orders, lineitem, nation
WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1993-10-01' + INTERVAL 6 MONTH AND l_returnflag = 'R' AND c_nationkey = n_nationkey
GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name, c_address, c_comment ORDER BY revenue DESC, c_custkey LIMIT 20;
# 11: stock that matters
SELECT ps_partkey, SUM(ps_supplycost * ps_availqty) AS worth FROM partsupp, supplier, nation WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY'
GROUP BY ps_partkey HAVING SUM(ps_supplycost * ps_availqty) > (SELECT SUM(ps_supplycost * ps_availqty) * 0.01 FROM partsupp, supplier, nation WHERE ps_suppkey = s_suppkey AND s_nationkey = n_nationkey AND n_name = 'GERMANY')
ORDER BY worth DESC, ps_partkey;
# 12: late deliveries by mode
SELECT l_shipmode, SUM(CASE WHEN o_orderpriority = '1-URGENT' OR o_orderpriority = '2-HIGH' THEN 1 ELSE 0 END) AS high, SUM(CASE WHEN o_orderpriority <> '1-URGENT' AND o_orderpriority <> '2-HIGH' THEN 1 ELSE 0 END) AS low
FROM orders, lineitem WHERE o_orderkey = l_orderkey AND l_shipmode IN ('MAIL', 'SHIP') AND l_commitdate < l_receiptdate AND l_shipdate < l_commitdate AND l_receiptdate >= DATE '1994-01-01' AND l_receiptdate < DATE '1994-01-01' + INTERVAL 2 YEAR
GROUP BY l_shipmode ORDER BY l_shipmode;
# 13: how many orders customers have
SELECT c_count, COUNT(*) AS custdist FROM (
  SELECT c_custkey, COUNT(o_orderkey) FROM customer LEFT OUTER JOIN orders ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%' GROUP BY c_custkey) AS c_orders (c_custkey, c_count)
GROUP BY c_count ORDER BY custdist DESC, c_count DESC;
# 14: what promotion brought
SELECT 100.00 * SUM(CASE WHEN p_type LIKE 'PROMO%' THEN l_extendedprice * (1 - l_discount) ELSE 0 END) / SUM(l_extendedprice * (1 - l_discount)) AS promo_revenue
FROM lineitem, part WHERE l_partkey = p_partkey AND l_shipdate >= DATE '1995-09-01' AND l_shipdate < DATE '1995-09-01' + INTERVAL 1 MONTH;
# 15: the best supplier of a quarter
WITH revenue (supplier_no, total_revenue) AS (
  SELECT l_suppkey, SUM(l_extendedprice * (1 - l_discount)) FROM lineitem WHERE l_shipdate >= DATE '1996-01-01' AND l_shipdate < DATE '1996-01-01' + INTERVAL 3 MONTH GROUP BY l_suppkey)
SELECT s_suppkey, s_name, s_address, s_phone, total_revenue FROM supplier, revenue WHERE s_suppkey = supplier_no AND total_revenue = (SELECT MAX(total_revenue) FROM revenue) ORDER BY s_suppkey;
# 16: suppliers without complaints
SELECT p_brand, p_type, p_size, COUNT(DISTINCT ps_suppkey) AS supplier_cnt FROM partsupp, part
WHERE p_partkey = ps_partkey AND p_brand <> 'Brand#45' AND p_type NOT LIKE 'MEDIUM POLISHED%' AND p_size IN (49, 14, 23, 45, 19, 3, 36, 9, 1, 2, 4, 5) AND ps_suppkey NOT IN (SELECT s_suppkey FROM supplier WHERE s_comment LIKE '%Customer%Complaints%')
GROUP BY p_brand, p_type, p_size ORDER BY supplier_cnt DESC, p_brand, p_type, p_size;
# 17: small orders of a part
SELECT SUM(l_extendedprice) / 7.0 AS avg_yearly FROM lineitem, part
WHERE p_partkey = l_partkey AND p_brand LIKE 'Brand#2%' AND l_quantity < (SELECT 0.4 * AVG(l_quantity) FROM lineitem WHERE l_partkey = p_partkey);
# 18: large orders
SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, SUM(l_quantity) FROM customer, orders, lineitem
WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey HAVING SUM(l_quantity) > 230) AND c_custkey = o_custkey AND o_orderkey = l_orderkey
GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice ORDER BY o_totalprice DESC, o_orderdate LIMIT 100;
# 19: revenue of some parts, handled some way
SELECT SUM(l_extendedprice * (1 - l_discount)) AS revenue FROM lineitem, part
WHERE (p_partkey = l_partkey AND p_brand LIKE 'Brand#1%' AND p_container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM BAG') AND l_quantity BETWEEN 1 AND 31 AND p_size BETWEEN 1 AND 25 AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON')
  OR (p_partkey = l_partkey AND p_brand LIKE 'Brand#2%' AND p_container IN ('MED BAG', 'MED BOX', 'MED PACK') AND l_quantity BETWEEN 10 AND 40 AND p_size BETWEEN 1 AND 30 AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON')
  OR (p_partkey = l_partkey AND p_brand LIKE 'Brand#3%' AND p_container IN ('LG CASE', 'LG BOX', 'LG PACK') AND l_quantity BETWEEN 20 AND 50 AND p_size BETWEEN 1 AND 35 AND l_shipmode IN ('AIR', 'REG AIR') AND l_shipinstruct = 'DELIVER IN PERSON');
# 20: suppliers with too much of a part
SELECT s_name, s_address FROM supplier, nation WHERE s_suppkey IN (
    SELECT ps_suppkey FROM partsupp WHERE ps_partkey IN (SELECT p_partkey FROM part WHERE p_name LIKE 'forest%')
      AND ps_availqty > (SELECT 0.5 * SUM(l_quantity) FROM lineitem WHERE l_partkey = ps_partkey AND l_suppkey = ps_suppkey AND l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1994-01-01' + INTERVAL 2 YEAR))
  AND s_nationkey = n_nationkey AND n_regionkey = 1 ORDER BY s_name;
# 21: suppliers who kept an order waiting
SELECT s_name, COUNT(*) AS numwait FROM supplier, lineitem l1, orders, nation
WHERE s_suppkey = l1.l_suppkey AND o_orderkey = l1.l_orderkey AND o_orderstatus = 'F' AND l1.l_receiptdate > l1.l_commitdate
  AND EXISTS (SELECT * FROM lineitem l2 WHERE l2.l_orderkey = l1.l_orderkey AND l2.l_suppkey <> l1.l_suppkey)
  AND NOT EXISTS (SELECT * FROM lineitem l3 WHERE l3.l_orderkey = l1.l_orderkey AND l3.l_suppkey <> l1.l_suppkey AND l3.l_receiptdate > l3.l_commitdate)
  AND s_nationkey = n_nationkey AND n_regionkey IN (2, 3) GROUP BY s_name ORDER BY numwait DESC, s_name LIMIT 100;
# 22: customers with money and without orders
SELECT cntrycode, COUNT(*) AS numcust, SUM(c_acctbal) AS totacctbal FROM (
  SELECT SUBSTRING(c_phone FROM 1 FOR 2) AS cntrycode, c_acctbal FROM customer
  WHERE SUBSTRING(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17') AND c_acctbal > (SELECT AVG(c_acctbal) FROM customer WHERE c_acctbal > 0.00 AND SUBSTRING(c_phone FROM 1 FOR 2) IN ('13', '31', '23', '29', '30', '18', '17'))
    AND NOT EXISTS (SELECT * FROM orders WHERE o_custkey = c_custkey)) AS custsale
GROUP BY cntrycode ORDER BY cntrycode;
