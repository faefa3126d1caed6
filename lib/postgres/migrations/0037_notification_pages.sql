-- Pages, health and metrics ask for what was given up every few seconds, and it is little.
CREATE INDEX IF NOT EXISTS notification_deliveries_given_up ON notification_deliveries (channel, made_at)
  WHERE state = 'given up';
