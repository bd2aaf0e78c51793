-- Events: daily totals and the state of devices. Two events and the one that looks after
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

-- Writes the daily totals of every tenant, or writes them again. Devices join on the tenant
-- alone, so the other sums count a row once per device.
CREATE EVENT generate_daily_health_stats
ON SCHEDULE EVERY 1 DAY STARTS (CURRENT_DATE + INTERVAL 1 DAY + INTERVAL 2 HOUR)
DISABLE
DO INSERT INTO health_statistics (
  id, tenant_id, stat_date, stat_type,
  total_patients, new_patients, active_patients,
  total_records, new_records, abnormal_records,
  total_devices, online_devices, offline_devices, error_devices,
  total_alerts, critical_alerts, resolved_alerts,
  total_checkups, healthy_checkups, abnormal_checkups
)
SELECT
  UUID(), p.tenant_id, CURRENT_DATE - INTERVAL 1 DAY, 'daily',
  COUNT(DISTINCT p.id),
  COUNT(DISTINCT CASE WHEN DATE(p.created_at) = CURRENT_DATE - INTERVAL 1 DAY THEN p.id END),
  COUNT(DISTINCT CASE WHEN p.status = 'active' THEN p.id END),
  COUNT(r.id),
  SUM(COALESCE(DATE(r.created_at) = CURRENT_DATE - INTERVAL 1 DAY, 0)),
  SUM(COALESCE(r.risk_level <> 'normal', 0)),
  COUNT(DISTINCT d.id),
  SUM(COALESCE(d.status = 'active', 0)),
  SUM(COALESCE(d.status = 'offline', 0)),
  SUM(COALESCE(d.status = 'error', 0)),
  COUNT(DISTINCT a.id),
  SUM(COALESCE(a.alert_level IN ('critical', 'emergency'), 0)),
  SUM(COALESCE(a.status = 'resolved', 0)),
  COUNT(DISTINCT c.id),
  SUM(COALESCE(c.health_status = 'healthy', 0)),
  SUM(COALESCE(c.health_status <> 'healthy', 0))
FROM health_patients p
LEFT JOIN health_records r         ON r.patient_id = p.id
LEFT JOIN health_devices d         ON d.tenant_id = p.tenant_id
LEFT JOIN health_alerts a          ON a.patient_id = p.id
LEFT JOIN health_checkup_reports c ON c.patient_id = p.id
GROUP BY p.tenant_id
ON DUPLICATE KEY UPDATE
  total_patients    = VALUES(total_patients),
  new_patients      = VALUES(new_patients),
  active_patients   = VALUES(active_patients),
  total_records     = VALUES(total_records),
  new_records       = VALUES(new_records),
  abnormal_records  = VALUES(abnormal_records),
  total_devices     = VALUES(total_devices),
  online_devices    = VALUES(online_devices),
  offline_devices   = VALUES(offline_devices),
  error_devices     = VALUES(error_devices),
  total_alerts      = VALUES(total_alerts),
  critical_alerts   = VALUES(critical_alerts),
  resolved_alerts   = VALUES(resolved_alerts),
  total_checkups    = VALUES(total_checkups),
  healthy_checkups  = VALUES(healthy_checkups),
  abnormal_checkups = VALUES(abnormal_checkups)
//

-- Marks devices offline that were silent for an hour. The alert "offline" that follows is
-- raised for devices that need calibration, not for the silent ones.
CREATE EVENT check_device_status
ON SCHEDULE EVERY 10 MINUTE STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  UPDATE health_devices
  SET status = 'offline'
  WHERE status = 'active'
    AND last_online_at < NOW() - INTERVAL 1 HOUR;

  INSERT INTO health_alerts (
    id, tenant_id, patient_id, alert_type, alert_level, alert_title, alert_message,
    trigger_source, device_id
  )
  SELECT
    UUID(), d.tenant_id, d.assigned_patient_id, 'device_offline', 'warning',
    CONCAT('Device offline: ', d.device_name), CONCAT('Last seen at ', COALESCE(d.last_online_at, 'no time')),
    'scheduled', d.id
  FROM health_devices d
  WHERE d.needs_calibration = 1
    AND d.assigned_patient_id IS NOT NULL
    AND NOT EXISTS (
      SELECT 1
      FROM health_alerts a
      WHERE a.device_id = d.id AND a.alert_type = 'device_offline' AND a.status = 'open'
    );
END
//

-- Adds the partitions of the coming three months, on the first of each month.
CREATE EVENT ev_monthly_partition_maintenance
ON SCHEDULE EVERY 1 MONTH STARTS '2025-02-01 02:00:00'
DISABLE
DO CALL sp_add_monthly_partitions()
//

DELIMITER ;
