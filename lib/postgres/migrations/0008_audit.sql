-- The audit as a chain: each row holds the hash of its predecessor and of its own content, written at commit by its
-- owner. The app's role may add rows and read them, see lib/postgres/roles.ts.
ALTER TABLE audit
  ADD COLUMN IF NOT EXISTS actor_subject text,
  ADD COLUMN IF NOT EXISTS result        text NOT NULL DEFAULT 'done' CHECK (result IN ('done', 'refused', 'failed')),
  ADD COLUMN IF NOT EXISTS run_id        uuid,
  ADD COLUMN IF NOT EXISTS plan_hash     text,
  ADD COLUMN IF NOT EXISTS from_day      date,
  ADD COLUMN IF NOT EXISTS to_day        date,
  ADD COLUMN IF NOT EXISTS seq           bigint UNIQUE,
  ADD COLUMN IF NOT EXISTS previous_hash text,
  ADD COLUMN IF NOT EXISTS hash          text;
CREATE INDEX IF NOT EXISTS audit_run ON audit (run_id);

-- The newest row of the chain; its lock puts commits in order.
CREATE TABLE IF NOT EXISTS audit_head (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  seq    bigint NOT NULL,
  hash   text NOT NULL
);
INSERT INTO audit_head (seq, hash) VALUES (0, repeat('0', 64)) ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION audit_field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(octet_length(value)::text || ':' || value, '-') || E'\n'
$$;

-- The canonical form, documented in lib/audit/canonical.ts, which makes the same text.
CREATE OR REPLACE FUNCTION audit_canonical(entry audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT E'audit 1\n'
    || public.audit_field(entry.seq::text)
    || public.audit_field(entry.previous_hash)
    || public.audit_field(entry.id::text)
    || public.audit_field(to_char(entry.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || public.audit_field(entry.actor)
    || public.audit_field(entry.actor_subject)
    || public.audit_field(entry.role)
    || public.audit_field(entry.via)
    || public.audit_field(entry.request_id)
    || public.audit_field(entry.action)
    || public.audit_field(entry.result)
    || public.audit_field(entry.customer_id)
    || public.audit_field(entry.from_day::text)
    || public.audit_field(entry.to_day::text)
    || public.audit_field(entry.run_id::text)
    || public.audit_field(entry.plan_hash)
    || public.audit_field(entry.subject)
    || public.audit_field(entry.reason)
    || public.audit_field(entry.detail::text)
$$;

-- Runs as the owner, since the app may not change a row. The search path names pg_temp last, so that no temporary
-- table of the app's can stand in for these.
CREATE OR REPLACE FUNCTION audit_link(entry_id bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO' AS $$
DECLARE
  head  public.audit_head;
  entry public.audit;
BEGIN
  SELECT * INTO STRICT head FROM public.audit_head FOR UPDATE;
  SELECT * INTO STRICT entry FROM public.audit WHERE id = entry_id;
  entry.seq := head.seq + 1;
  entry.previous_hash := head.hash;
  entry.hash := encode(sha256(convert_to(public.audit_canonical(entry), 'UTF8')), 'hex');
  UPDATE public.audit SET seq = entry.seq, previous_hash = entry.previous_hash, hash = entry.hash WHERE id = entry_id;
  UPDATE public.audit_head SET seq = entry.seq, hash = entry.hash;
END
$$;
REVOKE ALL ON FUNCTION audit_link(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM public.audit_link(NEW.id);
  RETURN NULL;
END
$$;

-- Stops a mistake of whoever owns the table; the app is stopped by its rights.
CREATE OR REPLACE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.hash IS NULL AND to_jsonb(NEW) - '{seq,previous_hash,hash}'::text[] = to_jsonb(OLD) - '{seq,previous_hash,hash}'::text[] THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'The audit is only added to.' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- What older rows say in their detail becomes columns before they are chained.
UPDATE audit
SET plan_hash = detail->>'planHash',
  from_day = (detail->>'fromDay')::date,
  to_day = (detail->>'toDay')::date,
  run_id = CASE WHEN action LIKE 'backfill.%' AND subject ~ '^[0-9a-f-]{36}$' THEN subject::uuid END
WHERE seq IS NULL;

DO $$
DECLARE
  entry bigint;
BEGIN
  FOR entry IN SELECT id FROM audit WHERE seq IS NULL ORDER BY id LOOP
    PERFORM audit_link(entry);
  END LOOP;
END
$$;

-- NOTE: deferred, so that the chain's lock is the last one a transaction takes: no deadlock, and held for the commit only.
DROP TRIGGER IF EXISTS audit_chain ON audit;
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_chain();
DROP TRIGGER IF EXISTS audit_keep ON audit;
CREATE TRIGGER audit_keep BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keep();
DROP TRIGGER IF EXISTS audit_keep_all ON audit;
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
