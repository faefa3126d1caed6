-- A message is given up a day after its first try, so the instant at which it was made says nothing of that.
ALTER TABLE notification_deliveries ADD COLUMN IF NOT EXISTS given_up_at timestamptz;
UPDATE notification_deliveries SET given_up_at = least(next_at, now()) WHERE state = 'given up' AND given_up_at IS NULL;
CREATE INDEX IF NOT EXISTS notification_deliveries_given_up_at ON notification_deliveries (channel, given_up_at)
  WHERE state = 'given up';
