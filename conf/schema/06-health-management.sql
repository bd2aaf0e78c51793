-- Patients, health records, devices, alerts and check-ups.
-- 12 tables, one partitioned by month.
--
-- The file names no database: it is loaded into the current one, whatever its name, so that
-- every shard gets the same tables. Statements end with ";", no DELIMITER is used.
-- Partition bounds are month starts in UTC; UNIX_TIMESTAMP reads them in the session zone,
-- which is therefore fixed here.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Patients and doctors
-- --------------------

-- Patient master.
-- age is filled by the application: MySQL refuses a stored column over CURDATE(). Where the
-- exact age matters, compute TIMESTAMPDIFF(YEAR, birth_date, CURDATE()).
-- Refers without a foreign key: phone -> customers.phone, assigned_doctor_id ->
-- health_doctors.id.
CREATE TABLE health_patients (
  id                     VARCHAR(36)  NOT NULL,
  tenant_id              VARCHAR(36)  NOT NULL,
  patient_code           VARCHAR(50)  NOT NULL,
  id_card                VARCHAR(18)  NULL,
  name                   VARCHAR(100) NOT NULL,
  gender                 ENUM('male', 'female', 'other') NOT NULL,
  birth_date             DATE         NOT NULL,
  age                    INT          NULL,
  phone                  VARCHAR(20)  NULL,
  email                  VARCHAR(100) NULL,
  emergency_contact      VARCHAR(100) NULL,
  emergency_phone        VARCHAR(20)  NULL,
  address                JSON         NULL,
  occupation             VARCHAR(100) NULL,
  workplace              VARCHAR(200) NULL,
  blood_type             ENUM('A', 'B', 'AB', 'O', 'unknown') NULL DEFAULT 'unknown',
  rh_factor              ENUM('positive', 'negative', 'unknown') NULL DEFAULT 'unknown',
  allergies              JSON         NULL,
  chronic_diseases       JSON         NULL,
  family_medical_history JSON         NULL,
  current_medications    JSON         NULL,
  height                 DECIMAL(5,2) NULL,
  weight                 DECIMAL(5,2) NULL,
  bmi                    DECIMAL(4,1) GENERATED ALWAYS AS (CASE WHEN height > 0 THEN ROUND(weight / POW(height/100, 2), 1) ELSE NULL END) STORED,
  smoking_status         ENUM('never', 'former', 'current') NULL DEFAULT 'never',
  drinking_status        ENUM('never', 'occasional', 'regular', 'heavy') NULL DEFAULT 'never',
  exercise_frequency     ENUM('never', 'rare', 'regular', 'frequent') NULL DEFAULT 'never',
  status                 ENUM('active', 'inactive', 'archived', 'deceased') NULL DEFAULT 'active',
  registration_source    VARCHAR(50)  NULL,
  assigned_doctor_id     VARCHAR(36)  NULL,
  privacy_level          ENUM('public', 'restricted', 'private') NULL DEFAULT 'private',
  data_sharing_consent   TINYINT(1)   NULL     DEFAULT 0,
  total_visits           INT          NULL     DEFAULT 0,
  total_records          INT          NULL     DEFAULT 0,
  last_visit_at          TIMESTAMP    NULL,
  last_record_at         TIMESTAMP    NULL,
  created_at             TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at             TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by             VARCHAR(36)  NULL,
  updated_by             VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_patient_code (tenant_id, patient_code),
  UNIQUE KEY uk_tenant_id_card (tenant_id, id_card),
  KEY idx_name (name),
  KEY idx_phone (phone),
  KEY idx_birth_date (birth_date),
  KEY idx_age (age),
  KEY idx_status (status),
  KEY idx_assigned_doctor (assigned_doctor_id),
  KEY idx_last_visit (last_visit_at),
  KEY idx_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Patient master';

-- Doctors referred to by assigned_doctor_id and doctor_id.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE health_doctors (
  id            VARCHAR(36)  NOT NULL,
  tenant_id     VARCHAR(36)  NOT NULL,
  doctor_code   VARCHAR(50)  NOT NULL,
  name          VARCHAR(100) NOT NULL,
  gender        ENUM('male', 'female', 'other') NULL,
  title         VARCHAR(50)  NULL,
  hospital      VARCHAR(200) NULL,
  department    VARCHAR(100) NULL,
  phone         VARCHAR(20)  NULL,
  email         VARCHAR(100) NULL,
  license_no    VARCHAR(50)  NULL,
  specialties   JSON         NULL,
  status        ENUM('active', 'inactive', 'left') NULL DEFAULT 'active',
  patient_count INT          NULL     DEFAULT 0,
  created_at    TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at    TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by    VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_doctor_code (tenant_id, doctor_code),
  KEY idx_name (name),
  KEY idx_department (department),
  KEY idx_status (status)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Doctors referred to by assigned_doctor_id and doctor_id';

-- Medication plans and reminder times of patients.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE health_medication_plans (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  patient_id         VARCHAR(36)  NOT NULL,
  doctor_id          VARCHAR(36)  NULL,
  drug_name          VARCHAR(100) NOT NULL,
  dosage             VARCHAR(50)  NULL,
  medication_way     ENUM('oral', 'topical', 'injection', 'sublingual', 'chewable') NULL DEFAULT 'oral',
  timing_requirement ENUM('fasting', 'before_meal', 'after_meal', 'none') NULL DEFAULT 'none',
  frequency          VARCHAR(50)  NULL,
  reminder_times     JSON         NULL,
  is_remind          TINYINT(1)   NULL     DEFAULT 1,
  start_date         DATE         NOT NULL,
  end_date           DATE         NULL,
  status             ENUM('active', 'paused', 'finished', 'cancelled') NULL DEFAULT 'active',
  remark             VARCHAR(200) NULL,
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_status_end (status, end_date),
  KEY idx_drug_name (drug_name),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE,
  FOREIGN KEY (doctor_id) REFERENCES health_doctors (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Medication plans and reminder times of patients';

-- Records
-- -------

-- Health records of patients.
-- Refers without a foreign key: doctor_id -> health_doctors.id, device_id ->
-- health_devices.id.
CREATE TABLE health_records (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  patient_id          VARCHAR(36)  NOT NULL,
  record_type         ENUM('vital_signs', 'blood_test', 'urine_test', 'imaging', 'ecg',
                           'blood_pressure', 'blood_sugar', 'temperature', 'weight', 'symptom',
                           'diagnosis', 'treatment', 'medication', 'vaccination', 'allergy',
                           'surgery', 'checkup', 'emergency', 'chronic_disease', 'mental_health',
                           'rehabilitation', 'custom') NOT NULL,
  record_source       ENUM('manual', 'device', 'import', 'api', 'third_party') NULL DEFAULT 'manual',
  title               VARCHAR(200) NOT NULL,
  description         TEXT         NULL,
  measurements        JSON         NULL,
  reference_ranges    JSON         NULL,
  abnormal_indicators JSON         NULL,
  risk_level          ENUM('normal', 'low', 'medium', 'high', 'critical') NULL DEFAULT 'normal',
  device_id           VARCHAR(36)  NULL,
  doctor_id           VARCHAR(36)  NULL,
  hospital            VARCHAR(200) NULL,
  department          VARCHAR(100) NULL,
  attachments         JSON         NULL,
  images              JSON         NULL,
  reports             JSON         NULL,
  recorded_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  measured_at         TIMESTAMP    NULL,
  data_quality        ENUM('excellent', 'good', 'fair', 'poor') NULL DEFAULT 'good',
  validation_status   ENUM('pending', 'validated', 'rejected') NULL DEFAULT 'pending',
  validated_by        VARCHAR(36)  NULL,
  validated_at        TIMESTAMP    NULL,
  is_sensitive        TINYINT(1)   NULL     DEFAULT 0,
  access_level        ENUM('public', 'doctor_only', 'restricted', 'private') NULL DEFAULT 'doctor_only',
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by          VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_record_type (record_type, recorded_at),
  KEY idx_risk_level (risk_level),
  KEY idx_recorded_at (recorded_at),
  KEY idx_measured_at (measured_at),
  KEY idx_device_id (device_id),
  KEY idx_doctor_id (doctor_id),
  KEY idx_validation_status (validation_status),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Health records of patients';

-- Vital sign measurements.
CREATE TABLE health_vital_signs (
  id                       VARCHAR(36)  NOT NULL,
  tenant_id                VARCHAR(36)  NOT NULL,
  patient_id               VARCHAR(36)  NOT NULL,
  health_record_id         VARCHAR(36)  NULL,
  systolic_pressure        INT          NULL,
  diastolic_pressure       INT          NULL,
  heart_rate               INT          NULL,
  respiratory_rate         INT          NULL,
  body_temperature         DECIMAL(4,1) NULL,
  oxygen_saturation        DECIMAL(5,2) NULL,
  weight                   DECIMAL(5,2) NULL,
  height                   DECIMAL(5,2) NULL,
  bmi                      DECIMAL(4,1) NULL,
  waist_circumference      DECIMAL(5,2) NULL,
  hip_circumference        DECIMAL(5,2) NULL,
  blood_glucose            DECIMAL(5,2) NULL,
  glucose_measurement_time ENUM('fasting', 'before_meal', 'after_meal', 'random', 'bedtime') NULL,
  pain_level               INT          NULL,
  pain_location            VARCHAR(200) NULL,
  measurement_conditions   JSON         NULL,
  device_info              JSON         NULL,
  abnormal_values          JSON         NULL,
  risk_assessment          ENUM('normal', 'caution', 'warning', 'critical') NULL DEFAULT 'normal',
  measured_at              TIMESTAMP    NOT NULL,
  created_at               TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  created_by               VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_measured_at (measured_at),
  KEY idx_blood_pressure (systolic_pressure, diastolic_pressure),
  KEY idx_heart_rate (heart_rate),
  KEY idx_temperature (body_temperature),
  KEY idx_blood_glucose (blood_glucose),
  KEY idx_risk_assessment (risk_assessment),
  KEY idx_health_record (health_record_id),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE,
  FOREIGN KEY (health_record_id) REFERENCES health_records (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Vital sign measurements';

-- Devices
-- -------

-- Measuring devices.
-- serial_number is unique over all tenants.
-- needs_calibration is refreshed by a job: MySQL refuses a stored column over NOW().
CREATE TABLE health_devices (
  id                        VARCHAR(36)  NOT NULL,
  tenant_id                 VARCHAR(36)  NOT NULL,
  device_name               VARCHAR(100) NOT NULL,
  device_code               VARCHAR(50)  NOT NULL,
  device_type               ENUM('blood_pressure', 'blood_glucose', 'thermometer', 'scale',
                                 'heart_rate', 'oximeter', 'ecg', 'sleep_monitor',
                                 'activity_tracker', 'smart_watch', 'spirometer', 'glucometer',
                                 'stethoscope', 'ultrasound', 'x_ray', 'custom') NOT NULL,
  manufacturer              VARCHAR(100) NULL,
  model                     VARCHAR(100) NULL,
  serial_number             VARCHAR(100) NULL,
  firmware_version          VARCHAR(50)  NULL,
  specifications            JSON         NULL,
  measurement_range         JSON         NULL,
  accuracy                  JSON         NULL,
  supported_metrics         JSON         NULL,
  connection_type           ENUM('bluetooth', 'wifi', 'usb', 'serial', 'manual', 'api') NULL DEFAULT 'manual',
  connection_config         JSON         NULL,
  api_endpoint              VARCHAR(500) NULL,
  status                    ENUM('active', 'inactive', 'maintenance', 'error', 'offline') NULL DEFAULT 'active',
  battery_level             INT          NULL,
  signal_strength           INT          NULL,
  last_online_at            TIMESTAMP    NULL,
  last_calibration_at       TIMESTAMP    NULL,
  calibration_interval_days INT          NULL     DEFAULT 365,
  needs_calibration         TINYINT(1)   NULL     DEFAULT 0,
  maintenance_schedule      JSON         NULL,
  warranty_expires_at       DATE         NULL,
  total_measurements        BIGINT       NULL     DEFAULT 0,
  successful_measurements   BIGINT       NULL     DEFAULT 0,
  error_count               INT          NULL     DEFAULT 0,
  last_measurement_at       TIMESTAMP    NULL,
  location                  JSON         NULL,
  assigned_patient_id       VARCHAR(36)  NULL,
  assigned_doctor_id        VARCHAR(36)  NULL,
  created_at                TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at                TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by                VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_device_code (tenant_id, device_code),
  UNIQUE KEY uk_serial_number (serial_number),
  KEY idx_device_type (device_type),
  KEY idx_status (status),
  KEY idx_manufacturer (manufacturer),
  KEY idx_assigned_patient (assigned_patient_id),
  KEY idx_last_online (last_online_at),
  KEY idx_needs_calibration (needs_calibration),
  FOREIGN KEY (assigned_patient_id) REFERENCES health_patients (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Measuring devices';

-- Device data stream, monthly partitions.
-- Partitioned, hence without foreign keys: device_id -> health_devices.id, patient_id ->
-- health_patients.id.
CREATE TABLE health_device_logs (
  id                VARCHAR(36) NOT NULL,
  tenant_id         VARCHAR(36) NOT NULL,
  device_id         VARCHAR(36) NOT NULL,
  patient_id        VARCHAR(36) NULL,
  log_type          ENUM('measurement', 'status', 'error', 'calibration', 'maintenance') NOT NULL,
  raw_data          JSON        NOT NULL,
  processed_data    JSON        NULL,
  data_quality      ENUM('excellent', 'good', 'fair', 'poor', 'invalid') NULL DEFAULT 'good',
  validation_result JSON        NULL,
  error_code        VARCHAR(50) NULL,
  error_message     TEXT        NULL,
  environment_data  JSON        NULL,
  created_at        TIMESTAMP   NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at),
  KEY idx_tenant_device (tenant_id, device_id),
  KEY idx_patient_id (patient_id),
  KEY idx_log_type (log_type),
  KEY idx_data_quality (data_quality),
  KEY idx_created_at (created_at),
  KEY idx_device_id (device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Device data stream, monthly partitions'
PARTITION BY RANGE (UNIX_TIMESTAMP(created_at)) (
  PARTITION p202501 VALUES LESS THAN (UNIX_TIMESTAMP('2025-02-01 00:00:00')),
  PARTITION p202502 VALUES LESS THAN (UNIX_TIMESTAMP('2025-03-01 00:00:00')),
  PARTITION p202503 VALUES LESS THAN (UNIX_TIMESTAMP('2025-04-01 00:00:00')),
  PARTITION p202504 VALUES LESS THAN (UNIX_TIMESTAMP('2025-05-01 00:00:00')),
  PARTITION p202505 VALUES LESS THAN (UNIX_TIMESTAMP('2025-06-01 00:00:00')),
  PARTITION p202506 VALUES LESS THAN (UNIX_TIMESTAMP('2025-07-01 00:00:00')),
  PARTITION p202507 VALUES LESS THAN (UNIX_TIMESTAMP('2025-08-01 00:00:00')),
  PARTITION p202508 VALUES LESS THAN (UNIX_TIMESTAMP('2025-09-01 00:00:00')),
  PARTITION p202509 VALUES LESS THAN (UNIX_TIMESTAMP('2025-10-01 00:00:00')),
  PARTITION p202510 VALUES LESS THAN (UNIX_TIMESTAMP('2025-11-01 00:00:00')),
  PARTITION p202511 VALUES LESS THAN (UNIX_TIMESTAMP('2025-12-01 00:00:00')),
  PARTITION p202512 VALUES LESS THAN (UNIX_TIMESTAMP('2026-01-01 00:00:00')),
  PARTITION p202601 VALUES LESS THAN (UNIX_TIMESTAMP('2026-02-01 00:00:00')),
  PARTITION p202602 VALUES LESS THAN (UNIX_TIMESTAMP('2026-03-01 00:00:00')),
  PARTITION p202603 VALUES LESS THAN (UNIX_TIMESTAMP('2026-04-01 00:00:00')),
  PARTITION p202604 VALUES LESS THAN (UNIX_TIMESTAMP('2026-05-01 00:00:00')),
  PARTITION p202605 VALUES LESS THAN (UNIX_TIMESTAMP('2026-06-01 00:00:00')),
  PARTITION p202606 VALUES LESS THAN (UNIX_TIMESTAMP('2026-07-01 00:00:00')),
  PARTITION p202607 VALUES LESS THAN (UNIX_TIMESTAMP('2026-08-01 00:00:00')),
  PARTITION p202608 VALUES LESS THAN (UNIX_TIMESTAMP('2026-09-01 00:00:00')),
  PARTITION p202609 VALUES LESS THAN (UNIX_TIMESTAMP('2026-10-01 00:00:00')),
  PARTITION p202610 VALUES LESS THAN (UNIX_TIMESTAMP('2026-11-01 00:00:00')),
  PARTITION p202611 VALUES LESS THAN (UNIX_TIMESTAMP('2026-12-01 00:00:00')),
  PARTITION p202612 VALUES LESS THAN (UNIX_TIMESTAMP('2027-01-01 00:00:00')),
  PARTITION p_future VALUES LESS THAN MAXVALUE
);

-- Alerts and follow-ups
-- ---------------------

-- Health alerts of patients.
-- Refers without a foreign key: trigger_rule_id -> health_alert_rules.id.
CREATE TABLE health_alerts (
  id                    VARCHAR(36)  NOT NULL,
  tenant_id             VARCHAR(36)  NOT NULL,
  patient_id            VARCHAR(36)  NOT NULL,
  alert_type            ENUM('vital_signs_abnormal', 'blood_pressure_high', 'blood_pressure_low',
                             'heart_rate_high', 'heart_rate_low', 'temperature_high',
                             'temperature_low', 'blood_sugar_high', 'blood_sugar_low', 'oxygen_low',
                             'weight_change', 'medication_reminder', 'appointment_reminder',
                             'device_offline', 'data_anomaly', 'emergency', 'chronic_disease_alert',
                             'custom') NOT NULL,
  alert_level           ENUM('info', 'warning', 'error', 'critical', 'emergency') NOT NULL,
  alert_title           VARCHAR(200) NOT NULL,
  alert_message         TEXT         NOT NULL,
  alert_data            JSON         NULL,
  trigger_source        ENUM('device', 'manual', 'rule', 'ai_analysis', 'scheduled') NOT NULL,
  trigger_rule_id       VARCHAR(36)  NULL,
  health_record_id      VARCHAR(36)  NULL,
  device_id             VARCHAR(36)  NULL,
  clinical_significance TEXT         NULL,
  recommended_actions   JSON         NULL,
  urgency_level         ENUM('immediate', 'urgent', 'routine', 'scheduled') NULL DEFAULT 'routine',
  status                ENUM('open', 'acknowledged', 'in_progress', 'resolved', 'false_positive',
                             'suppressed') NULL DEFAULT 'open',
  triggered_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  acknowledged_at       TIMESTAMP    NULL,
  resolved_at           TIMESTAMP    NULL,
  acknowledged_by       VARCHAR(36)  NULL,
  resolved_by           VARCHAR(36)  NULL,
  resolution_notes      TEXT         NULL,
  follow_up_required    TINYINT(1)   NULL     DEFAULT 0,
  follow_up_date        DATE         NULL,
  notification_sent     TINYINT(1)   NULL     DEFAULT 0,
  notification_channels JSON         NULL,
  escalation_level      INT          NULL     DEFAULT 0,
  created_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_alert_type (alert_type, triggered_at),
  KEY idx_alert_level (alert_level, status),
  KEY idx_status (status, triggered_at),
  KEY idx_urgency_level (urgency_level),
  KEY idx_trigger_source (trigger_source),
  KEY idx_health_record (health_record_id),
  KEY idx_device_id (device_id),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE,
  FOREIGN KEY (health_record_id) REFERENCES health_records (id) ON DELETE SET NULL,
  FOREIGN KEY (device_id) REFERENCES health_devices (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Health alerts of patients';

-- Alert rules.
CREATE TABLE health_alert_rules (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  rule_name           VARCHAR(100) NOT NULL,
  rule_type           ENUM('threshold', 'trend', 'pattern', 'combination', 'ai_model', 'schedule') NOT NULL,
  description         TEXT         NULL,
  target_type         ENUM('all_patients', 'patient_group', 'specific_patient', 'device_type') NOT NULL,
  target_criteria     JSON         NULL,
  rule_conditions     JSON         NOT NULL,
  threshold_config    JSON         NULL,
  evaluation_window   JSON         NULL,
  alert_level         ENUM('info', 'warning', 'error', 'critical', 'emergency') NOT NULL,
  alert_template      VARCHAR(200) NULL,
  notification_config JSON         NULL,
  is_enabled          TINYINT(1)   NULL     DEFAULT 1,
  priority            INT          NULL     DEFAULT 100,
  cooldown_period     INT          NULL     DEFAULT 300,
  execution_count     BIGINT       NULL     DEFAULT 0,
  trigger_count       BIGINT       NULL     DEFAULT 0,
  last_executed_at    TIMESTAMP    NULL,
  last_triggered_at   TIMESTAMP    NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by          VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_type (tenant_id, rule_type),
  KEY idx_target_type (target_type),
  KEY idx_is_enabled (is_enabled),
  KEY idx_priority (priority),
  KEY idx_last_executed (last_executed_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Alert rules';

-- Follow-up tasks that come out of alerts and check-ups.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE health_follow_ups (
  id               VARCHAR(36) NOT NULL,
  tenant_id        VARCHAR(36) NOT NULL,
  patient_id       VARCHAR(36) NOT NULL,
  doctor_id        VARCHAR(36) NULL,
  source_type      ENUM('alert', 'checkup', 'plan', 'manual') NOT NULL,
  source_id        VARCHAR(36) NULL,
  follow_up_method ENUM('phone', 'wework', 'visit', 'online') NULL DEFAULT 'phone',
  planned_date     DATE        NOT NULL,
  completed_at     TIMESTAMP   NULL,
  result           ENUM('normal', 'improved', 'worsened', 'unreachable') NULL,
  content          JSON        NULL,
  status           ENUM('pending', 'done', 'overdue', 'cancelled') NULL DEFAULT 'pending',
  created_at       TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by       VARCHAR(36) NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_status_planned (status, planned_date),
  KEY idx_source (source_type, source_id),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE,
  FOREIGN KEY (doctor_id) REFERENCES health_doctors (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Follow-up tasks that come out of alerts and check-ups';

-- Check-ups
-- ---------

-- Check-up reports.
CREATE TABLE health_checkup_reports (
  id                       VARCHAR(36)   NOT NULL,
  tenant_id                VARCHAR(36)   NOT NULL,
  patient_id               VARCHAR(36)   NOT NULL,
  checkup_type             ENUM('annual', 'employment', 'insurance', 'specialized', 'follow_up',
                                'emergency') NOT NULL,
  report_number            VARCHAR(50)   NOT NULL,
  checkup_date             DATE          NOT NULL,
  report_date              DATE          NULL,
  hospital_name            VARCHAR(200)  NOT NULL,
  department               VARCHAR(100)  NULL,
  doctor_name              VARCHAR(100)  NULL,
  doctor_signature         VARCHAR(500)  NULL,
  checkup_items            JSON          NOT NULL,
  overall_conclusion       TEXT          NULL,
  health_status            ENUM('healthy', 'sub_healthy', 'abnormal', 'disease_detected', 'critical') NOT NULL,
  risk_factors             JSON          NULL,
  recommendations          JSON          NULL,
  major_findings           JSON          NULL,
  abnormal_results         JSON          NULL,
  follow_up_required       TINYINT(1)    NULL     DEFAULT 0,
  follow_up_items          JSON          NULL,
  follow_up_date           DATE          NULL,
  vital_signs              JSON          NULL,
  laboratory_results       JSON          NULL,
  imaging_results          JSON          NULL,
  functional_tests         JSON          NULL,
  specialist_consultations JSON          NULL,
  report_status            ENUM('draft', 'pending_review', 'reviewed', 'finalized', 'amended') NULL DEFAULT 'draft',
  reviewed_by              VARCHAR(36)   NULL,
  reviewed_at              TIMESTAMP     NULL,
  report_files             JSON          NULL,
  image_files              JSON          NULL,
  raw_data_files           JSON          NULL,
  total_cost               DECIMAL(10,2) NULL,
  payment_status           ENUM('unpaid', 'partial', 'paid', 'refunded') NULL DEFAULT 'unpaid',
  created_at               TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at               TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by               VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_report_number (tenant_id, report_number),
  KEY idx_tenant_patient (tenant_id, patient_id),
  KEY idx_checkup_date (checkup_date),
  KEY idx_checkup_type (checkup_type),
  KEY idx_health_status (health_status),
  KEY idx_report_status (report_status),
  KEY idx_hospital_name (hospital_name),
  KEY idx_follow_up_required (follow_up_required, follow_up_date),
  FOREIGN KEY (patient_id) REFERENCES health_patients (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Check-up reports';

-- Statistics
-- ----------

-- Daily/weekly/monthly totals of a tenant.
CREATE TABLE health_statistics (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  stat_date           DATE         NOT NULL,
  stat_type           ENUM('daily', 'weekly', 'monthly', 'yearly') NOT NULL,
  total_patients      INT          NULL     DEFAULT 0,
  new_patients        INT          NULL     DEFAULT 0,
  active_patients     INT          NULL     DEFAULT 0,
  total_records       INT          NULL     DEFAULT 0,
  new_records         INT          NULL     DEFAULT 0,
  abnormal_records    INT          NULL     DEFAULT 0,
  total_devices       INT          NULL     DEFAULT 0,
  online_devices      INT          NULL     DEFAULT 0,
  offline_devices     INT          NULL     DEFAULT 0,
  error_devices       INT          NULL     DEFAULT 0,
  total_alerts        INT          NULL     DEFAULT 0,
  critical_alerts     INT          NULL     DEFAULT 0,
  resolved_alerts     INT          NULL     DEFAULT 0,
  avg_resolution_time DECIMAL(8,2) NULL,
  total_checkups      INT          NULL     DEFAULT 0,
  healthy_checkups    INT          NULL     DEFAULT 0,
  abnormal_checkups   INT          NULL     DEFAULT 0,
  data_quality_score  DECIMAL(5,2) NULL,
  device_reliability  DECIMAL(5,2) NULL,
  alert_accuracy      DECIMAL(5,2) NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_date_type (tenant_id, stat_date, stat_type),
  KEY idx_stat_date (stat_date),
  KEY idx_stat_type (stat_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Daily/weekly/monthly totals of a tenant';
