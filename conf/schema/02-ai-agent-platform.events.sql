-- Events: conversations and the totals of agents. Three events and the one that looks after
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

-- Archives old conversations.
CREATE EVENT cleanup_expired_conversations
ON SCHEDULE EVERY 1 DAY STARTS CURRENT_TIMESTAMP
DISABLE
DO CALL sp_cleanup_expired_conversations()
//

-- Marks quiet conversations idle.
CREATE EVENT mark_idle_conversations
ON SCHEDULE EVERY 5 MINUTE STARTS CURRENT_TIMESTAMP
DISABLE
DO CALL sp_mark_idle_conversations()
//

-- Computes the totals of every active agent again, one CALL for each.
CREATE EVENT update_all_agent_statistics
ON SCHEDULE EVERY 1 HOUR STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  DECLARE v_done INT DEFAULT 0;
  DECLARE v_id   VARCHAR(36);
  DECLARE active_agents CURSOR FOR
    SELECT id
    FROM ai_agents
    WHERE status = 'active';
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET v_done = 1;

  OPEN active_agents;
  each_agent: LOOP
    FETCH active_agents INTO v_id;
    IF v_done THEN
      LEAVE each_agent;
    END IF;
    CALL sp_update_agent_statistics(v_id);
  END LOOP;
  CLOSE active_agents;
END
//

-- Adds the partitions of the coming three months, on the first of each month.
CREATE EVENT ev_monthly_partition_maintenance
ON SCHEDULE EVERY 1 MONTH STARTS '2025-02-01 02:00:00'
DISABLE
DO CALL sp_add_monthly_partitions()
//

DELIMITER ;
