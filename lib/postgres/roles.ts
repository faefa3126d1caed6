import type { PoolClient } from 'pg';
import { AppError } from '@/lib/errors';
import type { Postgres } from './client';

/** Tables that the console's role may only read. */
const readOnly = ['schema_migrations', 'audit_head'];

/**
 * Grants the rights of the console's role on the tables of `public`: everything, except that it may only add to the
 * audit, and may not write the columns that the database fills. Every migration ends with it, so new tables need no
 * other grants. It is one transaction, so that the role has at no moment more rights than at the end.
 */
const grantTables = `
DO $grants$
DECLARE
  app      text := current_setting('slc.app_role');
  columns  text;
  relation record;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
  -- NOTE: through a pooler a temporary table stays in a connection that others get, and would stand in for a real one.
  IF (SELECT pg_has_role(current_user, datdba, 'USAGE') FROM pg_database WHERE datname = current_database()) THEN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC, %I', current_database(), app);
  END IF;
  FOR relation IN
    SELECT relname AS name, relkind = 'S' AS counts,
      relname = 'audit' OR relname = ANY (current_setting('slc.read_only')::text[]) AS closed
    FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
      AND pg_has_role(current_user, relowner, 'USAGE')
  LOOP
    IF relation.counts THEN
      EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE public.%I TO %I', relation.name, app);
    ELSIF relation.closed THEN
      EXECUTE format('REVOKE ALL ON public.%I FROM %I', relation.name, app);
      EXECUTE format('GRANT SELECT ON public.%I TO %I', relation.name, app);
    ELSE
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO %I', relation.name, app);
    END IF;
  END LOOP;
  SELECT string_agg(quote_ident(attname), ', ') INTO columns
  FROM pg_attribute
  WHERE attrelid = to_regclass('public.audit') AND attnum > 0 AND NOT attisdropped
    AND attname NOT IN ('id', 'at', 'seq', 'previous_hash', 'hash');
  IF columns IS NOT NULL THEN
    EXECUTE format('GRANT INSERT (%s) ON public.audit TO %I', columns, app);
  END IF;
END
$grants$`;

/**
 * Lets the role of `app` use what the role of `owner` migrated, and makes `schemas` that `app` owns. If both are the
 * same role it grants nothing. The caller holds the lock of the migrations. Throws AppError('conflict') if one of the
 * schemas belongs to another role.
 */
export async function openToApp(owner: PoolClient, app: Postgres, schemas: readonly string[]): Promise<void> {
  const roleOf = 'SELECT current_user AS name, quote_ident(current_user) AS quoted';
  const [own, its] = [(await owner.query(roleOf)).rows[0], (await app.pool.query(roleOf)).rows[0]];
  const shared = own.name === its.name;
  if (!shared) {
    await owner.query('BEGIN');
    await owner.query(`SELECT set_config('slc.app_role', $1, true), set_config('slc.read_only', $2::text, true)`, [
      its.name,
      `{${readOnly.join(',')}}`,
    ]);
    await owner.query(grantTables);
    await owner.query('COMMIT');
  }
  const found = await app.pool.query(
    'SELECT nspname AS name, pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = ANY ($1)',
    [schemas],
  );
  const other = found.rows.find((schema) => schema.owner !== its.name);
  if (other)
    throw new AppError(
      'conflict',
      `The schema ${other.name} belongs to ${other.owner} and must belong to ${its.name}. See "Roles in Postgres" in docs/operations.md.`,
    );
  const missing = schemas.filter((name) => !found.rows.some((schema) => schema.name === name));
  if (missing.length === 0) return;
  const database = (await owner.query('SELECT quote_ident(current_database()) AS name')).rows[0].name;
  if (!shared) await owner.query(`GRANT CREATE ON DATABASE ${database} TO ${its.quoted}`);
  try {
    for (const name of missing) await app.pool.query(`CREATE SCHEMA IF NOT EXISTS ${name}`);
  } finally {
    if (!shared) await owner.query(`REVOKE CREATE ON DATABASE ${database} FROM ${its.quoted}`);
  }
}
