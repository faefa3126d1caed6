-- A run that a person, a hold or its campaign paused: {cause, by, reason, atMs}; NULL while it goes on.
ALTER TABLE backfill_runs ADD COLUMN IF NOT EXISTS pause jsonb
  CHECK (pause IS NULL OR pause ?& ARRAY['cause', 'by', 'reason', 'atMs']);

-- "Stop everything": no work on ClickHouse begins while a row is not lifted. "immediately": also not between a delete and
-- its relabel, and Jobs are stopped.
CREATE TABLE IF NOT EXISTS stops (
  id            uuid PRIMARY KEY,
  stopped_by    text NOT NULL,
  reason        text NOT NULL,
  immediately   boolean NOT NULL,
  stopped_at    timestamptz NOT NULL DEFAULT now(),
  lifted_by     text,
  lifted_reason text,
  lifted_at     timestamptz,
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS stops_one ON stops ((true)) WHERE lifted_at IS NULL;

-- The same trigger function; further arguments of a trigger are the audit actions that announce its change, so that a
-- new table does not change `audit_announcing`.
CREATE OR REPLACE FUNCTION audit_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  row_of  jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
  key     text := row_of ->> TG_ARGV[0];
  customer text := CASE TG_TABLE_NAME WHEN 'customers' THEN row_of ->> 'id' ELSE row_of ->> 'customer_id' END;
  announcing text[] := CASE WHEN TG_NARGS > 1 THEN TG_ARGV[1:]
    ELSE public.audit_announcing(TG_TABLE_NAME::text, TG_OP, row_of) END;
BEGIN
  IF EXISTS (
    SELECT FROM public.audit a
    WHERE a.at = now() AND a.xmin = pg_current_xact_id()::xid AND a.result = 'done'
      AND a.action LIKE ANY (announcing)
      AND key IN (a.subject, a.run_id::text, a.customer_id, a.detail ->> 'sessionId', a.detail ->> 'tokenId')
      AND (TG_TABLE_NAME <> 'backfill_runs' OR a.plan_hash = row_of ->> 'plan_hash')
  ) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.audit (actor, role, via, request_id, action, customer_id, subject, detail)
  VALUES (session_user, 'none', 'database', pg_current_xact_id()::text, 'database.' || lower(TG_OP), customer,
    TG_TABLE_NAME || ' ' || coalesce(key, ''),
    jsonb_build_object('table', TG_TABLE_NAME, 'key', key, 'application', current_setting('application_name', true)));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit_watch() FROM PUBLIC;

DROP TRIGGER IF EXISTS audit_watch ON stops;
CREATE CONSTRAINT TRIGGER audit_watch AFTER INSERT ON stops DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_watch('id', 'everything.stop');
DROP TRIGGER IF EXISTS audit_watch_end ON stops;
CREATE CONSTRAINT TRIGGER audit_watch_end AFTER UPDATE OR DELETE ON stops DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_watch('id', 'everything.lift', 'everything.stop');
