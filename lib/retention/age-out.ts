import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import { ageOutJobFolders } from './job-folders';
import { keepMsOf } from './keep';
import { lockRetention, removeBatch, saveRound, selectRounds } from './sql/rounds';
import { type RetentionRule, retentionRules } from './sql/rules';

/** A rule runs once an hour; rounds of several workers fall together. */
const everyMs = 55 * 60_000;
/** So small that a batch locks its rows for milliseconds, and a round leaves the database time for others. */
const batch = { rows: 1_000, pauseMs: 20, perRound: 500 };

type Asked = Pick<Context, 'config' | 'db' | 'clock' | 'log'>;

/**
 * Removes what each rule says, in small batches, each in its own transaction under an advisory lock; a rule that ran
 * within the hour is left out. What is left after 500,000 rows goes an hour later. A rule that fails is logged and stops
 * no other. Returns the rows that were removed by rule.
 */
export async function ageOut(ctx: Asked, signal?: AbortSignal): Promise<Record<string, number>> {
  const rounds = new Map((await ctx.db.query(selectRounds)).map((round) => [round.name, round.ranAtMs]));
  const removed: Record<string, number> = {};
  for (const rule of retentionRules) {
    if (signal?.aborted) break;
    const ranAtMs = rounds.get(rule.name) ?? Number.NEGATIVE_INFINITY;
    if (ctx.clock.now() - ranAtMs < everyMs) continue;
    try {
      removed[rule.name] = await applyRule(ctx, rule, signal);
    } catch (error) {
      if (signal?.aborted) break;
      ctx.log.warn({ rule: rule.name, reason: messageOf(error) }, 'what is old could not be removed');
    }
  }
  await ageOutJobFolders(ctx).catch((error) =>
    ctx.log.warn({ reason: messageOf(error) }, 'the folders of old Jobs could not be removed'),
  );
  return removed;
}

async function applyRule(ctx: Asked, rule: RetentionRule, signal?: AbortSignal): Promise<number> {
  const statement = removeBatch.get(rule.name);
  if (!statement) throw new Error(`${rule.name} has no statement`);
  const before = new Date(ctx.clock.now() - keepMsOf(ctx.config, rule));
  let removed = 0;
  let done = 0;
  return poll({ ...every(batch.pauseMs), signal }, async () => {
    const rows = await ctx.db.transaction(async (tx) => {
      const [locked] = await tx.query(lockRetention);
      return locked ? ((await tx.query(statement, { before, rowsMax: batch.rows }))[0] ?? 0) : null;
    });
    // Another worker is at it.
    if (rows === null) return removed;
    removed += rows;
    done += 1;
    const more = rows === batch.rows;
    if (more && done < batch.perRound) return null;
    await ctx.db.query(saveRound, { name: rule.name, ranAt: new Date(ctx.clock.now()), removed, more });
    return removed;
  });
}
