-- Who did what, when, to whom; written in the change's own transaction and never changed.
CREATE TABLE IF NOT EXISTS audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  actor       text NOT NULL,
  role        text NOT NULL,
  via         text NOT NULL,
  request_id  text NOT NULL,
  action      text NOT NULL,
  customer_id text,
  subject     text NOT NULL,
  reason      text,
  detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS audit_customer ON audit (customer_id, id DESC);
