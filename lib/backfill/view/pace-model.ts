import { type StepName, stepNames } from '../state/name-model';

/** What the seconds of a step grow with. */
export type Size = { rows: number; conversations: number; bytes: number; restoredRows: number };

/** A unit that was verified: what it held, and the seconds of its steps. `isOwn`: of the run that is estimated. */
export type UnitTimes = {
  isOwn: boolean;
  size: Size;
  startedAtMs: number;
  endedAtMs: number;
  seconds: Partial<Record<StepName, number>>;
};

/** Seconds of a step: of each unit, and of each row, conversation or byte. */
type StepPace = { unitSeconds: number; sizeSeconds: number };
export type Pace = {
  steps: Record<StepName, StepPace>;
  /** Between the end of a unit and the begin of the next one. */
  waitSeconds: number;
  /** False where no unit was measured, so that `steps` is only good for shares. */
  isMeasured: boolean;
};

/** Before anything is measured: some 6 s a unit, and a speed for each step. */
const unmeasured: Record<StepName, StepPace & { by: keyof Size }> = {
  check: { by: 'rows', unitSeconds: 0.6, sizeSeconds: 1 / 400_000 },
  snapshot: { by: 'rows', unitSeconds: 0.1, sizeSeconds: 0 },
  backup: { by: 'rows', unitSeconds: 1.3, sizeSeconds: 1 / 200_000 },
  delete: { by: 'rows', unitSeconds: 1.2, sizeSeconds: 1 / 400_000 },
  mutation: { by: 'bytes', unitSeconds: 0.3, sizeSeconds: 1 / 50_000_000 },
  relabel: { by: 'conversations', unitSeconds: 1.3, sizeSeconds: 1 / 30_000 },
  prove: { by: 'rows', unitSeconds: 1.3, sizeSeconds: 1 / 200_000 },
  restore: { by: 'restoredRows', unitSeconds: 1.2, sizeSeconds: 1 / 200_000 },
  verify: { by: 'conversations', unitSeconds: 0.5, sizeSeconds: 1 / 100_000 },
};

/** The weight of a unit of an earlier run of the customer, beside one of this run. */
const formerWeight = 0.1;
/** How far sizes must differ, beside their mean, before their slope is believed more than the usual one. */
const slopeWeight = 0.2;

/** The pace of a run, from its units that are verified and those of earlier runs of the customer. */
export function paceOf(units: readonly UnitTimes[]): Pace {
  const step = (name: StepName): StepPace => {
    const samples = units.flatMap(({ isOwn, size, seconds: { [name]: seconds } }) =>
      seconds === undefined ? [] : [{ weight: isOwn ? 1 : formerWeight, size: size[unmeasured[name].by], seconds }],
    );
    if (samples.length === 0) return unmeasured[name];
    // The first unit of a run stores the Active Days of the whole range; all others do next to nothing.
    if (name === 'snapshot') return { unitSeconds: Math.min(...samples.map(({ seconds }) => seconds)), sizeSeconds: 0 };
    return lineThrough(samples, unmeasured[name]);
  };
  return {
    steps: Object.fromEntries(stepNames.map((name) => [name, step(name)])) as Pace['steps'],
    waitSeconds: waitOf(units.filter(({ isOwn }) => isOwn)),
    isMeasured: units.length > 0,
  };
}

type Sample = { weight: number; size: number; seconds: number };

/** Least squares. The slope leans to the usual one, at the level of the samples, as far as their sizes are alike. */
function lineThrough(samples: readonly Sample[], usual: StepPace): StepPace {
  const sum = (of: (sample: Sample) => number) =>
    samples.reduce((total, sample) => total + sample.weight * of(sample), 0);
  const weight = sum(() => 1);
  const size = sum((one) => one.size) / weight;
  const seconds = sum((one) => one.seconds) / weight;
  if (size === 0) return { unitSeconds: seconds, sizeSeconds: usual.sizeSeconds };
  const usualSlope = (usual.sizeSeconds * seconds) / (usual.unitSeconds + usual.sizeSeconds * size);
  const lean = slopeWeight * size ** 2;
  const slope =
    (sum((one) => (one.size - size) * (one.seconds - seconds)) + lean * usualSlope) /
    (sum((one) => (one.size - size) ** 2) + lean);
  const sizeSeconds = Math.min(Math.max(0, slope), seconds / size);
  return { unitSeconds: seconds - sizeSeconds * size, sizeSeconds };
}

/** A longer wait is no pace: the run was paused, or no worker was there. */
const waitMost = 10;

function waitOf(own: readonly UnitTimes[]): number {
  const ordered = [...own].sort((a, b) => a.startedAtMs - b.startedAtMs);
  const waits = ordered
    .map(({ startedAtMs }, at) => (startedAtMs - (ordered[at - 1]?.endedAtMs ?? startedAtMs)) / 1_000)
    .slice(1)
    .filter((seconds) => seconds >= 0 && seconds <= waitMost);
  return waits.length === 0 ? 0 : waits.reduce((sum, seconds) => sum + seconds, 0) / waits.length;
}

/** Expected seconds of a step over some units: how many have it, and their sizes in all. */
export function secondsOf(pace: Pace, step: StepName, { units, size }: { units: number; size: Size }): number {
  const { unitSeconds, sizeSeconds } = pace.steps[step];
  return units * unitSeconds + size[unmeasured[step].by] * sizeSeconds;
}
