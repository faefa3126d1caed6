import type { Db } from '@/lib/postgres/client';
import { selectRights } from './sql';

/** Why the console's Postgres role could change the audit, and what to do about it; null if it could not. */
export async function auditRights({ db }: { db: Db }): Promise<string | null> {
  const [found] = await db.query(selectRights);
  if (!found) throw new Error('the audit has no table');
  const how = found.superuser
    ? 'is a superuser'
    : found.owns
      ? 'owns the audit'
      : found.may_change
        ? 'has more than SELECT and INSERT on the audit'
        : null;
  if (how === null) return null;
  return `The console works as ${found.role}, which ${how} and so could change it. Give DATABASE_URL a separate role and MIGRATION_DATABASE_URL the owner's, and migrate again (docs/operations.md).`;
}
