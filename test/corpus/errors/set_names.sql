-- about: what a SET calls is looked for under the name of the current database, whose physical name does not show
SET @na = no_such_function();
SET @na = CONCAT('x', no_such_function(1));
SET @nb = 1;
SELECT @nb;
SET sql_mode = (SELECT REPLACE(@@sql_mode, 'ONLY_FULL_GROUP_BY', ''));
SET @na = @nb + 1, @nc = UPPER('x'), @nd = EXTRACT(YEAR FROM '2026-01-02');
SELECT @na, @nc, @nd, @@sql_mode;
SET sql_mode = DEFAULT;
