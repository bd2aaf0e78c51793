-- about: definitions of the customer's tables change and change back; the files after this one are planned by what the servers say
CREATE INDEX by_first_seen ON saas_message_logs (tenant_id, created_at);
DROP INDEX by_first_seen ON saas_message_logs;
ALTER TABLE saas_users ADD COLUMN nickname VARCHAR(40) DEFAULT 'none';
SELECT id, nickname FROM saas_users WHERE tenant_id = 'system' ORDER BY id;
SELECT nickname, COUNT(*) FROM saas_users GROUP BY nickname;
ALTER TABLE saas_users DROP COLUMN nickname;
ALTER TABLE saas_unified_audit_logs REORGANIZE PARTITION p_future INTO (PARTITION p_far VALUES LESS THAN (UNIX_TIMESTAMP('2040-01-01 00:00:00')), PARTITION p_future VALUES LESS THAN MAXVALUE);
ALTER TABLE saas_unified_audit_logs DROP PARTITION p_far;
CREATE VIEW v_of_users AS SELECT tenant_id, id, username FROM saas_users WHERE status = 'active';
SELECT COUNT(*) FROM v_of_users;
SELECT * FROM v_of_users WHERE tenant_id = 'system' ORDER BY id;
DROP VIEW v_of_users;
CREATE TRIGGER t_of_users BEFORE UPDATE ON saas_users FOR EACH ROW SET NEW.department = OLD.department;
UPDATE saas_users SET department = 'nobody' WHERE tenant_id = 'system';
SELECT DISTINCT department FROM saas_users WHERE tenant_id = 'system' ORDER BY 1;
DROP TRIGGER t_of_users;
CREATE EVENT e_of_users ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01 00:00:00' DO DELETE FROM saas_users WHERE id = 0;
DROP EVENT e_of_users;
ALTER TABLE ai_agents COMMENT 'agents', ALGORITHM=INPLACE;
ALTER TABLE saas_permissions ADD COLUMN extra INT;
ALTER TABLE saas_permissions DROP COLUMN extra;
# refused by rows, most often of another shard than the first
ALTER TABLE saas_users MODIFY department VARCHAR(1) NOT NULL;
ALTER TABLE saas_users ADD COLUMN since DATE NOT NULL, ADD KEY (since);
ALTER TABLE saas_users ADD CONSTRAINT nobody CHECK (CHAR_LENGTH(username) > 1000);
ALTER TABLE saas_users MODIFY username INT;
ALTER TABLE saas_message_logs MODIFY created_at TINYINT;
SELECT COUNT(*) FROM saas_users WHERE username > '';
