-- about: warnings of UPDATEs over shards about columns that are computed, and about values that do not fit
-- any plan
BEGIN;
UPDATE service_time_slots SET base_price = base_price + 0.05, surge_multiplier = 1.25;
SELECT id, base_price, surge_multiplier, final_price, status FROM service_time_slots ORDER BY id;
# A server with a binary log computes stored columns again for every row that it writes.
UPDATE service_time_slots SET status = 'completed';
UPDATE service_time_slots SET status = 'completed';
UPDATE service_time_slots SET status = 'available' ORDER BY id DESC LIMIT 3;
UPDATE service_time_slots SET base_price = base_price + 0.05 WHERE final_price > 100 ORDER BY id LIMIT 5;
UPDATE service_time_slots SET surge_multiplier = 1.37 WHERE final_price > 100;
UPDATE service_time_slots s JOIN services v ON v.id = s.service_id SET s.surge_multiplier = 1.31, s.status = 'booked';
SELECT id, base_price, surge_multiplier, final_price, status FROM service_time_slots ORDER BY id;
ROLLBACK;
SET sql_mode = '';
BEGIN;
# CONCAT: with an index of tenant_id to choose, the numbers of rows in the warnings would be up to MySQL's statistics.
UPDATE customers SET gender = 'x' WHERE CONCAT(tenant_id) <> 'default-tenant' AND CONCAT(nickname) IS NOT NULL;
UPDATE customers SET last_visit_date = '2026-02-30', gender = 'alien', name = NULL;
SELECT id, gender, last_visit_date FROM customers ORDER BY id;
ROLLBACK;
SET sql_mode = DEFAULT;
