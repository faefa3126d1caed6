-- Campaigns: one plan over many customers. Each is repaired by an ordinary run, which names its campaign.
CREATE TABLE campaigns (
  id             uuid PRIMARY KEY,
  status         text NOT NULL,
  outcome        text,
  request        jsonb NOT NULL,
  -- The hash of what was planned and its bounds; NULL until every customer is planned.
  plan_hash      text,
  needs_approval boolean NOT NULL DEFAULT false,
  canary         text,
  pause          jsonb,
  reason         text NOT NULL DEFAULT '',
  order_id       uuid,
  created_by     text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  planned_at     timestamptz,
  started_by     text,
  started_at     timestamptz,
  ended_at       timestamptz
);
CREATE INDEX campaigns_recent ON campaigns (created_at DESC);
CREATE INDEX campaigns_active ON campaigns (status) WHERE status <> 'ended';

ALTER TABLE backfill_runs ADD COLUMN campaign_id uuid REFERENCES campaigns (id);
-- A campaign starts one run of a customer, whatever is killed meanwhile.
CREATE UNIQUE INDEX backfill_runs_campaign ON backfill_runs (campaign_id, customer_id) WHERE campaign_id IS NOT NULL;

CREATE TABLE campaign_customers (
  campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  customer_id text NOT NULL REFERENCES customers (id),
  -- Its place in the campaign: known customers first by name, then as they were planned, the fewest rows first.
  seq         integer NOT NULL,
  -- 0 is the canary; NULL where it is left out.
  wave        integer,
  status      text NOT NULL,
  plan        jsonb,
  checks      jsonb NOT NULL DEFAULT '[]',
  sentence    text,
  run_id      uuid UNIQUE REFERENCES backfill_runs (id),
  planned_at  timestamptz,
  -- Not tried before this instant, since something that passes kept it from starting.
  not_before  timestamptz,
  PRIMARY KEY (campaign_id, customer_id)
);
CREATE INDEX campaign_customers_open ON campaign_customers (status) WHERE status IN ('running', 'needs attention');

CREATE TABLE campaign_events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  customer_id text,
  at          timestamptz NOT NULL DEFAULT now(),
  kind        text NOT NULL,
  text        text NOT NULL
);
CREATE INDEX campaign_events_campaign ON campaign_events (campaign_id, id);

-- The kinds of approvals are those of lib/approvals, which every read checks; the database does not repeat them.
ALTER TABLE approvals DROP CONSTRAINT approvals_kind_check;

-- A campaign is in the audit, also one that did not come through the console.
CREATE FUNCTION audit_watch_campaign() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  key text := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END::text;
BEGIN
  IF EXISTS (
    SELECT FROM public.audit a
    WHERE a.at = now() AND a.xmin = pg_current_xact_id()::xid AND a.result = 'done'
      AND a.action LIKE 'campaign.%' AND a.subject = key
  ) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.audit (actor, role, via, request_id, action, subject, detail)
  VALUES (session_user, 'none', 'database', pg_current_xact_id()::text, 'database.' || lower(TG_OP), 'campaigns ' || key,
    jsonb_build_object('table', 'campaigns', 'key', key, 'application', current_setting('application_name', true)));
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION audit_watch_campaign() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER audit_watch
  AFTER INSERT OR DELETE OR UPDATE OF id, request, plan_hash, needs_approval, order_id, started_by ON campaigns
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_watch_campaign();
CREATE CONSTRAINT TRIGGER audit_watch_cause AFTER UPDATE OF campaign_id ON backfill_runs
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_watch('id');
-- The first start of a customer's run in a campaign, which is the only one that an approval of the campaign covers.
CREATE INDEX audit_campaign_starts ON audit ((detail ->> 'campaignId'), customer_id) WHERE action = 'backfill.start';
