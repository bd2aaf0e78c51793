-- about: every procedure of the customer called as its applications do, with right and wrong arguments
-- any plan
# Those that take the tenant: on its shard, however many there are.
CALL sp_check_tenant_quota('default-tenant', 'users', 1, @allowed, @used, @most);
SELECT @allowed, @used, @most;
CALL sp_check_tenant_quota('DEFAULT-TENANT', 'users', 1000000, @allowed, @used, @most);
SELECT @allowed, @used, @most;
SET timestamp = 1795176000;
CALL sp_check_tenant_quota('default-tenant', 'storage_gb', 1, @allowed, @used, @most);
SELECT @allowed, @used, @most;
CALL sp_check_tenant_quota('system', 'nothing known', 0, @allowed, @used, @most);
SELECT @allowed, @used, @most;
CALL sp_check_tenant_quota('nobody', 'users', 0, @allowed, @used, @most);
SELECT @allowed, @used, @most;
CALL sp_check_tenant_quota(NULL, 'users', NULL, @allowed, @used, @most);
SELECT @allowed, @used, @most;
CALL saas.sp_check_tenant_quota('system', 'users', 1, @allowed, @used, @most);
CALL saas_unified_core.sp_check_tenant_quota('system', 'users', 1, @allowed, @used, @most);
CALL `sp_Check_Tenant_Quota` ( 'system' , "users", -1, @allowed, @used, @most );
SELECT @allowed, @used, @most;
-- params: 'default-tenant', 'users', 1
-- params: 'system', 'users', 1000
CALL sp_check_tenant_quota(?, ?, ?, @allowed, @used, @most);
SELECT @allowed, @used, @most;
# OUT parameters may be variables of EXECUTE .. USING.
PREPARE quota FROM 'CALL sp_check_tenant_quota(?, ?, ?, ?, ?, ?)';
SET @t = 'default-tenant', @what = 'users', @n = 1, @allowed = 'a', @used = 'b', @most = 'c';
EXECUTE quota USING @t, @what, @n, @allowed, @used, @most;
SELECT @allowed, @used, @most;
DEALLOCATE PREPARE quota;
CALL sp_check_tenant_quota('system', 'users', 'not a number', @allowed, @used, @most);
CALL sp_check_tenant_quota('system', 'users', 1);
CALL sp_check_tenant_quota;
CALL sp_check_tenant_quota();
CALL sp_check_tenant_quota('system', 'users', 1, 2, @used, @most);
CALL sp_check_tenant_quota('system', 'users', 99999999999999999999, @allowed, @used, @most);
CALL sp_no_such_procedure();
CALL health_management.sp_check_tenant_quota('system', 'users', 1, @allowed, @used, @most);
CALL nowhere.sp_check_tenant_quota('system', 'users', 1, @allowed, @used, @most);
CALL sp_auto_assign_customer_tags('default-tenant', 'no such customer');
CALL sp_auto_assign_customer_tags('default-tenant');
BEGIN;
CALL sp_auto_assign_customer_tags('default-tenant', (SELECT MIN(id) FROM customers WHERE tenant_id = 'default-tenant'));
SELECT ROW_COUNT();
SELECT customer_id, tag_id, assign_type FROM customer_tags WHERE tenant_id = 'default-tenant' ORDER BY 1, 2;
ROLLBACK;
# An order is made with its items and its history, in a transaction of the procedure's own.
SELECT JSON_ARRAY(JSON_OBJECT('service_id', id, 'service_name', '产品咨询', 'duration_minutes', 30, 'unit_price', 12.50, 'quantity', 2), JSON_OBJECT('service_id', id, 'service_name', 'x', 'duration_minutes', 5, 'unit_price', 0.99, 'quantity', 1)) INTO @items FROM services WHERE tenant_id = 'default-tenant' ORDER BY id LIMIT 1;
CALL sp_create_service_order('default-tenant', 'call-1', 'c-1', '2026-11-20', '10:00', '11:30', 'online', '{"city": "杭州市"}', @items, '["A", "B"]', @order, @total);
SELECT LENGTH(@order), @total;
SELECT order_no, customer_id, total_amount, coupon_codes, service_address FROM service_orders WHERE tenant_id = 'default-tenant' AND id = @order;
SELECT service_id, variant_id, service_name, quantity, final_price FROM service_order_items WHERE tenant_id = 'default-tenant' AND order_id = @order ORDER BY quantity;
SELECT new_status, change_reason FROM service_order_status_history WHERE tenant_id = 'default-tenant' AND order_id = @order;
# What fails in it is hidden by its handler.
CALL sp_create_service_order('default-tenant', 'call-1', 'c-1', '2026-11-20', '10:00', '11:30', 'online', NULL, '[]', NULL, @again, @total);
SELECT @again <> @order, @total;
SELECT COUNT(*) FROM service_orders WHERE tenant_id = 'default-tenant' AND order_no = 'call-1';
CALL sp_create_service_order('default-tenant', 'call-2', 'c-1', 'not a date', '10:00', '11:30', 'online', NULL, '[]', NULL, @again, @total);
CALL sp_create_service_order('default-tenant', 'call-2', 'c-1', '2026-11-20', '10:00', '11:30', 'on the moon', NULL, '[]', NULL, @again, @total);
CALL sp_create_service_order('default-tenant', 'call-2', 'c-1', '2026-11-20', '10:00', '11:30', 'online', '{broken', '[]', NULL, @again, @total);
DELETE FROM service_order_status_history WHERE tenant_id = 'default-tenant' AND order_id = @order;
DELETE FROM service_order_items WHERE tenant_id = 'default-tenant' AND order_id = @order;
DELETE FROM service_orders WHERE tenant_id = 'default-tenant' AND order_no IN ('call-1', 'call-2');
# Those that take the id of a row run where it is. What has an id that no row has could be
# anywhere, so that with several shards they are refused then.
SELECT MIN(id) INTO @id FROM ai_agents;
CALL sp_get_agent_performance(@id);
# What was found is known of a procedure that has answered with rows.
SELECT id FROM saas_tenants;
CALL sp_get_agent_performance(@id);
SELECT FOUND_ROWS();
SELECT id FROM saas_tenants;
CALL sp_check_tenant_quota('system', 'users', 1, @allowed, @used, @most);
-- always refuse: 1235 after a CALL
SELECT FOUND_ROWS();
-- refuse: 1235 no shard has that row
CALL sp_get_agent_performance('no such agent');
CALL sp_get_agent_performance();
-- refuse: 1235 no shard has that row
-- params: 'x'
CALL sp_get_agent_performance(?);
BEGIN;
CALL sp_update_agent_statistics(@id);
SELECT conversation_count, message_count, total_tokens, total_cost, avg_response_time, satisfaction_score FROM ai_agents WHERE id = @id;
-- refuse: 1235 that is no constant
CALL sp_update_agent_statistics(NULL);
ROLLBACK;
SELECT MIN(id) INTO @id FROM wework_accounts;
BEGIN;
CALL sp_update_account_statistics(@id);
-- refuse: 1235 no shard has that row
CALL sp_update_account_statistics('no such account');
CALL sp_calculate_health_score(@id);
-- refuse: 1235 no shard has that row
CALL sp_calculate_health_score('no such account');
SELECT total_messages, successful_messages, health_score FROM wework_accounts WHERE id = @id;
ROLLBACK;
SELECT MIN(id) INTO @id FROM customers;
CALL sp_calculate_customer_clv(@id, @clv, @months);
SELECT @clv, @months;
-- refuse: 1235 no shard has that row
CALL sp_calculate_customer_clv('nobody', @clv, @months);
SELECT @clv, @months;
CALL sp_calculate_customer_clv(@id, 1, @months);
SELECT MIN(id) INTO @id FROM health_patients;
CALL sp_generate_health_report(@id, '2026-01-01', '2026-12-31');
-- refuse: 1235 no shard has that row
CALL sp_generate_health_report('nobody', '2026-01-01', NULL);
CALL sp_generate_health_report(@id, 'yesterday', '2026-12-31');
CALL sp_assess_health_risk(@id);
-- refuse: 1235 no shard has that row
CALL sp_assess_health_risk('nobody');
SELECT MIN(id) INTO @id FROM health_devices;
CALL sp_analyze_device_performance(@id);
-- refuse: 1235 no shard has that row
CALL sp_analyze_device_performance('none');
# Those that commit by themselves, on rows of this file only.
INSERT INTO services (id, tenant_id, service_code, service_name, category_id, service_type, delivery_mode, base_price, available_slots, booked_slots) SELECT 'call-s', tenant_id, 'call-s', 'call', category_id, service_type, delivery_mode, 1, 5, 1 FROM services WHERE tenant_id = 'default-tenant' ORDER BY id LIMIT 1;
CALL sp_update_service_capacity('service', 'call-s', 'book', 3, 'booking', NULL, NULL, 'three', NULL, NULL);
CALL sp_update_service_capacity('service', 'call-s', 'book', 3, 'booking', NULL, NULL, 'too many', NULL, NULL);
CALL sp_update_service_capacity('service', 'call-s', 'adjust', 10, 'adjustment', 'b', 'c', NULL, 'o', 'p');
CALL sp_update_service_capacity('house', 'call-s', 'book', 3, 'booking', NULL, NULL, 'three', NULL, NULL);
-- refuse: 1235 no shard has that row
CALL sp_update_service_capacity('service', 'none', 'book', 3, 'booking', NULL, NULL, 'three', NULL, NULL);
SELECT available_slots, booked_slots FROM services WHERE id = 'call-s';
SELECT change_type, change_quantity, before_capacity, after_capacity, reason FROM service_capacity_logs WHERE capacity_id = 'call-s' ORDER BY before_capacity;
DELETE FROM service_capacity_logs WHERE capacity_id = 'call-s';
DELETE FROM services WHERE id = 'call-s';
INSERT INTO service_orders (id, tenant_id, order_no, order_source, customer_id, service_date, service_location_type, subtotal, total_amount) VALUES ('call-o', 'system', 'call-o', 'api', 'c', '2026-11-20', 'online', 1, 1);
CALL sp_update_service_order_status('call-o', 'paid', 'money came', 'admin', 'x', NULL);
CALL sp_update_service_order_status('call-o', 'completed', NULL, 'system', NULL, NULL);
-- refuse: 1235 no shard has that row
CALL sp_update_service_order_status('none', 'paid', NULL, 'system', NULL, NULL);
CALL sp_update_service_order_status('call-o', 'lost', NULL, 'system', NULL, NULL);
SELECT order_status, payment_status, service_status, payment_time, complete_time FROM service_orders WHERE id = 'call-o';
SELECT old_status, new_status, change_reason, operator_type FROM service_order_status_history WHERE order_id = 'call-o' ORDER BY new_status;
DELETE FROM service_order_status_history WHERE order_id = 'call-o';
DELETE FROM service_orders WHERE id = 'call-o';
INSERT INTO customer_segments (id, tenant_id, segment_name, segment_code, segment_type, rule_config) VALUES ('call-g', 'system', 'call', 'call-g', 'dynamic', '{}');
CALL sp_update_segment_members('call-g');
-- refuse: 1235 no shard has that row
CALL sp_update_segment_members('none');
SELECT customer_count FROM customer_segments WHERE id = 'call-g';
SELECT customer_id, join_type FROM customer_segment_members WHERE segment_id = 'call-g' ORDER BY 1;
SELECT calculation_status, added_customers, final_count FROM segment_calculation_history WHERE segment_id = 'call-g';
DELETE FROM segment_calculation_history WHERE segment_id = 'call-g';
DELETE FROM customer_segment_members WHERE segment_id = 'call-g';
DELETE FROM customer_segments WHERE id = 'call-g';
# Those that work on the rows of all tenants: at a time when only rows of this file are due.
SET timestamp = 946684800;
INSERT INTO saas_files (id, tenant_id, user_id, original_name, file_name, file_path, file_size, file_type, is_temporary, expires_at) SELECT 'call-f', tenant_id, id, 'f', 'f', '/f', 1, 'txt', 1, '1999-01-01' FROM saas_users WHERE tenant_id = 'system' ORDER BY id LIMIT 1;
-- refuse: 1235 sp_cleanup_expired_data
CALL sp_cleanup_expired_data();
CALL sp_cleanup_expired_data(1);
-- refuse: 1235 sp_cleanup_expired_data
CALL sp_cleanup_expired_data;
DELETE FROM saas_files WHERE id = 'call-f';
INSERT INTO ai_conversations (id, tenant_id, conversation_id, agent_id, user_id, status, last_message_at, updated_at) VALUES ('call-1', 'system', 'call-1', 'a', 'u', 'active', '1999-12-31', '1999-12-31'), ('call-2', 'default-tenant', 'call-2', 'a', 'u', 'completed', NULL, '1999-01-01');
-- refuse: 1235 sp_mark_idle_conversations
CALL sp_mark_idle_conversations();
-- refuse: 1235 sp_cleanup_expired_conversations
CALL sp_cleanup_expired_conversations();
SELECT id, status FROM ai_conversations WHERE id IN ('call-1', 'call-2') ORDER BY id;
DELETE FROM ai_conversations WHERE id IN ('call-1', 'call-2');
INSERT INTO wework_accounts (id, tenant_id, account_name, wework_guid, status, last_heartbeat_time) VALUES ('call-w', 'system', 'w', 'call-w', 'ONLINE', '1999-12-31');
-- refuse: 1235 sp_auto_status_check
CALL sp_auto_status_check();
SELECT status, offline_count FROM wework_accounts WHERE id = 'call-w';
SELECT old_status, new_status, trigger_type FROM wework_account_status_history WHERE account_id = 'call-w';
DELETE FROM wework_account_status_history WHERE account_id = 'call-w';
DELETE FROM wework_accounts WHERE id = 'call-w';
BEGIN;
-- refuse: 1235 sp_generate_daily_stats
CALL sp_generate_daily_stats('2026-11-19');
SELECT tenant_id, total_accounts, total_messages, avg_response_time FROM wework_tenant_usage WHERE stat_date = '2026-11-19' ORDER BY tenant_id;
ROLLBACK;
-- refuse: 1235 sp_generate_daily_stats
CALL sp_generate_daily_stats('yesterday');
# Those that add partitions say which database.
CALL sp_add_monthly_partitions(1);
-- refuse: 1235 sp_add_future_partitions
CALL sp_add_future_partitions('no_such_table', 3);
