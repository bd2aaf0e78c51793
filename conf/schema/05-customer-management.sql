-- Customer profiles, tags, segments and behaviour.
-- 13 tables, one partitioned by month.
--
-- The file names no database: it is loaded into the current one, whatever its name, so that
-- every shard gets the same tables. Statements end with ";", no DELIMITER is used.
-- Partition bounds are month starts in UTC; UNIX_TIMESTAMP reads them in the session zone,
-- which is therefore fixed here.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Profiles
-- --------

-- Customer master with value totals.
-- age is filled by the application: MySQL refuses a stored column over CURDATE().
-- Refers without a foreign key: assigned_sales_id -> saas_users.id, assigned_service_id ->
-- saas_users.id, wework_external_id -> wework_contacts.wework_contact_id, referrer_id ->
-- customers.id.
CREATE TABLE customers (
  id                        VARCHAR(36)   NOT NULL,
  tenant_id                 VARCHAR(36)   NOT NULL,
  customer_code             VARCHAR(50)   NOT NULL,
  customer_type             ENUM('individual', 'enterprise', 'vip', 'potential', 'partner') NULL DEFAULT 'individual',
  name                      VARCHAR(100)  NOT NULL,
  nickname                  VARCHAR(100)  NULL,
  avatar_url                VARCHAR(500)  NULL,
  gender                    ENUM('male', 'female', 'unknown') NULL DEFAULT 'unknown',
  birth_date                DATE          NULL,
  age                       INT           NULL,
  phone                     VARCHAR(20)   NULL,
  email                     VARCHAR(100)  NULL,
  wechat_id                 VARCHAR(100)  NULL,
  wework_external_id        VARCHAR(100)  NULL,
  qq                        VARCHAR(20)   NULL,
  address                   JSON          NULL,
  location                  JSON          NULL,
  company_name              VARCHAR(200)  NULL,
  company_size              ENUM('startup', 'small', 'medium', 'large', 'enterprise') NULL,
  industry                  VARCHAR(100)  NULL,
  position                  VARCHAR(100)  NULL,
  company_address           JSON          NULL,
  source_channel            ENUM('wework', 'website', 'app', 'referral', 'advertising', 'offline',
                                 'import') NOT NULL,
  source_detail             VARCHAR(200)  NULL,
  referrer_id               VARCHAR(36)   NULL,
  utm_source                VARCHAR(100)  NULL,
  utm_medium                VARCHAR(100)  NULL,
  utm_campaign              VARCHAR(100)  NULL,
  status                    ENUM('active', 'inactive', 'potential', 'lost', 'blacklist') NULL DEFAULT 'potential',
  lifecycle_stage           ENUM('lead', 'prospect', 'customer', 'advocate', 'inactive') NULL DEFAULT 'lead',
  level                     ENUM('bronze', 'silver', 'gold', 'platinum', 'diamond') NULL DEFAULT 'bronze',
  vip_level                 INT           NULL     DEFAULT 0,
  credit_score              INT           NULL     DEFAULT 0,
  communication_preferences JSON          NULL,
  product_preferences       JSON          NULL,
  service_preferences       JSON          NULL,
  assigned_sales_id         VARCHAR(36)   NULL,
  assigned_service_id       VARCHAR(36)   NULL,
  relationship_level        ENUM('stranger', 'acquaintance', 'friend', 'partner', 'advocate') NULL DEFAULT 'stranger',
  total_orders              INT           NULL     DEFAULT 0,
  total_amount              DECIMAL(15,2) NULL     DEFAULT 0,
  avg_order_amount          DECIMAL(10,2) NULL     DEFAULT 0,
  last_order_amount         DECIMAL(10,2) NULL     DEFAULT 0,
  first_order_date          DATE          NULL,
  last_order_date           DATE          NULL,
  total_visits              INT           NULL     DEFAULT 0,
  total_page_views          INT           NULL     DEFAULT 0,
  last_visit_date           DATE          NULL,
  interaction_count         INT           NULL     DEFAULT 0,
  last_interaction_date     DATE          NULL,
  satisfaction_score        DECIMAL(3,2)  NULL     DEFAULT 0,
  nps_score                 INT           NULL,
  first_contact_date        TIMESTAMP     NULL,
  last_contact_date         TIMESTAMP     NULL,
  created_at                TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at                TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by                VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_customer_code (tenant_id, customer_code),
  UNIQUE KEY uk_tenant_phone (tenant_id, phone),
  UNIQUE KEY uk_tenant_email (tenant_id, email),
  KEY idx_customer_type (customer_type),
  KEY idx_name (name),
  KEY idx_phone (phone),
  KEY idx_email (email),
  KEY idx_source_channel (source_channel),
  KEY idx_status (status),
  KEY idx_lifecycle_stage (lifecycle_stage),
  KEY idx_level (level),
  KEY idx_assigned_sales (assigned_sales_id),
  KEY idx_total_amount (total_amount),
  KEY idx_last_order_date (last_order_date),
  KEY idx_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Customer master with value totals';

-- Contact persons of a customer.
CREATE TABLE customer_contacts (
  id           VARCHAR(36)  NOT NULL,
  tenant_id    VARCHAR(36)  NOT NULL,
  customer_id  VARCHAR(36)  NOT NULL,
  contact_name VARCHAR(100) NOT NULL,
  position     VARCHAR(100) NULL,
  department   VARCHAR(100) NULL,
  phone        VARCHAR(20)  NULL,
  email        VARCHAR(100) NULL,
  contact_type ENUM('primary', 'decision_maker', 'influencer', 'user', 'other') NULL DEFAULT 'other',
  is_primary   TINYINT(1)   NULL     DEFAULT 0,
  status       ENUM('active', 'inactive', 'left') NULL DEFAULT 'active',
  created_at   TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at   TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_contact_type (contact_type),
  KEY idx_is_primary (is_primary),
  KEY idx_phone (phone),
  KEY idx_email (email),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Contact persons of a customer';

-- Life-cycle stage transitions.
CREATE TABLE customer_lifecycle_history (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  customer_id         VARCHAR(36)  NOT NULL,
  old_stage           ENUM('lead', 'prospect', 'customer', 'advocate', 'inactive') NULL,
  new_stage           ENUM('lead', 'prospect', 'customer', 'advocate', 'inactive') NOT NULL,
  change_reason       VARCHAR(500) NULL,
  trigger_event       VARCHAR(200) NULL,
  stage_data          JSON         NULL,
  stage_duration_days INT          NULL,
  operator_id         VARCHAR(36)  NULL,
  operator_type       ENUM('system', 'manual', 'rule', 'event') NULL DEFAULT 'system',
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_customer_time (customer_id, created_at),
  KEY idx_stage_change (old_stage, new_stage),
  KEY idx_trigger_event (trigger_event),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Life-cycle stage transitions';

-- Tags
-- ----

-- Tag definitions and rules.
CREATE TABLE customer_tag_definitions (
  id                 VARCHAR(36)   NOT NULL,
  tenant_id          VARCHAR(36)   NOT NULL,
  tag_name           VARCHAR(100)  NOT NULL,
  tag_code           VARCHAR(50)   NOT NULL,
  tag_description    TEXT          NULL,
  category           VARCHAR(50)   NOT NULL,
  tag_type           ENUM('manual', 'auto', 'system', 'behavioral', 'demographic', 'transactional') NOT NULL,
  rule_config        JSON          NULL,
  rule_expression    VARCHAR(1000) NULL,
  value_type         ENUM('boolean', 'numeric', 'string', 'date', 'json') NULL DEFAULT 'boolean',
  default_value      VARCHAR(500)  NULL,
  possible_values    JSON          NULL,
  weight             DECIMAL(5,2)  NULL     DEFAULT 1.0,
  priority           INT           NULL     DEFAULT 100,
  color              VARCHAR(10)   NULL,
  icon               VARCHAR(50)   NULL,
  is_active          TINYINT(1)    NULL     DEFAULT 1,
  auto_assign        TINYINT(1)    NULL     DEFAULT 0,
  auto_remove        TINYINT(1)    NULL     DEFAULT 0,
  customer_count     INT           NULL     DEFAULT 0,
  last_calculated_at TIMESTAMP     NULL,
  created_at         TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_tag_code (tenant_id, tag_code),
  KEY idx_tenant_category (tenant_id, category),
  KEY idx_tag_type (tag_type),
  KEY idx_is_active (is_active),
  KEY idx_auto_assign (auto_assign),
  KEY idx_priority (priority)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tag definitions and rules';

-- Tags assigned to customers.
CREATE TABLE customer_tags (
  id               VARCHAR(36)  NOT NULL,
  tenant_id        VARCHAR(36)  NOT NULL,
  customer_id      VARCHAR(36)  NOT NULL,
  tag_id           VARCHAR(36)  NOT NULL,
  tag_value        VARCHAR(500) NULL,
  tag_score        DECIMAL(5,2) NULL     DEFAULT 1.0,
  confidence       DECIMAL(5,2) NULL     DEFAULT 1.0,
  assign_type      ENUM('manual', 'auto', 'import', 'rule') NOT NULL,
  assign_reason    VARCHAR(500) NULL,
  assigned_by      VARCHAR(36)  NULL,
  assigned_at      TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  expires_at       TIMESTAMP    NULL,
  last_verified_at TIMESTAMP    NULL,
  status           ENUM('active', 'expired', 'removed') NULL DEFAULT 'active',
  PRIMARY KEY (id),
  UNIQUE KEY uk_customer_tag (customer_id, tag_id),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_tenant_tag (tenant_id, tag_id),
  KEY idx_assign_type (assign_type),
  KEY idx_expires_at (expires_at),
  KEY idx_status (status),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  FOREIGN KEY (tag_id) REFERENCES customer_tag_definitions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tags assigned to customers';

-- Runs of tag rules.
CREATE TABLE tag_rule_execution_logs (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  tag_id              VARCHAR(36)  NOT NULL,
  execution_type      ENUM('scheduled', 'triggered', 'manual') NOT NULL,
  trigger_event       VARCHAR(200) NULL,
  execution_status    ENUM('success', 'failed', 'partial') NOT NULL,
  processed_customers INT          NULL     DEFAULT 0,
  added_tags          INT          NULL     DEFAULT 0,
  removed_tags        INT          NULL     DEFAULT 0,
  execution_time_ms   INT          NULL,
  error_message       TEXT         NULL,
  execution_details   JSON         NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_tag (tenant_id, tag_id),
  KEY idx_execution_type (execution_type),
  KEY idx_execution_status (execution_status),
  KEY idx_created_at (created_at),
  FOREIGN KEY (tag_id) REFERENCES customer_tag_definitions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Runs of tag rules';

-- Segments
-- --------

-- Segment definitions.
CREATE TABLE customer_segments (
  id                      VARCHAR(36)   NOT NULL,
  tenant_id               VARCHAR(36)   NOT NULL,
  segment_name            VARCHAR(200)  NOT NULL,
  segment_code            VARCHAR(50)   NOT NULL,
  segment_description     TEXT          NULL,
  segment_type            ENUM('static', 'dynamic', 'manual', 'imported') NOT NULL,
  segment_category        VARCHAR(50)   NULL,
  rule_config             JSON          NULL,
  rule_expression         TEXT          NULL,
  filter_conditions       JSON          NULL,
  is_active               TINYINT(1)    NULL     DEFAULT 1,
  is_public               TINYINT(1)    NULL     DEFAULT 0,
  auto_refresh            TINYINT(1)    NULL     DEFAULT 1,
  refresh_frequency       ENUM('realtime', 'hourly', 'daily', 'weekly', 'monthly') NULL DEFAULT 'daily',
  customer_count          INT           NULL     DEFAULT 0,
  last_calculated_at      TIMESTAMP     NULL,
  calculation_duration_ms INT           NULL,
  avg_order_amount        DECIMAL(10,2) NULL     DEFAULT 0,
  total_revenue           DECIMAL(15,2) NULL     DEFAULT 0,
  conversion_rate         DECIMAL(5,2)  NULL     DEFAULT 0,
  created_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by              VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_segment_code (tenant_id, segment_code),
  KEY idx_tenant_type (tenant_id, segment_type),
  KEY idx_segment_category (segment_category),
  KEY idx_is_active (is_active),
  KEY idx_auto_refresh (auto_refresh),
  KEY idx_last_calculated (last_calculated_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Segment definitions';

-- Members of segments.
CREATE TABLE customer_segment_members (
  id              VARCHAR(36)  NOT NULL,
  tenant_id       VARCHAR(36)  NOT NULL,
  segment_id      VARCHAR(36)  NOT NULL,
  customer_id     VARCHAR(36)  NOT NULL,
  join_type       ENUM('auto', 'manual', 'import', 'rule') NOT NULL,
  join_reason     VARCHAR(500) NULL,
  match_score     DECIMAL(5,2) NULL     DEFAULT 1.0,
  joined_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  last_matched_at TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  status          ENUM('active', 'inactive', 'removed') NULL DEFAULT 'active',
  PRIMARY KEY (id),
  UNIQUE KEY uk_segment_customer (segment_id, customer_id),
  KEY idx_tenant_segment (tenant_id, segment_id),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_join_type (join_type),
  KEY idx_joined_at (joined_at),
  KEY idx_status (status),
  FOREIGN KEY (segment_id) REFERENCES customer_segments (id) ON DELETE CASCADE,
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Members of segments';

-- Runs of segment calculations.
CREATE TABLE segment_calculation_history (
  id                  VARCHAR(36) NOT NULL,
  tenant_id           VARCHAR(36) NOT NULL,
  segment_id          VARCHAR(36) NOT NULL,
  calculation_type    ENUM('full', 'incremental', 'manual') NOT NULL,
  trigger_type        ENUM('scheduled', 'event', 'manual') NOT NULL,
  calculation_status  ENUM('running', 'success', 'failed', 'cancelled') NOT NULL,
  total_customers     INT         NULL     DEFAULT 0,
  added_customers     INT         NULL     DEFAULT 0,
  removed_customers   INT         NULL     DEFAULT 0,
  final_count         INT         NULL     DEFAULT 0,
  calculation_time_ms INT         NULL,
  error_message       TEXT        NULL,
  started_at          TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP,
  completed_at        TIMESTAMP   NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_segment (tenant_id, segment_id),
  KEY idx_calculation_status (calculation_status),
  KEY idx_started_at (started_at),
  KEY idx_trigger_type (trigger_type),
  FOREIGN KEY (segment_id) REFERENCES customer_segments (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Runs of segment calculations';

-- Behaviour
-- ---------

-- Definitions of tracked behaviours.
CREATE TABLE customer_behavior_definitions (
  id                   VARCHAR(36)  NOT NULL,
  tenant_id            VARCHAR(36)  NOT NULL,
  behavior_name        VARCHAR(100) NOT NULL,
  behavior_code        VARCHAR(50)  NOT NULL,
  behavior_description TEXT         NULL,
  behavior_category    ENUM('visit', 'purchase', 'interaction', 'social', 'support', 'engagement') NOT NULL,
  behavior_type        ENUM('event', 'duration', 'frequency', 'sequence') NOT NULL,
  is_positive          TINYINT(1)   NULL     DEFAULT 1,
  weight               DECIMAL(5,2) NULL     DEFAULT 1.0,
  score_impact         DECIMAL(5,2) NULL     DEFAULT 0,
  event_schema         JSON         NULL,
  required_fields      JSON         NULL,
  optional_fields      JSON         NULL,
  enable_statistics    TINYINT(1)   NULL     DEFAULT 1,
  retention_days       INT          NULL     DEFAULT 365,
  created_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by           VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_behavior_code (tenant_id, behavior_code),
  KEY idx_tenant_category (tenant_id, behavior_category),
  KEY idx_behavior_type (behavior_type),
  KEY idx_is_positive (is_positive)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Definitions of tracked behaviours';

-- Behaviour event stream, monthly partitions.
-- Partitioned, hence without foreign keys: customer_id -> customers.id, behavior_id ->
-- customer_behavior_definitions.id.
-- Refers without a foreign key: related_object_id -> services.id.
CREATE TABLE customer_behavior_events (
  id                  VARCHAR(36)   NOT NULL,
  tenant_id           VARCHAR(36)   NOT NULL,
  customer_id         VARCHAR(36)   NOT NULL,
  behavior_id         VARCHAR(36)   NOT NULL,
  event_name          VARCHAR(100)  NOT NULL,
  event_source        ENUM('web', 'app', 'wework', 'api', 'offline', 'system') NOT NULL,
  session_id          VARCHAR(100)  NULL,
  event_data          JSON          NULL,
  event_value         DECIMAL(10,2) NULL,
  duration_seconds    INT           NULL,
  page_url            VARCHAR(1000) NULL,
  referrer_url        VARCHAR(1000) NULL,
  user_agent          TEXT          NULL,
  ip_address          VARCHAR(45)   NULL,
  device_info         JSON          NULL,
  location_info       JSON          NULL,
  related_object_type VARCHAR(50)   NULL,
  related_object_id   VARCHAR(36)   NULL,
  business_context    JSON          NULL,
  event_time          TIMESTAMP     NOT NULL DEFAULT CURRENT_TIMESTAMP,
  processed_at        TIMESTAMP     NULL,
  PRIMARY KEY (id, event_time),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_tenant_behavior (tenant_id, behavior_id),
  KEY idx_customer_time (customer_id, event_time),
  KEY idx_event_source (event_source),
  KEY idx_session_id (session_id),
  KEY idx_related_object (related_object_type, related_object_id),
  KEY idx_behavior_id (behavior_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Behaviour event stream, monthly partitions'
PARTITION BY RANGE (UNIX_TIMESTAMP(event_time)) (
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

-- Aggregated behaviour counts per customer and period.
CREATE TABLE customer_behavior_statistics (
  id                     VARCHAR(36)   NOT NULL,
  tenant_id              VARCHAR(36)   NOT NULL,
  customer_id            VARCHAR(36)   NOT NULL,
  behavior_id            VARCHAR(36)   NOT NULL,
  stat_period            ENUM('day', 'week', 'month', 'quarter', 'year', 'all_time') NOT NULL,
  stat_date              DATE          NOT NULL,
  event_count            INT           NULL     DEFAULT 0,
  total_value            DECIMAL(15,2) NULL     DEFAULT 0,
  avg_value              DECIMAL(10,2) NULL     DEFAULT 0,
  max_value              DECIMAL(10,2) NULL     DEFAULT 0,
  total_duration_seconds BIGINT        NULL     DEFAULT 0,
  avg_duration_seconds   INT           NULL     DEFAULT 0,
  trend_direction        ENUM('up', 'down', 'stable') NULL,
  growth_rate            DECIMAL(5,2)  NULL,
  first_event_time       TIMESTAMP     NULL,
  last_event_time        TIMESTAMP     NULL,
  created_at             TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at             TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_customer_behavior_period_date (customer_id, behavior_id, stat_period, stat_date),
  KEY idx_tenant_behavior (tenant_id, behavior_id),
  KEY idx_customer_period (customer_id, stat_period),
  KEY idx_stat_date (stat_date),
  KEY idx_event_count (event_count),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  FOREIGN KEY (behavior_id) REFERENCES customer_behavior_definitions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Aggregated behaviour counts per customer and period';

-- Ordered steps of a session.
CREATE TABLE customer_behavior_sequences (
  id                      VARCHAR(36)  NOT NULL,
  tenant_id               VARCHAR(36)  NOT NULL,
  customer_id             VARCHAR(36)  NOT NULL,
  session_id              VARCHAR(100) NOT NULL,
  sequence_number         INT          NOT NULL,
  behavior_id             VARCHAR(36)  NOT NULL,
  event_id                VARCHAR(36)  NOT NULL,
  path_context            JSON         NULL,
  transition_time_seconds INT          NULL,
  event_time              TIMESTAMP    NOT NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_customer (tenant_id, customer_id),
  KEY idx_session_sequence (session_id, sequence_number),
  KEY idx_behavior_id (behavior_id),
  KEY idx_event_time (event_time),
  FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  FOREIGN KEY (behavior_id) REFERENCES customer_behavior_definitions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Ordered steps of a session';
