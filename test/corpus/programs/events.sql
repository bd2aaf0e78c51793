-- about: what the bodies of the customer's events do, sent as an application that runs each of them once would send it
-- any plan
# An event runs on every shard that has it. Where it must run once for all tenants, its body is
# sent through Sluice: the rows that it writes are those of one server.
SET timestamp = 1795176000;
# generate_daily_health_stats, twice: the second time all its rows are there.
BEGIN;
INSERT INTO health_statistics (id, tenant_id, stat_date, stat_type, total_patients, new_patients, active_patients, total_records, new_records, abnormal_records, total_devices, online_devices, offline_devices, error_devices, total_alerts, critical_alerts, resolved_alerts, total_checkups, healthy_checkups, abnormal_checkups)
SELECT UUID(), p.tenant_id, CURRENT_DATE - INTERVAL 1 DAY, 'daily', COUNT(DISTINCT p.id), COUNT(DISTINCT CASE WHEN DATE(p.created_at) = CURRENT_DATE - INTERVAL 1 DAY THEN p.id END), COUNT(DISTINCT CASE WHEN p.status = 'active' THEN p.id END), COUNT(r.id), SUM(COALESCE(DATE(r.created_at) = CURRENT_DATE - INTERVAL 1 DAY, 0)), SUM(COALESCE(r.risk_level <> 'normal', 0)), COUNT(DISTINCT d.id), SUM(COALESCE(d.status = 'active', 0)), SUM(COALESCE(d.status = 'offline', 0)), SUM(COALESCE(d.status = 'error', 0)), COUNT(DISTINCT a.id), SUM(COALESCE(a.alert_level IN ('critical', 'emergency'), 0)), SUM(COALESCE(a.status = 'resolved', 0)), COUNT(DISTINCT c.id), SUM(COALESCE(c.health_status = 'healthy', 0)), SUM(COALESCE(c.health_status <> 'healthy', 0))
FROM health_patients p LEFT JOIN health_records r ON r.patient_id = p.id LEFT JOIN health_devices d ON d.tenant_id = p.tenant_id LEFT JOIN health_alerts a ON a.patient_id = p.id LEFT JOIN health_checkup_reports c ON c.patient_id = p.id
GROUP BY p.tenant_id
ON DUPLICATE KEY UPDATE total_patients = VALUES(total_patients), new_patients = VALUES(new_patients), active_patients = VALUES(active_patients), total_records = VALUES(total_records), new_records = VALUES(new_records), abnormal_records = VALUES(abnormal_records);
SELECT tenant_id, total_patients, total_records, offline_devices, critical_alerts, abnormal_checkups FROM health_statistics WHERE stat_date = CURRENT_DATE - INTERVAL 1 DAY AND stat_type = 'daily' ORDER BY tenant_id;
UPDATE health_statistics SET total_patients = 0 WHERE stat_date = CURRENT_DATE - INTERVAL 1 DAY;
INSERT INTO health_statistics (id, tenant_id, stat_date, stat_type, total_patients)
SELECT UUID(), p.tenant_id, CURRENT_DATE - INTERVAL 1 DAY, 'daily', COUNT(DISTINCT p.id) FROM health_patients p GROUP BY p.tenant_id ON DUPLICATE KEY UPDATE total_patients = VALUES(total_patients);
SELECT ROW_COUNT();
SELECT tenant_id, total_patients FROM health_statistics WHERE stat_date = CURRENT_DATE - INTERVAL 1 DAY AND stat_type = 'daily' ORDER BY tenant_id;
ROLLBACK;
# check_device_status
BEGIN;
UPDATE health_devices SET status = 'offline' WHERE status = 'active' AND last_online_at < NOW() - INTERVAL 1 HOUR;
INSERT INTO health_alerts (id, tenant_id, patient_id, alert_type, alert_level, alert_title, alert_message, trigger_source, device_id)
SELECT UUID(), d.tenant_id, d.assigned_patient_id, 'device_offline', 'warning', CONCAT('Device offline: ', d.device_name), CONCAT('Last seen at ', COALESCE(d.last_online_at, 'no time')), 'scheduled', d.id
FROM health_devices d
WHERE d.needs_calibration = 1 AND d.assigned_patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM health_alerts a WHERE a.device_id = d.id AND a.alert_type = 'device_offline' AND a.status = 'open');
SELECT device_id, alert_title, alert_message FROM health_alerts WHERE alert_type = 'device_offline' ORDER BY device_id, alert_title;
SELECT status, COUNT(*) FROM health_devices GROUP BY status ORDER BY status;
ROLLBACK;
# check_low_capacity_services
BEGIN;
INSERT INTO service_capacity_logs (id, tenant_id, capacity_type, capacity_id, change_type, change_quantity, before_capacity, after_capacity, business_type, reason)
SELECT UUID(), tenant_id, 'service', id, 'adjust', 0, available_slots - booked_slots, available_slots - booked_slots, 'adjustment', 'capacity at or under its threshold'
FROM services WHERE status = 'active' AND available_slots - booked_slots <= min_capacity_threshold;
SELECT capacity_id, before_capacity, after_capacity FROM service_capacity_logs WHERE reason = 'capacity at or under its threshold' ORDER BY capacity_id;
# cleanup_expired_coupons
UPDATE marketing_coupons SET status = 'expired' WHERE status = 'active' AND end_time < NOW();
SELECT ROW_COUNT();
SELECT status, COUNT(*) FROM marketing_coupons GROUP BY status ORDER BY status;
# handle_timeout_service_orders: its second statement finds the rows of the first by the time.
UPDATE service_orders SET order_status = 'cancelled', service_status = 'cancelled', cancel_time = NOW(), cancelled_by = 'system', cancellation_reason = 'not paid within 30 minutes' WHERE order_status = 'pending_payment' AND payment_status = 'unpaid' AND order_time < NOW() - INTERVAL 30 MINUTE;
INSERT INTO service_order_status_history (id, tenant_id, order_id, old_status, new_status, change_reason, operator_type)
SELECT UUID(), tenant_id, id, 'pending_payment', 'cancelled', 'not paid within 30 minutes', 'system' FROM service_orders WHERE order_status = 'cancelled' AND cancelled_by = 'system' AND cancel_time = updated_at;
SELECT order_id, old_status, new_status FROM service_order_status_history WHERE change_reason = 'not paid within 30 minutes' ORDER BY order_id, old_status;
# A server with a binary log computes generated columns again, and notes what it cuts off.
UPDATE service_time_slots SET base_price = 100, surge_multiplier = 1;
UPDATE service_time_slots SET status = 'completed' WHERE status IN ('available', 'booked') AND slot_date < CURRENT_DATE;
SELECT status, COUNT(*) FROM service_time_slots GROUP BY status ORDER BY status;
ROLLBACK;
# update_customer_lifecycle
BEGIN;
UPDATE customers SET lifecycle_stage = CASE WHEN total_orders = 0 AND last_interaction_date IS NULL THEN 'lead' WHEN total_orders = 0 THEN 'prospect' WHEN last_order_date >= CURRENT_DATE - INTERVAL 90 DAY THEN 'customer' WHEN total_orders >= 5 AND satisfaction_score >= 4.5 THEN 'advocate' WHEN last_order_date < CURRENT_DATE - INTERVAL 180 DAY THEN 'inactive' ELSE lifecycle_stage END WHERE status = 'active';
SELECT id, lifecycle_stage FROM customers ORDER BY id;
ROLLBACK;
# update_all_agent_statistics, update_health_scores, update_account_statistics, auto_assign_tags
# and update_dynamic_segments walk through rows and call a procedure for each.
BEGIN;
SELECT MIN(id) INTO @id FROM ai_agents WHERE status = 'active';
CALL sp_update_agent_statistics(@id);
SELECT id INTO @id FROM ai_agents ORDER BY id LIMIT 1, 1;
CALL sp_update_agent_statistics(@id);
SELECT MAX(id) INTO @id FROM ai_agents;
CALL sp_update_agent_statistics(@id);
SELECT id, conversation_count, message_count, total_tokens, total_cost FROM ai_agents ORDER BY id;
SELECT MIN(id) INTO @id FROM wework_accounts WHERE status IN ('ONLINE', 'OFFLINE');
CALL sp_calculate_health_score(@id);
SELECT MAX(id) INTO @id FROM wework_accounts WHERE status IN ('ONLINE', 'OFFLINE');
CALL sp_calculate_health_score(@id);
CALL sp_update_account_statistics(@id);
SELECT id, health_score, total_messages FROM wework_accounts ORDER BY id;
SELECT id, tenant_id INTO @id, @tenant FROM customers WHERE status = 'active' ORDER BY id DESC LIMIT 1;
CALL sp_auto_assign_customer_tags(@tenant, @id);
SELECT id, tenant_id INTO @id, @tenant FROM customers WHERE status = 'active' ORDER BY id LIMIT 1;
CALL sp_auto_assign_customer_tags(@tenant, @id);
ROLLBACK;
# cleanup_expired_data, cleanup_expired_conversations, mark_idle_conversations and
# auto_status_check call procedures that answer with rows: their statements are sent instead.
BEGIN;
DELETE FROM saas_user_sessions WHERE expires_at < NOW();
SELECT ROW_COUNT();
UPDATE saas_file_shares SET is_active = 0 WHERE is_active = 1 AND expires_at < NOW();
DELETE FROM saas_files WHERE is_temporary = 1 AND expires_at < NOW();
SELECT ROW_COUNT();
UPDATE saas_unified_alerts SET status = 'expired' WHERE status = 'open' AND created_at < NOW() - INTERVAL 30 DAY;
SELECT (SELECT COUNT(*) FROM saas_user_sessions), (SELECT SUM(is_active) FROM saas_file_shares), (SELECT COUNT(*) FROM saas_files), (SELECT COUNT(*) FROM saas_unified_alerts WHERE status = 'expired');
UPDATE ai_conversations SET status = 'archived' WHERE status IN ('expired', 'completed') AND updated_at < NOW() - INTERVAL 30 DAY;
UPDATE ai_conversations SET status = 'idle' WHERE status = 'active' AND last_message_at < NOW() - INTERVAL 30 MINUTE;
SELECT status, COUNT(*) FROM ai_conversations GROUP BY status ORDER BY status;
INSERT INTO wework_account_status_history (id, tenant_id, account_id, old_status, new_status, change_reason, trigger_type) SELECT UUID(), tenant_id, id, status, 'OFFLINE', 'no heartbeat for two minutes', 'HEARTBEAT_TIMEOUT' FROM wework_accounts WHERE status = 'ONLINE' AND last_heartbeat_time < NOW() - INTERVAL 2 MINUTE;
UPDATE wework_accounts SET status = 'OFFLINE', offline_count = offline_count + 1 WHERE status = 'ONLINE' AND last_heartbeat_time < NOW() - INTERVAL 2 MINUTE;
SELECT id, status, offline_count FROM wework_accounts ORDER BY id;
SELECT account_id, old_status FROM wework_account_status_history WHERE change_reason = 'no heartbeat for two minutes' ORDER BY account_id;
ROLLBACK;
