import { createHash } from 'node:crypto';
import { addCustomer } from '@/lib/customers/add-customer';
import { shiftDay } from '@/lib/day-text';
import { dayStartMs } from '@/lib/days';
import type { TestContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';

/** Noon of a Monday. */
export const nowMs = Date.parse('2026-02-16T12:00:00Z');
export const today = '2026-02-16';
export const dataDays = Array.from({ length: 8 }, (_, at) => shiftDay('2026-02-06', at));

export type TestCustomer = { id: string; displayName: string; timeZone: string; aliases: string[]; agents: string[] };
const customer = (
  id: string,
  displayName: string,
  timeZone: string,
  aliases: string[],
  agents: string[],
): TestCustomer => ({
  id,
  displayName,
  timeZone,
  aliases,
  agents,
});

/** Customers that share words, are in each other’s names, or are plain words. */
export const customers = [
  customer('alaska-air', 'Alaska Air', 'UTC', ['ASA', 'Alaska Airlines'], ['Corinne Harmon', 'Dana Whitfield']),
  customer('alaska-tours', 'Alaska Tours', 'America/Anchorage', [], ['Marcus Oyelaran']),
  customer('alaska-air-cargo', 'Alaska Air Cargo', 'UTC', ['AAC Freight'], ['Priya Raman']),
  customer('contoso', 'Contoso Telecom', 'UTC', ['CTT'], ['Tomas Lindqvist', 'Dana Whitfield']),
  customer('contoso-germany', 'Contoso Telecom Germany', 'Europe/Berlin', ['CTG'], ['Jonas Weber']),
  customer('northwind', 'Northwind Bank', 'UTC', ['NWB', 'Northwind'], ['Keiko Ito']),
  customer('pacific-outfitters', 'Pacific Outfitters', 'America/Los_Angeles', ['PacOut'], ['Rosa Castillo']),
  customer('himalaya-trek', 'Himalaya Trek', 'Asia/Kathmandu', ['Himalaya Expeditions'], ['Samir Park']),
  customer('target', 'Target', 'UTC', ['TGT Stores'], ['Quinn Abbott']),
  customer('twin-a', 'Twin Hotels', 'UTC', ['Twin Oslo'], ['Ines Gallo']),
  customer('twin-b', 'Twin Hotels', 'UTC', ['Twin Berlin'], ['Petra Novak']),
  customer('globex', 'Globex Corporation', 'UTC', ['GBX'], ['Omar Haddad']),
] as const;

export function conversationId(customerId: string, day: string, at: number): string {
  const hash = createHash('sha256').update(`${customerId} ${day} ${at}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** An id that two customers have. */
export const sharedId = 'CONV-000001234567';
export const perDay = 3;

/** Registers the customers, four to a database, each with a few conversations on each of `dataDays`. */
export async function registerCustomers(ctx: TestContext): Promise<void> {
  let database = '';
  for (const [at, one] of customers.entries()) {
    if (at % 4 === 0) database = await freshDatabase();
    const { agents, ...input } = one;
    await addCustomer(ctx, { ...input, profiles: ['main'], database }, operator);
    const rows = dataDays.flatMap((day) =>
      Array.from({ length: perDay }, (_, index) => ({ id: conversationId(one.id, day, index), day, index })),
    );
    if (['alaska-air', 'contoso'].includes(one.id)) rows.push({ id: sharedId, day: '2026-02-10', index: 0 });
    const sqlTime = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
    const values = rows.map(({ id, day, index }) => {
      const startMs = dayStartMs(day, one.timeZone) + (index + 1) * 3_600_000;
      return {
        customer_id: one.id,
        profile_id: 'main',
        conversation_id: id,
        agent_user_id: agents[index % agents.length] ?? '',
        usecase_id: 'billing-chat',
        conversation_start_time: sqlTime(startMs),
        conversation_end_time: sqlTime(startMs + 600_000),
        update_time: sqlTime(startMs + 700_000),
      };
    });
    for (const table of ['conversation', 'conversation_with_labels'])
      await ctx.admin.client.insert({ table: `${database}.${table}`, values, format: 'JSONEachRow' });
  }
}
