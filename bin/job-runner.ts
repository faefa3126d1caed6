import { JobRecord } from '@/lib/jobs/process/record';
import { runJob } from '@/lib/jobs/process/run-job';

/**
 * Wraps one Job that runs as a local process:
 * `node dist/job-runner.mjs <folder> <grace ms> <deadline ms> <command> [argument...]`.
 */
const [folder = '', graceMs = '', deadlineMs = '', ...command] = process.argv.slice(2);
await runJob(new JobRecord(folder), command, { graceMs: Number(graceMs), deadlineMs: Number(deadlineMs) });
process.exit(0);
