-- WeCom accounts, messages, contacts, groups and conversations.
-- 15 tables, two partitioned by month.
--
-- The file names no database: it is loaded into the current one, whatever its name, so that
-- every shard gets the same tables. Statements end with ";", no DELIMITER is used.
-- Partition bounds are month starts in UTC; UNIX_TIMESTAMP reads them in the session zone,
-- which is therefore fixed here.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Accounts
-- --------

-- WeCom accounts with a nine-state life cycle and running totals.
-- wework_guid is unique over all tenants.
-- Refers without a foreign key: created_by -> saas_users.id.
CREATE TABLE wework_accounts (
  id                        VARCHAR(36)   NOT NULL,
  tenant_id                 VARCHAR(36)   NOT NULL,
  account_name              VARCHAR(100)  NOT NULL,
  wework_guid               VARCHAR(100)  NULL,
  proxy_id                  VARCHAR(100)  NULL,
  phone                     VARCHAR(20)   NULL,
  callback_url              VARCHAR(500)  NULL,
  status                    ENUM('CREATED', 'INITIALIZING', 'WAITING_QR', 'WAITING_CONFIRM',
                                 'VERIFYING', 'ONLINE', 'OFFLINE', 'ERROR', 'RECOVERING') NOT NULL DEFAULT 'CREATED',
  health_score              INT           NULL     DEFAULT 100,
  last_login_time           TIMESTAMP     NULL,
  last_heartbeat_time       TIMESTAMP     NULL,
  auto_reconnect            TINYINT(1)    NULL     DEFAULT 1,
  monitor_interval          INT           NULL     DEFAULT 30,
  max_retry_count           INT           NULL     DEFAULT 3,
  retry_count               INT           NULL     DEFAULT 0,
  config_json               JSON          NULL,
  tenant_tag                VARCHAR(50)   NULL,
  qr_code_url               VARCHAR(500)  NULL,
  qr_code_expires_at        TIMESTAMP     NULL,
  login_token               VARCHAR(255)  NULL,
  device_info               JSON          NULL,
  wework_user_id            VARCHAR(100)  NULL,
  wework_user_name          VARCHAR(100)  NULL,
  wework_corp_id            VARCHAR(100)  NULL,
  wework_corp_name          VARCHAR(200)  NULL,
  total_messages            BIGINT        NULL     DEFAULT 0,
  successful_messages       BIGINT        NULL     DEFAULT 0,
  failed_messages           BIGINT        NULL     DEFAULT 0,
  online_duration_hours     DECIMAL(10,2) NULL     DEFAULT 0,
  offline_count             INT           NULL     DEFAULT 0,
  error_count               INT           NULL     DEFAULT 0,
  recovery_count            INT           NULL     DEFAULT 0,
  last_error_at             TIMESTAMP     NULL,
  last_recovery_at          TIMESTAMP     NULL,
  avg_message_response_time DECIMAL(8,3)  NULL     DEFAULT 0,
  message_success_rate      DECIMAL(5,2)  NULL     DEFAULT 0,
  uptime_percentage         DECIMAL(5,2)  NULL     DEFAULT 0,
  daily_message_limit       INT           NULL     DEFAULT 1000,
  hourly_message_limit      INT           NULL     DEFAULT 100,
  message_interval_ms       INT           NULL     DEFAULT 1000,
  created_at                TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at                TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by                VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY wework_guid (wework_guid),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_tenant_name (tenant_id, account_name),
  KEY idx_status_heartbeat (status, last_heartbeat_time),
  KEY idx_health_score (health_score),
  KEY idx_tenant_tag (tenant_id, tenant_tag),
  KEY idx_wework_guid (wework_guid),
  KEY idx_retry_count (retry_count),
  KEY idx_performance (message_success_rate, uptime_percentage),
  KEY idx_wework_user_id (wework_user_id),
  KEY idx_wework_corp_id (wework_corp_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'WeCom accounts with a nine-state life cycle and running totals';

-- Status transitions of accounts.
CREATE TABLE wework_account_status_history (
  id                        VARCHAR(36)  NOT NULL,
  tenant_id                 VARCHAR(36)  NOT NULL,
  account_id                VARCHAR(36)  NOT NULL,
  old_status                ENUM('CREATED', 'INITIALIZING', 'WAITING_QR', 'WAITING_CONFIRM',
                                 'VERIFYING', 'ONLINE', 'OFFLINE', 'ERROR', 'RECOVERING') NULL,
  new_status                ENUM('CREATED', 'INITIALIZING', 'WAITING_QR', 'WAITING_CONFIRM',
                                 'VERIFYING', 'ONLINE', 'OFFLINE', 'ERROR', 'RECOVERING') NOT NULL,
  change_reason             VARCHAR(500) NULL,
  trigger_type              ENUM('MANUAL', 'AUTO', 'CALLBACK', 'MONITOR', 'SCHEDULED', 'SYSTEM',
                                 'HEARTBEAT_TIMEOUT', 'ERROR_RECOVERY') NOT NULL DEFAULT 'AUTO',
  extra_data                JSON         NULL,
  duration_seconds          INT          NULL,
  expected_duration_seconds INT          NULL,
  is_abnormal_duration      TINYINT(1)   NULL     DEFAULT 0,
  server_node               VARCHAR(50)  NULL,
  client_version            VARCHAR(20)  NULL,
  network_quality           VARCHAR(20)  NULL,
  operator_id               VARCHAR(36)  NULL,
  operator_name             VARCHAR(100) NULL,
  ip_address                VARCHAR(45)  NULL,
  user_agent                VARCHAR(500) NULL,
  affected_conversations    INT          NULL     DEFAULT 0,
  lost_messages             INT          NULL     DEFAULT 0,
  created_at                TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_account_time (account_id, created_at),
  KEY idx_status_change (old_status, new_status),
  KEY idx_trigger_type (trigger_type),
  KEY idx_operator (operator_id),
  KEY idx_abnormal_duration (is_abnormal_duration),
  KEY idx_duration (duration_seconds),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Status transitions of accounts';

-- Alerts raised for accounts.
CREATE TABLE wework_account_alerts (
  id                    VARCHAR(36)  NOT NULL,
  tenant_id             VARCHAR(36)  NOT NULL,
  account_id            VARCHAR(36)  NOT NULL,
  alert_type            ENUM('heartbeat_timeout', 'login_failed', 'message_send_failed',
                             'auto_recovery_failed', 'retry_limit_reached', 'abnormal_offline',
                             'performance_degraded', 'health_score_low', 'network_error',
                             'callback_error', 'qr_code_expired', 'verification_timeout',
                             'excessive_errors', 'resource_exhausted', 'custom') NOT NULL,
  alert_level           ENUM('info', 'warning', 'error', 'critical') NOT NULL,
  alert_title           VARCHAR(200) NOT NULL,
  alert_message         TEXT         NOT NULL,
  alert_data            JSON         NULL,
  status                ENUM('open', 'acknowledged', 'resolved', 'suppressed') NULL DEFAULT 'open',
  first_occurred_at     TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_occurred_at      TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  occurrence_count      INT          NULL     DEFAULT 1,
  acknowledged_by       VARCHAR(36)  NULL,
  acknowledged_at       TIMESTAMP    NULL,
  resolved_by           VARCHAR(36)  NULL,
  resolved_at           TIMESTAMP    NULL,
  resolution_action     VARCHAR(500) NULL,
  notification_sent     TINYINT(1)   NULL     DEFAULT 0,
  notification_channels JSON         NULL,
  created_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_alert_type (alert_type, created_at),
  KEY idx_alert_level (alert_level, status),
  KEY idx_status (status, created_at),
  KEY idx_occurrence_time (last_occurred_at),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Alerts raised for accounts';

-- Monitoring rules for accounts (account_id NULL = all accounts of the tenant).
CREATE TABLE wework_account_monitor_rules (
  id                    VARCHAR(36)  NOT NULL,
  tenant_id             VARCHAR(36)  NOT NULL,
  account_id            VARCHAR(36)  NULL,
  rule_name             VARCHAR(100) NOT NULL,
  rule_type             ENUM('heartbeat_check', 'message_success_rate', 'response_time',
                             'error_rate', 'offline_duration', 'retry_count', 'health_score',
                             'message_volume', 'login_frequency', 'performance_metrics',
                             'network_quality', 'custom_metric', 'status_duration',
                             'qr_code_timeout') NOT NULL,
  description           TEXT         NULL,
  check_interval        INT          NULL     DEFAULT 60,
  threshold_config      JSON         NOT NULL,
  trigger_condition     VARCHAR(500) NULL,
  alert_level           ENUM('info', 'warning', 'error', 'critical') NOT NULL,
  alert_template        VARCHAR(200) NULL,
  notification_channels JSON         NULL,
  enable_auto_action    TINYINT(1)   NULL     DEFAULT 0,
  auto_action_config    JSON         NULL,
  is_enabled            TINYINT(1)   NULL     DEFAULT 1,
  execution_count       BIGINT       NULL     DEFAULT 0,
  trigger_count         BIGINT       NULL     DEFAULT 0,
  last_executed_at      TIMESTAMP    NULL,
  last_triggered_at     TIMESTAMP    NULL,
  created_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by            VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_rule_type (rule_type),
  KEY idx_is_enabled (is_enabled),
  KEY idx_execution_stats (execution_count, trigger_count),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Monitoring rules for accounts (account_id NULL = all accounts of the tenant)';

-- Messages
-- --------

-- Every sent and received message, monthly partitions.
-- message_id alone cannot be unique on a table partitioned by created_at.
-- Partitioned, hence without foreign keys: account_id -> wework_accounts.id.
-- Refers without a foreign key: conversation_id -> wework_conversations.conversation_id,
-- template_id -> wework_message_templates.id, campaign_id -> marketing_campaigns.id.
CREATE TABLE wework_message_records (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  account_id         VARCHAR(36)  NOT NULL,
  message_id         VARCHAR(64)  NOT NULL,
  conversation_id    VARCHAR(64)  NOT NULL,
  direction          ENUM('send', 'receive') NOT NULL,
  message_type       ENUM('text', 'image', 'file', 'voice', 'video', 'location', 'card', 'system') NOT NULL,
  from_type          ENUM('user', 'contact', 'group', 'system') NOT NULL,
  from_id            VARCHAR(100) NOT NULL,
  from_name          VARCHAR(200) NULL,
  to_type            ENUM('user', 'contact', 'group', 'system') NOT NULL,
  to_id              VARCHAR(100) NOT NULL,
  to_name            VARCHAR(200) NULL,
  content            LONGTEXT     NOT NULL,
  content_url        VARCHAR(500) NULL,
  media_info         JSON         NULL,
  raw_data           JSON         NULL,
  send_status        ENUM('pending', 'sending', 'sent', 'delivered', 'read', 'failed', 'recalled') NULL DEFAULT 'pending',
  error_code         VARCHAR(50)  NULL,
  error_message      TEXT         NULL,
  retry_count        INT          NULL     DEFAULT 0,
  scheduled_at       TIMESTAMP    NULL,
  sent_at            TIMESTAMP    NULL,
  delivered_at       TIMESTAMP    NULL,
  read_at            TIMESTAMP    NULL,
  recalled_at        TIMESTAMP    NULL,
  processing_time_ms INT          NULL,
  response_time_ms   INT          NULL,
  template_id        VARCHAR(36)  NULL,
  campaign_id        VARCHAR(36)  NULL,
  tags               JSON         NULL,
  priority           ENUM('low', 'normal', 'high', 'urgent') NULL DEFAULT 'normal',
  created_at         TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at),
  UNIQUE KEY uk_message_id (message_id, created_at),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_message_id (message_id),
  KEY idx_conversation_id (conversation_id),
  KEY idx_direction_type (direction, message_type),
  KEY idx_send_status (send_status, created_at),
  KEY idx_from_to (from_id, to_id),
  KEY idx_sent_at (sent_at),
  KEY idx_account_id (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Every sent and received message, monthly partitions'
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

-- Message templates.
CREATE TABLE wework_message_templates (
  id               VARCHAR(36)  NOT NULL,
  tenant_id        VARCHAR(36)  NOT NULL,
  template_name    VARCHAR(100) NOT NULL,
  template_code    VARCHAR(50)  NOT NULL,
  description      TEXT         NULL,
  message_type     ENUM('text', 'image', 'file', 'voice', 'video', 'card') NOT NULL,
  content_template TEXT         NOT NULL,
  variables        JSON         NULL,
  default_values   JSON         NULL,
  send_config      JSON         NULL,
  rate_limit       JSON         NULL,
  retry_config     JSON         NULL,
  category         VARCHAR(50)  NULL,
  tags             JSON         NULL,
  is_active        TINYINT(1)   NULL     DEFAULT 1,
  usage_count      BIGINT       NULL     DEFAULT 0,
  success_count    BIGINT       NULL     DEFAULT 0,
  created_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by       VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_template_code (tenant_id, template_code),
  KEY idx_message_type (message_type),
  KEY idx_category (category),
  KEY idx_is_active (is_active),
  KEY idx_usage_stats (usage_count, success_count)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Message templates';

-- Single, batch, scheduled and recurring send tasks.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE wework_message_tasks (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  task_name         VARCHAR(100) NOT NULL,
  task_type         TINYINT      NOT NULL,
  send_type         TINYINT      NULL     DEFAULT 1,
  account_id        VARCHAR(36)  NULL,
  account_ids       JSON         NULL,
  receivers         JSON         NULL,
  message_content   JSON         NULL,
  template_id       VARCHAR(36)  NULL,
  template_params   JSON         NULL,
  task_status       TINYINT      NOT NULL DEFAULT 0,
  schedule_time     TIMESTAMP    NULL,
  start_time        TIMESTAMP    NULL,
  complete_time     TIMESTAMP    NULL,
  total_count       INT          NULL     DEFAULT 0,
  sent_count        INT          NULL     DEFAULT 0,
  success_count     INT          NULL     DEFAULT 0,
  fail_count        INT          NULL     DEFAULT 0,
  progress          INT          NULL     DEFAULT 0,
  error_message     TEXT         NULL,
  cron_expression   VARCHAR(100) NULL,
  next_execute_time TIMESTAMP    NULL,
  execute_count     INT          NULL     DEFAULT 0,
  max_execute_count INT          NULL,
  audit_status      TINYINT      NULL,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36)  NULL,
  updated_by        VARCHAR(36)  NULL,
  deleted_at        TIMESTAMP    NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_status (tenant_id, task_status),
  KEY idx_status_schedule (task_status, schedule_time),
  KEY idx_status_next (task_status, next_execute_time),
  KEY idx_tenant_type_created (tenant_id, task_type, created_at),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE SET NULL,
  FOREIGN KEY (template_id) REFERENCES wework_message_templates (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Single, batch, scheduled and recurring send tasks';

-- Contacts and tags
-- -----------------

-- Contacts synchronised from WeCom.
CREATE TABLE wework_contacts (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  account_id        VARCHAR(36)  NOT NULL,
  wework_contact_id VARCHAR(100) NOT NULL,
  contact_type      ENUM('internal', 'external', 'customer') NOT NULL,
  contact_name      VARCHAR(200) NOT NULL,
  alias             VARCHAR(200) NULL,
  avatar_url        VARCHAR(500) NULL,
  gender            ENUM('male', 'female', 'unknown') NULL DEFAULT 'unknown',
  phone             VARCHAR(20)  NULL,
  email             VARCHAR(100) NULL,
  corp_name         VARCHAR(200) NULL,
  corp_full_name    VARCHAR(500) NULL,
  department        VARCHAR(200) NULL,
  position          VARCHAR(100) NULL,
  tags              JSON         NULL,
  custom_fields     JSON         NULL,
  relation_type     VARCHAR(50)  NULL,
  source            VARCHAR(100) NULL,
  remark            TEXT         NULL,
  status            ENUM('normal', 'blocked', 'deleted', 'invalid') NULL DEFAULT 'normal',
  is_friend         TINYINT(1)   NULL     DEFAULT 0,
  is_starred        TINYINT(1)   NULL     DEFAULT 0,
  is_blacklisted    TINYINT(1)   NULL     DEFAULT 0,
  message_count     BIGINT       NULL     DEFAULT 0,
  last_message_at   TIMESTAMP    NULL,
  last_contact_at   TIMESTAMP    NULL,
  last_sync_at      TIMESTAMP    NULL,
  sync_status       ENUM('pending', 'success', 'failed') NULL DEFAULT 'pending',
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_account_wework_contact (account_id, wework_contact_id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_contact_name (contact_name),
  KEY idx_contact_type (contact_type),
  KEY idx_corp_name (corp_name),
  KEY idx_status (status),
  KEY idx_is_friend (is_friend),
  KEY idx_last_message (last_message_at),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Contacts synchronised from WeCom';

-- Tags a tenant puts on contacts, groups, accounts.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE wework_tags (
  id          VARCHAR(36) NOT NULL,
  tenant_id   VARCHAR(36) NOT NULL,
  tag_name    VARCHAR(50) NOT NULL,
  tag_color   VARCHAR(7)  NULL     DEFAULT '#409EFF',
  tag_type    ENUM('contact', 'group', 'message', 'account', 'custom') NULL DEFAULT 'custom',
  description TEXT        NULL,
  created_by  VARCHAR(36) NULL,
  created_at  TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_tag_name (tenant_id, tag_name),
  KEY idx_tag_type (tag_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tags a tenant puts on contacts, groups, accounts';

-- Tag assignments to contacts, groups, accounts, messages.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE wework_tag_relations (
  id          VARCHAR(36) NOT NULL,
  tenant_id   VARCHAR(36) NOT NULL,
  tag_id      VARCHAR(36) NOT NULL,
  target_type ENUM('contact', 'group', 'message', 'account') NOT NULL,
  target_id   VARCHAR(36) NOT NULL,
  created_at  TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tag_target (tag_id, target_type, target_id),
  KEY idx_tenant_target (tenant_id, target_type, target_id),
  FOREIGN KEY (tag_id) REFERENCES wework_tags (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tag assignments to contacts, groups, accounts, messages';

-- Groups
-- ------

-- Group chats synchronised from WeCom.
CREATE TABLE wework_groups (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  account_id         VARCHAR(36)  NOT NULL,
  wework_group_id    VARCHAR(100) NOT NULL,
  group_name         VARCHAR(200) NOT NULL,
  group_notice       TEXT         NULL,
  avatar_url         VARCHAR(500) NULL,
  group_type         ENUM('internal', 'external', 'customer') NOT NULL,
  owner_id           VARCHAR(100) NULL,
  member_count       INT          NULL     DEFAULT 0,
  max_member_count   INT          NULL     DEFAULT 500,
  status             ENUM('active', 'disbanded', 'archived', 'muted') NULL DEFAULT 'active',
  is_muted           TINYINT(1)   NULL     DEFAULT 0,
  is_pinned          TINYINT(1)   NULL     DEFAULT 0,
  invite_permission  ENUM('owner', 'admin', 'member', 'none') NULL DEFAULT 'member',
  message_permission ENUM('all', 'admin_only', 'muted') NULL DEFAULT 'all',
  message_count      BIGINT       NULL     DEFAULT 0,
  last_message_at    TIMESTAMP    NULL,
  last_active_at     TIMESTAMP    NULL,
  last_sync_at       TIMESTAMP    NULL,
  sync_status        ENUM('pending', 'success', 'failed') NULL DEFAULT 'pending',
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_account_wework_group (account_id, wework_group_id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_group_name (group_name),
  KEY idx_group_type (group_type),
  KEY idx_status (status),
  KEY idx_member_count (member_count),
  KEY idx_last_message (last_message_at),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Group chats synchronised from WeCom';

-- Members of group chats.
CREATE TABLE wework_group_members (
  id               VARCHAR(36)  NOT NULL,
  tenant_id        VARCHAR(36)  NOT NULL,
  group_id         VARCHAR(36)  NOT NULL,
  member_wework_id VARCHAR(100) NOT NULL,
  member_name      VARCHAR(200) NOT NULL,
  nickname         VARCHAR(200) NULL,
  avatar_url       VARCHAR(500) NULL,
  role             ENUM('owner', 'admin', 'member') NULL DEFAULT 'member',
  join_type        ENUM('invite', 'scan', 'search', 'share') NULL,
  inviter_id       VARCHAR(100) NULL,
  status           ENUM('active', 'removed', 'left', 'kicked') NULL DEFAULT 'active',
  is_muted         TINYINT(1)   NULL     DEFAULT 0,
  mute_until       TIMESTAMP    NULL,
  joined_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  left_at          TIMESTAMP    NULL,
  last_active_at   TIMESTAMP    NULL,
  message_count    BIGINT       NULL     DEFAULT 0,
  created_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_group_member (group_id, member_wework_id),
  KEY idx_tenant_group (tenant_id, group_id),
  KEY idx_member_wework_id (member_wework_id),
  KEY idx_role (role),
  KEY idx_status (status),
  KEY idx_joined_at (joined_at),
  FOREIGN KEY (group_id) REFERENCES wework_groups (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Members of group chats';

-- Conversations
-- -------------

-- Conversation list entries of an account.
-- conversation_id is unique over all tenants.
-- Refers without a foreign key: target_id -> wework_contacts.wework_contact_id.
CREATE TABLE wework_conversations (
  id                   VARCHAR(36)  NOT NULL,
  tenant_id            VARCHAR(36)  NOT NULL,
  account_id           VARCHAR(36)  NOT NULL,
  conversation_id      VARCHAR(64)  NOT NULL,
  conversation_type    ENUM('contact', 'group', 'system') NOT NULL,
  target_id            VARCHAR(100) NOT NULL,
  target_name          VARCHAR(200) NOT NULL,
  status               ENUM('active', 'archived', 'deleted', 'muted') NULL DEFAULT 'active',
  is_pinned            TINYINT(1)   NULL     DEFAULT 0,
  is_muted             TINYINT(1)   NULL     DEFAULT 0,
  unread_count         INT          NULL     DEFAULT 0,
  last_message_id      VARCHAR(36)  NULL,
  last_message_content TEXT         NULL,
  last_message_type    ENUM('text', 'image', 'file', 'voice', 'video', 'location', 'card', 'system') NULL,
  last_message_at      TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  total_messages       BIGINT       NULL     DEFAULT 0,
  sent_messages        BIGINT       NULL     DEFAULT 0,
  received_messages    BIGINT       NULL     DEFAULT 0,
  first_message_at     TIMESTAMP    NULL,
  last_read_at         TIMESTAMP    NULL,
  created_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY conversation_id (conversation_id),
  UNIQUE KEY uk_account_conversation (account_id, conversation_id),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_conversation_type (conversation_type),
  KEY idx_target_id (target_id),
  KEY idx_status (status),
  KEY idx_last_message_at (last_message_at),
  KEY idx_unread_count (unread_count),
  FOREIGN KEY (account_id) REFERENCES wework_accounts (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Conversation list entries of an account';

-- Statistics
-- ----------

-- Daily WeCom usage totals of a tenant.
CREATE TABLE wework_tenant_usage (
  id                   VARCHAR(36)  NOT NULL,
  tenant_id            VARCHAR(36)  NOT NULL,
  stat_date            DATE         NOT NULL,
  total_accounts       INT          NULL     DEFAULT 0,
  online_accounts      INT          NULL     DEFAULT 0,
  active_accounts      INT          NULL     DEFAULT 0,
  total_messages       BIGINT       NULL     DEFAULT 0,
  sent_messages        BIGINT       NULL     DEFAULT 0,
  received_messages    BIGINT       NULL     DEFAULT 0,
  failed_messages      BIGINT       NULL     DEFAULT 0,
  total_contacts       INT          NULL     DEFAULT 0,
  new_contacts         INT          NULL     DEFAULT 0,
  active_contacts      INT          NULL     DEFAULT 0,
  total_groups         INT          NULL     DEFAULT 0,
  active_groups        INT          NULL     DEFAULT 0,
  group_messages       BIGINT       NULL     DEFAULT 0,
  avg_response_time    DECIMAL(8,3) NULL,
  message_success_rate DECIMAL(5,2) NULL,
  uptime_percentage    DECIMAL(5,2) NULL,
  total_alerts         INT          NULL     DEFAULT 0,
  critical_alerts      INT          NULL     DEFAULT 0,
  resolved_alerts      INT          NULL     DEFAULT 0,
  created_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_date (tenant_id, stat_date),
  KEY idx_stat_date (stat_date),
  KEY idx_tenant_month (tenant_id, stat_date)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Daily WeCom usage totals of a tenant';

-- Callbacks
-- ---------

-- Callbacks received from WeCom, monthly partitions.
-- Partitioned, hence without foreign keys: account_id -> wework_accounts.id.
CREATE TABLE wework_callback_logs (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  account_id        VARCHAR(36)  NULL,
  callback_type     ENUM('message', 'status', 'contact', 'group', 'system', 'error') NOT NULL,
  event_type        VARCHAR(50)  NOT NULL,
  callback_url      VARCHAR(500) NULL,
  request_method    VARCHAR(10)  NULL     DEFAULT 'POST',
  request_headers   JSON         NULL,
  request_body      LONGTEXT     NULL,
  response_status   INT          NULL,
  response_headers  JSON         NULL,
  response_body     TEXT         NULL,
  response_time     DECIMAL(8,3) NULL,
  processing_status ENUM('success', 'failed', 'timeout', 'ignored') NOT NULL,
  error_message     TEXT         NULL,
  retry_count       INT          NULL     DEFAULT 0,
  business_data     JSON         NULL,
  created_at        TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at),
  KEY idx_tenant_account (tenant_id, account_id),
  KEY idx_callback_type (callback_type, created_at),
  KEY idx_event_type (event_type),
  KEY idx_processing_status (processing_status),
  KEY idx_response_status (response_status),
  KEY idx_account_id (account_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Callbacks received from WeCom, monthly partitions'
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
