-- about: the order of a service writes orders, capacity, payment, the customer's statistics and a message, in three databases, all or nothing
-- no warnings
-- any plan
-- database: business
-- sharded: business.service_orders by tenant_id, business.service_time_slots by tenant_id, business.service_capacity_logs by tenant_id, business.service_order_payments by tenant_id
-- sharded: customer.customers by tenant_id, core.message_queue by tenant_id
CREATE TABLE service_orders (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, order_no VARCHAR(50) NOT NULL, customer_id VARCHAR(36), order_status ENUM('pending_payment', 'paid', 'cancelled') NOT NULL DEFAULT 'pending_payment', total_amount DECIMAL(12,2) NOT NULL, UNIQUE KEY (tenant_id, order_no)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE service_time_slots (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, max_bookings INT NOT NULL, current_bookings INT NOT NULL DEFAULT 0, CHECK (current_bookings <= max_bookings)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE service_capacity_logs (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, capacity_id VARCHAR(36) NOT NULL, change_quantity INT NOT NULL, booking_id VARCHAR(36)) COLLATE utf8mb4_unicode_ci;
CREATE TABLE service_order_payments (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, order_id VARCHAR(36) NOT NULL, payment_amount DECIMAL(12,2) NOT NULL, payment_status ENUM('pending', 'success') NOT NULL) COLLATE utf8mb4_unicode_ci;
INSERT INTO service_time_slots VALUES ('s-a', 'a', 2, 0), ('s-b', 'b', 1, 0), ('s-c', 'c', 1, 1);
USE customer;
CREATE TABLE customers (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36) NOT NULL, total_orders INT NOT NULL DEFAULT 0, total_spent DECIMAL(15,2) NOT NULL DEFAULT 0) COLLATE utf8mb4_unicode_ci;
INSERT INTO customers (id, tenant_id) VALUES ('k-a', 'a'), ('k-b', 'b'), ('k-c', 'c');
USE core;
CREATE TABLE message_queue (id VARCHAR(36) NOT NULL PRIMARY KEY, tenant_id VARCHAR(36), event_type VARCHAR(100) NOT NULL, aggregate_id VARCHAR(36), payload JSON NOT NULL, status ENUM('pending', 'sent', 'failed') DEFAULT 'pending') COLLATE utf8mb4_unicode_ci;
-- cases
# One order.
BEGIN;
SELECT max_bookings - current_bookings FROM service_time_slots WHERE tenant_id = 'a' AND id = 's-a' FOR UPDATE;
UPDATE service_time_slots SET current_bookings = current_bookings + 1 WHERE tenant_id = 'a' AND id = 's-a';
INSERT INTO service_orders (id, tenant_id, order_no, customer_id, total_amount) VALUES ('o-1', 'a', 'A-1', 'k-a', 120.50);
INSERT INTO service_capacity_logs VALUES ('l-1', 'a', 's-a', 1, 'o-1');
INSERT INTO service_order_payments VALUES ('p-1', 'a', 'o-1', 120.50, 'success');
UPDATE service_orders SET order_status = 'paid' WHERE tenant_id = 'a' AND id = 'o-1';
UPDATE customer.customers SET total_orders = total_orders + 1, total_spent = total_spent + 120.50 WHERE tenant_id = 'a' AND id = 'k-a';
INSERT INTO core.message_queue (id, tenant_id, event_type, aggregate_id, payload) VALUES ('m-1', 'a', 'order.paid', 'o-1', JSON_OBJECT('order', 'o-1', 'amount', 120.50));
-- session: reader
SELECT COUNT(*) FROM service_orders WHERE tenant_id = 'a';
SELECT COUNT(*) FROM core.message_queue WHERE tenant_id = 'a';
-- session:
COMMIT;
-- session: reader
SELECT o.order_status, p.payment_amount, c.total_spent, m.event_type FROM service_orders o JOIN service_order_payments p ON p.tenant_id = o.tenant_id AND p.order_id = o.id JOIN customer.customers c ON c.tenant_id = o.tenant_id AND c.id = o.customer_id JOIN core.message_queue m ON m.tenant_id = o.tenant_id AND m.aggregate_id = o.id WHERE o.tenant_id = 'a';
# A second order of the number: nothing of it may stay.
-- session:
BEGIN;
UPDATE service_time_slots SET current_bookings = current_bookings + 1 WHERE tenant_id = 'a' AND id = 's-a';
UPDATE customer.customers SET total_orders = total_orders + 1 WHERE tenant_id = 'a' AND id = 'k-a';
INSERT INTO core.message_queue (id, tenant_id, event_type, aggregate_id, payload) VALUES ('m-2', 'a', 'order.created', 'o-2', '{}');
-- error: 1062
INSERT INTO service_orders (id, tenant_id, order_no, customer_id, total_amount) VALUES ('o-2', 'a', 'A-1', 'k-a', 1);
ROLLBACK;
# A slot that is full ends the order, but what was before it in the transaction goes on.
BEGIN;
INSERT INTO core.message_queue (id, tenant_id, event_type, aggregate_id, payload) VALUES ('m-3', 'c', 'order.tried', 'o-3', '{}');
SAVEPOINT booking;
UPDATE customer.customers SET total_orders = total_orders + 1 WHERE tenant_id = 'c' AND id = 'k-c';
-- error: 3819
UPDATE service_time_slots SET current_bookings = current_bookings + 1 WHERE tenant_id = 'c' AND id = 's-c';
ROLLBACK TO booking;
COMMIT;
# Two customers want the last place.
BEGIN;
SELECT max_bookings - current_bookings FROM service_time_slots WHERE tenant_id = 'b' AND id = 's-b' FOR UPDATE;
-- session: other
BEGIN;
-- blocks
SELECT max_bookings - current_bookings FROM service_time_slots WHERE tenant_id = 'b' AND id = 's-b' FOR UPDATE;
-- session:
UPDATE service_time_slots SET current_bookings = current_bookings + 1 WHERE tenant_id = 'b' AND id = 's-b';
UPDATE customer.customers SET total_orders = total_orders + 1, total_spent = total_spent + 9 WHERE tenant_id = 'b' AND id = 'k-b';
INSERT INTO core.message_queue (id, tenant_id, event_type, aggregate_id, payload) VALUES ('m-4', 'b', 'order.paid', 'o-4', '{}');
COMMIT;
-- session: other
SELECT total_orders FROM customer.customers WHERE tenant_id = 'b' AND id = 'k-b' FOR SHARE;
ROLLBACK;
SELECT * FROM service_time_slots ORDER BY id;
SELECT * FROM service_orders ORDER BY id;
SELECT * FROM service_order_payments ORDER BY id;
SELECT * FROM service_capacity_logs ORDER BY id;
SELECT * FROM customer.customers ORDER BY id;
SELECT id, tenant_id, event_type, aggregate_id FROM core.message_queue ORDER BY id;
DELETE FROM service_orders;
DELETE FROM service_order_payments;
DELETE FROM service_capacity_logs;
DELETE FROM core.message_queue;
UPDATE customer.customers SET total_orders = 0, total_spent = 0;
UPDATE service_time_slots SET current_bookings = IF(id = 's-c', 1, 0);
