-- Who made a token, as the provider knows them, and under which sign-in it holds. A token of before has neither: it
-- holds on, and asks for no approval where there is a provider.
ALTER TABLE access_tokens
  ADD COLUMN IF NOT EXISTS created_subject text,
  ADD COLUMN IF NOT EXISTS provider        text;
