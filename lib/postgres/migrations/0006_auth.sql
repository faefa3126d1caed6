-- Who is signed in, until when, and which programs hold a token. Secrets are stored as SHA-256 of 256 random bits.
CREATE TABLE IF NOT EXISTS sessions (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  secret_hash     bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
  provider        text NOT NULL,
  subject         text NOT NULL,
  name            text NOT NULL,
  role            text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver')),
  user_agent      text NOT NULL DEFAULT '',
  -- For the sign-out at the provider; gone when the session ends.
  id_token        text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  last_seen_at    timestamptz NOT NULL DEFAULT now(),
  idle_expires_at timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  ended_at        timestamptz,
  ended_because   text CHECK (ended_because IN ('signed out', 'replaced', 'revoked')),
  CHECK (expires_at > created_at),
  CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
  CHECK (ended_at IS NULL OR id_token IS NULL)
);
CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (provider, subject);
CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);

-- A sign-in on its way to the provider and back: taken once, by the browser that began it.
CREATE TABLE IF NOT EXISTS sign_in_attempts (
  state_hash   bytea PRIMARY KEY CHECK (octet_length(state_hash) = 32),
  browser_hash bytea NOT NULL CHECK (octet_length(browser_hash) = 32),
  nonce        text NOT NULL,
  verifier     text NOT NULL,
  return_to    text NOT NULL,
  expires_at   timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS sign_in_attempts_by_expiry ON sign_in_attempts (expires_at);

CREATE TABLE IF NOT EXISTS access_tokens (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  token_hash   bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
  name         text NOT NULL,
  role         text NOT NULL CHECK (role IN ('viewer', 'operator', 'approver')),
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  expires_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  CHECK (expires_at > created_at)
);
-- A name stands in the audit: two live tokens never share one.
CREATE UNIQUE INDEX IF NOT EXISTS access_tokens_live_name ON access_tokens (name) WHERE revoked_at IS NULL;

-- Counters of rate-limiter-flexible, shared by every web process; what they say is gone after a crash, and may be.
CREATE UNLOGGED TABLE IF NOT EXISTS rate_limits (
  key    varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);
CREATE INDEX IF NOT EXISTS rate_limits_by_expiry ON rate_limits (expire);
