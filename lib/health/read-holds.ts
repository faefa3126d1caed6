import type { Context } from '@/lib/context';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { type HoldNumber, holdKinds, holdSentence } from '@/lib/holds/model';
import { labelTables } from '@/lib/mutations/label-tables';
import type { HealthPart } from './model';

const timeoutSeconds = 5;

/** What work on each label table waits for, and what of it cannot be read. */
export async function holdsAsSeenHere(ctx: Context): Promise<Omit<HealthPart, 'name'>> {
  const clickhouse = ctx.clickhouse.within({ signal: AbortSignal.timeout(timeoutSeconds * 1_000) });
  const { tables } = await labelTables({ ...ctx, clickhouse });
  const looks = await Promise.all(tables.map((one) => lookAtCluster(ctx, one.tables)));
  const held = looks.flatMap((look) => holdSentence(look) ?? []);
  const unread = [...new Set(looks.flatMap((look) => look.unread.map(({ sentence }) => sentence)))];
  return {
    status: held.length + unread.length > 0 ? 'warning' : 'ok',
    sentence: [
      held.length > 0 ? `Work waits. ${held.slice(0, 5).join(' ')}` : 'Nothing keeps work from beginning.',
      ...unread,
    ].join(' '),
    facts: worstNumbers(looks.flatMap(({ numbers }) => numbers)),
  };
}

/** Of each number that was read the worst, with its limit. */
function worstNumbers(numbers: readonly HoldNumber[]): HealthPart['facts'] {
  const facts: HealthPart['facts'] = {};
  for (const kind of holdKinds) {
    const values = numbers.flatMap((one) => (one.kind === kind && one.value !== null ? [one] : []));
    const sign = kind === 'free disk' ? -1 : 1;
    const [worst] = values.toSorted((a, b) => sign * ((b.value ?? 0) - (a.value ?? 0)));
    if (worst) facts[kind] = `${Math.round((worst.value ?? 0) * 10) / 10} (limit ${worst.limit})`;
  }
  return facts;
}
