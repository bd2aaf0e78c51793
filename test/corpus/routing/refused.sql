-- about: what would need several shards to change together is refused, and has no effect
-- refuse: 1235
UPDATE saas_users SET login_failure_count = 0;
-- refuse: 1235
DELETE FROM saas_user_sessions WHERE expires_at < '2001-01-01';
-- refuse: 1235
UPDATE saas_permissions SET permission_level = permission_level WHERE id = 'x';
-- refuse: 1235
TRUNCATE TABLE saas_message_logs;
