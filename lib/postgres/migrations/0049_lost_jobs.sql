-- Whether a start that failed is tried again by itself: then it needs a job of the queue, as one that was never tried.
ALTER TABLE approval_starts ADD COLUMN IF NOT EXISTS passes boolean NOT NULL DEFAULT false;
