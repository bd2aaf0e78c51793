-- about: NOW() and its kin are one value in a statement, over all shards; each row has the same
-- any plan
-- database: shop
-- sharded: shop.visits by tenant_id, depot.events by tenant_id
CREATE TABLE visits (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, at DATETIME, day DATE, gap TIME);
INSERT INTO visits VALUES ('a', 1, '2025-10-09 08:53:20', '2025-10-09', '01:00:00'), ('b', 2, '2025-10-08 08:53:20', '2025-10-08', '-01:00:00'), ('c', 3, '2025-11-09 00:00:00', '2024-02-29', '25:00:00'), ('d', 4, NULL, NULL, NULL), ('e', 5, '2025-10-09 08:53:19', '2025-01-31', '00:00:01');
USE depot;
CREATE TABLE events (tenant_id VARCHAR(20) NOT NULL, id INT PRIMARY KEY, visit_id INT, until TIMESTAMP NULL);
INSERT INTO events VALUES ('a', 1, 1, '2025-10-09 08:53:21'), ('b', 2, 3, '2020-01-01 00:00:00'), ('z', 3, 5, NULL);
-- cases
SELECT COUNT(DISTINCT NOW(6)), COUNT(*) FROM visits;
SELECT NOW(), CURRENT_TIMESTAMP, LOCALTIME, CURDATE(), CURTIME(), UTC_TIMESTAMP(), UNIX_TIMESTAMP(), COUNT(*) FROM visits;
SELECT NOW(3), CURTIME(6), UTC_TIME(2), SYSDATE() IS NOT NULL, COUNT(*) FROM visits;
SELECT id, at < NOW() FROM visits ORDER BY id;
SELECT id FROM visits WHERE at = NOW();
SELECT id FROM visits WHERE at > NOW() - INTERVAL 7 DAY ORDER BY id;
SELECT id, TIMESTAMPDIFF(HOUR, at, NOW()), DATEDIFF(NOW(), day) FROM visits ORDER BY id;
SELECT id FROM visits WHERE day = CURDATE() OR day = CURRENT_DATE() - INTERVAL 1 DAY ORDER BY id;
SELECT DATE(NOW()) = day AS today, COUNT(*) FROM visits GROUP BY today ORDER BY today;
SELECT v.id, e.id FROM visits v JOIN depot.events e ON e.visit_id = v.id AND e.until > NOW() ORDER BY 1;
SELECT v.id, IFNULL(e.until, NOW()) FROM visits v LEFT JOIN depot.events e ON e.visit_id = v.id ORDER BY 1;
SELECT MAX(at), NOW() FROM visits HAVING MAX(at) > NOW();
SELECT id, NOW() = (SELECT MAX(NOW()) FROM depot.events) FROM visits ORDER BY id;
SET time_zone = '-05:00';
SELECT NOW(), CURDATE(), COUNT(*) FROM visits WHERE at <= NOW();
SELECT id, until, until > NOW() FROM depot.events ORDER BY id;
SET time_zone = DEFAULT;
SET timestamp = 1709164800.25;
SELECT NOW(6), CURDATE(), id FROM visits WHERE day <= CURDATE() ORDER BY id;
SET timestamp = DEFAULT;
SELECT COUNT(DISTINCT NOW(6)) FROM visits;
SELECT COUNT(*) FROM visits WHERE at < NOW() AND NOW() = NOW();
# Arithmetic of dates over what the shards hold.
SELECT id, at + INTERVAL 1 MONTH, day - INTERVAL 1 YEAR, ADDTIME(at, gap), TIMEDIFF(at, '2025-10-09 00:00:00') FROM visits ORDER BY id;
SELECT id, LAST_DAY(day), DAYNAME(day), WEEK(day, 3), YEARWEEK(day), EXTRACT(YEAR_MONTH FROM at), TO_DAYS(day) FROM visits ORDER BY id;
SELECT SEC_TO_TIME(SUM(TIME_TO_SEC(gap))), FROM_UNIXTIME(AVG(UNIX_TIMESTAMP(at))), MIN(gap), MAX(gap) FROM visits;
SELECT id, DATE_FORMAT(at, '%Y-%m-%d %H:%i'), STR_TO_DATE('01,5,2013', '%d,%m,%Y'), MAKEDATE(YEAR(at), 60) FROM visits ORDER BY id;
