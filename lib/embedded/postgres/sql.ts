import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

const Ddl = z.object({ ddl: z.string() });
const nothing = z.unknown();

/** Names that the server itself quotes: `:name` a role, `:password` its password. The text it answers is then run. */
export const writeRole = pgStatement({
  name: 'embedded.write_role',
  text: `
SELECT format(
  CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = :name::text)
    THEN 'ALTER ROLE %I LOGIN PASSWORD %L'
    ELSE 'CREATE ROLE %I LOGIN PASSWORD %L'
  END, :name::text, :password::text) AS ddl`,
  params: z.object({ name: z.string(), password: z.string() }),
  row: Ddl,
});

/** The statement that makes database `:name`, owned by role `:owner`; no row if it exists already. */
export const writeDatabase = pgStatement({
  name: 'embedded.write_database',
  text: `
SELECT format('CREATE DATABASE %I OWNER %I', :name::text, :owner::text) AS ddl
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :name::text)`,
  params: z.object({ name: z.string(), owner: z.string() }),
  row: Ddl,
});

/** Opens each database only to its own roles. */
export const closeDatabases = pgStatement({
  name: 'embedded.close_databases',
  text: `
REVOKE CONNECT ON DATABASE console FROM PUBLIC;
REVOKE CONNECT ON DATABASE chats FROM PUBLIC;
GRANT CONNECT ON DATABASE console TO slc_app;
GRANT CONNECT ON DATABASE chats TO chats_reader;
ALTER ROLE chats_reader SET default_transaction_read_only = on`,
  row: nothing,
});

/** Run inside the chats database: the reader may read what its owner makes, now and later. */
export const openChatsToReader = pgStatement({
  name: 'embedded.open_chats_to_reader',
  text: `
GRANT USAGE ON SCHEMA public TO chats_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO chats_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE chats_owner IN SCHEMA public GRANT SELECT ON TABLES TO chats_reader`,
  row: nothing,
});

/** Run inside the console's database: a queue that an older release made as the owner's becomes the app's. */
export const giveQueueToApp = pgStatement({
  name: 'embedded.give_queue_to_app',
  text: `
DO $give$
DECLARE
  each record;
BEGIN
  FOR each IN
    SELECT format('ALTER TABLE %s OWNER TO slc_app', oid::regclass) AS ddl
    FROM pg_class WHERE relnamespace = to_regnamespace('pgboss') AND relkind IN ('r', 'p')
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO slc_app', oid::regprocedure)
    FROM pg_proc WHERE pronamespace = to_regnamespace('pgboss')
    UNION ALL
    SELECT format('ALTER TYPE %s OWNER TO slc_app', oid::regtype)
    FROM pg_type WHERE typnamespace = to_regnamespace('pgboss') AND typtype = 'e'
    UNION ALL
    SELECT 'ALTER SCHEMA pgboss OWNER TO slc_app' WHERE to_regnamespace('pgboss') IS NOT NULL
  LOOP
    EXECUTE each.ddl;
  END LOOP;
END
$give$`,
  row: nothing,
});
