-- Views and procedures: agents, platforms and conversations.
-- 3 views, 4 procedures of its own and the 2 that look after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- Agents with the number of platforms, knowledge bases and tools in use. The view has no
-- tenant column: it shows the agents of every tenant, and nobody can filter it.
CREATE VIEW v_agent_overview AS
SELECT
  a.id,
  a.agent_name,
  a.description,
  a.category,
  a.agent_type,
  a.status,
  a.version,
  a.conversation_count,
  a.success_rate,
  a.avg_response_time,
  a.total_cost,
  COUNT(DISTINCT pa.platform_id)      AS platform_count,
  COUNT(DISTINCT kb.knowledge_base_id) AS knowledge_base_count,
  COUNT(DISTINCT tl.tool_id)          AS tool_count,
  a.created_at,
  a.updated_at
FROM ai_agents a
LEFT JOIN ai_platform_agents pa       ON pa.agent_id = a.id AND pa.is_enabled = 1
LEFT JOIN ai_agent_knowledge_bases kb ON kb.agent_id = a.id AND kb.is_enabled = 1
LEFT JOIN ai_agent_tools tl           ON tl.agent_id = a.id AND tl.is_enabled = 1
GROUP BY a.id
//

-- Platforms with the share of requests that succeeded, in percent, and the number of
-- agents on them. No tenant column either.
CREATE VIEW v_platform_health AS
SELECT
  p.id,
  p.platform_name,
  p.platform_type,
  p.status,
  p.avg_response_time,
  p.successful_requests,
  p.failed_requests,
  CASE
    WHEN p.successful_requests + p.failed_requests > 0
    THEN ROUND(p.successful_requests * 100.0 / (p.successful_requests + p.failed_requests), 2)
    ELSE 0
  END                         AS success_rate,
  COUNT(DISTINCT pa.agent_id) AS agent_count,
  p.last_health_check_at,
  p.created_at,
  p.updated_at
FROM ai_platforms p
LEFT JOIN ai_platform_agents pa ON pa.platform_id = p.id
GROUP BY p.id
//

-- Conversations per tenant, agent and day. The day is that of the session's time zone.
CREATE VIEW v_conversation_stats AS
SELECT
  c.tenant_id,
  c.agent_id,
  DATE(c.created_at)        AS conversation_date,
  COUNT(*)                  AS conversation_count,
  AVG(c.message_count)      AS avg_message_count,
  AVG(c.total_tokens)       AS avg_tokens,
  AVG(c.total_cost)         AS avg_cost,
  AVG(c.avg_response_time)  AS avg_response_time,
  AVG(c.satisfaction_score) AS avg_satisfaction_score
FROM ai_conversations c
GROUP BY c.tenant_id, c.agent_id, DATE(c.created_at)
//

-- The totals of an agent, its conversations in progress, and how fast it answered during
-- the last hour.
CREATE PROCEDURE sp_get_agent_performance(
  IN p_agent_id VARCHAR(36)
)
READS SQL DATA
BEGIN
  SELECT
    a.id,
    a.agent_name,
    a.status,
    a.conversation_count,
    a.message_count,
    a.total_tokens,
    a.total_cost,
    a.avg_response_time,
    a.success_rate,
    a.satisfaction_score,
    (SELECT COUNT(*)
     FROM ai_conversations c
     WHERE c.agent_id = a.id AND c.status = 'active') AS active_conversations,
    (SELECT AVG(m.response_time)
     FROM ai_messages m
     JOIN ai_conversations c ON c.id = m.conversation_id
     WHERE c.agent_id = a.id
       AND m.role = 'assistant'
       AND m.created_at >= NOW() - INTERVAL 1 HOUR) AS recent_avg_response_time
  FROM ai_agents a
  WHERE a.id = p_agent_id;
END
//

-- Archives, one by one, the conversations that ended or expired and that nobody touched for
-- 30 days. The cursor reads the table that the loop updates.
CREATE PROCEDURE sp_cleanup_expired_conversations()
MODIFIES SQL DATA
BEGIN
  DECLARE v_done     INT DEFAULT 0;
  DECLARE v_archived INT DEFAULT 0;
  DECLARE v_id       VARCHAR(36);
  DECLARE stale CURSOR FOR
    SELECT id
    FROM ai_conversations
    WHERE status IN ('expired', 'completed')
      AND updated_at < NOW() - INTERVAL 30 DAY;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  START TRANSACTION;

  OPEN stale;
  each_conversation: LOOP
    FETCH stale INTO v_id;
    IF v_done THEN
      LEAVE each_conversation;
    END IF;

    UPDATE ai_conversations
    SET status = 'archived'
    WHERE id = v_id;
    SET v_archived = v_archived + 1;
  END LOOP;
  CLOSE stale;

  COMMIT;

  SELECT v_archived AS archived_conversations;
END
//

-- Marks the active conversations idle that had no message for half an hour.
CREATE PROCEDURE sp_mark_idle_conversations()
MODIFIES SQL DATA
BEGIN
  UPDATE ai_conversations
  SET status = 'idle'
  WHERE status = 'active'
    AND last_message_at < NOW() - INTERVAL 30 MINUTE;

  SELECT ROW_COUNT() AS idle_conversations;
END
//

-- Computes six totals of an agent again from its conversations and their messages.
CREATE PROCEDURE sp_update_agent_statistics(
  IN p_agent_id VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  UPDATE ai_agents a
  SET
    a.conversation_count = (
      SELECT COUNT(*)
      FROM ai_conversations c
      WHERE c.agent_id = a.id),
    a.message_count = (
      SELECT COUNT(*)
      FROM ai_messages m
      JOIN ai_conversations c ON c.id = m.conversation_id
      WHERE c.agent_id = a.id),
    a.total_tokens = (
      SELECT COALESCE(SUM(c.total_tokens), 0)
      FROM ai_conversations c
      WHERE c.agent_id = a.id),
    a.total_cost = (
      SELECT COALESCE(SUM(c.total_cost), 0)
      FROM ai_conversations c
      WHERE c.agent_id = a.id),
    a.avg_response_time = (
      SELECT COALESCE(AVG(m.response_time), 0)
      FROM ai_messages m
      JOIN ai_conversations c ON c.id = m.conversation_id
      WHERE c.agent_id = a.id AND m.role = 'assistant'),
    a.satisfaction_score = (
      SELECT COALESCE(AVG(c.satisfaction_score), 0)
      FROM ai_conversations c
      WHERE c.agent_id = a.id)
  WHERE a.id = p_agent_id;

  SELECT ROW_COUNT() AS updated_agents;
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
