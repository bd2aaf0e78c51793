-- about: what would have to run on several shards and cannot yet is refused, and has no effect
-- refuse: 1235 LIMIT
UPDATE saas_users SET login_failure_count = 1 ORDER BY id LIMIT 1;
-- refuse: 1235 LIMIT
DELETE FROM saas_user_sessions ORDER BY id LIMIT 1;
