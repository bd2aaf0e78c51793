-- about: views with a tenant among their columns
SELECT * FROM v_user_permissions WHERE tenant_id = 'default-tenant' ORDER BY 1, 2, 3, 4, 5;
SELECT COUNT(*) FROM v_service_order_overview WHERE tenant_id = 'system';
SELECT id, tag_count FROM v_customer_360 WHERE tenant_id = 'system' ORDER BY id;
SELECT id, tenant_name, user_count FROM v_tenant_overview WHERE id = 'default-tenant';
