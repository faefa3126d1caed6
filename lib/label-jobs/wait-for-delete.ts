import { delay } from '@/lib/clock';
import type { CustomerTables } from '@/lib/customers/model';
import { AppError } from '@/lib/errors';
import type { MutationProgress } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { agree, count } from '@/lib/words';
import { JobEnd, type JobRun, stopHere } from './job-end';

const pollMs = { first: 50, most: 1_000, factor: 1.5 };
/** How long a replica of a cluster may take to list a mutation that others have. */
const replicaLagMs = 30_000;

/** `rowsLeft` counts what the mutation is to delete and is still on some replica; `what` holds these rows. */
type Waited = { tables: CustomerTables; tag: string; rowsLeft: () => Promise<number>; what?: 'the scope' | 'the list' };

/**
 * Waits until the tagged mutation is done on every replica that lists it and none of its rows is left on any. It
 * waits on while the server does not answer; the Job's deadline bounds it. Returns the number of replicas that listed
 * it. Throws JobEnd: 'rowsLeft' when the mutation is over or gone and rows remain, 'stopped' on SIGTERM, which leaves
 * the mutation running.
 */
export async function waitForDelete({ ctx, say, signal }: JobRun, waited: Waited): Promise<{ replicas: number }> {
  const what = waited.what ?? 'the scope';
  let said = '';
  const sayNew = (line: string) => {
    if (line !== said) say(line);
    said = line;
  };
  let overSince: number | null = null;
  for (let waitMs = pollMs.first; ; waitMs = Math.min(pollMs.most, waitMs * pollMs.factor)) {
    stopHere(signal, 'The mutation goes on in ClickHouse.');
    const look = await lookAt(ctx, waited);
    if (look === null) sayNew('ClickHouse does not answer. Waiting.');
    else if (look.rows === 0) {
      sayNew(`Done on ${count(look.progress.length, 'replica')}: no label row of ${what} is left.`);
      return { replicas: look.progress.length };
    } else if (look.rows === null) {
      overSince = null;
      for (const line of linesOf(look.progress)) sayNew(line);
    } else {
      overSince ??= ctx.clock.now();
      const lagMs = waited.tables.cluster === null ? 0 : replicaLagMs;
      if (ctx.clock.now() - overSince >= lagMs) throw leftOf(look.progress, look.rows, what);
      sayNew(`${count(look.rows, 'row')} left on some replica. Waiting for it.`);
    }
    await delay(waitMs);
  }
}

/**
 * `rows` null: the mutation is running, so nothing is counted yet. The whole look null: no answer, which is not a zero.
 */
async function lookAt(
  ctx: JobRun['ctx'],
  { tables, tag, rowsLeft }: Waited,
): Promise<{ progress: MutationProgress[]; rows: number | null } | null> {
  try {
    const progress = await mutationProgress(ctx, { tables, tag });
    const atWork = progress.some((one) => !one.isDone && !one.isKilled);
    const rows = atWork ? null : await rowsLeft();
    return { progress, rows };
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function linesOf(progress: MutationProgress[]): string[] {
  const parts = progress.map((one) => `${one.host}: ${one.isDone ? 'done' : `${count(one.partsToDo, 'part')} to do`}`);
  const failing = progress.find((one) => one.failReason !== '' && !one.isDone);
  return [
    failing
      ? `${parts.join(', ')}. ${failing.host} reports: ${failing.failReason.slice(0, 300)}`
      : `Waiting for the mutation. ${parts.join(', ')}.`,
  ];
}

function leftOf(progress: MutationProgress[], rows: number, what: string): JobEnd {
  const over = progress.length > 0 && progress.every((one) => one.isDone && !one.isKilled);
  const sentence = over
    ? `The mutation is done, but ${count(rows, 'row')} ${agree(rows, 'is', 'are')} in ${what}: written after the backup or while it ran, and not deleted.`
    : `The mutation was killed or has vanished, and ${count(rows, 'row')} ${agree(rows, 'is', 'are')} left in ${what}.`;
  return new JobEnd('rowsLeft', sentence, { numbers: { rowsLeft: rows } });
}
