-- Whether a start that failed is tried again by itself: then it needs a job of the queue, as one that was never tried.
ALTER TABLE approval_starts ADD COLUMN IF NOT EXISTS passes boolean NOT NULL DEFAULT false;
-- Those from before the column existed that are tried again say so in their sentence only.
UPDATE approval_starts SET passes = true WHERE failure LIKE '% The start is tried again by itself.';

-- Customers of campaigns whose start may have lost its job: few of very many.
CREATE INDEX IF NOT EXISTS campaign_customers_starting ON campaign_customers (campaign_id, customer_id)
WHERE status = 'starting';
