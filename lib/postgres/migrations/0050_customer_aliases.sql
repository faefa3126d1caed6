-- Other names that people use of a customer. No two customers share one: add-customer.ts compares them under a lock,
-- since they are compared with ids and names as well, without case, accents and punctuation.
ALTER TABLE customers ADD COLUMN IF NOT EXISTS aliases text[] NOT NULL DEFAULT '{}';
ALTER TABLE customers DROP CONSTRAINT IF EXISTS customers_aliases_few;
ALTER TABLE customers ADD CONSTRAINT customers_aliases_few
  CHECK (cardinality(aliases) <= 20 AND array_position(aliases, NULL) IS NULL);
