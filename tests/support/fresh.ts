import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { ClickHouse } from '@/lib/clickhouse/client';
import { quoteName } from '@/lib/clickhouse/identifiers';
import type { ClickHouseUserName } from '@/lib/embedded/clickhouse/start';
import { createCustomerTables } from '@/lib/embedded/demo/build-customer';
import { createChats } from '@/lib/embedded/demo/sql/chats';
import type { LabelKey } from '@/lib/embedded/demo/sql/tables';
import { createLog, type Log } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { templateDatabase } from './engines';

export const testLog: Log = createLog('tests', 'warn');

const names: string[] = [];

/** A name that no other test has, usable as a database, a folder and an id. */
export function freshName(prefix: string): string {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  names.push(name);
  return name;
}

/**
 * Drops the ClickHouse databases of this file, so that tests that read the whole catalogue do not slow down with each
 * file before them.
 */
export async function dropFreshDatabases(): Promise<void> {
  if (names.length === 0) return;
  const admin = clickhouseAs('admin');
  try {
    const found = await admin.client.query({
      query: 'SELECT name FROM system.databases WHERE name IN {names:Array(String)}',
      query_params: { names },
      format: 'JSONEachRow',
    });
    for (const { name } of await found.json<{ name: string }>())
      await admin.client.command({ query: `DROP DATABASE IF EXISTS ${quoteName(name)}` });
  } finally {
    await admin.close();
  }
}

const postgresUrl = (database: string, as: 'admin' | 'app' | 'owner' = 'admin') => {
  const { postgresPort, postgresAdminPassword, postgresPasswords } = inject('engines');
  const [user, password] = {
    admin: ['admin', postgresAdminPassword],
    app: ['slc_app', postgresPasswords.app],
    owner: ['console', postgresPasswords.owner],
  }[as];
  return `postgres://${user}:${password}@127.0.0.1:${postgresPort}/${database}`;
};

/** A superuser's connection to a database of the run's Postgres. */
export const adminOf = (database: string) =>
  connectPostgres({ url: postgresUrl(database), log: testLog, application: 'tests', connectionsMax: 1 });

/** The same database as the role that owns the console's tables. */
export const ownerUrlOf = (url: string): string => postgresUrl(new URL(url).pathname.slice(1), 'owner');

/**
 * Two new Postgres databases: the console's, migrated and with the queue's tables, as the app's role (`url`) and as the
 * owner of the tables (`ownerUrl`); and one with an empty `chats` table, as superuser. They go with the run.
 */
export async function freshPostgres(): Promise<{ url: string; ownerUrl: string; chatsUrl: string }> {
  const name = freshName('console');
  const chats = freshName('chats');
  const admin = adminOf('postgres');
  await admin.pool.query(`CREATE DATABASE ${name} OWNER console TEMPLATE ${templateDatabase}`);
  await admin.pool.query(`CREATE DATABASE ${chats}`);
  await admin.close();
  const db = adminOf(chats);
  for (const create of createChats) await db.query(create);
  await db.close();
  return { url: postgresUrl(name, 'app'), ownerUrl: postgresUrl(name, 'owner'), chatsUrl: postgresUrl(chats) };
}

/** A connection to the run's ClickHouse as one of its users; close it when the file is done. */
export function clickhouseAs(name: ClickHouseUserName): ClickHouse {
  const { clickhouseUrl, users } = inject('engines');
  return new ClickHouse({ url: clickhouseUrl, user: { name, password: users[name] }, log: testLog });
}

/** A new ClickHouse database with truth and labels, each local and Distributed; `labelKey` is today's when absent. */
export async function freshDatabase(options: { labelKey?: LabelKey } = {}): Promise<string> {
  const database = freshName('db');
  const admin = clickhouseAs('admin');
  try {
    await createCustomerTables(admin, database, { cluster: 'slc', labelKey: options.labelKey });
  } finally {
    await admin.close();
  }
  return database;
}
