-- What opens a door or starts a delete is in the audit, also when it did not come through the console: where a
-- transaction changed such a row without its audit entry, the database writes one at commit. The functions are the
-- owner's, so the app's role cannot change, disable or bypass them.
CREATE INDEX IF NOT EXISTS audit_at ON audit (at);
CREATE INDEX IF NOT EXISTS audit_approvals ON audit (subject) WHERE action LIKE 'approval.%';
CREATE INDEX IF NOT EXISTS audit_kills ON audit (subject) WHERE action LIKE 'mutation.kill%';

-- The audit actions that announce a change of `row_of` in `table_name`, as a LIKE pattern or two.
CREATE OR REPLACE FUNCTION audit_announcing(table_name text, operation text, row_of jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN table_name = 'approvals' AND operation <> 'DELETE' THEN CASE row_of ->> 'state'
      WHEN 'waiting' THEN ARRAY['approval.request']
      WHEN 'approved' THEN ARRAY['approval.approve']
      WHEN 'refused' THEN ARRAY['approval.refuse']
      WHEN 'used' THEN ARRAY['approval.use']
      WHEN 'expired' THEN ARRAY['approval.expire']
      WHEN 'withdrawn' THEN ARRAY['approval.withdraw', 'approval.reset']
    END
    WHEN table_name = 'sessions' AND operation = 'INSERT' THEN ARRAY['auth.signIn']
    WHEN table_name = 'access_tokens' AND operation = 'INSERT' THEN ARRAY['auth.createToken']
    WHEN table_name = 'backfill_runs' AND operation = 'INSERT' THEN ARRAY['backfill.start', 'undo.start']
    WHEN table_name = 'mutation_kills' AND operation = 'INSERT' THEN ARRAY['mutation.kill-test']
    WHEN table_name = 'mutation_kills' AND operation = 'UPDATE' AND row_of ->> 'state' = 'killing' THEN ARRAY['mutation.kill']
    WHEN table_name IN ('customers', 'customer_profiles') THEN ARRAY['customer.%']
    ELSE ARRAY[]::text[]
  END
$$;

-- NOTE: now() is the transaction's own instant, which the app's role cannot set in the audit; xmin proves it.
CREATE OR REPLACE FUNCTION audit_watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  row_of  jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
  key     text := row_of ->> TG_ARGV[0];
  customer text := CASE TG_TABLE_NAME WHEN 'customers' THEN row_of ->> 'id' ELSE row_of ->> 'customer_id' END;
BEGIN
  IF EXISTS (
    SELECT FROM public.audit a
    WHERE a.at = now() AND a.xmin = pg_current_xact_id()::xid AND a.result = 'done'
      AND a.action LIKE ANY (public.audit_announcing(TG_TABLE_NAME::text, TG_OP, row_of))
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

-- A worker's own updates, such as a run's status or a session's last use, name none of the columns below.
DO $$
DECLARE
  watched record;
BEGIN
  FOR watched IN
    SELECT * FROM (VALUES
      ('sessions', 'id', 'UPDATE OF id, secret_hash, provider, subject, name, role, expires_at'),
      ('access_tokens', 'id', 'UPDATE OF id, token_hash, name, role, created_by, created_subject, provider, expires_at'),
      ('approvals', 'id', 'UPDATE OR DELETE'),
      ('backfill_runs', 'id', 'DELETE OR UPDATE OF id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, confirmed, undo_of'),
      ('backfill_items', 'run_id', 'DELETE OR UPDATE OF id, run_id, day, scope, plan'),
      ('mutation_kills', 'id', 'DELETE OR UPDATE OF id, customer_id, plan, plan_hash, job_order'),
      ('customers', 'id', 'UPDATE OR DELETE'),
      ('customer_profiles', 'customer_id', 'UPDATE OR DELETE')
    ) AS t (name, key, changes)
  LOOP
    EXECUTE format('DROP TRIGGER IF EXISTS audit_watch ON public.%I', watched.name);
    EXECUTE format('CREATE CONSTRAINT TRIGGER audit_watch AFTER %s%s ON public.%I DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION public.audit_watch(%L)',
      CASE WHEN watched.name = 'backfill_items' THEN '' ELSE 'INSERT OR ' END, watched.changes, watched.name, watched.key);
  END LOOP;
END
$$;

-- What had ended lives again, or a KILL begins.
DROP TRIGGER IF EXISTS audit_watch_end ON backfill_runs;
CREATE CONSTRAINT TRIGGER audit_watch_end AFTER UPDATE ON backfill_runs DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION audit_watch('id');
DROP TRIGGER IF EXISTS audit_watch_begin ON mutation_kills;
CREATE CONSTRAINT TRIGGER audit_watch_begin AFTER UPDATE ON mutation_kills DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.state <> 'killing' AND NEW.state = 'killing') EXECUTE FUNCTION audit_watch('id');
DROP TRIGGER IF EXISTS audit_watch_end ON sessions;
CREATE CONSTRAINT TRIGGER audit_watch_end AFTER UPDATE ON sessions DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NULL) EXECUTE FUNCTION audit_watch('id');
DROP TRIGGER IF EXISTS audit_watch_end ON access_tokens;
CREATE CONSTRAINT TRIGGER audit_watch_end AFTER UPDATE ON access_tokens DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL) EXECUTE FUNCTION audit_watch('id');
