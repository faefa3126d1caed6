'use client';

import { Select } from '@/components/ui/field';
import { instantIn, rangeName } from '@/components/ui/format';
import type { SnapshotRun } from '@/lib/active-days/model';

export type Moments = { run: string | null; before: string | null; after: string | null };
export type MomentsChange = Moments & { from?: string; to?: string };

const runName = (run: SnapshotRun, timeZone: string) => {
  const at = run.afterAtMs ?? run.beforeAtMs;
  const when = at === null ? '' : `, ${instantIn(at, timeZone, false).day} ${instantIn(at, timeZone, false).clock}`;
  return `${run.runId.slice(0, 8)}, ${rangeName(run.fromDay, run.toDay)}, ${run.strategy}, ${run.status}${when}`;
};

/** Chooses a run, and beside it which two moments of any runs are compared. */
export function MomentsChoice({
  value,
  runs,
  timeZone,
  onChange,
}: {
  value: Moments;
  runs: SnapshotRun[];
  timeZone: string;
  onChange: (change: MomentsChange) => void;
}) {
  const chosen = value.run ?? '';
  const isKnown = chosen === '' || runs.some((run) => run.runId === chosen);
  const compares = value.run !== null || value.before !== null || value.after !== null;
  const before = value.before ?? (value.run ? `${value.run}:before` : 'now');
  const after = value.after ?? (value.run ? `${value.run}:after` : 'now');
  const pick = (side: 'before' | 'after', moment: string) => {
    const next = { before, after, [side]: moment };
    onChange({ run: value.run, ...next, ...commonDays(runs, [next.before, next.after]) });
  };
  return (
    <>
      <Select
        aria-label="Run"
        value={chosen}
        onChange={(event) => {
          const run = runs.find((one) => one.runId === event.target.value);
          onChange({
            run: run?.runId ?? null,
            before: null,
            after: null,
            ...(run && { from: run.fromDay, to: run.toDay }),
          });
        }}
        className="w-60 max-sm:w-full"
      >
        <option value="">{runs.length === 0 ? 'No run yet: current values' : 'No run: current values'}</option>
        {!isKnown && <option value={chosen}>{`run ${chosen.slice(0, 8)}`}</option>}
        {runs.map((run) => (
          <option key={run.runId} value={run.runId}>
            {runName(run, timeZone)}
          </option>
        ))}
      </Select>
      {compares &&
        (['before', 'after'] as const).map((side) => (
          <span key={side} className="inline-flex items-center gap-1.5 text-muted text-sm">
            <span id={`moment-${side}`}>{side === 'before' ? 'Before' : 'After'}</span>
            <Select
              aria-labelledby={`moment-${side}`}
              value={side === 'before' ? before : after}
              onChange={(event) => pick(side, event.target.value)}
              className="w-44"
            >
              <MomentOptions
                runs={runs}
                value={side === 'before' ? before : after}
                other={side === 'before' ? after : before}
              />
            </Select>
          </span>
        ))}
    </>
  );
}

function MomentOptions({ runs, value, other }: { runs: SnapshotRun[]; value: string; other: string }) {
  const moments = runs.flatMap((run) =>
    (['before', 'after'] as const).flatMap((phase) =>
      (phase === 'before' ? run.beforeAtMs : run.afterAtMs) === null
        ? []
        : [{ moment: `${run.runId}:${phase}`, run, phase }],
    ),
  );
  return (
    <>
      <option value="now">now</option>
      {value !== 'now' && !moments.some(({ moment }) => moment === value) && (
        <option value={value}>{`${value.split(':')[1]} run ${value.slice(0, 8)}`}</option>
      )}
      {moments.map(({ moment, run, phase }) => (
        <option key={moment} value={moment} disabled={moment !== value && !commonDays(runs, [moment, other])}>
          {`${phase} ${run.runId.slice(0, 8)}, ${rangeName(run.fromDay, run.toDay)}`}
        </option>
      ))}
    </>
  );
}

/**
 * The days that every one of these moments has; undefined where there is none in common. Runs from before days were kept
 * have only their whole range.
 */
export function commonDays(
  runs: readonly SnapshotRun[],
  moments: readonly string[],
): { from: string; to: string } | undefined {
  const named = moments.flatMap((moment) => runs.find((run) => moment.startsWith(`${run.runId}:`)) ?? []);
  const from = named
    .map((run) => run.fromDay)
    .sort()
    .at(-1);
  const to = named.map((run) => run.toDay).sort()[0];
  if (from === undefined || to === undefined) return undefined;
  const isWhole = (run: SnapshotRun) => run.fromDay === from && run.toDay === to;
  return from < to && named.every((run) => run.keepsDays || isWhole(run)) ? { from, to } : undefined;
}
