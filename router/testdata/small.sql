CREATE TABLE tenants (
  id   VARCHAR(36) NOT NULL PRIMARY KEY,
  code VARCHAR(50) NOT NULL UNIQUE,
  name VARCHAR(100)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE users (
  id        VARCHAR(36) NOT NULL,
  tenant_id VARCHAR(36) NOT NULL,
  username  VARCHAR(50) NOT NULL,
  email     VARCHAR(100),
  age       INT,
  PRIMARY KEY (id),
  UNIQUE KEY uk_name (tenant_id, username)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE roles (
  id        VARCHAR(36) NOT NULL PRIMARY KEY,
  tenant_id VARCHAR(36) NOT NULL DEFAULT 't1',
  code      VARCHAR(50)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE user_roles (
  id        VARCHAR(36) NOT NULL PRIMARY KEY,
  tenant_id VARCHAR(36) NOT NULL DEFAULT (UUID()),
  user_id   VARCHAR(36) NOT NULL,
  role_id   VARCHAR(36) NOT NULL,
  CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT fk_role FOREIGN KEY (role_id) REFERENCES roles (id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE vouchers (
  id        VARCHAR(36) NOT NULL PRIMARY KEY,
  tenant_id VARCHAR(36) NOT NULL,
  code      VARCHAR(50) DEFAULT 'none',
  spent     INT,
  UNIQUE KEY uk_code (code)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE permissions (
  id   VARCHAR(36) NOT NULL PRIMARY KEY,
  code VARCHAR(50) NOT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE settings (
  name  VARCHAR(50) NOT NULL PRIMARY KEY,
  value TEXT
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE attempts (
  id        BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  tenant_id VARCHAR(36) NULL,
  username  VARCHAR(50)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE orders (
  id        VARCHAR(36) NOT NULL,
  tenant_id VARCHAR(36) NOT NULL,
  user_id   VARCHAR(36),
  total     DECIMAL(10,2),
  PRIMARY KEY (id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE items (
  id         VARCHAR(36) NOT NULL PRIMARY KEY,
  tenant_id  VARCHAR(36) NOT NULL,
  order_id   VARCHAR(36) NOT NULL,
  product_id VARCHAR(36) NOT NULL,
  CONSTRAINT fk_order FOREIGN KEY (order_id) REFERENCES orders (id)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE events (
  id         VARCHAR(36) NOT NULL,
  tenant_id  VARCHAR(36) NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id, created_at)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE products (
  id   VARCHAR(36) NOT NULL PRIMARY KEY,
  name VARCHAR(50)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE accounts (
  id        VARCHAR(36) NOT NULL PRIMARY KEY,
  tenant_id VARCHAR(36) NOT NULL
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
CREATE TABLE rates (
  code VARCHAR(3) NOT NULL PRIMARY KEY,
  rate DECIMAL(10,4)
) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
DELIMITER //
CREATE VIEW v_users AS
SELECT u.tenant_id, u.id AS user_id, u.username, r.code
FROM users u JOIN user_roles ur ON ur.user_id = u.id AND ur.tenant_id = u.tenant_id
JOIN roles r ON r.id = ur.role_id AND r.tenant_id = u.tenant_id
//
CREATE VIEW v_orders_per_tenant (tenant, orders) AS
SELECT tenant_id, COUNT(*) FROM orders GROUP BY tenant_id
//
CREATE VIEW v_last AS SELECT * FROM orders ORDER BY id DESC LIMIT 10
//
CREATE PROCEDURE quota(IN p_resource VARCHAR(50), IN p_tenant VARCHAR(36), OUT p_left BIGINT)
BEGIN
  SELECT 1 INTO p_left;
END
//
CREATE PROCEDURE tidy() BEGIN DELETE FROM attempts; SELECT 1; END
//
CREATE PROCEDURE sweep(IN p_days INT)
MODIFIES SQL DATA
BEGIN
  DECLARE n INT DEFAULT 0;
  SELECT COUNT(*) INTO n FROM attempts;
  IF n > 0 THEN DELETE FROM attempts WHERE id < p_days; END IF;
END
//
CREATE PROCEDURE sweep_all() CALL sweep(1)
//
CREATE PROCEDURE grow() BEGIN PREPARE s FROM 'DO 1'; EXECUTE s; END
//
CREATE PROCEDURE commits() BEGIN START TRANSACTION; DELETE FROM attempts; COMMIT; END
//
CREATE PROCEDURE lock_user(IN p_how INT, IN p_id VARCHAR(36)) SELECT 1
//
CREATE PROCEDURE rename_user(IN p_id VARCHAR(36)) SELECT 1
//
CREATE PROCEDURE rebuild() SELECT 1
//
CREATE PROCEDURE issue(IN p_tenant VARCHAR(36)) INSERT INTO vouchers (id, tenant_id, code) VALUES (UUID(), p_tenant, UUID())
//
