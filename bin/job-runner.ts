import './support/version-option';

import { basename, dirname } from 'node:path';
import { JobFolder } from '@/lib/jobs/process/folder';
import { runJob } from '@/lib/jobs/process/run-job';

/**
 * Wraps one Job that runs as a local process: `node dist/job-runner.mjs <folder> <grace ms> <command> [argument...]`.
 */
const [folder = '', graceMs = '', ...command] = process.argv.slice(2);
await runJob(new JobFolder(dirname(folder), basename(folder)), command, Number(graceMs));
process.exit(0);
