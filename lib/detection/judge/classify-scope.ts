import type { Context } from '@/lib/context';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import type { ConversationClass } from '../model';
import { type Classified, classify } from './classify';
import { conversationIds } from './conversation-ids';
import { detectionEngine } from './engine';
import { readScopeOf } from './read-scope';
import { DetectionSession, type Limits } from './session';
import { detectionColumns } from './sql/columns';
import { dayText } from './tally';
import { type Verdict, verdictBit, verdictClass } from './verdicts';

export type DetectionContext = Pick<Context, 'clickhouse' | 'config' | 'db' | 'log' | 'clock'>;

/** How one conversation was judged; `hasLabels` matters where it is open. */
export type JudgedConversation = {
  conversationId: string;
  day: string;
  flags: number;
  class: ConversationClass;
  hasLabels: boolean;
};

export type ClassifyOptions = Limits & {
  /** For a caller that has read them already. */
  tables?: CustomerTables;
  /** Rows of one chunk, instead of the configured. */
  chunkRows?: number;
  /** Reads the scope as one chunk, for a caller that knows that it is small. */
  oneChunk?: boolean;
  /** The instant against which settling is judged, instead of now. */
  asOfMs?: number;
  /** Milliseconds in which a conversation settles, instead of the configured safety margin. */
  safetyMarginMs?: number;
};

/**
 * Judges every conversation of a scope through the Distributed tables and stores nothing. `conversations()`
 * reads the ids of those that are affected, settling, or open with a label, and throws AppError('limit') above `rowsMax`.
 */
export async function classifyScope(
  ctx: DetectionContext,
  scope: Scope,
  options: ClassifyOptions = {},
): Promise<
  Omit<Classified, 'verdicts' | 'reached'> & { conversations(rowsMax?: number): Promise<JudgedConversation[]> }
> {
  const tables = options.tables ?? (await readTables(ctx, scope));
  const columns = detectionColumns(tables);
  const read = await readScopeOf(ctx, scope, {
    asOfMs: options.asOfMs ?? ctx.clock.now(),
    marginMs: options.safetyMarginMs ?? ctx.config.detection.safetyMarginMs,
  });
  const chunkRows = options.chunkRows ?? ctx.config.detection.chunkConversations;
  const engine = detectionEngine(ctx, scope.customerId);
  const { oneChunk } = options;
  const classified = await classify(engine, { columns, scope, read, chunkRows, oneChunk }, options);
  return {
    days: classified.days,
    provenance: classified.provenance,
    openLabelled: classified.openLabelled,
    async conversations(rowsMax = 100_000) {
      const verdicts = [...classified.verdicts()];
      if (verdicts.length > rowsMax)
        throw new AppError(
          'limit',
          `The range has ${verdicts.length} such conversations; at most ${rowsMax} can be listed.`,
        );
      const ids = verdicts.map((verdict) => verdict.id);
      const found = await ctx.clickhouse.again(
        () => conversationIds(new DetectionSession(engine, options), { columns, read }, ids),
        options.signal,
      );
      return verdicts.flatMap((verdict) =>
        (found.get(verdict.id) ?? []).map((conversationId) => ({
          conversationId,
          day: dayText(verdict.day),
          flags: verdict.flags,
          class: classOf(verdict),
          hasLabels: (verdict.bits & verdictBit.labels) !== 0,
        })),
      );
    },
  };
}

/** The class of a verdict as pages show it. */
export function classOf(verdict: Pick<Verdict, 'class' | 'flags'>): ConversationClass {
  if (verdict.class === verdictClass.open) return 'open';
  if (verdict.class === verdictClass.settling) return 'settling';
  return verdict.flags === 0 ? 'fresh' : 'affected';
}
