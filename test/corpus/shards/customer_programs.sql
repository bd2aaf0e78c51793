-- about: the queries inside the customer's procedures and events, as plain statements over all tenants
-- any plan
SET timestamp = 1795176000;
SET @stat_date = DATE '2026-11-19';
# sp_check_tenant_quota
SELECT q.tenant_id, q.max_users, (SELECT COUNT(*) FROM saas_users u WHERE u.tenant_id = q.tenant_id AND u.status = 'active' AND u.deleted_at IS NULL) AS current_users FROM saas_tenant_quotas q ORDER BY q.tenant_id;
SELECT q.tenant_id, q.max_storage_gb, s.storage_used_gb, s.storage_used_gb <= q.max_storage_gb AS allowed FROM saas_tenant_quotas q LEFT JOIN saas_usage_statistics s ON s.tenant_id = q.tenant_id AND s.usage_date = CURDATE() ORDER BY 1;
# sp_cleanup_expired_data
SELECT COUNT(*) FROM saas_user_sessions WHERE expires_at < NOW();
SELECT COUNT(*) FROM saas_file_shares WHERE is_active = 1 AND expires_at < NOW();
SELECT COUNT(*) FROM saas_files WHERE is_temporary = 1 AND expires_at < NOW();
SELECT id, tenant_id FROM saas_unified_alerts WHERE status = 'open' AND created_at < NOW() - INTERVAL 30 DAY ORDER BY id;
SELECT (SELECT COUNT(*) FROM saas_user_sessions WHERE expires_at < NOW()) AS expired_sessions, (SELECT COUNT(*) FROM saas_files WHERE is_temporary = 1 AND expires_at < NOW()) AS deleted_files;
# sp_get_agent_performance, sp_update_agent_statistics and the events around them
SELECT a.id, a.agent_name, a.status, (SELECT COUNT(*) FROM ai_conversations c WHERE c.agent_id = a.id AND c.status = 'active') AS active_conversations, (SELECT AVG(m.response_time) FROM ai_messages m JOIN ai_conversations c ON c.id = m.conversation_id WHERE c.agent_id = a.id AND m.role = 'assistant') AS avg_response_time FROM ai_agents a ORDER BY a.id;
SELECT a.id, (SELECT COUNT(*) FROM ai_conversations c WHERE c.agent_id = a.id) n, (SELECT COALESCE(SUM(c.total_tokens), 0) FROM ai_conversations c WHERE c.agent_id = a.id) tokens, (SELECT COALESCE(SUM(c.total_cost), 0) FROM ai_conversations c WHERE c.agent_id = a.id) cost, (SELECT COALESCE(AVG(c.satisfaction_score), 0) FROM ai_conversations c WHERE c.agent_id = a.id) score FROM ai_agents a ORDER BY a.id;
SELECT id FROM ai_conversations WHERE status IN ('expired', 'completed') AND updated_at < NOW() - INTERVAL 30 DAY ORDER BY id;
SELECT COUNT(*) FROM ai_conversations WHERE status = 'active' AND last_message_at < NOW() - INTERVAL 30 MINUTE;
SELECT id FROM ai_agents WHERE status = 'active' ORDER BY id;
# sp_update_account_statistics, sp_calculate_health_score, sp_auto_status_check and their events
SELECT account_id, COUNT(*), COUNT(CASE WHEN send_status IN ('sent', 'delivered', 'read') THEN 1 END), COUNT(CASE WHEN send_status = 'failed' THEN 1 END), COALESCE(AVG(response_time_ms), 0) FROM wework_message_records WHERE direction = 'send' GROUP BY account_id ORDER BY account_id;
SELECT id, message_success_rate, uptime_percentage, error_count, TIMESTAMPDIFF(MINUTE, last_heartbeat_time, NOW()) FROM wework_accounts ORDER BY id;
SELECT id, GREATEST(0, LEAST(100, 100 - ROUND((100 - COALESCE(message_success_rate, 0)) * 0.3) - ROUND((100 - COALESCE(uptime_percentage, 0)) * 0.3) - LEAST(COALESCE(error_count, 0) * 2, 20))) AS score FROM wework_accounts ORDER BY score, id;
SELECT id, tenant_id, status FROM wework_accounts WHERE status = 'ONLINE' AND last_heartbeat_time < NOW() - INTERVAL 2 MINUTE ORDER BY id;
SELECT id FROM wework_accounts WHERE status IN ('ONLINE', 'OFFLINE') ORDER BY id;
SELECT id FROM wework_accounts WHERE status <> 'CREATED' ORDER BY id;
# sp_generate_daily_stats
SELECT a.tenant_id, @stat_date, COUNT(a.id), SUM(a.status = 'ONLINE'), SUM(COALESCE(m.total, 0) > 0), SUM(COALESCE(m.total, 0)), SUM(COALESCE(m.sent, 0)), SUM(COALESCE(m.received, 0)), SUM(COALESCE(m.failed, 0)), SUM(COALESCE(c.total, 0)), SUM(COALESCE(c.fresh, 0)), SUM(COALESCE(c.active, 0)), SUM(COALESCE(g.total, 0)), SUM(COALESCE(g.active, 0)), SUM(COALESCE(m.grouped, 0)), AVG(m.response_time), AVG(a.message_success_rate), AVG(a.uptime_percentage), SUM(COALESCE(l.total, 0)), SUM(COALESCE(l.critical, 0)), SUM(COALESCE(l.resolved, 0))
FROM wework_accounts a
LEFT JOIN (SELECT account_id, COUNT(*) AS total, SUM(direction = 'send') AS sent, SUM(direction = 'receive') AS received, SUM(send_status = 'failed') AS failed, SUM(to_type = 'group') AS grouped, AVG(response_time_ms) / 1000 AS response_time FROM wework_message_records WHERE created_at >= @stat_date AND created_at < @stat_date + INTERVAL 1 DAY GROUP BY account_id) m ON m.account_id = a.id
LEFT JOIN (SELECT account_id, COUNT(*) AS total, SUM(DATE(created_at) = @stat_date) AS fresh, SUM(DATE(last_message_at) = @stat_date) AS active FROM wework_contacts GROUP BY account_id) c ON c.account_id = a.id
LEFT JOIN (SELECT account_id, COUNT(*) AS total, SUM(DATE(last_active_at) = @stat_date) AS active FROM wework_groups GROUP BY account_id) g ON g.account_id = a.id
LEFT JOIN (SELECT account_id, COUNT(*) AS total, SUM(alert_level = 'critical') AS critical, SUM(status = 'resolved') AS resolved FROM wework_account_alerts WHERE DATE(created_at) = @stat_date GROUP BY account_id) l ON l.account_id = a.id
GROUP BY a.tenant_id ORDER BY a.tenant_id;
# sp_update_service_capacity, sp_create_service_order and the events of the shop
SELECT id, tenant_id, available_slots - booked_slots AS slots_left FROM services WHERE status = 'active' AND available_slots - booked_slots <= min_capacity_threshold ORDER BY id;
SELECT 'service' AS kind, id, available_slots - booked_slots AS n FROM services UNION ALL SELECT 'variant', id, capacity - booked_capacity FROM service_variants UNION ALL SELECT 'slot', id, max_bookings - current_bookings FROM service_time_slots ORDER BY kind, id;
SELECT COUNT(*) FROM marketing_coupons WHERE status = 'active' AND end_time < NOW();
SELECT id, tenant_id FROM service_orders WHERE order_status = 'pending_payment' AND payment_status = 'unpaid' AND order_time < NOW() - INTERVAL 30 MINUTE ORDER BY id;
SELECT id, tenant_id, 'pending_payment', 'cancelled' FROM service_orders WHERE order_status = 'cancelled' AND cancelled_by = 'system' AND cancel_time = updated_at ORDER BY id;
SELECT COUNT(*), MIN(slot_date) FROM service_time_slots WHERE status IN ('available', 'booked') AND slot_date < CURRENT_DATE;
SELECT o.id, j.code FROM service_orders o, JSON_TABLE(COALESCE(o.coupon_codes, '[]'), '$[*]' COLUMNS (code VARCHAR(36) PATH '$')) j ORDER BY o.id, 2;
# sp_calculate_customer_clv, sp_auto_assign_customer_tags, sp_update_segment_members and their events
SELECT id, COALESCE(total_orders, 0), COALESCE(total_amount, 0), GREATEST(COALESCE(TIMESTAMPDIFF(MONTH, first_order_date, last_order_date), 0), 1) AS months, IF(total_orders > 1, total_orders / GREATEST(COALESCE(TIMESTAMPDIFF(MONTH, first_order_date, last_order_date), 0), 1) * avg_order_amount * 12, total_amount) AS clv FROM customers ORDER BY clv DESC, id;
SELECT d.tenant_id, d.id, d.rule_expression FROM customer_tag_definitions d WHERE d.is_active = 1 AND d.auto_assign = 1 ORDER BY d.tenant_id, d.priority, d.id;
SELECT c.id, d.id FROM customers c JOIN customer_tag_definitions d ON d.tenant_id = c.tenant_id AND d.auto_assign = 1 WHERE c.total_amount > 1000 AND NOT EXISTS (SELECT 1 FROM customer_tags t WHERE t.customer_id = c.id AND t.tag_id = d.id) ORDER BY 1, 2;
SELECT s.id, s.customer_count, (SELECT COUNT(*) FROM customer_segment_members m WHERE m.segment_id = s.id AND m.status = 'active') AS members FROM customer_segments s WHERE s.segment_type = 'dynamic' AND s.is_active = 1 ORDER BY s.id;
SELECT id, tenant_id FROM customers WHERE status = 'active' AND last_order_date >= CURDATE() - INTERVAL 90 DAY ORDER BY id;
SELECT CASE WHEN total_orders = 0 AND last_interaction_date IS NULL THEN 'lead' WHEN total_orders = 0 THEN 'prospect' WHEN last_order_date >= CURRENT_DATE - INTERVAL 90 DAY THEN 'customer' WHEN total_orders >= 5 AND satisfaction_score >= 4.5 THEN 'advocate' WHEN last_order_date < CURRENT_DATE - INTERVAL 180 DAY THEN 'inactive' ELSE lifecycle_stage END AS stage, COUNT(*) FROM customers WHERE status = 'active' GROUP BY stage ORDER BY stage;
SELECT id FROM customer_segments WHERE segment_type = 'dynamic' AND is_active = 1 AND auto_refresh = 1 ORDER BY id;
# generate_daily_health_stats, check_device_status, and the queries of the reports by patient and device
SELECT p.tenant_id, COUNT(DISTINCT p.id), COUNT(DISTINCT CASE WHEN DATE(p.created_at) = @stat_date THEN p.id END), COUNT(DISTINCT CASE WHEN p.status = 'active' THEN p.id END), COUNT(r.id), SUM(COALESCE(r.risk_level <> 'normal', 0)), COUNT(DISTINCT d.id), SUM(COALESCE(d.status = 'offline', 0)), COUNT(DISTINCT a.id), SUM(COALESCE(a.alert_level IN ('critical', 'emergency'), 0)), COUNT(DISTINCT c.id), SUM(COALESCE(c.health_status = 'healthy', 0))
FROM health_patients p LEFT JOIN health_records r ON r.patient_id = p.id LEFT JOIN health_devices d ON d.tenant_id = p.tenant_id LEFT JOIN health_alerts a ON a.patient_id = p.id LEFT JOIN health_checkup_reports c ON c.patient_id = p.id GROUP BY p.tenant_id ORDER BY p.tenant_id;
SELECT d.id, d.assigned_patient_id, CONCAT('Last seen at ', COALESCE(d.last_online_at, 'no time')) FROM health_devices d WHERE d.assigned_patient_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM health_alerts a WHERE a.device_id = d.id AND a.alert_type = 'device_offline' AND a.status = 'open') ORDER BY d.id;
SELECT COUNT(*) FROM health_devices WHERE status = 'active' AND last_online_at < NOW() - INTERVAL 1 HOUR;
SELECT p.id, COUNT(v.id), AVG(v.heart_rate), MAX(v.systolic_pressure) FROM health_patients p LEFT JOIN health_vital_signs v ON v.patient_id = p.id AND v.measured_at >= NOW() - INTERVAL 30 DAY GROUP BY p.id ORDER BY p.id;
SELECT 'patient' AS section, JSON_OBJECT('code', p.patient_code, 'name', p.name, 'gender', p.gender, 'age', p.age, 'bmi', p.bmi) AS report FROM health_patients p WHERE p.id = (SELECT MIN(id) FROM health_patients)
UNION ALL SELECT 'vital_signs', JSON_OBJECT('measurements', COUNT(*), 'avg_systolic', ROUND(AVG(v.systolic_pressure), 1), 'avg_temperature', ROUND(AVG(v.body_temperature), 1)) FROM health_vital_signs v WHERE v.measured_at >= @stat_date - INTERVAL 90 DAY
UNION ALL SELECT 'alerts', JSON_OBJECT('total', COUNT(*), 'critical', COALESCE(SUM(a.alert_level IN ('critical', 'emergency')), 0), 'resolved', COALESCE(SUM(a.status = 'resolved'), 0)) FROM health_alerts a WHERE a.triggered_at < NOW();
SELECT CASE WHEN v_age >= 65 THEN 20 WHEN v_age >= 45 THEN 10 ELSE 0 END + CASE WHEN v_systolic >= 140 THEN 20 WHEN v_systolic >= 130 THEN 10 ELSE 0 END AS score, COUNT(*) FROM (SELECT p.id, p.age AS v_age, AVG(v.systolic_pressure) AS v_systolic FROM health_patients p LEFT JOIN health_vital_signs v ON v.patient_id = p.id GROUP BY p.id, p.age) x GROUP BY score ORDER BY score;
SELECT d.id, d.device_name, COUNT(l.id) AS logs, COALESCE(SUM(l.data_quality IN ('excellent', 'good')), 0) AS good, COALESCE(SUM(l.log_type = 'error'), 0) AS errors, IF(d.total_measurements > 0, d.successful_measurements * 100 / d.total_measurements, 0) AS rate FROM health_devices d LEFT JOIN health_device_logs l ON l.device_id = d.id AND l.created_at >= NOW() - INTERVAL 90 DAY GROUP BY d.id ORDER BY rate DESC, d.id;
