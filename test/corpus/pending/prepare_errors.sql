-- about: what MySQL refuses while it prepares is refused then, and what it finds when it executes is found then
SET no_such_variable = 1;
SET NAMES klingon;
DROP TABLE no_such_table;
