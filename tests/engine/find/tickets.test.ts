import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAnything } from '@/lib/find/find-anything';
import { type TestContext, testContext } from '@/tests/support/context';
import { nowMs, registerCustomers } from './registry';
import { makeTickets } from './tickets';

let ctx: TestContext;

beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => nowMs } });
  await registerCustomers(ctx);
});
afterAll(() => ctx.close());

test('of 300 tickets at least 98 % find their customer and day, and none finds a wrong customer', {
  timeout: 180_000,
}, async () => {
  const tickets = makeTickets(300, 20_260_210);
  const missed: string[] = [];
  const wrong: string[] = [];
  for (const ticket of tickets) {
    const found = await findAnything(ctx, { text: ticket.text }, { role: 'viewer' });
    const asks = ticket.customer === null;
    const right =
      found.customerId === ticket.customer && (asks || JSON.stringify(found.days) === JSON.stringify(ticket.days));
    const said = `${ticket.kind} / ${ticket.style}: found ${found.customerId} ${JSON.stringify(found.days)}, right ${ticket.customer} ${JSON.stringify(ticket.days)}\n${ticket.text}`;
    if (!right) missed.push(said);
    if (found.customerId !== null && found.customerId !== ticket.customer) wrong.push(said);
    if (asks && found.customerId === null) expect(found.button, said).toBeNull();
  }
  const asked = tickets.filter(({ customer }) => customer === null).length;
  process.stdout.write(
    `300 tickets (${asked} of which leave the customer open): ${tickets.length - missed.length} right (${((100 * (tickets.length - missed.length)) / tickets.length).toFixed(1)} %), ${wrong.length} wrong customers\n`,
  );
  expect(wrong.join('\n\n')).toBe('');
  expect(missed.length / tickets.length, missed.join('\n\n')).toBeLessThanOrEqual(0.02);
});
