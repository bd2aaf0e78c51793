-- about: hints that set variables for one statement over all tenants: they count for the whole answer, not for each shard's part of it
-- any plan
SELECT /*+ SET_VAR(sql_select_limit = 3) */ id FROM customers ORDER BY id;
SELECT /*+ set_var(sql_select_limit = 3) */ id FROM customers ORDER BY id LIMIT 5;
SELECT /*+ SET_VAR(sql_select_limit = 2) */ level, COUNT(*) FROM customers GROUP BY level ORDER BY COUNT(*), level;
SELECT /*+ SET_VAR(sql_select_limit = 3) */ DISTINCT gender, level FROM customers ORDER BY gender, level;
SELECT /*+ SET_VAR(sql_select_limit = 4) */ t.id, c.id FROM saas_tenants t JOIN customers c ON c.tenant_id = t.id ORDER BY c.id;
SELECT /*+ SET_VAR(sql_select_limit = 2) */ id FROM customers UNION SELECT id FROM service_orders ORDER BY 1;
SELECT COUNT(*) FROM customers WHERE id IN (SELECT /*+ SET_VAR(sql_select_limit = 1) */ customer_id FROM service_orders);
SELECT /*+ SET_VAR(time_zone = '-09:00') */ c.id, c.created_at FROM customers c JOIN service_orders o ON o.customer_id = c.id WHERE c.created_at > '2026-05-24 18:00:00' ORDER BY c.id, o.id;
SELECT /*+ SET_VAR(time_zone = '-09:00') */ id, created_at, ROW_NUMBER() OVER (ORDER BY id) n FROM customers WHERE created_at > '2026-05-24 18:00:00' ORDER BY id;
SELECT /*+ SET_VAR(timestamp = 1779500000) */ id, NOW() FROM customers WHERE created_at > NOW() ORDER BY id;
SELECT /*+ SET_VAR(div_precision_increment = 8) */ level, AVG(age) FROM customers GROUP BY level ORDER BY level;
SELECT /*+ SET_VAR(max_error_count = 2) */ id, CAST(name AS SIGNED) FROM customers ORDER BY id;
SELECT /*+ SET_VAR(optimizer_switch = 'mrr=off') SET_VAR(sort_buffer_size = 65536) SET_VAR(max_execution_time = 20000) */ id FROM customers ORDER BY name, id;
SELECT /*+ SET_VAR(default_week_format = 3) */ WEEK(created_at) w, COUNT(*) FROM customers GROUP BY w ORDER BY w;
