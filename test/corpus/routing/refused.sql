-- about: what would have to run on several shards and cannot be done exactly is refused, and has no effect
-- refuse: 1235 UPDATE IGNORE that needs rows of several shards
UPDATE IGNORE saas_users SET login_failure_count = 1 ORDER BY id LIMIT 1;
-- refuse: 1235 DELETE IGNORE that needs rows of several shards
DELETE IGNORE FROM saas_user_sessions ORDER BY id LIMIT 1;
