-- A unit of repair has a key: of one day the day, of any other range its two instants. `day` is the day of its beginning.
ALTER TABLE backfill_items ADD COLUMN IF NOT EXISTS unit text;
UPDATE backfill_items SET unit = to_char(day, 'YYYY-MM-DD') WHERE unit IS NULL;
ALTER TABLE backfill_items ALTER COLUMN unit SET NOT NULL;
ALTER TABLE backfill_items DROP CONSTRAINT IF EXISTS backfill_items_run_id_day_key;
CREATE UNIQUE INDEX IF NOT EXISTS backfill_items_unit ON backfill_items (run_id, unit);

DROP TRIGGER IF EXISTS audit_watch ON backfill_items;
CREATE CONSTRAINT TRIGGER audit_watch AFTER DELETE OR UPDATE OF id, run_id, unit, day, scope, plan ON backfill_items
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_watch('run_id');
