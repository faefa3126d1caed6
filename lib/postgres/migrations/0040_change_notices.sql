-- Tells processes at once that one of these changed, so that they need not look all the time. The payload is a topic of
-- lib/postgres/notices.ts.
CREATE OR REPLACE FUNCTION notice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('slc_changes', TG_ARGV[0]);
  RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS notice_change ON stops;
CREATE TRIGGER notice_change AFTER INSERT OR UPDATE OR DELETE ON stops
  FOR EACH STATEMENT EXECUTE FUNCTION notice_change('stop');
DROP TRIGGER IF EXISTS notice_change ON campaigns;
CREATE TRIGGER notice_change AFTER INSERT OR UPDATE OF status ON campaigns
  FOR EACH STATEMENT EXECUTE FUNCTION notice_change('campaigns');
DROP TRIGGER IF EXISTS notice_change ON standing_orders;
CREATE TRIGGER notice_change AFTER INSERT OR UPDATE OF status ON standing_orders
  FOR EACH STATEMENT EXECUTE FUNCTION notice_change('orders');
