-- AI platforms, agents, dispatch, knowledge, tools, conversations and their monitoring.
-- 20 tables, two partitioned by month.
--
-- The file names no database: it is loaded into the current one, whatever its name, so that
-- every shard gets the same tables. Statements end with ";", no DELIMITER is used.
-- Partition bounds are month starts in UTC; UNIX_TIMESTAMP reads them in the session zone,
-- which is therefore fixed here.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+00:00';
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- Platforms
-- ---------

-- External AI platforms (dify, coze, fastgpt, custom) a tenant has connected.
CREATE TABLE ai_platforms (
  id                    VARCHAR(36)   NOT NULL,
  tenant_id             VARCHAR(36)   NOT NULL,
  platform_name         VARCHAR(50)   NOT NULL,
  platform_type         ENUM('dify', 'coze', 'fastgpt', 'custom') NOT NULL,
  base_url              VARCHAR(500)  NOT NULL,
  auth_type             ENUM('bearer', 'apikey', 'custom') NOT NULL,
  auth_config           JSON          NOT NULL,
  capabilities          JSON          NULL,
  supported_models      JSON          NULL,
  rate_limits           JSON          NULL,
  priority              INT           NULL     DEFAULT 100,
  status                ENUM('active', 'inactive', 'maintenance') NULL DEFAULT 'active',
  health_check_url      VARCHAR(500)  NULL,
  health_check_interval INT           NULL     DEFAULT 60,
  total_requests        BIGINT        NULL     DEFAULT 0,
  successful_requests   BIGINT        NULL     DEFAULT 0,
  failed_requests       BIGINT        NULL     DEFAULT 0,
  avg_response_time     DECIMAL(8,3)  NULL     DEFAULT 0,
  last_health_check_at  TIMESTAMP     NULL,
  last_error_at         TIMESTAMP     NULL,
  total_cost            DECIMAL(10,4) NULL     DEFAULT 0,
  avg_cost_per_request  DECIMAL(8,4)  NULL     DEFAULT 0,
  created_at            TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at            TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by            VARCHAR(36)   NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_type (tenant_id, platform_type),
  KEY idx_status (status),
  KEY idx_priority (priority),
  KEY idx_performance (avg_response_time, successful_requests)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'External AI platforms (dify, coze, fastgpt, custom) a tenant has connected';

-- Model settings (endpoint, key, sampling parameters) per platform.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE ai_model_configs (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  platform_config_id VARCHAR(36)  NULL,
  name               VARCHAR(100) NOT NULL,
  platform_type      ENUM('dify', 'coze', 'fastgpt', 'openai', 'dashscope', 'wenxin', 'custom') NOT NULL,
  model_name         VARCHAR(100) NOT NULL,
  model_version      VARCHAR(50)  NULL,
  base_url           VARCHAR(500) NULL,
  api_key            VARCHAR(255) NULL,
  api_secret         VARCHAR(255) NULL,
  temperature        DECIMAL(3,2) NULL     DEFAULT 0.70,
  max_tokens         INT          NULL     DEFAULT 2000,
  top_p              DECIMAL(3,2) NULL     DEFAULT 1.00,
  top_k              INT          NULL,
  repetition_penalty DECIMAL(3,2) NULL,
  stop_words         JSON         NULL,
  system_prompt      TEXT         NULL,
  config_json        JSON         NULL,
  timeout_ms         INT          NULL     DEFAULT 30000,
  max_retries        INT          NULL     DEFAULT 3,
  rpm_limit          INT          NULL,
  enabled            TINYINT(1)   NULL     DEFAULT 1,
  description        TEXT         NULL,
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)  NULL,
  updated_by         VARCHAR(36)  NULL,
  version            INT          NULL     DEFAULT 0,
  deleted            TINYINT(1)   NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_platform_model (tenant_id, platform_config_id, model_name),
  KEY idx_tenant_enabled (tenant_id, enabled),
  KEY idx_model_name (model_name),
  KEY idx_platform_config (platform_config_id),
  FOREIGN KEY (platform_config_id) REFERENCES ai_platforms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Model settings (endpoint, key, sampling parameters) per platform';

-- Agents
-- ------

-- AI agents with their configuration and running totals.
-- Refers without a foreign key: created_by -> saas_users.id.
CREATE TABLE ai_agents (
  id                 VARCHAR(36)   NOT NULL,
  tenant_id          VARCHAR(36)   NOT NULL,
  agent_name         VARCHAR(100)  NOT NULL,
  description        TEXT          NULL,
  category           VARCHAR(50)   NULL,
  agent_type         ENUM('chatbot', 'workflow', 'plugin') NULL DEFAULT 'chatbot',
  avatar_url         VARCHAR(500)  NULL,
  config             JSON          NOT NULL,
  model_config       JSON          NULL,
  prompt_config      JSON          NULL,
  workflow_config    JSON          NULL,
  resource_config    JSON          NULL,
  security_config    JSON          NULL,
  status             ENUM('draft', 'testing', 'active', 'inactive', 'archived') NULL DEFAULT 'draft',
  version            VARCHAR(20)   NULL     DEFAULT '1.0.0',
  conversation_count BIGINT        NULL     DEFAULT 0,
  message_count      BIGINT        NULL     DEFAULT 0,
  total_tokens       BIGINT        NULL     DEFAULT 0,
  total_cost         DECIMAL(10,4) NULL     DEFAULT 0,
  avg_response_time  DECIMAL(8,3)  NULL     DEFAULT 0,
  success_rate       DECIMAL(5,2)  NULL     DEFAULT 0,
  satisfaction_score DECIMAL(3,2)  NULL     DEFAULT 0,
  last_used_at       TIMESTAMP     NULL,
  created_at         TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)   NOT NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_category (category),
  KEY idx_agent_type (agent_type),
  KEY idx_created_by (created_by),
  KEY idx_last_used (last_used_at),
  KEY idx_performance (success_rate, avg_response_time)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'AI agents with their configuration and running totals';

-- Version history of agents.
CREATE TABLE ai_agent_versions (
  id                 VARCHAR(36)   NOT NULL,
  tenant_id          VARCHAR(36)   NOT NULL,
  agent_id           VARCHAR(36)   NOT NULL,
  version            VARCHAR(20)   NOT NULL,
  version_name       VARCHAR(100)  NULL,
  changelog          TEXT          NULL,
  is_current         TINYINT(1)    NULL     DEFAULT 0,
  config             JSON          NOT NULL,
  model_config       JSON          NULL,
  prompt_config      JSON          NULL,
  workflow_config    JSON          NULL,
  diff_from_previous JSON          NULL,
  status             ENUM('draft', 'testing', 'stable', 'deprecated', 'archived') NULL DEFAULT 'draft',
  test_results       JSON          NULL,
  deploy_count       INT           NULL     DEFAULT 0,
  rollback_count     INT           NULL     DEFAULT 0,
  conversation_count BIGINT        NULL     DEFAULT 0,
  success_rate       DECIMAL(5,2)  NULL,
  avg_response_time  DECIMAL(8,3)  NULL,
  total_tokens       BIGINT        NULL     DEFAULT 0,
  total_cost         DECIMAL(10,4) NULL     DEFAULT 0,
  first_deployed_at  TIMESTAMP     NULL,
  last_deployed_at   TIMESTAMP     NULL,
  created_at         TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)   NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_agent_version (agent_id, version),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_is_current (is_current),
  KEY idx_status (status),
  KEY idx_created_at (created_at),
  KEY idx_performance (success_rate, avg_response_time),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Version history of agents';

-- Dispatch and tasks
-- ------------------

-- Deployment of an agent on a platform, with load and health.
CREATE TABLE ai_platform_agents (
  id                      VARCHAR(36)  NOT NULL,
  tenant_id               VARCHAR(36)  NOT NULL,
  agent_id                VARCHAR(36)  NOT NULL,
  platform_id             VARCHAR(36)  NOT NULL,
  platform_agent_id       VARCHAR(100) NOT NULL,
  platform_config         JSON         NULL,
  sync_status             ENUM('pending', 'syncing', 'success', 'failed', 'outdated') NULL DEFAULT 'pending',
  last_sync_at            TIMESTAMP    NULL,
  sync_error              TEXT         NULL,
  sync_attempt_count      INT          NULL     DEFAULT 0,
  sync_duration_ms        INT          NULL,
  deployment_status       ENUM('deployed', 'deploying', 'failed', 'stopped', 'updating') NULL DEFAULT 'stopped',
  is_enabled              TINYINT(1)   NULL     DEFAULT 1,
  deployment_config       JSON         NULL,
  total_requests          BIGINT       NULL     DEFAULT 0,
  successful_requests     BIGINT       NULL     DEFAULT 0,
  failed_requests         BIGINT       NULL     DEFAULT 0,
  avg_response_time       DECIMAL(8,3) NULL     DEFAULT 0,
  last_request_at         TIMESTAMP    NULL,
  current_load            INT          NULL     DEFAULT 0,
  max_concurrent_requests INT          NULL     DEFAULT 100,
  quality_score           DECIMAL(3,2) NULL     DEFAULT 0,
  stability_score         DECIMAL(3,2) NULL     DEFAULT 0,
  cost_efficiency         DECIMAL(8,4) NULL     DEFAULT 0,
  created_at              TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at              TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_agent_platform (agent_id, platform_id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_platform_id (platform_id),
  KEY idx_sync_status (sync_status),
  KEY idx_deployment_status (deployment_status),
  KEY idx_performance (avg_response_time, successful_requests),
  KEY idx_quality (quality_score, stability_score),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE,
  FOREIGN KEY (platform_id) REFERENCES ai_platforms (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Deployment of an agent on a platform, with load and health';

-- One dispatch strategy per agent.
CREATE TABLE ai_scheduling_strategies (
  id                       VARCHAR(36)  NOT NULL,
  tenant_id                VARCHAR(36)  NOT NULL,
  agent_id                 VARCHAR(36)  NOT NULL,
  strategy_name            VARCHAR(100) NOT NULL,
  strategy_type            ENUM('round_robin', 'least_connections', 'response_time',
                                'cost_optimized', 'weighted', 'custom') NULL DEFAULT 'response_time',
  description              TEXT         NULL,
  platform_weights         JSON         NULL,
  platform_priorities      JSON         NULL,
  load_balance_config      JSON         NULL,
  failover_config          JSON         NULL,
  health_check_config      JSON         NULL,
  routing_rules            JSON         NULL,
  cost_optimization_config JSON         NULL,
  max_concurrent_requests  INT          NULL     DEFAULT 100,
  timeout_seconds          INT          NULL     DEFAULT 30,
  retry_count              INT          NULL     DEFAULT 3,
  retry_interval_ms        INT          NULL     DEFAULT 1000,
  circuit_breaker_config   JSON         NULL,
  total_dispatches         BIGINT       NULL     DEFAULT 0,
  successful_dispatches    BIGINT       NULL     DEFAULT 0,
  failed_dispatches        BIGINT       NULL     DEFAULT 0,
  avg_dispatch_time        DECIMAL(8,3) NULL     DEFAULT 0,
  last_dispatch_at         TIMESTAMP    NULL,
  platform_usage_stats     JSON         NULL,
  performance_metrics      JSON         NULL,
  cost_metrics             JSON         NULL,
  is_enabled               TINYINT(1)   NULL     DEFAULT 1,
  created_at               TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at               TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_agent_strategy (agent_id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_strategy_type (strategy_type),
  KEY idx_is_enabled (is_enabled),
  KEY idx_performance (avg_dispatch_time, successful_dispatches),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'One dispatch strategy per agent';

-- Dispatch decisions taken per request.
-- Refers without a foreign key: selected_platform_id -> ai_platforms.id.
CREATE TABLE ai_dispatch_logs (
  id                   VARCHAR(36)  NOT NULL,
  tenant_id            VARCHAR(36)  NOT NULL,
  request_id           VARCHAR(64)  NOT NULL,
  agent_id             VARCHAR(36)  NOT NULL,
  strategy_id          VARCHAR(36)  NULL,
  available_platforms  JSON         NOT NULL,
  platform_scores      JSON         NULL,
  selected_platform_id VARCHAR(36)  NULL,
  selection_reason     VARCHAR(500) NULL,
  fallback_platforms   JSON         NULL,
  dispatch_time_ms     DECIMAL(8,3) NOT NULL,
  total_time_ms        DECIMAL(8,3) NULL,
  queue_wait_time_ms   DECIMAL(8,3) NULL,
  dispatch_status      ENUM('success', 'failed', 'timeout', 'no_available_platform') NOT NULL,
  response_status_code INT          NULL,
  error_code           VARCHAR(50)  NULL,
  error_message        TEXT         NULL,
  retry_count          INT          NULL     DEFAULT 0,
  retry_platforms      JSON         NULL,
  final_platform_id    VARCHAR(36)  NULL,
  created_at           TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_request_id (request_id),
  KEY idx_selected_platform (selected_platform_id),
  KEY idx_dispatch_status (dispatch_status),
  KEY idx_created_at (created_at),
  KEY idx_dispatch_time (dispatch_time_ms),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE,
  FOREIGN KEY (strategy_id) REFERENCES ai_scheduling_strategies (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Dispatch decisions taken per request';

-- Scheduled task definitions (cron, fixed rate) of a tenant.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE ai_task_definitions (
  id               VARCHAR(36)  NOT NULL,
  tenant_id        VARCHAR(36)  NOT NULL,
  task_name        VARCHAR(100) NOT NULL,
  description      TEXT         NULL,
  task_type        VARCHAR(50)  NOT NULL,
  status           VARCHAR(50)  NOT NULL DEFAULT 'ENABLED',
  task_class       VARCHAR(255) NULL,
  handler_name     VARCHAR(100) NULL,
  schedule_type    VARCHAR(30)  NULL,
  cron_expression  VARCHAR(100) NULL,
  fixed_rate       INT          NULL,
  fixed_delay      INT          NULL,
  fixed_interval   BIGINT       NULL,
  task_params      JSON         NULL,
  execution_params JSON         NULL,
  priority         INT          NULL     DEFAULT 0,
  max_retry_count  INT          NULL     DEFAULT 3,
  retry_count      INT          NULL     DEFAULT 0,
  timeout_seconds  INT          NULL     DEFAULT 300,
  is_enabled       TINYINT(1)   NULL     DEFAULT 1,
  last_executed_at TIMESTAMP    NULL,
  next_execute_at  TIMESTAMP    NULL,
  created_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by       VARCHAR(36)  NULL,
  updated_by       VARCHAR(36)  NULL,
  deleted_at       TIMESTAMP    NULL,
  PRIMARY KEY (id),
  UNIQUE KEY uk_tenant_task_name (tenant_id, task_name),
  KEY idx_task_type (task_type),
  KEY idx_enabled_next (is_enabled, next_execute_at),
  KEY idx_status (status)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Scheduled task definitions (cron, fixed rate) of a tenant';

-- Task runs with a row-level lock for distributed workers.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE ai_task_instances (
  id               VARCHAR(36)  NOT NULL,
  tenant_id        VARCHAR(36)  NOT NULL,
  definition_id    VARCHAR(36)  NOT NULL,
  status           VARCHAR(50)  NOT NULL DEFAULT 'PENDING',
  priority         INT          NULL     DEFAULT 0,
  scheduled_time   TIMESTAMP    NULL,
  execution_params JSON         NULL,
  execution_node   VARCHAR(100) NULL,
  locked_at        TIMESTAMP    NULL,
  lock_expires_at  TIMESTAMP    NULL,
  lock_version     INT          NOT NULL DEFAULT 0,
  start_time       TIMESTAMP    NULL,
  end_time         TIMESTAMP    NULL,
  duration_ms      BIGINT       NULL,
  result_data      JSON         NULL,
  error_message    TEXT         NULL,
  retry_count      INT          NULL     DEFAULT 0,
  max_retry_count  INT          NULL     DEFAULT 3,
  next_retry_time  TIMESTAMP    NULL,
  created_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at       TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  deleted_at       TIMESTAMP    NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_definition (tenant_id, definition_id),
  KEY idx_status_scheduled (status, scheduled_time),
  KEY idx_status_retry (status, next_retry_time),
  KEY idx_created_at (created_at),
  FOREIGN KEY (definition_id) REFERENCES ai_task_definitions (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Task runs with a row-level lock for distributed workers';

-- Log lines of a task run.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE ai_task_logs (
  id              VARCHAR(36)  NOT NULL,
  tenant_id       VARCHAR(36)  NOT NULL,
  instance_id     VARCHAR(36)  NOT NULL,
  log_level       VARCHAR(20)  NOT NULL,
  log_content     TEXT         NOT NULL,
  exception_stack TEXT         NULL,
  execution_node  VARCHAR(100) NULL,
  execution_step  VARCHAR(100) NULL,
  extra_data      JSON         NULL,
  log_time        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  created_at      TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_instance (tenant_id, instance_id),
  KEY idx_log_level (log_level, log_time),
  KEY idx_log_time (log_time),
  FOREIGN KEY (instance_id) REFERENCES ai_task_instances (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Log lines of a task run';

-- Knowledge
-- ---------

-- Knowledge bases of a tenant.
-- Refers without a foreign key: created_by -> saas_users.id.
CREATE TABLE ai_knowledge_bases (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  kb_name             VARCHAR(100) NOT NULL,
  description         TEXT         NULL,
  kb_type             ENUM('qa_pairs', 'documents', 'structured', 'mixed') NULL DEFAULT 'documents',
  embedding_model     VARCHAR(100) NULL     DEFAULT 'text-embedding-ada-002',
  config              JSON         NULL,
  chunk_size          INT          NULL     DEFAULT 1000,
  chunk_overlap       INT          NULL     DEFAULT 200,
  vector_dimension    INT          NULL     DEFAULT 1536,
  status              ENUM('active', 'inactive', 'processing') NULL DEFAULT 'active',
  document_count      INT          NULL     DEFAULT 0,
  total_chunks        INT          NULL     DEFAULT 0,
  index_status        ENUM('building', 'ready', 'error') NULL DEFAULT 'building',
  query_count         BIGINT       NULL     DEFAULT 0,
  hit_count           BIGINT       NULL     DEFAULT 0,
  avg_relevance_score DECIMAL(5,3) NULL,
  last_queried_at     TIMESTAMP    NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by          VARCHAR(36)  NOT NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_kb_type (kb_type),
  KEY idx_created_by (created_by),
  KEY idx_index_status (index_status),
  KEY idx_usage_stats (query_count, hit_count)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Knowledge bases of a tenant';

-- Documents of a knowledge base.
CREATE TABLE ai_knowledge_documents (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  knowledge_base_id VARCHAR(36)  NOT NULL,
  title             VARCHAR(200) NOT NULL,
  content           LONGTEXT     NOT NULL,
  file_url          VARCHAR(500) NULL,
  file_type         VARCHAR(50)  NULL,
  file_size         BIGINT       NULL,
  metadata          JSON         NULL,
  tags              JSON         NULL,
  category          VARCHAR(50)  NULL,
  chunk_count       INT          NULL     DEFAULT 0,
  process_status    ENUM('pending', 'processing', 'completed', 'failed') NULL DEFAULT 'pending',
  process_error     TEXT         NULL,
  query_count       BIGINT       NULL     DEFAULT 0,
  hit_count         BIGINT       NULL     DEFAULT 0,
  last_queried_at   TIMESTAMP    NULL,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  KEY idx_tenant_kb (tenant_id, knowledge_base_id),
  KEY idx_title (title),
  KEY idx_process_status (process_status),
  KEY idx_created_at (created_at),
  KEY idx_category (category),
  FOREIGN KEY (knowledge_base_id) REFERENCES ai_knowledge_bases (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Documents of a knowledge base';

-- Which knowledge bases an agent uses.
CREATE TABLE ai_agent_knowledge_bases (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  agent_id            VARCHAR(36)  NOT NULL,
  knowledge_base_id   VARCHAR(36)  NOT NULL,
  priority            INT          NULL     DEFAULT 100,
  is_enabled          TINYINT(1)   NULL     DEFAULT 1,
  search_config       JSON         NULL,
  query_count         BIGINT       NULL     DEFAULT 0,
  hit_count           BIGINT       NULL     DEFAULT 0,
  avg_relevance_score DECIMAL(5,3) NULL,
  last_used_at        TIMESTAMP    NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_agent_kb (agent_id, knowledge_base_id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_knowledge_base_id (knowledge_base_id),
  KEY idx_priority (priority),
  KEY idx_usage_stats (query_count, hit_count),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE,
  FOREIGN KEY (knowledge_base_id) REFERENCES ai_knowledge_bases (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Which knowledge bases an agent uses';

-- Text chunks of a document with embedding metadata.
-- Not in the customer's scripts; proposed from the applications that use it.
CREATE TABLE ai_knowledge_chunks (
  id                  VARCHAR(36)  NOT NULL,
  tenant_id           VARCHAR(36)  NOT NULL,
  knowledge_base_id   VARCHAR(36)  NOT NULL,
  document_id         VARCHAR(36)  NOT NULL,
  chunk_index         INT          NOT NULL,
  chunk_text          TEXT         NOT NULL,
  chunk_hash          VARCHAR(64)  NULL,
  embedding_model     VARCHAR(100) NULL,
  embedding_dimension INT          NULL,
  metadata            JSON         NULL,
  tags                JSON         NULL,
  created_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_document_chunk (tenant_id, knowledge_base_id, document_id, chunk_index),
  KEY idx_tenant_kb (tenant_id, knowledge_base_id),
  KEY idx_chunk_hash (chunk_hash),
  FOREIGN KEY (knowledge_base_id) REFERENCES ai_knowledge_bases (id) ON DELETE CASCADE,
  FOREIGN KEY (document_id) REFERENCES ai_knowledge_documents (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Text chunks of a document with embedding metadata';

-- Tools
-- -----

-- Tools an agent may call.
-- created_by is a user of another database, hence no foreign key.
CREATE TABLE ai_tools (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  tool_name          VARCHAR(100) NOT NULL,
  description        TEXT         NULL,
  tool_type          ENUM('built_in', 'custom', 'api', 'plugin') NULL DEFAULT 'custom',
  config             JSON         NOT NULL,
  tool_schema        JSON         NULL,
  api_config         JSON         NULL,
  input_schema       JSON         NULL,
  output_schema      JSON         NULL,
  status             ENUM('active', 'inactive', 'deprecated') NULL DEFAULT 'active',
  usage_count        BIGINT       NULL     DEFAULT 0,
  success_count      BIGINT       NULL     DEFAULT 0,
  avg_execution_time DECIMAL(8,3) NULL,
  last_used_at       TIMESTAMP    NULL,
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  created_by         VARCHAR(36)  NOT NULL,
  PRIMARY KEY (id),
  KEY idx_tenant_status (tenant_id, status),
  KEY idx_tool_type (tool_type),
  KEY idx_created_by (created_by),
  KEY idx_usage_stats (usage_count, success_count)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Tools an agent may call';

-- Which tools an agent uses.
CREATE TABLE ai_agent_tools (
  id                 VARCHAR(36)  NOT NULL,
  tenant_id          VARCHAR(36)  NOT NULL,
  agent_id           VARCHAR(36)  NOT NULL,
  tool_id            VARCHAR(36)  NOT NULL,
  tool_config        JSON         NULL,
  is_enabled         TINYINT(1)   NULL     DEFAULT 1,
  execution_order    INT          NULL     DEFAULT 0,
  invocation_count   BIGINT       NULL     DEFAULT 0,
  success_count      BIGINT       NULL     DEFAULT 0,
  error_count        BIGINT       NULL     DEFAULT 0,
  avg_execution_time DECIMAL(8,3) NULL,
  last_invoked_at    TIMESTAMP    NULL,
  created_at         TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY uk_agent_tool (agent_id, tool_id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_tool_id (tool_id),
  KEY idx_execution_order (execution_order),
  KEY idx_usage_stats (invocation_count, success_count),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE CASCADE,
  FOREIGN KEY (tool_id) REFERENCES ai_tools (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Which tools an agent uses';

-- Conversations
-- -------------

-- Conversations between an end user and an agent.
-- conversation_id is unique over all tenants.
-- Refers without a foreign key: user_id -> customers.id.
CREATE TABLE ai_conversations (
  id                  VARCHAR(36)   NOT NULL,
  tenant_id           VARCHAR(36)   NOT NULL,
  conversation_id     VARCHAR(64)   NOT NULL,
  agent_id            VARCHAR(36)   NOT NULL,
  user_id             VARCHAR(100)  NOT NULL,
  session_key         VARCHAR(100)  NULL,
  title               VARCHAR(200)  NULL,
  status              ENUM('active', 'idle', 'completed', 'expired', 'error', 'archived') NULL DEFAULT 'active',
  session_config      JSON          NULL,
  variables           JSON          NULL,
  context             JSON          NULL,
  message_count       INT           NULL     DEFAULT 0,
  total_tokens        INT           NULL     DEFAULT 0,
  total_cost          DECIMAL(10,4) NULL     DEFAULT 0,
  avg_response_time   DECIMAL(8,3)  NULL,
  satisfaction_score  DECIMAL(3,2)  NULL,
  last_message_at     TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  expires_at          TIMESTAMP     NULL,
  primary_platform_id VARCHAR(36)   NULL,
  platform_sessions   JSON          NULL,
  routing_history     JSON          NULL,
  created_at          TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP,
  updated_at          TIMESTAMP     NULL     DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY conversation_id (conversation_id),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_conversation_id (conversation_id),
  KEY idx_agent_user (agent_id, user_id),
  KEY idx_session_key (session_key),
  KEY idx_status (status),
  KEY idx_last_message (last_message_at),
  KEY idx_expires_at (expires_at),
  KEY idx_user_agent_session (user_id, agent_id, session_key),
  FOREIGN KEY (agent_id) REFERENCES ai_agents (id) ON DELETE RESTRICT,
  FOREIGN KEY (primary_platform_id) REFERENCES ai_platforms (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Conversations between an end user and an agent';

-- Messages of a conversation.
-- message_id is unique over all tenants.
CREATE TABLE ai_messages (
  id                VARCHAR(36)  NOT NULL,
  tenant_id         VARCHAR(36)  NOT NULL,
  message_id        VARCHAR(64)  NOT NULL,
  conversation_id   VARCHAR(36)  NOT NULL,
  role              ENUM('user', 'assistant', 'system', 'function') NOT NULL,
  content_type      ENUM('text', 'image', 'audio', 'file', 'card', 'mixed') NULL DEFAULT 'text',
  content           LONGTEXT     NOT NULL,
  metadata          JSON         NULL,
  platform_id       VARCHAR(36)  NULL,
  response_time     DECIMAL(8,3) NULL,
  tokens            JSON         NULL,
  confidence        DECIMAL(5,3) NULL,
  finish_reason     VARCHAR(50)  NULL,
  quality_score     DECIMAL(3,2) NULL,
  relevance_score   DECIMAL(3,2) NULL,
  user_feedback     ENUM('positive', 'negative', 'neutral') NULL,
  knowledge_sources JSON         NULL,
  tools_used        JSON         NULL,
  platform_specific JSON         NULL,
  error_info        JSON         NULL,
  created_at        TIMESTAMP    NULL     DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY message_id (message_id),
  KEY idx_tenant_conversation (tenant_id, conversation_id),
  KEY idx_message_id (message_id),
  KEY idx_conversation_id (conversation_id),
  KEY idx_role (role),
  KEY idx_platform_id (platform_id),
  KEY idx_created_at (created_at),
  KEY idx_user_feedback (user_feedback),
  FOREIGN KEY (conversation_id) REFERENCES ai_conversations (id) ON DELETE CASCADE,
  FOREIGN KEY (platform_id) REFERENCES ai_platforms (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Messages of a conversation';

-- Monitoring
-- ----------

-- API call log, monthly partitions.
-- Refers without a foreign key: agent_id -> ai_agents.id, platform_id -> ai_platforms.id,
-- conversation_id -> ai_conversations.id.
CREATE TABLE ai_call_logs (
  id                 VARCHAR(36)   NOT NULL,
  tenant_id          VARCHAR(36)   NOT NULL,
  request_id         VARCHAR(64)   NOT NULL,
  agent_id           VARCHAR(36)   NULL,
  conversation_id    VARCHAR(36)   NULL,
  platform_id        VARCHAR(36)   NULL,
  api_endpoint       VARCHAR(200)  NOT NULL,
  request_method     VARCHAR(10)   NOT NULL,
  request_size       INT           NULL     DEFAULT 0,
  request_data       JSON          NULL,
  status_code        INT           NOT NULL,
  response_time      DECIMAL(8,3)  NOT NULL,
  response_size      INT           NULL     DEFAULT 0,
  tokens             JSON          NULL,
  cost               DECIMAL(10,6) NULL     DEFAULT 0,
  error_code         VARCHAR(50)   NULL,
  error_message      TEXT          NULL,
  routing_strategy   VARCHAR(50)   NULL,
  selected_platform  VARCHAR(50)   NULL,
  fallback_platforms JSON          NULL,
  retry_count        INT           NULL     DEFAULT 0,
  client_ip          VARCHAR(45)   NULL,
  user_agent         TEXT          NULL,
  created_at         TIMESTAMP     NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at),
  KEY idx_tenant_agent (tenant_id, agent_id),
  KEY idx_request_id (request_id),
  KEY idx_platform_id (platform_id),
  KEY idx_status_code (status_code),
  KEY idx_response_time (response_time),
  KEY idx_created_at (created_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'API call log, monthly partitions'
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

-- Platform metric samples, monthly partitions.
-- Refers without a foreign key: platform_id -> ai_platforms.id.
CREATE TABLE ai_platform_metrics (
  id           VARCHAR(36)   NOT NULL,
  tenant_id    VARCHAR(36)   NOT NULL,
  platform_id  VARCHAR(36)   NOT NULL,
  metric_type  ENUM('response_time', 'success_rate', 'error_rate', 'qps', 'token_usage', 'cost') NOT NULL,
  metric_value DECIMAL(15,6) NOT NULL,
  time_window  ENUM('1m', '5m', '15m', '1h', '1d') NOT NULL,
  labels       JSON          NULL,
  recorded_at  TIMESTAMP     NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, recorded_at),
  KEY idx_tenant_platform (tenant_id, platform_id),
  KEY idx_platform_metric (platform_id, metric_type),
  KEY idx_recorded_at (recorded_at),
  KEY idx_metric_type (metric_type)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci
  COMMENT = 'Platform metric samples, monthly partitions'
PARTITION BY RANGE (UNIX_TIMESTAMP(recorded_at)) (
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
