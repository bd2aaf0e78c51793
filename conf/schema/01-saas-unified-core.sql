-- Identity, security audit, quota and billing, system management, notification and files.
-- 24 tables, one partitioned by month.
--
-- The file names no database: it is loaded into the current one, whatever its name, so that
-- every shard gets the same tables. Statements end with ";", no DELIMITER is used.
-- Partition bounds are month starts in UTC; UNIX_TIMESTAMP reads them in the session zone,
-- which is therefore fixed here.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Identity
-- --------

-- Tenant master; its own id IS the tenant id.
-- tenant_code is unique over all tenants.
CREATE TABLE saas_tenants (
  id                      VARCHAR(36)   NOT NULL,
  tenant_code             VARCHAR(50)   NOT NULL,
  tenant_name             VARCHAR(100)  NOT NULL,
  tenant_type             ENUM('enterprise', 'individual', 'trial', 'partner') NULL DEFAULT 'enterprise',
  company_info            JSON          NULL,
  contact_info            JSON          NULL,
  business_info           JSON          NULL,
  subscription_plan       VARCHAR(50)   NULL     DEFAULT 'basic',
  subscription_start_date DATE          NULL,
  subscription_end_date   DATE          NULL,
  billing_cycle           ENUM('monthly', 'quarterly', 'yearly') NULL DEFAULT 'monthly',
  tenant_config           JSON          NULL,
  custom_domain           VARCHAR(100)  NULL,
  logo_url                VARCHAR(500)  NULL,
  theme_config            JSON          NULL,
  integration_config      JSON          NULL,
  webhook_endpoints       JSON          NULL,
  api_rate_limits         JSON          NULL,
  status                  ENUM('active', 'suspended', 'expired', 'deleted', 'trial', 'beta') NULL DEFAULT 'active',
  suspension_reason       VARCHAR(500)  NULL,
  enabled_modules         JSON          NULL,
  feature_flags           JSON          NULL,
  resource_limits         JSON          NULL,
  storage_quota_gb        DECIMAL(10,2) NULL     DEFAULT 10.00,
  bandwidth_quota_gb      DECIMAL(10,2) NULL     DEFAULT 100.00,
  security_config         JSON          NULL,
  ip_whitelist            JSON          NULL,
  allowed_login_hours     JSON          NULL,
  created_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by              VARCHAR(36)   NULL,
  updated_by              VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tenant_code (tenant_code),
  KEY idx_tenant_code (tenant_code),
  KEY idx_status (status),
  KEY idx_subscription_plan (subscription_plan),
  KEY idx_subscription_end (subscription_end_date),
  KEY idx_created_at (created_at),
  KEY idx_tenant_type (tenant_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tenant master; its own id IS the tenant id';

-- User accounts of a tenant (soft-deleted by deleted_at).
CREATE TABLE saas_users (
  id                     VARCHAR(36)  NOT NULL,
  tenant_id              VARCHAR(36)  NOT NULL,
  username               VARCHAR(50)  NOT NULL,
  email                  VARCHAR(100) NULL,
  phone                  VARCHAR(20)  NULL,
  password_hash          VARCHAR(255) NOT NULL,
  profile                JSON         NULL,
  department             VARCHAR(100) NULL,
  position               VARCHAR(100) NULL,
  employee_id            VARCHAR(50)  NULL,
  status                 ENUM('active', 'inactive', 'locked', 'deleted', 'pending_activation') NULL DEFAULT 'active',
  is_super_admin         TINYINT(1)   NULL     DEFAULT 0,
  is_tenant_admin        TINYINT(1)   NULL     DEFAULT 0,
  email_verified         TINYINT(1)   NULL     DEFAULT 0,
  phone_verified         TINYINT(1)   NULL     DEFAULT 0,
  identity_verified      TINYINT(1)   NULL     DEFAULT 0,
  last_login_at          TIMESTAMP    NULL,
  last_login_ip          VARCHAR(45)  NULL,
  last_login_device      VARCHAR(200) NULL,
  login_failure_count    INT          NULL     DEFAULT 0,
  locked_until           TIMESTAMP    NULL,
  password_changed_at    TIMESTAMP    NULL,
  must_change_password   TINYINT(1)   NULL     DEFAULT 0,
  password_never_expires TINYINT(1)   NULL     DEFAULT 0,
  mfa_enabled            TINYINT(1)   NULL     DEFAULT 0,
  mfa_secret             VARCHAR(255) NULL,
  mfa_backup_codes       JSON         NULL,
  preferences            JSON         NULL,
  notification_settings  JSON         NULL,
  language               VARCHAR(10)  NULL     DEFAULT 'zh-CN',
  timezone               VARCHAR(50)  NULL     DEFAULT 'Asia/Shanghai',
  custom_fields          JSON         NULL,
  tags                   JSON         NULL,
  deleted_at             TIMESTAMP    NULL,
  deleted_by             VARCHAR(36)  NULL,
  created_at             TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at             TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by             VARCHAR(36)  NULL,
  updated_by             VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_username (tenant_id, username),
  UNIQUE KEY uk_tenant_email (tenant_id, email),
  UNIQUE KEY uk_tenant_phone (tenant_id, phone),
  UNIQUE KEY uk_tenant_employee_id (tenant_id, employee_id),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_email (email),
  KEY idx_phone (phone),
  KEY idx_last_login (last_login_at),
  KEY idx_created_at (created_at),
  KEY idx_department (department),
  KEY idx_is_admin (is_super_admin, is_tenant_admin),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'User accounts of a tenant (soft-deleted by deleted_at)';

-- Roles of a tenant, hierarchical by parent_role_id.
CREATE TABLE saas_roles (
  id                VARCHAR(36)   NOT NULL,
  tenant_id         VARCHAR(36)   NOT NULL,
  role_code         VARCHAR(50)   NOT NULL,
  role_name         VARCHAR(100)  NOT NULL,
  role_description  TEXT          NULL,
  role_category     ENUM('system', 'business', 'custom', 'inherited') NULL DEFAULT 'custom',
  role_source       ENUM('builtin', 'template', 'custom') NULL DEFAULT 'custom',
  role_level        INT           NULL     DEFAULT 0,
  parent_role_id    VARCHAR(36)   NULL,
  role_path         VARCHAR(1000) NULL,
  permission_scope  ENUM('global', 'tenant', 'department', 'group', 'self') NULL DEFAULT 'tenant',
  data_scope        JSON          NULL,
  max_users         INT           NULL,
  role_constraints  JSON          NULL,
  is_system_role    TINYINT(1)    NULL     DEFAULT 0,
  is_default_role   TINYINT(1)    NULL     DEFAULT 0,
  is_assignable     TINYINT(1)    NULL     DEFAULT 1,
  auto_assign_rules JSON          NULL,
  effective_start   TIMESTAMP     NULL,
  effective_end     TIMESTAMP     NULL,
  status            ENUM('active', 'inactive', 'deprecated', 'draft') NULL DEFAULT 'active',
  created_at        TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36)   NULL,
  updated_by        VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_role_code (tenant_id, role_code),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_role_code (role_code),
  KEY idx_role_category (role_category),
  KEY idx_parent_role (parent_role_id),
  KEY idx_role_level (role_level),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (parent_role_id) REFERENCES saas_roles (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Roles of a tenant, hierarchical by parent_role_id';

-- Platform-wide permission catalogue shared by every tenant.
-- permission_code is unique over all tenants.
CREATE TABLE saas_permissions (
  id                     VARCHAR(36)   NOT NULL,
  permission_code        VARCHAR(100)  NOT NULL,
  permission_name        VARCHAR(100)  NOT NULL,
  permission_description TEXT          NULL,
  module                 VARCHAR(50)   NOT NULL,
  sub_module             VARCHAR(50)   NULL,
  resource               VARCHAR(50)   NOT NULL,
  action                 VARCHAR(50)   NOT NULL,
  permission_level       INT           NULL     DEFAULT 0,
  parent_permission_id   VARCHAR(36)   NULL,
  permission_path        VARCHAR(1000) NULL,
  is_system_permission   TINYINT(1)    NULL     DEFAULT 0,
  is_menu_permission     TINYINT(1)    NULL     DEFAULT 0,
  is_button_permission   TINYINT(1)    NULL     DEFAULT 0,
  is_data_permission     TINYINT(1)    NULL     DEFAULT 0,
  requires_mfa           TINYINT(1)    NULL     DEFAULT 0,
  ip_restrictions        JSON          NULL,
  time_restrictions      JSON          NULL,
  permission_config      JSON          NULL,
  menu_config            JSON          NULL,
  api_endpoints          JSON          NULL,
  status                 ENUM('active', 'inactive', 'deprecated') NULL DEFAULT 'active',
  created_at             TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at             TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY permission_code (permission_code),
  KEY idx_permission_code (permission_code),
  KEY idx_module_resource (module, resource),
  KEY idx_module_action (module, action),
  KEY idx_parent_permission (parent_permission_id),
  KEY idx_permission_type (is_menu_permission, is_button_permission, is_data_permission),
  FOREIGN KEY (parent_permission_id) REFERENCES saas_permissions (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Platform-wide permission catalogue shared by every tenant';

-- Role grants to users, with scope and expiry.
CREATE TABLE saas_user_roles (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  user_id           VARCHAR(36)  NOT NULL,
  role_id           VARCHAR(36)  NOT NULL,
  granted_by        VARCHAR(36)  NULL,
  granted_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  grant_reason      VARCHAR(500) NULL,
  scope_type        ENUM('global', 'department', 'group', 'project', 'custom') NULL DEFAULT 'global',
  scope_value       JSON         NULL,
  scope_description VARCHAR(500) NULL,
  effective_start   TIMESTAMP    NULL,
  effective_end     TIMESTAMP    NULL,
  expires_at        TIMESTAMP    NULL,
  status            ENUM('active', 'expired', 'revoked', 'suspended') NULL DEFAULT 'active',
  revoked_by        VARCHAR(36)  NULL,
  revoked_at        TIMESTAMP    NULL,
  revoke_reason     VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_user_role_scope (user_id, role_id, scope_type),
  KEY idx_tenant_user (tenant_id, user_id),
  KEY idx_user_role (user_id, role_id),
  KEY idx_expires_at (expires_at),
  KEY idx_status (status),
  KEY idx_effective_period (effective_start, effective_end),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES saas_users (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES saas_roles (id) ON DELETE CASCADE,
  FOREIGN KEY (granted_by) REFERENCES saas_users (id) ON DELETE SET NULL,
  FOREIGN KEY (revoked_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Role grants to users, with scope and expiry';

-- Permission grants to roles.
CREATE TABLE saas_role_permissions (
  id                VARCHAR(36) NOT NULL,
  tenant_id         VARCHAR(36) NOT NULL,
  role_id           VARCHAR(36) NOT NULL,
  permission_id     VARCHAR(36) NOT NULL,
  permission_type   ENUM('allow', 'deny', 'inherit') NULL DEFAULT 'allow',
  permission_config JSON        NULL,
  conditions        JSON        NULL,
  constraints       JSON        NULL,
  data_filter       JSON        NULL,
  field_permissions JSON        NULL,
  created_at        TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP   NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_role_permission (role_id, permission_id),
  KEY idx_tenant_role (tenant_id, role_id),
  KEY idx_role_permission (role_id, permission_id),
  KEY idx_permission_type (permission_type),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (role_id) REFERENCES saas_roles (id) ON DELETE CASCADE,
  FOREIGN KEY (permission_id) REFERENCES saas_permissions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Permission grants to roles';

-- Security and audit
-- ------------------

-- API keys of users with rate limits and usage counters.
-- access_key is unique over all tenants.
CREATE TABLE saas_api_keys (
  id                       VARCHAR(36)  NOT NULL,
  tenant_id                VARCHAR(36)  NOT NULL,
  user_id                  VARCHAR(36)  NOT NULL,
  key_name                 VARCHAR(100) NOT NULL,
  key_description          TEXT         NULL,
  access_key               VARCHAR(64)  NOT NULL,
  secret_key_hash          VARCHAR(255) NOT NULL,
  permissions              JSON         NULL,
  scopes                   JSON         NULL,
  allowed_ips              JSON         NULL,
  allowed_domains          JSON         NULL,
  rate_limit_config        JSON         NULL,
  daily_request_limit      BIGINT       NULL,
  monthly_request_limit    BIGINT       NULL,
  concurrent_request_limit INT          NULL,
  total_requests           BIGINT       NULL     DEFAULT 0,
  successful_requests      BIGINT       NULL     DEFAULT 0,
  failed_requests          BIGINT       NULL     DEFAULT 0,
  last_used_at             TIMESTAMP    NULL,
  last_used_ip             VARCHAR(45)  NULL,
  status                   ENUM('active', 'inactive', 'expired', 'revoked', 'suspended') NULL DEFAULT 'active',
  expires_at               TIMESTAMP    NULL,
  auto_renew               TINYINT(1)   NULL     DEFAULT 0,
  require_https            TINYINT(1)   NULL     DEFAULT 1,
  webhook_signature_key    VARCHAR(255) NULL,
  encryption_config        JSON         NULL,
  created_at               TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at               TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by               VARCHAR(36)  NULL,
  revoked_by               VARCHAR(36)  NULL,
  revoked_at               TIMESTAMP    NULL,
  PRIMARY KEY (id),
  UNIQUE KEY access_key (access_key),
  KEY idx_tenant_user (tenant_id, user_id),
  KEY idx_access_key (access_key),
  KEY idx_status (status),
  KEY idx_expires_at (expires_at),
  KEY idx_last_used (last_used_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES saas_users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'API keys of users with rate limits and usage counters';

-- Login sessions and refresh tokens.
-- session_token is unique over all tenants.
CREATE TABLE saas_user_sessions (
  id                        VARCHAR(36)  NOT NULL,
  tenant_id                 VARCHAR(36)  NOT NULL,
  user_id                   VARCHAR(36)  NOT NULL,
  session_token             VARCHAR(255) NOT NULL,
  refresh_token             VARCHAR(255) NULL,
  device_id                 VARCHAR(100) NULL,
  device_type               ENUM('web', 'mobile', 'desktop', 'api', 'tablet') NULL DEFAULT 'web',
  device_name               VARCHAR(200) NULL,
  device_fingerprint        VARCHAR(255) NULL,
  login_ip                  VARCHAR(45)  NOT NULL,
  login_location            JSON         NULL,
  user_agent                TEXT         NULL,
  login_method              ENUM('password', 'mfa', 'sso', 'api_key', 'oauth') NULL DEFAULT 'password',
  status                    ENUM('active', 'expired', 'revoked', 'suspicious', 'force_logout') NULL DEFAULT 'active',
  is_trusted_device         TINYINT(1)   NULL     DEFAULT 0,
  concurrent_sessions_count INT          NULL     DEFAULT 1,
  created_at                TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  expires_at                TIMESTAMP    NOT NULL,
  last_activity_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  last_refresh_at           TIMESTAMP    NULL,
  security_level            ENUM('low', 'medium', 'high') NULL DEFAULT 'medium',
  risk_score                DECIMAL(5,2) NULL     DEFAULT 0.00,
  anomaly_flags             JSON         NULL,
  session_data              JSON         NULL,
  permissions_cache         JSON         NULL,
  revoked_by                VARCHAR(36)  NULL,
  revoked_at                TIMESTAMP    NULL,
  revoke_reason             VARCHAR(500) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY session_token (session_token),
  KEY idx_tenant_user (tenant_id, user_id),
  KEY idx_session_token (session_token),
  KEY idx_user_status (user_id, status),
  KEY idx_expires_at (expires_at),
  KEY idx_last_activity (last_activity_at),
  KEY idx_device_fingerprint (device_fingerprint),
  KEY idx_login_ip (login_ip),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES saas_users (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Login sessions and refresh tokens';

-- Unified audit trail of every operation, monthly partitions.
-- The primary key holds created_at because every key of a partitioned table must.
-- Refers without a foreign key: operator_id -> saas_users.id.
CREATE TABLE saas_unified_audit_logs (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  log_type          ENUM('operation', 'security', 'business', 'system') NOT NULL,
  module            VARCHAR(50)  NOT NULL,
  sub_module        VARCHAR(50)  NULL,
  operator_id       VARCHAR(36)  NULL,
  operator_type     ENUM('user', 'system', 'api', 'scheduled') NULL DEFAULT 'user',
  session_id        VARCHAR(36)  NULL,
  action            ENUM('create', 'read', 'update', 'delete', 'login', 'logout', 'status_change',
                         'config', 'alert') NOT NULL,
  target_type       VARCHAR(50)  NULL,
  target_id         VARCHAR(36)  NULL,
  target_name       VARCHAR(200) NULL,
  change_data       JSON         NULL,
  status            ENUM('success', 'failure', 'partial') NULL DEFAULT 'success',
  error_info        JSON         NULL,
  execution_time_ms INT          NULL,
  ip_address        VARCHAR(45)  NULL,
  user_agent        TEXT         NULL,
  request_info      JSON         NULL,
  business_context  JSON         NULL,
  tags              JSON         NULL,
  created_at        TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at),
  KEY idx_tenant_module (tenant_id, module),
  KEY idx_operator (operator_id, created_at),
  KEY idx_target (target_type, target_id),
  KEY idx_log_type (log_type, created_at),
  KEY idx_action (action, created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Unified audit trail of every operation, monthly partitions'
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

-- Login attempts, also for unknown tenants (tenant_id may be NULL).
CREATE TABLE saas_login_attempts (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NULL,
  username           VARCHAR(100) NOT NULL,
  email              VARCHAR(100) NULL,
  phone              VARCHAR(20)  NULL,
  login_method       ENUM('password', 'mfa', 'sso', 'api_key') NULL DEFAULT 'password',
  attempt_result     ENUM('success', 'failed', 'blocked', 'suspended') NOT NULL,
  failure_reason     VARCHAR(200) NULL,
  ip_address         VARCHAR(45)  NOT NULL,
  user_agent         TEXT         NULL,
  device_fingerprint VARCHAR(255) NULL,
  location           JSON         NULL,
  risk_score         DECIMAL(5,2) NULL     DEFAULT 0,
  is_suspicious      TINYINT(1)   NULL     DEFAULT 0,
  blocked_until      TIMESTAMP    NULL,
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_username (tenant_id, username),
  KEY idx_ip_address (ip_address, created_at),
  KEY idx_attempt_result (attempt_result, created_at),
  KEY idx_is_suspicious (is_suspicious, created_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Login attempts, also for unknown tenants (tenant_id may be NULL)';

-- Quota and billing
-- -----------------

-- One quota row per tenant: limits, feature switches, validity.
CREATE TABLE saas_tenant_quotas (
  id                             VARCHAR(36)   NOT NULL,
  tenant_id                      VARCHAR(36)   NOT NULL,
  plan_id                        VARCHAR(36)   NULL,
  max_users                      INT           NULL     DEFAULT 10,
  max_roles                      INT           NULL     DEFAULT 50,
  max_api_keys                   INT           NULL     DEFAULT 10,
  max_storage_gb                 DECIMAL(10,2) NULL     DEFAULT 10.00,
  max_api_calls_per_minute       BIGINT        NULL     DEFAULT 1000,
  max_api_calls_per_hour         BIGINT        NULL     DEFAULT 10000,
  max_api_calls_per_day          BIGINT        NULL     DEFAULT 100000,
  max_api_calls_per_month        BIGINT        NULL     DEFAULT 1000000,
  max_wework_accounts            INT           NULL     DEFAULT 5,
  max_online_wework_accounts     INT           NULL     DEFAULT 3,
  max_daily_wework_messages      BIGINT        NULL     DEFAULT 1000,
  max_monthly_wework_messages    BIGINT        NULL     DEFAULT 10000,
  max_wework_monitor_rules       INT           NULL     DEFAULT 20,
  max_wework_alerts_per_day      INT           NULL     DEFAULT 100,
  max_ai_agents                  INT           NULL     DEFAULT 3,
  max_ai_platforms               INT           NULL     DEFAULT 5,
  max_ai_conversations_per_day   BIGINT        NULL     DEFAULT 100,
  max_ai_tokens_per_day          BIGINT        NULL     DEFAULT 100000,
  max_ai_knowledge_bases         INT           NULL     DEFAULT 5,
  max_ai_tools                   INT           NULL     DEFAULT 20,
  max_health_patients            INT           NULL     DEFAULT 100,
  max_health_records_per_patient INT           NULL     DEFAULT 1000,
  max_health_devices             INT           NULL     DEFAULT 10,
  max_file_size_mb               DECIMAL(8,2)  NULL     DEFAULT 100.00,
  max_batch_size                 INT           NULL     DEFAULT 1000,
  max_export_records             INT           NULL     DEFAULT 10000,
  max_concurrent_sessions        INT           NULL     DEFAULT 5,
  max_monitor_rules              INT           NULL     DEFAULT 50,
  max_alert_channels             INT           NULL     DEFAULT 10,
  max_alerts_per_day             INT           NULL     DEFAULT 1000,
  max_notifications_per_day      INT           NULL     DEFAULT 1000,
  max_email_per_day              INT           NULL     DEFAULT 100,
  max_sms_per_day                INT           NULL     DEFAULT 50,
  enable_wework_integration      TINYINT(1)    NULL     DEFAULT 1,
  enable_wework_auto_recovery    TINYINT(1)    NULL     DEFAULT 1,
  enable_wework_custom_callback  TINYINT(1)    NULL     DEFAULT 1,
  enable_ai_module               TINYINT(1)    NULL     DEFAULT 0,
  enable_ai_custom_models        TINYINT(1)    NULL     DEFAULT 0,
  enable_health_module           TINYINT(1)    NULL     DEFAULT 0,
  enable_advanced_analytics      TINYINT(1)    NULL     DEFAULT 0,
  enable_api_access              TINYINT(1)    NULL     DEFAULT 1,
  enable_webhook                 TINYINT(1)    NULL     DEFAULT 1,
  enable_sso                     TINYINT(1)    NULL     DEFAULT 0,
  enable_mfa                     TINYINT(1)    NULL     DEFAULT 1,
  enable_audit_logs              TINYINT(1)    NULL     DEFAULT 1,
  enable_data_export             TINYINT(1)    NULL     DEFAULT 1,
  enable_custom_branding         TINYINT(1)    NULL     DEFAULT 0,
  effective_from                 DATE          NOT NULL,
  effective_to                   DATE          NULL,
  auto_renew                     TINYINT(1)    NULL     DEFAULT 0,
  overage_policy                 ENUM('block', 'allow_overage', 'auto_upgrade') NULL DEFAULT 'block',
  overage_rate                   DECIMAL(8,4)  NULL,
  warning_threshold              DECIMAL(5,2)  NULL     DEFAULT 80.00,
  created_at                     TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at                     TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by                     VARCHAR(36)   NULL,
  updated_by                     VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_quota (tenant_id),
  KEY idx_effective_period (effective_from, effective_to),
  KEY idx_plan_id (plan_id),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'One quota row per tenant: limits, feature switches, validity';

-- Daily usage totals of a tenant.
CREATE TABLE saas_usage_statistics (
  id                      VARCHAR(36)   NOT NULL,
  tenant_id               VARCHAR(36)   NOT NULL,
  usage_date              DATE          NOT NULL,
  active_users            INT           NULL     DEFAULT 0,
  api_calls               BIGINT        NULL     DEFAULT 0,
  storage_used_gb         DECIMAL(10,2) NULL     DEFAULT 0,
  bandwidth_used_gb       DECIMAL(10,2) NULL     DEFAULT 0,
  wework_accounts_online  INT           NULL     DEFAULT 0,
  wework_messages_sent    BIGINT        NULL     DEFAULT 0,
  wework_alerts_triggered INT           NULL     DEFAULT 0,
  ai_conversations        BIGINT        NULL     DEFAULT 0,
  ai_tokens_consumed      BIGINT        NULL     DEFAULT 0,
  ai_requests             BIGINT        NULL     DEFAULT 0,
  ai_cost                 DECIMAL(10,4) NULL     DEFAULT 0,
  health_records_created  INT           NULL     DEFAULT 0,
  health_patients_active  INT           NULL     DEFAULT 0,
  notifications_sent      INT           NULL     DEFAULT 0,
  files_uploaded          INT           NULL     DEFAULT 0,
  exports_performed       INT           NULL     DEFAULT 0,
  created_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at              TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_date (tenant_id, usage_date),
  KEY idx_usage_date (usage_date),
  KEY idx_tenant_month (tenant_id, usage_date),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Daily usage totals of a tenant';

-- Rolling counters per tenant, resource and window.
CREATE TABLE saas_quota_usage_realtime (
  id               VARCHAR(36)   NOT NULL,
  tenant_id        VARCHAR(36)   NOT NULL,
  resource_type    VARCHAR(50)   NOT NULL,
  current_usage    BIGINT        NULL     DEFAULT 0,
  usage_limit      BIGINT        NOT NULL,
  usage_period     ENUM('minute', 'hour', 'day', 'month') NOT NULL,
  window_start     TIMESTAMP     NOT NULL,
  window_end       TIMESTAMP     NOT NULL,
  peak_usage       BIGINT        NULL     DEFAULT 0,
  avg_usage        DECIMAL(10,2) NULL     DEFAULT 0,
  last_reset_at    TIMESTAMP     NULL,
  alert_triggered  TINYINT(1)    NULL     DEFAULT 0,
  usage_percentage DECIMAL(5,2)  NULL     DEFAULT 0,
  created_at       TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_resource_period (tenant_id, resource_type, usage_period),
  KEY idx_tenant_resource (tenant_id, resource_type),
  KEY idx_usage_percentage (usage_percentage),
  KEY idx_window_end (window_end),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Rolling counters per tenant, resource and window';

-- System management
-- -----------------

-- Configuration values at global, tenant, user or module scope (tenant_id NULL = global).
-- uk_global_config and uk_tenant_config are partial keys: a row takes part only while the
-- expression is not NULL, so config_key is unique among the global rows and among the
-- tenant-wide rows of one tenant.
CREATE TABLE saas_unified_configs (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NULL,
  user_id            VARCHAR(36)  NULL,
  config_scope       ENUM('global', 'tenant', 'user', 'module') NOT NULL,
  config_category    VARCHAR(50)  NOT NULL,
  module             VARCHAR(50)  NULL,
  config_key         VARCHAR(100) NOT NULL,
  config_name        VARCHAR(100) NULL,
  config_description TEXT         NULL,
  config_value       JSON         NOT NULL,
  config_type        ENUM('string', 'number', 'boolean', 'json', 'array', 'encrypted') NULL DEFAULT 'string',
  default_value      JSON         NULL,
  is_required        TINYINT(1)   NULL     DEFAULT 0,
  is_encrypted       TINYINT(1)   NULL     DEFAULT 0,
  is_public          TINYINT(1)   NULL     DEFAULT 0,
  is_readonly        TINYINT(1)   NULL     DEFAULT 0,
  validation_rules   JSON         NULL,
  version            INT          NULL     DEFAULT 1,
  parent_config_id   VARCHAR(36)  NULL,
  status             ENUM('active', 'inactive', 'deprecated') NULL DEFAULT 'active',
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)  NULL,
  updated_by         VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_global_config ((CASE WHEN tenant_id IS NULL AND user_id IS NULL THEN config_key END)),
  UNIQUE KEY uk_tenant_config (tenant_id, (CASE WHEN user_id IS NULL THEN config_key END)),
  UNIQUE KEY uk_user_config (tenant_id, user_id, config_key),
  KEY idx_scope_category (config_scope, config_category),
  KEY idx_tenant_module (tenant_id, module),
  KEY idx_config_key (config_key),
  KEY idx_status (status),
  KEY idx_parent_config (parent_config_id),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES saas_users (id) ON DELETE CASCADE,
  FOREIGN KEY (parent_config_id) REFERENCES saas_unified_configs (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Configuration values at global, tenant, user or module scope (tenant_id NULL = global)';

-- Platform alerts with acknowledgement and resolution.
-- Not partitioned: it has foreign keys, which partitioned tables may not have.
-- source_id means what source_module says.
CREATE TABLE saas_unified_alerts (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  source_type         ENUM('system', 'business', 'monitor', 'security') NOT NULL,
  source_module       VARCHAR(50)  NOT NULL,
  source_id           VARCHAR(36)  NULL,
  source_name         VARCHAR(200) NULL,
  alert_code          VARCHAR(50)  NOT NULL,
  alert_title         VARCHAR(200) NOT NULL,
  alert_message       TEXT         NOT NULL,
  alert_level         ENUM('info', 'warning', 'error', 'critical') NOT NULL,
  alert_category      ENUM('heartbeat_timeout', 'api_failure', 'status_anomaly', 'login_failed',
                           'auto_recovery_failed', 'retry_limit_reached', 'quota_exceeded',
                           'response_time_high', 'message_send_failed', 'resource_low',
                           'network_error', 'database_error', 'cache_error', 'security_threat',
                           'business_exception', 'custom') NOT NULL,
  alert_data          JSON         NULL,
  trigger_condition   JSON         NULL,
  threshold_info      JSON         NULL,
  status              ENUM('open', 'acknowledged', 'resolved', 'suppressed', 'expired') NULL DEFAULT 'open',
  first_occurred_at   TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_occurred_at    TIMESTAMP    NOT NULL DEFAULT CURRENT_TIMESTAMP,
  occurrence_count    INT          NULL     DEFAULT 1,
  acknowledged_by     VARCHAR(36)  NULL,
  acknowledged_at     TIMESTAMP    NULL,
  resolved_by         VARCHAR(36)  NULL,
  resolved_at         TIMESTAMP    NULL,
  resolution_info     JSON         NULL,
  notification_status JSON         NULL,
  escalation_level    INT          NULL     DEFAULT 0,
  business_impact     ENUM('none', 'low', 'medium', 'high', 'critical') NULL DEFAULT 'low',
  tags                JSON         NULL,
  related_alerts      JSON         NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_level (tenant_id, alert_level),
  KEY idx_source (source_type, source_module, source_id),
  KEY idx_status_time (status, created_at),
  KEY idx_alert_code (alert_code, created_at),
  KEY idx_occurrence_time (last_occurred_at),
  KEY idx_resolved_time (resolved_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (acknowledged_by) REFERENCES saas_users (id) ON DELETE SET NULL,
  FOREIGN KEY (resolved_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Platform alerts with acknowledgement and resolution';

-- Monitoring rule definitions of a tenant.
CREATE TABLE saas_monitor_rules (
  id                    VARCHAR(36)  NOT NULL,
  tenant_id             VARCHAR(36)  NOT NULL,
  rule_name             VARCHAR(100) NOT NULL,
  rule_description      TEXT         NULL,
  rule_category         ENUM('system', 'business', 'security', 'performance') NOT NULL,
  target_module         VARCHAR(50)  NOT NULL,
  monitor_target        JSON         NOT NULL,
  check_conditions      JSON         NOT NULL,
  threshold_config      JSON         NULL,
  check_interval        INT          NULL     DEFAULT 60,
  check_timeout         INT          NULL     DEFAULT 30,
  retry_count           INT          NULL     DEFAULT 3,
  alert_level           ENUM('info', 'warning', 'error', 'critical') NOT NULL,
  alert_template        VARCHAR(200) NULL,
  notification_channels JSON         NULL,
  enable_auto_handling  TINYINT(1)   NULL     DEFAULT 0,
  auto_handling_config  JSON         NULL,
  is_enabled            TINYINT(1)   NULL     DEFAULT 1,
  execution_count       BIGINT       NULL     DEFAULT 0,
  success_count         BIGINT       NULL     DEFAULT 0,
  failure_count         BIGINT       NULL     DEFAULT 0,
  last_executed_at      TIMESTAMP    NULL,
  last_triggered_at     TIMESTAMP    NULL,
  created_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at            TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by            VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_module (tenant_id, target_module),
  KEY idx_rule_category (rule_category),
  KEY idx_is_enabled (is_enabled),
  KEY idx_execution_stats (execution_count, success_count),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Monitoring rule definitions of a tenant';

-- Metric samples (tenant_id NULL = platform-wide sample).
CREATE TABLE saas_system_metrics (
  id              VARCHAR(36)   NOT NULL,
  tenant_id       VARCHAR(36)   NULL,
  metric_name     VARCHAR(100)  NOT NULL,
  metric_type     ENUM('counter', 'gauge', 'histogram', 'timer') NOT NULL,
  metric_category VARCHAR(50)   NOT NULL,
  metric_value    DECIMAL(15,6) NOT NULL,
  labels          JSON          NULL,
  tags            JSON          NULL,
  recorded_at     TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  time_window     ENUM('1m', '5m', '15m', '1h', '1d') NULL DEFAULT '1m',
  PRIMARY KEY (id),
  KEY idx_tenant_metric (tenant_id, metric_name),
  KEY idx_metric_category (metric_category, recorded_at),
  KEY idx_recorded_at (recorded_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Metric samples (tenant_id NULL = platform-wide sample)';

-- Endpoint health checks (tenant_id NULL = platform-wide check).
CREATE TABLE saas_health_checks (
  id                   VARCHAR(36)  NOT NULL,
  tenant_id            VARCHAR(36)  NULL,
  check_name           VARCHAR(100) NOT NULL,
  check_type           ENUM('http', 'tcp', 'database', 'service', 'custom') NOT NULL,
  target_endpoint      VARCHAR(500) NOT NULL,
  check_config         JSON         NULL,
  status               ENUM('healthy', 'unhealthy', 'degraded', 'unknown') NOT NULL,
  response_time_ms     INT          NULL,
  status_code          INT          NULL,
  error_message        TEXT         NULL,
  consecutive_failures INT          NULL     DEFAULT 0,
  total_checks         BIGINT       NULL     DEFAULT 0,
  successful_checks    BIGINT       NULL     DEFAULT 0,
  last_check_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  next_check_at        TIMESTAMP    NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_check_type (check_type, last_check_at),
  KEY idx_next_check (next_check_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Endpoint health checks (tenant_id NULL = platform-wide check)';

-- Notification
-- ------------

-- Templates for e-mail, SMS, push, webhook, in-app messages.
CREATE TABLE saas_message_templates (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  template_name     VARCHAR(100) NOT NULL,
  template_code     VARCHAR(50)  NOT NULL,
  template_type     ENUM('email', 'sms', 'push', 'webhook', 'in_app') NOT NULL,
  template_category VARCHAR(50)  NOT NULL,
  subject           VARCHAR(200) NULL,
  content           TEXT         NOT NULL,
  content_format    ENUM('text', 'html', 'markdown', 'json') NULL DEFAULT 'text',
  variables         JSON         NULL,
  default_values    JSON         NULL,
  template_config   JSON         NULL,
  priority          ENUM('low', 'normal', 'high', 'urgent') NULL DEFAULT 'normal',
  is_active         TINYINT(1)   NULL     DEFAULT 1,
  version           VARCHAR(20)  NULL     DEFAULT '1.0',
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_template_code (tenant_id, template_code),
  KEY idx_template_type (template_type),
  KEY idx_template_category (template_category),
  KEY idx_is_active (is_active),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Templates for e-mail, SMS, push, webhook, in-app messages';

-- In-app notifications and announcements.
-- Refers without a foreign key: recipient_ids -> saas_users.id.
CREATE TABLE saas_notifications (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  notification_type ENUM('system', 'business', 'alert', 'reminder', 'announcement') NOT NULL,
  title             VARCHAR(200) NOT NULL,
  content           TEXT         NOT NULL,
  content_format    ENUM('text', 'html', 'markdown') NULL DEFAULT 'text',
  recipient_type    ENUM('user', 'role', 'department', 'all') NOT NULL,
  recipient_ids     JSON         NULL,
  priority          ENUM('low', 'normal', 'high', 'urgent') NULL DEFAULT 'normal',
  category          VARCHAR(50)  NULL,
  tags              JSON         NULL,
  send_immediately  TINYINT(1)   NULL     DEFAULT 1,
  scheduled_at      TIMESTAMP    NULL,
  expires_at        TIMESTAMP    NULL,
  status            ENUM('draft', 'scheduled', 'sending', 'sent', 'failed', 'cancelled') NULL DEFAULT 'draft',
  total_recipients  INT          NULL     DEFAULT 0,
  sent_count        INT          NULL     DEFAULT 0,
  read_count        INT          NULL     DEFAULT 0,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36)  NULL,
  sent_at           TIMESTAMP    NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_type (tenant_id, notification_type),
  KEY idx_recipient_type (recipient_type),
  KEY idx_status (status, created_at),
  KEY idx_scheduled_at (scheduled_at),
  KEY idx_expires_at (expires_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'In-app notifications and announcements';

-- Delivery log of outgoing messages.
-- Refers without a foreign key: recipient_id -> saas_users.id.
CREATE TABLE saas_message_logs (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  message_type      ENUM('email', 'sms', 'push', 'webhook', 'in_app') NOT NULL,
  template_id       VARCHAR(36)  NULL,
  notification_id   VARCHAR(36)  NULL,
  recipient_type    ENUM('user', 'external') NOT NULL,
  recipient_id      VARCHAR(36)  NULL,
  recipient_address VARCHAR(200) NOT NULL,
  subject           VARCHAR(200) NULL,
  content           TEXT         NULL,
  variables_used    JSON         NULL,
  status            ENUM('pending', 'sending', 'sent', 'delivered', 'failed', 'bounced') NOT NULL,
  provider          VARCHAR(50)  NULL,
  external_id       VARCHAR(100) NULL,
  sent_at           TIMESTAMP    NULL,
  delivered_at      TIMESTAMP    NULL,
  opened_at         TIMESTAMP    NULL,
  clicked_at        TIMESTAMP    NULL,
  error_code        VARCHAR(50)  NULL,
  error_message     TEXT         NULL,
  retry_count       INT          NULL     DEFAULT 0,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_type (tenant_id, message_type),
  KEY idx_recipient (recipient_type, recipient_id),
  KEY idx_status_time (status, created_at),
  KEY idx_template_id (template_id),
  KEY idx_notification_id (notification_id),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (template_id) REFERENCES saas_message_templates (id) ON DELETE SET NULL,
  FOREIGN KEY (notification_id) REFERENCES saas_notifications (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Delivery log of outgoing messages';

-- Files
-- -----

-- Uploaded file metadata (soft-deleted by deleted_at).
-- business_id means what business_type says.
CREATE TABLE saas_files (
  id                VARCHAR(36)   NOT NULL,
  tenant_id         VARCHAR(36)   NOT NULL,
  user_id           VARCHAR(36)   NULL,
  original_name     VARCHAR(255)  NOT NULL,
  file_name         VARCHAR(255)  NOT NULL,
  file_path         VARCHAR(1000) NOT NULL,
  file_size         BIGINT        NOT NULL,
  file_type         VARCHAR(100)  NULL,
  mime_type         VARCHAR(100)  NULL,
  file_category     ENUM('document', 'image', 'video', 'audio', 'archive', 'other') NULL DEFAULT 'other',
  business_type     VARCHAR(50)   NULL,
  business_id       VARCHAR(36)   NULL,
  storage_provider  VARCHAR(50)   NULL     DEFAULT 'local',
  storage_bucket    VARCHAR(100)  NULL,
  storage_key       VARCHAR(500)  NULL,
  is_public         TINYINT(1)    NULL     DEFAULT 0,
  is_temporary      TINYINT(1)    NULL     DEFAULT 0,
  expires_at        TIMESTAMP     NULL,
  file_hash         VARCHAR(64)   NULL,
  encryption_method VARCHAR(50)   NULL,
  access_token      VARCHAR(255)  NULL,
  download_count    BIGINT        NULL     DEFAULT 0,
  last_accessed_at  TIMESTAMP     NULL,
  deleted_at        TIMESTAMP     NULL,
  deleted_by        VARCHAR(36)   NULL,
  created_at        TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_user (tenant_id, user_id),
  KEY idx_file_category (file_category, created_at),
  KEY idx_business (business_type, business_id),
  KEY idx_file_hash (file_hash),
  KEY idx_expires_at (expires_at),
  KEY idx_is_temporary (is_temporary, expires_at),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (user_id) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Uploaded file metadata (soft-deleted by deleted_at)';

-- Share links of files.
-- share_token is unique over all tenants.
CREATE TABLE saas_file_shares (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  file_id           VARCHAR(36)  NOT NULL,
  share_token       VARCHAR(64)  NOT NULL,
  share_name        VARCHAR(200) NULL,
  share_description TEXT         NULL,
  share_type        ENUM('public', 'password', 'internal') NULL DEFAULT 'password',
  share_password    VARCHAR(100) NULL,
  allowed_users     JSON         NULL,
  permissions       JSON         NULL,
  max_downloads     INT          NULL,
  expires_at        TIMESTAMP    NULL,
  access_count      BIGINT       NULL     DEFAULT 0,
  download_count    BIGINT       NULL     DEFAULT 0,
  last_accessed_at  TIMESTAMP    NULL,
  is_active         TINYINT(1)   NULL     DEFAULT 1,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by        VARCHAR(36)  NULL,
  PRIMARY KEY (id),
  UNIQUE KEY share_token (share_token),
  KEY idx_tenant_file (tenant_id, file_id),
  KEY idx_share_token (share_token),
  KEY idx_expires_at (expires_at),
  KEY idx_is_active (is_active),
  FOREIGN KEY (tenant_id) REFERENCES saas_tenants (id) ON DELETE CASCADE,
  FOREIGN KEY (file_id) REFERENCES saas_files (id) ON DELETE CASCADE,
  FOREIGN KEY (created_by) REFERENCES saas_users (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Share links of files';

-- Messaging
-- ---------

-- Transactional outbox written at the end of business transactions and relayed to the broker.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE message_queue (
  id             VARCHAR(36)  NOT NULL DEFAULT (UUID()),
  tenant_id      VARCHAR(36)  NULL,
  event_type     VARCHAR(100) NOT NULL,
  aggregate_type VARCHAR(50)  NULL,
  aggregate_id   VARCHAR(36)  NULL,
  payload        JSON         NOT NULL,
  exchange       VARCHAR(100) NULL,
  routing_key    VARCHAR(200) NULL,
  status         ENUM('pending', 'sent', 'failed') NULL DEFAULT 'pending',
  retry_count    INT          NULL     DEFAULT 0,
  error_message  TEXT         NULL,
  available_at   TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  sent_at        TIMESTAMP    NULL,
  created_at     TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at     TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_status_available (status, available_at),
  KEY idx_tenant_event (tenant_id, event_type),
  KEY idx_aggregate (aggregate_type, aggregate_id),
  KEY idx_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Transactional outbox written at the end of business transactions and relayed to the broker';
