-- about: errors that several shards answer with a refusal of our own
-- refuse: 1235
SELECT f_none(1) FROM saas_users WHERE tenant_id = 'system';
