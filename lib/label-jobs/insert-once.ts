import { isPassing, neverRan } from '@/lib/clickhouse/failure';
import { patienceOf } from '@/lib/clickhouse/patience';
import { patiently } from '@/lib/patience';
import { poll } from '@/lib/poll';
import { askAgainMs, JobEnd, type JobRun } from './job-end';

/** How long after an unclear answer the rows may still appear. */
const appearWithinMs = 10_000;

const turnedAway = patienceOf(askAgainMs);

/**
 * Runs an insert so that its rows are there once: one that ClickHouse did not begin is asked again, one that may have
 * run is looked for by `isThere`, which counts, and never repeated here. Throws JobEnd('engineUnavailable') with
 * `sentence` if that cannot be determined; another attempt then has another id.
 */
export async function insertOnce(
  { say, signal }: Pick<JobRun, 'say' | 'signal'>,
  of: { insert: () => Promise<unknown>; isThere: () => Promise<boolean>; sentence: string },
): Promise<void> {
  try {
    await patiently(
      { ...turnedAway, msFor: (error) => (neverRan(error) ? turnedAway.msFor(error) : 0) },
      of.insert,
      signal,
    );
  } catch (error) {
    if (!isPassing(error) || signal.aborted) throw error;
    say('ClickHouse gave no clear answer. Counting the rows.');
    const isThere = async () => (await of.isThere()) || null;
    if (!(await poll({ signal, withinMs: appearWithinMs }, isThere)))
      throw new JobEnd('engineUnavailable', of.sentence, { cause: error });
    say('The rows are there.');
  }
}
