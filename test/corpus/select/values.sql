-- about: values of every type, without a table
SELECT 1, -1, 1.5, 1e10, 'text', NULL, TRUE, 0x41, b'101', DATE '2026-01-02', TIME '-12:34:56.789', TIMESTAMP '2026-01-02 03:04:05.678901';
SELECT CAST(18446744073709551615 AS UNSIGNED), CAST('12.345' AS DECIMAL(10,4)), CAST('x' AS CHAR(5)), CAST('[1]' AS JSON), CAST(1 AS YEAR);
SELECT '中文 😀', _utf8mb4'ä' COLLATE utf8mb4_bin, N'n', _latin1 x'e4', CONCAT('a', NULL), 'it''s', "double", 'back\\slash', 'a' 'b';
SELECT 10 / 3, 10 DIV 3, 10 % 3, 5.0 / 2, 1 / 0, POW(2, 0.5), ROUND(2.5), TRUNCATE(1.999, 2);
SELECT NOW(), CURDATE(), UNIX_TIMESTAMP(), FROM_UNIXTIME(0), DATE_ADD('2026-01-31', INTERVAL 1 MONTH), @@time_zone;
SELECT 1 = 1.0, 'a' = 'A', 'a' = 'a ', NULL <=> NULL, 1 IN (1, NULL), 2 IN (1, NULL), 'b' BETWEEN 'a' AND 'c';
SELECT REPEAT('x', 100000);
SELECT ST_AsText(ST_GeomFromText('POINT(1 2)')), HEX(WEIGHT_STRING('a')), INET6_ATON('::1'), UUID_TO_BIN('6ccd780c-baba-1026-9564-5b8c656024db');
VALUES ROW(1, 'a'), ROW(2, 'b');
DO 1 + 1;
SELECT 1 AS a, 2 AS a, 3;
SELECT /*! 1 + */ 1, /*!99999 nothing */ 2, /* comment */ 3 -- end
;
