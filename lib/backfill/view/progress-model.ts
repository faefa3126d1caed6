import type { Progress } from '../state/model';
import type { StepName, Strategy, WorkStatus } from '../state/name-model';
import { states } from '../state/states';
import { pathOf } from '../state/ways';
import { type Pace, paceOf, type Size, secondsOf, type UnitTimes } from './pace-model';

/** Units of a run that are in one state: their sizes in all, and how many of them have label rows. */
export type UnitSums = Size & { units: number; withRows: number };

/** A unit that was begun and is not over. `isStopped`: it needs attention. `mutation` is in bytes; null: not known. */
export type BegunUnit = {
  strategy: Strategy;
  size: Size;
  hasRows: boolean;
  status: WorkStatus;
  isStopped: boolean;
  steps: { step: StepName; startedAtMs: number }[];
  mutation: Progress | null;
};

export type RunWork = {
  strategy: Strategy;
  /** True while nothing is done until a person or a hold ends it. */
  isPaused: boolean;
  planned: UnitSums;
  verified: UnitSums;
  begun: BegunUnit[];
  measured: UnitTimes[];
  /** Seconds in which the first unit stored the Active Days of the range; null before that. */
  snapshotSeconds: number | null;
  nowMs: number;
};

/** The progress of a run that is not over, and of its units that were begun, in their order. No I/O. */
export function progressOf(work: RunWork): { run: Progress; begun: Progress[] } {
  const pace = paceOf(work.measured);
  const begun = work.begun.map((unit) => unitProgress(unit, work, pace));
  const verified = sumSeconds(work.verified, work.strategy, pace);
  const planned = sumSeconds(work.planned, work.strategy, pace) + work.planned.units * pace.waitSeconds;
  // The last unit stores Active Days again, as the first one did.
  const last = work.planned.units + work.begun.length > 0 ? (work.snapshotSeconds ?? 0) : 0;
  const done = verified + (work.snapshotSeconds ?? 0) + sum(begun, (unit) => unit.done);
  const of = verified + (work.snapshotSeconds ?? 0) + sum(begun, (unit) => unit.of) + planned + last;
  const isKnown = !work.isPaused && pace.isMeasured && begun.every(({ secondsLeft }) => secondsLeft !== null);
  return {
    run: {
      done,
      of,
      secondsLeft: isKnown ? sum(begun, ({ secondsLeft }) => secondsLeft ?? 0) + planned + last : null,
    },
    begun,
  };
}

const sum = <T>(rows: readonly T[], of: (row: T) => number) => rows.reduce((total, row) => total + of(row), 0);

/** The steps of a unit in order, each once. */
const stepsOf = (strategy: Strategy, hasRows: boolean): StepName[] => [
  ...new Set(pathOf({ strategy, hasRows }).map((status) => states[status].step)),
];

function sumSeconds({ units, withRows, ...size }: UnitSums, strategy: Strategy, pace: Pace): number {
  const always = new Set(stepsOf(strategy, false));
  return sum(stepsOf(strategy, true), (step) =>
    secondsOf(pace, step, { units: always.has(step) ? units : withRows, size }),
  );
}

/** How much longer a step is expected to take that took longer than expected already: this share of its time so far. */
const overrun = 0.1;
/** A mutation that did nothing for longer waits for something, such as another mutation, and nobody knows how long. */
const silentMutationSeconds = 5;

function unitProgress(unit: BegunUnit, { isPaused, nowMs }: RunWork, pace: Pace): Progress {
  const steps = stepsOf(unit.strategy, unit.hasRows);
  const at = steps.indexOf(states[unit.status].step);
  const expected = steps.map((step) => secondsOf(pace, step, { units: 1, size: unit.size }));
  const of = sum(expected, (seconds) => seconds);
  const before = sum(expected.slice(0, Math.max(0, at)), (seconds) => seconds);
  const after = sum(expected.slice(at + 1), (seconds) => seconds);
  const present = presentStep(unit, { step: steps[at], expected: expected[at] ?? 0, nowMs });
  const waits = isPaused || unit.isStopped;
  return {
    done: before + (expected[at] ?? 0) * present.share,
    of,
    secondsLeft: waits || !pace.isMeasured || present.secondsLeft === null ? null : present.secondsLeft + after,
  };
}

/**
 * The share of the present step that is done, and its seconds left: of a mutation by its bytes only, else by its time.
 */
function presentStep(
  { steps, mutation }: BegunUnit,
  { step, expected, nowMs }: { step: StepName | undefined; expected: number; nowMs: number },
): { share: number; secondsLeft: number | null } {
  const startedAtMs = steps.findLast((one) => one.step === step)?.startedAtMs ?? nowMs;
  const seconds = Math.max(0, (nowMs - startedAtMs) / 1_000);
  const secondsLeft = Math.max(expected - seconds, overrun * seconds);
  if (step !== 'mutation') return { share: seconds === 0 ? 0 : seconds / (seconds + secondsLeft), secondsLeft };
  if (!mutation || mutation.of === 0) return { share: 0, secondsLeft };
  const mayBeShort = seconds <= Math.max(expected, silentMutationSeconds);
  return {
    share: mutation.done / mutation.of,
    secondsLeft: mutation.secondsLeft ?? (mayBeShort ? secondsLeft : null),
  };
}
