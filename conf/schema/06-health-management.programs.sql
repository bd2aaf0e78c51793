-- Views and procedures: patients and devices.
-- 2 views, 3 procedures of its own and the 2 that look after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- Patients with what there is about them, their latest vital signs and their latest
-- check-up. Two measurements at the same latest moment make two rows of one patient.
CREATE VIEW v_patient_health_overview AS
SELECT
  p.id,
  p.tenant_id,
  p.patient_code,
  p.name,
  p.gender,
  p.age,
  p.phone,
  p.status,
  p.total_visits,
  p.total_records,
  p.last_visit_at,
  p.last_record_at,
  COUNT(DISTINCT r.id) AS recent_records,
  COUNT(DISTINCT a.id) AS open_alerts,
  COUNT(DISTINCT d.id) AS assigned_devices,
  v.measured_at        AS last_vital_signs_at,
  v.systolic_pressure  AS last_systolic_pressure,
  v.diastolic_pressure AS last_diastolic_pressure,
  v.heart_rate         AS last_heart_rate,
  v.body_temperature   AS last_temperature,
  c.health_status      AS last_checkup_status,
  c.checkup_date       AS last_checkup_date
FROM health_patients p
LEFT JOIN health_records r         ON r.patient_id = p.id AND r.recorded_at >= NOW() - INTERVAL 30 DAY
LEFT JOIN health_alerts a          ON a.patient_id = p.id AND a.status = 'open'
LEFT JOIN health_devices d         ON d.assigned_patient_id = p.id
LEFT JOIN health_vital_signs v     ON v.patient_id = p.id
  AND v.measured_at = (SELECT MAX(v2.measured_at)
                       FROM health_vital_signs v2
                       WHERE v2.patient_id = p.id)
LEFT JOIN health_checkup_reports c ON c.patient_id = p.id
  AND c.checkup_date = (SELECT MAX(c2.checkup_date)
                        FROM health_checkup_reports c2
                        WHERE c2.patient_id = p.id)
GROUP BY p.id, v.measured_at, v.systolic_pressure, v.diastolic_pressure, v.heart_rate,
         v.body_temperature, c.health_status, c.checkup_date
//

-- Devices with their patient, the share of measurements that succeeded, in percent, and the
-- log rows of 7 days. The division is guarded by the successes, not by the total.
CREATE VIEW v_device_status_overview AS
SELECT
  d.id,
  d.tenant_id,
  d.device_name,
  d.device_type,
  d.status,
  d.assigned_patient_id,
  p.name AS patient_name,
  d.battery_level,
  d.last_online_at,
  d.total_measurements,
  d.successful_measurements,
  d.error_count,
  CASE
    WHEN d.successful_measurements > 0
    THEN ROUND(d.successful_measurements * 100.0 / d.total_measurements, 2)
    ELSE 0
  END    AS success_rate,
  d.needs_calibration,
  d.last_calibration_at,
  (SELECT COUNT(*)
   FROM health_device_logs l
   WHERE l.device_id = d.id AND l.created_at >= NOW() - INTERVAL 7 DAY) AS recent_logs
FROM health_devices d
LEFT JOIN health_patients p ON p.id = d.assigned_patient_id
//

-- Three rows about a patient and a period, each a name and a JSON object: who it is, the
-- mean vital signs, the alerts.
CREATE PROCEDURE sp_generate_health_report(
  IN p_patient_id VARCHAR(36),
  IN p_start_date DATE,
  IN p_end_date   DATE
)
READS SQL DATA
BEGIN
  SELECT 'patient' AS section,
         JSON_OBJECT('code', p.patient_code, 'name', p.name, 'gender', p.gender, 'age', p.age,
                     'blood_type', p.blood_type, 'bmi', p.bmi) AS report
  FROM health_patients p
  WHERE p.id = p_patient_id
  UNION ALL
  SELECT 'vital_signs',
         JSON_OBJECT('measurements', COUNT(*),
                     'avg_systolic', ROUND(AVG(v.systolic_pressure), 1),
                     'avg_diastolic', ROUND(AVG(v.diastolic_pressure), 1),
                     'avg_heart_rate', ROUND(AVG(v.heart_rate), 1),
                     'avg_temperature', ROUND(AVG(v.body_temperature), 1),
                     'avg_oxygen', ROUND(AVG(v.oxygen_saturation), 1))
  FROM health_vital_signs v
  WHERE v.patient_id = p_patient_id
    AND v.measured_at >= p_start_date AND v.measured_at < p_end_date + INTERVAL 1 DAY
  UNION ALL
  SELECT 'alerts',
         JSON_OBJECT('total', COUNT(*),
                     'critical', COALESCE(SUM(a.alert_level IN ('critical', 'emergency')), 0),
                     'resolved', COALESCE(SUM(a.status = 'resolved'), 0))
  FROM health_alerts a
  WHERE a.patient_id = p_patient_id
    AND a.triggered_at >= p_start_date AND a.triggered_at < p_end_date + INTERVAL 1 DAY;
END
//

-- Scores the risk of a patient from age, body-mass index and the mean vital signs of 30
-- days. Relies on the stored age.
CREATE PROCEDURE sp_assess_health_risk(
  IN p_patient_id VARCHAR(36)
)
READS SQL DATA
BEGIN
  DECLARE v_age       INT;
  DECLARE v_bmi       DECIMAL(4,1);
  DECLARE v_systolic  DECIMAL(6,2);
  DECLARE v_diastolic DECIMAL(6,2);
  DECLARE v_rate      DECIMAL(6,2);
  DECLARE v_score     INT DEFAULT 0;
  DECLARE v_level     VARCHAR(10);

  SELECT age, bmi INTO v_age, v_bmi
  FROM health_patients
  WHERE id = p_patient_id;

  SELECT AVG(systolic_pressure), AVG(diastolic_pressure), AVG(heart_rate)
  INTO v_systolic, v_diastolic, v_rate
  FROM health_vital_signs
  WHERE patient_id = p_patient_id AND measured_at >= NOW() - INTERVAL 30 DAY;

  SET v_score = CASE WHEN v_age >= 65 THEN 20 WHEN v_age >= 45 THEN 10 ELSE 0 END
    + CASE WHEN v_bmi >= 30 THEN 20 WHEN v_bmi >= 25 OR v_bmi < 18.5 THEN 10 ELSE 0 END
    + CASE WHEN v_systolic >= 160 OR v_diastolic >= 100 THEN 30
           WHEN v_systolic >= 140 OR v_diastolic >= 90 THEN 20
           WHEN v_systolic >= 130 OR v_diastolic >= 85 THEN 10
           ELSE 0 END
    + CASE WHEN v_rate > 100 OR v_rate < 50 THEN 15 ELSE 0 END;

  SET v_level = CASE
    WHEN v_score >= 60 THEN 'critical'
    WHEN v_score >= 40 THEN 'high'
    WHEN v_score >= 20 THEN 'medium'
    ELSE 'low'
  END;

  SELECT p_patient_id AS patient_id,
         v_age        AS age,
         v_bmi        AS bmi,
         v_systolic   AS avg_systolic,
         v_diastolic  AS avg_diastolic,
         v_rate       AS avg_heart_rate,
         v_score      AS risk_score,
         v_level      AS risk_level;
END
//

-- Rates a device from the share of measurements that succeeded and from the quality of the
-- data it logged in 30 days.
CREATE PROCEDURE sp_analyze_device_performance(
  IN p_device_id VARCHAR(36)
)
READS SQL DATA
BEGIN
  DECLARE v_name    VARCHAR(100);
  DECLARE v_total   BIGINT DEFAULT 0;
  DECLARE v_success BIGINT DEFAULT 0;
  DECLARE v_logs    INT DEFAULT 0;
  DECLARE v_good    INT DEFAULT 0;
  DECLARE v_errors  INT DEFAULT 0;
  DECLARE v_rate    DECIMAL(5,2) DEFAULT 0;
  DECLARE v_quality DECIMAL(5,2) DEFAULT 0;

  SELECT device_name, COALESCE(total_measurements, 0), COALESCE(successful_measurements, 0)
  INTO v_name, v_total, v_success
  FROM health_devices
  WHERE id = p_device_id;

  SELECT COUNT(*),
         COALESCE(SUM(data_quality IN ('excellent', 'good')), 0),
         COALESCE(SUM(log_type = 'error'), 0)
  INTO v_logs, v_good, v_errors
  FROM health_device_logs
  WHERE device_id = p_device_id AND created_at >= NOW() - INTERVAL 30 DAY;

  IF v_total > 0 THEN
    SET v_rate = v_success * 100 / v_total;
  END IF;
  IF v_logs > 0 THEN
    SET v_quality = v_good * 100 / v_logs;
  END IF;

  SELECT p_device_id AS device_id,
         v_name      AS device_name,
         v_total     AS total_measurements,
         v_rate      AS success_rate,
         v_logs      AS logs,
         v_errors    AS errors,
         v_quality   AS data_quality,
         CASE
           WHEN v_rate >= 95 AND v_quality >= 90 THEN 'excellent'
           WHEN v_rate >= 85 AND v_quality >= 75 THEN 'good'
           WHEN v_rate >= 70 THEN 'fair'
           ELSE 'poor'
         END         AS performance;
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
