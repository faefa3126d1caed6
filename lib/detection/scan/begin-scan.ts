import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { storedJson } from '@/lib/text';
import type { ScanPlan } from '../changes/model';
import { planScan } from '../changes/plan-scan';
import { markPlanned, selectScanLook } from '../changes/sql/looks';
import { tablesAsMarked } from '../changes/tables-as-marked';
import type { Chunk } from '../judge/chunks';
import type { DetectionEngine } from '../judge/engine';
import { readScopeOf, surveyChunks } from '../judge/read-scope';
import { addCost, type Limits, noCost } from '../judge/session';
import { detectionColumns } from '../judge/sql/columns';
import type { Scan } from '../model';
import { type Begun, readRanges } from './scan-days';
import { insertChunks, selectChunks } from './sql/chunks';
import { addScanCost } from './sql/scan-results';

/**
 * Decides what the scan reads and cuts that into chunks, which is stored before anything is read; or takes up what an
 * earlier process decided. Throws what reading the tables throws.
 */
export async function beginScan(
  ctx: Context,
  { scan, customer, engine }: { scan: Scan; customer: Customer; engine: DetectionEngine },
  limits: Limits,
): Promise<Begun> {
  const { safetyMarginMs, chunkConversations } = ctx.config.detection;
  const scopedTo = async (
    plan: Pick<Begun, 'kind' | 'days' | 'reason' | 'few'>,
    range: { fromDay: string; toDay: string },
  ) => {
    const scope = scopeOf(customer, range.fromDay, range.toDay);
    const read = await readScopeOf(ctx, scope, { asOfMs: ctx.clock.now(), marginMs: safetyMarginMs });
    return { ...plan, scope, read };
  };
  const stored = await ctx.db.query(selectChunks, { scanId: scan.id });
  if (scan.kind !== null || stored.length > 0) {
    const columns = detectionColumns(await keptTables(ctx, customer));
    const { kind, days, reason } = scan;
    const look = kind === 'changes' ? (await ctx.db.query(selectScanLook, { scanId: scan.id }))[0] : null;
    const plan = { kind: kind ?? 'full', days, reason: reason ?? '', few: false };
    return { ...(await scopedTo(plan, look ?? scan)), columns, chunks: stored };
  }
  const { tables, marks } = await tablesAsMarked(ctx, customer);
  const columns = detectionColumns(tables);
  const plan = await planScan(ctx, { scan, customer, tables, marks, columns, engine }, limits);
  const { kind, days, reason, few } = plan;
  const begun = await scopedTo({ kind, days, reason, few }, kind === 'changes' ? plan.look : scan);
  const { chunks, cost } = await chunksOf(engine, { ...begun, columns, rowsMax: chunkConversations }, limits);
  addCost(cost, plan.cost);
  await storePlan(ctx, { scan, plan, chunks, cost });
  return { ...begun, columns, chunks: await ctx.db.query(selectChunks, { scanId: scan.id }) };
}

/**
 * Days that are few are read together as one chunk, whatever is between them: so the conversations that have rows on
 * several of them are judged as a whole at once. The rows are counted where they are not known to be few.
 */
export async function chunksOf(
  engine: DetectionEngine,
  begun: Pick<Begun, 'columns' | 'read' | 'days' | 'scope' | 'few'> & { rowsMax: number },
  limits: Limits,
): Promise<{ chunks: Chunk[]; cost: ScanPlan['cost'] }> {
  const { columns, rowsMax } = begun;
  const found = { chunks: [] as Chunk[], rows: 0, cost: noCost() };
  const ranges = readRanges(begun);
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (first && last && begun.few) return { chunks: [{ fromMs: first.fromMs, toMs: last.toMs }], cost: found.cost };
  for (const range of ranges) {
    const part = await surveyChunks(engine, { columns, scope: { ...begun.read, ...within(range) }, rowsMax }, limits);
    found.chunks.push(...part.chunks);
    found.rows += part.rows;
    addCost(found.cost, part.cost);
  }
  if (begun.days === null || found.rows > rowsMax || !first || !last) return found;
  return { chunks: [{ fromMs: first.fromMs, toMs: last.toMs }], cost: found.cost };
}

const within = ({ fromMs, toMs }: Chunk): Chunk => ({ fromMs, toMs });

async function storePlan(
  ctx: Context,
  of: { scan: Scan; plan: ScanPlan; chunks: readonly Chunk[]; cost: ScanPlan['cost'] },
): Promise<void> {
  const { kind, days, reason, look } = of.plan;
  const scanId = of.scan.id;
  const [fromAt, toAt] = (['fromMs', 'toMs'] as const).map((edge) => of.chunks.map((chunk) => new Date(chunk[edge])));
  await ctx.db.transaction(async (tx) => {
    await tx.query(markPlanned, { scanId, kind, days, reason, look: look && storedJson(look) });
    await tx.query(insertChunks, { scanId, fromAt: fromAt ?? [], toAt: toAt ?? [] });
    await tx.query(addScanCost, { scanId, asOf: new Date(ctx.clock.now()), runs: 0, ...of.cost });
  });
}
