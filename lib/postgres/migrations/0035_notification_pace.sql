-- What a channel got lately, by which it is kept from a flood.
CREATE INDEX IF NOT EXISTS notification_deliveries_tried ON notification_deliveries (channel, first_tried_at)
  WHERE state <> 'in summary';
