-- The messages of a case and channel in their order. With an index of the case only, a burst of many cases reads all
-- messages of the channel for each of them.
CREATE INDEX IF NOT EXISTS notification_deliveries_order ON notification_deliveries (case_id, channel, id);
DROP INDEX IF EXISTS notification_deliveries_case;
