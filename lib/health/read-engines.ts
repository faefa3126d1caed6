import { auditRights } from '@/lib/audit/audit-rights';
import { lookAtWay } from '@/lib/clickhouse/way';
import type { Context } from '@/lib/context';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { guarded, timeoutSeconds } from './guarded';
import type { HealthPart } from './model';
import { countMigrations, readClickHouseIdentity, readPostgresIdentity } from './sql';

export async function clickhousePart(ctx: Context): Promise<HealthPart> {
  const { url, users, cluster } = ctx.config.clickhouse;
  const where = { address: hostOf(url), user: users.reader.name, cluster: cluster ?? 'none configured' };
  return guarded(ctx, 'clickhouse', where, async () => {
    const found = await ctx.clickhouse.readOne(readClickHouseIdentity, {
      timeoutSeconds,
      signal: AbortSignal.timeout(timeoutSeconds * 1_000),
    });
    const own = ctx.config.given.clickhouse === null;
    const rights = own
      ? 'may only SELECT; the embedded interface enforces it'
      : found.readonly > 0
        ? `may only read (readonly = ${found.readonly})`
        : 'is kept from writing only by its grants';
    return {
      status: 'ok',
      sentence: `ClickHouse ${found.version} at ${where.address} as ${where.user}, who ${rights}.`,
      facts: { ...where, version: found.version, rights, uptimeSeconds: found.uptimeSeconds },
    };
  });
}

export async function wayPart(ctx: Context): Promise<HealthPart> {
  return guarded(ctx, 'way', {}, async () => {
    const asked = ctx.clickhouse.within({ signal: AbortSignal.timeout(timeoutSeconds * 1_000) });
    const { verdict, sentence } = await lookAtWay(asked);
    return { status: verdict, sentence, facts: {} };
  });
}

export async function postgresPart(ctx: Context): Promise<HealthPart> {
  const where = { address: hostOf(ctx.config.postgres.url) };
  return guarded(ctx, 'postgres', where, async () => {
    const [[found], [migrations], faults] = await Promise.all([
      ctx.db.query(readPostgresIdentity),
      ctx.db.query(countMigrations),
      auditRights(ctx),
    ]);
    if (!found) throw new Error('the identity statement returned no row');
    const rights = faults === null ? `, who may add to the audit and not change it.` : `. ${faults}`;
    return {
      status: faults === null ? 'ok' : 'warning',
      sentence: `Postgres ${found.version} at ${where.address}, database ${found.database}, as ${found.user}${rights}`,
      facts: {
        ...where,
        ...found,
        superuser: String(found.superuser),
        readOnly: String(found.readOnly),
        migrations: migrations ?? 0,
      },
    };
  });
}

export async function chatsPart(ctx: Context): Promise<HealthPart> {
  const { url } = ctx.config.chats;
  if (!url) {
    const sentence = 'CHATS_DATABASE_URL is not set, so no plan can compare the chats with the truth.';
    return { name: 'chats', status: 'warning', sentence, facts: {} };
  }
  const where = { address: hostOf(url) };
  return guarded(ctx, 'chats', where, async () => {
    const [found] = await chatsOf(ctx, url).query(readPostgresIdentity);
    if (!found) throw new Error('the identity statement returned no row');
    const rights = found.readOnly ? 'in read-only transactions' : 'in transactions that could write';
    return {
      status: found.readOnly ? 'ok' : 'warning',
      sentence: `The chats are read from ${where.address}, database ${found.database}, as ${found.user}, ${rights}.`,
      facts: { ...where, ...found, superuser: String(found.superuser), readOnly: String(found.readOnly) },
    };
  });
}

const chatsConnections = new WeakMap<Context, Postgres>();

/** The connection for looking at the chats. It closes when it is idle. */
function chatsOf(ctx: Context, url: string): Postgres {
  const known = chatsConnections.get(ctx);
  if (known) return known;
  const made = connectPostgres({
    url,
    log: ctx.log,
    application: 'slc-health',
    connectionsMax: 1,
    patienceMs: timeoutSeconds * 1_000,
  });
  chatsConnections.set(ctx, made);
  return made;
}

/** Only host and port, nothing secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'unknown';
}
