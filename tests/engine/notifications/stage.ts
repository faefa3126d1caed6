import { createLog } from '@/lib/log';
import { announce, announceAll, resolveCase } from '@/lib/notifications/announce';
import type { Happening } from '@/lib/notifications/model';
import { deliverDue, sayChannels } from '@/lib/notifications/outbox/work-deliveries';
import { testContext } from '@/tests/support/context';

export const secret = 'a-secret-of-forty-characters-0123456789a';

/** A context whose clock a test moves, and what tests of deliveries do with it. */
export async function stageOf(env: Record<string, string>) {
  let laterMs = 0;
  const clock = { now: () => Date.now() + laterMs };
  const lines: string[] = [];
  const log = createLog('tests', 'debug', { write: (line) => lines.push(line) });
  const ctx = { ...(await testContext({ clock, env })), log };
  await sayChannels(ctx);
  const { pool } = ctx.db;
  return {
    ctx,
    /** What the worker wrote to its log. */
    logged: () => lines.join(''),
    /** Moves the clock, and sends what is due then. Returns how many messages arrived. */
    async after(seconds: number) {
      laterMs += seconds * 1_000;
      return deliverDue(ctx);
    },
    setClock(ms: number) {
      laterMs = ms - Date.now();
    },
    say: (...happenings: Happening[]) =>
      ctx.db.transaction((tx) =>
        happenings.length === 1 && happenings[0] ? announce(tx, happenings[0]) : announceAll(tx, happenings),
      ),
    resolve: (caseKey: string, sentence = 'It was repaired by run 7.') =>
      ctx.db.transaction((tx) => resolveCase(tx, caseKey, sentence)),
    async rows() {
      const { rows } = await pool.query(
        'SELECT channel, kind, state, attempts, unknown, failure FROM notification_deliveries ORDER BY id',
      );
      return rows as {
        channel: string;
        kind: string;
        state: string;
        attempts: number;
        unknown: number;
        failure: string;
      }[];
    },
    async channel(name: string) {
      return (await pool.query('SELECT * FROM notification_channels WHERE channel = $1', [name])).rows[0];
    },
    /** Nothing is left of the test before. */
    async clear() {
      laterMs = 0;
      await pool.query('DELETE FROM notification_deliveries');
      await pool.query('DELETE FROM notification_cases');
      await pool.query('DELETE FROM notification_rules');
      await pool.query(`UPDATE notification_channels
        SET failures = 0, blocked_until = NULL, failure = NULL, sent_at = NULL, failed_at = NULL`);
    },
  };
}
export type Stage = Awaited<ReturnType<typeof stageOf>>;

/** A finding above every threshold; `more` changes it. */
export const finding = (customerId: string, affected = 100, more: Partial<Happening> = {}): Happening => ({
  event: 'finding new',
  caseKey: `finding ${customerId} 2026-02-10`,
  customerId,
  title: `${affected} conversations of ${customerId} have wrong labels on 10 Feb 2026.`,
  lines: ['76 name the wrong agent.'],
  path: `/customers/${customerId}/days/2026-02-10`,
  measure: { affected, share: 0.02 },
  ...more,
});
