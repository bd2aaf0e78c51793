-- Events: services, coupons and unpaid orders. Three events.
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

-- Writes a ledger row for each service whose free slots are at or under its threshold, and
-- writes it again every hour.
CREATE EVENT check_low_capacity_services
ON SCHEDULE EVERY 1 HOUR STARTS CURRENT_TIMESTAMP
DISABLE
DO INSERT INTO service_capacity_logs
  (id, tenant_id, capacity_type, capacity_id, change_type, change_quantity,
   before_capacity, after_capacity, business_type, reason)
SELECT
  UUID(), tenant_id, 'service', id, 'adjust', 0,
  available_slots - booked_slots, available_slots - booked_slots, 'adjustment',
  'capacity at or under its threshold'
FROM services
WHERE status = 'active'
  AND available_slots - booked_slots <= min_capacity_threshold
//

-- Expires the coupons of every tenant.
CREATE EVENT cleanup_expired_coupons
ON SCHEDULE EVERY 1 DAY STARTS (CURRENT_DATE + INTERVAL 2 HOUR)
DISABLE
DO UPDATE marketing_coupons
SET status = 'expired'
WHERE status = 'active' AND end_time < NOW()
//

-- Cancels orders that were not paid within 30 minutes, writes their history, completes time
-- slots that have passed; no transaction around the three. The history finds the orders by
-- cancel_time = updated_at, which still holds at the next run, so rows come again.
CREATE EVENT handle_timeout_service_orders
ON SCHEDULE EVERY 10 MINUTE STARTS CURRENT_TIMESTAMP
DISABLE
DO BEGIN
  UPDATE service_orders
  SET order_status        = 'cancelled',
      service_status      = 'cancelled',
      cancel_time         = NOW(),
      cancelled_by        = 'system',
      cancellation_reason = 'not paid within 30 minutes'
  WHERE order_status = 'pending_payment'
    AND payment_status = 'unpaid'
    AND order_time < NOW() - INTERVAL 30 MINUTE;

  INSERT INTO service_order_status_history
    (id, tenant_id, order_id, old_status, new_status, change_reason, operator_type)
  SELECT
    UUID(), tenant_id, id, 'pending_payment', 'cancelled', 'not paid within 30 minutes', 'system'
  FROM service_orders
  WHERE order_status = 'cancelled'
    AND cancelled_by = 'system'
    AND cancel_time = updated_at;

  UPDATE service_time_slots
  SET status = 'completed'
  WHERE status IN ('available', 'booked')
    AND slot_date < CURRENT_DATE;
END
//

DELIMITER ;
