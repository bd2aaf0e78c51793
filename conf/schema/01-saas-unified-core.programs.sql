-- Views and procedures: tenants, permissions, quota and clean-up.
-- 2 views, 2 procedures of its own and the 2 that look after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- One row per tenant: people and roles counted, its quota, the storage used today. The
-- result changes with the date of the session's time zone.
CREATE VIEW v_tenant_overview AS
SELECT
  t.id,
  t.tenant_name,
  t.tenant_code,
  t.status,
  t.subscription_plan,
  COUNT(DISTINCT u.id)       AS user_count,
  COUNT(DISTINCT ur.role_id) AS role_count,
  q.max_users,
  q.max_storage_gb,
  s.storage_used_gb,
  t.created_at
FROM saas_tenants t
LEFT JOIN saas_users u            ON u.tenant_id = t.id AND u.deleted_at IS NULL
LEFT JOIN saas_user_roles ur      ON ur.user_id = u.id AND ur.status = 'active'
LEFT JOIN saas_tenant_quotas q    ON q.tenant_id = t.id
LEFT JOIN saas_usage_statistics s ON s.tenant_id = t.id AND s.usage_date = CURDATE()
GROUP BY t.id, t.tenant_name, t.tenant_code, t.status, t.subscription_plan,
         q.max_users, q.max_storage_gb, s.storage_used_gb, t.created_at
//

-- What every user may do, one row per granted permission. Only ids join the five tables;
-- that all of them carry the same tenant is the applications' promise.
CREATE VIEW v_user_permissions AS
SELECT
  u.id        AS user_id,
  u.tenant_id,
  u.username,
  r.role_code,
  p.permission_code,
  p.module,
  p.action,
  ur.scope_type,
  r.status    AS role_status
FROM saas_users u
JOIN saas_user_roles ur       ON ur.user_id = u.id
JOIN saas_roles r             ON r.id = ur.role_id
JOIN saas_role_permissions rp ON rp.role_id = r.id
JOIN saas_permissions p       ON p.id = rp.permission_id
WHERE u.status = 'active'
  AND ur.status = 'active'
  AND rp.permission_type = 'allow'
  AND p.status = 'active'
//

-- Does p_requested_amount more of a resource ('users' or 'storage_gb') fit into the
-- tenant's quota? Any other resource has the limit 0. Without a usage row of today the use
-- of storage counts as 0.
CREATE PROCEDURE sp_check_tenant_quota(
  IN  p_tenant_id        VARCHAR(36),
  IN  p_resource_type    VARCHAR(50),
  IN  p_requested_amount BIGINT,
  OUT p_allowed          TINYINT(1),
  OUT p_current_usage    BIGINT,
  OUT p_limit_value      BIGINT
)
READS SQL DATA
BEGIN
  DECLARE v_limit         BIGINT DEFAULT 0;
  DECLARE v_current_usage BIGINT DEFAULT 0;

  CASE p_resource_type
    WHEN 'users' THEN
      SELECT max_users INTO v_limit
      FROM saas_tenant_quotas
      WHERE tenant_id = p_tenant_id;

      SELECT COUNT(*) INTO v_current_usage
      FROM saas_users
      WHERE tenant_id = p_tenant_id AND status = 'active' AND deleted_at IS NULL;
    WHEN 'storage_gb' THEN
      SELECT max_storage_gb INTO v_limit
      FROM saas_tenant_quotas
      WHERE tenant_id = p_tenant_id;

      SELECT storage_used_gb INTO v_current_usage
      FROM saas_usage_statistics
      WHERE tenant_id = p_tenant_id AND usage_date = CURDATE();
    ELSE
      SET v_limit = 0;
  END CASE;

  SET p_current_usage = v_current_usage;
  SET p_limit_value   = v_limit;
  SET p_allowed       = v_current_usage + p_requested_amount <= v_limit;
END
//

-- Removes what has expired, of every tenant: sessions and temporary files are deleted,
-- shares switched off, alerts open for 30 days closed. An error leaves the transaction
-- open: there is no handler.
CREATE PROCEDURE sp_cleanup_expired_data()
MODIFIES SQL DATA
BEGIN
  DECLARE v_sessions INT DEFAULT 0;
  DECLARE v_shares   INT DEFAULT 0;
  DECLARE v_files    INT DEFAULT 0;
  DECLARE v_alerts   INT DEFAULT 0;

  START TRANSACTION;

  DELETE FROM saas_user_sessions
  WHERE expires_at < NOW();
  SET v_sessions = ROW_COUNT();

  UPDATE saas_file_shares
  SET is_active = 0
  WHERE is_active = 1 AND expires_at < NOW();
  SET v_shares = ROW_COUNT();

  -- Takes the shares of these files with it.
  DELETE FROM saas_files
  WHERE is_temporary = 1 AND expires_at < NOW();
  SET v_files = ROW_COUNT();

  UPDATE saas_unified_alerts
  SET status = 'expired'
  WHERE status = 'open' AND created_at < NOW() - INTERVAL 30 DAY;
  SET v_alerts = ROW_COUNT();

  COMMIT;

  SELECT v_sessions AS expired_sessions,
         v_shares   AS expired_shares,
         v_files    AS deleted_files,
         v_alerts   AS expired_alerts;
END
//

-- Makes sure that one partitioned table has a partition for every month up to p_months
-- from now (UTC), by splitting p_future behind its last month. A table without p_future or
-- without a month is left alone. Bounds are computed as seconds since 1970 in UTC, so the
-- session's time zone does not matter. ALTER TABLE commits the caller's transaction.
CREATE PROCEDURE sp_add_future_partitions(
  IN p_table  VARCHAR(64),
  IN p_months INT
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_month  DATE;
  DECLARE v_last   DATE;
  DECLARE v_future INT DEFAULT 0;
  DECLARE v_pieces LONGTEXT DEFAULT '';

  SELECT
    CAST(MAX(CASE WHEN PARTITION_NAME REGEXP '^p[0-9]{6}$'
                  THEN CONCAT(SUBSTRING(PARTITION_NAME, 2), '01') END) AS DATE),
    SUM(PARTITION_NAME = 'p_future')
  INTO v_month, v_future
  FROM information_schema.PARTITIONS
  WHERE TABLE_SCHEMA = DATABASE()
    AND CONVERT(TABLE_NAME USING utf8mb4) COLLATE utf8mb4_unicode_ci = p_table;

  SET v_last = UTC_DATE() - INTERVAL DAYOFMONTH(UTC_DATE()) - 1 DAY + INTERVAL p_months MONTH;

  IF v_future = 1 AND v_month < v_last THEN
    WHILE v_month < v_last DO
      SET v_month  = v_month + INTERVAL 1 MONTH;
      SET v_pieces = CONCAT(v_pieces,
        'PARTITION p', DATE_FORMAT(v_month, '%Y%m'), ' VALUES LESS THAN (',
        TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', v_month + INTERVAL 1 MONTH), '), ');
    END WHILE;

    SET @partition_ddl = CONCAT(
      'ALTER TABLE `', REPLACE(p_table, '`', '``'), '` REORGANIZE PARTITION p_future INTO (',
      v_pieces, 'PARTITION p_future VALUES LESS THAN MAXVALUE)');
    PREPARE partition_ddl FROM @partition_ddl;
    EXECUTE partition_ddl;
    DEALLOCATE PREPARE partition_ddl;
    SET @partition_ddl = NULL;
  END IF;
END
//

-- Adds the partitions of the coming three months to every partitioned table of the
-- database it lives in.
CREATE PROCEDURE sp_add_monthly_partitions()
MODIFIES SQL DATA
BEGIN
  DECLARE v_done  INT DEFAULT 0;
  DECLARE v_table VARCHAR(64);
  DECLARE partitioned CURSOR FOR
    SELECT TABLE_NAME
    FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = DATABASE()
      AND TABLE_TYPE = 'BASE TABLE'
      AND CREATE_OPTIONS LIKE '%partitioned%'
    ORDER BY TABLE_NAME;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN partitioned;
  each_table: LOOP
    FETCH partitioned INTO v_table;
    IF v_done THEN
      LEAVE each_table;
    END IF;
    CALL sp_add_future_partitions(v_table, 3);
  END LOOP;
  CLOSE partitioned;
END
//

DELIMITER ;
