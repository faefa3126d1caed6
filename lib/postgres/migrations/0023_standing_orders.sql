-- Standing orders: what may be repaired every night, approved once. Nobody changes an order; another one replaces it.
CREATE TABLE standing_orders (
  id              uuid PRIMARY KEY,
  status          text NOT NULL CHECK (status IN ('counting', 'proposed', 'active', 'stopped', 'ended')),
  terms           jsonb NOT NULL,
  reason          text NOT NULL CHECK (btrim(reason) <> ''),
  replaces        uuid REFERENCES standing_orders (id),
  -- What it would have done in the last night, and the hash of terms and preview, which an approval names.
  preview         jsonb,
  plan_hash       text CHECK (plan_hash ~ '^[0-9a-f]{64}$'),
  created_by      text NOT NULL,
  -- The provider's id of the person; absent where nobody proved who they are.
  created_subject text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  approved_by     text,
  active_at       timestamptz,
  ended_by        text,
  ended_at        timestamptz,
  end_reason      text,
  CONSTRAINT standing_orders_previewed CHECK ((preview IS NULL) = (plan_hash IS NULL)),
  CONSTRAINT standing_orders_active CHECK (status <> 'active' OR (active_at IS NOT NULL AND approved_by IS NOT NULL)),
  CONSTRAINT standing_orders_second_person CHECK (approved_by IS NULL OR lower(btrim(approved_by)) <> lower(btrim(created_by)) OR created_subject IS NOT NULL),
  CONSTRAINT standing_orders_ended CHECK ((status IN ('stopped', 'ended')) = (ended_at IS NOT NULL AND end_reason IS NOT NULL))
);
CREATE INDEX standing_orders_recent ON standing_orders (created_at DESC);
CREATE INDEX standing_orders_open ON standing_orders (status) WHERE status IN ('proposed', 'active', 'stopped');

-- One night is begun once, whatever is killed meanwhile and however many workers look.
CREATE TABLE standing_order_nights (
  order_id    uuid NOT NULL REFERENCES standing_orders (id),
  night       date NOT NULL,
  from_at     timestamptz NOT NULL,
  to_at       timestamptz NOT NULL,
  status      text NOT NULL CHECK (status IN ('waiting', 'under way', 'closing', 'over', 'missed')),
  campaign_id uuid UNIQUE REFERENCES campaigns (id),
  verified    integer NOT NULL DEFAULT 0,
  left_out    integer NOT NULL DEFAULT 0,
  set_aside   integer NOT NULL DEFAULT 0,
  row_count   bigint NOT NULL DEFAULT 0,
  sentence    text NOT NULL,
  PRIMARY KEY (order_id, night),
  -- A night that had nothing to repair is over without a campaign.
  CONSTRAINT standing_order_nights_campaign CHECK (status = 'over' OR (status IN ('under way', 'closing')) = (campaign_id IS NOT NULL))
);
CREATE INDEX standing_order_nights_open ON standing_order_nights (status) WHERE status IN ('under way', 'closing');
ALTER TABLE campaigns ADD CONSTRAINT campaigns_order FOREIGN KEY (order_id) REFERENCES standing_orders (id);

-- An order never widens: what was proposed, counted and approved stays as it is, and what has ended begins never again.
CREATE FUNCTION standing_order_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.terms, NEW.reason, NEW.replaces, NEW.created_by, NEW.created_subject, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.terms, OLD.reason, OLD.replaces, OLD.created_by, OLD.created_subject, OLD.created_at)
    OR (OLD.plan_hash IS NOT NULL AND (NEW.preview, NEW.plan_hash) IS DISTINCT FROM (OLD.preview, OLD.plan_hash))
    OR (OLD.active_at IS NOT NULL AND (NEW.active_at, NEW.approved_by) IS DISTINCT FROM (OLD.active_at, OLD.approved_by))
    OR OLD.status = 'ended' OR (OLD.status = 'stopped' AND NEW.status <> 'ended')
  THEN
    RAISE EXCEPTION 'a standing order is not changed, another one replaces it' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER standing_order_stays BEFORE UPDATE ON standing_orders
  FOR EACH ROW EXECUTE FUNCTION standing_order_stays();

-- An order is in the audit, also one that did not come through the console.
CREATE CONSTRAINT TRIGGER audit_watch AFTER INSERT ON standing_orders DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_watch('id', 'order.propose');
CREATE CONSTRAINT TRIGGER audit_watch_begin AFTER UPDATE OF status, active_at ON standing_orders
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION audit_watch('id', 'order.begin');
CREATE CONSTRAINT TRIGGER audit_watch_delete AFTER DELETE ON standing_orders DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_watch('id', 'nothing');
