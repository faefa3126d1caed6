-- Which customers' rows of the list may read differently, and since which transaction, so that a poll is sent only those.
-- Rows are only added, so that no transaction waits for another; the worker removes those of more than an hour.
CREATE TABLE IF NOT EXISTS overview_changes (
  customer_id text NOT NULL,
  changed     xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS overview_changes_changed ON overview_changes (changed);

CREATE OR REPLACE FUNCTION overview_changed_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO overview_changes (customer_id) SELECT DISTINCT customer_id FROM changed_rows;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION overview_changed_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO overview_changes (customer_id) VALUES (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[0]);
  RETURN NULL;
END
$$;

DO $triggers$
DECLARE
  relation text;
BEGIN
  FOREACH relation IN ARRAY ARRAY['day_looks', 'scan_days'] LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS overview_insert ON %I', relation);
    EXECUTE format('CREATE TRIGGER overview_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed_rows
      FOR EACH STATEMENT EXECUTE FUNCTION overview_changed_rows()', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS overview_update ON %I', relation);
    EXECUTE format('CREATE TRIGGER overview_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed_rows
      FOR EACH STATEMENT EXECUTE FUNCTION overview_changed_rows()', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS overview_delete ON %I', relation);
    EXECUTE format('CREATE TRIGGER overview_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed_rows
      FOR EACH STATEMENT EXECUTE FUNCTION overview_changed_rows()', relation);
  END LOOP;
END
$triggers$;

DROP TRIGGER IF EXISTS overview_changed ON watched_customers;
CREATE TRIGGER overview_changed AFTER INSERT OR UPDATE OR DELETE ON watched_customers
  FOR EACH ROW EXECUTE FUNCTION overview_changed_row('customer_id');
DROP TRIGGER IF EXISTS overview_changed ON customers;
CREATE TRIGGER overview_changed AFTER INSERT OR UPDATE OR DELETE ON customers
  FOR EACH ROW EXECUTE FUNCTION overview_changed_row('id');
-- The progress of a scan is not in the list.
DROP TRIGGER IF EXISTS overview_changed ON scans;
CREATE TRIGGER overview_changed AFTER INSERT OR DELETE OR UPDATE OF status ON scans
  FOR EACH ROW EXECUTE FUNCTION overview_changed_row('customer_id');
