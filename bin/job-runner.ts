import { JobRecord } from '@/lib/jobs/process/record';
import { runJob } from '@/lib/jobs/process/run-job';

/** Wraps one Job that runs as a local process: `node dist/job-runner.mjs <folder> <grace ms> <command> [argument...]`. */
const [folder = '', graceMs = '', ...command] = process.argv.slice(2);
const record = new JobRecord(folder);
await runJob(record, command, { graceMs: Number(graceMs), deadlineMs: await record.deadlineMs() });
process.exit(0);
