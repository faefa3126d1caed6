import { silentMaxSeconds, type WorkerRow } from './sql';

/** What a worker found longer ago than this says nothing of now. */
export const checkOldSeconds = 180;

export const isAlive = (worker: Pick<WorkerRow, 'silentSeconds'>): boolean => worker.silentSeconds <= silentMaxSeconds;
