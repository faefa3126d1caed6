/** What a Job printed. `attempts` are those of its step that had a Job, the oldest first. */
export type JobLog = { text: string; live: boolean; attempt: number; attempts: number[] };
