-- Who the customers are, where their tables live, in which time zone their days are.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE IF NOT EXISTS customers (
  id            text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  display_name  text NOT NULL,
  database_name text NOT NULL,
  time_zone     text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS customer_profiles (
  customer_id text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  profile_id  text NOT NULL,
  PRIMARY KEY (customer_id, profile_id)
);
