/** The states of a day in which the worker has something to do, in no order of a strategy; `states` has all of each. */
export const workStatuses = [
  'checking',
  'snapshot',
  'backing up',
  'deleting',
  'waiting for mutation',
  'deleted, not relabelled',
  'relabelling',
  'proving',
  'restoring',
  'verifying',
] as const;
export type WorkStatus = (typeof workStatuses)[number];

/** All states of a day. */
export const itemStatuses = [
  'planned',
  ...workStatuses,
  'verified',
  'needs attention',
  'cancelled',
  'skipped',
] as const;
export type ItemStatus = (typeof itemStatuses)[number];

/** True for a state in which the worker has something to do. */
export const isWorking = (status: ItemStatus): status is WorkStatus => workStatuses.some((one) => one === status);

/** The steps of a day, as the columns of its page name them. */
export const stepTitles = {
  check: 'Check',
  snapshot: 'Snapshot',
  backup: 'Back up',
  delete: 'Delete',
  mutation: 'Mutation',
  relabel: 'Relabel',
  prove: 'Prove',
  restore: 'Restore',
  verify: 'Verify',
} as const;

export type StepName = keyof typeof stepTitles;

export const stepNames = Object.keys(stepTitles) as StepName[];

/** The strategies, as pages name them; `strategies` has all of each. */
export const strategyTitles = {
  replace: 'Replace',
  'no-gap': 'No gap',
  'relabel-only': 'Relabel only',
  undo: 'Undo',
} as const;
export type Strategy = keyof typeof strategyTitles;
export const strategyNames = Object.keys(strategyTitles) as Strategy[];

/** What a person may plan; an undo is planned from a former run. */
export type RepairStrategy = Exclude<Strategy, 'undo'>;
export const repairStrategies = strategyNames.filter((name): name is RepairStrategy => name !== 'undo');
