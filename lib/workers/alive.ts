import { silentMaxSeconds, type WorkerRow } from './sql';

/** A finding of a worker that is older than this is not used any more. */
export const checkOldSeconds = 180;

export const isAlive = (worker: Pick<WorkerRow, 'silentSeconds'>): boolean => worker.silentSeconds <= silentMaxSeconds;
