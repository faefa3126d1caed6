-- A look that found nothing new moves only when a customer was counted: a poll is sent that shortly for many at once.
ALTER TABLE overview_changes ADD COLUMN IF NOT EXISTS only_checked boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION overview_checked_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO overview_changes (customer_id, only_checked)
  SELECT n.customer_id, o.from_day = n.from_day AND o.to_day = n.to_day
  FROM changed_rows n
  JOIN old_rows o USING (customer_id);
  RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS overview_changed ON watched_customers;
DROP TRIGGER IF EXISTS overview_insert ON watched_customers;
CREATE TRIGGER overview_insert AFTER INSERT ON watched_customers REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION overview_changed_rows();
DROP TRIGGER IF EXISTS overview_update ON watched_customers;
CREATE TRIGGER overview_update AFTER UPDATE ON watched_customers
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION overview_checked_rows();
DROP TRIGGER IF EXISTS overview_delete ON watched_customers;
CREATE TRIGGER overview_delete AFTER DELETE ON watched_customers REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION overview_changed_rows();
