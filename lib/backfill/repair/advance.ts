import type { PgBoss } from 'pg-boss';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { requestScanAfterRepair } from '@/lib/detection/scan/request-scan';
import { insertDue } from '@/lib/differences/sql/sets';
import { recordRepair } from '@/lib/findings/record-repair';
import type { JobStatus } from '@/lib/jobs/model';
import type { Digest } from '@/lib/label-store/model';
import { instruments } from '@/lib/metrics/instruments';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { type ItemEvent, type ItemState, next } from '../state/machine';
import type { StepName } from '../state/name-model';
import { isWorking } from '../state/name-model';
import { selectItems, updateItem, type WorkRow } from '../state/sql/items';
import { insertEvent, lockRun } from '../state/sql/runs';
import { endStep } from '../state/sql/steps';
import { states } from '../state/states';
import { backfillQueue, sendItem } from './queue';
import { cancelPlanned, settleRun } from './settle-run';

/** A point in time to set on the day with its new state. */
export type Mark = 'relabel' | 'gap from' | 'gap to' | 'no gap';

/** The outcome of a step: the event for the machine, and what is shown and kept. */
export type StepResult = {
  event: ItemEvent;
  sentence: string;
  numbers?: Record<string, number>;
  evidence?: Record<string, number>;
  marks?: Mark[];
  /** With "counted": the labels as they were counted, of which the differences are kept. */
  counted?: Digest;
  /** With "gap from": when the gap began. Null: at the launch of the delete. */
  gapFromMs?: number | null;
  job?: JobStatus;
  log?: string;
  /** Further steps that this event settles, such as the delete when its mutation is done. */
  also?: { step: StepName; status: 'done' | 'skipped'; sentence: string; job?: JobStatus; log?: string }[];
};

/** Another worker has the day, or a person changed it: this worker stops and writes nothing. */
export class LostUnit extends Error {
  constructor() {
    super('the day is not this worker’s any more');
    this.name = 'LostDay';
  }
}

/** A person asked to stop before the step that was about to begin. */
export class StopAsked extends Error {
  constructor() {
    super('the day is to stop before this step');
    this.name = 'StopAsked';
  }
}

/** The run was paused, or everything was stopped, before the step that was about to begin. */
export class ParkAsked extends Error {
  constructor() {
    super('the day is to wait before this step');
    this.name = 'ParkAsked';
  }
}

const logTailMax = 20_000;
const dead = new Set<ItemEvent['kind']>(['failed', 'job died']);
/** Events that end no step. */
const unrecorded = new Set<ItemEvent['kind']>(['stop', 'stop now', 'relabel begun']);

/**
 * Applies a step's result in one transaction: it compares and sets the day, and writes its step, the event, the run's
 * status, the audit of what matters, and after a verified day the queue job of the next one. Returns the new day.
 */
export async function advance(ctx: Context, row: WorkRow, result: StepResult): Promise<WorkRow> {
  const boss = await backfillQueue(ctx);
  return ctx.db.transaction((tx) => advanceIn(tx, { ctx, boss }, row, result));
}

/** The same in a transaction of the caller. */
export async function advanceIn(
  tx: Transaction,
  { ctx, boss }: { ctx: Context; boss: PgBoss },
  row: WorkRow,
  result: StepResult,
): Promise<WorkRow> {
  const [run] = await tx.query(lockRun, { runId: row.runId });
  if (!run) throw new LostUnit();
  const state = next(row.state, result.event);
  if (!state) throw new Error(`"${result.event.kind}" cannot happen to a day that is "${row.state.status}"`);
  const ended = !isWorking(state.status);
  const [version] = await tx.query(updateItem, {
    itemId: row.itemId,
    version: row.version,
    claim: row.claim,
    state: storedJson(state),
    evidence: storedJson(result.evidence ?? {}),
    marks: result.marks ?? [],
    newClaim: ended ? null : row.claim,
    gapFromMs: result.gapFromMs ?? null,
  });
  if (version === undefined) throw new LostUnit();
  await recordStep(tx, row, result, state);
  await tx.query(insertEvent, {
    runId: row.runId,
    itemId: row.itemId,
    kind: result.event.kind,
    text: `${unitInWords(row.unit)}: ${'sentence' in state && ended ? state.sentence : result.sentence}`,
    numbers: JSON.stringify(result.numbers ?? {}),
  });
  const nextItem = ended ? await endUnit(tx, row, state, run.cancelAfter !== null) : null;
  if (result.event.kind === 'begin') await settleRun(tx, row.runId);
  if (result.counted && state.status === 'verified')
    await tx.query(insertDue, { itemId: row.itemId, counted: JSON.stringify(result.counted) });
  if (nextItem) await sendItem(boss, tx, { itemId: nextItem, customerId: row.customerId });
  const { customerId, scope } = row;
  if (changedLabels(state)) {
    const verified = state.status === 'verified';
    if (row.strategy !== 'undo')
      await recordRepair(tx, { runId: row.runId, customerId, scope, verified, atMs: ctx.clock.now() });
    const { fromDay, toDay } = scope;
    await requestScanAfterRepair(ctx, { customerId, fromDay, toDay, moreFollow: nextItem !== null }, tx);
  }
  return { ...row, state, version, claim: ended ? null : row.claim };
}

async function recordStep(tx: Transaction, row: WorkRow, result: StepResult, state: ItemState): Promise<void> {
  const was = row.state.status;
  if (!isWorking(was) || unrecorded.has(result.event.kind)) return;
  const step = { step: states[was].step, status: dead.has(result.event.kind) ? 'failed' : 'done' };
  const [seconds] = await tx.query(endStep, {
    itemId: row.itemId,
    attempt: row.state.attempt,
    ...step,
    sentence: state.status === 'needs attention' ? state.sentence : result.sentence,
    numbers: JSON.stringify(result.numbers ?? {}),
    ...kept(result),
  });
  tx.onceSaved(() => instruments.stepSeconds.observe({ step: step.step, outcome: step.status }, seconds ?? 0));
  for (const other of result.also ?? [])
    await tx.query(endStep, {
      itemId: row.itemId,
      attempt: row.state.attempt,
      step: other.step,
      status: other.status,
      sentence: other.sentence,
      numbers: '{}',
      ...kept(other),
    });
}

/** The Job's status and log tail, for the database. */
const kept = ({ job, log }: { job?: JobStatus; log?: string }) => ({
  jobStatus: job ? storedJson(job) : null,
  logTail: log === undefined ? null : log.slice(-logTailMax),
});

/** What the end of a day means for the run. Returns the item that is due next, if any. */
async function endUnit(
  tx: Transaction,
  row: WorkRow,
  state: ItemState,
  cancelRequested: boolean,
): Promise<string | null> {
  const items = await tx.query(selectItems, { runId: row.runId });
  const waiting = items.filter((item) => item.state.status === 'planned');
  const goesOn = state.status === 'verified' && !cancelRequested;
  if (!goesOn && state.status !== 'needs attention')
    await cancelPlanned(tx, row.runId, items, 'The run was cancelled before this unit began.');
  const status = await settleRun(tx, row.runId);
  if (status !== 'running')
    await recordAudit(tx, workerActor(row.runId), {
      action: `backfill.${status.replaceAll(' ', '-')}`,
      customerId: row.customerId,
      subject: `unit ${unitInWords(row.unit)}`,
      runId: row.runId,
      fromDay: row.scope.fromDay,
      toDay: row.scope.toDay,
      detail: { day: row.unit, ...('sentence' in state ? { sentence: state.sentence } : {}) },
    });
  return goesOn ? (waiting[0]?.id ?? null) : null;
}

/** True when the day ended or stopped with other labels than before, so that what scans know of it is out of date. */
const changedLabels = (state: ItemState): boolean =>
  state.status === 'verified' || (state.status === 'needs attention' && state.labels !== 'in place');

const workerActor = (runId: string): Actor => ({ name: 'worker', role: 'operator', via: 'worker', requestId: runId });
