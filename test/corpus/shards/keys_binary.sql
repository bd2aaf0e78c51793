-- about: binary keys
-- any plan
-- database: depot
-- sharded: depot.bins by bin
CREATE TABLE bins (bin VARBINARY(8) NOT NULL PRIMARY KEY, v INT);
INSERT INTO bins VALUES ('a', 1), ('A', 2), ('a ', 3), (x'00', 4), (x'', 5), (x'ff00', 6);
-- cases
SELECT HEX(bin), v FROM depot.bins ORDER BY bin;
SELECT v FROM depot.bins WHERE bin = 'a' OR bin = x'00' ORDER BY v;
SELECT COUNT(*) FROM depot.bins WHERE bin IN ('a', 'A', 'b');
