-- Views and procedures: customers, tags, segments and behaviour.
-- 3 views, 3 procedures of its own and the 2 that look after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- Customers with their tags and segments. The order of the names in the column tags is not
-- defined, and group_concat_max_len cuts it.
CREATE VIEW v_customer_360 AS
SELECT
  c.id,
  c.tenant_id,
  c.customer_code,
  c.name,
  c.customer_type,
  c.phone,
  c.email,
  c.status,
  c.lifecycle_stage,
  c.level,
  c.source_channel,
  c.total_orders,
  c.total_amount,
  c.avg_order_amount,
  c.last_order_date,
  c.satisfaction_score,
  COUNT(DISTINCT t.tag_id)        AS tag_count,
  COUNT(DISTINCT m.segment_id)    AS segment_count,
  GROUP_CONCAT(DISTINCT d.tag_name) AS tags,
  c.created_at,
  c.last_contact_date
FROM customers c
LEFT JOIN customer_tags t            ON t.customer_id = c.id AND t.status = 'active'
LEFT JOIN customer_tag_definitions d ON d.id = t.tag_id
LEFT JOIN customer_segment_members m ON m.customer_id = c.id AND m.status = 'active'
GROUP BY c.id
//

-- Active segments: what was stored at the last calculation beside what the members are now.
CREATE VIEW v_segment_statistics AS
SELECT
  s.id,
  s.tenant_id,
  s.segment_name,
  s.segment_type,
  s.customer_count,
  s.avg_order_amount,
  s.total_revenue,
  s.conversion_rate,
  COUNT(m.customer_id)    AS actual_member_count,
  AVG(c.avg_order_amount) AS actual_avg_amount,
  SUM(c.total_amount)     AS actual_total_revenue,
  s.last_calculated_at,
  s.created_at
FROM customer_segments s
LEFT JOIN customer_segment_members m ON m.segment_id = s.id AND m.status = 'active'
LEFT JOIN customers c                ON c.id = m.customer_id
WHERE s.is_active = 1
GROUP BY s.id
//

-- Behaviour of the last 7 days per tenant, behaviour, day and hour.
CREATE VIEW v_behavior_heatmap AS
SELECT
  d.tenant_id,
  d.behavior_name,
  d.behavior_category,
  COUNT(DISTINCT e.customer_id) AS unique_customers,
  COUNT(*)                      AS total_events,
  AVG(e.event_value)            AS avg_event_value,
  SUM(e.event_value)            AS total_event_value,
  DATE(e.event_time)            AS event_date,
  HOUR(e.event_time)            AS event_hour
FROM customer_behavior_definitions d
JOIN customer_behavior_events e ON e.behavior_id = d.id
WHERE e.event_time >= NOW() - INTERVAL 7 DAY
GROUP BY d.tenant_id, d.behavior_name, d.behavior_category, DATE(e.event_time), HOUR(e.event_time)
//

-- Estimates what a customer will be worth over the next year: orders per month so far, times
-- the mean amount, times the months. Somebody who ordered once or never is worth what was
-- spent.
CREATE PROCEDURE sp_calculate_customer_clv(
  IN  p_customer_id              VARCHAR(36),
  OUT p_clv                      DECIMAL(15,2),
  OUT p_prediction_period_months INT
)
READS SQL DATA
BEGIN
  DECLARE v_orders INT DEFAULT 0;
  DECLARE v_amount DECIMAL(15,2) DEFAULT 0;
  DECLARE v_mean   DECIMAL(10,2) DEFAULT 0;
  DECLARE v_months INT DEFAULT 0;

  SET p_prediction_period_months = 12;

  SELECT
    COALESCE(total_orders, 0),
    COALESCE(total_amount, 0),
    COALESCE(avg_order_amount, 0),
    GREATEST(COALESCE(TIMESTAMPDIFF(MONTH, first_order_date, last_order_date), 0), 1)
  INTO v_orders, v_amount, v_mean, v_months
  FROM customers
  WHERE id = p_customer_id;

  IF v_orders > 1 THEN
    SET p_clv = v_orders / v_months * v_mean * p_prediction_period_months;
  ELSE
    SET p_clv = v_amount;
  END IF;

  SELECT p_customer_id              AS customer_id,
         v_orders                   AS total_orders,
         v_mean                     AS avg_order_amount,
         p_clv                      AS clv,
         p_prediction_period_months AS prediction_period_months;
END
//

-- Walks the tenant's automatic tags and gives those to a customer whose rule holds. One rule
-- is understood: total_amount > 10000.
CREATE PROCEDURE sp_auto_assign_customer_tags(
  IN p_tenant_id   VARCHAR(36),
  IN p_customer_id VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_done     INT DEFAULT 0;
  DECLARE v_assigned INT DEFAULT 0;
  DECLARE v_matches  INT DEFAULT 0;
  DECLARE v_tag      VARCHAR(36);
  DECLARE v_rule     VARCHAR(1000);
  DECLARE automatic CURSOR FOR
    SELECT id, rule_expression
    FROM customer_tag_definitions
    WHERE tenant_id = p_tenant_id AND is_active = 1 AND auto_assign = 1
    ORDER BY priority, id;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN automatic;
  each_tag: LOOP
    FETCH automatic INTO v_tag, v_rule;
    IF v_done THEN
      LEAVE each_tag;
    END IF;

    SET v_matches = 0;
    IF v_rule LIKE '%total_amount > 10000%' THEN
      SELECT COUNT(*) INTO v_matches
      FROM customers
      WHERE id = p_customer_id AND tenant_id = p_tenant_id AND total_amount > 10000;
    END IF;

    IF v_matches > 0 THEN
      INSERT IGNORE INTO customer_tags (id, tenant_id, customer_id, tag_id, assign_type, assign_reason)
      VALUES (UUID(), p_tenant_id, p_customer_id, v_tag, 'auto', v_rule);
      SET v_assigned = v_assigned + ROW_COUNT();
    END IF;
  END LOOP;
  CLOSE automatic;

  SELECT v_assigned AS assigned_tags;
END
//

-- Rebuilds the members of a dynamic segment: active customers who ordered within 90 days.
-- The segment's own rule_config is read and ignored. An error rolls back and is not
-- reported.
CREATE PROCEDURE sp_update_segment_members(
  IN p_segment_id VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_tenant  VARCHAR(36);
  DECLARE v_rule    JSON;
  DECLARE v_removed INT DEFAULT 0;
  DECLARE v_added   INT DEFAULT 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
  END;

  START TRANSACTION;

  SELECT tenant_id, rule_config INTO v_tenant, v_rule
  FROM customer_segments
  WHERE id = p_segment_id AND segment_type = 'dynamic';

  INSERT INTO segment_calculation_history
    (id, tenant_id, segment_id, calculation_type, trigger_type, calculation_status)
  VALUES
    (UUID(), v_tenant, p_segment_id, 'full', 'scheduled', 'running');

  DELETE FROM customer_segment_members
  WHERE segment_id = p_segment_id AND join_type = 'auto';
  SET v_removed = ROW_COUNT();

  INSERT IGNORE INTO customer_segment_members
    (id, tenant_id, segment_id, customer_id, join_type, join_reason)
  SELECT UUID(), v_tenant, p_segment_id, id, 'auto', 'ordered within 90 days'
  FROM customers
  WHERE tenant_id = v_tenant
    AND status = 'active'
    AND last_order_date >= CURDATE() - INTERVAL 90 DAY;
  SET v_added = ROW_COUNT();

  UPDATE customer_segments s
  SET s.customer_count     = (SELECT COUNT(*)
                              FROM customer_segment_members m
                              WHERE m.segment_id = p_segment_id AND m.status = 'active'),
      s.last_calculated_at = NOW()
  WHERE s.id = p_segment_id;

  UPDATE segment_calculation_history
  SET calculation_status = 'success',
      total_customers    = v_added,
      added_customers    = v_added,
      removed_customers  = v_removed,
      final_count        = v_added,
      completed_at       = NOW()
  WHERE segment_id = p_segment_id AND calculation_status = 'running'
  ORDER BY started_at DESC
  LIMIT 1;

  COMMIT;

  SELECT p_segment_id AS segment_id, v_added AS added_customers, v_removed AS removed_customers;
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
