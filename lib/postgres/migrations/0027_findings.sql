-- One customer's day that is affected, from its first look until it is repaired or clean, with its clocks. Counts are
-- conversations; `agents` had an affected conversation on the day. `wrong_ms` is the time that the day was wrong before
-- `wrong_since`. Who owns or muted it is written by people, all else by looks and repairs.
CREATE TABLE IF NOT EXISTS findings (
  id                uuid PRIMARY KEY,
  customer_id       text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  day               date NOT NULL,
  state             text NOT NULL CHECK (state IN ('new', 'ongoing', 'repaired', 'resolved by itself', 'fallen back')),
  first_seen_at     timestamptz NOT NULL,
  last_seen_at      timestamptz NOT NULL,
  truth_changed_at  timestamptz,
  conversations     integer NOT NULL,
  affected          integer NOT NULL,
  flags             jsonb NOT NULL,
  at_least          boolean NOT NULL,
  worst_affected    integer NOT NULL,
  worst_flags       jsonb NOT NULL,
  agents            integer NOT NULL,
  worst_agents      integer NOT NULL,
  wrong_since       timestamptz,
  wrong_ms          bigint NOT NULL DEFAULT 0,
  part_run          uuid,
  repaired_by_run   uuid,
  repaired_at       timestamptz,
  resolved_at       timestamptz,
  fallen_back_at    timestamptz,
  times_fallen_back integer NOT NULL DEFAULT 0,
  muted_until       timestamptz,
  mute_reason       text,
  muted_by          text,
  owner             text,
  note              text,
  revision          bigint NOT NULL DEFAULT nextval('watch_revision')
) WITH (fillfactor = 80);
-- A day that is wrong again after a repair is the same finding; one that became clean by itself and is wrong again is
-- another one.
CREATE UNIQUE INDEX IF NOT EXISTS findings_one ON findings (customer_id, day) WHERE state <> 'resolved by itself';
CREATE INDEX IF NOT EXISTS findings_day ON findings (customer_id, day);
CREATE INDEX IF NOT EXISTS findings_first_seen ON findings (first_seen_at);
CREATE INDEX IF NOT EXISTS findings_revision ON findings (revision);
CREATE INDEX IF NOT EXISTS findings_muted ON findings (muted_until) WHERE muted_until IS NOT NULL;

CREATE TABLE IF NOT EXISTS finding_events (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  finding_id uuid NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
  at         timestamptz NOT NULL,
  kind       text NOT NULL,
  text       text NOT NULL,
  actor      text NOT NULL,
  run_id     uuid,
  scan_id    uuid,
  request_id text
);
CREATE INDEX IF NOT EXISTS finding_events_finding ON finding_events (finding_id, id);

-- A repaired day is looked at again at these times after its repair. `scan_id` is the scan that was asked for last; any
-- look at the day after `due_at` does as well.
CREATE TABLE IF NOT EXISTS relooks (
  customer_id  text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  day          date NOT NULL,
  after        text NOT NULL CHECK (after IN ('15 minutes', '1 hour', '1 day', '7 days')),
  run_id       uuid NOT NULL,
  due_at       timestamptz NOT NULL,
  scan_id      uuid,
  requested_at timestamptz,
  done_at      timestamptz,
  found        text CHECK (found IN ('clean', 'wrong', 'not known')),
  PRIMARY KEY (customer_id, day, after)
);
CREATE INDEX IF NOT EXISTS relooks_due ON relooks (due_at) WHERE done_at IS NULL;

-- A day that is not looked at again while nothing changes has its finding from here.
INSERT INTO findings (id, customer_id, day, state, first_seen_at, last_seen_at, conversations, affected, flags, at_least,
                      worst_affected, worst_flags, agents, worst_agents, wrong_since)
SELECT gen_random_uuid(), customer_id, day, 'new', as_of, as_of, conversations, affected, flags, at_least, affected,
       flags, jsonb_array_length(by_agent), jsonb_array_length(by_agent), as_of
FROM day_looks
WHERE affected > 0
ON CONFLICT DO NOTHING;

INSERT INTO finding_events (finding_id, at, kind, text, actor)
SELECT f.id, f.first_seen_at, 'new', 'A scan from before findings were kept had found it.', 'worker'
FROM findings f
WHERE NOT EXISTS (SELECT FROM finding_events e WHERE e.finding_id = f.id);
