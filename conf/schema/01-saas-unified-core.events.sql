-- Events: clean-up and partitions. One event and the one that looks after partitions.
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

-- Removes what has expired, of every tenant.
CREATE EVENT cleanup_expired_data
ON SCHEDULE EVERY 1 DAY STARTS CURRENT_TIMESTAMP
DISABLE
DO CALL sp_cleanup_expired_data()
//

-- Adds the partitions of the coming three months, on the first of each month.
CREATE EVENT ev_monthly_partition_maintenance
ON SCHEDULE EVERY 1 MONTH STARTS '2025-02-01 02:00:00'
DISABLE
DO CALL sp_add_monthly_partitions()
//

DELIMITER ;
