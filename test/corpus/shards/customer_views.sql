-- about: every view of the customer, read over all tenants, alone and in larger statements
-- any plan
SET timestamp = 1795176000;
SELECT * FROM v_tenant_overview ORDER BY id;
SELECT subscription_plan, COUNT(*), SUM(user_count), MAX(role_count) FROM v_tenant_overview GROUP BY subscription_plan ORDER BY 1;
SELECT * FROM v_user_permissions ORDER BY user_id, role_code, permission_code, scope_type;
SELECT permission_code, COUNT(DISTINCT user_id) n FROM v_user_permissions GROUP BY permission_code ORDER BY n DESC, 1 LIMIT 5;
SELECT * FROM v_agent_overview ORDER BY id;
SELECT agent_type, status, COUNT(*), SUM(total_cost) FROM v_agent_overview GROUP BY agent_type, status ORDER BY 1, 2;
SELECT * FROM v_platform_health ORDER BY id;
SELECT platform_type, AVG(success_rate), SUM(agent_count) FROM v_platform_health GROUP BY platform_type ORDER BY 1;
SELECT * FROM v_conversation_stats ORDER BY tenant_id, agent_id, conversation_date;
SELECT conversation_date, SUM(conversation_count) FROM v_conversation_stats GROUP BY conversation_date ORDER BY 1;
SELECT * FROM v_wework_account_overview ORDER BY id;
SELECT status, COUNT(*), SUM(open_alerts), AVG(health_score) FROM v_wework_account_overview GROUP BY status ORDER BY status;
SELECT * FROM v_wework_message_stats ORDER BY tenant_id, account_id, message_date, direction, message_type, send_status;
SELECT message_type, SUM(message_count) FROM v_wework_message_stats GROUP BY message_type ORDER BY 1;
SELECT * FROM v_service_sales_overview ORDER BY id;
SELECT category_name, COUNT(*), SUM(revenue), MIN(min_variant_price) + 0 FROM v_service_sales_overview GROUP BY category_name ORDER BY 1;
SELECT * FROM v_service_order_overview ORDER BY id;
SELECT order_status, payment_status, COUNT(*), SUM(total_amount), AVG(service_item_count) FROM v_service_order_overview GROUP BY 1, 2 ORDER BY 1, 2;
SELECT * FROM v_campaign_performance ORDER BY id;
SELECT campaign_type, SUM(total_revenue), SUM(coupon_count), MAX(ab_test_count) FROM v_campaign_performance GROUP BY campaign_type ORDER BY 1;
# tags is a GROUP_CONCAT without an order, which MySQL does not promise.
-- mask: tags
SELECT * FROM v_customer_360 ORDER BY id;
SELECT level, COUNT(*), SUM(tag_count), SUM(total_amount) FROM v_customer_360 GROUP BY level ORDER BY level;
SELECT * FROM v_segment_statistics ORDER BY id;
SELECT SUM(actual_member_count), SUM(customer_count) FROM v_segment_statistics;
SELECT * FROM v_behavior_heatmap ORDER BY tenant_id, behavior_name, behavior_category, event_date, event_hour;
SELECT event_hour, SUM(total_events) FROM v_behavior_heatmap GROUP BY event_hour ORDER BY event_hour;
SELECT * FROM v_patient_health_overview ORDER BY id, last_vital_signs_at, last_checkup_date, last_systolic_pressure, last_heart_rate, last_temperature, last_checkup_status;
SELECT status, COUNT(DISTINCT id), SUM(open_alerts) FROM v_patient_health_overview GROUP BY status ORDER BY 1;
SELECT * FROM v_device_status_overview ORDER BY id;
SELECT device_type, COUNT(*), MIN(battery_level) + 0, SUM(recent_logs) FROM v_device_status_overview GROUP BY device_type ORDER BY 1;
# Views of one tenant joined with all tenants' tables, and views of different databases.
SELECT v.id, COUNT(u.id) FROM v_tenant_overview v LEFT JOIN saas_users u ON u.tenant_id = v.id AND u.status = 'active' GROUP BY v.id ORDER BY v.id;
SELECT t.id, c.n, o.n, p.n FROM v_tenant_overview t LEFT JOIN (SELECT tenant_id, COUNT(*) n FROM v_customer_360 GROUP BY tenant_id) c ON c.tenant_id = t.id LEFT JOIN (SELECT tenant_id, COUNT(*) n FROM v_service_order_overview GROUP BY tenant_id) o ON o.tenant_id = t.id LEFT JOIN (SELECT tenant_id, COUNT(*) n FROM v_patient_health_overview GROUP BY tenant_id) p ON p.tenant_id = t.id ORDER BY t.id;
SELECT id FROM v_customer_360 WHERE tag_count > (SELECT AVG(tag_count) FROM v_customer_360) ORDER BY id;
SELECT tenant_id, id, RANK() OVER (PARTITION BY tenant_id ORDER BY total_amount DESC) r FROM v_customer_360 ORDER BY tenant_id, r, id;
SELECT saas_unified_core.v_tenant_overview.id FROM saas_unified_core.v_tenant_overview ORDER BY 1;
SELECT COUNT(*) FROM customer_management.v_customer_360 c JOIN core_business_platform.v_service_order_overview o ON o.customer_id = c.id;
