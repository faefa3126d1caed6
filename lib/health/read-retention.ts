import type { Context } from '@/lib/context';
import { listRetention } from '@/lib/retention/list-retention';
import { agree, count } from '@/lib/words';
import type { HealthPart } from './model';

/** A rule is due once an hour, so this is late. */
const lateMs = 6 * 3_600_000;

/** Whether what is old is removed, and how large the console's database is. */
export async function retentionAsKept(ctx: Context): Promise<Omit<HealthPart, 'name'>> {
  const { rules, tables } = await listRetention(ctx);
  const late = rules.filter(({ ranAtMs }) => ranAtMs === null || ctx.clock.now() - ranAtMs > lateMs);
  const megabytes = Math.round(tables.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6);
  const facts = { megabytes, rules: rules.length, removed: rules.reduce((sum, rule) => sum + rule.removedTotal, 0) };
  if (late.length === 0) {
    const sentence = `What is old is removed every hour. The console’s tables have ${megabytes} MB.`;
    return { status: 'ok', sentence, facts };
  }
  const never = rules.every(({ ranAtMs }) => ranAtMs === null);
  const sentence = never
    ? `No worker has removed what is old yet. The console’s tables have ${megabytes} MB.`
    : `${count(late.length, 'rule')} ${agree(late.length, 'has', 'have')} not run for six hours: ${late.map(({ name }) => name).join(', ')}. The worker’s log says why.`;
  return { status: never ? 'ok' : 'warning', sentence, facts };
}
