-- What people hear of: one open case of a key. It is opened, updated and resolved in the transaction of what happened.
CREATE TABLE notification_cases (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  case_key    text NOT NULL,
  event       text NOT NULL,
  customer_id text,
  title       text NOT NULL,
  lines       jsonb NOT NULL DEFAULT '[]',
  -- A page of the console, without its address.
  path        text NOT NULL CHECK (path LIKE '/%'),
  affected    bigint,
  share       double precision,
  -- Who is meant; NULL: everybody.
  role        text,
  opened_at   timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolution  text,
  CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);
CREATE UNIQUE INDEX notification_cases_open ON notification_cases (case_key) WHERE resolved_at IS NULL;
CREATE INDEX notification_cases_recent ON notification_cases (updated_at DESC);

-- Rules that somebody changed; all others are as in lib/notifications/rules-model.ts.
CREATE TABLE notification_rules (
  event        text NOT NULL,
  channel      text NOT NULL,
  enabled      boolean NOT NULL,
  -- A happening with figures passes when one of the two is reached; both NULL: every one passes.
  affected_min bigint,
  share_min    double precision,
  -- Ids, where * is any characters; NULL: all customers.
  customers    jsonb,
  -- Whether it is also sent during the quiet hours.
  urgent       boolean NOT NULL,
  changed_by   text NOT NULL,
  changed_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event, channel)
);

-- The state of each channel. `configured` is what the worker found in its configuration.
CREATE TABLE notification_channels (
  channel       text PRIMARY KEY,
  configured    boolean NOT NULL DEFAULT false,
  -- Failures since the last success, after which it is tried again at `blocked_until`.
  failures      integer NOT NULL DEFAULT 0,
  blocked_until timestamptz,
  sent          bigint NOT NULL DEFAULT 0,
  failed        bigint NOT NULL DEFAULT 0,
  sent_at       timestamptz,
  failed_at     timestamptz,
  failure       text,
  looked_at     timestamptz
);

-- The outbox: one row for each message, which exists if and only if the transaction of what happened was committed.
CREATE TABLE notification_deliveries (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- NULL for a summary of several cases, and for a test.
  case_id         uuid REFERENCES notification_cases (id) ON DELETE CASCADE,
  channel         text NOT NULL,
  kind            text NOT NULL CHECK (kind IN ('opened', 'updated', 'resolved', 'summary', 'test')),
  idempotency_key text NOT NULL,
  state           text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sending', 'sent', 'given up', 'skipped', 'in summary')),
  -- The summary that holds it.
  summary_id      bigint REFERENCES notification_deliveries (id) ON DELETE CASCADE,
  urgent          boolean NOT NULL,
  -- What was sent, from the first try on. It changes only while no try may have reached the receiver.
  message         jsonb,
  attempts        integer NOT NULL DEFAULT 0,
  -- Tries whose outcome is not known, after which the receiver may have the message.
  unknown         integer NOT NULL DEFAULT 0,
  made_at         timestamptz NOT NULL DEFAULT now(),
  next_at         timestamptz NOT NULL DEFAULT now(),
  first_tried_at  timestamptz,
  -- Who sends it, and until when nobody else takes it.
  claimed_until   timestamptz,
  sent_at         timestamptz,
  failure         text,
  CHECK ((state = 'in summary') = (summary_id IS NOT NULL))
);
CREATE UNIQUE INDEX notification_deliveries_key ON notification_deliveries (channel, idempotency_key);
CREATE INDEX notification_deliveries_open ON notification_deliveries (channel, next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX notification_deliveries_case ON notification_deliveries (case_id);
CREATE INDEX notification_deliveries_summary ON notification_deliveries (summary_id) WHERE summary_id IS NOT NULL;
CREATE INDEX notification_deliveries_recent ON notification_deliveries (channel, id DESC);
