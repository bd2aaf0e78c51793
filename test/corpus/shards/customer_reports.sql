-- about: what the customer's analysts ask: reports over tenants and over the six databases
-- any plan
SET timestamp = 1795176000;
# Counting tenants, users, usage.
SELECT COUNT(*) FROM saas_users;
SELECT tenant_id, COUNT(*) AS users, SUM(status = 'active') AS active FROM saas_users GROUP BY tenant_id ORDER BY users DESC, tenant_id;
SELECT t.id, t.tenant_name, COUNT(u.id) FROM saas_tenants t LEFT JOIN saas_users u ON u.tenant_id = t.id GROUP BY t.id, t.tenant_name ORDER BY 3 DESC, 1;
SELECT t.subscription_plan, t.status, COUNT(*) FROM saas_tenants t GROUP BY t.subscription_plan, t.status WITH ROLLUP;
SELECT DATE(created_at) AS day, COUNT(*) FROM saas_login_attempts GROUP BY day ORDER BY day DESC LIMIT 10;
SELECT username, COUNT(*) AS failures FROM saas_login_attempts GROUP BY username HAVING failures >= 1 ORDER BY failures DESC, username LIMIT 10;
SELECT u.username, u.tenant_id FROM saas_users u WHERE u.username IN (SELECT username FROM saas_users GROUP BY username HAVING COUNT(DISTINCT tenant_id) > 1) ORDER BY 1, 2;
SELECT q.tenant_id, q.max_users, COUNT(u.id) AS used, ROUND(COUNT(u.id) * 100 / q.max_users, 1) AS percent FROM saas_tenant_quotas q LEFT JOIN saas_users u ON u.tenant_id = q.tenant_id GROUP BY q.tenant_id, q.max_users ORDER BY percent DESC, 1;
SELECT r.role_code, COUNT(DISTINCT ur.user_id) FROM saas_roles r LEFT JOIN saas_user_roles ur ON ur.role_id = r.id GROUP BY r.role_code ORDER BY 2 DESC, 1;
SELECT p.permission_code FROM saas_permissions p WHERE NOT EXISTS (SELECT 1 FROM saas_role_permissions rp WHERE rp.permission_id = p.id) ORDER BY 1;
SELECT p.permission_code, COUNT(DISTINCT rp.tenant_id) FROM saas_permissions p LEFT JOIN saas_role_permissions rp ON rp.permission_id = p.id GROUP BY p.id, p.permission_code ORDER BY 1;
SELECT tenant_id, COUNT(*) FROM saas_unified_configs GROUP BY tenant_id ORDER BY tenant_id;
SELECT COUNT(*) FROM message_queue WHERE tenant_id IS NULL OR tenant_id = 'system';
# The audit log and other tables by month.
SELECT DATE_FORMAT(created_at, '%Y-%m') AS month, COUNT(*), COUNT(DISTINCT tenant_id) FROM saas_unified_audit_logs GROUP BY month ORDER BY month;
SELECT COUNT(*) FROM saas_unified_audit_logs WHERE created_at >= '2026-10-01' AND created_at < '2026-11-01';
SELECT tenant_id, MAX(created_at) FROM saas_unified_audit_logs WHERE created_at >= NOW() - INTERVAL 90 DAY GROUP BY tenant_id ORDER BY 1;
SELECT id, created_at FROM saas_unified_audit_logs ORDER BY created_at DESC, id LIMIT 5;
SELECT DATE(created_at) d, COUNT(*), SUM(COUNT(*)) OVER (ORDER BY DATE(created_at)) FROM ai_call_logs GROUP BY d ORDER BY d;
SELECT send_status, direction, COUNT(*) FROM wework_message_records WHERE created_at > NOW() - INTERVAL 60 DAY GROUP BY send_status, direction ORDER BY 1, 2;
# Pages of lists, as the consoles ask for them.
SELECT SQL_CALC_FOUND_ROWS id, username, created_at FROM saas_users ORDER BY created_at DESC, id LIMIT 3;
SELECT FOUND_ROWS();
SELECT id, username FROM saas_users WHERE username LIKE '%a%' ORDER BY username, id LIMIT 5, 5;
SELECT id, order_no, total_amount FROM service_orders ORDER BY total_amount DESC, id LIMIT 10;
SELECT id, name FROM customers WHERE name LIKE '%张%' OR name LIKE '%a%' ORDER BY name, id LIMIT 20;
SELECT * FROM customers ORDER BY created_at, id LIMIT 4 OFFSET 4;
# Money.
SELECT order_status, COUNT(*), SUM(total_amount), AVG(total_amount), MAX(total_amount) FROM service_orders GROUP BY order_status ORDER BY order_status;
SELECT tenant_id, SUM(total_amount) AS revenue, RANK() OVER (ORDER BY SUM(total_amount) DESC) AS r FROM service_orders GROUP BY tenant_id ORDER BY r, tenant_id;
SELECT DATE_FORMAT(order_time, '%Y-%m') AS month, tenant_id, SUM(paid_amount) FROM service_orders GROUP BY month, tenant_id WITH ROLLUP;
SELECT s.service_name, SUM(i.quantity), SUM(i.final_price) FROM service_order_items i JOIN services s ON s.id = i.service_id GROUP BY s.id, s.service_name ORDER BY 3 DESC, s.id LIMIT 10;
SELECT o.id FROM service_orders o LEFT JOIN service_order_payments p ON p.order_id = o.id WHERE p.id IS NULL ORDER BY o.id;
SELECT c.coupon_code, COUNT(p.id) FROM marketing_coupons c LEFT JOIN marketing_participations p ON p.campaign_id = c.campaign_id GROUP BY c.id, c.coupon_code ORDER BY 2 DESC, 1;
SELECT o.id, o.total_amount FROM service_orders o WHERE o.total_amount > (SELECT AVG(x.total_amount) FROM service_orders x WHERE x.tenant_id = o.tenant_id) ORDER BY o.id;
# Reports over two and three databases.
SELECT c.id, c.name, COUNT(o.id), SUM(o.total_amount) FROM customers c JOIN service_orders o ON o.customer_id = c.id GROUP BY c.id, c.name ORDER BY 4 DESC, 1 LIMIT 10;
SELECT c.tenant_id, COUNT(DISTINCT c.id), COUNT(DISTINCT o.id), COUNT(DISTINCT w.id) FROM customers c LEFT JOIN service_orders o ON o.tenant_id = c.tenant_id LEFT JOIN wework_contacts w ON w.tenant_id = c.tenant_id GROUP BY c.tenant_id ORDER BY 1;
SELECT t.id, t.tenant_name, (SELECT COUNT(*) FROM ai_agents a WHERE a.tenant_id = t.id) AS agents, (SELECT COUNT(*) FROM wework_accounts w WHERE w.tenant_id = t.id) AS accounts, (SELECT COUNT(*) FROM service_orders o WHERE o.tenant_id = t.id) AS orders, (SELECT COUNT(*) FROM customers c WHERE c.tenant_id = t.id) AS customers, (SELECT COUNT(*) FROM health_patients p WHERE p.tenant_id = t.id) AS patients FROM saas_tenants t ORDER BY t.id;
SELECT 'users' AS what, COUNT(*) AS n FROM saas_users UNION ALL SELECT 'agents', COUNT(*) FROM ai_agents UNION ALL SELECT 'accounts', COUNT(*) FROM wework_accounts UNION ALL SELECT 'orders', COUNT(*) FROM service_orders UNION ALL SELECT 'customers', COUNT(*) FROM customers UNION ALL SELECT 'patients', COUNT(*) FROM health_patients ORDER BY what;
SELECT u.username, c.name FROM saas_users u JOIN customers c ON c.assigned_sales_id = u.id ORDER BY 1, 2;
SELECT t.id FROM saas_tenants t WHERE t.id NOT IN (SELECT tenant_id FROM ai_conversations) ORDER BY t.id;
SELECT tenant_id FROM customers INTERSECT SELECT tenant_id FROM health_patients EXCEPT SELECT tenant_id FROM wework_groups ORDER BY 1;
WITH big AS (SELECT tenant_id, COUNT(*) n FROM customers GROUP BY tenant_id ORDER BY n DESC, tenant_id LIMIT 1) SELECT b.tenant_id, t.tenant_name, b.n FROM big b JOIN saas_tenants t ON t.id = b.tenant_id;
SELECT s.tenant_id, s.usage_date, s.storage_used_gb, q.max_storage_gb FROM saas_usage_statistics s JOIN saas_tenant_quotas q USING (tenant_id) ORDER BY 1, 2;
SELECT p.id, p.name, v.heart_rate FROM health_patients p JOIN health_vital_signs v ON v.patient_id = p.id WHERE v.measured_at = (SELECT MAX(x.measured_at) FROM health_vital_signs x WHERE x.patient_id = p.id) ORDER BY p.id, v.id;
SELECT a.agent_name, COUNT(m.id), AVG(m.response_time) FROM ai_agents a JOIN ai_conversations c ON c.agent_id = a.id JOIN ai_messages m ON m.conversation_id = c.id GROUP BY a.id, a.agent_name ORDER BY 2 DESC, 1;
SELECT * FROM (SELECT tenant_id, id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY created_at DESC, id) AS n FROM customers) x WHERE n <= 2 ORDER BY tenant_id, n;
SELECT stage, COUNT(*) FROM (SELECT lifecycle_stage AS stage FROM customers) x GROUP BY stage ORDER BY 2 DESC, 1;
SELECT g.tenant_id, COUNT(DISTINCT g.id), COUNT(m.id), COUNT(DISTINCT m.id) / COUNT(DISTINCT g.id) AS per_group FROM wework_groups g LEFT JOIN wework_group_members m ON m.group_id = g.id GROUP BY g.tenant_id ORDER BY 1;
SELECT tenant_id, GROUP_CONCAT(DISTINCT status ORDER BY status) FROM customers GROUP BY tenant_id ORDER BY tenant_id;
SELECT COUNT(*), COUNT(DISTINCT tenant_id), COUNT(DISTINCT customer_type), COUNT(DISTINCT level), AVG(total_amount), STD(total_orders) IS NULL FROM customers;
SELECT d.device_type, COUNT(l.id), MAX(l.created_at) FROM health_devices d LEFT JOIN health_device_logs l ON l.device_id = d.id GROUP BY d.device_type ORDER BY 1;
# Rows named by keys that are not the tenant's.
SELECT id, tenant_id FROM saas_users WHERE username = (SELECT MIN(username) FROM saas_users) ORDER BY id;
SELECT id, tenant_name FROM saas_tenants WHERE tenant_code IN (SELECT tenant_code FROM saas_tenants WHERE status = 'active') ORDER BY id;
SELECT tenant_id, status FROM saas_user_sessions WHERE session_token IN (SELECT MAX(session_token) FROM saas_user_sessions) ORDER BY 1;
SELECT COUNT(*) FROM wework_contacts WHERE account_id IN (SELECT id FROM wework_accounts WHERE status = 'ONLINE');
SELECT COUNT(*) FROM saas_users a JOIN saas_users b ON a.id < b.id AND a.department = b.department;
