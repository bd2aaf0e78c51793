-- Events: life-cycle stages, tags and segments. Three events and the one that looks after
-- partitions.
--
-- Load it after the programs, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.
--
-- An event runs on every server that has it: on a database of N shards, N times. The events
-- are therefore created disabled. Enable one where it is wanted with ALTER EVENT name ENABLE.
-- Their times are UTC, and so is NOW() inside them.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';

DELIMITER //

-- Computes the life-cycle stage of every active customer again. The branch for advocates
-- stands behind the one for recent orders, so only customers silent for over 90 days become
-- advocates.
CREATE EVENT update_customer_lifecycle
ON SCHEDULE EVERY 1 DAY STARTS (CURRENT_DATE + INTERVAL 3 HOUR)
DISABLE
DO UPDATE customers
SET lifecycle_stage = CASE
  WHEN total_orders = 0 AND last_interaction_date IS NULL THEN 'lead'
  WHEN total_orders = 0 THEN 'prospect'
  WHEN last_order_date >= CURRENT_DATE - INTERVAL 90 DAY THEN 'customer'
  WHEN total_orders >= 5 AND satisfaction_score >= 4.5 THEN 'advocate'
  WHEN last_order_date < CURRENT_DATE - INTERVAL 180 DAY THEN 'inactive'
  ELSE lifecycle_stage
END
WHERE status = 'active'
//

-- Gives automatic tags, one CALL for each active customer.
CREATE EVENT auto_assign_tags
ON SCHEDULE EVERY 6 HOUR STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  DECLARE v_done   INT DEFAULT 0;
  DECLARE v_id     VARCHAR(36);
  DECLARE v_tenant VARCHAR(36);
  DECLARE active_customers CURSOR FOR
    SELECT id, tenant_id
    FROM customers
    WHERE status = 'active';
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN active_customers;
  each_customer: LOOP
    FETCH active_customers INTO v_id, v_tenant;
    IF v_done THEN
      LEAVE each_customer;
    END IF;
    CALL sp_auto_assign_customer_tags(v_tenant, v_id);
  END LOOP;
  CLOSE active_customers;
END
//

-- Rebuilds the dynamic segments, one CALL for each; the CALL has its own transaction and
-- answers a result set that nobody reads.
CREATE EVENT update_dynamic_segments
ON SCHEDULE EVERY 12 HOUR STARTS (CURRENT_TIMESTAMP + INTERVAL 1 HOUR)
DISABLE
DO BEGIN
  DECLARE v_done INT DEFAULT 0;
  DECLARE v_id   VARCHAR(36);
  DECLARE dynamic_segments CURSOR FOR
    SELECT id
    FROM customer_segments
    WHERE segment_type = 'dynamic' AND is_active = 1 AND auto_refresh = 1;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN dynamic_segments;
  each_segment: LOOP
    FETCH dynamic_segments INTO v_id;
    IF v_done THEN
      LEAVE each_segment;
    END IF;
    CALL sp_update_segment_members(v_id);
  END LOOP;
  CLOSE dynamic_segments;
END
//

-- Adds the partitions of the coming three months, on the first of each month.
CREATE EVENT ev_monthly_partition_maintenance
ON SCHEDULE EVERY 1 MONTH STARTS '2025-02-01 02:00:00'
DISABLE
DO CALL sp_add_monthly_partitions()
//

DELIMITER ;
