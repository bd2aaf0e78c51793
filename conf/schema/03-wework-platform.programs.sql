-- Views and procedures: accounts, their state and their messages.
-- 2 views, 4 procedures of its own and the 2 that look after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- Accounts with what they have: contacts, groups, conversations, open alerts.
CREATE VIEW v_wework_account_overview AS
SELECT
  a.id,
  a.tenant_id,
  a.account_name,
  a.wework_guid,
  a.status,
  a.health_score,
  a.message_success_rate,
  a.uptime_percentage,
  a.total_messages,
  a.online_duration_hours,
  COUNT(DISTINCT c.id)           AS contact_count,
  COUNT(DISTINCT g.id)           AS group_count,
  COUNT(DISTINCT v.id)           AS conversation_count,
  COALESCE(MAX(o.open_count), 0) AS open_alerts,
  a.last_heartbeat_time,
  a.created_at
FROM wework_accounts a
LEFT JOIN wework_contacts c      ON c.account_id = a.id AND c.status = 'normal'
LEFT JOIN wework_groups g        ON g.account_id = a.id AND g.status = 'active'
LEFT JOIN wework_conversations v ON v.account_id = a.id AND v.status = 'active'
LEFT JOIN (
  SELECT account_id, COUNT(*) AS open_count
  FROM wework_account_alerts
  WHERE status = 'open'
  GROUP BY account_id
) o ON o.account_id = a.id
GROUP BY a.id
//

-- Messages of the last 30 days per account, day, direction, type and state.
CREATE VIEW v_wework_message_stats AS
SELECT
  m.tenant_id,
  m.account_id,
  DATE(m.created_at)        AS message_date,
  m.direction,
  m.message_type,
  m.send_status,
  COUNT(*)                  AS message_count,
  AVG(m.processing_time_ms) AS avg_processing_time,
  AVG(m.response_time_ms)   AS avg_response_time
FROM wework_message_records m
WHERE m.created_at >= NOW() - INTERVAL 30 DAY
GROUP BY m.tenant_id, m.account_id, DATE(m.created_at), m.direction, m.message_type, m.send_status
//

-- Computes the message totals of an account again from everything it ever sent; no bound in
-- time, so every partition is read.
CREATE PROCEDURE sp_update_account_statistics(
  IN p_account_id VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_total      BIGINT DEFAULT 0;
  DECLARE v_successful BIGINT DEFAULT 0;
  DECLARE v_failed     BIGINT DEFAULT 0;
  DECLARE v_response   DECIMAL(8,3) DEFAULT 0;
  DECLARE v_rate       DECIMAL(5,2) DEFAULT 0;

  SELECT
    COUNT(*),
    COUNT(CASE WHEN send_status IN ('sent', 'delivered', 'read') THEN 1 END),
    COUNT(CASE WHEN send_status = 'failed' THEN 1 END),
    COALESCE(AVG(response_time_ms), 0)
  INTO v_total, v_successful, v_failed, v_response
  FROM wework_message_records
  WHERE account_id = p_account_id AND direction = 'send';

  IF v_total > 0 THEN
    SET v_rate = v_successful * 100 / v_total;
  END IF;

  UPDATE wework_accounts
  SET total_messages            = v_total,
      successful_messages       = v_successful,
      failed_messages           = v_failed,
      message_success_rate      = v_rate,
      avg_message_response_time = v_response
  WHERE id = p_account_id;

  SELECT v_total      AS total_messages,
         v_successful AS successful_messages,
         v_failed     AS failed_messages,
         v_rate       AS success_rate,
         v_response   AS avg_response_time;
END
//

-- Computes and stores the health score of an account, 0 to 100: it starts at 100 and loses
-- points for failed messages, downtime, errors and a heartbeat that is late.
CREATE PROCEDURE sp_calculate_health_score(
  IN p_account_id VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_success DECIMAL(5,2) DEFAULT 0;
  DECLARE v_uptime  DECIMAL(5,2) DEFAULT 0;
  DECLARE v_errors  INT DEFAULT 0;
  DECLARE v_silence INT;
  DECLARE v_score   INT DEFAULT 100;

  SELECT message_success_rate, uptime_percentage, error_count,
         TIMESTAMPDIFF(MINUTE, last_heartbeat_time, NOW())
  INTO v_success, v_uptime, v_errors, v_silence
  FROM wework_accounts
  WHERE id = p_account_id;

  SET v_score = v_score - ROUND((100 - COALESCE(v_success, 0)) * 0.3);
  SET v_score = v_score - ROUND((100 - COALESCE(v_uptime, 0)) * 0.3);
  SET v_score = v_score - LEAST(COALESCE(v_errors, 0) * 2, 20);
  SET v_score = v_score - CASE
    WHEN v_silence IS NULL THEN 20
    WHEN v_silence > 30 THEN 20
    WHEN v_silence > 5 THEN 10
    WHEN v_silence > 2 THEN 5
    ELSE 0
  END;
  SET v_score = GREATEST(0, LEAST(100, v_score));

  UPDATE wework_accounts
  SET health_score = v_score
  WHERE id = p_account_id;

  SELECT p_account_id AS account_id, v_score AS health_score;
END
//

-- Sets the accounts OFFLINE whose last heartbeat is older than two minutes, and writes the
-- change to their history: two statements for each account, no transaction around them.
CREATE PROCEDURE sp_auto_status_check()
MODIFIES SQL DATA
BEGIN
  DECLARE v_done    INT DEFAULT 0;
  DECLARE v_changed INT DEFAULT 0;
  DECLARE v_id      VARCHAR(36);
  DECLARE v_tenant  VARCHAR(36);
  DECLARE v_status  VARCHAR(20);
  DECLARE silent CURSOR FOR
    SELECT id, tenant_id, status
    FROM wework_accounts
    WHERE status = 'ONLINE'
      AND last_heartbeat_time < NOW() - INTERVAL 2 MINUTE;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN silent;
  each_account: LOOP
    FETCH silent INTO v_id, v_tenant, v_status;
    IF v_done THEN
      LEAVE each_account;
    END IF;

    UPDATE wework_accounts
    SET status = 'OFFLINE', offline_count = offline_count + 1
    WHERE id = v_id;

    INSERT INTO wework_account_status_history
      (id, tenant_id, account_id, old_status, new_status, change_reason, trigger_type)
    VALUES
      (UUID(), v_tenant, v_id, v_status, 'OFFLINE', 'no heartbeat for two minutes', 'HEARTBEAT_TIMEOUT');

    SET v_changed = v_changed + 1;
  END LOOP;
  CLOSE silent;

  SELECT v_changed AS offline_accounts;
END
//

-- Writes one usage row for each tenant and the given date, or writes it again: what every
-- account did that day, summed over the accounts of the tenant.
CREATE PROCEDURE sp_generate_daily_stats(
  IN p_stat_date DATE
)
MODIFIES SQL DATA
BEGIN
  INSERT INTO wework_tenant_usage (
    id, tenant_id, stat_date,
    total_accounts, online_accounts, active_accounts,
    total_messages, sent_messages, received_messages, failed_messages,
    total_contacts, new_contacts, active_contacts,
    total_groups, active_groups, group_messages,
    avg_response_time, message_success_rate, uptime_percentage,
    total_alerts, critical_alerts, resolved_alerts
  )
  SELECT
    UUID(), a.tenant_id, p_stat_date,
    COUNT(a.id),
    SUM(a.status = 'ONLINE'),
    SUM(COALESCE(m.total, 0) > 0),
    SUM(COALESCE(m.total, 0)),
    SUM(COALESCE(m.sent, 0)),
    SUM(COALESCE(m.received, 0)),
    SUM(COALESCE(m.failed, 0)),
    SUM(COALESCE(c.total, 0)),
    SUM(COALESCE(c.fresh, 0)),
    SUM(COALESCE(c.active, 0)),
    SUM(COALESCE(g.total, 0)),
    SUM(COALESCE(g.active, 0)),
    SUM(COALESCE(m.grouped, 0)),
    AVG(m.response_time),
    AVG(a.message_success_rate),
    AVG(a.uptime_percentage),
    SUM(COALESCE(l.total, 0)),
    SUM(COALESCE(l.critical, 0)),
    SUM(COALESCE(l.resolved, 0))
  FROM wework_accounts a
  LEFT JOIN (
    SELECT account_id,
           COUNT(*)                     AS total,
           SUM(direction = 'send')      AS sent,
           SUM(direction = 'receive')   AS received,
           SUM(send_status = 'failed')  AS failed,
           SUM(to_type = 'group')       AS grouped,
           AVG(response_time_ms) / 1000 AS response_time
    FROM wework_message_records
    WHERE created_at >= p_stat_date AND created_at < p_stat_date + INTERVAL 1 DAY
    GROUP BY account_id
  ) m ON m.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           COUNT(*)                                AS total,
           SUM(DATE(created_at) = p_stat_date)      AS fresh,
           SUM(DATE(last_message_at) = p_stat_date) AS active
    FROM wework_contacts
    GROUP BY account_id
  ) c ON c.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           COUNT(*)                               AS total,
           SUM(DATE(last_active_at) = p_stat_date) AS active
    FROM wework_groups
    GROUP BY account_id
  ) g ON g.account_id = a.id
  LEFT JOIN (
    SELECT account_id,
           COUNT(*)                      AS total,
           SUM(alert_level = 'critical') AS critical,
           SUM(status = 'resolved')      AS resolved
    FROM wework_account_alerts
    WHERE DATE(created_at) = p_stat_date
    GROUP BY account_id
  ) l ON l.account_id = a.id
  GROUP BY a.tenant_id
  ON DUPLICATE KEY UPDATE
    total_accounts       = VALUES(total_accounts),
    online_accounts      = VALUES(online_accounts),
    active_accounts      = VALUES(active_accounts),
    total_messages       = VALUES(total_messages),
    sent_messages        = VALUES(sent_messages),
    received_messages    = VALUES(received_messages),
    failed_messages      = VALUES(failed_messages),
    total_contacts       = VALUES(total_contacts),
    new_contacts         = VALUES(new_contacts),
    active_contacts      = VALUES(active_contacts),
    total_groups         = VALUES(total_groups),
    active_groups        = VALUES(active_groups),
    group_messages       = VALUES(group_messages),
    avg_response_time    = VALUES(avg_response_time),
    message_success_rate = VALUES(message_success_rate),
    uptime_percentage    = VALUES(uptime_percentage),
    total_alerts         = VALUES(total_alerts),
    critical_alerts      = VALUES(critical_alerts),
    resolved_alerts      = VALUES(resolved_alerts);

  SELECT ROW_COUNT() AS affected_rows;
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
