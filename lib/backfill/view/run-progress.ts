import type { Context } from '@/lib/context';
import type { Progress } from '../state/model';
import { isWorking } from '../state/name-model';
import { type MutationSample, mutationProgress } from '../state/samples-model';
import { type BegunUnit, progressOf } from './progress-model';
import { type RunWorkRow, selectRunWork } from './sql/progress';

/** A unit that was begun and is not over. `samples` are those of its mutation. */
export type UnitProgress = { progress: Progress; samples: MutationSample[] };
/** The progress of a run, and of its units by their ids. */
export type RunProgress = { run: Progress; units: Map<string, UnitProgress> };

/** The progress of those of the runs that are not over, by their ids; one statement. */
export async function readProgress(
  { db }: Pick<Context, 'db'>,
  runIds: readonly string[],
): Promise<Map<string, RunProgress>> {
  const rows = runIds.length === 0 ? [] : await db.query(selectRunWork, { runIds: [...runIds] });
  return new Map(rows.map((row) => [row.id, progressOfRow(row)]));
}

function progressOfRow(row: RunWorkRow): RunProgress {
  const units = row.begun.flatMap(({ id, size, state, steps }) => {
    const status = state.status === 'needs attention' ? state.failedIn : state.status;
    if (!isWorking(status)) return [];
    const samples = steps.find(({ step }) => step === 'mutation')?.samples ?? [];
    const unit: BegunUnit = {
      strategy: state.strategy,
      size,
      hasRows: state.hasRows,
      status,
      isStopped: state.status === 'needs attention',
      steps,
      mutation: mutationProgress(samples, row.now),
    };
    return [{ id, unit, samples }];
  });
  const { run, begun } = progressOf({
    strategy: row.strategy,
    isPaused: row.paused,
    planned: row.planned,
    verified: row.verified,
    begun: units.map(({ unit }) => unit),
    measured: row.measured,
    snapshotSeconds: row.snapshot_seconds,
    nowMs: row.now,
  });
  return {
    run,
    units: new Map(
      units.flatMap(({ id, samples }, at) => {
        const progress = begun[at];
        return progress ? [[id, { progress, samples }] as const] : [];
      }),
    ),
  };
}
