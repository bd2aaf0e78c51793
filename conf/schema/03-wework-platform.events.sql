-- Events: the state, health and totals of accounts. Four events and the one that looks after
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

-- Sets silent accounts OFFLINE.
CREATE EVENT auto_status_check
ON SCHEDULE EVERY 2 MINUTE STARTS CURRENT_TIMESTAMP
DISABLE
DO CALL sp_auto_status_check()
//

-- Computes the health scores again, one CALL for each account.
CREATE EVENT update_health_scores
ON SCHEDULE EVERY 10 MINUTE STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  DECLARE v_done INT DEFAULT 0;
  DECLARE v_id   VARCHAR(36);
  DECLARE scored CURSOR FOR
    SELECT id
    FROM wework_accounts
    WHERE status IN ('ONLINE', 'OFFLINE');
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN scored;
  each_account: LOOP
    FETCH scored INTO v_id;
    IF v_done THEN
      LEAVE each_account;
    END IF;
    CALL sp_calculate_health_score(v_id);
  END LOOP;
  CLOSE scored;
END
//

-- Computes the message totals again, one CALL for each account.
CREATE EVENT update_account_statistics
ON SCHEDULE EVERY 1 HOUR STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  DECLARE v_done INT DEFAULT 0;
  DECLARE v_id   VARCHAR(36);
  DECLARE accounts CURSOR FOR
    SELECT id
    FROM wework_accounts
    WHERE status <> 'CREATED';
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN accounts;
  each_account: LOOP
    FETCH accounts INTO v_id;
    IF v_done THEN
      LEAVE each_account;
    END IF;
    CALL sp_update_account_statistics(v_id);
  END LOOP;
  CLOSE accounts;
END
//

-- Writes the usage rows of the day before.
CREATE EVENT generate_daily_reports
ON SCHEDULE EVERY 1 DAY STARTS (CURRENT_DATE + INTERVAL 1 DAY + INTERVAL 1 HOUR)
DISABLE
DO CALL sp_generate_daily_stats(CURRENT_DATE - INTERVAL 1 DAY)
//

-- Adds the partitions of the coming three months, on the first of each month.
CREATE EVENT ev_monthly_partition_maintenance
ON SCHEDULE EVERY 1 MONTH STARTS '2025-02-01 02:00:00'
DISABLE
DO CALL sp_add_monthly_partitions()
//

DELIMITER ;
