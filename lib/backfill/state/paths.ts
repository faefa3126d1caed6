import { type ItemStatus, type StepName, type Strategy, workStatuses } from './model';

export type WorkStatus = (typeof workStatuses)[number];

/** True for a status in which the worker has something to do. */
export const isWorking = (status: ItemStatus): status is WorkStatus =>
  (workStatuses as readonly ItemStatus[]).includes(status);

/** The column that shows what happens in a status. */
export const stepOf: Record<WorkStatus, StepName> = {
  checking: 'check',
  snapshot: 'snapshot',
  'backing up': 'backup',
  deleting: 'delete',
  'waiting for mutation': 'mutation',
  'deleted, not relabelled': 'relabel',
  relabelling: 'relabel',
  proving: 'prove',
  restoring: 'restore',
  verifying: 'verify',
};

/** What decides the order of a day’s steps; see `Base` of the machine. */
type Flow = { flow?: Strategy; deletes: boolean; backs?: boolean };

const paths: Record<Strategy, WorkStatus[]> = {
  replace: [
    'checking',
    'snapshot',
    'backing up',
    'deleting',
    'waiting for mutation',
    'deleted, not relabelled',
    'relabelling',
    'verifying',
  ],
  'no-gap': [
    'checking',
    'snapshot',
    'backing up',
    'relabelling',
    'proving',
    'deleting',
    'waiting for mutation',
    'verifying',
  ],
  'relabel-only': ['checking', 'snapshot', 'backing up', 'relabelling', 'verifying'],
  undo: ['checking', 'snapshot', 'backing up', 'restoring', 'verifying'],
};

const ofRows = new Set<WorkStatus>([
  'backing up',
  'deleting',
  'waiting for mutation',
  'deleted, not relabelled',
  'proving',
]);

export const flowOf = ({ flow, deletes }: Pick<Flow, 'flow' | 'deletes'>): Strategy =>
  flow ?? (deletes ? 'replace' : 'relabel-only');

/** What a day goes through, in order; one without label rows has nothing to back up, prove or delete. */
export function pathOf(state: Flow): WorkStatus[] {
  const backs = state.backs ?? state.deletes;
  return paths[flowOf(state)].filter((status) => backs || !ofRows.has(status));
}
