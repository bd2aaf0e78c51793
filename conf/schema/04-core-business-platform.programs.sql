-- Views and procedures: services, orders and campaigns.
-- 3 views and 3 procedures. No table is partitioned, so none looks after partitions.
--
-- Load it after the tables, into the same database; it names none itself. Each statement
-- ends with "//" on a line of its own.
--
-- The three procedures roll back on any error, their own SIGNAL included, and say nothing:
-- the CALL succeeds and answers no result set. The applications know them like that.

SET NAMES utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //

-- Services with their category, their default provider and the price range of the variants.
CREATE VIEW v_service_sales_overview AS
SELECT
  s.id,
  s.tenant_id,
  s.service_code,
  s.service_name,
  s.service_type,
  s.delivery_mode,
  s.category_id,
  c.category_name,
  s.base_price,
  s.sale_price,
  s.pricing_model,
  s.max_concurrent_bookings,
  s.available_slots,
  s.booked_slots,
  s.booking_count,
  s.completed_count,
  s.revenue,
  s.rating_average,
  s.review_count,
  COUNT(v.id)     AS variant_count,
  MIN(v.price)    AS min_variant_price,
  MAX(v.price)    AS max_variant_price,
  SUM(v.capacity) AS total_variant_capacity,
  p.provider_name AS default_provider_name,
  s.status,
  s.created_at
FROM services s
LEFT JOIN service_categories c ON c.id = s.category_id
LEFT JOIN service_variants v   ON v.service_id = s.id AND v.status = 'active'
LEFT JOIN service_providers p  ON p.id = s.default_provider_id
GROUP BY s.id, s.tenant_id, s.service_code, s.service_name, s.service_type, s.delivery_mode,
         s.category_id, c.category_name, s.base_price, s.sale_price, s.pricing_model,
         s.max_concurrent_bookings, s.available_slots, s.booked_slots, s.booking_count,
         s.completed_count, s.revenue, s.rating_average, s.review_count, p.provider_name,
         s.status, s.created_at
//

-- Orders with the totals of their items, their provider, and how long each step took.
CREATE VIEW v_service_order_overview AS
SELECT
  o.id,
  o.tenant_id,
  o.order_no,
  o.customer_id,
  o.order_type,
  o.order_status,
  o.payment_status,
  o.service_status,
  o.service_location_type,
  o.service_date,
  o.service_time_start,
  o.service_time_end,
  o.estimated_duration_minutes,
  o.actual_duration_minutes,
  o.total_amount,
  o.paid_amount,
  o.assigned_provider_id,
  p.provider_name,
  COUNT(i.id)                                                   AS service_item_count,
  SUM(i.quantity)                                               AS total_service_quantity,
  AVG(i.quality_score)                                          AS avg_quality_score,
  o.order_time,
  o.payment_time,
  o.assigned_time,
  o.service_start_time,
  o.service_end_time,
  o.complete_time,
  TIMESTAMPDIFF(HOUR, o.order_time, o.payment_time)             AS payment_duration_hours,
  TIMESTAMPDIFF(HOUR, o.assigned_time, o.service_start_time)    AS preparation_duration_hours,
  TIMESTAMPDIFF(MINUTE, o.service_start_time, o.service_end_time) AS actual_service_duration_minutes,
  o.reschedule_count,
  o.created_at
FROM service_orders o
LEFT JOIN service_order_items i ON i.order_id = o.id
LEFT JOIN service_providers p   ON p.id = o.assigned_provider_id
GROUP BY o.id, p.provider_name
//

-- Campaigns with their return on investment, in percent of the discounts given. A/B tests
-- know no campaign: ab_test_count counts all tests of the tenant.
CREATE VIEW v_campaign_performance AS
SELECT
  m.id,
  m.tenant_id,
  m.campaign_name,
  m.campaign_type,
  m.status,
  m.start_time,
  m.end_time,
  m.total_participants,
  m.total_orders,
  m.total_revenue,
  m.total_discount,
  m.conversion_rate,
  CASE
    WHEN m.total_participants > 0 THEN ROUND(m.total_orders * 100.0 / m.total_participants, 2)
    ELSE 0
  END                                      AS actual_conversion_rate,
  CASE
    WHEN m.total_discount > 0 THEN ROUND((m.total_revenue - m.total_discount) * 100.0 / m.total_discount, 2)
    ELSE 0
  END                                      AS roi,
  TIMESTAMPDIFF(DAY, m.start_time, m.end_time) AS campaign_duration_days,
  COUNT(DISTINCT c.id)                     AS coupon_count,
  COUNT(DISTINCT t.id)                     AS ab_test_count
FROM marketing_campaigns m
LEFT JOIN marketing_coupons c  ON c.campaign_id = m.id
LEFT JOIN marketing_ab_tests t ON t.tenant_id = m.tenant_id
GROUP BY m.id
//

-- Changes the capacity of a service, a variant or a time slot, and writes the change to the
-- ledger. The row is locked from reading to writing; its tenant becomes the ledger's.
--
-- 'book' and 'block' take capacity, 'cancel', 'complete' and 'release' give it back,
-- 'adjust' adds p_change_quantity, which may be negative, to the total.
CREATE PROCEDURE sp_update_service_capacity(
  IN p_capacity_type   ENUM('service', 'variant', 'time_slot'),
  IN p_capacity_id     VARCHAR(36),
  IN p_change_type     ENUM('book', 'cancel', 'complete', 'adjust', 'block', 'release'),
  IN p_change_quantity INT,
  IN p_business_type   ENUM('booking', 'cancellation', 'completion', 'adjustment', 'maintenance'),
  IN p_business_id     VARCHAR(36),
  IN p_booking_id      VARCHAR(36),
  IN p_reason          VARCHAR(500),
  IN p_operator_id     VARCHAR(36),
  IN p_customer_id     VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_tenant VARCHAR(36);
  DECLARE v_total  INT DEFAULT 0;
  DECLARE v_used   INT DEFAULT 0;
  DECLARE v_before INT DEFAULT 0;
  DECLARE v_after  INT DEFAULT 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
  END;

  START TRANSACTION;

  CASE p_capacity_type
    WHEN 'service' THEN
      SELECT tenant_id, available_slots, booked_slots INTO v_tenant, v_total, v_used
      FROM services WHERE id = p_capacity_id FOR UPDATE;
    WHEN 'variant' THEN
      SELECT tenant_id, capacity, booked_capacity INTO v_tenant, v_total, v_used
      FROM service_variants WHERE id = p_capacity_id FOR UPDATE;
    WHEN 'time_slot' THEN
      SELECT tenant_id, max_bookings, current_bookings INTO v_tenant, v_total, v_used
      FROM service_time_slots WHERE id = p_capacity_id FOR UPDATE;
  END CASE;

  SET v_before = v_total - v_used;

  CASE p_change_type
    WHEN 'adjust' THEN
      SET v_total = v_total + p_change_quantity;
    WHEN 'book' THEN
      SET v_used = v_used + p_change_quantity;
    WHEN 'block' THEN
      SET v_used = v_used + p_change_quantity;
    ELSE
      SET v_used = GREATEST(v_used - p_change_quantity, 0);
  END CASE;

  SET v_after = v_total - v_used;
  IF v_after < 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not enough capacity';
  END IF;

  CASE p_capacity_type
    WHEN 'service' THEN
      UPDATE services
      SET available_slots = v_total, booked_slots = v_used
      WHERE id = p_capacity_id;
    WHEN 'variant' THEN
      UPDATE service_variants
      SET capacity = v_total, booked_capacity = v_used
      WHERE id = p_capacity_id;
    WHEN 'time_slot' THEN
      UPDATE service_time_slots
      SET max_bookings     = v_total,
          current_bookings = v_used,
          status           = CASE
            WHEN p_change_type = 'block' THEN 'blocked'
            WHEN v_after = 0 THEN 'booked'
            ELSE 'available'
          END
      WHERE id = p_capacity_id;
  END CASE;

  INSERT INTO service_capacity_logs (
    id, tenant_id, capacity_type, capacity_id, change_type, change_quantity,
    before_capacity, after_capacity, business_type, business_id, booking_id,
    reason, operator_id, customer_id
  ) VALUES (
    UUID(), v_tenant, p_capacity_type, p_capacity_id, p_change_type, p_change_quantity,
    v_before, v_after, p_business_type, p_business_id, p_booking_id,
    p_reason, p_operator_id, p_customer_id
  );

  COMMIT;

  SELECT p_capacity_id AS capacity_id, v_before AS before_capacity, v_after AS after_capacity;
END
//

-- Creates an order, its items and the first row of its history. p_order_items is an array of
-- objects: service_id, variant_id, service_name, duration_minutes, unit_price, quantity.
--
-- The coupons are stored and not applied. A JSON null becomes the text "null". After an
-- error nothing is stored, but the OUT parameters keep the id and the amount they had: the
-- caller holds the id of an order that does not exist.
CREATE PROCEDURE sp_create_service_order(
  IN  p_tenant_id             VARCHAR(36),
  IN  p_order_no              VARCHAR(50),
  IN  p_customer_id           VARCHAR(36),
  IN  p_service_date          DATE,
  IN  p_service_time_start    TIME,
  IN  p_service_time_end      TIME,
  IN  p_service_location_type ENUM('online', 'onsite', 'office', 'third_party'),
  IN  p_service_address       JSON,
  IN  p_order_items           JSON,
  IN  p_coupon_codes          JSON,
  OUT p_order_id              VARCHAR(36),
  OUT p_total_amount          DECIMAL(12,2)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_item     JSON;
  DECLARE v_at       INT DEFAULT 0;
  DECLARE v_count    INT DEFAULT 0;
  DECLARE v_price    DECIMAL(10,2);
  DECLARE v_quantity INT;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
  END;

  SET p_order_id     = UUID();
  SET p_total_amount = 0;
  SET v_count        = COALESCE(JSON_LENGTH(p_order_items), 0);

  START TRANSACTION;

  WHILE v_at < v_count DO
    SET v_item         = JSON_EXTRACT(p_order_items, CONCAT('$[', v_at, ']'));
    SET p_total_amount = p_total_amount
      + JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.unit_price')) * JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.quantity'));
    SET v_at           = v_at + 1;
  END WHILE;

  INSERT INTO service_orders (
    id, tenant_id, order_no, order_source, customer_id, service_date,
    service_time_start, service_time_end, service_location_type, service_address,
    subtotal, total_amount, coupon_codes
  ) VALUES (
    p_order_id, p_tenant_id, p_order_no, 'api', p_customer_id, p_service_date,
    p_service_time_start, p_service_time_end, p_service_location_type, p_service_address,
    p_total_amount, p_total_amount, p_coupon_codes
  );

  SET v_at = 0;
  WHILE v_at < v_count DO
    SET v_item     = JSON_EXTRACT(p_order_items, CONCAT('$[', v_at, ']'));
    SET v_price    = JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.unit_price'));
    SET v_quantity = JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.quantity'));

    INSERT INTO service_order_items (
      id, tenant_id, order_id, service_id, variant_id, service_name,
      duration_minutes, unit_price, quantity, subtotal, final_price
    ) VALUES (
      UUID(), p_tenant_id, p_order_id,
      JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.service_id')),
      JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.variant_id')),
      JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.service_name')),
      JSON_UNQUOTE(JSON_EXTRACT(v_item, '$.duration_minutes')),
      v_price, v_quantity, v_price * v_quantity, v_price * v_quantity
    );

    SET v_at = v_at + 1;
  END WHILE;

  INSERT INTO service_order_status_history (
    id, tenant_id, order_id, new_status, change_reason, operator_type, service_date, service_time
  ) VALUES (
    UUID(), p_tenant_id, p_order_id, 'pending_payment', 'order created', 'system',
    p_service_date, p_service_time_start
  );

  COMMIT;
END
//

-- Moves an order to another status, sets the time stamp that belongs to it, and appends to
-- its history. For an unknown order the history row has no tenant and fails, and the handler
-- hides it.
CREATE PROCEDURE sp_update_service_order_status(
  IN p_order_id      VARCHAR(36),
  IN p_new_status    ENUM('pending_payment', 'paid', 'confirmed', 'assigned', 'preparing',
                          'in_progress', 'completed', 'cancelled', 'refunded', 'rescheduled'),
  IN p_change_reason VARCHAR(500),
  IN p_operator_type ENUM('customer', 'admin', 'system', 'payment_gateway', 'provider', 'auto_scheduler'),
  IN p_operator_id   VARCHAR(36),
  IN p_provider_id   VARCHAR(36)
)
MODIFIES SQL DATA
BEGIN
  DECLARE v_tenant VARCHAR(36);
  DECLARE v_status VARCHAR(20);
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
  END;

  START TRANSACTION;

  SELECT tenant_id, order_status INTO v_tenant, v_status
  FROM service_orders
  WHERE id = p_order_id
  FOR UPDATE;

  UPDATE service_orders
  SET order_status         = p_new_status,
      payment_status       = CASE p_new_status
        WHEN 'paid' THEN 'paid'
        WHEN 'refunded' THEN 'refunded'
        ELSE payment_status
      END,
      service_status       = CASE p_new_status
        WHEN 'preparing' THEN 'preparing'
        WHEN 'in_progress' THEN 'in_progress'
        WHEN 'completed' THEN 'completed'
        WHEN 'cancelled' THEN 'cancelled'
        ELSE service_status
      END,
      assigned_provider_id = CASE WHEN p_new_status = 'assigned' THEN p_provider_id ELSE assigned_provider_id END,
      provider_assigned_at = CASE WHEN p_new_status = 'assigned' THEN NOW() ELSE provider_assigned_at END,
      payment_time         = CASE WHEN p_new_status = 'paid' THEN NOW() ELSE payment_time END,
      confirm_time         = CASE WHEN p_new_status = 'confirmed' THEN NOW() ELSE confirm_time END,
      assigned_time        = CASE WHEN p_new_status = 'assigned' THEN NOW() ELSE assigned_time END,
      service_start_time   = CASE WHEN p_new_status = 'in_progress' THEN NOW() ELSE service_start_time END,
      service_end_time     = CASE WHEN p_new_status = 'completed' THEN NOW() ELSE service_end_time END,
      complete_time        = CASE WHEN p_new_status = 'completed' THEN NOW() ELSE complete_time END,
      cancel_time          = CASE WHEN p_new_status = 'cancelled' THEN NOW() ELSE cancel_time END
  WHERE id = p_order_id;

  INSERT INTO service_order_status_history (
    id, tenant_id, order_id, old_status, new_status, change_reason,
    operator_type, operator_id, provider_id
  ) VALUES (
    UUID(), v_tenant, p_order_id, v_status, p_new_status, p_change_reason,
    p_operator_type, p_operator_id, p_provider_id
  );

  COMMIT;

  SELECT p_order_id AS order_id, v_status AS old_status, p_new_status AS new_status;
END
//

DELIMITER ;
